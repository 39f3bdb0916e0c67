/** A `Log` that says nothing, and one that remembers. */
import type { Log } from '../../src/ports/log.js';

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

export interface RememberingLog extends Log {
  readonly entries: { readonly level: keyof Log; readonly fields: object; readonly message: string }[];
}

/** Remembers what was said, so that a test can assert that nobody had to act. */
export function createRememberingLog(): RememberingLog {
  const entries: RememberingLog['entries'] = [];
  const at = (level: keyof Log) => (fields: object, message: string) => {
    entries.push({ level, fields, message });
  };
  return { entries, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** What every event of one input shares. */

import type { Finding, KeptFix } from '../state.js';
import type { CompiledOwn } from '../watch/compile.js';
import type { PreparedTerm } from '../watch/prepared-term.js';

export interface Telling {
  readonly own: CompiledOwn;
  readonly termOf: (termKey: string) => PreparedTerm | undefined;
  /** Receipt, tick or watch time of the input. */
  readonly nowMs: number;
  /** The fix of the input, where it was one. */
  readonly cause: KeptFix | null;
  /** The newest judged fix before a finding's silence. */
  readonly silentSinceMs: (finding: Finding) => number | null;
  /** The newest fix that carries evidence. */
  readonly newest: KeptFix | null;
  /** When it was received, if it came delayed; else -Infinity. */
  readonly backlogMs: number;
  /** Device time of the newest fix, evidence or not; -Infinity: none. */
  readonly newestAtMs: number;
  /** Device time of the fix that settled a finding. */
  readonly passedAtMs: (finding: Finding) => number;
}

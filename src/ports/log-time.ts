/**
 * What time it is for the engine: the clocks of its workers, held against the log's own. Time that a clock ahead has told would end
 * what goes on, for good; one that is behind would let silence last.
 */
import type { Clock } from './clock.js';
import type { LogBatch, LogRecord } from './event-log.js';
import type { Log } from './log.js';

/** Clocks further apart than this are told, ms. */
const SKEW_LIMIT_MS = 60_000;

export interface LogTime {
  note(batch: LogBatch): void;
  /** What a tick says: now, or the newest time of the log where that is later. Tells once of a clock that is far behind. */
  tickAtMs(): number;
}

export function createLogTime(clock: Clock, logger: Log): LogTime {
  let newestMs = Number.NEGATIVE_INFINITY;
  let isTold = false;
  return {
    note({ records }) {
      newestMs = Math.max(newestMs, records.at(-1)?.appendedAtMs ?? newestMs);
    },
    tickAtMs() {
      const nowMs = clock.nowMs();
      const behindMs = newestMs - nowMs;
      if (behindMs > SKEW_LIMIT_MS && !isTold)
        logger.error({ behindMs }, 'engine: the clock of this machine is behind the log’s: let NTP set it');
      isTold = behindMs > SKEW_LIMIT_MS;
      return Math.max(nowMs, newestMs);
    },
  };
}

/** The time of a tick as far as it is believed: up to when the log took it. */
export function believedTickMs(atMs: number, { appendedAtMs }: Pick<LogRecord, 'appendedAtMs'>): number {
  return Math.min(atMs, appendedAtMs);
}

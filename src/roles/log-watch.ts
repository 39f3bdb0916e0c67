/** Knows whether the event log answers: without it nothing flows, so consoles and the operator have to be told at once. */
import type { EventLog } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';

/** How often the log is asked, ms. */
export const LOG_CHECK_MS = 2_000;

export interface LogWatch {
  isPresent(): boolean;
  stop(): Promise<void>;
}

/** Takes the log for present until it fails to answer. */
export function watchLog(log: EventLog, logger: Log, checkMs: number = LOG_CHECK_MS): LogWatch {
  let present = true;
  let checking: Promise<void> | null = null;

  async function check(): Promise<void> {
    try {
      await log.ping();
      if (!present) logger.info({}, 'the event log answers again');
      present = true;
    } catch (error) {
      if (present) logger.error({ err: error }, 'the event log is away: pings cannot be taken and alerts cannot flow');
      present = false;
    }
  }

  const timer = setInterval(() => {
    // One question at a time: a log that hangs is asked again when it has answered.
    checking ??= check().finally(() => {
      checking = null;
    });
  }, checkMs);
  return {
    isPresent: () => present,
    async stop() {
      clearInterval(timer);
      await checking;
    },
  };
}

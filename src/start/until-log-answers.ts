/** A start waits for the log: nothing works without it. */
import { setTimeout as delay } from 'node:timers/promises';
import { LogUnavailable } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import type { Lifecycle } from './lifecycle.js';

/** How long between two tries to reach a log that is away, ms. */
const LOG_RETRY_MS = 2_000;
/** The same for the first few tries, which are not told. */
const LOG_FIRST_RETRY_MS = 100;
const LOG_QUIET_TRIES = 5;

/**
 * Nothing works without the log: what is away is waited for, and said; a wrong topic (partition count) ends the start. A topic
 * that was made a moment ago may have no leader yet: that is tried again soon and said only when it lasts.
 */
export async function untilLogAnswers<T>(logger: Log, life: Lifecycle, ask: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await life.wait(ask());
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
      if (attempt >= LOG_QUIET_TRIES) logger.error({ attempt, err: error }, 'the event log is away: waiting for it');
      const waitMs = attempt < LOG_QUIET_TRIES ? LOG_FIRST_RETRY_MS : LOG_RETRY_MS;
      await life.wait(delay(waitMs));
    }
  }
}

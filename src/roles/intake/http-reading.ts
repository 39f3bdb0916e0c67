/** Says that pings over HTTP are taken: as long as an api says so, what it does not have was not sent. */
import type { Clock } from '../../ports/clock.js';
import type { EventLog } from '../../ports/event-log.js';
import type { Log } from '../../ports/log.js';
import { HTTP_SOURCE } from '../../ports/topics.js';
import { appendSuppliers } from './supplier-reading.js';

export function startHttpReading(deps: {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Log;
  readonly everyMs: number;
}): { stop(): Promise<void> } {
  const { log, clock, logger, everyMs } = deps;
  let telling: Promise<void> | null = null;
  const tell = async () => {
    const atMs = clock.nowMs();
    const read = [{ partition: 0, readThroughMs: atMs }];
    try {
      await appendSuppliers(log, [{ type: 'supplier', source: HTTP_SOURCE, read, lastAtMs: atMs }]);
    } catch (error) {
      logger.warn({ err: error }, 'api: that pings over HTTP are taken was not told; the next time tells more');
    }
  };
  const timer = setInterval(() => {
    telling ??= tell().finally(() => {
      telling = null;
    });
  }, everyMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await telling;
    },
  };
}

/** The log without Kafka: LMDB in a directory of one process. Durable, and meant for one machine. */
import { join } from 'node:path';
import { takeLock } from '../directory-lock.js';
import { type Consumer, type EventLog, LogUnavailable } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import type { Backoff } from './backoff.js';
import { createGroups } from './embedded-groups.js';
import { openEmbeddedStore } from './embedded-store.js';

export { DirectoryInUse } from '../directory-lock.js';

const HOUR_MS = 3_600_000;

export interface EmbeddedLogOptions {
  /** Where the log lies; made where it is missing. */
  readonly directory: string;
  readonly log: Log;
  /** How often retention is applied, besides once at opening. */
  readonly sweepIntervalMs?: number;
  /** How long a tombstone stays readable before it goes too. */
  readonly tombstoneRetentionMs?: number;
  /** How long a member that loses its partitions may take: for `onLeaving`, again for the batches under way, and again for `onRevoked`. */
  readonly revokeLimitMs?: number;
  /** Waiting before a rejected batch is tried again. */
  readonly retry?: Backoff;
  /** Epoch ms; stamps appends and decides about retention. */
  readonly nowMs?: () => number;
}

/** Opens the log of a directory. Throws `DirectoryInUse`, with the holder's pid, where another process has it. */
export function openEmbeddedLog(options: EmbeddedLogOptions): EventLog {
  const { directory, log, nowMs = Date.now, sweepIntervalMs = HOUR_MS, tombstoneRetentionMs = 24 * HOUR_MS } = options;
  const { revokeLimitMs = 20_000, retry = { firstMs: 100, maxMs: 5_000 } } = options;
  const unlock = takeLock(join(directory, 'tagwatch.lock'));
  const store = (() => {
    try {
      return openEmbeddedStore(directory, nowMs);
    } catch (error) {
      unlock();
      throw error;
    }
  })();
  const groups = createGroups({ store, log, retry, revokeLimitMs });
  const pending = new Set<Promise<unknown>>();
  let sweeping = Promise.resolve();
  let closing: Promise<void> | null = null;

  function sweepOnce(): void {
    sweeping = sweeping
      .then(() => store.sweep(nowMs(), tombstoneRetentionMs))
      .catch((error: unknown) => log.warn({ err: error }, 'Retention could not be applied; it is tried again'));
  }
  sweepOnce();
  const timer = setInterval(sweepOnce, sweepIntervalMs);
  timer.unref();

  function assertOpen(): void {
    if (closing) throw new LogUnavailable('The embedded log is closed.');
  }

  async function close(): Promise<void> {
    clearInterval(timer);
    await groups.close();
    await Promise.allSettled(pending);
    await sweeping;
    await store.close();
    unlock();
  }

  return {
    async ensureTopics(specs) {
      assertOpen();
      for (const spec of specs) {
        if ((await store.ensureTopic(spec)) === 'created') await groups.topicCreated(spec.topic);
      }
    },

    async partitionCount(topic) {
      assertOpen();
      const count = store.partitionCount(topic);
      if (count === undefined) throw new Error(`There is no topic ${topic} in this log.`);
      return count;
    },

    async append(topic, records) {
      assertOpen();
      const appended = store.append(topic, records);
      pending.add(appended);
      try {
        return await appended;
      } finally {
        pending.delete(appended);
      }
    },

    async consume(consumeOptions): Promise<Consumer> {
      assertOpen();
      const member = await groups.join(consumeOptions);
      return { stop: () => member.leave() };
    },

    async readToEnd(partitions, onBatch) {
      const ends = partitions.map((at) => store.bounds(at).endOffset);
      for (const [i, at] of partitions.entries()) {
        let offset = 0;
        while (offset < ends[i]!) {
          assertOpen();
          const batch = store.read(at, offset, ends[i]);
          if (batch === null) break;
          if (batch.records.length > 0) await onBatch(batch);
          offset = batch.nextOffset;
          await new Promise(setImmediate);
        }
      }
    },

    async ping() {
      assertOpen();
    },

    close() {
      closing ??= close();
      return closing;
    },
  };
}

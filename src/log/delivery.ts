/** One assignment of one consumer: a loop per partition that hands over batches until the assignment ends. */
import type { ConsumerHandler, LogBatch, PartitionControl, TopicPartition } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import { type Backoff, backoffDelayMs, settlesWithin, sleep } from './backoff.js';

/** Where the records of an assignment come from. */
export interface RecordSource {
  /** Where the partition begins unless it is sought. */
  startOffset(at: TopicPartition): number;
  /**
   * What stands from the position on; without records where a hole or the log's bounds say to go on elsewhere. Null: nothing
   * now. Whoever was told so is woken when that may have changed.
   */
  read(at: TopicPartition, position: number): LogBatch | null;
  watch(at: TopicPartition, wake: () => void): () => void;
  bounds(at: TopicPartition): Promise<{ startOffset: number; endOffset: number }>;
  /** Moves the group's position; null where it does not have one. */
  readonly commit: ((at: TopicPartition, offset: number) => Promise<void>) | null;
  lastHeartbeatAtMs(): number;
}

export interface Delivery {
  readonly assignment: readonly TopicPartition[];
  /**
   * Ends deliveries, waits for those under way (at most `revokeLimitMs`), then calls `onRevoked` (at most as long again).
   * With `lost`, the partitions are somebody else's already: `onRevoked` is not called.
   */
  stop(how?: 'lost'): Promise<void>;
}

export interface DeliveryOptions {
  readonly source: RecordSource;
  readonly assignment: readonly TopicPartition[];
  readonly handler: ConsumerHandler;
  /** For the log: whose assignment this is. */
  readonly group: string | null;
  readonly log: Log;
  readonly retry: Backoff;
  readonly revokeLimitMs: number;
}

interface Cursor extends TopicPartition {
  position: number;
  paused: boolean;
  /** Counts seeks, so that a batch that was under way does not move a position that was sought meanwhile. */
  seeks: number;
  wake(): void;
}

/** Begins an assignment: `onAssigned` first, deliveries after it. */
export function startDelivery(options: DeliveryOptions): Delivery {
  const { source, assignment, handler, group, log, retry, revokeLimitMs } = options;
  const ended = new AbortController();
  const cursors = assignment.map((at): Cursor => {
    const { topic, partition } = at;
    return { topic, partition, position: source.startOffset(at), paused: false, seeks: 0, wake() {} };
  });
  let revoked = false;

  const withCursor = (at: TopicPartition, change: (cursor: Cursor) => void) => {
    const cursor = cursors.find(({ topic, partition }) => topic === at.topic && partition === at.partition);
    if (!cursor || revoked) return;
    change(cursor);
    cursor.wake();
  };
  const control: PartitionControl = {
    seek: (at, offset) =>
      withCursor(at, (cursor) => {
        cursor.position = offset;
        cursor.seeks++;
      }),
    pause: (at) =>
      withCursor(at, (cursor) => {
        cursor.paused = true;
      }),
    resume: (at) =>
      withCursor(at, (cursor) => {
        cursor.paused = false;
      }),
    bounds: (at) => source.bounds(at),
    lastHeartbeatAtMs: () => source.lastHeartbeatAtMs(),
  };

  /** Tries until it succeeds, or until the assignment ends or `isMoot` says that it need not; answers whether it succeeded. */
  async function attempt(
    what: string,
    at: object,
    work: () => Promise<void>,
    isMoot: () => boolean = () => false,
  ): Promise<boolean> {
    for (let tries = 0; ; tries++) {
      try {
        await work();
        return true;
      } catch (error) {
        const delayMs = backoffDelayMs(retry, tries);
        log.warn({ group, ...at, tries, delayMs, err: error }, `${what} rejected; it is tried again`);
        await sleep(delayMs, ended.signal);
        if (ended.signal.aborted || isMoot()) return false;
      }
    }
  }

  async function pump(cursor: Cursor): Promise<void> {
    const unwatch = source.watch(cursor, () => cursor.wake());
    while (!ended.signal.aborted) {
      if (cursor.paused || !(await deliverNext(cursor))) await change(cursor);
      // A handler that awaits nothing real must not keep timers and sockets from running.
      else await new Promise(setImmediate);
    }
    unwatch();
  }

  /** Resolves when the cursor may have something to do; registered in the turn in which there was nothing. */
  function change(cursor: Cursor): Promise<void> {
    return new Promise((resolve) => {
      cursor.wake = resolve;
      if (ended.signal.aborted) resolve();
    });
  }

  /** Hands over the next batch; false, without a pause for other work, when there is none. */
  function deliverNext(cursor: Cursor): Promise<true> | false {
    const batch = source.read(cursor, cursor.position);
    if (batch === null) return false;
    // A log that was made anew: nothing has been passed by.
    if (batch.nextOffset <= cursor.position) return moveBack(cursor, batch.nextOffset);
    return handle(cursor, batch);
  }

  async function moveBack(cursor: Cursor, offset: number): Promise<true> {
    cursor.position = offset;
    return true;
  }

  async function handle(cursor: Cursor, batch: LogBatch): Promise<true> {
    const { seeks, topic, partition } = cursor;
    const isMoot = () => cursor.seeks !== seeks || cursor.paused;
    if (!(await attempt('onBatch', { topic, partition }, () => handler.onBatch(batch, control), isMoot))) return true;
    const { nextOffset } = batch;
    if (cursor.seeks === seeks) cursor.position = nextOffset;
    // A handler that came back after the limit has nothing more to say about the partition.
    if (source.commit && !revoked) {
      await source.commit(cursor, nextOffset).catch((error: unknown) => {
        log.warn({ group, topic, partition, err: error }, 'A position was not stored');
      });
    }
    return true;
  }

  async function run(): Promise<void> {
    const ready = await attempt('onAssigned', {}, () => handler.onAssigned(assignment, control));
    if (ready) await Promise.all(cursors.map(pump));
  }

  const running = run();
  running.catch((error: unknown) => log.error({ group, err: error }, 'A consumer failed and delivers nothing more'));

  return {
    assignment,
    async stop(how) {
      ended.abort();
      for (const cursor of cursors) cursor.wake();
      if (!(await settlesWithin(running, revokeLimitMs))) {
        log.warn({ group, revokeLimitMs }, 'A batch was still being handled when its partition was given away');
      }
      if (handler.onRevoked && how !== 'lost') {
        const told = handler.onRevoked(assignment, control);
        told.catch((error: unknown) => log.warn({ group, err: error }, 'onRevoked rejected'));
        if (!(await settlesWithin(told, revokeLimitMs))) log.warn({ group, revokeLimitMs }, 'onRevoked took too long');
      }
      revoked = true;
    },
  };
}

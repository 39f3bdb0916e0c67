/** One assignment of one embedded consumer: a loop per partition that hands over batches until the assignment ends. */
import type { ConsumeOptions, Log, LogBatch, PartitionControl, TopicPartition } from '../pipeline/ports.js';
import { type Backoff, backoffDelayMs, settlesWithin, sleep } from './backoff.js';
import type { EmbeddedStore } from './embedded-store.js';

export interface Delivery {
  readonly assignment: readonly TopicPartition[];
  /** Ends deliveries, waits for those under way (at most `revokeLimitMs`), then calls `onRevoked`. */
  stop(): Promise<void>;
}

export interface DeliveryContext {
  readonly store: EmbeddedStore;
  readonly options: ConsumeOptions;
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
export function startDelivery(context: DeliveryContext, assignment: readonly TopicPartition[]): Delivery {
  const { store, options, log, retry, revokeLimitMs } = context;
  const { group, handler } = options;
  const ended = new AbortController();
  const cursors = assignment.map((at): Cursor => {
    const committed = group !== null && options.commit ? store.committed(group, at) : undefined;
    return { topic: at.topic, partition: at.partition, position: committed ?? 0, paused: false, seeks: 0, wake() {} };
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
    bounds: async (at) => store.bounds(at),
    // In one process the coordinator is never away.
    lastHeartbeatAtMs: () => Date.now(),
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
    const unwatch = store.watch(cursor, () => cursor.wake());
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
    const batch = store.read(cursor, cursor.position);
    if (!('records' in batch)) {
      cursor.position = batch.nextOffset;
      return false;
    }
    return handle(cursor, batch);
  }

  async function handle(cursor: Cursor, batch: LogBatch): Promise<true> {
    const { seeks, topic, partition } = cursor;
    const isMoot = () => cursor.seeks !== seeks || cursor.paused;
    if (!(await attempt('onBatch', { topic, partition }, () => handler.onBatch(batch, control), isMoot))) return true;
    const nextOffset = batch.records.at(-1)!.offset + 1;
    if (cursor.seeks === seeks) cursor.position = nextOffset;
    if (group !== null && options.commit) {
      await store.commit(group, cursor, nextOffset).catch((error: unknown) => {
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
  running.catch((error: unknown) => log.error({ group, err: error }, 'An embedded consumer failed'));

  return {
    assignment,
    async stop() {
      ended.abort();
      for (const cursor of cursors) cursor.wake();
      if (!(await settlesWithin(running, revokeLimitMs))) {
        log.warn({ group, revokeLimitMs }, 'A batch was still being handled when its partition was given away');
      }
      if (handler.onRevoked) {
        const told = handler.onRevoked(assignment, control);
        told.catch((error: unknown) => log.warn({ group, err: error }, 'onRevoked rejected'));
        if (!(await settlesWithin(told, revokeLimitMs))) log.warn({ group, revokeLimitMs }, 'onRevoked took too long');
      }
      revoked = true;
    },
  };
}

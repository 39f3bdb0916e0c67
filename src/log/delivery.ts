/** What one consumer is given: a loop per partition that hands over batches from when it is added until it is given up. */
import type { ConsumerHandler, LogBatch, PartitionControl, Revocation, TopicPartition } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import { type Backoff, backoffDelayMs, settlesWithin, sleep } from './backoff.js';

/** Where the records of partitions come from. */
export interface RecordSource {
  /** Where the partition begins unless it is sought. */
  startOffset(at: TopicPartition): number;
  /**
   * What stands from the position on; without records where a hole or the log's bounds say to go on elsewhere. Null: nothing
   * now. Whoever was told so is woken when that may have changed.
   */
  read(at: TopicPartition, position: number): LogBatch | null;
  watch(at: TopicPartition, wake: () => void): () => void;
  /** Nothing of it is wanted until it is read again. */
  release?(at: TopicPartition): void;
  bounds(at: TopicPartition): Promise<{ startOffset: number; endOffset: number }>;
  /** Moves the group's position; null where it does not have one. */
  readonly commit: ((at: TopicPartition, offset: number) => Promise<void>) | null;
  lastHeartbeatAtMs(): number;
}

export interface Delivery {
  /** What is delivered, and what is still being given up. */
  held(): readonly TopicPartition[];
  /**
   * Calls `onLeaving` for what is not among these, unless it is lost, ends their deliveries, waits for those under way, then calls
   * `onRevoked`, each for `revokeLimitMs` at most. All others go on.
   */
  keepOnly(kept: readonly TopicPartition[], how: Revocation): Promise<void>;
  /**
   * Begins what of these is not delivered: `onAssigned` first, deliveries after it. All others go on. One that is still being given
   * up begins when it has been, unless it is to be given up again by then.
   */
  add(assignment: readonly TopicPartition[]): void;
}

export interface DeliveryOptions {
  readonly source: RecordSource;
  readonly handler: ConsumerHandler;
  /** For the log: whose partitions these are. */
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
  readonly ending: AbortController;
  /** Settles when nothing of it is delivered any more. */
  running: Promise<void>;
  wake(): void;
}

/** A consumer that has been given nothing yet. */
export function startDelivery(options: DeliveryOptions): Delivery {
  const { source, handler, group, log, retry, revokeLimitMs } = options;
  const cursors = new Map<string, Cursor>();
  /** Partitions that are being given up, each until it has been. */
  const leaving = new Map<string, Promise<void>>();
  /** Ends what is done of them before: they are lost. */
  const losing = new Set<AbortController>();
  let wanted: ReadonlySet<string> = new Set();
  let hasBegun = false;
  /** Ends telling a consumer that it was given nothing. */
  let waitingForAny: AbortController | null = null;

  const withCursor = (at: TopicPartition, change: (cursor: Cursor) => void) => {
    const cursor = cursors.get(nameOf(at));
    if (!cursor) return;
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
        source.release?.(cursor);
      }),
    resume: (at) =>
      withCursor(at, (cursor) => {
        cursor.paused = false;
      }),
    bounds: (at) => source.bounds(at),
    lastHeartbeatAtMs: () => source.lastHeartbeatAtMs(),
  };

  /** Tries until it succeeds, or until `ended` or `isMoot` says that it need not; answers whether it succeeded. */
  async function attempt(
    what: string,
    at: object,
    ended: AbortSignal,
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
        await sleep(delayMs, ended);
        if (ended.aborted || isMoot()) return false;
      }
    }
  }

  async function pump(cursor: Cursor): Promise<void> {
    const { signal } = cursor.ending;
    if (signal.aborted) return;
    const unwatch = source.watch(cursor, () => cursor.wake());
    while (!signal.aborted) {
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
      if (cursor.ending.signal.aborted) resolve();
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
    const { seeks, topic, partition, ending } = cursor;
    const isMoot = () => cursor.seeks !== seeks || cursor.paused;
    const work = () => handler.onBatch(batch, control);
    if (!(await attempt('onBatch', { topic, partition }, ending.signal, work, isMoot))) return true;
    const { nextOffset } = batch;
    if (cursor.seeks === seeks) cursor.position = nextOffset;
    // A handler that came back after the limit has nothing more to say about the partition.
    if (source.commit && cursors.get(nameOf(cursor)) === cursor) {
      await source.commit(cursor, nextOffset).catch((error: unknown) => {
        log.warn({ group, topic, partition, err: error }, 'A position was not stored');
      });
    }
    return true;
  }

  /** `onAssigned` for partitions that came together, as far as they are not given up before it has succeeded. */
  async function begin(added: readonly TopicPartition[]): Promise<void> {
    hasBegun = true;
    const isOver = new AbortController();
    if (added.length === 0) waitingForAny = isOver;
    const begun = added.map((at): Cursor => {
      const { topic, partition } = at;
      const position = source.startOffset(at);
      const ending = new AbortController();
      return { topic, partition, position, paused: false, seeks: 0, ending, running: Promise.resolve(), wake() {} };
    });
    const isOn = ({ ending }: Cursor) => !ending.signal.aborted;
    for (const cursor of begun) {
      cursors.set(nameOf(cursor), cursor);
      cursor.ending.signal.addEventListener('abort', () => {
        if (!begun.some(isOn)) isOver.abort();
      });
    }
    const assign = () => handler.onAssigned(begun.filter(isOn).map(placeOf), control);
    const assigned = attempt('onAssigned', {}, isOver.signal, assign);
    for (const cursor of begun) cursor.running = assigned.then((ready) => (ready ? pump(cursor) : undefined));
    await Promise.all(begun.map(({ running }) => running));
  }

  function add(assignment: readonly TopicPartition[]): void {
    wanted = new Set(assignment.map(nameOf));
    const waiting = assignment.flatMap((at) => leaving.get(nameOf(at)) ?? []);
    if (waiting.length > 0) {
      void Promise.all(waiting).then(() => add(assignment.filter((at) => wanted.has(nameOf(at)))));
    }
    const added = assignment.filter((at) => !cursors.has(nameOf(at)));
    // Who is given nothing has to know that too, once.
    if (added.length === 0 && (hasBegun || waiting.length > 0)) return;
    begin(added).catch((error: unknown) =>
      log.error({ group, err: error }, 'A consumer failed and delivers nothing more'),
    );
  }

  /** Answers how they are given up then. */
  async function prepareLeaving(given: readonly Cursor[]): Promise<Revocation> {
    const loss = new AbortController();
    losing.add(loss);
    const lost = new Promise<void>((resolve) => loss.signal.addEventListener('abort', () => resolve()));
    const told = handler.onLeaving!(given.map(placeOf)).catch((error: unknown) => {
      log.warn({ group, err: error }, 'onLeaving rejected');
    });
    if (!(await settlesWithin(Promise.race([told, lost]), revokeLimitMs)))
      log.warn({ group, revokeLimitMs }, 'onLeaving took too long');
    losing.delete(loss);
    return loss.signal.aborted ? 'lost' : 'given-up';
  }

  async function giveUp(given: readonly Cursor[], asked: Revocation): Promise<void> {
    const how = asked === 'given-up' && handler.onLeaving ? await prepareLeaving(given) : asked;
    for (const { ending } of given) ending.abort();
    for (const cursor of given) cursor.wake();
    const running = Promise.all(given.map((cursor) => cursor.running));
    if (!(await settlesWithin(running, revokeLimitMs))) {
      log.warn({ group, revokeLimitMs }, 'A batch was still being handled when its partition was given away');
    }
    if (handler.onRevoked) {
      const told = handler.onRevoked(given.map(placeOf), control, how);
      told.catch((error: unknown) => log.warn({ group, err: error }, 'onRevoked rejected'));
      if (!(await settlesWithin(told, revokeLimitMs))) log.warn({ group, revokeLimitMs }, 'onRevoked took too long');
    }
    for (const cursor of given) cursors.delete(nameOf(cursor));
  }

  return {
    held: () => [...cursors.values()].map(placeOf),
    add,
    async keepOnly(kept, how) {
      wanted = new Set(kept.map(nameOf));
      waitingForAny?.abort();
      if (how === 'lost') for (const loss of losing) loss.abort();
      const given = [...cursors.values()].filter(
        (cursor) => !wanted.has(nameOf(cursor)) && !leaving.has(nameOf(cursor)),
      );
      if (given.length > 0) {
        const gone = giveUp(given, how).finally(() => {
          for (const cursor of given) leaving.delete(nameOf(cursor));
        });
        for (const cursor of given) leaving.set(nameOf(cursor), gone);
      }
      await Promise.all(leaving.values());
    },
  };
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

function placeOf({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition };
}

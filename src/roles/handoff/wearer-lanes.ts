/**
 * Deliveries to one receiver: those of one wearer one after the other, those of different wearers side by side. What fails is tried
 * again for ever, later each time. A receiver that fails whatever comes is asked with one delivery at a time until it takes one.
 */
import type { Clock } from '../../ports/clock.js';
import type { HandoffFailure } from '../../ports/handoff.js';

export interface LanesOptions {
  /** Deliveries that are under way at once. */
  readonly atOnce: number;
  /** How long a try waits after one that failed; doubles from the first to the most. */
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** Fails in a row, of whichever wearers, after which the receiver is taken for away. */
  readonly awayAfter: number;
}

export interface WearerLanes<T> {
  /** In the order of `seq`. */
  add(wearerId: string, seq: number, item: T): void;
  /** What is not delivered. */
  size(): number;
  /** Of it what no failure of its wearer's holds up. */
  moving(): number;
  /** Each `seq` that is not delivered, ascending. */
  waiting(): Iterable<number>;
  /** What has failed for longest, where it has for at least `forMs`. */
  failing(forMs: number): HandoffFailure | null;
  /** Aborts what is under way; nothing is delivered afterwards. Resolves when it is over. */
  stop(): Promise<void>;
}

interface Lane<T> {
  readonly wearerId: string;
  readonly queue: { readonly seq: number; readonly item: T }[];
  tries: number;
  failedSinceMs: number | null;
  error: string;
  timer: NodeJS.Timeout | undefined;
}

export function createWearerLanes<T>(deps: {
  readonly deliver: (item: T, stopping: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  readonly onDelivered: () => void;
  /** A wearer's lane has begun to fail: what waits in it moves no more. */
  readonly onHeldUp: () => void;
  readonly options: LanesOptions;
}): WearerLanes<T> {
  const { deliver, clock, onDelivered, onHeldUp, options } = deps;
  const stopping = new AbortController();
  const lanes = new Map<string, Lane<T>>();
  /** Those whose first delivery may be tried now, in the order in which they came to be so. */
  const ready = new Set<Lane<T>>();
  const underWay = new Set<Promise<void>>();
  const waiting = new Set<number>();
  /** Of those, in lanes that fail. */
  let heldUp = 0;
  let failsInARow = 0;
  /** Since it is away. What was under way together counts once. */
  let pauses = 0;
  /** Set while a receiver that is away is left alone. */
  let pause: NodeJS.Timeout | undefined;

  const retryMs = (fails: number) => Math.min(options.retryMaxMs, options.retryFirstMs * 2 ** Math.min(fails, 30));
  const isAway = () => failsInARow >= options.awayAfter;

  function start(): void {
    for (const lane of ready) {
      if (stopping.signal.aborted || pause !== undefined) return;
      if (underWay.size >= (isAway() ? 1 : options.atOnce)) return;
      ready.delete(lane);
      const run = deliverFirst(lane).finally(() => {
        underWay.delete(run);
        start();
      });
      underWay.add(run);
    }
  }

  async function deliverFirst(lane: Lane<T>): Promise<void> {
    const { seq, item } = lane.queue[0]!;
    try {
      await deliver(item, stopping.signal);
    } catch (error) {
      if (!stopping.signal.aborted) noteFailure(lane, error);
      return;
    }
    if (lane.failedSinceMs !== null) heldUp -= lane.queue.length;
    lane.queue.shift();
    waiting.delete(seq);
    Object.assign(lane, { tries: 0, failedSinceMs: null, error: '' });
    const isBack = isAway();
    failsInARow = 0;
    pauses = 0;
    if (isBack) endPause();
    if (lane.queue.length > 0) ready.add(lane);
    else lanes.delete(lane.wearerId);
    onDelivered();
  }

  function noteFailure(lane: Lane<T>, error: unknown): void {
    failsInARow++;
    const isFirst = lane.failedSinceMs === null;
    if (isFirst) heldUp += lane.queue.length;
    lane.failedSinceMs ??= clock.nowMs();
    lane.tries++;
    lane.error = error instanceof Error ? error.message : String(error);
    lane.timer = setTimeout(() => makeReady(lane), retryMs(lane.tries - 1));
    if (isFirst) onHeldUp();
    if (isAway()) pause ??= setTimeout(endPause, retryMs(pauses++));
  }

  function makeReady(lane: Lane<T>): void {
    clearTimeout(lane.timer);
    lane.timer = undefined;
    ready.add(lane);
    start();
  }

  /** The receiver is asked again, or is back: whoever waits has waited long enough. */
  function endPause(): void {
    clearTimeout(pause);
    pause = undefined;
    for (const lane of lanes.values()) {
      if (lane.timer === undefined) continue;
      clearTimeout(lane.timer);
      lane.timer = undefined;
      ready.add(lane);
    }
    start();
  }

  return {
    add(wearerId, seq, item) {
      let lane = lanes.get(wearerId);
      if (lane === undefined) {
        lane = { wearerId, queue: [], tries: 0, failedSinceMs: null, error: '', timer: undefined };
        lanes.set(wearerId, lane);
      }
      waiting.add(seq);
      if (lane.failedSinceMs !== null) heldUp++;
      if (lane.queue.push({ seq, item }) > 1) return;
      ready.add(lane);
      start();
    },
    size: () => waiting.size,
    moving: () => waiting.size - heldUp,
    waiting: () => waiting.values(),
    failing(forMs) {
      let worst: Lane<T> | null = null;
      for (const lane of lanes.values())
        if (lane.failedSinceMs !== null && lane.failedSinceMs < (worst?.failedSinceMs ?? Number.POSITIVE_INFINITY))
          worst = lane;
      if (worst === null || worst.failedSinceMs === null || clock.nowMs() - worst.failedSinceMs < forMs) return null;
      return { since: new Date(worst.failedSinceMs).toISOString(), tries: worst.tries, error: worst.error };
    },
    async stop() {
      stopping.abort();
      clearTimeout(pause);
      for (const lane of lanes.values()) clearTimeout(lane.timer);
      await Promise.all(underWay);
    },
  };
}

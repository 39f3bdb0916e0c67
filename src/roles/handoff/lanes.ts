/**
 * Deliveries to one receiver: those of one lane (a wearer, a mailbox) one after the other, those of different lanes side by side. What
 * fails is tried again for ever, later each time. A receiver that fails whatever comes is asked with one delivery at a time until it
 * takes one.
 */
import type { Clock } from '../../ports/clock.js';
import type { HandoffFailure } from '../../ports/handoff.js';

export interface LanesOptions {
  /** Deliveries that are under way at once. */
  readonly atOnce: number;
  /** How long a try waits after one that failed; doubles from the first to the most. */
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** Fails in a row, of whichever lanes, after which the receiver is taken for away. */
  readonly awayAfter: number;
  /** How long a lane rests after a delivery; what waits by then goes as one. Absent: no rest, and each goes by itself. */
  readonly restMs?: number;
}

export interface Lanes<T> {
  /** In the order of `seq`. */
  add(laneId: string, seq: number, item: T): void;
  /** What is not delivered. */
  size(): number;
  /** Of it what no failure and no rest of its lane holds up. */
  moving(): number;
  /** Each `seq` that is not delivered, ascending. */
  waiting(): Iterable<number>;
  /** What has failed for longest, where it has for at least `forMs`. */
  failing(forMs: number): HandoffFailure | null;
  /** Aborts what is under way; nothing is delivered afterwards. Resolves when it is over. */
  stop(): Promise<void>;
}

interface Lane<T> {
  readonly laneId: string;
  readonly queue: { readonly seq: number; readonly item: T }[];
  /** It fails or rests: what waits in it does not move. */
  isHeld: boolean;
  tries: number;
  failedSinceMs: number | null;
  error: string;
  timer: NodeJS.Timeout | undefined;
}

export function createLanes<T>(deps: {
  /** One item at least, in the order of `seq`. */
  readonly deliver: (items: readonly T[], stopping: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  readonly onDelivered: () => void;
  /** A lane has begun to fail: what waits in it moves no more. */
  readonly onHeldUp: () => void;
  readonly options: LanesOptions;
}): Lanes<T> {
  const { deliver, clock, onDelivered, onHeldUp, options } = deps;
  const stopping = new AbortController();
  const lanes = new Map<string, Lane<T>>();
  /** Those whose first delivery may be tried now, in the order in which they came to be so. */
  const ready = new Set<Lane<T>>();
  const underWay = new Set<Promise<void>>();
  const waiting = new Set<number>();
  /** Of those, in lanes that are held. */
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
    const taken = lane.queue.slice(0, options.restMs === undefined ? 1 : lane.queue.length);
    try {
      await deliver(
        taken.map(({ item }) => item),
        stopping.signal,
      );
    } catch (error) {
      if (!stopping.signal.aborted) noteFailure(lane, error);
      return;
    }
    hold(lane, false);
    for (const { seq } of lane.queue.splice(0, taken.length)) waiting.delete(seq);
    Object.assign(lane, { tries: 0, failedSinceMs: null, error: '' });
    const isBack = isAway();
    failsInARow = 0;
    pauses = 0;
    if (isBack) endPause();
    if (options.restMs !== undefined) {
      hold(lane, true);
      if (!stopping.signal.aborted) lane.timer = setTimeout(() => endRest(lane), options.restMs);
    } else if (lane.queue.length > 0) ready.add(lane);
    else lanes.delete(lane.laneId);
    onDelivered();
  }

  function noteFailure(lane: Lane<T>, error: unknown): void {
    failsInARow++;
    const isFirst = lane.failedSinceMs === null;
    hold(lane, true);
    lane.failedSinceMs ??= clock.nowMs();
    lane.tries++;
    lane.error = error instanceof Error ? error.message : String(error);
    lane.timer = setTimeout(() => makeReady(lane), retryMs(lane.tries - 1));
    if (isFirst) onHeldUp();
    if (isAway()) pause ??= setTimeout(endPause, retryMs(pauses++));
  }

  function hold(lane: Lane<T>, isHeld: boolean): void {
    if (lane.isHeld !== isHeld) heldUp += isHeld ? lane.queue.length : -lane.queue.length;
    lane.isHeld = isHeld;
  }

  function endRest(lane: Lane<T>): void {
    hold(lane, false);
    if (lane.queue.length > 0) makeReady(lane);
    else lanes.delete(lane.laneId);
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
      if (lane.timer === undefined || lane.failedSinceMs === null) continue;
      clearTimeout(lane.timer);
      lane.timer = undefined;
      ready.add(lane);
    }
    start();
  }

  return {
    add(laneId, seq, item) {
      let lane = lanes.get(laneId);
      if (lane === undefined) {
        lane = { laneId, queue: [], isHeld: false, tries: 0, failedSinceMs: null, error: '', timer: undefined };
        lanes.set(laneId, lane);
      }
      waiting.add(seq);
      if (lane.isHeld) heldUp++;
      if (lane.queue.push({ seq, item }) > 1 || lane.isHeld) return;
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

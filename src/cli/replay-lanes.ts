/** Several requests under way at once: what is of one tag goes in one request after the other, in its order. */
import type { PlacedPing } from './replay-pace.js';

export interface LanesOptions {
  /** Requests under way at most. */
  readonly inFlight: number;
  readonly batchSize: number;
  /** Why to stop, or null. */
  readonly send: (batch: readonly PlacedPing[]) => Promise<string | null>;
}

interface Lane {
  waiting: PlacedPing[];
  underWay: Promise<void> | null;
}

/** Sends all of it; why it stopped, or null. Each tag has a lane; no more than a batch waits in any of them. */
export async function sendInLanes(batches: AsyncIterable<PlacedPing[]>, options: LanesOptions): Promise<string | null> {
  const { inFlight, batchSize, send } = options;
  const lanes = Array.from({ length: inFlight }, (): Lane => ({ waiting: [], underWay: null }));
  const laneOfTag = new Map<string, Lane>();
  let failure: string | null = null;

  function laneOf(tagId: string): Lane {
    const known = laneOfTag.get(tagId);
    if (known) return known;
    const lane = lanes[laneOfTag.size % inFlight]!;
    laneOfTag.set(tagId, lane);
    return lane;
  }

  /** When the one before has been answered. */
  async function sendNext(lane: Lane): Promise<void> {
    while (lane.underWay) await lane.underWay;
    if (failure !== null || lane.waiting.length === 0) return;
    const batch = lane.waiting.splice(0, batchSize);
    lane.underWay = send(batch).then((why) => {
      lane.underWay = null;
      failure ??= why;
    });
  }

  try {
    for await (const batch of batches) {
      for (const placed of batch) {
        const lane = laneOf(placed.ping.tagId);
        lane.waiting.push(placed);
        if (lane.waiting.length >= batchSize) await sendNext(lane);
      }
      // Batches that have a time of their own go out as they come.
      if (inFlight === 1) await sendNext(lanes[0]!).then(() => lanes[0]!.underWay);
      if (failure !== null) break;
    }
    await Promise.all(lanes.map(sendNext));
  } finally {
    await Promise.all(lanes.map(({ underWay }) => underWay));
  }
  return failure;
}

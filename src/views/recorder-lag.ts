/**
 * How far the record is behind the log, in time: when the oldest input was appended that is not in the database. The log tells when
 * each came, the database how far the recorder has got; while it is away, it has got no further than it had.
 */
import type { Clock } from '../ports/clock.js';

/** Inputs of one partition that came within a second. */
interface Bucket {
  readonly firstAtMs: number;
  lastOffset: number;
}

const BUCKET_MS = 1_000;
/** An hour in which something came every second; beyond it the oldest ones are put together. */
const MAX_BUCKETS = 3_600;

export interface RecorderLag {
  /** An input that the recorder writes, as it is read from the log. */
  note(partition: number, offset: number, appendedAtMs: number): void;
  /** Whole seconds in ms; null where nobody knows, because the database has not been there since the start. */
  read(): number | null;
  stop(): void;
}

export function watchRecorderLag(deps: {
  /** The next offset that the recorder has to write, by partition of the inputs; rejects while the database is away. */
  readonly readPlaces: () => Promise<ReadonlyMap<number, number>>;
  readonly clock: Clock;
  readonly everyMs: number;
}): RecorderLag {
  const { readPlaces, clock, everyMs } = deps;
  const buckets = new Map<number, Bucket[]>();
  let places: ReadonlyMap<number, number> | null = null;
  /** As of when the places are true: now, while the database is away. */
  let isAway = false;
  let lagMs = 0;

  function note(partition: number, offset: number, appendedAtMs: number): void {
    const own = buckets.get(partition) ?? [];
    buckets.set(partition, own);
    const last = own.at(-1);
    if (last && appendedAtMs - last.firstAtMs < BUCKET_MS) last.lastOffset = offset;
    else own.push({ firstAtMs: appendedAtMs, lastOffset: offset });
    if (own.length <= MAX_BUCKETS) return;
    own[0]!.lastOffset = own[1]!.lastOffset;
    own.splice(1, 1);
  }

  function measure(): number {
    let oldestAtMs = Number.POSITIVE_INFINITY;
    for (const [partition, own] of buckets) {
      const nextOffset = places?.get(partition) ?? 0;
      const recorded = own.findIndex(({ lastOffset }) => lastOffset >= nextOffset);
      own.splice(0, recorded < 0 ? own.length : recorded);
      if (own[0]) oldestAtMs = Math.min(oldestAtMs, own[0].firstAtMs);
    }
    return Math.max(0, clock.nowMs() - oldestAtMs);
  }

  async function look(): Promise<void> {
    try {
      places = await readPlaces();
      isAway = false;
      lagMs = measure();
    } catch {
      isAway = true;
    }
  }

  let isLooking = false;
  const lookOnce = async () => {
    if (isLooking) return;
    isLooking = true;
    await look();
    isLooking = false;
  };
  void lookOnce();
  const timer = setInterval(() => void lookOnce(), everyMs);
  timer.unref();

  return {
    note,
    read() {
      if (places === null) return null;
      if (isAway) lagMs = measure();
      return Math.floor(lagMs / 1_000) * 1_000;
    },
    stop: () => clearInterval(timer),
  };
}

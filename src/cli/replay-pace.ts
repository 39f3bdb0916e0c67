/** When the rows of a track go out: as they are read, at a rate, or as if they happened now. */
import { setTimeout as wait } from 'node:timers/promises';
import type { TrackItem, WirePing } from '../formats/tracks/track-item.js';

/** A ping and where in the file it comes from. */
export interface PlacedPing {
  readonly place: string;
  readonly ping: WirePing;
}

/** Time from outside, so that tests need not wait. */
export interface Pacer {
  nowMs(): number;
  waitMs(ms: number): Promise<unknown>;
}

export const SYSTEM_PACER: Pacer = { nowMs: Date.now, waitMs: (ms) => wait(ms) };

/** `--live` sorts the whole file, so it is held in memory: about 1 GB. */
export const MAX_LIVE_ROWS = 2_000_000;

type Rows = AsyncIterable<TrackItem> | Iterable<TrackItem>;

/** Rows that are no fix go to `onBad`; the others come on. */
async function* keepFixes(rows: Rows, onBad: (place: string, detail: string) => void): AsyncGenerator<PlacedPing> {
  for await (const row of rows) {
    if (row.ok) yield row;
    else onBad(row.place, row.detail);
  }
}

/**
 * Batches in the order of the file, at most `ratePerSecond` pings a second (null: at once). Time that an outage took is not made
 * up for.
 */
export async function* batchByRate(
  rows: Rows,
  options: { readonly batchSize: number; readonly ratePerSecond: number | null; readonly pacer: Pacer },
  onBad: (place: string, detail: string) => void,
): AsyncGenerator<PlacedPing[]> {
  const { ratePerSecond, pacer } = options;
  // A batch stands for a second at most, so that a low rate is a trickle and no lump.
  const size =
    ratePerSecond === null ? options.batchSize : Math.max(1, Math.min(options.batchSize, Math.floor(ratePerSecond)));
  let dueAtMs = pacer.nowMs();
  let batch: PlacedPing[] = [];
  async function release(): Promise<PlacedPing[]> {
    const full = batch;
    batch = [];
    if (ratePerSecond !== null) {
      const waitMs = dueAtMs - pacer.nowMs();
      if (waitMs > 0) await pacer.waitMs(waitMs);
      dueAtMs = Math.max(dueAtMs, pacer.nowMs()) + (full.length / ratePerSecond) * 1_000;
    }
    return full;
  }
  for await (const fix of keepFixes(rows, onBad)) {
    batch.push(fix);
    if (batch.length === size) yield await release();
  }
  if (batch.length > 0) yield await release();
}

/**
 * The whole track merged by time, its first fix moved to now and the others `speed` times as close behind it; a batch is what is
 * due. Throws where the file has more than `MAX_LIVE_ROWS`.
 */
export async function* batchLive(
  rows: Rows,
  options: { readonly batchSize: number; readonly speed: number; readonly pacer: Pacer },
  onBad: (place: string, detail: string) => void,
): AsyncGenerator<PlacedPing[]> {
  const { batchSize, speed, pacer } = options;
  const fixes: { readonly atMs: number; readonly fix: PlacedPing }[] = [];
  for await (const fix of keepFixes(rows, onBad)) {
    if (fixes.length === MAX_LIVE_ROWS) throw new RangeError(`--live takes at most ${MAX_LIVE_ROWS} rows.`);
    fixes.push({ atMs: Date.parse(fix.ping.fixedAt), fix });
  }
  // Stable: fixes of one instant keep the order of the file.
  fixes.sort((a, b) => a.atMs - b.atMs);
  const firstAtMs = fixes[0]?.atMs ?? 0;
  const startAtMs = pacer.nowMs();
  const moved = (atMs: number) => Math.floor(startAtMs + (atMs - firstAtMs) / speed);

  for (let next = 0; next < fixes.length; ) {
    const waitMs = moved(fixes[next]!.atMs) - pacer.nowMs();
    if (waitMs > 0) await pacer.waitMs(waitMs);
    const nowMs = pacer.nowMs();
    const batch: PlacedPing[] = [];
    while (next < fixes.length && batch.length < batchSize && moved(fixes[next]!.atMs) <= nowMs) {
      const { atMs, fix } = fixes[next++]!;
      batch.push({ place: fix.place, ping: { ...fix.ping, fixedAt: new Date(moved(atMs)).toISOString() } });
    }
    if (batch.length > 0) yield batch;
  }
}

/** The fixes of one wearer as they are matched: columns in order of time, and what a stretch of them can be passed by with. */

/** A stretch: long enough that passing one by saves most of the work, short enough that most can be. */
const STRETCH = 16;

export interface MatchTrack {
  readonly wearerId: string;
  /** Epoch ms, ascending. */
  readonly atMs: Float64Array;
  readonly latitude: Float64Array;
  readonly longitude: Float64Array;
  /** σ of the error in one direction, metres. */
  readonly sigmaMetres: Float32Array;
  /** Of fixes good enough to say where somebody was: their places in the lists above, ascending. */
  readonly good: Int32Array;
  /** When each of them was made: in one list, because every crime looks for its place in it. */
  readonly goodAtMs: Float64Array;
  /** The others, and when each was made. */
  readonly poor: Int32Array;
  readonly poorAtMs: Float64Array;
  /** Of each stretch of good fixes and the first one behind it: west, south, east, north, the widest σ, the longest gap in ms. */
  readonly stretches: Float64Array;
}

export const STRETCH_WIDTH = 6;
export const stretchOf = (goodAt: number): number => Math.floor(goodAt / STRETCH);
export const endOfStretch = (stretch: number): number => (stretch + 1) * STRETCH;

export interface MatchFix {
  readonly atMs: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly sigmaMetres: number;
}

/** A worse fix may say that somebody was near, and never that he was elsewhere, metres of σ. */
export const GOOD_SIGMA_METRES = 100;

/** `fixes` in any order; of two of one instant the better one counts. */
export function prepareTrack(wearerId: string, fixes: Iterable<MatchFix>): MatchTrack {
  const sorted = [...fixes].sort(
    (a, b) => a.atMs - b.atMs || a.sigmaMetres - b.sigmaMetres || a.latitude - b.latitude || a.longitude - b.longitude,
  );
  const kept = sorted.filter(({ atMs }, at) => at === 0 || sorted[at - 1]!.atMs !== atMs);
  const columns = {
    wearerId,
    atMs: Float64Array.from(kept, ({ atMs }) => atMs),
    latitude: Float64Array.from(kept, ({ latitude }) => latitude),
    longitude: Float64Array.from(kept, ({ longitude }) => longitude),
    sigmaMetres: Float32Array.from(kept, ({ sigmaMetres }) => sigmaMetres),
  };
  return indexTrack(columns);
}

/** Columns that are in order already. */
export function indexTrack(
  columns: Omit<MatchTrack, 'good' | 'goodAtMs' | 'poor' | 'poorAtMs' | 'stretches'>,
): MatchTrack {
  const { atMs, latitude, longitude, sigmaMetres } = columns;
  const all = Int32Array.from(sigmaMetres.keys());
  const good = all.filter((at) => sigmaMetres[at]! <= GOOD_SIGMA_METRES);
  const poor = all.filter((at) => sigmaMetres[at]! > GOOD_SIGMA_METRES);
  const count = Math.ceil(good.length / STRETCH);
  const stretches = new Float64Array(count * STRETCH_WIDTH);
  for (let stretch = 0; stretch < count; stretch++) {
    const until = Math.min(good.length - 1, endOfStretch(stretch));
    let [west, south, east, north, sigma, gap] = [180, 90, -180, -90, 0, 0];
    for (let nth = stretch * STRETCH; nth <= until; nth++) {
      const at = good[nth]!;
      west = Math.min(west, longitude[at]!);
      east = Math.max(east, longitude[at]!);
      south = Math.min(south, latitude[at]!);
      north = Math.max(north, latitude[at]!);
      sigma = Math.max(sigma, sigmaMetres[at]!);
      if (nth < until) gap = Math.max(gap, atMs[good[nth + 1]!]! - atMs[at]!);
    }
    stretches.set([west, south, east, north, sigma, gap], stretch * STRETCH_WIDTH);
  }
  return {
    ...columns,
    good,
    goodAtMs: Float64Array.from(good, (at) => atMs[at]!),
    poor,
    poorAtMs: Float64Array.from(poor, (at) => atMs[at]!),
    stretches,
  };
}

/** The first place in an ascending list whose value is not below `value`. */
export function firstFrom(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

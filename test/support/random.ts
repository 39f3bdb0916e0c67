/** Randomness that can be had again: the seed is printed with a failure and taken from TAGWATCH_SEED. */
export function seededRandom(): { random: () => number; seed: number } {
  const seed = Number(process.env['TAGWATCH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  return { random: randomFrom(seed), seed };
}

/** How often a property is tried: so many times, and TAGWATCH_RUNS times as many where it is set, to look for what is rare. */
export function runs(count: number): number {
  return count * Number(process.env['TAGWATCH_RUNS'] ?? 1);
}

/** The same numbers from 0 (included) to 1 (excluded) for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  // mulberry32 (public domain, Tommy Ettinger): short, and good enough to choose moments.
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

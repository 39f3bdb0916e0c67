/** A handful of measurements in a few numbers. */

export interface Summary {
  readonly min: number;
  readonly median: number;
  readonly max: number;
  /** (max − min) / median. */
  readonly spread: number;
}

/** The value below which this share lies (nearest rank), of values in ascending order; NaN of none. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export function summarise(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const median = percentile(sorted, 0.5);
  const [min, max] = [sorted[0] ?? Number.NaN, sorted.at(-1) ?? Number.NaN];
  return { min, median, max, spread: (max - min) / median };
}

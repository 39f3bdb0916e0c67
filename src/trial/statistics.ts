/** The few statistics of the trial's tables. */

/** The value below which the share of the sorted values lies; null where there is none. */
export function quantile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]!;
}

/** The chance of at most `count` events where `mean` are expected. */
function poissonAtMost(count: number, mean: number): number {
  let term = Math.exp(-mean);
  let sum = term;
  for (let k = 1; k <= count; k++) {
    term *= mean / k;
    sum += term;
  }
  return sum;
}

/** Exact: the least mean under which so few events would be seen in at most one of twenty trials. */
export function poissonUpper95(count: number): number {
  // Above a few hundred events e^-mean is nothing to a double; the normal bound is right to a thousandth there.
  if (count > 400) return count + 1.645 * Math.sqrt(count) + 1.2;
  let low = count;
  let high = count + 5 * Math.sqrt(count + 1) + 5;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (poissonAtMost(count, middle) > 0.05) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

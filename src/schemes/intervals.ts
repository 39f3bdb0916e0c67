/** Sets of instants as sorted, disjoint intervals, epoch ms, each with its start and without its end. Pure. */
export type Intervals = readonly (readonly [fromMs: number, untilMs: number])[];

/** As a set: sorted, joined where they touch, without empty ones. */
export function unite(intervals: Intervals): Intervals {
  const united: [number, number][] = [];
  for (const [fromMs, untilMs] of [...intervals].sort((a, b) => a[0] - b[0])) {
    if (untilMs <= fromMs) continue;
    const last = united.at(-1);
    if (last !== undefined && fromMs <= last[1]) last[1] = Math.max(last[1], untilMs);
    else united.push([fromMs, untilMs]);
  }
  return united;
}

/** What is in both; both are sets. */
export function intersect(one: Intervals, other: Intervals): Intervals {
  const both: [number, number][] = [];
  for (let i = 0, j = 0; i < one.length && j < other.length; ) {
    const [a, b] = [one[i]!, other[j]!];
    const [fromMs, untilMs] = [Math.max(a[0], b[0]), Math.min(a[1], b[1])];
    if (fromMs < untilMs) both.push([fromMs, untilMs]);
    if (a[1] < b[1]) i += 1;
    else j += 1;
  }
  return both;
}

/** What is in one and not in the other; both are sets. */
export function subtract(one: Intervals, other: Intervals): Intervals {
  const gaps: [number, number][] = [];
  let fromMs = -Infinity;
  for (const [startMs, endMs] of other) {
    gaps.push([fromMs, startMs]);
    fromMs = endMs;
  }
  gaps.push([fromMs, Infinity]);
  return intersect(one, gaps);
}

export const lengthMs = (intervals: Intervals): number =>
  intervals.reduce((sum, [fromMs, untilMs]) => sum + untilMs - fromMs, 0);

/**
 * When somebody is under an order and wears no tag: the one rule of it, which the register and the cohort share. Instants are epoch ms;
 * intervals include their start and exclude their end.
 */

interface Period {
  readonly startsAtMs: number;
  /** Null: no end is known. */
  readonly endsAtMs: number | null;
}

/** An order's, and a tag's. */
export type OrderPeriod = Period;
export interface WornPeriod {
  readonly fittedAtMs: number;
  readonly removedAtMs: number | null;
}

/** While an order is in force, any of them, and no tag is fitted. */
export interface Untagged extends Period {
  /** Why it is over at its end. */
  readonly endsBecause: 'order-ended' | 'tag-fitted' | null;
}

type Interval = readonly [fromMs: number, untilMs: number];

/** In order, none touching another, none empty. */
function unite(intervals: readonly Interval[]): Interval[] {
  const united: Interval[] = [];
  for (const [fromMs, untilMs] of intervals.filter(([a, b]) => a < b).sort(([a], [b]) => a - b)) {
    const last = united.at(-1);
    if (last === undefined || last[1] < fromMs) united.push([fromMs, untilMs]);
    else united[united.length - 1] = [last[0], Math.max(last[1], untilMs)];
  }
  return united;
}

export function findUntagged(orders: readonly OrderPeriod[], worn: readonly WornPeriod[]): Untagged[] {
  const ordered = unite(orders.map(({ startsAtMs, endsAtMs }) => [startsAtMs, endsAtMs ?? Infinity]));
  const tagged = unite(worn.map(({ fittedAtMs, removedAtMs }) => [fittedAtMs, removedAtMs ?? Infinity]));
  return ordered.flatMap(([orderedFromMs, orderedUntilMs]) => {
    const found: Untagged[] = [];
    let fromMs = orderedFromMs;
    for (const [fittedMs, removedMs] of tagged) {
      if (removedMs <= fromMs || fittedMs >= orderedUntilMs) continue;
      if (fittedMs > fromMs) found.push({ startsAtMs: fromMs, endsAtMs: fittedMs, endsBecause: 'tag-fitted' });
      fromMs = removedMs;
    }
    if (fromMs >= orderedUntilMs) return found;
    const goesOn = orderedUntilMs === Infinity;
    found.push({
      startsAtMs: fromMs,
      endsAtMs: goesOn ? null : orderedUntilMs,
      endsBecause: goesOn ? null : 'order-ended',
    });
    return found;
  });
}

export const isWithin = ({ startsAtMs, endsAtMs }: Period, atMs: number): boolean =>
  startsAtMs <= atMs && atMs < (endsAtMs ?? Infinity);

/** Counts of alerts by what they have in common; never a share without what it is a share of. Pure. */
import type { Disposition } from '../alerts/event.js';
import { type AlertCounts, FALSE_DISPOSITIONS } from '../wire/statistics.js';

interface Counted {
  readonly isWithdrawn: boolean;
  readonly disposition: Disposition | null;
  readonly count: number;
}

export function countTogether(cells: readonly Counted[]): AlertCounts {
  const sum = (isOf: (cell: Counted) => boolean) =>
    cells.reduce((total, cell) => total + (isOf(cell) ? cell.count : 0), 0);
  const dispositions: Partial<Record<Disposition, number>> = {};
  for (const { disposition, count } of cells)
    if (disposition !== null) dispositions[disposition] = (dispositions[disposition] ?? 0) + count;
  return {
    raised: sum(() => true),
    withdrawn: sum(({ isWithdrawn }) => isWithdrawn),
    decided: sum(({ disposition }) => disposition !== null),
    false: sum(({ disposition }) => disposition !== null && FALSE_DISPOSITIONS.includes(disposition)),
    unknown: sum(({ isWithdrawn, disposition }) => !isWithdrawn && disposition === null),
    dispositions,
  };
}

/** By a key, the most first. */
export function countBy<C extends Counted>(
  cells: readonly C[],
  keyOf: (cell: C) => string,
): { readonly first: C; readonly counts: AlertCounts }[] {
  const groups = new Map<string, C[]>();
  for (const cell of cells) {
    const group = groups.get(keyOf(cell));
    if (group === undefined) groups.set(keyOf(cell), [cell]);
    else group.push(cell);
  }
  return [...groups.values()]
    .map((group) => ({ first: group[0]!, counts: countTogether(group) }))
    .sort((a, b) => b.counts.raised - a.counts.raised);
}

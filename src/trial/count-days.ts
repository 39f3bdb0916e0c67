/** How often each contestant confirms something false over days that are staged one after the other. */
import { type Contestant, ENGINE } from './contestants.js';
import { judge } from './judge.js';
import { violationsOf } from './truth.js';
import type { Stage } from './world.js';

export interface DayCount {
  /** By contestant. */
  readonly counts: ReadonlyMap<string, Counted>;
  /** The first days on which the engine was wrong, to be looked at. */
  readonly falseDays: readonly number[];
}

export interface Counted {
  readonly days: number;
  readonly falseConfirmed: number;
}

const KEPT_DAYS = 2;

/** Days `fromDay` to `toDay`; the rivals judge one in `rivalEvery` of them, which takes most of the time. */
export function countDays(
  stageDay: (day: number) => Stage,
  fromDay: number,
  toDay: number,
  contestants: readonly Contestant[],
  rivalEvery: number,
): DayCount {
  const counts = new Map(contestants.map(({ name }) => [name, { days: 0, falseConfirmed: 0 }]));
  const falseDays: number[] = [];
  for (let day = fromDay; day < toDay; day++) {
    const stage = stageDay(day);
    const violations = violationsOf(stage);
    for (const { name, play } of contestants) {
      if (name !== ENGINE && day % rivalEvery !== 0) continue;
      const { length } = judge(violations, () => false, play(stage)).falseConfirmed;
      const { days, falseConfirmed } = counts.get(name)!;
      counts.set(name, { days: days + 1, falseConfirmed: falseConfirmed + length });
      if (name === ENGINE && length > 0 && falseDays.length < KEPT_DAYS) falseDays.push(day);
    }
  }
  return { counts, falseDays };
}

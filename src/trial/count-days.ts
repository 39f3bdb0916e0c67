/** How often each contestant confirms something false over days that are staged one after the other. */
import { type Contestant, ENGINE } from './contestants.js';
import { judge } from './judge.js';
import { violationsOf } from './truth.js';
import type { Stage } from './world.js';

export interface DayCount {
  /** By contestant. */
  readonly counts: ReadonlyMap<string, number>;
  /** The first days on which the engine was wrong, to be looked at. */
  readonly falseDays: readonly number[];
}

const KEPT_DAYS = 2;

/** Days `fromDay` to `toDay`. */
export function countDays(
  stageDay: (day: number) => Stage,
  fromDay: number,
  toDay: number,
  contestants: readonly Contestant[],
): DayCount {
  const counts = new Map(contestants.map(({ name }) => [name, 0]));
  const falseDays: number[] = [];
  for (let day = fromDay; day < toDay; day++) {
    const stage = stageDay(day);
    const violations = violationsOf(stage);
    for (const { name, play } of contestants) {
      const { length } = judge(violations, () => false, play(stage)).falseConfirmed;
      counts.set(name, counts.get(name)! + length);
      if (name === ENGINE && length > 0 && falseDays.length < KEPT_DAYS) falseDays.push(day);
    }
  }
  return { counts, falseDays };
}

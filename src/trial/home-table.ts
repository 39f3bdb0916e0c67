/** Tag-days of wearers who stay at home, which they may not leave: every confirmation is false. */
import { createRandom } from '../simulator/random.js';
import { controlled } from '../simulator/surroundings.js';
import type { Counted } from './count-days.js';
import { HOUR_MS, inclusion, minutes, stageOf } from './scenario.js';
import { potter } from './scenarios/at-home.js';
import { poissonUpper95 } from './statistics.js';
import type { Stage } from './world.js';

/** A row of the report, in its shape. */
export interface HomeRow {
  readonly r68Metres: number;
  readonly correlationS: number;
  readonly tagDays: number;
  readonly falseConfirmed: number;
  readonly upper95PerTagDay: number;
}

export type HomeTask = Pick<HomeRow, 'r68Metres' | 'correlationS'>;

const R68_METRES = [10, 20, 40, 60, 100, 150] as const;
const CORRELATIONS_S = [0, 300] as const;

export const HOME_TASKS: readonly HomeTask[] = CORRELATIONS_S.flatMap((correlationS) =>
  R68_METRES.map((r68Metres) => ({ r68Metres, correlationS })),
);

/** What a row is called. */
export function labelOf({ r68Metres, correlationS }: HomeTask): string {
  return `r68 ${r68Metres} m, ${correlationS === 0 ? 'independent' : `correlated ${correlationS} s`}`;
}

/** A day of honest fixes, one a minute, errors normal, in a house on a plot 100 m square. */
export function stayHome({ r68Metres, correlationS }: HomeTask, seed: number, day: number): Stage {
  const random = createRandom(seed, 'home', r68Metres, correlationS, day);
  const [fromMs, toMs] = [minutes(0), minutes(0) + 24 * HOUR_MS];
  return stageOf(random, {
    conditions: [inclusion()],
    track: potter(random, fromMs, toMs),
    around: controlled(r68Metres, correlationS),
    fromMs,
    toMs,
  });
}

export function homeRow(task: HomeTask, { days, falseConfirmed }: Counted): HomeRow {
  return { ...task, tagDays: days, falseConfirmed, upper95PerTagDay: poissonUpper95(falseConfirmed) / days };
}

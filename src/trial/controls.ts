/** Plain tests with one thing varied at a time: a place, an accuracy, and by which fix a violation is confirmed, or that none is. */
import { createRandom } from '../simulator/random.js';
import { controlled } from '../simulator/surroundings.js';
import type { Contestant } from './contestants.js';
import { exclusion, inclusion, journey, MINUTE_MS, minutes, spot, square, stageOf } from './scenario.js';
import { quantile } from './statistics.js';
import type { TrialCondition } from './world.js';

export interface Control {
  readonly name: string;
  readonly condition: TrialCondition;
  /** Where he is for the first ten minutes, and where after them. */
  readonly before: ReturnType<typeof spot>;
  readonly after: ReturnType<typeof spot>;
  readonly r68Metres: number;
  readonly correlationS: number;
  readonly minutes: number;
}

/** What became of the runs of a control. */
export interface ControlRow {
  readonly name: string;
  readonly runs: number;
  /** How many ended with a confirmed alert, and by which fix at the second place: the first is 1. */
  readonly confirmed: number;
  readonly medianFix: number | null;
  readonly p95Fix: number | null;
}

const ZONE = exclusion(square(spot(0), 200));
const outside = spot(400, 0);

export const AWAY_400 = '400 m from home at r68 20 m';
export const INSIDE_15 = '15 m inside a zone at r68 8 m';
export const OUTSIDE_15 = 'an hour 15 m outside a zone at r68 10 m';

const away = (metres: number, r68Metres: number, name = `${metres} m from home at r68 ${r68Metres} m`): Control => ({
  name,
  condition: inclusion(),
  before: spot(0),
  after: spot(50 + metres),
  r68Metres,
  correlationS: 0,
  minutes: 30,
});

const inside = (
  metres: number,
  r68Metres: number,
  name = `${metres} m inside a zone at r68 ${r68Metres} m`,
): Control => ({
  name,
  condition: ZONE,
  before: outside,
  after: spot(100 - metres),
  r68Metres,
  correlationS: 0,
  minutes: 10,
});

const beside = (
  metres: number,
  r68Metres: number,
  name = `an hour ${metres} m outside a zone at r68 ${r68Metres} m`,
): Control => ({
  name,
  condition: ZONE,
  before: outside,
  after: spot(100 + metres),
  r68Metres,
  correlationS: 0,
  minutes: 60,
});

export const CONTROLS: readonly Control[] = [
  away(400, 20, AWAY_400),
  away(100, 20),
  away(50, 20),
  away(20, 8),
  away(350, 200),
  inside(15, 8, INSIDE_15),
  inside(15, 20),
  inside(30, 20),
  inside(50, 40),
  inside(90, 60),
  beside(15, 10, OUTSIDE_15),
  beside(15, 20),
  beside(25, 25),
];

function stageControl(control: Control, seed: number, run: number) {
  const random = createRandom(seed, control.name, run);
  const moves = minutes(10) - MINUTE_MS / 2;
  const track = journey(control.before, minutes(0)).until(moves).to(control.after, 1_000).done();
  return stageOf(random, {
    conditions: [control.condition],
    track,
    around: controlled(control.r68Metres, control.correlationS),
    fromMs: minutes(0),
    toMs: minutes(10 + control.minutes),
  });
}

export function runControl(control: Control, seed: number, runs: number, { play }: Contestant): ControlRow {
  const fixes: number[] = [];
  for (let run = 0; run < runs; run++) {
    const stage = stageControl(control, seed, run);
    const atMs = play(stage).reduce(
      (first, alert) => Math.min(first, alert.confirmedAtMs ?? Number.POSITIVE_INFINITY),
      Number.POSITIVE_INFINITY,
    );
    if (atMs === Number.POSITIVE_INFINITY) continue;
    const heard = stage.observations.filter(
      ({ receivedAtMs, truth }) => receivedAtMs <= atMs && truth.atMs >= minutes(10) - MINUTE_MS / 4,
    );
    fixes.push(heard.length);
  }
  return {
    name: control.name,
    runs,
    confirmed: fixes.length,
    medianFix: quantile(fixes, 0.5),
    p95Fix: quantile(fixes, 0.95),
  };
}

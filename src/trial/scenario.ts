/** A named scenario: what happens, what can be proved of it, and how a run of it is staged. The words it is written in. */
import { type Area, rectangle, type Spot, square } from '../simulator/area.js';
import { type Observation, observe, type SurroundingsFrom, type TagSettings } from '../simulator/observe.js';
import { createRandom, type Random } from '../simulator/random.js';
import type { Surroundings } from '../simulator/surroundings.js';
import { startTrack, type Track } from '../simulator/track.js';
import { pointAt, type Stage, type TrialCondition } from './world.js';

export interface Scenario {
  readonly name: string;
  readonly happens: string;
  /** What a careful officer could prove from the observations. */
  readonly provable: string;
  /** How many violations truly happen in a run. */
  readonly violations: number;
  stage(random: Random): Stage;
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
/** A Monday at noon in winter, when local time is UTC. */
export const NOON_MS = Date.UTC(2026, 1, 2, 12);
export const minutes = (count: number) => NOON_MS + count * MINUTE_MS;

export const spot = (east: number, north = 0): Spot => ({ east, north });
export { rectangle, square };
export const circle = (radiusMetres: number, centre: Spot = spot(0)): Area => ({
  type: 'circle',
  centre,
  radiusMetres,
});
export const polygon = (...rings: Spot[][]): Area => ({ type: 'polygons', polygons: [rings] });

/** Metres a second. */
export const ON_FOOT = 1.4;
export const BY_BICYCLE = 4.5;
export const BY_BUS = 8;
export const BY_CAR = 12;

export function exclusion(area: Area, changes: Partial<TrialCondition> = {}): TrialCondition {
  return { conditionId: 'C-exclusion', kind: 'exclusion', area, ...changes };
}

/** A house 100 m square about the origin, the whole time. */
export const HOME = square(spot(0), 100);

export function inclusion(area: Area = HOME, changes: Partial<TrialCondition> = {}): TrialCondition {
  return { conditionId: 'C-inclusion', kind: 'inclusion', area, ...changes };
}

export function curfew(
  windows: readonly number[],
  area: Area = HOME,
  changes: Partial<TrialCondition> = {},
): TrialCondition {
  return { conditionId: 'C-curfew', kind: 'curfew', area, windows, ...changes };
}

/** A true track in spots; instants in ms. */
export function journey(from: Spot, atMs: number) {
  const track = startTrack(pointAt(from), atMs);
  const builder = {
    to(place: Spot, metresPerSecond: number) {
      track.moveTo(pointAt(place), metresPerSecond);
      return builder;
    },
    until(atMs: number) {
      track.waitUntil(atMs);
      return builder;
    },
    nowMs: () => track.nowMs(),
    done: (): Track => track.done(),
  };
  return builder;
}

export interface Plan {
  readonly conditions: readonly TrialCondition[];
  readonly track: Track;
  /** One for all the time, or from when each. */
  readonly around: Surroundings | readonly SurroundingsFrom[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly tag?: Partial<TagSettings>;
  /** What happens to the observations on their way. */
  readonly deliver?: (observations: Observation[]) => Observation[];
  readonly also?: Partial<Stage>;
}

/** Observes the track and hands it on; a few minutes are left after the last observation for what is told by tick. */
export function stageOf(random: Random, plan: Plan): Stage {
  const { conditions, track, around, fromMs, toMs, tag, also } = plan;
  const surroundings = Array.isArray(around)
    ? (around as readonly SurroundingsFrom[])
    : [{ fromMs, surroundings: around as Surroundings }];
  const observed = observe(random, { track, surroundings, fromMs, toMs, ...(tag === undefined ? {} : { tag }) });
  return {
    conditions,
    track,
    fromMs,
    toMs: toMs + 10 * MINUTE_MS,
    observations: plan.deliver === undefined ? observed : plan.deliver(observed),
    ...(tag?.accuracyConvention === undefined ? {} : { accuracyConvention: tag.accuracyConvention }),
    ...also,
  };
}

/** One run: the same seed, scenario and number give the same stage. */
export function runOf(scenario: Scenario, seed: number, run: number): Stage {
  return scenario.stage(createRandom(seed, scenario.name, run));
}

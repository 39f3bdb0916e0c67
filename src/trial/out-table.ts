/** Tag-days of wearers who go about a town and keep to their conditions, along streets that pass their zones: what is confirmed is false. */
import { prepareArea, type Spot } from '../simulator/area.js';
import type { SurroundingsFrom } from '../simulator/observe.js';
import { createRandom, type Random } from '../simulator/random.js';
import { buildTown, type Crossing, prepareAll } from '../simulator/streets.js';
import {
  BY_A_WINDOW,
  CANYON,
  DEEP_INDOORS,
  IN_VEHICLE,
  STREET,
  type Surroundings,
  UNDER_TREES,
} from '../simulator/surroundings.js';
import type { Counted } from './count-days.js';
import {
  BY_BICYCLE,
  BY_BUS,
  BY_CAR,
  circle,
  curfew,
  exclusion,
  HOUR_MS,
  journey,
  MINUTE_MS,
  NOON_MS,
  ON_FOOT,
  stageOf,
} from './scenario.js';
import { poissonUpper95 } from './statistics.js';
import type { Stage, TrialCondition } from './world.js';

/** A row of the report, in its shape. */
export interface OutRow {
  readonly travels: Travels;
  readonly tagDays: number;
  readonly falseConfirmed: number;
  readonly upper95PerTagDay: number;
}

export const TRAVELS = ['on-foot', 'by-bus', 'by-bicycle', 'by-car'] as const;
export type Travels = (typeof TRAVELS)[number];

const SPEED: Readonly<Record<Travels, number>> = {
  'on-foot': ON_FOOT,
  'by-bus': BY_BUS,
  'by-bicycle': BY_BICYCLE,
  'by-car': BY_CAR,
};
const TOWN_SIZE = 17;
const HOME_METRES = 50;
const MIDNIGHT_MS = NOON_MS - 12 * HOUR_MS;

/** From midnight to midnight: at home, out from half past seven to half past six with stays in between, home again. */
export function goOut(travels: Travels, seed: number, day: number): Stage {
  const random = createRandom(seed, 'out', travels, day);
  const town = buildTown(random, TOWN_SIZE);
  const crossing = (): Crossing => ({ column: random.whole(0, TOWN_SIZE - 2), row: random.whole(0, TOWN_SIZE - 2) });
  const block = (across: number) => {
    const from = { column: random.whole(1, TOWN_SIZE - 2 - across), row: random.whole(1, TOWN_SIZE - 2 - across) };
    return town.blocks(from, { column: from.column + across, row: from.row + across });
  };
  const conditions: TrialCondition[] = [
    exclusion(block(1), { conditionId: 'C-victim', priority: 'victim', confirmOn: 'first-fix' }),
    exclusion(block(1), { conditionId: 'C-school-1', priority: 'high' }),
    exclusion(block(2), { conditionId: 'C-school-2', priority: 'high' }),
    exclusion(block(3), { conditionId: 'C-town-centre' }),
  ];
  const closed = prepareAll(conditions.map(({ area }) => area));
  /** A door at a crossing's block that is no nearer to a zone than the width of a street. */
  const door = (): { crossing: Crossing; spot: Spot } => {
    for (;;) {
      const at = crossing();
      const spot = town.within(random, at);
      if (closed.every((area) => area.signedMetres(spot.east, spot.north) > 25)) return { crossing: at, spot };
    }
  };
  const home = door();
  const centre = prepareArea(conditions[3]!.area);
  const around: SurroundingsFrom[] = [{ fromMs: MIDNIGHT_MS, surroundings: BY_A_WINDOW }];
  const track = journey(home.spot, MIDNIGHT_MS);
  const [leavesMs, returnsMs] = [MIDNIGHT_MS + 7.5 * HOUR_MS, MIDNIGHT_MS + 18 * HOUR_MS];
  let here = home;
  const goTo = (place: typeof home) => {
    const way = town.way(random, here.crossing, place.crossing, closed);
    if (way === null) return false;
    for (const next of way) {
      const spot = town.spotOf(next);
      const surroundings = outdoors(random, travels, centre.signedMetres(spot.east, spot.north) < 150);
      around.push({ fromMs: track.nowMs(), surroundings });
      track.to(spot, SPEED[travels] * random.between(0.8, 1.1));
      // Buses stop and cars wait.
      if (travels !== 'on-foot' && random.next() < 0.3) track.until(track.nowMs() + random.between(5, 40) * 1000);
    }
    track.to(place.spot, ON_FOOT);
    here = place;
    return true;
  };
  track.until(leavesMs + random.between(0, HOUR_MS));
  while (track.nowMs() < returnsMs - HOUR_MS) {
    if (!goTo(door())) continue;
    around.push({ fromMs: track.nowMs(), surroundings: random.next() < 0.2 ? DEEP_INDOORS : BY_A_WINDOW });
    track.until(track.nowMs() + random.between(10, 100) * MINUTE_MS);
  }
  if (!goTo(home)) throw new Error(`No way home on day ${day}, ${travels}`);
  around.push({ fromMs: track.nowMs(), surroundings: BY_A_WINDOW });
  const window = [
    MIDNIGHT_MS - 5 * HOUR_MS,
    MIDNIGHT_MS + 7 * HOUR_MS,
    MIDNIGHT_MS + 19.5 * HOUR_MS,
    MIDNIGHT_MS + 31 * HOUR_MS,
  ];
  return stageOf(random, {
    conditions: [...conditions, curfew(window, circle(HOME_METRES, home.spot))],
    track: track.done(),
    around,
    fromMs: MIDNIGHT_MS,
    toMs: MIDNIGHT_MS + 24 * HOUR_MS,
  });
}

function outdoors(random: Random, travels: Travels, isCentre: boolean): Surroundings {
  if (isCentre) return CANYON;
  if (travels === 'by-bus' || travels === 'by-car') return IN_VEHICLE;
  return random.next() < 0.25 ? UNDER_TREES : STREET;
}

export function outRow(travels: Travels, { days, falseConfirmed }: Counted): OutRow {
  return { travels, tagDays: days, falseConfirmed, upper95PerTagDay: poissonUpper95(falseConfirmed) / days };
}

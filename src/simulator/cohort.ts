/**
 * The people of the demonstration: who lives where, under which order and conditions. A function of the seed alone; when things
 * happen is `days.ts` (ordinary life) and `story.ts` (what goes wrong, with its ground truth).
 */
import { type Disc, distanceMetres, type Point, towards } from './ground.js';
import { inventNames } from './names.js';
import {
  discOf,
  isClearOf,
  NEIGHBOURHOODS,
  type Neighbourhood,
  SCHOOLS,
  type SharedPlace,
  TOWN,
  TOWN_CENTRE,
} from './places.js';
import { createRandom, type Random } from './random.js';

export type OrderType = 'hdc' | 'licence' | 'bail' | 'community-order' | 'suspended-sentence' | 'dapo' | 'voluntary';

/** Hours at home, local time, every night. */
export interface NightHours {
  readonly from: string;
  readonly to: string;
}

export interface SimulatedWearer {
  /** Counts from 0; ids and seeds derive from it. */
  readonly index: number;
  readonly wearerId: string;
  readonly tagId: string;
  readonly name: string;
  readonly division: Neighbourhood['division'];
  readonly rag: 'red' | 'amber' | 'green';
  readonly orderType: OrderType;
  readonly home: Point;
  readonly curfew: NightHours | null;
  /** Ids of schools that may not be entered. */
  readonly schools: readonly SharedPlace[];
  /** Somebody's address that may not be approached. */
  readonly victimAddress: Point | null;
  readonly keepsToDistrict: boolean;
  readonly travels: 'on-foot' | 'by-car';
  /** Also out at night. */
  readonly isNightOwl: boolean;
  /** Everything that an ordinary day keeps away from, with a margin for the noise of fixes. */
  readonly avoids: readonly Disc[];
}

export interface Cohort {
  readonly seed: string;
  readonly wearers: readonly SimulatedWearer[];
}

export const COHORT_SIZE = 200;
/** The first wearers are kept for the story: they have no ordinary day. */
export const CAST_SIZE = 16;
export const HOME_RADIUS_METRES = 50;
export const VICTIM_ZONE_RADIUS_METRES = 200;
/** Noise is at most 20 m (3.5 sigma at an r95 of 14 m): twice that keeps every fix of an ordinary day out of a zone. */
export const CLEARANCE_METRES = 60;

const NIGHTS: readonly NightHours[] = [
  { from: '19:00', to: '07:00' },
  { from: '19:00', to: '07:00' },
  { from: '20:00', to: '06:00' },
  { from: '21:00', to: '06:00' },
];

const sharedDiscs = [TOWN_CENTRE, ...SCHOOLS].map((place) => discOf(place, CLEARANCE_METRES));
/** The cast walk up to 700 m from home in a straight line: nothing that is shared may lie there. */
const castDiscs = [TOWN_CENTRE, ...SCHOOLS].map((shared) => discOf(shared, CLEARANCE_METRES + 700));
/** Apart from each other, so that one can tell them on a map of the town. */
const CAST_HOMES: readonly (readonly [metres: number, bearing: number])[] = [
  [1850, 90],
  [2900, 293],
  [1950, 10],
];
const castNeighbourhood = (index: number): Neighbourhood => {
  const [metres, bearing] = CAST_HOMES[index % CAST_HOMES.length]!;
  return { name: 'the cast', division: 'City', centre: towards(TOWN, metres, bearing), radiusMetres: 250, share: 0 };
};
const number = (index: number) => String(index + 1).padStart(3, '0');

function chooseNeighbourhood(random: Random): Neighbourhood {
  let left = random.between(
    0,
    NEIGHBOURHOODS.reduce((sum, { share }) => sum + share, 0),
  );
  for (const neighbourhood of NEIGHBOURHOODS) {
    left -= neighbourhood.share;
    if (left < 0) return neighbourhood;
  }
  return NEIGHBOURHOODS[0]!;
}

/** A point for which `accept` holds, tried at most so often. */
const PLACING_ATTEMPTS = 200;
export function place(random: Random, around: Point, radiusMetres: number, accept: (point: Point) => boolean): Point {
  for (let attempt = 0; attempt < PLACING_ATTEMPTS; attempt++) {
    // The square root spreads points evenly over the disc.
    const point = towards(around, radiusMetres * Math.sqrt(random.next()), random.between(0, 360));
    if (accept(point)) return point;
  }
  throw new Error(`No place found within ${radiusMetres} m of ${around.latitude}, ${around.longitude}`);
}

function chooseOrder(random: Random, hasVictim: boolean): OrderType {
  if (hasVictim) return random.pick(['dapo', 'licence', 'bail', 'dapo'] as const);
  return random.pick([
    'hdc', 'hdc', 'hdc', 'licence', 'licence', 'licence', 'bail', 'bail', 'community-order', 'suspended-sentence', 'voluntary',
  ] as const); // biome-ignore format: weights by repetition
}

function inventWearer(seed: string, index: number, name: string): SimulatedWearer {
  const random = createRandom(seed, 'wearer', index);
  const isCast = index < CAST_SIZE;
  const neighbourhood = isCast ? castNeighbourhood(index) : chooseNeighbourhood(random);
  const keepClearOf = isCast ? castDiscs : sharedDiscs;
  const home = place(random, neighbourhood.centre, neighbourhood.radiusMetres, (point) =>
    isClearOf(point, keepClearOf),
  );
  const hasVictim = !isCast && random.next() < 0.12;
  const orderType = chooseOrder(random, hasVictim);
  const hasCurfew = !isCast && (orderType === 'hdc' || (orderType !== 'voluntary' && random.next() < 0.4));
  const victimAddress = hasVictim
    ? place(random, home, 3500, (point) => distanceMetres(point, home) > 900 && isClearOf(point, sharedDiscs))
    : null;
  const victimDiscs =
    victimAddress === null
      ? []
      : [{ centre: victimAddress, radiusMetres: VICTIM_ZONE_RADIUS_METRES + CLEARANCE_METRES }];
  const ragAt = random.next();
  return {
    index,
    wearerId: `W-${number(index)}`,
    tagId: `T-000${number(index)}`,
    name,
    division: neighbourhood.division,
    rag: ragAt < 0.15 ? 'red' : ragAt < 0.5 ? 'amber' : 'green',
    orderType,
    home,
    curfew: hasCurfew ? random.pick(NIGHTS) : null,
    schools: !isCast && random.next() < 0.12 ? [random.pick(SCHOOLS)] : [],
    victimAddress,
    keepsToDistrict: !isCast && random.next() < 0.1,
    travels: random.next() < 0.35 ? 'by-car' : 'on-foot',
    isNightOwl: !hasCurfew && random.next() < 0.5,
    avoids: [...sharedDiscs, ...victimDiscs],
  };
}

/** The same seed invents the same people. */
export function inventCohort(seed: string, size: number = COHORT_SIZE): Cohort {
  const names = inventNames(createRandom(seed, 'names'), size);
  return { seed, wearers: names.map((name, index) => inventWearer(seed, index, name)) };
}

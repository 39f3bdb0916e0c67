/** The cohort as records to be put or imported, in an order in which each finds what it refers to. */
import { type Cohort, HOME_RADIUS_METRES, type SimulatedWearer, VICTIM_ZONE_RADIUS_METRES } from './cohort.js';
import type { Point } from './ground.js';
import { DISTRICT, ringOf, SCHOOLS, type SharedPlace, TOWN_CENTRE } from './places.js';

/** A record as a line of an import says it; a `PUT` has its body, below its kind and id. */
export interface RecordLine {
  readonly kind: string;
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export const TAG_MODEL_ID = 'M-demo';
/** Whose wearers all of them are. */
export const FORCE = 'kent';
const DAY_MS = 86_400_000;
/** Everybody was fitted, and every order began, so long before. */
const SINCE_DAYS = 45;

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export function dailySchedule(from: string, to: string) {
  return { timeZone: 'Europe/London', windows: [{ days: DAYS, from, to }] };
}

export function circleZone(
  zoneId: string,
  name: string,
  centre: Point,
  radiusMetres: number,
  priority: string,
): RecordLine {
  return {
    kind: 'zone',
    id: zoneId,
    body: {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [centre.longitude, centre.latitude] },
      properties: { name, priority, radiusMetres },
    },
  };
}

function placeZone(place: SharedPlace): RecordLine {
  return {
    kind: 'zone',
    id: place.zoneId,
    body: {
      type: 'Feature',
      geometry: { type: 'Polygon', coordinates: [ringOf(place)] },
      properties: { name: place.name, priority: place.priority },
    },
  };
}

const suffix = (wearer: SimulatedWearer) => wearer.wearerId.slice(2);
export const orderIdOf = (wearer: SimulatedWearer) => `O-${suffix(wearer)}`;
export const homeZoneIdOf = (wearer: SimulatedWearer) => `Z-home-${suffix(wearer)}`;
export const victimZoneIdOf = (wearer: SimulatedWearer) => `Z-victim-${suffix(wearer)}`;
export const conditionIdOf = (kind: string, wearer: SimulatedWearer) => `C-${kind}-${suffix(wearer)}`;

export function homeZone(wearer: SimulatedWearer): RecordLine {
  return circleZone(homeZoneIdOf(wearer), `Home of ${wearer.wearerId}`, wearer.home, HOME_RADIUS_METRES, 'standard');
}

export function victimZone(wearer: SimulatedWearer, address: Point): RecordLine {
  const name = `Protected address, ${wearer.wearerId}`;
  return circleZone(victimZoneIdOf(wearer), name, address, VICTIM_ZONE_RADIUS_METRES, 'victim');
}

/** As licences put it. */
const WORDINGS = {
  exclusion:
    'Not to enter the area defined by the attached map, for the duration of your licence period, without the prior approval of your supervising officer.',
  restriction:
    'Not to leave the area defined by the attached map, for the duration of your licence period, without the prior approval of your supervising officer.',
  curfew:
    'Confine yourself to an address approved by your supervising officer between the hours notified to you, daily, unless otherwise authorised by your supervising officer.',
} as const;

/** A condition of a wearer's order, in force since `startsAtMs`. */
export function condition(
  conditionId: string,
  wearer: SimulatedWearer,
  kind: keyof typeof WORDINGS,
  zoneId: string,
  startsAtMs: number,
  schedule?: ReturnType<typeof dailySchedule>,
): RecordLine {
  const startsAt = new Date(startsAtMs).toISOString();
  const body = { orderId: orderIdOf(wearer), kind, zoneId, wording: WORDINGS[kind], startsAt };
  return { kind: 'condition', id: conditionId, body: schedule === undefined ? body : { ...body, schedule } };
}

/** Midnight UTC some weeks ago: when orders began. */
export const beganAtMs = (atMs: number) => Math.floor(atMs / DAY_MS) * DAY_MS - SINCE_DAYS * DAY_MS;

function conditionsOf(wearer: SimulatedWearer, startsAtMs: number): RecordLine[] {
  const puts: RecordLine[] = [];
  if (wearer.curfew !== null) {
    const schedule = dailySchedule(wearer.curfew.from, wearer.curfew.to);
    puts.push(condition(conditionIdOf('curfew', wearer), wearer, 'curfew', homeZoneIdOf(wearer), startsAtMs, schedule));
  }
  for (const school of wearer.schools) {
    puts.push(condition(conditionIdOf('school', wearer), wearer, 'exclusion', school.zoneId, startsAtMs));
  }
  if (wearer.victimAddress !== null) {
    puts.push(condition(conditionIdOf('victim', wearer), wearer, 'exclusion', victimZoneIdOf(wearer), startsAtMs));
  }
  if (wearer.keepsToDistrict) {
    puts.push(condition(conditionIdOf('district', wearer), wearer, 'restriction', DISTRICT.zoneId, startsAtMs));
  }
  return puts;
}

/**
 * Stages to be put one after the other; within a stage the order does not matter. Tags are fitted and heard before conditions
 * apply, so that nobody is judged from silence.
 */
export interface CohortRecords {
  readonly people: readonly RecordLine[];
  readonly orders: readonly RecordLine[];
  readonly activations: readonly RecordLine[];
  readonly conditions: readonly RecordLine[];
  readonly absences: readonly RecordLine[];
  /** What is judged about them, which the engine is told nothing of. */
  readonly judgements: readonly RecordLine[];
}

/** Under an order since it began, and nobody has fitted a tag: what a cohort has to show before all else. */
const NOT_FITTED = { wearerId: 'W-not-fitted', name: 'Martin Vale' };

/** Of those with a curfew, and nobody to be kept from: there leave takes a second person. */
const ON_LEAVE = 2;

/** Red ones are managed with other agencies, and fixed; the green ones are of the cohort by their scores. */
function judgementsOf({ wearerId, rag }: SimulatedWearer, effectiveAt: string): RecordLine[] {
  const evidence = `Scored ${rag} at selection`;
  const cohort = rag === 'green' ? 'FLEX' : 'FIXED';
  return [
    { kind: 'rag-rating', id: wearerId, body: { rating: rag, evidence, effectiveAt } },
    { kind: 'membership', id: wearerId, body: { cohort, effectiveAt } },
    ...(rag === 'red' ? [{ kind: 'mappa', id: wearerId, body: { category: 2, level: 2, effectiveAt } }] : []),
  ];
}

const HOUR_MS = 3_600_000;

/** Leave from curfew that holds now: somebody is off, and a page says who and until when. */
const absenceOf = (wearer: SimulatedWearer, atMs: number): RecordLine => ({
  kind: 'absence',
  id: `AB-${suffix(wearer)}`,
  body: {
    orderId: orderIdOf(wearer),
    startsAt: new Date(atMs - HOUR_MS).toISOString(),
    endsAt: new Date(atMs + 8 * HOUR_MS).toISOString(),
    reason: 'At the hospital with a child, agreed with probation',
  },
});

const consentOf = (wearer: SimulatedWearer, givenAt: string): RecordLine => ({
  kind: 'consent',
  id: `CS-${suffix(wearer)}`,
  body: { wearerId: wearer.wearerId, givenAt, evidence: 'Signed when the tag was fitted' },
});

/** Everything about the cohort but the story's own zones and conditions. Orders began some weeks before `atMs`. */
export function cohortRecords(cohort: Cohort, atMs: number, intervalSeconds: number): CohortRecords {
  const startsAtMs = beganAtMs(atMs);
  const startsAt = new Date(startsAtMs).toISOString();
  const { wearers } = cohort;
  const model = {
    name: 'Demonstration ankle tag',
    accuracyConvention: 'r95',
    defaultAccuracyMetres: 15,
    intervalSeconds,
  };
  return {
    people: [
      { kind: 'tag-model', id: TAG_MODEL_ID, body: model },
      ...[TOWN_CENTRE, ...SCHOOLS, DISTRICT].map(placeZone),
      ...wearers.map(({ wearerId, name, division }) => ({
        kind: 'wearer',
        id: wearerId,
        body: { name, force: FORCE, division },
      })),
      { kind: 'wearer', id: NOT_FITTED.wearerId, body: { name: NOT_FITTED.name, force: FORCE, division: 'City' } },
      ...wearers.filter(({ curfew }) => curfew !== null).map(homeZone),
      ...wearers.flatMap((wearer) => (wearer.victimAddress === null ? [] : [victimZone(wearer, wearer.victimAddress)])),
    ],
    orders: [
      ...wearers.flatMap((wearer) => [
        { kind: 'tag', id: wearer.tagId, body: { modelId: TAG_MODEL_ID } },
        {
          kind: 'order',
          id: orderIdOf(wearer),
          body: { wearerId: wearer.wearerId, type: wearer.orderType, startsAt },
        },
        ...(wearer.orderType === 'voluntary' ? [consentOf(wearer, startsAt)] : []),
      ]),
      { kind: 'order', id: 'O-not-fitted', body: { wearerId: NOT_FITTED.wearerId, type: 'licence', startsAt } },
    ],
    activations: wearers.map((wearer) => ({
      kind: 'activation',
      id: `A-${suffix(wearer)}`,
      body: { tagId: wearer.tagId, wearerId: wearer.wearerId, fittedAt: startsAt },
    })),
    absences: wearers
      .filter(({ curfew, victimAddress }) => curfew !== null && victimAddress === null)
      .slice(0, ON_LEAVE)
      .map((wearer) => absenceOf(wearer, atMs)),
    judgements: wearers.flatMap((wearer) => judgementsOf(wearer, startsAt)),
    conditions: [
      {
        kind: 'condition',
        id: 'C-town-centre',
        body: { appliesTo: 'all-wearers', kind: 'exclusion', zoneId: TOWN_CENTRE.zoneId, startsAt },
      },
      ...wearers.flatMap((wearer) => conditionsOf(wearer, startsAtMs)),
    ],
  };
}

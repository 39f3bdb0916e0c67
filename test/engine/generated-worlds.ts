/** Seeded worlds for the brute-force suites: a town of shared zones, wearers with conditions of their own, and their tracks. */
import type {
  Absence,
  CustodyPeriod,
  Ping,
  Position,
  SharedWatch,
  TagWatch,
  Term,
  Zone,
} from '../../src/engine/types.js';
import { pingAt, shared, term, watch } from '../scenarios/world.js';
import { edgesOf, generateZoneAt, moved, type Point, type Random } from './geometry/generated-zones.js';

const MINUTE_MS = 60_000;
export const START_MS = Date.parse('2026-06-10T12:00:00Z');

export interface Town {
  readonly centre: Point;
  readonly shared: readonly SharedWatch[];
  readonly zones: readonly Zone[];
}

export const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
const between = (random: Random, low: number, high: number): number => low + (high - low) * random();
/** Two uniform numbers make a normal one (Box and Muller). */
const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** A polygon with holes and parts, or a circle, somewhere within some kilometres of the centre. */
function zoneAt(random: Random, zoneId: string, at: Point, priority: Zone['priority'] = 'standard'): Zone {
  const sizeMetres = 40 * 50 ** random();
  const shape: Zone['shape'] =
    random() < 0.3
      ? { type: 'circle', longitude: at[0], latitude: at[1], radiusMetres: sizeMetres / 2 }
      : { type: 'polygons', polygons: generateZoneAt(random, at, sizeMetres).polygons };
  const bufferMetres = random() < 0.3 ? Math.round(between(random, 20, 400)) : null;
  return { zoneId, version: 1, priority, bufferMetres, shape };
}

/** Openings and closings in turn, some as short as a minute, over some days. */
function windows(random: Random): number[] {
  const edges: number[] = [];
  let atMs = START_MS + Math.round(between(random, -60, 120)) * MINUTE_MS;
  while (atMs < START_MS + 4 * 1_440 * MINUTE_MS) {
    edges.push(atMs);
    atMs += Math.round(between(random, 1, pick(random, [5, 60, 600]))) * MINUTE_MS;
  }
  return edges.slice(0, edges.length & ~1);
}

function schedule(random: Random, share: number): Partial<Term> {
  return random() < share ? { windows: windows(random), windowsUntilMs: START_MS + 1e10 } : {};
}

export function generateTown(random: Random, sharedZones: number): Town {
  const centre: Point = [between(random, -170, 170), between(random, -70, 70)];
  const spreadMetres = 300 * Math.sqrt(sharedZones) + 500;
  const zones = Array.from({ length: sharedZones }, (_, i) => {
    const at = moved(centre, between(random, -1, 1) * spreadMetres, between(random, -1, 1) * spreadMetres);
    return zoneAt(random, `S-${i}`, at);
  });
  // Schools, shops, pubs: a few conditions over many zones each.
  const conditions = Array.from({ length: Math.ceil(sharedZones / 25) }, (_, c) => {
    const some = zones.filter((_zone, i) => Math.floor(i / 25) === c);
    const common = { conditionId: `C-shared-${c}`, ...schedule(random, 0.4) };
    return shared(
      some,
      some.map((each) => term('exclusion', each, common)),
    );
  });
  const county: Zone = {
    ...zoneAt(random, 'S-county', centre),
    shape: { type: 'circle', longitude: centre[0], latitude: centre[1], radiusMetres: spreadMetres * 1.2 },
  };
  if (random() < 0.5) conditions.push(shared([county], [term('restriction', county, { conditionId: 'C-county' })]));
  return { centre, shared: conditions, zones };
}

export interface Wearer {
  readonly tag: TagWatch;
  readonly home: Point;
  /** Where it may be interesting to be. */
  readonly zones: readonly Zone[];
}

/** One wearer with two to six conditions; `records`: also absences, suspensions and custody. */
export function generateWearer(random: Random, town: Town, records: boolean): Wearer {
  const near = () => moved(town.centre, normal(random) * 900, normal(random) * 900);
  const home = near();
  const homeZone: Zone = {
    ...zoneAt(random, 'Z-home', home),
    shape: { type: 'circle', longitude: home[0], latitude: home[1], radiusMetres: pick(random, [30, 60, 150]) },
  };
  const [victim, shops, area, other] = [
    zoneAt(random, 'Z-victim', near(), 'victim'),
    zoneAt(random, 'Z-shops', near()),
    zoneAt(random, 'Z-area', home),
    zoneAt(random, 'Z-other', near()),
  ];
  const common = (): Partial<Term> => ({
    graceMs: pick(random, [0, 0, 0, 3, 10]) * MINUTE_MS,
    ...(random() < 0.15 ? { startsAtMs: START_MS + Math.round(between(random, 0, 600)) * MINUTE_MS } : {}),
    ...(random() < 0.15
      ? {
          endsAtMs: START_MS + Math.round(between(random, 700, 2_000)) * MINUTE_MS,
          endsBecause: 'order-ended' as const,
        }
      : {}),
  });
  const all: Term[] = [
    term('exclusion', victim, { ...common(), conditionId: 'C-victim', confirmOn: 'first-fix' }),
    term('exclusion', shops, { ...common(), conditionId: 'C-shops', ...schedule(random, 0.5) }),
    term('curfew', homeZone, { ...common(), ...schedule(random, 1) }),
    term('curfew', other, { ...common(), conditionId: 'C-other', ...schedule(random, 1) }),
    term('inclusion', area, { ...common(), ...schedule(random, 0.7) }),
    term('restriction', other, common()),
  ];
  const [most, terms] = [between(random, 0.3, 1), [] as Term[]];
  for (const each of all) {
    if (random() > most) continue;
    const absences = records && random() < 0.5 ? { absences: absencesOf(random) } : {};
    terms.push({ ...each, ...absences });
  }
  const tag = watch([homeZone, victim, shops, area, other], terms, {
    accuracyConvention: pick(random, ['r68', 'r95'] as const),
    defaultAccuracyMetres: pick(random, [null, 12]),
  });
  const activation = { ...tag.activations[0]!, ...(records ? periodsOf(random) : {}) };
  return {
    tag: { ...tag, activations: [activation] },
    home,
    zones: [homeZone, victim, shops, area, other, ...town.zones],
  };
}

function span(random: Random): { startsAtMs: number; endsAtMs: number } {
  const startsAtMs = START_MS + Math.round(between(random, -60, 1_400)) * MINUTE_MS;
  return { startsAtMs, endsAtMs: startsAtMs + Math.round(between(random, 1, 200)) * MINUTE_MS };
}

function absencesOf(random: Random): Absence[] {
  const list = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, i) => ({
    absenceId: `AB-${i}`,
    ...span(random),
    knownFromMs: 0,
  }));
  return list.sort((a, b) => a.startsAtMs - b.startsAtMs);
}

function periodsOf(random: Random) {
  const known = { knownFromMs: 0, knownUntilMs: null };
  const conditionId = pick(random, [null, 'C-shops', 'C-shared-0']);
  const suspensions = random() < 0.3 ? [{ suspensionId: 'S-1', conditionId, ...span(random), ...known }] : [];
  const custodyPeriods: CustodyPeriod[] =
    random() < 0.2 ? [{ custodyPeriodId: 'CP-1', ...span(random), ...known }] : [];
  return { suspensions, custodyPeriods };
}

/** A place in, near or on the boundary of a zone. */
function placeAt(random: Random, { shape }: Zone): Point {
  if (shape.type === 'circle') {
    const [reach, angle] = [shape.radiusMetres * pick(random, [0.1, 0.9, 1, 1, 1.2]), 2 * Math.PI * random()];
    return moved([shape.longitude, shape.latitude], reach * Math.cos(angle), reach * Math.sin(angle));
  }
  const edges = edgesOf(shape.polygons as Point[][][]);
  const [a, b] = pick(random, edges);
  const t = random();
  const away = pick(random, [2, 30, 100]);
  return moved([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])], normal(random) * away, normal(random) * away);
}

/** A ping and when it is received, in order of its own time. */
export interface Sent {
  readonly ping: Ping;
  readonly receivedAtMs: number;
}

function metresBetween(a: Point, b: Point): [number, number] {
  const scale = 111_195 * Math.cos((a[1] * Math.PI) / 180);
  return [(b[0] - a[0]) * scale, (b[1] - a[1]) * 111_195];
}

/** A fix as a tag tells it: off by what it claims, now and then by more, seldom somewhere else altogether. */
function measure(random: Random, at: Point): { at: Point; changes: Partial<Position> } {
  const accuracyMetres = pick(random, [2, 5, 8, 8, 15, 40, 90]);
  const kind = random();
  const offMetres = kind < 0.003 ? 3_000 * 100 ** random() : kind < 0.06 ? 150 : accuracyMetres / 2.45;
  const changes: Partial<Position> = {
    accuracyMetres: random() < 0.01 ? null : accuracyMetres,
    mechanism: random() < 0.03 ? pick(random, ['LBS', 'WIFI', 'RF'] as const) : 'GPS',
  };
  return { at: moved(at, normal(random) * offMetres, normal(random) * offMetres), changes };
}

/** The track of one wearer: walks and drives between zones, stays, gaps, backlogs, clocks that are ahead. */
export function generateTrack(random: Random, { home, zones }: Wearer, pings: number): Sent[] {
  // Where fixes are further apart than an edge takes to settle, ticks and fixes after it judge by the state before it.
  const everyMs = pick(random, [10, 30, 60, 60, 60, 150, 280]) * 1_000;
  const sent: Sent[] = [];
  let at = home;
  let target = home;
  let staysUntilMs = 0;
  let metresPerSecond = 1.4;
  let fixedAtMs = START_MS + Math.round(random() * 3_600_000);
  let receivedAtMs = fixedAtMs;
  let backlog = 0;
  for (let n = 0; n < pings; n++) {
    const stepMs =
      // A minute and a half to an hour and a half, short ones most.
      random() < 0.006 ? Math.round(90_000 * 60 ** random()) : everyMs - 2_000 + Math.round(random() * 4_000);
    fixedAtMs += stepMs;
    const [east, north] = metresBetween(at, target);
    const left = Math.hypot(east, north);
    const stride = Math.min(left, (metresPerSecond * stepMs) / 1_000);
    if (left > 1) at = moved(at, (east / left) * stride, (north / left) * stride);
    else if (staysUntilMs === 0) staysUntilMs = fixedAtMs + between(random, 0, 40) * MINUTE_MS;
    else if (fixedAtMs > staysUntilMs) {
      staysUntilMs = 0;
      target =
        random() < 0.25 ? home : placeAt(random, pick(random, zones.slice(0, random() < 0.6 ? 5 : zones.length)));
      metresPerSecond = pick(random, [1.4, 8, 25]);
    }
    if (backlog > 0) backlog--;
    else if (random() < 0.002) backlog = Math.floor(between(random, 2, 60));
    // A tag sends in order: what it held back comes first.
    const clockAheadMs = random() < 0.001 ? -80_000 : 500 + Math.round(random() * 2_500);
    receivedAtMs = Math.max(receivedAtMs + 1, fixedAtMs + clockAheadMs + backlog * everyMs);
    const fix = measure(random, at);
    sent.push({
      ping: pingAt(fixedAtMs, random() < 0.005 ? null : { longitude: fix.at[0], latitude: fix.at[1] }, fix.changes),
      receivedAtMs,
    });
  }
  return sent;
}

/** Seeded worlds that try shortcuts: zones of all sizes and latitudes, some that come and go, and tracks that rest, walk and leap. */
import type { SharedWatch, Term, Zone } from '../../src/engine/types.js';
import { createRandom, type Random } from '../../src/simulator/random.js';
import type { Step } from '../scenarios/scenario.js';
import { pingAt, shared, term, watch, zone, zoneKey } from '../scenarios/world.js';
import { START_MS, type World } from './random-world.js';

const MINUTE_MS = 60_000;
const METRES_PER_DEGREE = 111_200;
const LATITUDES = [0.01, 51.3, -33.9, 60, 70] as const;
const KINDS = ['exclusion', 'exclusion', 'exclusion', 'inclusion', 'restriction', 'curfew'] as const;
/** What makes a world: how far the zones reach, from the smallest to the largest, and how far somebody gets from fix to fix. */
interface Sort {
  readonly radiiMetres: readonly [from: number, to: number];
  readonly pacesMetres: readonly number[];
  readonly accuraciesMetres: readonly number[];
}

const OF_ALL_SIZES: Sort = {
  radiiMetres: [10, 10_000],
  pacesMetres: [0, 0, 20, 80, 80, 150, 600],
  accuraciesMetres: [3, 8, 20, 60],
};
/** Small zones on the way of who drives: crossings, and corners too shallow for one. */
export const DRIVEN: Sort = {
  radiiMetres: [35, 150],
  pacesMetres: [300, 300, 500, 500, 1_500, 4_000],
  accuraciesMetres: [3, 8],
};

interface Plane {
  readonly east: number;
  readonly north: number;
}

type Centre = { readonly latitude: number; readonly longitude: number };

function toDegrees({ latitude, longitude }: Centre, { east, north }: Plane): Centre {
  return {
    latitude: latitude + north / METRES_PER_DEGREE,
    longitude: longitude + east / (METRES_PER_DEGREE * Math.cos((latitude * Math.PI) / 180)),
  };
}

/** A star, half of them with a hole, or a circle: 20 m to 20 km across, small ones more often. */
function somewhere(
  random: Random,
  centre: Centre,
  zoneId: string,
  [from, to]: Sort['radiiMetres'],
  reachMetres: number,
  version = 1,
): Zone {
  const radius = from * (to / from) ** random.next();
  const at = { east: random.between(-reachMetres, reachMetres), north: random.between(-reachMetres, reachMetres) };
  const bufferMetres = random.next() < 0.3 ? Math.round(random.between(20, 400)) : null;
  if (random.next() < 0.4) {
    const shape = { type: 'circle', ...toDegrees(centre, at), radiusMetres: radius } as const;
    return zone({ zoneId, version, bufferMetres, shape });
  }
  const ring = (share: number, corners: number): [number, number][] => {
    const points = Array.from({ length: corners }, (_, i): [number, number] => {
      const angle = (2 * Math.PI * i) / corners;
      const length = share * radius * random.between(0.6, 1);
      const east = at.east + length * Math.cos(angle);
      const { latitude, longitude } = toDegrees(centre, { east, north: at.north + length * Math.sin(angle) });
      return [longitude, latitude];
    });
    return [...points, points[0]!];
  };
  const outer = ring(1, random.whole(3, 70));
  const rings = random.next() < 0.5 ? [outer] : [outer, ring(0.5, random.whole(3, 20))];
  return zone({ zoneId, version, bufferMetres, shape: { type: 'polygons', polygons: [rings] } });
}

function windowsFrom(random: Random, atMs: number): number[] {
  const edges: number[] = [];
  let edgeMs = atMs + random.whole(-60, 30) * MINUTE_MS;
  for (let i = 0; i < 2 * random.whole(1, 5); i++) {
    edges.push(edgeMs);
    edgeMs += random.whole(1, 70) * MINUTE_MS;
  }
  return edges;
}

/** Where somebody is, one fix after another: resting, or on the way to a boundary and across it; east and north of home, metres. */
function* walkTo(random: Random, targets: readonly Plane[], pacesMetres: readonly number[]): Generator<Plane> {
  let [east, north, pace] = [0, 0, 0];
  let target = random.pick(targets);
  for (;;) {
    const away = Math.hypot(target.east - east, target.north - north);
    if (random.next() < 0.1 || away < pace) {
      pace = random.pick([...pacesMetres]);
      target = random.pick(targets);
    }
    const bearing = Math.atan2(target.north - north, target.east - east);
    east += pace * Math.cos(bearing);
    north += pace * Math.sin(bearing);
    const error = random.next() < 0.02 ? 3_000 : 5;
    yield { east: east + error * random.gaussian(), north: north + error * random.gaussian() };
  }
}

/** Some corners of zones, east and north of the centre. */
function cornersOf(zones: readonly Zone[], centre: Centre): Plane[] {
  const corners = zones.flatMap(({ shape }) =>
    shape.type === 'circle' ? [[shape.longitude, shape.latitude] as const] : shape.polygons.flat(2),
  );
  const perLongitude = METRES_PER_DEGREE * Math.cos((centre.latitude * Math.PI) / 180);
  return corners.map(([longitude, latitude]) => ({
    east: (longitude - centre.longitude) * perLongitude,
    north: (latitude - centre.latitude) * METRES_PER_DEGREE,
  }));
}

const DELAYS_MS = [500, 2_000, 2_000, 2_000, 45_000, 100_000, 900_000] as const;
const APART_MS = [5_000, 20_000, 60_000, 60_000, 60_000, 60_000, 60_000, 240_000, 500_000] as const;

function trackOf(
  random: Random,
  centre: Centre,
  zones: readonly Zone[],
  { pacesMetres, accuraciesMetres }: Sort,
): Step[] {
  const steps: Step[] = [];
  let fixedAtMs = START_MS;
  let receivedAtMs = START_MS;
  const walk = walkTo(random, [{ east: 0, north: 0 }, ...cornersOf(zones, centre)], pacesMetres);
  for (let i = 0; i < 150; i++) {
    fixedAtMs += random.pick([...APART_MS]);
    const at = toDegrees(centre, walk.next().value as Plane);
    const mechanism = random.next() < 0.05 ? 'LBS' : 'GPS';
    const ping = pingAt(fixedAtMs, at, { mechanism, accuracyMetres: random.pick([...accuraciesMetres]) });
    const isLate = random.next() < 0.05;
    if (!isLate) receivedAtMs = Math.max(receivedAtMs, fixedAtMs + random.pick([...DELAYS_MS]));
    const atMs = isLate ? fixedAtMs + random.whole(1, 40) * MINUTE_MS : receivedAtMs;
    steps.push({ atMs, input: { type: 'ping', ping, receivedAtMs: atMs } });
  }
  return steps;
}

export function createWorld(seed: string, sort = OF_ALL_SIZES): World {
  const { radiiMetres } = sort;
  const random = createRandom(seed, 'shortcuts');
  const centre = { latitude: random.pick([...LATITUDES]), longitude: random.between(-170, 170) };
  const termFor = (of: Zone, index: number, changes: Partial<Term> = {}): Term => {
    const kind = random.pick([...KINDS]);
    const windows = kind === 'curfew' || random.next() < 0.3 ? windowsFrom(random, START_MS) : null;
    const confirmOn = random.next() < 0.2 ? 'first-fix' : 'belief';
    return term(kind, of, { conditionId: `C-${index}`, windows, confirmOn, ...changes });
  };
  const zones = Array.from({ length: random.whole(0, 6) }, (_, i) =>
    somewhere(random, centre, `Z-${i}`, radiiMetres, 4_000),
  );
  const terms = zones.map((of, i) => termFor(of, i));
  const first = watch(zones, terms);
  const steps: Step[] = [];
  const all = [...zones];
  const sharedAt = (index: number, sequence: number, atMs: number): Step => {
    const of = somewhere(random, centre, `S-${index}`, radiiMetres, 2_500, sequence);
    all.push(of);
    const kind = random.next() < 0.9 ? 'exclusion' : 'inclusion';
    const endsAtMs = random.next() < 0.3 ? atMs + random.whole(10, 90) * MINUTE_MS : null;
    const changes = { conditionId: `C-S-${index}`, startsAtMs: atMs, publishedAtMs: atMs, endsAtMs };
    const one: SharedWatch = shared([of], [term(kind, of, changes)], sequence);
    // Sometimes the condition is gone instead.
    return { atMs: atMs + 700, shared: random.next() < 0.2 ? { ...one, terms: [] } : one };
  };
  const count = random.next() < 0.3 ? 0 : random.whole(1, 25);
  for (let i = 0; i < count; i++) {
    steps.push(
      sharedAt(i, 1, random.next() < 0.8 ? START_MS - MINUTE_MS : START_MS + random.whole(5, 150) * MINUTE_MS),
    );
    if (random.next() < 0.2) steps.push(sharedAt(i, 2, START_MS + random.whole(5, 150) * MINUTE_MS));
  }
  if (random.next() < 0.5 && terms.length > 0) {
    const atMs = START_MS + random.whole(10, 140) * MINUTE_MS;
    const next = somewhere(random, centre, 'Z-0', radiiMetres, 3_000, 2);
    const old = { ...terms[0]!, endsAtMs: atMs, endsBecause: 'version-changed' as const };
    const news = { ...terms[0]!, zoneKey: zoneKey(next), startsAtMs: atMs, publishedAtMs: atMs };
    const activations = [{ ...first.activations[0]!, terms: [old, news, ...terms.slice(1)] }];
    const changed = { ...first, sequence: 2, activations, zones: { ...first.zones, [zoneKey(next)]: next } };
    steps.push({ atMs: atMs + 900, watch: changed });
  }
  steps.push(...trackOf(random, centre, all, sort));
  steps.sort((a, b) => a.atMs - b.atMs);
  const endMs = Math.ceil((steps.at(-1)?.atMs ?? START_MS) / MINUTE_MS + 30) * MINUTE_MS;
  return { first, steps: [...steps, { atMs: endMs, input: { type: 'tick', atMs: endMs } }] };
}

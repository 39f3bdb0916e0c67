/**
 * The made-up world of the engine benchmark: tags with zones of their own in one conurbation, and shared zones. A seed gives the
 * same world everywhere. Zones are kept as a few numbers each; their rings are computed when they are asked for, so that what a
 * design keeps of them is its own memory.
 */
import type { SharedWatch, TagWatch, Term, Zone } from '../../src/engine/types.js';
import { createRandom, type Random } from '../../src/simulator/random.js';

/** Side of the square in which everybody lives, metres: about Greater London with its surroundings. */
const REGION_METRES = 60_000;
const CENTRE = { latitude: 51.5, longitude: -0.1 } as const;
/** Around the centre; one scale for the whole region, which is 1 % off in longitude at its edges. */
const METRES_PER_DEGREE_LATITUDE = 111_260;
const METRES_PER_DEGREE_LONGITUDE = 69_440;

/** How far a zone's centre lies from its tag's home, metres. */
const OWN_ZONE_REACH_METRES = { from: 300, to: 6_000 } as const;
/** Nobody lives in a place that is forbidden to them: the home is this many radii from the centre at least. */
const HOME_CLEARANCE = 1.2;
const HARMONICS = 4;
const MINUTE_MS = 60_000;

/** The first minute of every workload. */
export const STARTS_AT_MS = Date.UTC(2026, 0, 5);
const PUBLISHED_AT_MS = STARTS_AT_MS - 60 * MINUTE_MS;

export interface Plane {
  /** East of the region's centre, metres. */
  readonly x: number;
  /** North of it. */
  readonly y: number;
}

/** A star-shaped zone: no vertex is farther from the centre than `radiusMetres`, none nearer than half of it. */
export interface WorldZone extends Plane {
  readonly zoneId: string;
  readonly radiusMetres: number;
  readonly vertices: number;
  readonly phases: readonly number[];
}

export interface WorldTag {
  readonly tagId: string;
  readonly home: Plane;
  readonly zones: readonly WorldZone[];
}

export interface World {
  readonly tags: readonly WorldTag[];
  readonly shared: readonly WorldZone[];
}

export interface WorldOptions {
  readonly seed: string;
  readonly tags: number;
  readonly ownZones: number;
  readonly vertices: number;
  readonly ownRadiusMetres: readonly [number, number];
  readonly sharedZones: number;
  readonly sharedRadiusMetres: readonly [number, number];
}

export const toLatitude = ({ y }: Plane): number => CENTRE.latitude + y / METRES_PER_DEGREE_LATITUDE;
export const toLongitude = ({ x }: Plane): number => CENTRE.longitude + x / METRES_PER_DEGREE_LONGITUDE;

/** Small zones are more frequent than large ones: uniform in the logarithm. */
function logUniform(random: Random, [from, to]: readonly [number, number]): number {
  return from * (to / from) ** random.next();
}

function somewhere(random: Random): Plane {
  return { x: random.between(-0.5, 0.5) * REGION_METRES, y: random.between(-0.5, 0.5) * REGION_METRES };
}

function createZone(random: Random, zoneId: string, at: Plane, radiusMetres: number, vertices: number): WorldZone {
  const phases = Array.from({ length: HARMONICS }, () => random.between(0, 2 * Math.PI));
  return { zoneId, ...at, radiusMetres, vertices, phases };
}

function zoneNear(random: Random, zoneId: string, home: Plane, options: WorldOptions): WorldZone {
  const radiusMetres = logUniform(random, options.ownRadiusMetres);
  const from = OWN_ZONE_REACH_METRES.from + HOME_CLEARANCE * radiusMetres;
  const distance = random.between(from, Math.max(from, OWN_ZONE_REACH_METRES.to) + 1);
  const bearing = random.between(0, 2 * Math.PI);
  const at = { x: home.x + distance * Math.cos(bearing), y: home.y + distance * Math.sin(bearing) };
  return createZone(random, zoneId, at, radiusMetres, options.vertices);
}

export function createWorld(options: WorldOptions): World {
  const random = createRandom(options.seed, 'world');
  const tags = Array.from({ length: options.tags }, (_, index): WorldTag => {
    const tagId = `T-${String(index).padStart(6, '0')}`;
    const home = somewhere(random);
    const zones = Array.from({ length: options.ownZones }, (__, z) =>
      zoneNear(random, `${tagId}-Z${z}`, home, options),
    );
    return { tagId, home, zones };
  });
  const shared = Array.from({ length: options.sharedZones }, (_, index) =>
    createZone(random, `S-${index}`, somewhere(random), logUniform(random, options.sharedRadiusMetres), 60),
  );
  return { tags, shared };
}

/** The corner with this number, counted anticlockwise from the east. */
export function cornerOf(zone: WorldZone, corner: number): Plane {
  const angle = (2 * Math.PI * (corner % zone.vertices)) / zone.vertices;
  let wobble = 0;
  for (let h = 0; h < HARMONICS; h++) wobble += Math.sin((h + 2) * angle + zone.phases[h]!) / HARMONICS;
  const radius = zone.radiusMetres * (0.75 + 0.25 * wobble);
  return { x: zone.x + radius * Math.cos(angle), y: zone.y + radius * Math.sin(angle) };
}

/** The closed outer ring in GeoJSON's order, degrees with seven decimals as they come over the wire. */
export function ringOf(zone: WorldZone): [number, number][] {
  const ring: [number, number][] = [];
  for (let i = 0; i < zone.vertices; i++) {
    const corner = cornerOf(zone, i);
    ring.push([Math.round(toLongitude(corner) * 1e7) / 1e7, Math.round(toLatitude(corner) * 1e7) / 1e7]);
  }
  ring.push([...ring[0]!]);
  return ring;
}

/** The zone as the publisher would send it. */
export function engineZone(zone: WorldZone): Zone {
  return {
    zoneId: zone.zoneId,
    version: 1,
    priority: 'standard',
    bufferMetres: null,
    shape: { type: 'polygons', polygons: [[ringOf(zone)]] },
  };
}

function exclusion(conditionId: string, zone: WorldZone): Term {
  return {
    conditionId,
    conditionVersion: 1,
    zoneKey: `${zone.zoneId}@1`,
    kind: 'exclusion',
    confirmOn: 'belief',
    graceMs: 0,
    startsAtMs: PUBLISHED_AT_MS,
    endsAtMs: null,
    endsBecause: null,
    publishedAtMs: PUBLISHED_AT_MS,
    windows: null,
    windowsUntilMs: null,
  };
}

export function tagWatch(tag: WorldTag): TagWatch {
  const zones = Object.fromEntries(tag.zones.map((zone) => [`${zone.zoneId}@1`, engineZone(zone)]));
  const terms = tag.zones.map((zone, index) => exclusion(`${tag.tagId}-C${index}`, zone));
  const activation = { activationId: `A-${tag.tagId}`, wearerId: `W-${tag.tagId}`, fittedAtMs: PUBLISHED_AT_MS };
  return {
    tagId: tag.tagId,
    sequence: 1,
    publishedAtMs: PUBLISHED_AT_MS,
    accuracyConvention: 'r95',
    defaultAccuracyMetres: 10,
    intervalSeconds: 60,
    activations: [{ ...activation, removedAtMs: null, terms }],
    zones,
  };
}

export function sharedWatch(zone: WorldZone): SharedWatch {
  const conditionId = `C-${zone.zoneId}`;
  return {
    conditionId,
    sequence: 1,
    publishedAtMs: PUBLISHED_AT_MS,
    terms: [exclusion(conditionId, zone)],
    zones: { [`${zone.zoneId}@1`]: engineZone(zone) },
  };
}

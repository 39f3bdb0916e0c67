/** Where the tags of a world are, minute by minute: as random walks, or along the boundaries of zones. */
import type { EngineInput } from '../../src/engine/inputs.js';
import type { Ping } from '../../src/engine/types.js';
import { createRandom, type Random } from '../../src/simulator/random.js';
import { cornerOf, type Plane, STARTS_AT_MS, toLatitude, toLongitude, type World, type WorldZone } from './world.js';

export const PATTERNS = ['walk', 'boundary'] as const;
export type Pattern = (typeof PATTERNS)[number];

/** Minutes that are computed; they are then played back and forth, which keeps every step one that was walked. */
const MINUTES = 128;
const MINUTE_MS = 60_000;
/** From the fix to its receipt. */
const TRANSPORT_MS = 1_200;
const UNITS_PER_DEGREE = 1e7;
/** What fixes say of themselves, metres. */
const ACCURACIES_METRES = [4, 8.5, 6, 12.5] as const;

/** Resting, walking, driving: how far somebody gets in a minute, and which share of the time they do. */
const PACES = [
  { metres: 0, until: 0.5 },
  { metres: 80, until: 0.85 },
  { metres: 500, until: 1 },
] as const;
const NOISE_METRES = 4;
/** A new pace and direction on average every so many minutes. */
const PHASE_MINUTES = 10;
/** Who is farther from home than this turns back. */
const ROAM_METRES = 6_000;

/** Near a boundary is within this distance of it. */
export const NEAR_METRES = 50;
const FAR_METRES = { from: 100, to: 300 } as const;
const ALONG_METRES_PER_MINUTE = 60;
const MOST_TURN_PER_MINUTE = 0.5;

export interface Tracks {
  readonly tags: number;
  /** In 1e-7 degrees, `MINUTES` of each tag in turn. */
  readonly latitudes: Int32Array;
  readonly longitudes: Int32Array;
}

export function createTracks(world: World, pattern: Pattern, seed: string): Tracks {
  const size = world.tags.length * MINUTES;
  const tracks = { tags: world.tags.length, latitudes: new Int32Array(size), longitudes: new Int32Array(size) };
  world.tags.forEach((tag, index) => {
    const random = createRandom(seed, pattern, index);
    const zone = zoneToFollow(world, tag.zones, random, index);
    const next = pattern === 'walk' ? walkAround(tag.home, random) : followBoundary(zone, random);
    for (let minute = 0; minute < MINUTES; minute++) {
      const at = next();
      tracks.latitudes[index * MINUTES + minute] = Math.round(toLatitude(at) * UNITS_PER_DEGREE);
      tracks.longitudes[index * MINUTES + minute] = Math.round(toLongitude(at) * UNITS_PER_DEGREE);
    }
  });
  return tracks;
}

/** One of its own; where there are shared zones, every other tag follows one of those. */
function zoneToFollow(world: World, own: readonly WorldZone[], random: Random, index: number): WorldZone {
  return world.shared.length > 0 && index % 2 === 1 ? random.pick(world.shared) : random.pick(own);
}

function walkAround(home: Plane, random: Random): () => Plane {
  let { x, y } = home;
  let pace = 0;
  let bearing = 0;
  return () => {
    if (random.next() < 1 / PHASE_MINUTES) {
      const share = random.next();
      pace = PACES.find(({ until }) => share < until)!.metres;
      const isFar = Math.hypot(x - home.x, y - home.y) > ROAM_METRES;
      bearing = isFar ? Math.atan2(home.y - y, home.x - x) : random.between(0, 2 * Math.PI);
    }
    x += pace * Math.cos(bearing);
    y += pace * Math.sin(bearing);
    return { x: x + NOISE_METRES * random.gaussian(), y: y + NOISE_METRES * random.gaussian() };
  };
}

/** Along a boundary for some minutes, wandering to both sides of it, then outside and away from it for as long. */
function followBoundary(zone: WorldZone, random: Random): () => Plane {
  let turn = random.between(0, 1);
  let isNear = random.next() < 0.5;
  let near = 0;
  const turnPerMinute = Math.min(MOST_TURN_PER_MINUTE, ALONG_METRES_PER_MINUTE / zone.radiusMetres) / (2 * Math.PI);
  return () => {
    if (random.next() < 1 / PHASE_MINUTES) isNear = !isNear;
    turn = (turn + turnPerMinute) % 1;
    near = Math.max(-NEAR_METRES, Math.min(NEAR_METRES, 0.9 * near + 15 * random.gaussian()));
    const offset = isNear ? near : random.between(FAR_METRES.from, FAR_METRES.to);
    const corner = Math.floor(turn * zone.vertices);
    const part = turn * zone.vertices - corner;
    const a = cornerOf(zone, corner);
    const b = cornerOf(zone, corner + 1);
    const onEdge = { x: a.x + part * (b.x - a.x), y: a.y + part * (b.y - a.y) };
    // Along the radius, not the normal: the boundary is no farther away than the offset.
    const bearing = Math.atan2(onEdge.y - zone.y, onEdge.x - zone.x);
    return { x: onEdge.x + offset * Math.cos(bearing), y: onEdge.y + offset * Math.sin(bearing) };
  };
}

export type PingInput = Extract<EngineInput, { type: 'ping' }>;

/** One fix of a tag, as new objects: what the engine is given in production was made from bytes a moment before. */
export function fixOf(tracks: Tracks, tagIds: readonly string[], tag: number, minute: number): PingInput {
  const turned = minute % (2 * MINUTES - 2);
  const index = tag * MINUTES + (turned < MINUTES ? turned : 2 * MINUTES - 2 - turned);
  const fixedAtMs = STARTS_AT_MS + minute * MINUTE_MS + ((tag * 7_919) % MINUTE_MS);
  const ping: Ping = {
    tagId: tagIds[tag]!,
    identity: String(minute),
    sequence: minute,
    fixedAtMs,
    position: {
      latitude: tracks.latitudes[index]! / UNITS_PER_DEGREE,
      longitude: tracks.longitudes[index]! / UNITS_PER_DEGREE,
      accuracyMetres: ACCURACIES_METRES[(tag + minute) & 3]!,
      mechanism: 'GPS',
    },
    deviceEvents: NO_DEVICE_EVENTS,
    speedKmh: null,
    headingDegrees: null,
    altitudeMetres: null,
    satellites: null,
    batteryPercent: null,
  };
  return { type: 'ping', ping, receivedAtMs: fixedAtMs + TRANSPORT_MS };
}

const NO_DEVICE_EVENTS: Ping['deviceEvents'] = [];

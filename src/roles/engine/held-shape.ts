/**
 * Polygons as they are held: once for all zones that have the same ones, whose tag they may be, and once whether prepared or not. The
 * edges of a prepared zone say its coordinates, so what came over the wire is let go of when a zone is prepared.
 */
import { UNITS_PER_DEGREE } from '../../engine/geometry/exact.js';
import { CHUNK, pointsOfRing } from '../../engine/geometry/polygon.js';
import { type PreparedZone, prepareZone } from '../../engine/geometry/zone.js';
import type { Zone } from '../../engine/types.js';
import type { NamedZone } from '../../engine/watch/terms.js';

type Circle = Extract<Zone['shape'], { type: 'circle' }>;
type Polygons = Extract<Zone['shape'], { type: 'polygons' }>;
/** Longitude and latitude of every point: in units where all are whole ones, else in degrees. */
type Coordinates = Int32Array | Float64Array;

/** A version of a zone, under its key in a watch: what terms name is this, and no copy. */
export interface HeldZone extends NamedZone {
  readonly key: string;
  readonly held: Circle | HeldShape;
  /** Another of the same polygons; null: there is none, or they are a circle. */
  readonly other: HeldZone | null;
}

export interface HeldShape {
  /** Of the rings of each polygon, in points. */
  readonly lengths: readonly (readonly number[])[];
  /** Null where the edges of `prepared` say them. */
  coordinates: Coordinates | null;
  prepared: PreparedZone | null;
  /** Which of the rings, one after the other, run the other way in the edges; null: none. */
  turned: readonly boolean[] | null;
  /** The first of those that have it, which are a chain (`other`): mostly there is one, and a list of one takes 56 bytes. */
  zone: HeldZone | null;
}

/**
 * What is there once for all who have the same, as long as anybody holds it; by a hash of what it is. Of several with one hash the newest:
 * the others are held for their own alone.
 */
export function createHeldOnce<T extends object>() {
  const known = new Map<number, WeakRef<T>>();
  /** When there are so many it is looked which of them are gone. */
  let lookAtSize = 1_000;
  return {
    find: (hash: number): T | undefined => known.get(hash)?.deref(),
    note(hash: number, value: T): void {
      known.set(hash, new WeakRef(value));
      if (known.size < lookAtSize) return;
      for (const [each, held] of known) if (held.deref() === undefined) known.delete(each);
      lookAtSize = Math.max(lookAtSize, 2 * known.size);
    },
  };
}

const known = createHeldOnce<HeldShape>();

/** The same object for the same polygons, as long as anybody holds it. */
export function holdShape({ polygons }: Polygons): HeldShape {
  const flat: number[] = [];
  const lengths = sameLengths(
    polygons.map((rings) =>
      rings.map((ring) => {
        for (const [longitude, latitude] of ring) flat.push(longitude, latitude);
        return ring.length;
      }),
    ),
  );
  const coordinates = coordinatesOf(flat);
  const hash = hashOf(coordinates);
  const held = known.find(hash);
  if (held !== undefined && isSame(held, lengths, coordinates)) return held;
  const made: HeldShape = { lengths, coordinates, prepared: null, turned: null, zone: null };
  known.note(hash, made);
  return made;
}

/** By the length of the one ring that most zones are: 112 bytes for each that is held with a list of its own. */
const ofOneRing: HeldShape['lengths'][] = [];
const MOST_SHARED_LENGTH = 1_024;

function sameLengths(lengths: HeldShape['lengths']): HeldShape['lengths'] {
  const length = lengths[0]?.[0];
  if (lengths.length !== 1 || lengths[0]!.length !== 1 || length! > MOST_SHARED_LENGTH) return lengths;
  ofOneRing[length!] ??= lengths;
  return ofOneRing[length!]!;
}

/** As it came. */
export function shapeOf(held: HeldShape): Polygons {
  const coordinates = coordinatesIn(held);
  const perDegree = coordinates instanceof Int32Array ? UNITS_PER_DEGREE : 1;
  let at = 0;
  const pointsOf = (length: number): [number, number][] =>
    Array.from({ length }, () => [coordinates[at++]! / perDegree, coordinates[at++]! / perDegree]);
  return { type: 'polygons', polygons: held.lengths.map((lengths) => lengths.map(pointsOf)) };
}

/** Made when it is asked for first. */
export function preparedOf(held: HeldShape): PreparedZone {
  if (held.prepared !== null) return held.prepared;
  const prepared = prepareZone(shapeOf(held));
  const { coordinates } = held;
  if (coordinates instanceof Int32Array) {
    const turned = findTurned(held, coordinates, prepared);
    held.turned = turned.includes(true) ? turned : null;
    held.coordinates = null;
  }
  held.prepared = prepared;
  return prepared;
}

function coordinatesIn(held: HeldShape): Coordinates {
  const { coordinates, prepared, turned } = held;
  if (coordinates !== null) return coordinates;
  const flat = ringsIn(held).flatMap(({ firstChunk, length }, ring) => {
    const points = pointsOfRing(prepared!.polygons!, firstChunk, length - 1);
    return turned?.[ring] ? turnedAround(points) : points;
  });
  return Int32Array.from(flat);
}

/** Points, two numbers each, from the last to the first. */
function turnedAround(points: readonly number[]): number[] {
  const turned: number[] = [];
  for (let i = points.length - 2; i >= 0; i -= 2) turned.push(points[i]!, points[i + 1]!);
  return turned;
}

/** Each ring of so many points has an edge less, and chunks of its own. */
function ringsIn({ lengths }: HeldShape): { firstChunk: number; length: number }[] {
  let firstChunk = 0;
  return lengths.flat().map((length) => {
    const ring = { firstChunk, length };
    firstChunk += Math.ceil((length - 1) / CHUNK);
    return ring;
  });
}

function findTurned(held: HeldShape, coordinates: Int32Array, prepared: PreparedZone): boolean[] {
  let at = 0;
  return ringsIn(held).map(({ firstChunk, length }) => {
    const points = pointsOfRing(prepared.polygons!, firstChunk, length - 1);
    const isAsItCame = points.every((value, i) => coordinates[at + i] === value);
    at += points.length;
    return !isAsItCame;
  });
}

function isSame(held: HeldShape, lengths: HeldShape['lengths'], coordinates: Coordinates): boolean {
  const own = coordinatesIn(held);
  if (own.constructor !== coordinates.constructor || own.length !== coordinates.length) return false;
  return own.every((value, i) => value === coordinates[i]) && JSON.stringify(lengths) === JSON.stringify(held.lengths);
}

function coordinatesOf(flat: readonly number[]): Coordinates {
  const units = Int32Array.from(flat, (degrees) => Math.round(degrees * UNITS_PER_DEGREE));
  return flat.every((degrees, i) => units[i]! / UNITS_PER_DEGREE === degrees) ? units : Float64Array.from(flat);
}

/** FNV-1a over 32-bit words. */
export function hashOf({ buffer }: Coordinates): number {
  let hash = 0x811c9dc5;
  for (const word of new Int32Array(buffer)) hash = Math.imul(hash ^ word, 0x01000193);
  return hash >>> 0;
}

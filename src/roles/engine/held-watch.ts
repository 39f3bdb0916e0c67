/**
 * A tag's watch as it is held: the coordinates of all its zones in one list of integers. As the lists of pairs that came over the wire
 * they were two thirds of a tag's memory, and nothing but a checkpoint asks for them once the zones are prepared.
 */
import type { TagWatch, Zone } from '../../engine/types.js';

/** The lengths of a zone's rings, in points; its coordinates lie behind those of the zones before it. */
type HeldShape = Extract<Zone['shape'], { type: 'circle' }> | readonly (readonly number[])[];
type HeldZone = Omit<Zone, 'shape'> & { readonly held: HeldShape };

export interface HeldWatch extends Omit<TagWatch, 'zones'> {
  /** With their keys. In a list: as an object of keys of its own each tag would have the engine make a class of it. */
  readonly zones: readonly (readonly [key: string, zone: HeldZone])[];
  /** Longitude and latitude of every point; units of 1e-7 degree where all are whole ones (integers), else degrees. */
  readonly coordinates: Int32Array | Float64Array;
}

const UNITS_PER_DEGREE = 1e7;

export function holdWatch({ zones, ...watch }: TagWatch): HeldWatch {
  const flat: number[] = [];
  const held = Object.entries(zones).map(([key, { shape, ...zone }]): [string, HeldZone] => {
    if (shape.type === 'circle') return [key, { ...zone, held: shape }];
    const lengths = shape.polygons.map((rings) =>
      rings.map((ring) => {
        for (const [longitude, latitude] of ring) flat.push(longitude, latitude);
        return ring.length;
      }),
    );
    return [key, { ...zone, held: lengths }];
  });
  return { ...watch, zones: held, coordinates: coordinatesOf(flat) };
}

/** The watch as it came: the same JSON. */
export function watchOf({ zones, coordinates, ...watch }: HeldWatch): TagWatch {
  const perDegree = coordinates instanceof Int32Array ? UNITS_PER_DEGREE : 1;
  let at = 0;
  const pointsOf = (length: number): [number, number][] =>
    Array.from({ length }, () => [coordinates[at++]! / perDegree, coordinates[at++]! / perDegree]);
  const whole = zones.map(([key, { held, ...zone }]): [string, Zone] => {
    if ('type' in held) return [key, { ...zone, shape: held }];
    const polygons = held.map((lengths) => lengths.map(pointsOf));
    return [key, { ...zone, shape: { type: 'polygons', polygons } }];
  });
  return { ...watch, zones: Object.fromEntries(whole) };
}

function coordinatesOf(flat: readonly number[]): Int32Array | Float64Array {
  const units = Int32Array.from(flat, (degrees) => Math.round(degrees * UNITS_PER_DEGREE));
  return flat.every((degrees, i) => units[i]! / UNITS_PER_DEGREE === degrees) ? units : Float64Array.from(flat);
}

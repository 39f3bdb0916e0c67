/**
 * A tag's watch as it is held: zones that several tags have are there once, and their polygons once whether prepared or not
 * (`held-shape.ts`). As the lists of pairs that came over the wire they were two thirds of a tag's memory, and nothing but a checkpoint
 * asks for them once the zones are prepared.
 */
import { type PreparedZone, prepareZone } from '../../engine/geometry/zone.js';
import type { TagWatch, Zone } from '../../engine/types.js';
import { type HeldZone, holdShape, preparedOf, shapeOf } from './held-shape.js';

export interface HeldWatch extends Omit<TagWatch, 'zones'> {
  /** In a list: as an object of keys of its own each tag would have the engine make a class of it. */
  readonly zones: readonly HeldZone[];
}

/** Spread whole: what is left of an object without one of its fields takes three times as much, as a table of its own. */
export function holdWatch(watch: TagWatch): HeldWatch {
  return { ...watch, zones: Object.entries(watch.zones).map(([key, zone]) => holdZone(key, zone)) };
}

/** The same object for the same version of a zone with polygons, as long as anybody holds them. */
function holdZone(key: string, zone: Zone): HeldZone {
  if (zone.shape.type === 'circle') return { key, ...zone, shape: zone.shape };
  const shape = holdShape(zone.shape);
  // The key first: with fields behind what is spread the engine makes a class of each, which takes 300 bytes more a zone.
  const made: HeldZone = { key, ...zone, shape };
  const before = shape.zones.find((each) => isSame(each, made));
  if (before !== undefined) return before;
  shape.zones = [...shape.zones, made];
  return made;
}

/** Of zones with the same polygons. */
function isSame({ shape: _, ...zone }: HeldZone, { shape: __, ...other }: HeldZone): boolean {
  return JSON.stringify(zone) === JSON.stringify(other);
}

/** The watch as it came: the same JSON. */
export function watchOf(held: HeldWatch): TagWatch {
  const whole = held.zones.map(({ key, ...zone }): [string, Zone] => {
    const { shape } = zone;
    return [key, { ...zone, shape: 'type' in shape ? shape : shapeOf(shape) }];
  });
  return { ...held, zones: Object.fromEntries(whole) };
}

/** By their keys. Throws where a zone has no edges. */
export function preparedZonesOf({ zones }: HeldWatch): Map<string, PreparedZone> {
  return new Map(zones.map(({ key, shape }) => [key, 'type' in shape ? prepareZone(shape) : preparedOf(shape)]));
}

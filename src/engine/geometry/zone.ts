/** A zone as the hot path wants it: prepared once per version, asked for every fix. */
import type { Zone } from '../types.js';
import {
  circleClearanceUnits,
  circleContains,
  type PreparedCircle,
  prepareCircle,
  signedDistanceToCircleMetres,
} from './circle.js';
import { UNITS_PER_DEGREE } from './orientation.js';
import {
  distanceToPolygonsMetres,
  type PreparedPolygons,
  polygonsClearanceUnits,
  polygonsContain,
  preparePolygons,
} from './polygon.js';

export interface PreparedZone {
  readonly circle: PreparedCircle | null;
  readonly polygons: PreparedPolygons | null;
  /** Bounding box in degrees; nothing outside it is inside the zone. */
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** Throws where the geometry has no edges: it was validated before it got here. */
export function prepareZone(shape: Zone['shape']): PreparedZone {
  if (shape.type === 'circle') {
    const circle = prepareCircle(shape.latitude, shape.longitude, shape.radiusMetres);
    return { circle, polygons: null, west: circle.west, south: circle.south, east: circle.east, north: circle.north };
  }
  const polygons = preparePolygons(shape.polygons);
  // Half a unit on each side: a fix is rounded to units before it is compared.
  return {
    circle: null,
    polygons,
    west: (polygons.west - 0.5) / UNITS_PER_DEGREE,
    south: (polygons.south - 0.5) / UNITS_PER_DEGREE,
    east: (polygons.east + 0.5) / UNITS_PER_DEGREE,
    north: (polygons.north + 0.5) / UNITS_PER_DEGREE,
  };
}

/** Whether the zone contains the point (degrees). The boundary, also that of a hole, belongs to the zone. */
export function contains(zone: PreparedZone, latitude: number, longitude: number): boolean {
  return zone.polygons !== null
    ? polygonsContain(zone.polygons, latitude, longitude)
    : circleContains(zone.circle!, latitude, longitude);
}

/** Metres to the zone's boundary, negative inside. */
export function signedDistanceMetres(zone: PreparedZone, latitude: number, longitude: number): number {
  if (zone.circle !== null) return signedDistanceToCircleMetres(zone.circle, latitude, longitude);
  const distance = distanceToPolygonsMetres(zone.polygons!, latitude, longitude);
  return polygonsContain(zone.polygons!, latitude, longitude) ? -distance : distance;
}

/**
 * A distance around the point within which `contains` says the same everywhere, at most `capUnits`. In the plane of units of
 * 1e-7 degree in which one of longitude is `shrink` long and one of latitude 1; `shrink` is about the cosine of the latitude.
 */
export function clearanceUnits(
  zone: PreparedZone,
  latitude: number,
  longitude: number,
  shrink: number,
  capUnits: number,
): number {
  const boxX = Math.max(zone.west - longitude, 0, longitude - zone.east) * shrink;
  const boxY = Math.max(zone.south - latitude, 0, latitude - zone.north);
  if (boxX > 0 || boxY > 0) return Math.min(capUnits, Math.sqrt(boxX * boxX + boxY * boxY) * UNITS_PER_DEGREE);
  return zone.polygons !== null
    ? polygonsClearanceUnits(zone.polygons, latitude, longitude, shrink, capUnits)
    : circleClearanceUnits(zone.circle!, latitude, longitude, capUnits);
}

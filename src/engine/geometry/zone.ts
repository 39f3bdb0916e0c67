/** A zone as the hot path wants it: prepared once per version, asked for every fix. */
import type { Zone } from '../types.js';
import { isBesideBox } from './antimeridian.js';
import { circleContains, type PreparedCircle, prepareCircle, signedDistanceToCircleMetres } from './circle.js';
import { type Extent, extentOf, widenExtent } from './extent.js';
import { metresPerDegreeLatitude, metresPerDegreeLongitude } from './metres-per-degree.js';
import { UNITS_PER_DEGREE } from './orientation.js';
import { distanceToPolygonsMetres, type PreparedPolygons, polygonsContain, preparePolygons } from './polygon.js';

export interface PreparedZone {
  readonly circle: PreparedCircle | null;
  readonly polygons: PreparedPolygons | null;
  /** The holes of the polygons as zones of their own; null where there are none. */
  readonly holes: PreparedPolygons | null;
  readonly extent: Extent;
  /** Polygons reach this far beyond their edges, holes inwards; a circle is as large as it is. */
  readonly bufferMetres: number;
  /** Bounding box in degrees; nothing outside it is inside the zone. */
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** The box is widened by this share more than the buffer, so that what lies outside it is certainly outside. */
const BOX_MARGIN = 1.01;

/** Throws where the geometry has no edges: it was validated before it got here. */
export function prepareZone(shape: Zone['shape']): PreparedZone {
  if (shape.type === 'circle') {
    const circle = prepareCircle(shape.latitude, shape.longitude, shape.radiusMetres);
    return ofCircle(circle, extentOf(shape));
  }
  const polygons = preparePolygons(shape.polygons);
  // Half a unit on each side: a fix is rounded to units before it is compared.
  return {
    circle: null,
    polygons,
    holes: prepareHoles(shape.polygons),
    extent: extentOf(shape),
    bufferMetres: 0,
    west: (polygons.west - 0.5) / UNITS_PER_DEGREE,
    south: (polygons.south - 0.5) / UNITS_PER_DEGREE,
    east: (polygons.east + 0.5) / UNITS_PER_DEGREE,
    north: (polygons.north + 0.5) / UNITS_PER_DEGREE,
  };
}

type Rings = Extract<Zone['shape'], { type: 'polygons' }>['polygons'];

function prepareHoles(polygons: Rings): PreparedPolygons | null {
  const holes = polygons.flatMap((rings) => rings.slice(1).map((hole) => [hole]));
  return holes.length === 0 ? null : preparePolygons(holes);
}

function ofCircle(circle: PreparedCircle, extent: Extent): PreparedZone {
  const { west, south, east, north } = circle;
  return { circle, polygons: null, holes: null, extent, bufferMetres: 0, west, south, east, north };
}

/** The zone and all that lies within a distance of it. */
export function widenZone(zone: PreparedZone, bufferMetres: number): PreparedZone {
  const { circle, west, south, east, north } = zone;
  if (circle !== null) {
    const wider = prepareCircle(circle.latitude, circle.longitude, circle.radiusMetres + bufferMetres);
    return ofCircle(wider, widenExtent(zone.extent, bufferMetres));
  }
  const byLatitude = (bufferMetres * BOX_MARGIN) / Math.min(...[south, north].map(metresPerDegreeLatitude));
  const poleward = Math.min(89.9, Math.max(Math.abs(south - byLatitude), Math.abs(north + byLatitude)));
  const byLongitude = (bufferMetres * BOX_MARGIN) / metresPerDegreeLongitude(poleward);
  return {
    ...zone,
    holes: null,
    extent: widenExtent(zone.extent, bufferMetres),
    bufferMetres,
    west: west - byLongitude,
    south: south - byLatitude,
    east: east + byLongitude,
    north: north + byLatitude,
  };
}

/** Whether the zone contains the point (degrees). The boundary, also that of a hole, belongs to the zone. */
export function contains(zone: PreparedZone, latitude: number, longitude: number): boolean {
  if (zone.polygons === null) return circleContains(zone.circle!, latitude, longitude);
  return zone.bufferMetres === 0
    ? polygonsContain(zone.polygons, latitude, longitude)
    : isNear(zone, latitude, longitude);
}

function isNear(zone: PreparedZone, latitude: number, longitude: number): boolean {
  if (latitude < zone.south || latitude > zone.north || isBesideBox(zone, longitude)) return false;
  return signedDistanceMetres(zone, latitude, longitude) <= 0;
}

/** Metres to the zone's boundary, negative inside. */
export function signedDistanceMetres(zone: PreparedZone, latitude: number, longitude: number): number {
  if (zone.circle !== null) return signedDistanceToCircleMetres(zone.circle, latitude, longitude);
  const distance = distanceToPolygonsMetres(zone.polygons!, latitude, longitude);
  return (polygonsContain(zone.polygons!, latitude, longitude) ? -distance : distance) - zone.bufferMetres;
}

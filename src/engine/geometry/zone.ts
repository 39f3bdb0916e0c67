/** A zone as the hot path wants it: prepared once per version, asked for every fix: a circle, or polygons with or without a buffer. */
import type { Zone } from '../types.js';
import {
  isBesideBox,
  metresPerDegreeLatitude,
  metresPerDegreeLongitude,
  UNITS_PER_DEGREE,
  wrapLongitude,
} from './exact.js';
import { distanceToPolygonsMetres, type PreparedPolygons, polygonsContain, preparePolygons } from './polygon.js';

/** Degrees; nothing outside it is inside what it is the box of, and it may be a little too large. */
export interface Box {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** A circle: a centre and a radius on the ground. */
export interface PreparedCircle extends Box {
  readonly latitude: number;
  readonly longitude: number;
  readonly radiusMetres: number;
}

/** How large a zone is, and what lies around it: computed once, when the zone is prepared. */
export interface Extent {
  readonly areaSquareMetres: number;
  /** Of the outer boundaries, all parts together. */
  readonly perimeterMetres: number;
  readonly parts: number;
  /** Of all holes together. */
  readonly holesSquareMetres: number;
}

export interface PreparedZone {
  readonly circle: PreparedCircle | null;
  readonly polygons: PreparedPolygons | null;
  /** The holes of the polygons as zones of their own; null where there are none. */
  readonly holes: PreparedPolygons | null;
  readonly extent: Extent;
  /** Polygons reach this far beyond their edges, holes inwards; a circle is as large as it is. */
  readonly bufferMetres: number;
  /** Of polygons with a buffer; null: the circle or the outline says it (`boxOf`). */
  readonly widened: Box | null;
}

type Shape = Zone['shape'];

/** Boxes of circles and buffers are widened by this share, so that what lies outside them is certainly outside. */
const BOX_MARGIN = 1.01;

/** Throws where the geometry has no edges: it was validated before it got here. */
export function prepareZone(shape: Shape): PreparedZone {
  if (shape.type === 'circle') {
    const circle = prepareCircle(shape.latitude, shape.longitude, shape.radiusMetres);
    return ofCircle(circle, extentOf(shape));
  }
  const polygons = preparePolygons(shape.polygons);
  const holes = prepareHoles(shape.polygons);
  return { circle: null, polygons, holes, extent: extentOf(shape), bufferMetres: 0, widened: null };
}

/** Nothing outside it is inside the zone. */
export function boxOf({ circle, polygons, widened }: PreparedZone): Box {
  if (circle !== null) return circle;
  if (widened !== null) return widened;
  const { outline } = polygons!;
  // Half a unit on each side: a fix is rounded to units before it is compared.
  return {
    west: (outline[0]! - 0.5) / UNITS_PER_DEGREE,
    south: (outline[1]! - 0.5) / UNITS_PER_DEGREE,
    east: (outline[2]! + 0.5) / UNITS_PER_DEGREE,
    north: (outline[3]! + 0.5) / UNITS_PER_DEGREE,
  };
}

type Rings = Extract<Shape, { type: 'polygons' }>['polygons'];

function prepareHoles(polygons: Rings): PreparedPolygons | null {
  const holes = polygons.flatMap((rings) => rings.slice(1).map((hole) => [hole]));
  return holes.length === 0 ? null : preparePolygons(holes);
}

function ofCircle(circle: PreparedCircle, extent: Extent): PreparedZone {
  return { circle, polygons: null, holes: null, extent, bufferMetres: 0, widened: null };
}

/** The zone and all that lies within a distance of it. */
export function widenZone(zone: PreparedZone, bufferMetres: number): PreparedZone {
  const { circle } = zone;
  if (circle !== null) {
    const wider = prepareCircle(circle.latitude, circle.longitude, circle.radiusMetres + bufferMetres);
    return ofCircle(wider, widenExtent(zone.extent, bufferMetres));
  }
  const { west, south, east, north } = boxOf(zone);
  const byLatitude = (bufferMetres * BOX_MARGIN) / Math.min(...[south, north].map(metresPerDegreeLatitude));
  const poleward = Math.min(89.9, Math.max(Math.abs(south - byLatitude), Math.abs(north + byLatitude)));
  const byLongitude = (bufferMetres * BOX_MARGIN) / metresPerDegreeLongitude(poleward);
  return {
    ...zone,
    holes: null,
    extent: widenExtent(zone.extent, bufferMetres),
    bufferMetres,
    widened: {
      west: west - byLongitude,
      south: south - byLatitude,
      east: east + byLongitude,
      north: north + byLatitude,
    },
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
  const box = zone.widened!;
  if (latitude < box.south || latitude > box.north || isBesideBox(box, longitude)) return false;
  return signedDistanceMetres(zone, latitude, longitude) <= 0;
}

/** Metres to the zone's boundary, negative inside. `isInside`: what `contains` says, where that is known. */
export function signedDistanceMetres(
  zone: PreparedZone,
  latitude: number,
  longitude: number,
  isInside?: boolean,
): number {
  if (zone.circle !== null) return signedDistanceToCircleMetres(zone.circle, latitude, longitude);
  const distance = distanceToPolygonsMetres(zone.polygons!, latitude, longitude);
  // Of a zone with its buffer it tells nothing of the zone itself.
  const isOwn = isInside !== undefined && zone.bufferMetres === 0;
  const isWithin = isOwn ? isInside : polygonsContain(zone.polygons!, latitude, longitude);
  return (isWithin ? -distance : distance) - zone.bufferMetres;
}

function prepareCircle(latitude: number, longitude: number, radiusMetres: number): PreparedCircle {
  const dLatitude = (radiusMetres * BOX_MARGIN) / metresPerDegreeLatitude(latitude);
  const poleward = Math.min(89.9, Math.abs(latitude) + dLatitude);
  const dLongitude = (radiusMetres * BOX_MARGIN) / metresPerDegreeLongitude(poleward);
  return {
    latitude,
    longitude,
    radiusMetres,
    west: longitude - dLongitude,
    south: latitude - dLatitude,
    east: longitude + dLongitude,
    north: latitude + dLatitude,
  };
}

/**
 * Metres to the circle's line, negative inside. Metres per degree are taken halfway between point and centre: the error
 * is 1.3 mm at 5 km from the centre and 1.2 m at 50 km, at 70° of latitude, where the point's own latitude would give 2 %.
 */
export function signedDistanceToCircleMetres(circle: PreparedCircle, latitude: number, longitude: number): number {
  const middle = (latitude + circle.latitude) / 2;
  // The short way round: the circle may lie beside the antimeridian and the point beyond it.
  const x = wrapLongitude(longitude - circle.longitude) * metresPerDegreeLongitude(middle);
  const y = (latitude - circle.latitude) * metresPerDegreeLatitude(middle);
  return Math.sqrt(x * x + y * y) - circle.radiusMetres;
}

/** Whether the point lies in the circle; its line belongs to it. */
function circleContains(circle: PreparedCircle, latitude: number, longitude: number): boolean {
  if (latitude < circle.south || latitude > circle.north || isBesideBox(circle, longitude)) return false;
  return signedDistanceToCircleMetres(circle, latitude, longitude) <= 0;
}

type Ring = readonly (readonly [number, number])[];

function extentOf(shape: Shape): Extent {
  if (shape.type === 'circle') return ofDisc(shape.radiusMetres);
  let [area, perimeter, holes] = [0, 0, 0];
  for (const [outer, ...inner] of shape.polygons) {
    const ring = measureRing(outer!);
    const inside = inner.reduce((sum, hole) => sum + measureRing(hole).area, 0);
    area += Math.max(0, ring.area - inside);
    perimeter += ring.perimeter;
    holes += inside;
  }
  return {
    areaSquareMetres: area,
    perimeterMetres: perimeter,
    parts: shape.polygons.length,
    holesSquareMetres: holes,
  };
}

function ofDisc(radiusMetres: number): Extent {
  return {
    areaSquareMetres: Math.PI * radiusMetres * radiusMetres,
    perimeterMetres: 2 * Math.PI * radiusMetres,
    parts: 1,
    holesSquareMetres: 0,
  };
}

/** Metres per degree are taken halfway up the ring: of what is 50 km high the area is right to a hundredth. */
function measureRing(ring: Ring): { readonly area: number; readonly perimeter: number } {
  const latitudes = ring.map(([, latitude]) => latitude);
  const middle = (Math.min(...latitudes) + Math.max(...latitudes)) / 2;
  const [perX, perY] = [metresPerDegreeLongitude(middle), metresPerDegreeLatitude(middle)];
  const [west, south] = ring[0]!;
  let [twice, perimeter] = [0, 0];
  for (let i = 1; i < ring.length; i++) {
    const ax = (ring[i - 1]![0] - west) * perX;
    const ay = (ring[i - 1]![1] - south) * perY;
    const bx = (ring[i]![0] - west) * perX;
    const by = (ring[i]![1] - south) * perY;
    twice += ax * by - bx * ay;
    perimeter += Math.sqrt((bx - ax) * (bx - ax) + (by - ay) * (by - ay));
  }
  return { area: Math.abs(twice) / 2, perimeter };
}

/** How large the band is that reaches so far beyond the outer boundaries, were they convex and far from each other. */
export function bandSquareMetres({ perimeterMetres, parts }: Extent, metres: number): number {
  return perimeterMetres * metres + parts * Math.PI * metres * metres;
}

/** Of the zone and all that lies within a distance of it. What that leaves of holes is not asked. */
function widenExtent(extent: Extent, metres: number): Extent {
  return {
    areaSquareMetres: extent.areaSquareMetres + bandSquareMetres(extent, metres),
    perimeterMetres: extent.perimeterMetres + 2 * Math.PI * metres * extent.parts,
    parts: extent.parts,
    holesSquareMetres: 0,
  };
}

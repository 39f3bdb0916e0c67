/** A zone as a GeoJSON Feature (`wire.md`, "Records"): everything that is wrong with it, each with its place, or its geometry. */

import { area } from '@turf/turf';
import type { Zone, ZonePriority } from '../../engine/types.js';
import { parseInstant } from '../instant.js';
import { textOf } from '../text-of.js';
import { doubledArea } from './planar.js';
import {
  type Bbox,
  checkPlaces,
  checkSeams,
  GRID_PER_DEGREE,
  type Report,
  readParts,
  readPosition,
  type ZoneError,
} from './zone-rings.js';
import { checkTopology, type ZoneFault, type ZoneRing } from './zone-topology.js';

export type { Bbox, ZoneError, ZoneFault };

export const MAX_ZONE_NAME_LENGTH = 200;
export const MIN_RADIUS_METRES = 1;
export const MAX_RADIUS_METRES = 100_000;
export const MAX_BUFFER_METRES = 10_000;
/** Below this a zone is a slip of the mouse, and smaller than any fix can tell. */
export const MIN_AREA_SQUARE_METRES = 1;
/** Errors told at once. */
export const MAX_ZONE_ERRORS = 20;

const PRIORITIES: readonly unknown[] = ['victim', 'high', 'standard'] satisfies readonly ZonePriority[];
const PROPERTIES = new Set(['name', 'priority', 'bufferMetres', 'effectiveAt', 'radiusMetres']);
const FEATURE_MEMBERS = new Set(['type', 'id', 'bbox', 'geometry', 'properties']);
const GEOMETRY_MEMBERS = new Set(['type', 'bbox', 'coordinates']);
/** A degree of latitude at the equator, where it is shortest: a circle's extent is not understated. */
const METRES_PER_DEGREE = 110_574;

/** What is said of a zone beside its geometry, with the defaults filled in. */
export interface ZoneProperties {
  readonly name: string;
  readonly priority: ZonePriority;
  readonly bufferMetres: number | null;
  /** RFC 3339, as sent; null: now. */
  readonly effectiveAt: string | null;
}

export interface ValidZone {
  readonly ok: true;
  /** Outer rings counter-clockwise, holes clockwise, on the grid of 1e-7 degrees, no repeated neighbours, no altitudes. */
  readonly zone: Pick<Zone, 'shape' | 'priority' | 'bufferMetres'>;
  readonly properties: ZoneProperties;
  readonly areaSquareMetres: number;
  /** Without the closing repeats; 1 for a circle. */
  readonly vertices: number;
}

export interface InvalidZone {
  readonly ok: false;
  readonly errors: readonly ZoneError[];
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function refuseUnknown(fields: Fields, known: ReadonlySet<string>, pointer: string, report: Report): void {
  for (const name of Object.keys(fields)) {
    if (known.has(name)) continue;
    report(`${pointer}/${escapePointer(name)}`, `Unknown field. Known: ${[...known].join(', ')}.`);
  }
}

function readNumber(value: unknown, pointer: string, lowest: number, highest: number, report: Report): number | null {
  if (typeof value === 'number' && value >= lowest && value <= highest) return value;
  report(pointer, `A number of metres from ${lowest} to ${highest}.`);
  return null;
}

function readProperties(value: unknown, report: Report): ZoneProperties {
  const at = '/properties';
  const fields = isObject(value) ? value : {};
  if (!isObject(value)) report(at, 'properties is an object with a name.');
  refuseUnknown(fields, PROPERTIES, at, report);
  const { name, bufferMetres = null, effectiveAt = null } = fields;
  const priority = fields.priority ?? 'standard';
  if (isObject(value) && (typeof name !== 'string' || name.trim() === '' || name.length > MAX_ZONE_NAME_LENGTH)) {
    report(`${at}/name`, `A name of 1 to ${MAX_ZONE_NAME_LENGTH} characters is required.`);
  } else if (typeof name === 'string' && /[\p{Cc}\p{Cs}]/u.test(name)) {
    report(`${at}/name`, 'A name has no control characters.');
  }
  if (!PRIORITIES.includes(priority)) report(`${at}/priority`, 'priority is victim, high or standard.');
  if (bufferMetres !== null) readNumber(bufferMetres, `${at}/bufferMetres`, 0, MAX_BUFFER_METRES, report);
  if (effectiveAt !== null && (typeof effectiveAt !== 'string' || parseInstant(effectiveAt) === null)) {
    report(`${at}/effectiveAt`, 'effectiveAt is an RFC 3339 instant with Z or an offset.');
  }
  return {
    name: textOf(name),
    priority: priority as ZonePriority,
    bufferMetres: bufferMetres as number | null,
    effectiveAt: effectiveAt as string | null,
  };
}

interface Geometry {
  readonly shape: Zone['shape'];
  readonly areaSquareMetres: number;
  readonly vertices: number;
}

function readCircle(coordinates: unknown, radius: unknown, serviceArea: Bbox | null, report: Report): Geometry | null {
  const at = '/geometry/coordinates';
  const position = readPosition(coordinates, at, report);
  const radiusMetres = readNumber(radius, '/properties/radiusMetres', MIN_RADIUS_METRES, MAX_RADIUS_METRES, report);
  if (position === null || radiusMetres === null) return null;
  const [x, y] = [Math.round(position[0] * GRID_PER_DEGREE), Math.round(position[1] * GRID_PER_DEGREE)];
  if (!checkPlaces([{ xs: [x], ys: [y], pointTo: () => at }], serviceArea, report)) return null;
  const [longitude, latitude] = [x / GRID_PER_DEGREE + 0, y / GRID_PER_DEGREE + 0];
  const reachLatitude = Math.abs(latitude) + radiusMetres / METRES_PER_DEGREE;
  if (reachLatitude >= 90) {
    report(at, 'The circle holds a pole. That cannot be a zone.', 'seam');
    return null;
  }
  const reachLongitude = radiusMetres / METRES_PER_DEGREE / Math.cos((reachLatitude * Math.PI) / 180);
  if (Math.abs(longitude) + reachLongitude > 180) {
    report(at, 'The circle runs across the antimeridian: draw it as a MultiPolygon that is split there.', 'seam');
    return null;
  }
  const shape = { type: 'circle', longitude, latitude, radiusMetres } as const;
  return { shape, areaSquareMetres: Math.PI * radiusMetres ** 2, vertices: 1 };
}

/** A closed ring in degrees, counter-clockwise where it is an outer one (RFC 7946, 3.1.6). */
function closeRing(ring: ZoneRing): [number, number][] {
  const positions = ring.xs.map((x, i): [number, number] => [x / GRID_PER_DEGREE, ring.ys[i]! / GRID_PER_DEGREE]);
  if (doubledArea(ring) > 0n !== (ring.ring === 0)) positions.reverse();
  positions.push([...positions[0]!]);
  return positions;
}

function readPolygons(
  polygons: readonly unknown[],
  pointerOf: (part: number) => string,
  serviceArea: Bbox | null,
  report: Report,
): Geometry | null {
  const parts = readParts(polygons, pointerOf, report);
  if (parts === null) return null;
  const rings = parts.flat();
  const places = rings.map((ring) => ({ ...ring, pointTo: (i: number) => `${ring.pointer}/${ring.indices[i]}` }));
  if (!checkPlaces(places, serviceArea, report)) return null;
  if (!checkSeams(rings, report)) return null;
  const faults = checkTopology(parts);
  for (const { pointer, detail, fault } of faults) report(pointer, detail, fault);
  if (faults.length > 0) return null;

  const closed = parts.map((part) => part.map(closeRing));
  const areas = closed.map((coordinates) => area({ type: 'Polygon', coordinates }));
  const tiny = areas.findIndex((squareMetres) => squareMetres < MIN_AREA_SQUARE_METRES);
  if (tiny !== -1) {
    report(pointerOf(tiny), `The area is under ${MIN_AREA_SQUARE_METRES} square metre.`, 'no-area');
    return null;
  }
  return {
    shape: { type: 'polygons', polygons: closed },
    areaSquareMetres: areas.reduce((sum, squareMetres) => sum + squareMetres, 0),
    vertices: rings.reduce((sum, ring) => sum + ring.xs.length, 0),
  };
}

function readGeometry(value: unknown, radius: unknown, serviceArea: Bbox | null, report: Report): Geometry | null {
  if (!isObject(value)) {
    report('/geometry', 'A geometry is required: Polygon, MultiPolygon, or Point with properties.radiusMetres.');
    return null;
  }
  refuseUnknown(value, GEOMETRY_MEMBERS, '/geometry', report);
  const { type, coordinates } = value;
  if (type === 'Point') return readCircle(coordinates, radius, serviceArea, report);
  if (type !== 'Polygon' && type !== 'MultiPolygon') {
    report('/geometry/type', 'A zone is a Polygon, a MultiPolygon, or a Point with properties.radiusMetres.');
    return null;
  }
  if (radius !== undefined && radius !== null) report('/properties/radiusMetres', 'Only a Point has a radius.');
  const at = '/geometry/coordinates';
  if (!Array.isArray(coordinates)) {
    report(at, 'coordinates is a list.');
    return null;
  }
  const isSingle = type === 'Polygon';
  const pointerOf = (part: number) => (isSingle ? at : `${at}/${part}`);
  return readPolygons(isSingle ? [coordinates] : coordinates, pointerOf, serviceArea, report);
}

/**
 * Reads a zone from parsed JSON of any shape; never throws. Positions outside `serviceArea` are refused (null: the world is
 * served). Winding, repeated neighbours, altitudes and digits beyond 1e-7 degrees are mended without a word; everything else
 * that is wrong is told, at most `MAX_ZONE_ERRORS` at once. Work is bounded by `MAX_ZONE_VERTICES`.
 */
export function validateZone(feature: unknown, serviceArea: Bbox | null): ValidZone | InvalidZone {
  const errors: ZoneError[] = [];
  const report: Report = (pointer, detail, fault) => {
    if (errors.length < MAX_ZONE_ERRORS) errors.push({ pointer, detail, ...(fault === undefined ? {} : { fault }) });
  };
  if (!isObject(feature) || feature.type !== 'Feature') {
    return { ok: false, errors: [{ pointer: '/type', detail: 'A zone is a GeoJSON Feature.' }] };
  }
  refuseUnknown(feature, FEATURE_MEMBERS, '', report);
  const properties = readProperties(feature.properties, report);
  const radius = isObject(feature.properties) ? feature.properties.radiusMetres : undefined;
  const geometry = readGeometry(feature.geometry, radius, serviceArea, report);
  if (geometry === null || errors.length > 0) return { ok: false, errors };
  const { priority, bufferMetres } = properties;
  const { shape, areaSquareMetres, vertices } = geometry;
  return { ok: true, zone: { shape, priority, bufferMetres }, properties, areaSquareMetres, vertices };
}

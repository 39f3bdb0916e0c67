/** From GeoJSON coordinates of any shape to rings of whole numbers, and what is wrong with their positions. */
import type { ZoneFault, ZoneRing } from './zone-topology.js';

/** Most vertices of one zone (`wire.md`). */
export const MAX_ZONE_VERTICES = 10_000;
/** The engine's grid: 1e-7 degrees, about a centimetre. What is judged here is what it gets. */
export const GRID_PER_DEGREE = 1e7;

/** Where zones belong. Degrees WGS84. */
export interface Bbox {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

export interface ZoneError {
  /** RFC 6901, from the feature. */
  readonly pointer: string;
  readonly detail: string;
  /** For programs; without it, a field or shape that is not a zone's. */
  readonly fault?: ZoneFault;
}

/** Tells what is wrong. */
export type Report = (pointer: string, detail: string, fault?: ZoneFault) => void;

const WORLD: Bbox = { west: -180, south: -90, east: 180, north: 90 };
const SWAP_HINT =
  'With latitude and longitude swapped it would fit: GeoJSON has the longitude first, [longitude, latitude].';

/** A position as two finite numbers; an altitude after them is dropped. Null and a report where it is none. */
export function readPosition(value: unknown, pointer: string, report: Report): [number, number] | null {
  if (!Array.isArray(value) || value.length < 2 || value.length > 3 || !value.every(Number.isFinite)) {
    report(pointer, 'A position is [longitude, latitude] in degrees, two finite numbers.');
    return null;
  }
  return [value[0] as number, value[1] as number];
}

/** How many positions there may be, counted before any is looked at. */
function countPositions(polygons: readonly unknown[]): number {
  let count = 0;
  for (const polygon of polygons) {
    if (!Array.isArray(polygon)) continue;
    for (const ring of polygon) if (Array.isArray(ring)) count += Math.max(0, ring.length - 1);
  }
  return count;
}

/**
 * The rings of a Polygon's or MultiPolygon's coordinates, by part. Repeated neighbours are dropped; everything else that is
 * wrong is reported, and then the answer is null. `pointerOf(part)` is the JSON pointer of a part's coordinates.
 */
export function readParts(
  polygons: readonly unknown[],
  pointerOf: (part: number) => string,
  report: Report,
): ZoneRing[][] | null {
  const vertices = countPositions(polygons);
  if (vertices > MAX_ZONE_VERTICES) {
    report('/geometry/coordinates', `A zone has at most ${MAX_ZONE_VERTICES} vertices; this one has ${vertices}.`);
    return null;
  }
  if (polygons.length === 0) report('/geometry/coordinates', 'A zone needs at least one polygon.');
  let complete = polygons.length > 0;
  const parts = polygons.map((polygon, part) => {
    const rings = Array.isArray(polygon) ? polygon : [];
    if (rings.length === 0) {
      report(pointerOf(part), 'A polygon is a list of rings, the outer one first.');
      complete = false;
    }
    return rings.flatMap((ring: unknown, index) => {
      const read = readRing(ring, part, index, `${pointerOf(part)}/${index}`, report);
      if (read === null) complete = false;
      return read ?? [];
    });
  });
  return complete ? parts : null;
}

function readRing(value: unknown, part: number, ring: number, pointer: string, report: Report): ZoneRing | null {
  if (!Array.isArray(value) || value.length < 4) {
    report(pointer, 'A ring has at least four positions, the last one the same as the first.');
    return null;
  }
  const xs: number[] = [];
  const ys: number[] = [];
  const indices: number[] = [];
  for (let i = 0; i < value.length; i++) {
    const position = readPosition(value[i], `${pointer}/${i}`, report);
    if (position === null) return null;
    const x = Math.round(position[0] * GRID_PER_DEGREE) + 0;
    const y = Math.round(position[1] * GRID_PER_DEGREE) + 0;
    if (xs.length > 0 && xs[xs.length - 1] === x && ys[ys.length - 1] === y) continue;
    xs.push(x);
    ys.push(y);
    indices.push(i);
  }
  if (xs.length > 1) {
    if (xs[0] !== xs[xs.length - 1] || ys[0] !== ys[ys.length - 1]) {
      report(
        `${pointer}/${value.length - 1}`,
        'The ring is not closed: its last position must be its first.',
        'unclosed-ring',
      );
      return null;
    }
    xs.pop();
    ys.pop();
    indices.pop();
  }
  if (xs.length < 3) {
    report(pointer, 'The ring has no area: it has fewer than three different positions.', 'no-area');
    return null;
  }
  return { part, ring, pointer, xs, ys, indices };
}

/** Whether a point of the grid lies in an area, its border included. */
function isWithin(area: Bbox, x: number, y: number): boolean {
  return (
    x >= area.west * GRID_PER_DEGREE &&
    x <= area.east * GRID_PER_DEGREE &&
    y >= area.south * GRID_PER_DEGREE &&
    y <= area.north * GRID_PER_DEGREE
  );
}

/** Points of the grid, and the JSON pointer of each. */
export interface Places {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  readonly pointTo: (index: number) => string;
}

/** Reports, once for all of them, points that are no place on earth or else outside the service area; true where none is. */
export function checkPlaces(places: readonly Places[], serviceArea: Bbox | null, report: Report): boolean {
  for (const area of serviceArea ? [WORLD, serviceArea] : [WORLD]) {
    let first: string | null = null;
    let outside = 0;
    let swappedFit = true;
    for (const { xs, ys, pointTo } of places) {
      for (let i = 0; i < xs.length; i++) {
        if (!isWithin(serviceArea ?? WORLD, ys[i]!, xs[i]!)) swappedFit = false;
        if (isWithin(area, xs[i]!, ys[i]!)) continue;
        outside += 1;
        first ??= pointTo(i);
      }
    }
    if (first === null) continue;
    report(first, describeOutside(area, outside, swappedFit), swappedFit ? 'swapped-axes' : 'outside');
    return false;
  }
  return true;
}

function describeOutside(area: Bbox, count: number, swappedFit: boolean): string {
  const { west, south, east, north } = area;
  const where =
    area === WORLD
      ? 'beyond longitude ±180 or latitude ±90'
      : `outside the service area (west ${west}, south ${south}, east ${east}, north ${north})`;
  const what = count === 1 ? 'The position is' : `This position and ${count - 1} more are`;
  return `${what} ${where}.${swappedFit ? ` ${SWAP_HINT}` : ''}`;
}

/** Reports rings that run across the antimeridian or around a pole: straight edges in degrees cannot mean that. True where none does. */
export function checkSeams(rings: readonly ZoneRing[], report: Report): boolean {
  let sound = true;
  const half = 180 * GRID_PER_DEGREE;
  for (const { xs, ys, pointer, indices } of rings) {
    const atPole = ys.findIndex((y) => Math.abs(y) === 90 * GRID_PER_DEGREE);
    let jump = -1;
    let turn = 0;
    for (let i = 0; i < xs.length; i++) {
      const step = xs[(i + 1) % xs.length]! - xs[i]!;
      if (Math.abs(step) > half) jump = jump === -1 ? i : jump;
      turn += step > half ? step - 2 * half : step < -half ? step + 2 * half : step;
    }
    if (atPole !== -1 || turn !== 0) {
      sound = false;
      report(
        `${pointer}/${indices[Math.max(atPole, jump, 0)]}`,
        'The zone holds a pole. That cannot be a zone.',
        'seam',
      );
    } else if (jump !== -1) {
      sound = false;
      const detail =
        'An edge spans more than 180 degrees of longitude: a zone across the antimeridian is split there into the parts of a ' +
        'MultiPolygon (RFC 7946, 3.1.9).';
      report(`${pointer}/${indices[jump]}`, detail, 'seam');
    }
  }
  return sound;
}

/** A polygon or multipolygon with holes, prepared once: edges as integers in chunks, each chunk with its box. */
import { metresPerDegreeLatitude, metresPerDegreeLongitude, orientation, toUnits, UNITS_PER_DEGREE } from './exact.js';

/** Edges per chunk. A box test costs about as much as one edge, so 8 halves the work on small zones and is 1/8 on large. */
export const CHUNK = 8;

/**
 * Chunks per group: with 5,000 edges the boxes of 40 groups and of a few chunks are looked at instead of those of 625 chunks.
 * Groups are passed over where every chunk of theirs would be, so what is found is the same to the last bit.
 */
export const GROUP = 16;
/** Numbers in `boxes` that belong to a group; a power of two. */
export const GROUP_STRIDE = 4 * GROUP;

export interface Outline {
  readonly edges: Int32Array;
  readonly boxes: Int32Array;
  /** The same of groups of chunks: that of the group whose chunks begin at `boxes[c]` begins at `c / GROUP`. */
  readonly groups: Int32Array;
}

/**
 * Edges of all rings of all parts, four integers each (ax, ay, bx, by), with the zone on their left whichever way the rings came,
 * and boxes, four each (west, south, east, north).
 */
export interface PreparedPolygons extends Outline {
  /** Of the boundary as it is measured: without the cut at the antimeridian, where there is one. */
  readonly outline: Outline;
  /** Of the whole, in units: west, south, east, north. */
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

const SEAM = 180 * UNITS_PER_DEGREE;
const TURN = 2 * SEAM;
/** What 32 bits hold: edges up to 34 degrees beyond the other side. A zone that is measured farther from them is not. */
const LARGEST = 2_147_483_647;

type Rings = readonly (readonly (readonly (readonly [number, number])[])[])[];

/**
 * Prepares GeoJSON MultiPolygon coordinates (degrees, longitude first, closed rings). The geometry is valid: parts do not
 * overlap and rings do not cross (invariant 13), so the number of edges west or east of a point tells inside from outside.
 */
export function preparePolygons(polygons: Rings): PreparedPolygons {
  const flat: number[] = [];
  for (const rings of polygons) {
    rings.forEach((given, position) => {
      const ring = isCounterClockwise(given) === (position === 0) ? given : [...given].reverse();
      for (let i = 1; i < ring.length; i++) {
        const [ax, ay] = ring[i - 1]!;
        const [bx, by] = ring[i]!;
        flat.push(toUnits(ax), toUnits(ay), toUnits(bx), toUnits(by));
      }
    });
  }
  if (flat.length === 0) throw new Error('A zone without edges reached the engine.');
  const all = outlineOf(flat);
  const { edges, boxes, groups } = all;
  const measured = withoutSeam(flat);
  const outline = measured === flat ? all : outlineOf(measured);
  let [west, south, east, north] = [boxes[0]!, boxes[1]!, boxes[2]!, boxes[3]!];
  for (let c = 4; c < boxes.length; c += 4) {
    west = Math.min(west, boxes[c]!);
    south = Math.min(south, boxes[c + 1]!);
    east = Math.max(east, boxes[c + 2]!);
    north = Math.max(north, boxes[c + 3]!);
  }
  // Field by field: of one that is spread the engine makes a class of its own, which takes 300 bytes more a zone.
  return { edges, boxes, groups, outline, west, south, east, north };
}

/** In one block of memory: as three the lists of a small zone take half as much again. */
function outlineOf(flat: readonly number[]): Outline {
  const chunks = 4 * Math.ceil(flat.length / (4 * CHUNK));
  const groups = 4 * Math.ceil(chunks / (4 * GROUP));
  const block = new Int32Array(flat.length + chunks + groups);
  block.set(flat);
  const edges = block.subarray(0, flat.length);
  const boxes = block.subarray(flat.length, flat.length + chunks);
  const outline = { edges, boxes, groups: block.subarray(flat.length + chunks) };
  boxEach(edges, CHUNK, boxes);
  boxEach(boxes, GROUP, outline.groups);
  return outline;
}

/**
 * A zone across the antimeridian comes in parts that are cut there (RFC 7946, 3.1.9). The cut is no boundary: it is left out, and each
 * side's edges stand a second time beyond the other, so that what lies on both sides is measured as one. Edges, four integers each, as
 * boundaries are measured; the same list where no part is cut at the antimeridian on both sides.
 */
function withoutSeam(edges: readonly number[]): readonly number[] {
  const [west, east] = [seamsAt(edges, -SEAM), seamsAt(edges, SEAM)];
  if (west.length === 0 || east.length === 0) return edges;
  const outline: number[] = [];
  for (let i = 0; i < edges.length; i += 4) {
    const [ax, ay, bx, by] = [edges[i]!, edges[i + 1]!, edges[i + 2]!, edges[i + 3]!];
    if (ax !== bx || Math.abs(ax) !== SEAM) outline.push(ax, ay, bx, by);
    // Where the zone ends at the antimeridian, its edge there is one.
    else for (const [from, to] of left(ay, by, ax === SEAM ? west : east)) outline.push(ax, from, bx, to);
  }
  const count = outline.length;
  for (let i = 0; i < count; i += 4) {
    for (const turn of [-TURN, TURN]) {
      const [ax, bx] = [outline[i]! + turn, outline[i + 2]! + turn];
      if (Math.max(Math.abs(ax), Math.abs(bx)) <= LARGEST) outline.push(ax, outline[i + 1]!, bx, outline[i + 3]!);
    }
  }
  return outline;
}

/** From where to where in latitude, lower first, edges lie on one side of the antimeridian. */
function seamsAt(edges: readonly number[], seam: number): [number, number][] {
  const seams: [number, number][] = [];
  for (let i = 0; i < edges.length; i += 4) {
    if (edges[i] !== seam || edges[i + 2] !== seam) continue;
    const [ay, by] = [edges[i + 1]!, edges[i + 3]!];
    seams.push([Math.min(ay, by), Math.max(ay, by)]);
  }
  return seams;
}

/** What of an edge on the antimeridian has none on the other side, in its own direction. */
function left(ay: number, by: number, others: readonly (readonly [number, number])[]): [number, number][] {
  let parts: [number, number][] = [[Math.min(ay, by), Math.max(ay, by)]];
  for (const [south, north] of others) {
    parts = parts.flatMap(([from, to]) => {
      const rest: [number, number][] = [
        [from, Math.min(to, south)],
        [Math.max(from, north), to],
      ];
      return rest.filter(([low, high]) => low < high);
    });
  }
  return ay < by ? parts : parts.map(([from, to]) => [to, from]);
}

/** By its area, measured from its first point so that digits are not lost. */
function isCounterClockwise(ring: readonly (readonly [number, number])[]): boolean {
  const [x, y] = ring[0]!;
  let area = 0;
  for (let i = 1; i < ring.length; i++) {
    const [ax, ay] = ring[i - 1]!;
    const [bx, by] = ring[i]!;
    area += (ax - x) * (by - y) - (bx - x) * (ay - y);
  }
  return area > 0;
}

/** Writes the boxes of so many rows of four numbers (two points) each. */
function boxEach(rows: Int32Array, perBox: number, boxes: Int32Array): void {
  for (let c = 0; c < boxes.length / 4; c++) {
    let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
    const end = Math.min(rows.length, (c + 1) * 4 * perBox);
    for (let i = c * 4 * perBox; i < end; i += 2) {
      west = Math.min(west, rows[i]!);
      east = Math.max(east, rows[i]!);
      south = Math.min(south, rows[i + 1]!);
      north = Math.max(north, rows[i + 1]!);
    }
    boxes.set([west, south, east, north], c * 4);
  }
}

/** Whether the point, in degrees, lies in the zone. Every boundary, also a hole's, belongs to the zone. */
export function polygonsContain(zone: PreparedPolygons, latitude: number, longitude: number): boolean {
  const px = toUnits(longitude);
  const py = toUnits(latitude);
  if (px < zone.west || px > zone.east || py < zone.south || py > zone.north) return false;
  const { edges, boxes, groups } = zone;
  let inside = false;
  for (let c = 0; c < boxes.length; c += 4) {
    if (c % GROUP_STRIDE === 0) {
      const g = c / GROUP;
      if (py < groups[g + 1]! || py > groups[g + 3]! || px > groups[g + 2]!) {
        c += GROUP_STRIDE - 4;
        continue;
      }
    }
    // The ray goes east: a chunk that ends west of the point, or above or below it, is never met.
    if (py < boxes[c + 1]! || py > boxes[c + 3]! || px > boxes[c + 2]!) continue;
    const end = Math.min(edges.length, (c + 4) * CHUNK);
    for (let i = c * CHUNK; i < end; i += 4) {
      const ay = edges[i + 1]!;
      const by = edges[i + 3]!;
      if ((py < ay && py < by) || (py > ay && py > by)) continue;
      const ax = edges[i]!;
      const bx = edges[i + 2]!;
      if (ay === by) {
        if ((px >= ax && px <= bx) || (px >= bx && px <= ax)) return true;
        continue;
      }
      const side = orientation(ax, ay, bx, by, px, py);
      if (side === 0) return true;
      // Half-open in latitude, so that a vertex on the ray is counted once.
      if (ay <= py !== by <= py && side > 0 === by > ay) inside = !inside;
    }
  }
  return inside;
}

/**
 * Metres from the point to the nearest boundary, without a sign. Metres per degree are taken at the point's latitude: right to
 * 4 cm at 1 km of distance at 52° and 8.5 cm at 70°, for a zone of any size; farther away it is a measure, not a finding.
 * `expectedMetres`: where it is known to be nearer than this, fewer edges are looked at; where it is not, all of them after all.
 */
export function distanceToPolygonsMetres(
  zone: PreparedPolygons,
  latitude: number,
  longitude: number,
  expectedMetres = Infinity,
): number {
  const perX = metresPerDegreeLongitude(latitude) / UNITS_PER_DEGREE;
  const perY = metresPerDegreeLatitude(latitude) / UNITS_PER_DEGREE;
  const px = longitude * UNITS_PER_DEGREE;
  const py = latitude * UNITS_PER_DEGREE;
  const cap = expectedMetres * expectedMetres;
  const squared = squaredDistance(zone, px, py, perX, perY, cap);
  return Math.sqrt(squared < cap ? squared : squaredDistance(zone, px, py, perX, perY, Infinity));
}

/** To the nearest edge, at most `cap`; a unit of longitude is `perX` long, one of latitude `perY`. */
function squaredDistance(
  { outline: { edges, boxes, groups } }: PreparedPolygons,
  px: number,
  py: number,
  perX: number,
  perY: number,
  cap: number,
): number {
  let best = cap;
  for (let c = 0; c < boxes.length; c += 4) {
    if (c % GROUP_STRIDE === 0 && squaredDistanceToBox(groups, c / GROUP, px, py, perX, perY) >= best) {
      c += GROUP_STRIDE - 4;
      continue;
    }
    if (squaredDistanceToBox(boxes, c, px, py, perX, perY) >= best) continue;
    const end = Math.min(edges.length, (c + 4) * CHUNK);
    for (let i = c * CHUNK; i < end; i += 4) {
      const squared = squaredDistanceToSegment(
        (edges[i]! - px) * perX,
        (edges[i + 1]! - py) * perY,
        (edges[i + 2]! - px) * perX,
        (edges[i + 3]! - py) * perY,
      );
      if (squared < best) best = squared;
    }
  }
  return best;
}

/** To the box that begins at `boxes[c]`, 0 inside. */
function squaredDistanceToBox(
  boxes: Int32Array,
  c: number,
  px: number,
  py: number,
  perX: number,
  perY: number,
): number {
  const x = Math.max(boxes[c]! - px, 0, px - boxes[c + 2]!) * perX;
  const y = Math.max(boxes[c + 1]! - py, 0, py - boxes[c + 3]!) * perY;
  return x * x + y * y;
}

/** From the origin to the segment a–b. */
function squaredDistanceToSegment(ax: number, ay: number, bx: number, by: number): number {
  const dx = bx - ax;
  const dy = by - ay;
  const towards = -(ax * dx + ay * dy);
  // Its nearest end, mostly: then there is nothing to divide.
  if (towards <= 0) return ax * ax + ay * ay;
  const length = dx * dx + dy * dy;
  const along = towards >= length ? 1 : towards / length;
  const x = ax + along * dx;
  const y = ay + along * dy;
  return x * x + y * y;
}

/**
 * A polygon or multipolygon with holes, prepared once: all of it in one block of integers, for a tag in service has five and more, and
 * where they lie apart in memory it is memory that a fix waits for.
 */
import { metresPerDegreeLatitude, metresPerDegreeLongitude, orientation, toUnits, UNITS_PER_DEGREE } from './exact.js';

/** Edges per chunk. A box test costs about as much as one edge, so 8 halves the work on small zones and is 1/8 on large. */
export const CHUNK = 8;

/**
 * Chunks per group: with 5,000 edges the boxes of 40 groups and of a few chunks are looked at instead of those of 625 chunks.
 * Groups are passed over where every chunk of theirs would be, so what is found is the same to the last bit. A power of two.
 */
export const GROUP = 16;

/**
 * Edges in chunks, each beginning where the one before it ends; in units, longitude first:
 *
 *     west, south, east, north     of all
 *     chunks, chunkLength          how many there are, and how many numbers each has
 *     west, south, east, north     of each group of chunks, from `GROUPS_AT`
 *     west, south, east, north     of each chunk, from `boxesAt`
 *     x, y, and to the next …      of each chunk, from `pointsAt`: see `readChunk`
 *
 * A chunk with fewer edges than `CHUNK` ends with edges of no length, which no loop over them finds.
 */
export type Outline = Int32Array;

export const GROUPS_AT = 6;
const CHUNKS = 4;
const CHUNK_LENGTH = 5;
/** Points of a chunk, two numbers each. */
const CHUNK_POINTS = 2 * (CHUNK + 1);
/** A first point and so many steps, both of their numbers in one, where each fits half of one: 360 m of latitude, 230 m of longitude at 51°. */
const SHORT_CHUNK = 2 + CHUNK;
const LONGEST_STEP = 0x7fff;

export interface PreparedPolygons {
  /** Of all rings of all parts, with the zone on the left of their edges whichever way the rings came; no chunk is of two rings. */
  readonly outline: Outline;
  /** Of the boundary as it is measured: without the cut at the antimeridian, where there is one; else the same. */
  readonly measured: Outline;
}

/** How many chunks an outline has. */
export const chunksOf = (outline: Outline): number => outline[CHUNKS]!;
/** Where the boxes of so many chunks begin. */
export const boxesAt = (chunks: number): number => GROUPS_AT + 4 * Math.ceil(chunks / GROUP);

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
  const rings = new Set<number>();
  for (const ringsOfPart of polygons) {
    ringsOfPart.forEach((given, position) => {
      rings.add(flat.length);
      const ring = isCounterClockwise(given) === (position === 0) ? given : [...given].reverse();
      for (let i = 1; i < ring.length; i++) {
        const [ax, ay] = ring[i - 1]!;
        const [bx, by] = ring[i]!;
        flat.push(toUnits(ax), toUnits(ay), toUnits(bx), toUnits(by));
      }
    });
  }
  if (flat.length === 0) throw new Error('A zone without edges reached the engine.');
  const outline = outlineOf(flat, rings);
  const measured = withoutSeam(flat);
  return { outline, measured: measured === flat ? outline : outlineOf(measured, new Set()) };
}

/** `apart`: where in the list edges begin that do not go into the chunk of the one before. */
function outlineOf(flat: readonly number[], apart: ReadonlySet<number>): Outline {
  /** Where each begins, and the end. */
  const begins: number[] = [];
  for (let i = 0; i < flat.length; i += 4) {
    const goesOn = flat[i] === flat[i - 2] && flat[i + 1] === flat[i - 1] && !apart.has(i);
    if (!goesOn || i - begins.at(-1)! === 4 * CHUNK) begins.push(i);
  }
  const chunks = begins.length;
  begins.push(flat.length);
  const chunkLength = hasLongSteps(flat) ? CHUNK_POINTS : SHORT_CHUNK;
  const boxes = boxesAt(chunks);
  const outline = new Int32Array(boxes + (4 + chunkLength) * chunks);
  outline[CHUNKS] = chunks;
  outline[CHUNK_LENGTH] = chunkLength;
  for (let c = 0; c < chunks; c++) {
    const edges = flat.slice(begins[c], begins[c + 1]);
    outline.set(boxOf(edges), boxes + 4 * c);
    writeChunk(outline, boxes + 4 * chunks + chunkLength * c, chunkLength, edges);
  }
  for (let c = 0; c < chunks; c += GROUP) {
    const end = Math.min(chunks, c + GROUP);
    outline.set(boxOf(outline.subarray(boxes + 4 * c, boxes + 4 * end)), GROUPS_AT + 4 * (c / GROUP));
  }
  outline.set(boxOf(outline.subarray(GROUPS_AT, boxes)), 0);
  return outline;
}

function hasLongSteps(flat: readonly number[]): boolean {
  for (let i = 0; i < flat.length; i += 4) {
    const [x, y] = [flat[i + 2]! - flat[i]!, flat[i + 3]! - flat[i + 1]!];
    if (Math.max(Math.abs(x), Math.abs(y)) > LONGEST_STEP) return true;
  }
  return false;
}

function writeChunk(outline: Outline, at: number, chunkLength: number, edges: readonly number[]): void {
  const isShort = chunkLength === SHORT_CHUNK;
  let [x, y] = [edges[0]!, edges[1]!];
  outline[at] = x;
  outline[at + 1] = y;
  for (let edge = 0; edge < CHUNK; edge++) {
    const [nextX, nextY] = [edges[4 * edge + 2] ?? x, edges[4 * edge + 3] ?? y];
    if (isShort) outline[at + 2 + edge] = ((nextX - x) << 16) | ((nextY - y) & 0xffff);
    else outline.set([nextX, nextY], at + 2 + 2 * edge);
    [x, y] = [nextX, nextY];
  }
}

/** Points of the chunk that was read last. */
const points = new Int32Array(CHUNK_POINTS);

/** The points of a chunk, two numbers each: edge i goes from `[2 i]`, `[2 i + 1]` to the next. What is answered holds until the next call. */
export function readChunk(outline: Outline, chunk: number): Int32Array {
  const chunks = outline[CHUNKS]!;
  const chunkLength = outline[CHUNK_LENGTH]!;
  const at = boxesAt(chunks) + 4 * chunks + chunkLength * chunk;
  let x = outline[at]!;
  let y = outline[at + 1]!;
  points[0] = x;
  points[1] = y;
  if (chunkLength === SHORT_CHUNK) {
    for (let i = 2; i < CHUNK_POINTS; i += 2) {
      const step = outline[at + 1 + (i >> 1)]!;
      x += step >> 16;
      y += (step << 16) >> 16;
      points[i] = x;
      points[i + 1] = y;
    }
  } else {
    for (let i = 2; i < CHUNK_POINTS; i++) points[i] = outline[at + i]!;
  }
  return points;
}

/** The points of a ring that has so many edges, two numbers each; its first chunk is that after those of the rings before it. */
export function pointsOfRing({ outline }: PreparedPolygons, firstChunk: number, edges: number): number[] {
  const found: number[] = [];
  for (let edge = 0; edge < edges; edge += CHUNK) {
    const end = Math.min(CHUNK, edges - edge);
    found.push(...readChunk(outline, firstChunk + edge / CHUNK).subarray(edge === 0 ? 0 : 2, 2 * end + 2));
  }
  return found;
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

/** West, south, east, north of points, two numbers each. */
function boxOf(points: ArrayLike<number>): [number, number, number, number] {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    west = Math.min(west, points[i]!);
    east = Math.max(east, points[i]!);
    south = Math.min(south, points[i + 1]!);
    north = Math.max(north, points[i + 1]!);
  }
  return [west, south, east, north];
}

/** Whether the point, in degrees, lies in the zone. Every boundary, also a hole's, belongs to the zone. */
export function polygonsContain({ outline }: PreparedPolygons, latitude: number, longitude: number): boolean {
  const px = toUnits(longitude);
  const py = toUnits(latitude);
  if (px < outline[0]! || px > outline[2]! || py < outline[1]! || py > outline[3]!) return false;
  const chunks = chunksOf(outline);
  let box = boxesAt(chunks);
  let inside = false;
  for (let c = 0; c < chunks; c++, box += 4) {
    if (c % GROUP === 0) {
      const g = GROUPS_AT + (4 * c) / GROUP;
      if (py < outline[g + 1]! || py > outline[g + 3]! || px > outline[g + 2]!) {
        c += GROUP - 1;
        box += 4 * (GROUP - 1);
        continue;
      }
    }
    // The ray goes east: a chunk that ends west of the point, or above or below it, is never met.
    if (py < outline[box + 1]! || py > outline[box + 3]! || px > outline[box + 2]!) continue;
    const points = readChunk(outline, c);
    for (let i = 0; i < 2 * CHUNK; i += 2) {
      const ay = points[i + 1]!;
      const by = points[i + 3]!;
      if ((py < ay && py < by) || (py > ay && py > by)) continue;
      const ax = points[i]!;
      const bx = points[i + 2]!;
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
  { measured: outline }: PreparedPolygons,
  px: number,
  py: number,
  perX: number,
  perY: number,
  cap: number,
): number {
  const chunks = chunksOf(outline);
  let box = boxesAt(chunks);
  let best = cap;
  for (let c = 0; c < chunks; c++, box += 4) {
    if (c % GROUP === 0 && squaredDistanceToBox(outline, GROUPS_AT + (4 * c) / GROUP, px, py, perX, perY) >= best) {
      c += GROUP - 1;
      box += 4 * (GROUP - 1);
      continue;
    }
    if (squaredDistanceToBox(outline, box, px, py, perX, perY) >= best) continue;
    const points = readChunk(outline, c);
    let ax = (points[0]! - px) * perX;
    let ay = (points[1]! - py) * perY;
    for (let i = 2; i < 2 * CHUNK + 2; i += 2) {
      const bx = (points[i]! - px) * perX;
      const by = (points[i + 1]! - py) * perY;
      const squared = squaredDistanceToSegment(ax, ay, bx, by);
      if (squared < best) best = squared;
      ax = bx;
      ay = by;
    }
  }
  return best;
}

/** To the box that begins at `outline[at]`, 0 inside. */
function squaredDistanceToBox(
  outline: Outline,
  at: number,
  px: number,
  py: number,
  perX: number,
  perY: number,
): number {
  const x = Math.max(outline[at]! - px, 0, px - outline[at + 2]!) * perX;
  const y = Math.max(outline[at + 1]! - py, 0, py - outline[at + 3]!) * perY;
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

/**
 * The straight step from one fix to the next against a zone: whether it meets it, where it enters and leaves, how deep it goes.
 * Straight in longitude and latitude, as the zones' edges are.
 */
import {
  metresPerDegreeLatitude,
  metresPerDegreeLongitude,
  turnOfStep,
  UNITS_PER_DEGREE,
  wrapLongitude,
} from './exact.js';
import {
  boxesAt,
  CHUNK,
  chunksOf,
  distanceToPolygonsMetres,
  GROUP,
  GROUPS_AT,
  type PreparedPolygons,
  polygonsContain,
  readChunk,
} from './polygon.js';
import { boxOf, type PreparedCircle, type PreparedZone, signedDistanceToCircleMetres } from './zone.js';

/** Degrees. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

export interface Passage {
  /** Where it first enters and last leaves, as shares of the step: 0 at its start, 1 at its end. */
  readonly enters: number;
  readonly leaves: number;
  /** How much of it lies in the zone, all chords together. */
  readonly chordMetres: number;
  /** The greatest distance from the zone's boundary. */
  readonly depthMetres: number;
}

/** Ends of edges count as part of them, in spite of rounding. */
const EDGE_MARGIN = 1e-9;
/** Parts of a step shorter than this share are touches: 0.02 mm of 20 km. */
const TOUCH = 1e-9;
/** Depths are found to this, or to a two-hundredth of the chord where that is more (`MAX_LOOKS`). */
const DEPTH_TOLERANCE_METRES = 0.25;
const MAX_LOOKS = 255;
/** How far a chord's ends are expected to be from the boundary: they lie on it, unless the step begins or ends inside. */
const AT_EDGE_METRES = 1;
/** Metres per degree change along a step: a distance may change by so much more than one goes. */
const METRIC_MARGIN = 1.01;
/** Halvings that bring a step of 20 km under a nanometre. */
const HALVINGS = 45;
/** What a circle may seem nearer than it is when it is taken as flat at one latitude, as a share of the distances. */
const FLAT_MARGIN = 0.03;

/** Metres from one place to the other, up to 20 km within 0.1 %; metres per degree are taken halfway. */
export function stepMetres(from: Place, to: Place): number {
  const middle = (from.latitude + to.latitude) / 2;
  const x = (to.longitude - from.longitude) * metresPerDegreeLongitude(middle);
  const y = (to.latitude - from.latitude) * metresPerDegreeLatitude(middle);
  return Math.sqrt(x * x + y * y);
}

/** Whether a step between two places outside a zone may pass through it. Never false where it does; mostly allocates nothing. */
export function mayPass(zone: PreparedZone, from: Place, to: Place): boolean {
  const turn = turnOfStep(from, to);
  if (turn === 0) return mayPassStraight(zone, from, to);
  // Across the antimeridian, as it is seen from either side.
  return mayPassStraight(zone, from, turned(to, turn)) || mayPassStraight(zone, turned(from, -turn), to);
}

function turned({ latitude, longitude }: Place, turn: number): Place {
  return { latitude, longitude: longitude + turn };
}

function mayPassStraight(zone: PreparedZone, from: Place, to: Place): boolean {
  const { west, south, east, north } = boxOf(zone);
  if (from.longitude < west && to.longitude < west) return false;
  if (from.longitude > east && to.longitude > east) return false;
  if (from.latitude < south && to.latitude < south) return false;
  if (from.latitude > north && to.latitude > north) return false;
  return zone.polygons !== null ? findCuts(zone.polygons, from, to, null) : mayMeetCircle(zone.circle!, from, to);
}

/**
 * How a step passes through a zone; null where it does not, or only touches it. Either end may lie inside. Of a depth under
 * `deepMetres` it is only known that it is: looking for the deepest place is most of the work.
 */
export function passageThrough(zone: PreparedZone, from: Place, to: Place, deepMetres = 0): Passage | null {
  const turn = turnOfStep(from, to);
  if (turn === 0) return passageStraight(zone, from, to, deepMetres);
  return (
    passageStraight(zone, from, turned(to, turn), deepMetres) ??
    passageStraight(zone, turned(from, -turn), to, deepMetres)
  );
}

function passageStraight(zone: PreparedZone, from: Place, to: Place, deepMetres: number): Passage | null {
  return zone.polygons !== null
    ? throughPolygons(zone.polygons, from, to, deepMetres)
    : throughCircle(zone.circle!, from, to);
}

function placeOn(from: Place, to: Place, share: number): Place {
  return {
    latitude: from.latitude + (to.latitude - from.latitude) * share,
    longitude: from.longitude + (to.longitude - from.longitude) * share,
  };
}

/** Adds where the step meets edges to `cuts`; with null it answers at the first. */
function findCuts(zone: PreparedPolygons, from: Place, to: Place, cuts: number[] | null): boolean {
  const px = from.longitude * UNITS_PER_DEGREE;
  const py = from.latitude * UNITS_PER_DEGREE;
  const dx = to.longitude * UNITS_PER_DEGREE - px;
  const dy = to.latitude * UNITS_PER_DEGREE - py;
  // Vertices are whole units, and a place is rounded to them before it is compared.
  const [west, east] = [Math.min(px, px + dx) - 1, Math.max(px, px + dx) + 1];
  const [south, north] = [Math.min(py, py + dy) - 1, Math.max(py, py + dy) + 1];
  const { measured: outline } = zone;
  const chunks = chunksOf(outline);
  let box = boxesAt(chunks);
  for (let c = 0; c < chunks; c++, box += 4) {
    if (c % GROUP === 0) {
      const g = GROUPS_AT + (4 * c) / GROUP;
      if (outline[g]! > east || outline[g + 2]! < west || outline[g + 1]! > north || outline[g + 3]! < south) {
        c += GROUP - 1;
        box += 4 * (GROUP - 1);
        continue;
      }
    }
    if (outline[box]! > east || outline[box + 2]! < west) continue;
    if (outline[box + 1]! > north || outline[box + 3]! < south) continue;
    const points = readChunk(outline, c);
    for (let i = 0; i < 2 * CHUNK; i += 2) {
      const ax = points[i]! - px;
      const ay = points[i + 1]! - py;
      const ex = points[i + 2]! - px - ax;
      const ey = points[i + 3]! - py - ay;
      const cross = dx * ey - dy * ex;
      // Parallel: the edges beside it meet the step at its ends.
      if (cross === 0) continue;
      const along = (ax * dy - ay * dx) / cross;
      if (along < -EDGE_MARGIN || along > 1 + EDGE_MARGIN) continue;
      const share = (ax * ey - ay * ex) / cross;
      if (share < 0 || share > 1) continue;
      if (cuts === null) return true;
      cuts.push(share);
    }
  }
  return cuts !== null && cuts.length > 0;
}

function throughPolygons(zone: PreparedPolygons, from: Place, to: Place, deepMetres: number): Passage | null {
  const cuts: number[] = [0, 1];
  findCuts(zone, from, to, cuts);
  cuts.sort((a, b) => a - b);
  /** Two shares each. */
  const chords: number[] = [];
  for (let i = 1; i < cuts.length; i++) {
    const [start, end] = [cuts[i - 1]!, cuts[i]!];
    if (end - start <= TOUCH) continue;
    const middle = placeOn(from, to, (start + end) / 2);
    if (polygonsContain(zone, middle.latitude, wrapLongitude(middle.longitude))) chords.push(start, end);
  }
  if (chords.length === 0) return null;
  const distanceAt = (share: number, expectedMetres: number): number => {
    const { latitude, longitude } = placeOn(from, to, share);
    return distanceToPolygonsMetres(zone, latitude, longitude, expectedMetres);
  };
  let [chordMetres, depthMetres] = [0, 0];
  // Of several chords each begins at the depth of those before it: that has to be right.
  const least = chords.length === 2 ? deepMetres : 0;
  for (let i = 0; i < chords.length; i += 2) {
    const [start, end] = [chords[i]!, chords[i + 1]!];
    const metres = stepMetres(placeOn(from, to, start), placeOn(from, to, end));
    chordMetres += metres;
    depthMetres = findDeepest(distanceAt, start, end, metres, depthMetres, least);
  }
  return { enters: chords[0]!, leaves: chords.at(-1)!, chordMetres, depthMetres };
}

/**
 * The greatest distance along a chord, if it is over `atLeast`, else that: a distance changes by no more than one goes, so a part
 * whose ends say that nothing over the best lies in it is not looked at. Where no part can reach `deepMetres` that is the end of it:
 * what is answered then is under them, too.
 */
function findDeepest(
  distanceAt: (share: number, expectedMetres: number) => number,
  from: number,
  to: number,
  metres: number,
  atLeast: number,
  deepMetres: number,
): number {
  const [atFrom, atTo] = [distanceAt(from, AT_EDGE_METRES), distanceAt(to, AT_EDGE_METRES)];
  let best = Math.max(atLeast, atFrom, atTo);
  /** The most that a part may hold which is not looked at, and that one may which is. */
  let [passed, most] = [best, (atFrom + atTo + metres) / 2];
  /** Four numbers each: where a part begins, the distance there, where it ends, the distance there. */
  let parts = [from, atFrom, to, atTo];
  let length = metres;
  for (let looks = 0; parts.length > 0 && looks < MAX_LOOKS; length /= 2) {
    if (METRIC_MARGIN * Math.max(passed, most) < deepMetres) return best;
    const next: number[] = [];
    most = 0;
    for (let i = 0; i < parts.length; i += 4) {
      const [start, atStart, end, atEnd] = [parts[i]!, parts[i + 1]!, parts[i + 2]!, parts[i + 3]!];
      const bound = (atStart + atEnd + length) / 2;
      if (bound <= best + DEPTH_TOLERANCE_METRES || looks >= MAX_LOOKS) {
        passed = Math.max(passed, bound);
        continue;
      }
      const middle = (start + end) / 2;
      const atMiddle = distanceAt(middle, METRIC_MARGIN * (Math.min(atStart, atEnd) + length / 2));
      looks++;
      best = Math.max(best, atMiddle);
      most = Math.max(most, (Math.max(atStart, atEnd) + atMiddle + length / 2) / 2);
      next.push(start, atStart, middle, atMiddle, middle, atMiddle, end, atEnd);
    }
    parts = next;
  }
  return best;
}

function mayMeetCircle(circle: PreparedCircle, from: Place, to: Place): boolean {
  const perX = metresPerDegreeLongitude(circle.latitude);
  const perY = metresPerDegreeLatitude(circle.latitude);
  const ax = (from.longitude - circle.longitude) * perX;
  const ay = (from.latitude - circle.latitude) * perY;
  const dx = (to.longitude - circle.longitude) * perX - ax;
  const dy = (to.latitude - circle.latitude) * perY - ay;
  const squared = dx * dx + dy * dy;
  const share = squared === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / squared));
  const [x, y] = [ax + share * dx, ay + share * dy];
  const reach = circle.radiusMetres + FLAT_MARGIN * (circle.radiusMetres + Math.sqrt(squared));
  return x * x + y * y <= reach * reach;
}

function throughCircle(circle: PreparedCircle, from: Place, to: Place): Passage | null {
  const signedAt = (share: number): number => {
    const { latitude, longitude } = placeOn(from, to, share);
    return signedDistanceToCircleMetres(circle, latitude, longitude);
  };
  const nearest = findLowest(signedAt);
  const depthMetres = -signedAt(nearest);
  if (depthMetres <= 0) return null;
  const enters = signedAt(0) <= 0 ? 0 : findRoot(signedAt, 0, nearest);
  const leaves = signedAt(1) <= 0 ? 1 : findRoot(signedAt, 1, nearest);
  const chordMetres = stepMetres(placeOn(from, to, enters), placeOn(from, to, leaves));
  return { enters, leaves, chordMetres, depthMetres };
}

/** Where a function that first falls and then rises is lowest on [0, 1]. */
function findLowest(f: (share: number) => number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 2 * HALVINGS; i++) {
    const [left, right] = [low + (high - low) / 3, high - (high - low) / 3];
    if (f(left) <= f(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}

/** Between a share where the function is above 0 and one where it is not. */
function findRoot(f: (share: number) => number, above: number, below: number): number {
  let [outside, inside] = [above, below];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (outside + inside) / 2;
    if (f(middle) > 0) outside = middle;
    else inside = middle;
  }
  return inside;
}

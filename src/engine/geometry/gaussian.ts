/**
 * How likely a position lies in a zone when its error is a round normal one of σ metres in each direction: the integral of the
 * bell over the zone. Green's theorem makes it a sum over the edges within reach, exact for corners, holes, several parts and
 * zones small against σ, and the half-plane's Φ for a long straight edge.
 */
import type { PreparedCircle } from './circle.js';
import { metresPerDegreeLatitude, metresPerDegreeLongitude } from './metres-per-degree.js';
import { toUnits, UNITS_PER_DEGREE } from './orientation.js';
import { CHUNK, GROUP, GROUP_STRIDE, type PreparedPolygons, polygonsContain } from './polygon.js';
import { type PreparedZone, signedDistanceMetres } from './zone.js';

/** Edges farther than this many σ hold e^-10 of the bell. */
const REACH = 4.5;

/** Nearer to the line than this the side of an edge is a matter of rounding, so the fix is looked at 6 cm beside it. */
const ON_LINE_METRES = 0.02;
const ASIDE_UNITS = [5, 3] as const;

/** Gauss–Legendre on [-1, 1], twelve points; half of them, the others mirror. */
const NODES = [0.1252334085, 0.3678314989, 0.5873179543, 0.7699026742, 0.9041172564, 0.9815606342] as const;
const WEIGHTS = [0.2491470458, 0.2334925365, 0.2031674267, 0.1600783286, 0.106939326, 0.0471753364] as const;

/** ∫ f over [from, to]. */
function integrate(from: number, to: number, f: (x: number) => number): number {
  const half = (to - from) / 2;
  const middle = (to + from) / 2;
  let sum = 0;
  for (let i = 0; i < NODES.length; i++) {
    const step = half * NODES[i]!;
    sum += WEIGHTS[i]! * (f(middle - step) + f(middle + step));
  }
  return sum * half;
}

/** The error function; off by 1.5e-7 at most (Abramowitz and Stegun 7.1.26). */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const value = 1 - poly * Math.exp(-x * x);
  return x < 0 ? -value : value;
}

/** The share of the bell on one side of a line so many σ away. */
function normal(sigmas: number): number {
  return (1 + erf(sigmas * Math.SQRT1_2)) / 2;
}

/**
 * Of a polygon with its buffer the distance alone tells, as if its line were straight: the buffer rounds its corners.
 * Between 0 and 1, off by 0.003 at most. `sigmaMetres` is above 0. The work is one pass over the chunks of edges and twelve
 * values for each edge within 4.5 σ.
 */
export function probabilityInside(
  zone: PreparedZone,
  latitude: number,
  longitude: number,
  sigmaMetres: number,
): number {
  if (zone.bufferMetres > 0) return normal(-signedDistanceMetres(zone, latitude, longitude) / sigmaMetres);
  const probability =
    zone.polygons !== null
      ? insidePolygons(zone.polygons, toUnits(latitude), toUnits(longitude), sigmaMetres, true)
      : insideCircle(zone.circle!, latitude, longitude, sigmaMetres);
  return Math.min(1, Math.max(0, probability));
}

function insidePolygons(
  zone: PreparedPolygons,
  py: number,
  px: number,
  sigmaMetres: number,
  mayStepAside: boolean,
): number {
  const latitude = py / UNITS_PER_DEGREE;
  const perX = metresPerDegreeLongitude(latitude) / UNITS_PER_DEGREE / sigmaMetres;
  const perY = metresPerDegreeLatitude(latitude) / UNITS_PER_DEGREE / sigmaMetres;
  const reachX = REACH / perX;
  const reachY = REACH / perY;
  if (zone.west - px > reachX || px - zone.east > reachX || zone.south - py > reachY || py - zone.north > reachY)
    return 0;
  const onLine = ON_LINE_METRES / sigmaMetres;
  const { edges, boxes, groups } = zone;
  let beyond = 0;
  for (let c = 0; c < boxes.length; c += 4) {
    if (c % GROUP_STRIDE === 0) {
      const g = c / GROUP;
      const isFarX = groups[g]! - px > reachX || px - groups[g + 2]! > reachX;
      if (isFarX || groups[g + 1]! - py > reachY || py - groups[g + 3]! > reachY) {
        c += GROUP_STRIDE - 4;
        continue;
      }
    }
    if (boxes[c]! - px > reachX || px - boxes[c + 2]! > reachX) continue;
    if (boxes[c + 1]! - py > reachY || py - boxes[c + 3]! > reachY) continue;
    const end = Math.min(edges.length, (c + 4) * CHUNK);
    for (let i = c * CHUNK; i < end; i += 4) {
      const ax = (edges[i]! - px) * perX;
      const ay = (edges[i + 1]! - py) * perY;
      const dx = (edges[i + 2]! - px) * perX - ax;
      const dy = (edges[i + 3]! - py) * perY - ay;
      const length = Math.sqrt(dx * dx + dy * dy);
      if (length === 0) continue;
      const offset = (ax * dy - ay * dx) / length;
      const height = Math.abs(offset);
      if (height >= REACH) continue;
      const along = (ax * dx + ay * dy) / length;
      if (mayStepAside && height < onLine && along < onLine && along + length > -onLine) {
        return insidePolygons(zone, py + ASIDE_UNITS[0], px + ASIDE_UNITS[1], sigmaMetres, false);
      }
      // Interiors lie left of their edges: what the bell has beyond an edge on this side is missing, on the other too much.
      beyond += Math.sign(offset) * beyondEdge(height, along, along + length);
    }
  }
  const inside = polygonsContain(zone, latitude, px / UNITS_PER_DEGREE) ? 1 : 0;
  return inside - beyond;
}

/** Share of the bell behind a segment at this height over its foot, from one place along it to the other; all in σ. */
function beyondEdge(height: number, from: number, to: number): number {
  const reach = Math.sqrt(REACH * REACH - height * height);
  const [first, last] = [Math.max(from, -reach), Math.min(to, reach)];
  if (first >= last) return 0;
  return integrateBell(Math.atan2(first, height), Math.atan2(last, height), (height * height) / 2) / (2 * Math.PI);
}

/** ∫ exp(−square / cos²) over angles: `integrate` without a function to call, because most of the time of a belief is spent here. */
function integrateBell(from: number, to: number, square: number): number {
  const half = (to - from) / 2;
  const middle = (to + from) / 2;
  let sum = 0;
  for (let i = 0; i < NODES.length; i++) {
    const step = half * NODES[i]!;
    const before = Math.cos(middle - step);
    const after = Math.cos(middle + step);
    sum += WEIGHTS[i]! * (Math.exp(-square / (before * before)) + Math.exp(-square / (after * after)));
  }
  return sum * half;
}

/** Slices across the line from the fix to the centre: each holds a chord of the circle. */
function insideCircle(circle: PreparedCircle, latitude: number, longitude: number, sigmaMetres: number): number {
  const middle = (latitude + circle.latitude) / 2;
  const x = (longitude - circle.longitude) * metresPerDegreeLongitude(middle);
  const y = (latitude - circle.latitude) * metresPerDegreeLatitude(middle);
  const distance = Math.sqrt(x * x + y * y) / sigmaMetres;
  const radius = circle.radiusMetres / sigmaMetres;
  const [from, to] = [Math.max(-REACH, distance - radius), Math.min(REACH, distance + radius)];
  if (from >= to) return 0;
  const centre = (from + to) / 2;
  const half = (to - from) / 2;
  // The chord starts and ends as a square root does: in this angle it is smooth.
  const slice = (angle: number): number => {
    const at = centre - half * Math.cos(angle);
    const chord = Math.sqrt(Math.max(0, radius * radius - (at - distance) * (at - distance)));
    return half * Math.sin(angle) * Math.exp((-at * at) / 2) * erf(chord * Math.SQRT1_2);
  };
  const both = integrate(0, Math.PI / 2, slice) + integrate(Math.PI / 2, Math.PI, slice);
  return both / Math.sqrt(2 * Math.PI);
}

/**
 * How likely a position lies in a zone when its error is a round normal one of σ metres in each direction: the integral of the
 * bell over the zone. Green's theorem makes it a sum over the edges within reach, exact for corners, holes, several parts and
 * zones small against σ, and the half-plane's Φ for a long straight edge.
 */
import {
  atan2,
  cos,
  erf,
  exp,
  metresPerDegreeLatitude,
  metresPerDegreeLongitude,
  normal,
  sin,
  toUnits,
  UNITS_PER_DEGREE,
  wrapLongitude,
} from './exact.js';
import {
  boxesAt,
  CHUNK,
  chunksOf,
  GROUP,
  GROUPS_AT,
  type PreparedPolygons,
  polygonsContain,
  readChunk,
} from './polygon.js';
import { type PreparedCircle, type PreparedZone, signedDistanceMetres } from './zone.js';

/** Edges farther than this many σ hold e^-10 of the bell. */
export const REACH = 4.5;

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

/** The share of the bell in a disc of that area about its middle: no shape of the area holds more of it, wherever the bell is. */
export function mostWithin(areaSquareMetres: number, sigmaMetres: number): number {
  return 1 - exp(-areaSquareMetres / (2 * Math.PI * sigmaMetres * sigmaMetres));
}

/**
 * The share of the bell in something round, as far as the signed distance to its boundary and its area tell. Against a small bell the
 * boundary is straight; a wide one is little more than its height in the middle of what is round, widened by what that is wide.
 */
export function shareOfRound(signedMetres: number, areaSquareMetres: number, sigmaMetres: number): number {
  const variance = sigmaMetres * sigmaMetres;
  const radiusSquared = areaSquareMetres / Math.PI;
  const most = Math.min(normal(-signedMetres / sigmaMetres), mostWithin(areaSquareMetres, sigmaMetres));
  if (radiusSquared > 4 * variance) return most;
  const off = Math.max(0, signedMetres + Math.sqrt(radiusSquared));
  const wide = 2 * variance + radiusSquared / 2;
  return Math.min(most, (radiusSquared / wide) * exp(-(off * off) / wide));
}

/** The share of the bell in the holes of a zone. */
export function probabilityInHoles(
  zone: PreparedZone,
  latitude: number,
  longitude: number,
  sigmaMetres: number,
): number {
  if (zone.holes === null) return 0;
  const probability = insidePolygons(zone.holes, toUnits(latitude), toUnits(longitude), sigmaMetres, true);
  return Math.min(1, Math.max(0, probability));
}

/**
 * Of a polygon with its buffer distance and area alone tell, as if its line were straight: the buffer rounds its corners.
 * Between 0 and 1; of polygons off by 0.0001 at most. `sigmaMetres` is above 0. The work is one pass over the chunks of edges and six
 * to twelve values for each edge that ends within 4.5 σ. `isInside` and `signedMetres`: what `contains` and `signedDistanceMetres` say,
 * where that is known.
 */
export function probabilityInside(
  zone: PreparedZone,
  latitude: number,
  longitude: number,
  sigmaMetres: number,
  isInside?: boolean,
  signedMetres?: number,
): number {
  if (zone.bufferMetres > 0) {
    const metres = signedMetres ?? signedDistanceMetres(zone, latitude, longitude);
    return shareOfRound(metres, zone.extent.areaSquareMetres, sigmaMetres);
  }
  const probability =
    zone.polygons !== null
      ? insidePolygons(zone.polygons, toUnits(latitude), toUnits(longitude), sigmaMetres, true, isInside)
      : insideCircle(zone.circle!, latitude, longitude, sigmaMetres);
  return Math.min(1, Math.max(0, probability));
}

function insidePolygons(
  zone: PreparedPolygons,
  py: number,
  px: number,
  sigmaMetres: number,
  mayStepAside: boolean,
  isInside = polygonsContain(zone, py / UNITS_PER_DEGREE, px / UNITS_PER_DEGREE),
): number {
  const latitude = py / UNITS_PER_DEGREE;
  const perX = metresPerDegreeLongitude(latitude) / UNITS_PER_DEGREE / sigmaMetres;
  const perY = metresPerDegreeLatitude(latitude) / UNITS_PER_DEGREE / sigmaMetres;
  const reachX = REACH / perX;
  const reachY = REACH / perY;
  const [all, { measured: outline }] = [zone.outline, zone];
  if (all[0]! - px > reachX || px - all[2]! > reachX || all[1]! - py > reachY || py - all[3]! > reachY) return 0;
  const onLine = ON_LINE_METRES / sigmaMetres;
  const chunks = chunksOf(outline);
  let box = boxesAt(chunks);
  let beyond = 0;
  for (let c = 0; c < chunks; c++, box += 4) {
    if (c % GROUP === 0) {
      const g = GROUPS_AT + (4 * c) / GROUP;
      const isFarX = outline[g]! - px > reachX || px - outline[g + 2]! > reachX;
      if (isFarX || outline[g + 1]! - py > reachY || py - outline[g + 3]! > reachY) {
        c += GROUP - 1;
        box += 4 * (GROUP - 1);
        continue;
      }
    }
    if (outline[box]! - px > reachX || px - outline[box + 2]! > reachX) continue;
    if (outline[box + 1]! - py > reachY || py - outline[box + 3]! > reachY) continue;
    const points = readChunk(outline, c);
    for (let i = 0; i < 2 * CHUNK; i += 2) {
      const ax = (points[i]! - px) * perX;
      const ay = (points[i + 1]! - py) * perY;
      const bx = (points[i + 2]! - px) * perX;
      const by = (points[i + 3]! - py) * perY;
      // Of the edges of a chunk that is near most are not.
      if ((ax > REACH && bx > REACH) || (ax < -REACH && bx < -REACH)) continue;
      if ((ay > REACH && by > REACH) || (ay < -REACH && by < -REACH)) continue;
      const dx = bx - ax;
      const dy = by - ay;
      const length = Math.sqrt(dx * dx + dy * dy);
      if (length === 0) continue;
      const offset = (ax * dy - ay * dx) / length;
      const height = Math.abs(offset);
      if (height >= REACH) continue;
      const along = (ax * dx + ay * dy) / length;
      if (mayStepAside && height < onLine && along < onLine && along + length > -onLine) {
        return insidePolygons(zone, py + ASIDE_UNITS[0], px + ASIDE_UNITS[1], sigmaMetres, false);
      }
      // In line with the fix an edge has nothing of the bell behind it.
      if (height === 0) continue;
      // Interiors lie left of their edges: what the bell has beyond an edge on this side is missing, on the other too much.
      beyond += Math.sign(offset) * beyondEdge(height, along, along + length);
    }
  }
  return (isInside ? 1 : 0) - beyond;
}

/** Share of the bell behind a segment at this height (not 0) over its foot, from one place along it to the other; all in σ. */
function beyondEdge(height: number, from: number, to: number): number {
  const reach = Math.sqrt(REACH * REACH - height * height);
  if (from >= reach || to <= -reach) return 0;
  // Beyond the reach an edge may as well go on for ever: its line's share is Φ, and half of that from the foot on.
  if (from <= -reach) return to >= reach ? normal(-height) : normal(-height) / 2 + beyondPart(height, 0, to);
  return to >= reach ? normal(-height) / 2 - beyondPart(height, 0, from) : beyondPart(height, from, to);
}

/** Gauss–Legendre on [-1, 1], six points: half of them, the others mirror. Off by 5e-7 of the bell over `LONGEST_PART`. */
const [NODE_A, NODE_B, NODE_C] = [0.2386191861, 0.6612093865, 0.9324695142] as const;
const [WEIGHT_A, WEIGHT_B, WEIGHT_C] = [0.4679139346, 0.360761573, 0.1713244924] as const;
const LONGEST_PART = 4;

/**
 * `beyondEdge` of a part, negative where `to` lies before `from`. In polar coordinates it is ∫ exp(−r²/2) over the angle, along the part
 * ∫ exp(−r²/2) height / r²: the angle itself, for which there is a function, and of what is left an integrand without a peak.
 */
function beyondPart(height: number, from: number, to: number): number {
  const middle = (from + to) / 2;
  if (Math.abs(to - from) > LONGEST_PART) return beyondPart(height, from, middle) + beyondPart(height, middle, to);
  const square = height * height;
  const half = (to - from) / 2;
  const [a, b, c] = [half * NODE_A, half * NODE_B, half * NODE_C];
  const rest =
    WEIGHT_A * (lack(square, middle - a) + lack(square, middle + a)) +
    WEIGHT_B * (lack(square, middle - b) + lack(square, middle + b)) +
    WEIGHT_C * (lack(square, middle - c) + lack(square, middle + c));
  const angle = atan2(height * (to - from), square + from * to);
  return (angle + height * half * rest) / (2 * Math.PI);
}

/** (exp(−r²/2) − 1) / r², a square of the height and a place along the line apart. */
function lack(square: number, along: number): number {
  const squared = square + along * along;
  return (exp(-squared / 2) - 1) / squared;
}

/** Slices across the line from the fix to the centre: each holds a chord of the circle. */
function insideCircle(circle: PreparedCircle, latitude: number, longitude: number, sigmaMetres: number): number {
  const middle = (latitude + circle.latitude) / 2;
  const x = wrapLongitude(longitude - circle.longitude) * metresPerDegreeLongitude(middle);
  const y = (latitude - circle.latitude) * metresPerDegreeLatitude(middle);
  const distance = Math.sqrt(x * x + y * y) / sigmaMetres;
  const radius = circle.radiusMetres / sigmaMetres;
  const [from, to] = [Math.max(-REACH, distance - radius), Math.min(REACH, distance + radius)];
  if (from >= to) return 0;
  const centre = (from + to) / 2;
  const half = (to - from) / 2;
  // The chord starts and ends as a square root does: in this angle it is smooth.
  const slice = (angle: number): number => {
    const at = centre - half * cos(angle);
    const chord = Math.sqrt(Math.max(0, radius * radius - (at - distance) * (at - distance)));
    return half * sin(angle) * exp((-at * at) / 2) * erf(chord * Math.SQRT1_2);
  };
  const both = integrate(0, Math.PI / 2, slice) + integrate(Math.PI / 2, Math.PI, slice);
  return both / Math.sqrt(2 * Math.PI);
}

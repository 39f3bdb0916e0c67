/**
 * The share of a round normal bell that lies in an area: what the engine took for evidence before it weighed two likelihoods, and
 * what the rule "as it was" needs. By Green's theorem a sum over the edges, as the engine had it.
 */
import type { Area } from '../../simulator/area.js';

/** Farther than this many σ there is e^-10 of the bell. */
const REACH = 4.5;

function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const value = 1 - poly * Math.exp(-x * x);
  return x < 0 ? -value : value;
}

const normal = (sigmas: number) => (1 + erf(sigmas * Math.SQRT1_2)) / 2;

/** Gauss–Legendre on [-1, 1], six points; half of them, the others mirror. */
const NODES = [0.2386191861, 0.6612093865, 0.9324695142] as const;
const WEIGHTS = [0.4679139346, 0.360761573, 0.1713244924] as const;

function integrate(from: number, to: number, f: (x: number) => number): number {
  const half = (to - from) / 2;
  const middle = (to + from) / 2;
  let sum = 0;
  for (let i = 0; i < NODES.length; i++) {
    sum += WEIGHTS[i]! * (f(middle - half * NODES[i]!) + f(middle + half * NODES[i]!));
  }
  return sum * half;
}

/** The share of the area that the bell of `sigma` about the place has; `isInside`: whether its middle lies in the area. */
export function prepareBell(area: Area): (east: number, north: number, sigma: number, isInside: boolean) => number {
  if (area.type === 'circle') {
    const { centre, radiusMetres } = area;
    return (east, north, sigma) =>
      bellInCircle(Math.hypot(east - centre.east, north - centre.north) / sigma, radiusMetres / sigma);
  }
  const edges = area.polygons.flatMap((rings) =>
    rings.flatMap((ring, index) => {
      // Interiors lie left of their edges.
      const isLeft = signedArea(ring) > 0 === (index === 0);
      const spots = isLeft ? ring : [...ring].reverse();
      return spots.map((from, i) => [from, spots[(i + 1) % spots.length]!] as const);
    }),
  );
  return (east, north, sigma, isInside) => {
    let beyond = 0;
    for (const [from, to] of edges) {
      const [ax, ay] = [(from.east - east) / sigma, (from.north - north) / sigma];
      const [bx, by] = [(to.east - east) / sigma, (to.north - north) / sigma];
      const [dx, dy] = [bx - ax, by - ay];
      const length = Math.sqrt(dx * dx + dy * dy);
      const height = (ax * dy - ay * dx) / length;
      if (height === 0 || Math.abs(height) >= REACH) continue;
      const along = (ax * dx + ay * dy) / length;
      beyond += Math.sign(height) * beyondEdge(Math.abs(height), along, along + length);
    }
    return Math.min(1, Math.max(0, (isInside ? 1 : 0) - beyond));
  };
}

function signedArea(ring: readonly { readonly east: number; readonly north: number }[]): number {
  return ring.reduce((sum, a, i) => {
    const b = ring[(i + 1) % ring.length]!;
    return sum + (a.east * b.north - b.east * a.north) / 2;
  }, 0);
}

/** The share behind a segment at this height over its foot; all in σ. */
function beyondEdge(height: number, from: number, to: number): number {
  const reach = Math.sqrt(REACH * REACH - height * height);
  if (from >= reach || to <= -reach) return 0;
  if (from <= -reach) return to >= reach ? normal(-height) : normal(-height) / 2 + beyondPart(height, 0, to);
  return to >= reach ? normal(-height) / 2 - beyondPart(height, 0, from) : beyondPart(height, from, to);
}

function beyondPart(height: number, from: number, to: number): number {
  const middle = (from + to) / 2;
  if (Math.abs(to - from) > 4) return beyondPart(height, from, middle) + beyondPart(height, middle, to);
  const square = height * height;
  const lack = (along: number) => {
    const squared = square + along * along;
    return (Math.exp(-squared / 2) - 1) / squared;
  };
  const angle = Math.atan2(height * (to - from), square + from * to);
  return (angle + height * integrate(from, to, lack)) / (2 * Math.PI);
}

function bellInCircle(distance: number, radius: number): number {
  const [from, to] = [Math.max(-REACH, distance - radius), Math.min(REACH, distance + radius)];
  if (from >= to) return 0;
  const [centre, half] = [(from + to) / 2, (to - from) / 2];
  const slice = (angle: number): number => {
    const at = centre - half * Math.cos(angle);
    const chord = Math.sqrt(Math.max(0, radius * radius - (at - distance) * (at - distance)));
    return half * Math.sin(angle) * Math.exp((-at * at) / 2) * erf(chord * Math.SQRT1_2);
  };
  let sum = 0;
  for (let part = 0; part < 4; part++) sum += integrate((part * Math.PI) / 4, ((part + 1) * Math.PI) / 4, slice);
  return Math.min(1, sum / Math.sqrt(2 * Math.PI));
}

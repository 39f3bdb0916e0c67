/**
 * A zone across the antimeridian comes in parts that are cut there (RFC 7946, 3.1.9). The cut is no boundary: it is left out, and each
 * side's edges stand a second time beyond the other, so that what lies on both sides is measured as one.
 */
import { UNITS_PER_DEGREE } from './orientation.js';

const SEAM = 180 * UNITS_PER_DEGREE;
const TURN = 2 * SEAM;
/** What 32 bits hold: edges up to 34 degrees beyond the other side. A zone that is measured farther from them is not. */
const LARGEST = 2_147_483_647;

/** Edges, four integers each, as boundaries are measured; the same list where no part is cut at the antimeridian on both sides. */
export function withoutSeam(edges: readonly number[]): readonly number[] {
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

/** The longitude that is meant by one beyond the antimeridian. */
export function wrapLongitude(longitude: number): number {
  return longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude;
}

/** Whether a longitude lies certainly outside a box; a box that a buffer has widened over the antimeridian goes on beyond it. */
export function isBesideBox(
  { west, east }: { readonly west: number; readonly east: number },
  longitude: number,
): boolean {
  if (longitude >= west && longitude <= east) return false;
  return !((west < -180 && longitude - 360 >= west) || (east > 180 && longitude + 360 <= east));
}

/** By how much the end of a step is to be moved so that it goes the short way round, degrees. */
export function turnOfStep(from: { readonly longitude: number }, to: { readonly longitude: number }): -360 | 0 | 360 {
  const apart = to.longitude - from.longitude;
  return apart > 180 ? -360 : apart < -180 ? 360 : 0;
}

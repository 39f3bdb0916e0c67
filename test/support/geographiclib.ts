/** Geodesics of WGS84 by Karney's GeographicLib, good to 15 nm: the oracle of oracles. */
import geographiclib from 'geographiclib-geodesic';

const { Geodesic } = geographiclib;

export function karneyMetres(lat1: number, lon1: number, lat2: number, lon2: number): number {
  return Geodesic.WGS84.Inverse(lat1, lon1, lat2, lon2, Geodesic.DISTANCE).s12!;
}

type Point = readonly [longitude: number, latitude: number];
type Edge = readonly [Point, Point];

/** Samples of an edge: between two of them its distance to a point has one minimum. */
const SAMPLES = 8;
const HALVINGS = 45;

/**
 * Metres from a point to the nearest of edges that are straight in longitude and latitude, by sampling each and looking for the
 * minimum around the best sample of every edge that may hold it.
 */
export function karneyMetresToEdges([longitude, latitude]: Point, edges: readonly Edge[]): number {
  const at = ([a, b]: Edge, t: number): number =>
    karneyMetres(latitude, longitude, a[1] + t * (b[1] - a[1]), a[0] + t * (b[0] - a[0]));
  let nearest = Infinity;
  const sampled = edges.map((edge) => {
    let [best, place] = [Infinity, 0];
    for (let i = 0; i <= SAMPLES; i++) {
      const metres = at(edge, i / SAMPLES);
      if (metres < best) [best, place] = [metres, i];
    }
    nearest = Math.min(nearest, best);
    const stepMetres = karneyMetres(edge[0][1], edge[0][0], edge[1][1], edge[1][0]) / SAMPLES;
    return { edge, best, place, stepMetres };
  });
  for (const { edge, best, place, stepMetres } of sampled) {
    // No point of an edge is further from its nearest sample than half a step and a little.
    if (best - 0.6 * stepMetres > nearest) continue;
    let [low, high] = [Math.max(0, place - 1) / SAMPLES, Math.min(SAMPLES, place + 1) / SAMPLES];
    for (let i = 0; i < HALVINGS; i++) {
      const [left, right] = [low + (high - low) / 3, high - (high - low) / 3];
      if (at(edge, left) < at(edge, right)) high = right;
      else low = left;
    }
    nearest = Math.min(nearest, at(edge, low), at(edge, (low + high) / 2));
  }
  return nearest;
}

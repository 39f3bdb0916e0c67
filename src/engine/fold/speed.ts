/**
 * The speed that fixes imply. One that no wearer reaches from the newest fix that carries evidence (the anchor) carries none; where
 * enough of them agree with each other the anchor was the error, and they are evidence, in order of their own time.
 */
import { asin, cos, sin } from '../geometry/exact.js';
import type { ActivationState, KeptFix } from '../state.js';
import { AGREEING_FIXES, SPEED_LIMIT_METRES_PER_SECOND, SPEED_SIGMAS } from '../thresholds.js';

const RADIANS = Math.PI / 180;
/** The mean radius: distances on the sphere are within 0.6 % of the ellipsoid's, and the limit is rounder than that. */
const EARTH_RADIUS_METRES = 6_371_008.8;
const METRES_PER_DEGREE = EARTH_RADIUS_METRES * RADIANS;

/** Whether a wearer may have been at both fixes, `to` the later one, errors allowed for. Allocates nothing: it is asked for every fix. */
export function isReachable(from: KeptFix, to: KeptFix): boolean {
  const reachMetres =
    (SPEED_LIMIT_METRES_PER_SECOND * (to.fixedAtMs - from.fixedAtMs)) / 1000 +
    SPEED_SIGMAS * (from.sigmaMetres + to.sigmaMetres);
  const north = (to.latitude - from.latitude) * METRES_PER_DEGREE;
  const east = (to.longitude - from.longitude) * METRES_PER_DEGREE;
  // Meridians only come nearer to each other: the distance is at most this, and that mostly suffices.
  if (north * north + east * east <= reachMetres * reachMetres) return true;
  return greatCircleMetres(from, to) <= reachMetres;
}

function greatCircleMetres(a: KeptFix, b: KeptFix): number {
  const [latitudeA, latitudeB] = [a.latitude * RADIANS, b.latitude * RADIANS];
  const north = sin((latitudeB - latitudeA) / 2);
  const east = sin(((b.longitude - a.longitude) * RADIANS) / 2);
  const haversine = north * north + cos(latitudeA) * cos(latitudeB) * east * east;
  return 2 * EARTH_RADIUS_METRES * asin(Math.min(1, Math.sqrt(haversine)));
}

/** Whether a fix that is newer than all is evidence by itself and changes nothing of those before it. */
export function isPlausible(state: ActivationState, newest: KeptFix | undefined, fix: KeptFix): boolean {
  return state.waiting.length === 0 && (newest === undefined || isReachable(newest, fix));
}

export interface Weighed<Fix extends KeptFix> {
  /** What is to be folded now, oldest first; the fix is the last of them, or none of them. */
  readonly evidence: readonly Fix[];
  /** Fixes not reachable from the anchor, each reachable from the one before: fewer than `AGREEING_FIXES`. */
  readonly waiting: readonly Fix[];
}

/** What a fix newer than all makes evidence of: itself, nothing yet, or those that waited and agree with it. */
export function weighSpeed<Fix extends KeptFix>(
  anchor: Fix | undefined,
  waiting: readonly Fix[],
  fix: Fix,
): Weighed<Fix> {
  if (anchor === undefined || isReachable(anchor, fix)) return { evidence: [fix], waiting: [] };
  const last = waiting.at(-1);
  const run = last !== undefined && isReachable(last, fix) ? [...waiting, fix] : [fix];
  return run.length < AGREEING_FIXES ? { evidence: [], waiting: run } : { evidence: run, waiting: [] };
}

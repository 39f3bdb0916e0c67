/**
 * Whether a fix is evidence, and possible. What is none is stored with the reason, and changes nothing. A fix at a speed that no wearer
 * reaches from the newest one that carries evidence (the anchor) carries none; where enough of them agree with each other the anchor was
 * the error, and they are evidence, in order of their own time.
 */
import { asin, cos, sin } from '../geometry/exact.js';
import type { ActivationState, KeptFix } from '../state.js';
import {
  AGREEING_FIXES,
  AHEAD_LIMIT_MS,
  R68_PER_SIGMA,
  R95_PER_SIGMA,
  SIGMA_FLOOR_METRES,
  SPEED_LIMIT_METRES_PER_SECOND,
  SPEED_SIGMAS,
  ZERO_DEGREES,
} from '../thresholds.js';
import type { AccuracyConvention, NotJudged, Ping, Position } from '../types.js';
import type { CompiledOwn } from '../watch/compile.js';

/** Why a ping does not count, whatever its place in time; null when it may. */
export function whyNotJudged(ping: Ping, receivedAtMs: number, own: CompiledOwn): NotJudged | null {
  const { position, fixedAtMs } = ping;
  if (position === null) return 'no-position';
  if (isZeroPosition(position)) return 'zero-position';
  if (fixedAtMs < own.fittedAtMs || fixedAtMs >= own.removedAtMs) return 'not-fitted';
  if (position.mechanism !== 'GPS' && position.mechanism !== 'RF') return 'mechanism';
  if (position.accuracyMetres === null && own.defaultAccuracyMetres === null) return 'no-accuracy';
  if (fixedAtMs - receivedAtMs > AHEAD_LIMIT_MS) return 'ahead-of-clock';
  return null;
}

/** Whether a fix is that of a receiver without one. Several of them agree with each other, and would move the anchor there. */
export function isZeroPosition({ latitude, longitude }: Position): boolean {
  return Math.abs(latitude) < ZERO_DEGREES && Math.abs(longitude) < ZERO_DEGREES;
}

/** σ to a centimetre: it is kept with every fix. */
const HUNDREDTHS = 100;

/** σ of the error in one direction, metres, from an accuracy by the tag model's convention; never below the floor. */
export function sigmaMetres(accuracyMetres: number, convention: AccuracyConvention): number {
  const sigma = accuracyMetres / (convention === 'r68' ? R68_PER_SIGMA : R95_PER_SIGMA);
  return Math.max(SIGMA_FLOOR_METRES, Math.round(sigma * HUNDREDTHS) / HUNDREDTHS);
}

/** A ping that is evidence, as it is kept. */
export function fixOf({ fixedAtMs, position }: Ping, own: CompiledOwn): KeptFix {
  const { latitude, longitude, accuracyMetres: told } = position!;
  const accuracyMetres = told ?? own.defaultAccuracyMetres!;
  const sigma = sigmaMetres(accuracyMetres, own.accuracyConvention);
  return { fixedAtMs, latitude, longitude, accuracyMetres, sigmaMetres: sigma };
}

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

/**
 * What the fixes make one believe of one term: the log odds of being in violation of it, by a filter of two states. A fix adds
 * the log odds of its own probability; with time what is believed leaks away, for people move; after a gap nothing is.
 */
import { probabilityInside } from './geometry/gaussian.js';
import { contains } from './geometry/zone.js';
import type { PreparedTerm } from './prepared-term.js';
import type { KeptFix, Sighting } from './state.js';
import {
  CERTAIN_LOG_ODDS,
  CLEAR_LOG_ODDS,
  CORRELATION_MS,
  GAP_LIMIT_MS,
  KEEPS_PER_MINUTE,
  OUTLIER_SHARE,
  R68_PER_SIGMA,
  R95_PER_SIGMA,
  SIGMA_FLOOR_METRES,
} from './thresholds.js';
import type { AccuracyConvention } from './types.js';

const MINUTE_MS = 60_000;
/** σ to a centimetre: it is kept with every fix. */
const HUNDREDTHS = 100;

/** σ of the error in one direction, metres, from an accuracy by the tag model's convention; never below the floor. */
export function sigmaMetres(accuracyMetres: number, convention: AccuracyConvention): number {
  const sigma = accuracyMetres / (convention === 'r68' ? R68_PER_SIGMA : R95_PER_SIGMA);
  return Math.max(SIGMA_FLOOR_METRES, Math.round(sigma * HUNDREDTHS) / HUNDREDTHS);
}

/** Whether a fix is in violation of a term, were it active: by its centre. */
export function violates(term: PreparedTerm, fix: Sighting): boolean {
  return contains(term.shape, fix.latitude, fix.longitude) === term.violatedInside;
}

/**
 * The probability that the wearer was in the zone at a fix, outliers counted: between 0.055 and 0.945. `isInside`: whether its centre
 * is, where that is known.
 */
export function probabilityInsideOf(term: PreparedTerm, fix: KeptFix, isInside?: boolean): number {
  const byAccuracy = probabilityInside(term.shape, fix.latitude, fix.longitude, fix.sigmaMetres, isInside);
  return OUTLIER_SHARE / 2 + (1 - OUTLIER_SHARE) * byAccuracy;
}

/**
 * The probability that the wearer was in violation at a fix; `isViolating`: whether its centre is. A fix never speaks for a violation
 * against its own centre: whoever stands in a hole too small for the fix's accuracy is where he may be.
 */
export function probabilityOfViolation(term: PreparedTerm, fix: KeptFix, isViolating = violates(term, fix)): number {
  const inside = probabilityInsideOf(term, fix, isViolating === term.violatedInside);
  const violation = term.violatedInside ? inside : 1 - inside;
  return isViolating ? violation : Math.min(0.5, violation);
}

export function logOdds(probability: number): number {
  return Math.log(probability / (1 - probability));
}

export function probabilityOf(odds: number): number {
  return 1 / (1 + Math.exp(-odds));
}

/**
 * The log odds after a fix, of which `violation` is the probability, where `odds` is of the fix before it. Beyond the gap limit
 * nothing is known of before. A fix on the same side as the one before, nearer in time than errors' correlation, may be the same
 * error over again and tells little new; one on the other side is news.
 */
export function believe(
  term: PreparedTerm,
  odds: number,
  before: KeptFix | undefined,
  fix: KeptFix,
  violation: number,
): number {
  const apartMs = fix.fixedAtMs - (before?.fixedAtMs ?? -Infinity);
  const isGap = apartMs > GAP_LIMIT_MS;
  const isNews = isGap || apartMs >= CORRELATION_MS || violates(term, before!) !== violates(term, fix);
  const weight = isNews ? 1 : apartMs / CORRELATION_MS;
  const next = (isGap ? 0 : leak(odds, apartMs)) + weight * logOdds(violation);
  return Math.min(CERTAIN_LOG_ODDS, Math.max(-CERTAIN_LOG_ODDS, next));
}

function leak(odds: number, apartMs: number): number {
  const kept = KEEPS_PER_MINUTE ** (apartMs / MINUTE_MS);
  return logOdds(0.5 + (probabilityOf(odds) - 0.5) * kept);
}

/**
 * The log odds after these fixes, oldest first, from not knowing, of a term of which nothing is raised; 0 where there are none.
 */
export function beliefOver(term: PreparedTerm, fixes: readonly KeptFix[]): number {
  let odds = 0;
  let before: KeptFix | undefined;
  for (const fix of fixes) {
    odds = believe(term, odds, before, fix, probabilityOfViolation(term, fix));
    odds = Math.max(odds, CLEAR_LOG_ODDS);
    before = fix;
  }
  return odds;
}

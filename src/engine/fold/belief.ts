/**
 * What the fixes make one believe of one term: the log odds of being in violation of it, by a filter of two states. A fix adds
 * what it is evidence of; with time what is believed leaks away, for people move; after a long silence nothing is.
 */

import { exp, ln } from '../geometry/exact.js';
import type { KeptFix } from '../state.js';
import {
  CERTAIN_LOG_ODDS,
  CLEAR_LOG_ODDS,
  FORGET_MS,
  KEEPS_PER_MINUTE,
  R68_PER_SIGMA,
  R95_PER_SIGMA,
  SIGMA_FLOOR_METRES,
} from '../thresholds.js';
import type { AccuracyConvention } from '../types.js';
import type { PreparedTerm } from '../watch/prepared-term.js';
import { evidenceOf } from './likelihood.js';

const MINUTE_MS = 60_000;
const KEPT_EXPONENT_PER_MS = ln(KEEPS_PER_MINUTE) / MINUTE_MS;
/** σ to a centimetre: it is kept with every fix. */
const HUNDREDTHS = 100;

/** σ of the error in one direction, metres, from an accuracy by the tag model's convention; never below the floor. */
export function sigmaMetres(accuracyMetres: number, convention: AccuracyConvention): number {
  const sigma = accuracyMetres / (convention === 'r68' ? R68_PER_SIGMA : R95_PER_SIGMA);
  return Math.max(SIGMA_FLOOR_METRES, Math.round(sigma * HUNDREDTHS) / HUNDREDTHS);
}

export function logOdds(probability: number): number {
  return ln(probability / (1 - probability));
}

export function probabilityOf(odds: number): number {
  return 1 / (1 + exp(-odds));
}

/** The log odds after a fix that adds `evidence`, where `odds` is of the fix before it. After a long silence nothing is known of before. */
export function believe(odds: number, before: KeptFix | undefined, fix: KeptFix, evidence: number): number {
  const apartMs = fix.fixedAtMs - (before?.fixedAtMs ?? -Infinity);
  const next = (apartMs > FORGET_MS ? 0 : leak(odds, apartMs)) + evidence;
  return Math.min(CERTAIN_LOG_ODDS, Math.max(-CERTAIN_LOG_ODDS, next));
}

function leak(odds: number, apartMs: number): number {
  const kept = exp(KEPT_EXPONENT_PER_MS * apartMs);
  return logOdds(0.5 + (probabilityOf(odds) - 0.5) * kept);
}

/**
 * The log odds after these fixes, oldest first, from not knowing, of a term of which nothing is raised; 0 where there are none.
 */
export function beliefOver(term: PreparedTerm, fixes: readonly KeptFix[]): number {
  let odds = 0;
  let before: KeptFix | undefined;
  for (const fix of fixes) {
    odds = Math.max(CLEAR_LOG_ODDS, believe(odds, before, fix, evidenceOf(term, before, fix, false)));
    before = fix;
  }
  return odds;
}

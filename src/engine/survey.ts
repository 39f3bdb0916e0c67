/** Everything around a fix that it may violate, and how far away the next of it is. */
import { violates } from './belief.js';
import type { CompiledActivation } from './compile.js';
import { mayCross } from './crossing.js';
import { UNITS_PER_DEGREE } from './geometry/orientation.js';
import { clearanceUnits } from './geometry/zone.js';
import { isActive } from './intervals.js';
import type { PreparedTerm } from './prepared-term.js';
import { ROUNDING_UNITS } from './safe-disc.js';
import { exclusionsAlong, exclusionsWithin, SHARED_REACH_UNITS } from './shared-index.js';
import type { KeptFix } from './state.js';
import { GAP_LIMIT_MS } from './thresholds.js';

/** Discs are no larger than this (about 20 km): farther away nothing was asked. */
const MOST_RADIUS_UNITS = 1_800_000;
const RADIANS = Math.PI / 180;

/** How long a degree of longitude is taken to be, in degrees of latitude. Any number would do; this one makes discs round. */
export function shrinkAt(latitude: number): number {
  return Math.cos(latitude * RADIANS);
}

/**
 * Looks at every zone that may concern a fix and the step to it from the one before. Returns the distance around the fix to the
 * nearest boundary, in units; -1 where the fix violates an active term, or the step may have passed through a zone.
 */
export function surveyAround(
  { own, shared }: CompiledActivation,
  last: KeptFix | undefined,
  fix: KeptFix,
  shrink: number,
): number {
  const step = stepUnits(last, fix, shrink);
  let clear = MOST_RADIUS_UNITS;
  for (const term of own.terms) {
    clear = clearOf(term, last, fix, step, shrink, clear);
    if (clear < 0) return clear;
  }
  for (const term of shared.everywhere) {
    clear = clearOf(term, last, fix, step, shrink, clear);
    if (clear < 0) return clear;
  }
  if (shared.exclusionCount === 0) return clear;
  if (step > SHARED_REACH_UNITS) {
    for (const term of exclusionsAlong(shared, last, fix)) if (mayCross(term, last, fix)) return -1;
  }
  clear = Math.min(clear, SHARED_REACH_UNITS);
  for (const term of exclusionsWithin(shared, fix.latitude, fix.longitude, shrink)) {
    clear = clearOf(term, last, fix, step, shrink, clear);
    if (clear < 0) return clear;
  }
  return clear;
}

/** How long the step to a fix is; 0 where it is none, after the gap limit. */
function stepUnits(last: KeptFix | undefined, fix: KeptFix, shrink: number): number {
  if (last === undefined || fix.fixedAtMs - last.fixedAtMs > GAP_LIMIT_MS) return 0;
  const x = (fix.longitude - last.longitude) * shrink;
  const y = fix.latitude - last.latitude;
  return Math.sqrt(x * x + y * y) * UNITS_PER_DEGREE + ROUNDING_UNITS;
}

/** The smaller of `clear` and the distance to a term's boundary; -1 where the term wants the long path. */
function clearOf(
  term: PreparedTerm,
  last: KeptFix | undefined,
  fix: KeptFix,
  step: number,
  shrink: number,
  clear: number,
): number {
  const now = clearanceUnits(term.shape, fix.latitude, fix.longitude, shrink, clear);
  if (isActive(term, fix.fixedAtMs) && violates(term, fix)) return -1;
  return now <= step && mayCross(term, last, fix) ? -1 : now;
}

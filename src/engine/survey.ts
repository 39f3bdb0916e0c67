/** Everything around a fix that it may violate, and how far away the next of it is. */
import { violates } from './belief.js';
import { type BoxedTerms, squaredUnitsToBox } from './boxed-terms.js';
import { endIn, firstIn, STRIDE, squaredUnitsTo, termAt } from './cells.js';
import { mayCross } from './crossing.js';
import { ROUNDING_UNITS, UNITS_PER_DEGREE } from './geometry/orientation.js';
import { clearanceUnits } from './geometry/zone.js';
import { GRID_REACH_UNITS, type Grid, rowAround } from './grid.js';
import { isActive } from './intervals.js';
import type { PreparedTerm } from './prepared-term.js';
import { exclusionsAlong, largeExclusionsAround, type SharedIndex } from './shared-index.js';
import type { Sighting } from './state.js';
import { GAP_LIMIT_MS } from './thresholds.js';

/** Discs are no larger than this (about 20 km): farther away nothing was asked. */
const MOST_RADIUS_UNITS = 1_800_000;

/**
 * Looks at every zone that may concern a fix and the step to it from the one before. Returns the distance around the fix to the
 * nearest boundary, in units; -1 where the fix violates an active term, or the step may have passed through a zone.
 */
export function surveyAround(
  own: BoxedTerms,
  shared: SharedIndex,
  last: Sighting | undefined,
  fix: Sighting,
  shrink: number,
): number {
  const step = stepUnits(last, fix, shrink);
  const most = shared.exclusionCount === 0 ? MOST_RADIUS_UNITS : GRID_REACH_UNITS;
  let clear = clearOfAll(own, last, fix, step, shrink, most);
  for (let i = 0; i < shared.everywhere.length && clear >= 0; i++) {
    clear = clearOf(shared.everywhere[i]!, last, fix, step, shrink, clear);
  }
  if (clear < 0 || shared.exclusionCount === 0) return clear;
  const isLong = step > GRID_REACH_UNITS;
  if (isLong) {
    for (const term of exclusionsAlong(shared, last, fix)) if (mayCross(term, last, fix)) return -1;
  }
  // What a long step crosses has been asked.
  const left = isLong ? 0 : step;
  clear = clearOfCell(shared.grid, last, fix, left, shrink, clear);
  const large = largeExclusionsAround(shared, fix.latitude, fix.longitude, shrink);
  for (let i = 0; i < large.length && clear >= 0; i++) {
    clear = clearOf(large[i]!, last, fix, left, shrink, clear);
  }
  return clear;
}

/** The same of many terms, most of which are passed by behind their boxes. */
function clearOfAll(
  { boxes, terms }: BoxedTerms,
  last: Sighting | undefined,
  fix: Sighting,
  step: number,
  shrink: number,
  least: number,
): number {
  let clear = least;
  for (let i = 0; i < terms.length && clear >= 0; i++) {
    const squared = squaredUnitsToBox(boxes, i, fix.latitude, fix.longitude, shrink);
    const reach = Math.max(clear, step);
    if (squared > reach * reach) continue;
    // Outside its box nothing of a term is asked but how far away it is, unless the step may have come through it.
    if (squared > step * step) clear = Math.min(clear, Math.sqrt(squared));
    else clear = clearOf(terms[i]!, last, fix, step, shrink, clear);
  }
  return clear;
}

/** The same of what the cell of the fix lists. */
function clearOfCell(
  grid: Grid,
  last: Sighting | undefined,
  fix: Sighting,
  step: number,
  shrink: number,
  least: number,
): number {
  let clear = least;
  const row = rowAround(grid, fix.latitude, fix.longitude);
  const end = endIn(grid, row);
  for (let at = firstIn(row); at < end && clear >= 0; at += STRIDE) {
    const squared = squaredUnitsTo(grid, at, fix, shrink);
    const reach = Math.max(clear, step);
    if (squared > reach * reach) continue;
    // Outside its box nothing of a term is asked but how far away it is, unless the step may have come through it.
    if (squared > step * step) clear = Math.min(clear, Math.sqrt(squared));
    else clear = clearOf(termAt(grid, at), last, fix, step, shrink, clear);
  }
  return clear;
}

/** How long the step to a fix is; 0 where it is none, after the gap limit. */
function stepUnits(last: Sighting | undefined, fix: Sighting, shrink: number): number {
  if (last === undefined || fix.fixedAtMs - last.fixedAtMs > GAP_LIMIT_MS) return 0;
  const x = (fix.longitude - last.longitude) * shrink;
  const y = fix.latitude - last.latitude;
  return Math.sqrt(x * x + y * y) * UNITS_PER_DEGREE + ROUNDING_UNITS;
}

/** The smaller of `clear` and the distance to a term's boundary; -1 where the term wants the long path. */
function clearOf(
  term: PreparedTerm,
  last: Sighting | undefined,
  fix: Sighting,
  step: number,
  shrink: number,
  clear: number,
): number {
  const { buffer } = term;
  let now = clearanceUnits(term.shape, fix.latitude, fix.longitude, shrink, clear);
  if (buffer !== null) now = clearanceUnits(buffer.shape, fix.latitude, fix.longitude, shrink, now);
  if (isActive(term, fix.fixedAtMs) && violates(buffer ?? term, fix)) return -1;
  return now <= step && mayCross(term, last, fix) ? -1 : now;
}

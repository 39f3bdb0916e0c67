/** Everything around a fix that it may violate, and how far away the next of it is. */

import { mayCross } from '../fold/crossing.js';
import { violates } from '../fold/likelihood.js';
import { ROUNDING_UNITS, UNITS_PER_DEGREE } from '../geometry/orientation.js';
import { clearanceUnits } from '../geometry/zone.js';
import type { Sighting } from '../state.js';
import { GAP_LIMIT_MS } from '../thresholds.js';
import { isActive } from '../watch/intervals.js';
import type { PreparedTerm } from '../watch/prepared-term.js';
import { type Cells, endIn, firstIn, rowOf, STRIDE, squaredUnitsTo, termAt } from './cells.js';
import { GRID_REACH_UNITS, rowAround } from './grid.js';
import { exclusionsAlong, largeExclusionsAround, type SharedIndex } from './shared-index.js';

/** Discs are no larger than this (about 20 km): farther away nothing was asked. */
const MOST_RADIUS_UNITS = 1_800_000;

/** The step to a fix. Lengths are units; one of longitude is `shrink` of one of latitude. */
interface Step {
  readonly last: Sighting | undefined;
  readonly fix: Sighting;
  /** 0 where it is none, after the gap limit, or what it crosses has been asked. */
  readonly units: number;
  /** Where the boundary of an active term is farther away than the step is long, the fix does not violate it. */
  readonly isSideKept: boolean;
  readonly shrink: number;
}

/**
 * Looks at every zone that may concern a fix and the step to it from the one before. Returns the distance around the fix to the
 * nearest boundary, in units; -1 where the fix violates an active term, or the step may have passed through a zone. `wasQuiet`: the
 * fix before violated none of the terms that are active, so that those whose boundary is farther away than the step is long are not
 * asked for the side of it. `number` is the activation's (`CompiledActivation.disc`).
 */
export function surveyAround(
  shared: SharedIndex,
  number: number,
  last: Sighting | undefined,
  fix: Sighting,
  shrink: number,
  wasQuiet: boolean,
): number {
  const units = stepUnits(last, fix, shrink);
  const step: Step = { last, fix, units, isSideKept: wasQuiet && units > 0, shrink };
  const most = shared.exclusionCount === 0 ? MOST_RADIUS_UNITS : GRID_REACH_UNITS;
  const own = shared.discs.terms;
  let clear = clearOfRow(own, rowOf(own, number), step, most);
  for (let i = 0; i < shared.everywhere.length && clear >= 0; i++) {
    clear = clearOf(shared.everywhere[i]!, step, clear);
  }
  if (clear < 0 || shared.exclusionCount === 0) return clear;
  const isLong = units > GRID_REACH_UNITS;
  if (isLong) {
    for (const term of exclusionsAlong(shared, last, fix)) if (mayCross(term, last, fix)) return -1;
  }
  // What a long step crosses has been asked.
  const left = isLong ? { ...step, units: 0, isSideKept: false } : step;
  clear = clearOfRow(shared.grid, rowAround(shared.grid, fix.latitude, fix.longitude), left, clear);
  const large = largeExclusionsAround(shared, fix.latitude, fix.longitude, shrink);
  for (let i = 0; i < large.length && clear >= 0; i++) clear = clearOf(large[i]!, left, clear);
  return clear;
}

/** The same of a row of terms, most of which are passed by behind their boxes. */
function clearOfRow(cells: Cells, row: number, step: Step, least: number): number {
  const { fix, shrink } = step;
  let clear = least;
  const end = endIn(cells, row);
  for (let at = firstIn(row); at < end && clear >= 0; at += STRIDE) {
    const squared = squaredUnitsTo(cells, at, fix, shrink);
    if (isBeyond(squared, Math.max(clear, step.units))) continue;
    // Outside its box nothing of a term is asked but how far away it is, unless the step may have come through it.
    clear = isBeyond(squared, step.units)
      ? Math.min(clear, Math.sqrt(squared))
      : clearOf(termAt(cells, at), step, clear);
  }
  return clear;
}

function isBeyond(squared: number, units: number): boolean {
  return squared > units * units;
}

/** How long the step to a fix is; 0 where it is none, after the gap limit. */
function stepUnits(last: Sighting | undefined, fix: Sighting, shrink: number): number {
  if (last === undefined || fix.fixedAtMs - last.fixedAtMs > GAP_LIMIT_MS) return 0;
  const x = (fix.longitude - last.longitude) * shrink;
  const y = fix.latitude - last.latitude;
  return Math.sqrt(x * x + y * y) * UNITS_PER_DEGREE + ROUNDING_UNITS;
}

/** The smaller of `clear` and the distance to a term's boundary; -1 where the term wants the long path. */
function clearOf(term: PreparedTerm, { last, fix, units, isSideKept, shrink }: Step, clear: number): number {
  const { buffer } = term;
  let now = clearanceUnits(term.shape, fix.latitude, fix.longitude, shrink, clear);
  if (buffer !== null) now = clearanceUnits(buffer.shape, fix.latitude, fix.longitude, shrink, now);
  if (isSideKept && now > units) return now;
  if (violates(buffer ?? term, fix) && isActive(term, fix.fixedAtMs)) return -1;
  return now <= units && mayCross(term, last, fix) ? -1 : now;
}

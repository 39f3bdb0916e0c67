/**
 * Shared exclusions by cells of about 500 m: a cell lists every zone whose box comes within about 250 m of it, so that one look
 * tells all that stands near a fix. Zones come and go one at a time. A zone of very many cells is not for the grid.
 */

import { shrinkAt } from '../geometry/metres-per-degree.js';
import { UNITS_PER_DEGREE } from '../geometry/orientation.js';
import type { Place } from '../geometry/step.js';
import { outerShape, type PreparedTerm } from '../watch/prepared-term.js';
import { addToCells, type Cells, createCells, removeFromCells, rowOf } from './cells.js';

/** Units of 1e-7 degree of latitude: 500 m. */
const CELL_UNITS = 45_000;
/** How far beyond a cell its list reaches: 250 m. In longitude it is never less on the ground. */
export const GRID_REACH_UNITS = 22_500;
/** Of a step a cell tells so much, less by a centimetre so that no rounding matters. */
const TOLD_UNITS = GRID_REACH_UNITS - 1;
/** About 6 km square; larger ones would fill too many lists. */
const MOST_CELLS = 400;
const RADIANS = Math.PI / 180;
/** Nearer to a pole than half a degree columns do not widen any more. */
const LEAST_COSINE = 0.009;

/**
 * By a number made of row and column. Two cells may share a list: what it holds too much is only looked at in vain.
 */
export type Grid = Cells;

export function createGrid(): Grid {
  return createCells();
}

/** The width of a row's columns in units of longitude: a cell's height on the ground at its poleward edge, wider elsewhere. */
function columnUnits(row: number): number {
  const poleward = Math.max(Math.abs(row), Math.abs(row + 1)) * (CELL_UNITS / UNITS_PER_DEGREE);
  return CELL_UNITS / Math.max(LEAST_COSINE, shrinkAt(poleward));
}

/** A whole number of 30 bits. */
function keyOf(row: number, column: number): number {
  return (Math.imul(row, 92_821) + Math.imul(column, 689_287_499)) & 0x3fff_ffff;
}

/** The row of the cell that lists what stands within `GRID_REACH_UNITS` of a point, and some more. */
export function rowAround(grid: Grid, latitude: number, longitude: number): number {
  const row = Math.floor((latitude * UNITS_PER_DEGREE) / CELL_UNITS);
  const column = Math.floor((longitude * UNITS_PER_DEGREE) / columnUnits(row));
  return rowOf(grid, keyOf(row, column));
}

/**
 * How many cells besides that of its end tell all that stands on a step (straight in longitude and latitude): that of the end tells
 * the last `GRID_REACH_UNITS` of it, each other one as far to both sides of the place at which it is taken (`rowBefore`).
 * Longitude is measured as the shortest that so many degrees are on the step, and in no row of cells is the reach less than that.
 */
export function cellsBefore(from: Place, to: Place): number {
  const north = Math.abs(to.latitude - from.latitude);
  const east = Math.abs(to.longitude - from.longitude);
  // A cosine changes by no more than its angle does.
  const shrink = Math.max(LEAST_COSINE, Math.min(1, shrinkAt(to.latitude) + north * RADIANS));
  const units = Math.max(north, east * shrink) * UNITS_PER_DEGREE;
  return Math.max(0, Math.ceil((units - TOLD_UNITS) / (2 * TOLD_UNITS)));
}

/** The row of the cell with a number from 1 to `count` (`cellsBefore`) before that of the end of a step, counted from there. */
export function rowBefore(grid: Grid, from: Place, to: Place, number: number, count: number): number {
  // Those of the parts that the cell of the end leaves over, each at the middle of its part.
  const share = number / (count + 0.5);
  return rowAround(
    grid,
    to.latitude + share * (from.latitude - to.latitude),
    to.longitude + share * (from.longitude - to.longitude),
  );
}

/** Puts a term into the lists of its cells; false, and nothing is changed, where they are too many. */
export function addToGrid(grid: Grid, term: PreparedTerm): boolean {
  const keys = keysOf(term);
  if (keys === null) return false;
  addToCells(grid, keys, term, outerShape(term));
  return true;
}

/** Takes out what `addToGrid` put in; false where it did not. */
export function removeFromGrid(grid: Grid, term: PreparedTerm): boolean {
  const keys = keysOf(term);
  if (keys === null) return false;
  removeFromCells(grid, keys, term);
  return true;
}

/** The cells that list a term, each once; null where they are more than `MOST_CELLS`. */
function keysOf(term: PreparedTerm): Set<number> | null {
  const shape = outerShape(term);
  const keys = new Set<number>();
  const [south, north] = [shape.south * UNITS_PER_DEGREE, shape.north * UNITS_PER_DEGREE];
  const [west, east] = [shape.west * UNITS_PER_DEGREE, shape.east * UNITS_PER_DEGREE];
  const lastRow = Math.floor((north + GRID_REACH_UNITS) / CELL_UNITS);
  for (let row = Math.floor((south - GRID_REACH_UNITS) / CELL_UNITS); row <= lastRow; row++) {
    const width = columnUnits(row);
    const reach = (width * GRID_REACH_UNITS) / CELL_UNITS;
    const lastColumn = Math.floor((east + reach) / width);
    const firstColumn = Math.floor((west - reach) / width);
    if (keys.size + lastColumn - firstColumn >= MOST_CELLS) return null;
    for (let column = firstColumn; column <= lastColumn; column++) keys.add(keyOf(row, column));
  }
  return keys;
}

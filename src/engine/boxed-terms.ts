/** Terms behind their boxes, which lie together as plain numbers: most of them are passed by without being looked at. */
import { outerShape, type PreparedTerm } from './prepared-term.js';

export interface BoxedTerms {
  /** Four a term, degrees: west, south, east, north. The whole world for kinds that are violated outside. */
  readonly boxes: number[];
  readonly terms: PreparedTerm[];
}

export function boxTerms(terms: readonly PreparedTerm[]): BoxedTerms {
  const boxed: BoxedTerms = { boxes: [], terms: [] };
  for (const term of terms) addTerm(boxed, term);
  return boxed;
}

export function addTerm({ boxes, terms }: BoxedTerms, term: PreparedTerm): void {
  const { west, south, east, north } = outerShape(term);
  terms.push(term);
  if (term.violatedInside) boxes.push(west, south, east, north);
  else boxes.push(-Infinity, -Infinity, Infinity, Infinity);
}

export function removeTerm({ boxes, terms }: BoxedTerms, term: PreparedTerm): void {
  const i = terms.indexOf(term);
  if (i < 0) return;
  terms.splice(i, 1);
  boxes.splice(4 * i, 4);
}

/** Whether the step from one place to another passes by the box of a term: it neither begins, ends nor crosses in its zone. */
export function isPassedBy(boxes: readonly number[], i: number, from: Place, to: Place): boolean {
  const at = 4 * i;
  const west = boxes[at]!;
  if (from.longitude < west && to.longitude < west) return true;
  const south = boxes[at + 1]!;
  if (from.latitude < south && to.latitude < south) return true;
  const east = boxes[at + 2]!;
  if (from.longitude > east && to.longitude > east) return true;
  const north = boxes[at + 3]!;
  return from.latitude > north && to.latitude > north;
}

interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/**
 * The square of the distance from a point to the box of a term, 0 inside; in units of 1e-7 degree of latitude, a degree of longitude
 * taken as `shrink` of one of latitude.
 */
export function squaredUnitsToBox(
  boxes: readonly number[],
  i: number,
  latitude: number,
  longitude: number,
  shrink: number,
): number {
  const at = 4 * i;
  const x = Math.max(boxes[at]! - longitude, 0, longitude - boxes[at + 2]!) * shrink;
  const y = Math.max(boxes[at + 1]! - latitude, 0, latitude - boxes[at + 3]!);
  return (x * x + y * y) * SQUARED_UNITS_PER_DEGREE;
}

const SQUARED_UNITS_PER_DEGREE = 1e14;

/** Terms behind their boxes, which lie together as plain numbers: most of them are passed by without being looked at. */
import { outerShape, type PreparedTerm } from './prepared-term.js';

export interface BoxedTerms {
  /** Four a term, degrees: west, south, east, north. The whole world for kinds that are violated outside. */
  readonly boxes: number[];
  readonly terms: readonly PreparedTerm[];
}

export function boxTerms(terms: readonly PreparedTerm[]): BoxedTerms {
  const boxes = terms.flatMap((term) => {
    const { west, south, east, north } = outerShape(term);
    return term.violatedInside ? [west, south, east, north] : [-Infinity, -Infinity, Infinity, Infinity];
  });
  return { boxes, terms };
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

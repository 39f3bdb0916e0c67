/** One fix folded into one condition's zone: the episode that fixes make, and the passage that none of them saw. */
import { crossingBetween, mayCross } from './crossing.js';
import { type FoldedTerm, foldFix } from './fold.js';
import type { Fitted } from './intervals.js';
import type { PreparedTerm } from './prepared-term.js';
import type { Episode, KeptFix } from './state.js';

/**
 * `open`: the episode of the term that is open; `before`: the judged fixes before this one, newest last. Where an episode is told
 * of the time there is no crossing besides.
 */
export function foldTerm(
  term: PreparedTerm,
  fitted: Fitted,
  open: Episode | null,
  before: readonly KeptFix[],
  fix: KeptFix,
): FoldedTerm {
  const folded = foldFix(term, fitted, open, before, fix);
  if (folded.open?.raised || folded.settled.length > 0) return folded;
  const isTakenBack = open?.raised ?? false;
  if (!isTakenBack && !mayCross(term, before.at(-1), fix)) return folded;
  const crossing = crossingBetween(term, fitted, before, fix, isTakenBack);
  return crossing === null ? folded : { ...folded, settled: [crossing] };
}

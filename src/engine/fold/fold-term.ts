/** One fix folded into one condition's zone: the episode that fixes make, the passage that none of them saw, the buffer. */

import type { Episode, Finding, KeptFix } from '../state.js';
import type { Fitted } from '../watch/intervals.js';
import type { PreparedTerm } from '../watch/prepared-term.js';
import { foldBuffer } from './buffer.js';
import { crossingBetween, mayCross } from './crossing.js';
import { type FoldedTerm, foldFix } from './fold.js';

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
  if (crossing === null) return folded;
  // The passage is told: a doubt that is left of the fixes in it has no part in what begins after it.
  const doubt = folded.open === null ? null : { ...folded.open, leftAt: folded.open.leftAt ?? fix };
  return { ...folded, open: doubt, settled: [crossing] };
}

/** The term with its buffer, where it has one; `open`: the open episodes of all terms. What is open of these two is answered. */
export function foldWithBuffer(
  term: PreparedTerm,
  fitted: Fitted,
  open: readonly Episode[],
  before: readonly KeptFix[],
  fix: KeptFix,
): { readonly open: readonly Episode[]; readonly settled: readonly Finding[]; readonly coveredUntilMs: number } {
  const openOf = ({ key }: PreparedTerm): Episode | null => open.find(({ termKey }) => termKey === key) ?? null;
  const zone = foldTerm(term, fitted, openOf(term), before, fix);
  const stillOpen = zone.open === null ? [] : [zone.open];
  if (term.buffer === null) return { ...zone, open: stillOpen };
  const near = foldBuffer(term.buffer, fitted, openOf(term.buffer), before, fix, zone);
  if (near.open !== null) stillOpen.push(near.open);
  return { open: stillOpen, settled: [...zone.settled, ...near.settled], coveredUntilMs: zone.coveredUntilMs };
}

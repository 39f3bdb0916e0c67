/**
 * The ring around an exclusion's zone that warns before the breach. Near is within the buffer of the zone, in it or not, so going in
 * and out of the zone is one approach; and where the zone's own violation was raised first there is nothing left to warn of.
 */

import type { Episode, Finding, KeptFix } from '../state.js';
import type { Fitted } from '../watch/intervals.js';
import type { PreparedTerm } from '../watch/prepared-term.js';
import { type FoldedTerm, foldFix } from './fold.js';
import { standingEpisodes } from './provisional.js';

/** What the same fix made of the zone itself. */
type ZoneFold = Pick<FoldedTerm, 'open' | 'settled'>;

/** Folds a fix into the buffer of a zone, after the zone; like `foldFix`. */
export function foldBuffer(
  buffer: PreparedTerm,
  fitted: Fitted,
  open: Episode | null,
  before: readonly KeptFix[],
  fix: KeptFix,
  zone: ZoneFold,
): FoldedTerm {
  const folded = foldFix(buffer, fitted, open, before, fix);
  const settled = folded.settled.filter(({ startedAtMs }) =>
    startedAtMs === open?.startedAtMs ? open.buffer === 'warned' : !isViolatedSince(zone, startedAtMs),
  );
  return { ...folded, open: folded.open === null ? null : decide(folded.open, zone), settled };
}

/**
 * Decides, once, whether an approach is told: when it is raised and no violation of the zone that began with it, or before, is.
 * While such a violation is only suspected that is left open.
 */
function decide(approach: Episode, zone: ZoneFold): Episode {
  if (approach.buffer !== undefined) return approach;
  if (!isViolatedSince(zone, approach.startedAtMs))
    return approach.raised ? { ...approach, buffer: 'warned' } : approach;
  const isCertain = zone.settled.length > 0 || zone.open?.strength === 'confirmed';
  return isCertain ? { ...approach, buffer: 'hushed' } : approach;
}

/** Whether a violation of the zone that began at an instant or before it was raised. */
function isViolatedSince({ open, settled }: ZoneFold, atMs: number): boolean {
  if (open?.raised && open.startedAtMs <= atMs) return true;
  return settled.some(({ startedAtMs }) => startedAtMs <= atMs);
}

/** The approaches as they stand; `zone` are the episodes of the zone that do. */
export function standingBuffer(
  buffer: PreparedTerm,
  fitted: Fitted,
  open: Episode | null,
  fixes: readonly KeptFix[],
  backlogMs: number,
  zone: readonly Finding[],
): Finding[] {
  return standingEpisodes(buffer, fitted, open, fixes, backlogMs).filter(({ startedAtMs }) => {
    if (startedAtMs === open?.startedAtMs) return open.buffer === 'warned';
    return !zone.some((one) => one.startedAtMs <= startedAtMs && (one.end?.atMs ?? Infinity) > startedAtMs);
  });
}

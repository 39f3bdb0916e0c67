/**
 * The steady path: every episode goes on as it was told, and nothing begins. It folds the fix as the long path does and leaves out
 * what would find that there is nothing to say: of fixes beside a zone's boundary that is two in three.
 */

import { mayCross } from '../fold/crossing.js';
import { backlogFromMs } from '../fold/finding.js';
import { foldTerm } from '../fold/fold-term.js';
import { keptFixes } from '../fold/horizon.js';
import { violates } from '../fold/likelihood.js';
import { standingEnd } from '../fold/provisional.js';
import { exclusionsAlong } from '../near/shared-index.js';
import { type ActivationState, type Episode, exactly, type KeptFix, type Told } from '../state.js';
import { GAP_LIMIT_MS, SETTLE_MS } from '../thresholds.js';
import type { CompiledActivation } from '../watch/compile.js';
import { isActive } from '../watch/intervals.js';
import type { PreparedTerm } from '../watch/prepared-term.js';
import { termAbout } from '../watch/watch-change.js';
import { ownAlong } from './safe-disc.js';

export interface Steady {
  readonly open: readonly Episode[];
  readonly dueAtMs: number;
}

/**
 * The open episodes after a fix that is newer than all, and when a tick could say more (Infinity: never), where that is all there is
 * to it; null where the long path must look. Changes nothing.
 */
export function goOnSteadily(
  state: ActivationState,
  last: KeptFix,
  fix: KeptFix,
  receivedAtMs: number,
  watch: CompiledActivation,
): Steady | null {
  const { open, told, nextEdgeAtMs, nextTickEdgeAtMs } = state;
  if (open.length === 0 || told.length > open.length || state.heldBack !== undefined) return null;
  if (watch.own.custodyPeriods.length > 0) return null;
  // Neither an edge that the fix passes, nor one that its state would be found to stand at.
  if (nextEdgeAtMs !== null && nextEdgeAtMs <= fix.fixedAtMs + GAP_LIMIT_MS) return null;
  const about = ownAlong(watch.shared.discs, watch.disc, last, fix);
  if (concernsOthers(about, open, last, fix, watch)) return null;
  const backlogMs = backlogFromMs(fix.fixedAtMs, receivedAtMs);
  let dueAtMs = nextTickEdgeAtMs === null ? Infinity : Math.max(nextTickEdgeAtMs, backlogMs) + SETTLE_MS;
  let raised = 0;
  const after: Episode[] = [];
  for (const episode of open) {
    const term = termAbout(about, watch, episode.termKey);
    if (term === undefined) return null;
    // Whether an approach is told at all hangs on what the same fix makes of the zone, until it is.
    if (term.kind === 'buffer' && episode.buffer !== 'warned') return null;
    const { open: now, settled } = foldTerm(term, watch.own, episode, episode.raised ? [last] : keptFixes(state), fix);
    if (settled.length > 0) return null;
    if (!episode.raised) {
      if (now?.raised) return null;
      if (now !== null) after.push(now);
      continue;
    }
    if (now === null || !now.raised || !isToldAsItIs(told, now)) return null;
    const end = standingEnd(term, watch.own, now, backlogMs);
    if (end !== null) {
      if (end.dueAtMs <= receivedAtMs || end.atMs - now.startedAtMs < term.term.graceMs) return null;
      dueAtMs = Math.min(dueAtMs, end.dueAtMs);
    }
    raised++;
    after.push(now);
  }
  return raised === told.length ? { open: exactly(after), dueAtMs } : null;
}

/** Whether a fix violates a term under which nothing is open, `own` of the wearer's or a shared one, or may have crossed its zone on the way. */
function concernsOthers(
  own: readonly PreparedTerm[],
  open: readonly Episode[],
  last: KeptFix,
  fix: KeptFix,
  { shared }: CompiledActivation,
): boolean {
  return (
    concernsAnother(own, open, last, fix) ||
    concernsAnother(shared.everywhere, open, last, fix) ||
    (shared.exclusionCount > 0 && concernsAnother(exclusionsAlong(shared, last, fix), open, last, fix))
  );
}

function concernsAnother(
  terms: readonly PreparedTerm[],
  open: readonly Episode[],
  last: KeptFix,
  fix: KeptFix,
): boolean {
  for (const term of terms) if (concerns(term, open, last, fix)) return true;
  return false;
}

function concerns(term: PreparedTerm, open: readonly Episode[], last: KeptFix, fix: KeptFix): boolean {
  const { buffer } = term;
  if (buffer !== null && !isOpen(open, buffer.key) && isActive(buffer, fix.fixedAtMs) && violates(buffer, fix))
    return true;
  if (isOpen(open, term.key)) return false;
  return (isActive(term, fix.fixedAtMs) && violates(term, fix)) || mayCross(term, last, fix);
}

function isOpen(open: readonly Episode[], termKey: string): boolean {
  for (const episode of open) if (episode.termKey === termKey) return true;
  return false;
}

/** Whether an alert says of an episode all that there is to say while it goes on. */
function isToldAsItIs(told: readonly Told[], episode: Episode): boolean {
  for (const each of told) {
    if (each.termKey !== episode.termKey || each.kind !== episode.kind) continue;
    return (
      !each.withdrawn &&
      each.endedAtMs === null &&
      each.startedAtMs === episode.startedAtMs &&
      each.strength === episode.strength &&
      each.rule === episode.rule &&
      each.reason === episode.reason &&
      each.inCustody === undefined
    );
  }
  return false;
}

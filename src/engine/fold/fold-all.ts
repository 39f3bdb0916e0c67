/** One fix folded into every term that it can mean something to. */

import { type EdgeSpan, mayMatter, termsConcerned } from '../near/concerned.js';
import { type Draft, type Episode, exactly, type KeptFix } from '../state.js';
import { GAP_LIMIT_MS, KEPT_FIXES } from '../thresholds.js';
import type { CompiledActivation } from '../watch/compile.js';
import type { PreparedTerm } from '../watch/prepared-term.js';
import { findNextEdges } from '../watch/watch-change.js';
import { foldBuffer } from './buffer.js';
import type { Finding } from './finding.js';
import type { FoldedTerm } from './fold.js';
import { foldTerm } from './fold-term.js';
import { noteReceipt } from './horizon.js';
import { weighSpeed } from './speed.js';
import { unknownBetween } from './unknown-at-edge.js';

/** Folds a fix that is newer than all, or sets it to wait, or folds it with those that waited; adds what that settled. */
export function foldCandidate(
  draft: Draft,
  fix: KeptFix,
  receivedAtMs: number,
  watch: CompiledActivation,
  settled: Finding[],
): void {
  const { evidence, waiting } = weighSpeed(draft.fixes.at(-1), draft.waiting, fix);
  draft.waiting = waiting;
  if (evidence.length > 0) noteReceipt(draft, fix, receivedAtMs);
  for (const each of evidence) foldIntoAll(draft, each, watch, settled);
}

function foldIntoAll(draft: Draft, fix: KeptFix, watch: CompiledActivation, settled: Finding[]): void {
  const { own } = watch;
  const before = draft.fixes;
  const last = before.at(-1);
  const edgePassed = draft.nextEdgeAtMs !== null && fix.fixedAtMs >= draft.nextEdgeAtMs;
  const open: Episode[] = [];
  for (const term of termsConcerned(watch, last ?? null, fix, draft.open, edgePassed ? edgesTo(fix, before) : null)) {
    const episode = openOf(draft, term);
    const { buffer } = term;
    const approach = buffer === null ? null : openOf(draft, buffer);
    const goesOn = episode !== null || approach !== null;
    if (!goesOn && !edgePassed && !mayMatter(term, last, fix)) continue;
    const folded = foldTerm(term, own, episode, before, fix);
    take(folded, open, settled);
    if (buffer !== null) take(foldBuffer(buffer, own, approach, before, fix, folded), open, settled);
    const unknown = edgePassed ? unknownBetween(term, own, last ?? null, fix, folded.coveredUntilMs) : null;
    if (unknown !== null) settled.push(unknown);
  }
  // In an order of their own, whatever the way they were found.
  draft.open = exactly(open.length < 2 ? open : open.sort((a, b) => (a.termKey < b.termKey ? -1 : 1)));
  draft.fixes = [...(before.length < KEPT_FIXES ? before : before.slice(1)), fix];
  if (edgePassed) findNextEdges(draft, watch);
}

/** The edges between a fix and those before it, as far as their state stands. */
function edgesTo(fix: KeptFix, before: readonly KeptFix[]): EdgeSpan {
  const afterMs = before.at(-1)?.fixedAtMs ?? Infinity;
  return { afterMs, untilMs: Math.min(fix.fixedAtMs, afterMs + GAP_LIMIT_MS), fixes: before };
}

/** The open episode of a term, raised or not. */
export function openOf({ open }: Draft, term: PreparedTerm): Episode | null {
  for (const episode of open) if (episode.termKey === term.key) return episode;
  return null;
}

function take(folded: FoldedTerm, open: Episode[], settled: Finding[]): void {
  if (folded.open !== null) open.push(folded.open);
  for (const finding of folded.settled) settled.push(finding);
}

/** One fix folded into every term that it can mean something to. */

import { exclusionsAlong, exclusionsOpening } from '../near/shared-index.js';
import { ownAlong } from '../quiet/safe-disc.js';
import { type Draft, type Episode, exactly, type KeptFix } from '../state.js';
import { GAP_LIMIT_MS, KEPT_FIXES } from '../thresholds.js';
import type { CompiledActivation } from '../watch/compile.js';
import { isActive } from '../watch/intervals.js';
import { type PreparedTerm, zoneTermKey } from '../watch/prepared-term.js';
import { findNextEdges } from '../watch/watch-change.js';
import { foldBuffer } from './buffer.js';
import { mayCross } from './crossing.js';
import type { Finding } from './finding.js';
import type { FoldedTerm } from './fold.js';
import { foldTerm } from './fold-term.js';
import { noteReceipt } from './horizon.js';
import { someViolates, violates } from './likelihood.js';
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
  const { own, shared } = watch;
  const before = draft.fixes;
  const last = before.at(-1);
  const edgePassed = draft.nextEdgeAtMs !== null && fix.fixedAtMs >= draft.nextEdgeAtMs;
  const open: Episode[] = [];
  const foldInto = (terms: readonly PreparedTerm[]): void => {
    for (const term of terms) {
      const episode = openOf(draft, term);
      const { buffer } = term;
      const approach = buffer === null ? null : openOf(draft, buffer);
      const goesOn = episode !== null || approach !== null;
      if (!goesOn && !edgePassed && !concerns(fix, term) && !mayCross(term, last, fix)) continue;
      const folded = foldTerm(term, own, episode, before, fix);
      take(folded, open, settled);
      if (buffer !== null) take(foldBuffer(buffer, own, approach, before, fix, folded), open, settled);
      const unknown = edgePassed ? unknownBetween(term, own, last ?? null, fix, folded.coveredUntilMs) : null;
      if (unknown !== null) settled.push(unknown);
    }
  };
  foldInto(edgePassed || last === undefined || watch.plain ? own.terms : ownAbout(draft, last, fix, watch));
  foldInto(shared.everywhere);
  foldInto(sharedExclusions(draft, last, fix, watch, edgePassed));
  // In an order of their own, whatever the way they were found.
  draft.open = exactly(open.length < 2 ? open : open.sort((a, b) => (a.termKey < b.termKey ? -1 : 1)));
  draft.fixes = [...(before.length < KEPT_FIXES ? before : before.slice(1)), fix];
  if (edgePassed) findNextEdges(draft, watch);
}

/** Of the wearer's own terms those whose boxes a step does not pass by, and those that are open. The others are not touched. */
export function ownAbout(
  { open }: Draft,
  from: KeptFix,
  to: KeptFix,
  { own, shared, disc }: CompiledActivation,
): PreparedTerm[] {
  const about = ownAlong(shared.discs, disc, from, to);
  for (const { termKey } of open) {
    if (about.some(({ key, buffer }) => key === termKey || buffer?.key === termKey)) continue;
    const term = own.termByKey.get(zoneTermKey(termKey));
    if (term !== undefined) about.push(term);
  }
  return about;
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

/** Whether a fix may mean something to a term: it violates it, or is near enough for a warning. */
function concerns(fix: KeptFix, term: PreparedTerm): boolean {
  return isActive(term, fix.fixedAtMs) && violates(term.buffer ?? term, fix);
}

/** Of the shared exclusions those about the step, those open, and those that began to apply around the fixes before. */
function sharedExclusions(
  draft: Draft,
  last: KeptFix | undefined,
  fix: KeptFix,
  watch: CompiledActivation,
  edgePassed: boolean,
): readonly PreparedTerm[] {
  const { shared } = watch;
  if (shared.exclusionCount === 0) return NONE;
  const terms = exclusionsAlong(shared, last, fix);
  addShared(terms, draft.open, watch);
  if (edgePassed && last !== undefined) {
    const untilMs = Math.min(fix.fixedAtMs, last.fixedAtMs + GAP_LIMIT_MS);
    for (const term of exclusionsOpening(shared, last.fixedAtMs, untilMs)) {
      if (!terms.includes(term) && someViolates(term.buffer ?? term, draft.fixes)) terms.push(term);
    }
  }
  return terms;
}

const NONE: readonly PreparedTerm[] = [];

/** Adds the shared exclusions that some episodes or alerts are about, each once. */
export function addShared(
  terms: PreparedTerm[],
  about: readonly { readonly termKey: string }[],
  { own, shared }: CompiledActivation,
): void {
  for (const { termKey } of about) {
    const term = own.termByKey.has(termKey) ? undefined : shared.terms.get(zoneTermKey(termKey));
    if (term?.violatedInside && !terms.includes(term)) terms.push(term);
  }
}

/** What a change of the watch does to a state: terms that are new are switched on, terms that are gone end what they had. */

import { newSharedTerms, termOf } from '../near/concerned.js';
import type { Draft, Episode, Finding, Told } from '../state.js';
import type { CompiledActivation } from '../watch/compile.js';
import { type PreparedTerm, zoneTermKey } from '../watch/terms.js';
import { findNextEdges, foldWithBuffer, openOf } from './fold.js';
import { closeHorizon } from './horizon.js';

/** Takes over a watch into a draft of the state; returns what it settled. `pastFromMs`: from when on terms that stay are others. */
export function adoptWatch(draft: Draft, watch: CompiledActivation, nowMs: number, pastFromMs: number): Finding[] {
  const { own, shared } = watch;
  const opened = draft.open.length;
  const settled = endVanished(draft, watch, nowMs);
  const isOtherBefore = pastFromMs <= (draft.fixes.at(-1)?.fixedAtMs ?? -Infinity);
  let isOther = isOtherBefore || settled.length > 0 || draft.open.length !== opened;
  if (draft.knownTerms !== null) {
    const known = new Set(draft.knownTerms);
    const news = own.terms.filter((term) => !known.has(term.key));
    for (const term of news) settled.push(...switchOn(draft, term, watch));
    isOther ||= news.length > 0 || draft.knownTerms.some((key) => !own.termKeys.includes(key));
    if (shared.newestPublishedAtMs > draft.sharedPublishedAtMs) {
      isOther = true;
      for (const term of newSharedTerms(watch, draft.sharedPublishedAtMs, draft.fixes)) {
        settled.push(...switchOn(draft, term, watch));
      }
    }
  }
  // A late fix from before the change meets terms that were not judged then, or are gone.
  if (isOther && draft.fixes.length > 0) closeHorizon(draft);
  draft.knownTerms = own.termKeys;
  draft.watchSequence = own.sequence;
  draft.sharedPublishedAtMs = Math.max(draft.sharedPublishedAtMs, shared.newestPublishedAtMs);
  findNextEdges(draft, watch);
  return settled;
}

/**
 * Folds the kept fixes that came after a term's publication, as if it had been known when they came: the record of the change
 * may stand a little behind them. Fixes before it are only the state at the switch-on; the past is the reconciler's.
 */
function switchOn(draft: Draft, term: PreparedTerm, watch: CompiledActivation): readonly Finding[] {
  if (draft.open.some(({ termKey }) => zoneTermKey(termKey) === term.key)) return [];
  const settled: Finding[] = [];
  let open: Episode[] = [];
  for (let i = 0; i < draft.fixes.length; i++) {
    const fix = draft.fixes[i]!;
    if (fix.fixedAtMs < term.term.publishedAtMs) continue;
    const wasOpen = openOf(open, term);
    open = [];
    foldWithBuffer(term, watch.own, wasOpen, draft.fixes.slice(0, i), fix, open, settled);
  }
  draft.open = [...draft.open, ...open];
  return settled;
}

/** Ends what was told under terms that are no longer in the watch; what was open and not told is forgotten. */
function endVanished(draft: Draft, watch: CompiledActivation, nowMs: number): Finding[] {
  const gone = draft.told.filter((told) => !told.withdrawn && termOf(watch, told.termKey) === undefined);
  draft.open = draft.open.filter((episode) => termOf(watch, episode.termKey) !== undefined);
  return gone.map((told) => endNow(told, watch, nowMs));
}

function endNow(told: Told, { own }: CompiledActivation, nowMs: number): Finding {
  const removed = own.removedAtMs <= nowMs;
  const atMs = told.endedAtMs ?? Math.max(told.startedAtMs, removed ? own.removedAtMs : nowMs);
  return {
    termKey: told.termKey,
    kind: told.kind,
    startedAtMs: told.startedAtMs,
    strength: told.strength,
    rule: told.rule,
    foundAtMs: told.startedAtMs,
    edgeAtMs: null,
    reason: told.reason,
    evidence: [],
    lastViolating: null,
    end: { atMs, because: removed ? 'tag-removed' : 'version-changed', afterMs: null, fix: null, dueAtMs: atMs },
    dueAtMs: told.startedAtMs,
    lastEdgeAtMs: told.lastEdgeAtMs,
    settled: true,
    ends: told.alertId,
  };
}

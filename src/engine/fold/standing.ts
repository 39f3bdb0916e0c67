/** What stands of all terms while no newer fix has come, and when a curfew's next edge can be judged by tick. */

import { exclusionsAlong, exclusionsOpening } from '../near/shared-index.js';
import type { Draft, KeptFix, Told } from '../state.js';
import { GAP_LIMIT_MS, SETTLE_MS } from '../thresholds.js';
import type { CompiledActivation, CompiledOwn } from '../watch/compile.js';
import { nextTickEdgeAfter } from '../watch/intervals.js';
import type { PreparedTerm } from '../watch/prepared-term.js';
import { standingBuffer } from './buffer.js';
import type { Finding } from './finding.js';
import { addShared, openOf, ownAbout } from './fold-all.js';
import { backlogOf } from './horizon.js';
import { someViolates } from './likelihood.js';
import { standingEpisodes, suspectedJump } from './provisional.js';
import { unknownSince } from './unknown-at-edge.js';

/** Adds what stands to the findings; answers when a tick may judge the next edge, Infinity: never. */
export function findStanding(draft: Draft, nowMs: number, watch: CompiledActivation, findings: Finding[]): number {
  const { own, shared } = watch;
  const newest = draft.fixes.at(-1) ?? null;
  const backlogMs = backlogOf(draft);
  const jump = draft.waiting[0];
  // No edge that the state may be found to stand at: then only what is open stands, and what is not known of a curfew. Whatever is
  // violated outside its zone, as a curfew is, no step passes by.
  const isQuiet =
    jump === undefined &&
    (newest === null || draft.nextEdgeAtMs === null || draft.nextEdgeAtMs > newest.fixedAtMs + GAP_LIMIT_MS);
  let dueAtMs = Infinity;
  const look = (terms: readonly PreparedTerm[]): void => {
    for (const term of terms) {
      const open = openOf(draft, term);
      const isCurfew = term.term.kind === 'curfew';
      const { buffer } = term;
      const approach = buffer === null ? null : openOf(draft, buffer);
      if (isQuiet && open === null && approach === null && !isCurfew) continue;
      const episodes = standingEpisodes(term, own, open, draft.fixes, backlogMs);
      for (const episode of episodes) findings.push(episode);
      if (buffer !== null) {
        for (const near of standingBuffer(buffer, own, approach, draft.fixes, backlogMs, episodes)) findings.push(near);
      }
      const suspected = jump === undefined ? null : suspectedJump(term, own, jump, newest, episodes, backlogMs);
      if (suspected !== null) findings.push(suspected);
      if (!isCurfew) continue;
      const coveredUntilMs = episodes.length === 0 ? -Infinity : (episodes.at(-1)!.end?.atMs ?? Infinity);
      const told = draft.told.find((each) => each.termKey === term.key && isUnknownSince(each, newest));
      const unknown = unknownSince(term, own, newest, backlogMs, coveredUntilMs, nowMs, told);
      if (unknown !== null) findings.push(unknown);
      dueAtMs = Math.min(dueAtMs, edgeDueAtMs(term, own, newest, backlogMs, nowMs));
    }
  };
  look(isQuiet && newest !== null && !watch.plain ? ownAbout(draft, newest, newest, watch) : own.terms);
  look(shared.everywhere);
  look(sharedExclusions(draft, newest, jump, watch, isQuiet));
  return dueAtMs;
}

/**
 * Of the shared exclusions those open or told, those about a fix that waits, and those that begin to apply around the kept fixes. Where it
 * is quiet only what is open stands, and nothing begins to apply.
 */
function sharedExclusions(
  draft: Draft,
  newest: KeptFix | null,
  jump: KeptFix | undefined,
  watch: CompiledActivation,
  isQuiet: boolean,
): readonly PreparedTerm[] {
  const { shared } = watch;
  if (shared.exclusionCount === 0 || (isQuiet && draft.open.length === 0)) return NONE;
  const terms = jump === undefined ? [] : exclusionsAlong(shared, undefined, jump);
  addShared(terms, draft.open, watch);
  if (isQuiet) return terms;
  addShared(terms, draft.told, watch);
  if (newest !== null) {
    for (const term of exclusionsOpening(shared, newest.fixedAtMs, newest.fixedAtMs + GAP_LIMIT_MS)) {
      if (!terms.includes(term) && someViolates(term.buffer ?? term, draft.fixes)) terms.push(term);
    }
  }
  return terms;
}

const NONE: readonly PreparedTerm[] = [];

/** Whether an alert says that edges after the newest fix are unknown. */
function isUnknownSince(told: Told, newest: KeptFix | null): boolean {
  return told.kind === 'unknown-at-edge' && !told.withdrawn && told.startedAtMs > (newest?.fixedAtMs ?? -Infinity);
}

/** When the first edge that no tick up to now could judge can be judged. */
function edgeDueAtMs(
  term: PreparedTerm,
  own: CompiledOwn,
  newest: KeptFix | null,
  quietMs: number,
  nowMs: number,
): number {
  const newestAtMs = newest?.fixedAtMs ?? -Infinity;
  const judgedUntilMs = nowMs >= quietMs + SETTLE_MS ? nowMs - SETTLE_MS : -Infinity;
  const edge = nextTickEdgeAfter(term, own, Math.max(newestAtMs, judgedUntilMs));
  return Math.max(edge, quietMs) + SETTLE_MS;
}

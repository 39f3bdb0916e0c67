/** What stands of all terms while no newer fix has come, and when a curfew's next edge can be judged by tick. */

import { type EdgeSpan, termsConcerned } from '../near/concerned.js';
import type { Draft, KeptFix, Told } from '../state.js';
import { GAP_LIMIT_MS, SETTLE_MS } from '../thresholds.js';
import type { CompiledActivation, CompiledOwn } from '../watch/compile.js';
import { nextTickEdgeAfter } from '../watch/intervals.js';
import type { PreparedTerm } from '../watch/prepared-term.js';
import { standingBuffer } from './buffer.js';
import type { Finding } from './finding.js';
import { openOf } from './fold-all.js';
import { backlogOf } from './horizon.js';
import { standingEpisodes, suspectedJump } from './provisional.js';
import { unknownSince } from './unknown-at-edge.js';

/** Adds what stands to the findings; answers when a tick may judge the next edge, Infinity: never. */
export function findStanding(draft: Draft, nowMs: number, watch: CompiledActivation, findings: Finding[]): number {
  const { own } = watch;
  const newest = draft.fixes.at(-1) ?? null;
  const backlogMs = backlogOf(draft);
  const jump = draft.waiting[0];
  // No edge that the state may be found to stand at: then only what is open stands, and what is not known of a curfew. Whatever is
  // violated outside its zone, as a curfew is, no step passes by.
  const isQuiet =
    jump === undefined &&
    (newest === null || draft.nextEdgeAtMs === null || draft.nextEdgeAtMs > newest.fixedAtMs + GAP_LIMIT_MS);
  const named = isQuiet ? draft.open : [...draft.open, ...draft.told];
  const edges = isQuiet && newest !== null ? null : edgesAhead(draft.fixes);
  let dueAtMs = Infinity;
  for (const term of termsConcerned(watch, null, jump ?? null, named, edges)) {
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
  return dueAtMs;
}

/** The edges that no fix has passed, as far as the state before them stands. */
function edgesAhead(fixes: readonly KeptFix[]): EdgeSpan {
  const afterMs = fixes.at(-1)?.fixedAtMs ?? Infinity;
  return { afterMs, untilMs: afterMs + GAP_LIMIT_MS, fixes };
}

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

/** What the engine holds to be so about one term: an episode, or that a curfew's edge could not be judged. */

import type { Episode, Finding, FindingEnd, KeptFix } from '../state.js';
import { DELAYED_AFTER_MS, GAP_LIMIT_MS, SETTLE_MS } from '../thresholds.js';
import { type ActiveInterval, activeIntervalAt, type Fitted } from '../watch/intervals.js';
import type { PreparedTerm } from '../watch/prepared-term.js';

export type { Finding, FindingEnd } from '../state.js';

/** An instant that never keeps anything waiting. */
export const AT_ONCE = -Infinity;

/**
 * From when on a tick may judge an instant that no fix has passed: settled, and, where the newest fix came delayed, not while
 * the backlog that it belongs to may still be coming in.
 */
export function tickJudgesFromMs(instantMs: number, backlogMs: number): number {
  return Math.max(instantMs, backlogMs) + SETTLE_MS;
}

/** When a fix was received, if it came delayed: the backlog it belongs to may still be coming in. Else nothing is waited for. */
export function backlogFromMs(fixedAtMs: number, receivedAtMs: number): number {
  return receivedAtMs - fixedAtMs > DELAYED_AFTER_MS ? receivedAtMs : AT_ONCE;
}

/** An episode as a finding. */
export function findingOf(episode: Episode, end: FindingEnd | null, settled: boolean, dueAtMs = AT_ONCE): Finding {
  return {
    termKey: episode.termKey,
    kind: episode.kind,
    startedAtMs: episode.startedAtMs,
    strength: episode.strength,
    rule: episode.rule,
    foundAtMs: episode.foundAtMs,
    edgeAtMs: episode.edgeAtMs,
    reason: episode.reason,
    evidence: episode.evidence,
    logOdds: episode.foundLogOdds,
    lastViolating: episode.lastViolating,
    end,
    dueAtMs,
    lastEdgeAtMs: null,
    settled,
  };
}

/** The end that an active interval gives to its episode; null where no end is known. */
export function closingOf(interval: ActiveInterval, backlogMs: number): FindingEnd | null {
  if (interval.endsAtMs === Infinity) return null;
  const scheduled = interval.endsBecause === 'window-closed' || interval.endsBecause === 'absence-began';
  return {
    atMs: interval.endsAtMs,
    because: interval.endsBecause,
    afterMs: null,
    fix: null,
    // Only what was planned is waited for: where a record says that it is over, what replaces it is judged at once as well.
    dueAtMs: scheduled ? tickJudgesFromMs(interval.endsAtMs, backlogMs) : interval.endsAtMs,
  };
}

/** Whether the newest fixes make a confirmed violation less likely than not, without having ended it yet. */
function isLeaving(episode: Episode): episode is Episode & { readonly leftAt: KeptFix } {
  return episode.strength === 'confirmed' && episode.leftAt !== null && episode.logOdds < 0;
}

/** The end that fixes give: at the first of the run that speaks against the violation. */
export function endAt(episode: Episode, left: KeptFix, logOdds: number, dueAtMs = AT_ONCE): FindingEnd {
  const apartMs = left.fixedAtMs - episode.lastViolating.fixedAtMs;
  const afterMs = apartMs > GAP_LIMIT_MS ? Math.max(episode.lastViolating.fixedAtMs, episode.startedAtMs) : null;
  return { atMs: left.fixedAtMs, because: 'complied', afterMs, fix: left, dueAtMs, logOdds };
}

/**
 * How an episode that the fixes left open ends with its interval: at the edge, or where its newest fixes make it less likely
 * than not, at the first of them. Null where no end is known.
 */
export function closingOfEpisode(episode: Episode, interval: ActiveInterval, backlogMs: number): FindingEnd | null {
  const closing = closingOf(interval, backlogMs);
  if (closing === null || !isLeaving(episode)) return closing;
  // Not later for a backlog under way: what a tick told about the edge is amended at once.
  return endAt(episode, episode.leftAt, episode.logOdds, interval.endsAtMs + SETTLE_MS);
}

/** The interval an open episode lives in; null where a change of the watch has taken it away. */
export function intervalOf(episode: Episode, term: PreparedTerm, fitted: Fitted): ActiveInterval | null {
  return activeIntervalAt(term, fitted, episode.startedAtMs);
}

/** What the engine holds to be so about one term: an episode, or that a curfew's edge could not be judged. */
import { type ActiveInterval, activeIntervalAt, type Fitted } from './intervals.js';
import type { PreparedTerm } from './prepared-term.js';
import type { Episode, Finding, FindingEnd, KeptFix } from './state.js';
import { DELAYED_AFTER_MS, SETTLE_MS } from './thresholds.js';

export type { Finding, FindingEnd } from './state.js';

/** An instant that never keeps anything waiting. */
export const AT_ONCE = -Infinity;

/**
 * From when on a tick may judge an instant that no fix has passed: settled, and, where the newest fix came delayed, not while
 * the backlog that it belongs to may still be coming in.
 */
export function tickJudgesFromMs(instantMs: number, newest: KeptFix | null): number {
  return Math.max(instantMs, backlogFromMs(newest)) + SETTLE_MS;
}

/** When the newest fix was received, if it came delayed; else nothing is waited for. */
export function backlogFromMs(newest: KeptFix | null): number {
  const delayed = newest !== null && newest.receivedAtMs - newest.fixedAtMs > DELAYED_AFTER_MS;
  return delayed ? newest.receivedAtMs : AT_ONCE;
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
    lastViolating: episode.lastViolating,
    end,
    dueAtMs,
    lastEdgeAtMs: null,
    settled,
  };
}

/** The end that an active interval gives to its episode; null where no end is known. */
export function closingOf(interval: ActiveInterval, newest: KeptFix | null): FindingEnd | null {
  if (interval.endsAtMs === Infinity) return null;
  const scheduled = interval.endsBecause === 'window-closed' || interval.endsBecause === 'absence-began';
  return {
    atMs: interval.endsAtMs,
    because: interval.endsBecause,
    afterMs: null,
    fix: null,
    // Only what was planned is waited for: where a record says that it is over, what replaces it is judged at once as well.
    dueAtMs: scheduled ? tickJudgesFromMs(interval.endsAtMs, newest) : interval.endsAtMs,
  };
}

/** The interval an open episode lives in; null where a change of the watch has taken it away. */
export function intervalOf(episode: Episode, term: PreparedTerm, fitted: Fitted): ActiveInterval | null {
  return activeIntervalAt(term, fitted, episode.startedAtMs);
}

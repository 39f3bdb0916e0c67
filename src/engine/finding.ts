/** What the engine holds to be so about one term: an episode, or that a curfew's edge could not be judged. */
import { type ActiveInterval, activeIntervalAt, type Fitted } from './intervals.js';
import type { PreparedTerm } from './prepared-term.js';
import type { Episode, KeptFix, Strength } from './state.js';
import { DELAYED_AFTER_MS, SETTLE_MS } from './thresholds.js';
import type { AlertKind, CurfewReason, EndedBecause, Rule } from './types.js';

export interface FindingEnd {
  readonly atMs: number;
  readonly because: EndedBecause;
  /** Where the end lies between two instants: the last one that was still in violation. */
  readonly afterMs: number | null;
  /** The fix that ended it; null where an edge did. */
  readonly fix: KeptFix | null;
  /** From when on a tick may tell it; an end that a fix made is told at once. */
  readonly dueAtMs: number;
}

export interface Finding {
  readonly termKey: string;
  readonly kind: AlertKind;
  readonly startedAtMs: number;
  readonly strength: Strength;
  readonly rule: Rule;
  readonly foundAtMs: number;
  readonly edgeAtMs: number | null;
  readonly reason: CurfewReason | null;
  readonly evidence: readonly KeptFix[];
  readonly lastViolating: KeptFix | null;
  readonly end: FindingEnd | null;
  /** From when on it may be raised. */
  readonly dueAtMs: number;
  /** For `unknown-at-edge`: the last edge it covers. */
  readonly lastEdgeAtMs: number | null;
  /** No later fix changes it: the fold has passed it. */
  readonly settled: boolean;
}

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
  const scheduled = interval.endsBecause === 'window-closed';
  return {
    atMs: interval.endsAtMs,
    because: interval.endsBecause,
    afterMs: null,
    fix: null,
    // Only a window is waited for: where a record says that it is over, what replaces it is judged at once as well.
    dueAtMs: scheduled ? tickJudgesFromMs(interval.endsAtMs, newest) : interval.endsAtMs,
  };
}

/** The interval an open episode lives in; null where a change of the watch has taken it away. */
export function intervalOf(episode: Episode, term: PreparedTerm, fitted: Fitted): ActiveInterval | null {
  return activeIntervalAt(term, fitted, episode.startedAtMs);
}

/**
 * What follows from the fold while no newer fix has come: a pure function of what the fixes made and of the watch. A tick
 * tells it when it is due; fixes for that time make it again, and the difference is amended or withdrawn.
 */

import type { Episode, KeptFix } from '../state.js';
import { GAP_LIMIT_MS } from '../thresholds.js';
import { type ActiveInterval, activeIntervalAt, type Fitted, openingsBetween } from '../watch/intervals.js';
import type { PreparedTerm } from '../watch/prepared-term.js';
import {
  AT_ONCE,
  closingOf,
  closingOfEpisode,
  type Finding,
  type FindingEnd,
  findingOf,
  intervalOf,
  tickJudgesFromMs,
} from './finding.js';
import { openAtEdge, reasonAtFix } from './fold.js';
import { isEnoughAlone } from './likelihood.js';

/** The end that its interval gives to an open episode while no newer fix has come; null where none is known. */
function endIn(interval: ActiveInterval, term: PreparedTerm, open: Episode, backlogMs: number): FindingEnd | null {
  // What was raised within its grace by a tick is not taken back by fixes that may be outliers.
  const isFull = open.lastViolating.fixedAtMs - open.startedAtMs >= term.term.graceMs;
  return isFull ? closingOfEpisode(open, interval, backlogMs) : closingOf(interval, backlogMs);
}

/**
 * The episodes of one term as they stand, oldest first: the open one with the end that its interval gives it, and what the
 * state amounts to at openings that no fix has passed. None of them is settled.
 */
export function standingEpisodes(
  term: PreparedTerm,
  fitted: Fitted,
  open: Episode | null,
  fixes: readonly KeptFix[],
  backlogMs: number,
): Finding[] {
  const newest = fixes.at(-1) ?? null;
  const findings: Finding[] = [];
  let fromMs = newest?.fixedAtMs ?? -Infinity;
  const interval = open === null ? null : intervalOf(open, term, fitted);
  if (open !== null && interval !== null) {
    if (open.raised) findings.push(findingOf(open, endIn(interval, term, open, backlogMs), false));
    fromMs = Math.max(fromMs, interval.endsAtMs - 1);
  }
  if (newest === null || fromMs > newest.fixedAtMs + GAP_LIMIT_MS) return findings;
  for (const opening of openingsBetween(term, fitted, fromMs, newest.fixedAtMs + GAP_LIMIT_MS, Infinity)) {
    // A real violation in old fixes is judged by its own time; what silence implies is judged only since publication.
    if (opening.atMs < term.term.publishedAtMs) continue;
    const found = openAtEdge(term, opening, fixes);
    if (found === null) continue;
    const dueAtMs = opening.switchOn ? opening.atMs : tickJudgesFromMs(opening.atMs, backlogMs);
    findings.push(findingOf(found, closingOf(opening.interval, backlogMs), false, dueAtMs));
  }
  return findings;
}

/**
 * What the first of the waiting fixes amounts to in a first-fix term: suspected, for were it true nobody would wait for the next.
 * Null where it is not in violation, or within the time of an episode that stands.
 */
export function suspectedJump(
  term: PreparedTerm,
  fitted: Fitted,
  jump: KeptFix,
  newest: KeptFix | null,
  standing: readonly Finding[],
  backlogMs: number,
): Finding | null {
  if (term.term.confirmOn !== 'first-fix') return null;
  const interval = activeIntervalAt(term, fitted, jump.fixedAtMs);
  if (interval === null || !isEnoughAlone(term, jump)) return null;
  // An episode that is being left, and ends at a fix before the jump if nothing else comes, is still the open one.
  const isCovered = standing.some(
    ({ startedAtMs, end }) => startedAtMs < interval.endsAtMs && (end?.atMs ?? Infinity) > interval.startsAtMs,
  );
  if (isCovered) return null;
  return {
    termKey: term.key,
    kind: term.kind,
    startedAtMs: jump.fixedAtMs,
    strength: 'suspected',
    rule: 'first-fix',
    foundAtMs: jump.fixedAtMs,
    edgeAtMs: null,
    reason: term.term.kind === 'curfew' ? reasonAtFix(term, interval, newest ?? undefined) : null,
    evidence: [jump],
    lastViolating: jump,
    end: closingOf(interval, backlogMs),
    dueAtMs: AT_ONCE,
    lastEdgeAtMs: null,
    settled: false,
    impossibleSpeed: true,
  };
}

/** A curfew's edge that no fix tells about: neither violation nor compliance, and said so. */

import type { KeptFix, Told } from '../state.js';
import { GAP_LIMIT_MS, SETTLE_MS } from '../thresholds.js';
import { activeIntervalAt, endOfTerm, type Fitted, lastTickEdge, nextTickEdgeAfter } from '../watch/intervals.js';
import type { PreparedTerm } from '../watch/prepared-term.js';
import { AT_ONCE, type Finding, type FindingEnd } from './finding.js';
import { evidenceOf } from './likelihood.js';

/**
 * The silence between two fixes, or since the newest one, at the edges of a curfew. `coveredUntilMs`: up to when violations
 * account for the time. At most one finding per silence and term: it starts at its first edge and covers the later ones.
 */
export function unknownBetween(
  term: PreparedTerm,
  fitted: Fitted,
  before: KeptFix | null,
  after: KeptFix,
  coveredUntilMs: number,
): Finding | null {
  const edges = unknownEdges(term, fitted, before, coveredUntilMs, after.fixedAtMs - SETTLE_MS - 1);
  if (edges === null) return null;
  const atMs = after.fixedAtMs;
  if (atMs - edges.firstMs <= GAP_LIMIT_MS) {
    // The fix is near enough to tell about the edge: at home there was nothing, and a violation speaks for itself.
    const evidence = evidenceOf(term, before ?? undefined, after, false);
    if (evidence < 0 || (evidence > 0 && activeIntervalAt(term, fitted, atMs) !== null)) return null;
  }
  const ends = endOfTerm(term, fitted);
  const end: FindingEnd =
    atMs < ends.atMs
      ? { atMs, because: 'restored', afterMs: null, fix: after, dueAtMs: AT_ONCE }
      : { atMs: ends.atMs, because: ends.because, afterMs: null, fix: null, dueAtMs: AT_ONCE };
  return unknown(term, edges.firstMs, edges.lastMs, end, true);
}

/**
 * The silence since the newest fix, as far as a tick at `nowMs` may judge it. While a backlog is coming in, `told` stands as it
 * is: its next fix may tell about the edge.
 */
export function unknownSince(
  term: PreparedTerm,
  fitted: Fitted,
  newest: KeptFix | null,
  backlogMs: number,
  coveredUntilMs: number,
  nowMs: number,
  told: Told | undefined,
): Finding | null {
  const backlog = nowMs < backlogMs + SETTLE_MS;
  if (backlog && told === undefined) return null;
  const edges = backlog
    ? { firstMs: told!.startedAtMs, lastMs: told!.lastEdgeAtMs! }
    : unknownEdges(term, fitted, newest, coveredUntilMs, Math.max(nowMs - SETTLE_MS, told?.lastEdgeAtMs ?? -Infinity));
  if (edges === null) return null;
  const ends = endOfTerm(term, fitted);
  const end =
    ends.atMs === Infinity
      ? null
      : { atMs: ends.atMs, because: ends.because, afterMs: null, fix: null, dueAtMs: ends.atMs };
  return unknown(term, edges.firstMs, edges.lastMs, end, false);
}

function unknownEdges(
  term: PreparedTerm,
  fitted: Fitted,
  before: KeptFix | null,
  coveredUntilMs: number,
  untilMs: number,
): { firstMs: number; lastMs: number } | null {
  if (term.term.kind !== 'curfew') return null;
  const fromMs = Math.max(before === null ? -Infinity : before.fixedAtMs + GAP_LIMIT_MS, coveredUntilMs);
  const firstMs = nextTickEdgeAfter(term, fitted, fromMs);
  if (firstMs > untilMs) return null;
  return { firstMs, lastMs: lastTickEdge(term, fitted, fromMs, untilMs) ?? firstMs };
}

function unknown(
  term: PreparedTerm,
  firstMs: number,
  lastMs: number,
  end: FindingEnd | null,
  settled: boolean,
): Finding {
  return {
    termKey: term.key,
    kind: 'unknown-at-edge',
    startedAtMs: firstMs,
    // Suspected, so that it closes by itself when a fix shows that there was nothing; it is never confirmed.
    strength: 'suspected',
    rule: 'silence',
    foundAtMs: lastMs,
    edgeAtMs: lastMs,
    reason: null,
    evidence: [],
    lastViolating: null,
    end,
    dueAtMs: AT_ONCE,
    lastEdgeAtMs: lastMs,
    settled,
  };
}

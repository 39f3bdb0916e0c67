/**
 * What lies between two fixes and no fix tells of. A passage through an exclusion zone: the straight line between the fixes is not the
 * route, so it is suspected and never confirmed; and it is over when it is found. A curfew's edge that no fix tells about: neither
 * violation nor compliance, and said so.
 */

import { mayPass, type Passage, passageThrough, stepMetres } from '../geometry/step.js';
import { contains } from '../geometry/zone.js';
import { AT_ONCE, type Finding, type FindingEnd, type KeptFix, type Sighting, type Told } from '../state.js';
import {
  CANNOT_EXCLUDE_LIMIT_MS,
  CROSSING_DEPTH_SIGMAS,
  CROSSING_SPEED_LIMIT_METRES_PER_SECOND,
  EVIDENCE_FIXES,
  GAP_LIMIT_MS,
  SETTLE_MS,
} from '../thresholds.js';
import {
  activeIntervalAt,
  endOfTerm,
  type Fitted,
  lastTickEdge,
  nextIntervalAfter,
  nextTickEdgeAfter,
  type PreparedTerm,
} from '../watch/terms.js';
import { evidenceOf, violates } from './belief.js';

const SECOND_MS = 1000;

/** Whether the step to a fix may pass through a term's zone, however it then is judged. A few comparisons far from the zone. */
export function mayCross(term: PreparedTerm, last: Sighting | undefined, fix: Sighting): boolean {
  if (term.kind !== 'exclusion' || last === undefined || fix.fixedAtMs - last.fixedAtMs > GAP_LIMIT_MS) return false;
  return mayPass(term.shape, last, fix);
}

/** The fixes about a passage: the last one outside before it, those inside, the first one outside after it. */
interface Around {
  readonly before: KeptFix;
  readonly inside: readonly KeptFix[];
  readonly after: KeptFix;
}

/**
 * The passage that a fix outside completes; null where there is none to tell. `earlier` are the judged fixes before it.
 * `isTakenBack`: a suspicion was, by this fix: then fixes inside lie between, and perhaps more outside after them.
 */
export function crossingBetween(
  term: PreparedTerm,
  fitted: Fitted,
  earlier: readonly KeptFix[],
  fix: KeptFix,
  isTakenBack: boolean,
): Finding | null {
  if (term.kind !== 'exclusion' || violates(term, fix)) return null;
  const around = fixesAround(term, earlier, fix, isTakenBack);
  if (around === null || !isJourney(around)) return null;
  const { before, inside, after } = around;
  const deepMetres = deepFrom(before, after);
  const passage = passageThrough(term.shape, before, after, deepMetres);
  if (passage === null || passage.depthMetres < deepMetres) return null;
  const [startedAtMs, endedAtMs] = instantsOf(term, around, passage);
  const interval = activeIntervalAt(term, fitted, startedAtMs);
  if (interval === null || endedAtMs > interval.endsAtMs) return null;
  const { publishedAtMs } = term.term;
  const isSwitchedOnBetween = publishedAtMs > before.fixedAtMs && publishedAtMs <= after.fixedAtMs;
  if (isSwitchedOnBetween && startedAtMs < publishedAtMs) return null;
  return {
    termKey: term.key,
    kind: term.kind,
    startedAtMs,
    strength: 'suspected',
    rule: 'crossing',
    foundAtMs: fix.fixedAtMs,
    edgeAtMs: null,
    reason: null,
    evidence: [before, ...inside.slice(2 - EVIDENCE_FIXES), after],
    crossing: { chordMetres: passage.chordMetres, depthMetres: passage.depthMetres },
    lastViolating: inside.at(-1) ?? null,
    end: { atMs: endedAtMs, because: 'complied', afterMs: null, fix: after, dueAtMs: AT_ONCE },
    dueAtMs: AT_ONCE,
    lastEdgeAtMs: null,
    settled: true,
  };
}

function fixesAround(
  term: PreparedTerm,
  earlier: readonly KeptFix[],
  fix: KeptFix,
  isTakenBack: boolean,
): Around | null {
  let after = fix;
  let i = earlier.length - 1;
  while (isTakenBack && i >= 0 && !violates(term, earlier[i]!)) after = earlier[i--]!;
  const end = i + 1;
  while (i >= 0 && violates(term, earlier[i]!)) i--;
  const before = earlier[i];
  return before === undefined ? null : { before, inside: earlier.slice(i + 1, end), after };
}

/** No longer than the gap limit in all, and nowhere faster than a journey is. */
function isJourney({ before, inside, after }: Around): boolean {
  if (after.fixedAtMs - before.fixedAtMs > GAP_LIMIT_MS) return false;
  let from = before;
  for (const to of [...inside, after]) {
    const seconds = (to.fixedAtMs - from.fixedAtMs) / SECOND_MS;
    if (stepMetres(from, to) > CROSSING_SPEED_LIMIT_METRES_PER_SECOND * seconds) return false;
    from = to;
  }
  return true;
}

/** From so deep on it is not a corner that the errors of the fixes may have cut. */
function deepFrom(before: KeptFix, after: KeptFix): number {
  return CROSSING_DEPTH_SIGMAS * Math.max(before.sigmaMetres, after.sigmaMetres);
}

/** Entry and exit by the clock of even going from fix to fix; whole milliseconds. */
function instantsOf(term: PreparedTerm, { before, inside, after }: Around, passage: Passage): [number, number] {
  const first = inside[0] ?? after;
  const last = inside.at(-1) ?? before;
  const enters = inside.length === 0 ? passage.enters : (passageThrough(term.shape, before, first)?.enters ?? 1);
  const leaves = inside.length === 0 ? passage.leaves : (passageThrough(term.shape, last, after)?.leaves ?? 0);
  return [
    Math.round(before.fixedAtMs + enters * (first.fixedAtMs - before.fixedAtMs)),
    Math.round(last.fixedAtMs + leaves * (after.fixedAtMs - last.fixedAtMs)),
  ];
}

/**
 * The exclusions that a gap longer than `GAP_LIMIT_MS` leaves open: in force for some of it, both its ends outside the zone, the
 * straight line between them through it. Null: the gap is longer than `CANNOT_EXCLUDE_LIMIT_MS`, and nothing can be excluded.
 */
export function cannotExclude(
  terms: readonly PreparedTerm[],
  fitted: Fitted,
  before: Sighting,
  after: Sighting,
): readonly PreparedTerm[] | null {
  if (after.fixedAtMs - before.fixedAtMs > CANNOT_EXCLUDE_LIMIT_MS) return null;
  return terms.filter(
    (term) =>
      term.kind === 'exclusion' &&
      isActiveWithin(term, fitted, before.fixedAtMs, after.fixedAtMs) &&
      !contains(term.shape, before.latitude, before.longitude) &&
      !contains(term.shape, after.latitude, after.longitude) &&
      passageThrough(term.shape, before, after) !== null,
  );
}

function isActiveWithin(term: PreparedTerm, fitted: Fitted, fromMs: number, untilMs: number): boolean {
  if (activeIntervalAt(term, fitted, fromMs) !== null) return true;
  const next = nextIntervalAfter(term, fitted, fromMs);
  return next !== null && next.startsAtMs < untilMs;
}

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

/**
 * One fix folded into every term that it can mean something to, and what then stands of all terms while no newer fix has come.
 *
 * What stands is a pure function of what the fixes made and of the watch. A tick tells it when it is due; fixes for that time make it
 * again, and the difference is amended or withdrawn. The buffer is the ring around an exclusion's zone that warns before the breach. Near is
 * within the buffer of the zone, in it or not, so going in and out of the zone is one approach; and where the zone's own violation was
 * raised first there is nothing left to warn of.
 */

import { type EdgeSpan, mayMatter, termsConcerned } from '../near/concerned.js';
import { firstAfter } from '../near/shared-index.js';
import {
  AT_ONCE,
  type Draft,
  type Episode,
  exactly,
  type Finding,
  type FindingEnd,
  type KeptFix,
  type Told,
} from '../state.js';
import { GAP_LIMIT_MS, KEPT_FIXES, SETTLE_MS } from '../thresholds.js';
import type { CompiledActivation, CompiledOwn } from '../watch/compile.js';
import {
  type ActiveInterval,
  activeIntervalAt,
  type Fitted,
  nextEdgeAfter,
  nextTickEdgeAfter,
  openingsBetween,
  type PreparedTerm,
} from '../watch/terms.js';
import { isEnoughAlone } from './belief.js';
import { crossingBetween, mayCross, unknownBetween, unknownSince } from './between.js';
import {
  closingOf,
  closingOfEpisode,
  type FoldedTerm,
  findingOf,
  foldFix,
  intervalOf,
  openAtEdge,
  reasonAtFix,
  tickJudgesFromMs,
} from './episode.js';
import { weighSpeed } from './evidence.js';
import { backlogOf, noteReceipt } from './horizon.js';

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
  const { own } = watch;
  const before = draft.fixes;
  const last = before.at(-1);
  const edgePassed = draft.nextEdgeAtMs !== null && fix.fixedAtMs >= draft.nextEdgeAtMs;
  const open: Episode[] = [];
  for (const term of termsConcerned(watch, last ?? null, fix, draft.open, edgePassed ? edgesTo(fix, before) : null)) {
    const wasOpen = openOf(draft.open, term);
    const goesOn = wasOpen.zone !== null || wasOpen.buffer !== null;
    if (!goesOn && !edgePassed && !mayMatter(term, last, fix)) continue;
    const { coveredUntilMs } = foldWithBuffer(term, own, wasOpen, before, fix, open, settled);
    const unknown = edgePassed ? unknownBetween(term, own, last ?? null, fix, coveredUntilMs) : null;
    if (unknown !== null) settled.push(unknown);
  }
  // In an order of their own, whatever the way they were found.
  draft.open = exactly(open.length < 2 ? open : open.sort((a, b) => (a.termKey < b.termKey ? -1 : 1)));
  draft.fixes = [...(before.length < KEPT_FIXES ? before : before.slice(1)), fix];
  if (edgePassed) findNextEdges(draft, watch);
}

/** The edges between a fix and those before it, as far as their state stands. */
function edgesTo(fix: KeptFix, before: readonly KeptFix[]): EdgeSpan {
  const afterMs = before.at(-1)?.fixedAtMs ?? Infinity;
  return { afterMs, untilMs: Math.min(fix.fixedAtMs, afterMs + GAP_LIMIT_MS), fixes: before };
}

/** The open episodes of a term and of its buffer, raised or not. */
interface OpenOf {
  readonly zone: Episode | null;
  readonly buffer: Episode | null;
}

export function openOf(open: readonly Episode[], term: PreparedTerm): OpenOf {
  let zone: Episode | null = null;
  let buffer: Episode | null = null;
  for (const episode of open) {
    if (episode.termKey === term.key) zone = episode;
    else if (episode.termKey === term.buffer?.key) buffer = episode;
  }
  return { zone, buffer };
}

function take(folded: FoldedTerm, open: Episode[], settled: Finding[]): void {
  if (folded.open !== null) open.push(folded.open);
  for (const finding of folded.settled) settled.push(finding);
}

/**
 * One condition's zone: the episode that fixes make, and the passage that none of them saw. `open`: the episode of the term that is
 * open; `before`: the judged fixes before this one, newest last. Where an episode is told of the time there is no crossing besides.
 */
export function foldTerm(
  term: PreparedTerm,
  fitted: Fitted,
  open: Episode | null,
  before: readonly KeptFix[],
  fix: KeptFix,
): FoldedTerm {
  const folded = foldFix(term, fitted, open, before, fix);
  if (folded.open?.raised || folded.settled.length > 0) return folded;
  const isTakenBack = open?.raised ?? false;
  if (!isTakenBack && !mayCross(term, before.at(-1), fix)) return folded;
  const crossing = crossingBetween(term, fitted, before, fix, isTakenBack);
  if (crossing === null) return folded;
  // The passage is told: a doubt that is left of the fixes in it has no part in what begins after it.
  const doubt = folded.open === null ? null : { ...folded.open, leftAt: folded.open.leftAt ?? fix };
  return { ...folded, open: doubt, settled: [crossing] };
}

/** A term, and then its buffer, where it has one. Adds what is open of these two and what was settled; answers what was made of the zone. */
export function foldWithBuffer(
  term: PreparedTerm,
  fitted: Fitted,
  wasOpen: OpenOf,
  before: readonly KeptFix[],
  fix: KeptFix,
  open: Episode[],
  settled: Finding[],
): FoldedTerm {
  const zone = foldTerm(term, fitted, wasOpen.zone, before, fix);
  take(zone, open, settled);
  if (term.buffer !== null) take(foldBuffer(term.buffer, fitted, wasOpen.buffer, before, fix, zone), open, settled);
  return zone;
}

/** What the same fix made of the zone itself. */
type ZoneFold = Pick<FoldedTerm, 'open' | 'settled'>;

/** Folds a fix into the buffer of a zone, after the zone; like `foldFix`. */
export function foldBuffer(
  buffer: PreparedTerm,
  fitted: Fitted,
  open: Episode | null,
  before: readonly KeptFix[],
  fix: KeptFix,
  zone: ZoneFold,
): FoldedTerm {
  const folded = foldFix(buffer, fitted, open, before, fix);
  const settled = folded.settled.filter(({ startedAtMs }) =>
    startedAtMs === open?.startedAtMs ? open.buffer === 'warned' : !isViolatedSince(zone, startedAtMs),
  );
  return { ...folded, open: folded.open === null ? null : decide(folded.open, zone), settled };
}

/**
 * Decides, once, whether an approach is told: when it is raised and no violation of the zone that began with it, or before, is.
 * While such a violation is only suspected that is left open.
 */
function decide(approach: Episode, zone: ZoneFold): Episode {
  if (approach.buffer !== undefined) return approach;
  if (!isViolatedSince(zone, approach.startedAtMs))
    return approach.raised ? { ...approach, buffer: 'warned' } : approach;
  const isCertain = zone.settled.length > 0 || zone.open?.strength === 'confirmed';
  return isCertain ? { ...approach, buffer: 'hushed' } : approach;
}

/** Whether a violation of the zone that began at an instant or before it was raised. */
function isViolatedSince({ open, settled }: ZoneFold, atMs: number): boolean {
  if (open?.raised && open.startedAtMs <= atMs) return true;
  return settled.some(({ startedAtMs }) => startedAtMs <= atMs);
}

/** The approaches as they stand; `zone` are the episodes of the zone that do. */
export function standingBuffer(
  buffer: PreparedTerm,
  fitted: Fitted,
  open: Episode | null,
  fixes: readonly KeptFix[],
  backlogMs: number,
  zone: readonly Finding[],
): Finding[] {
  return standingEpisodes(buffer, fitted, open, fixes, backlogMs).filter(({ startedAtMs }) => {
    if (startedAtMs === open?.startedAtMs) return open.buffer === 'warned';
    return !zone.some((one) => one.startedAtMs <= startedAtMs && (one.end?.atMs ?? Infinity) > startedAtMs);
  });
}

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
    const open = openOf(draft.open, term);
    const isCurfew = term.term.kind === 'curfew';
    if (isQuiet && open.zone === null && open.buffer === null && !isCurfew) continue;
    const episodes = standingEpisodes(term, own, open.zone, draft.fixes, backlogMs);
    findings.push(...episodes);
    if (term.buffer !== null)
      findings.push(...standingBuffer(term.buffer, own, open.buffer, draft.fixes, backlogMs, episodes));
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

/** Finds the edges after the newest fix, so that a fix before them need not look for any. */
export function findNextEdges(draft: Draft, { own, shared }: CompiledActivation): void {
  const newestAtMs = draft.fixes.at(-1)?.fixedAtMs ?? -Infinity;
  let edge = shared.openings[firstAfter(shared.openings, newestAtMs)]?.atMs ?? Infinity;
  let tickEdge = shared.tickOpenings[firstAfter(shared.tickOpenings, newestAtMs)]?.atMs ?? Infinity;
  for (const terms of [own.terms, shared.everywhere]) {
    for (const term of terms) {
      edge = Math.min(edge, nextEdgeAfter(term, own, newestAtMs));
      tickEdge = Math.min(tickEdge, nextTickEdgeAfter(term, own, newestAtMs));
    }
  }
  draft.nextEdgeAtMs = edge === Infinity ? null : edge;
  draft.nextTickEdgeAtMs = tickEdge === Infinity ? null : tickEdge;
}

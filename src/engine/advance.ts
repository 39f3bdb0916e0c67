/** The fold of one activation: a state and an input give the next state and what is to be said. Pure and synchronous. */
import { sigmaMetres, violates } from './belief.js';
import type { CompiledActivation, CompiledOwn } from './compile.js';
import { mayCross } from './crossing.js';
import { whyNotJudged } from './evidence.js';
import { backlogFromMs, type Finding } from './finding.js';
import { foldTerm } from './fold-term.js';
import { applyHistory } from './history.js';
import { latenessOf, liveBaseMs, newestOf, remember, rewind } from './horizon.js';
import type { EngineInput, HistoryInput } from './inputs.js';
import { isActive, nextTickEdgeAfter } from './intervals.js';
import { recall } from './match.js';
import type { PreparedTerm } from './prepared-term.js';
import { standingEpisodes, suspectedJump } from './provisional.js';
import { holds, placeDisc } from './safe-disc.js';
import { exclusionsAlong, exclusionsOpening } from './shared-index.js';
import { isPlausible, isReachable, weighSpeed } from './speed.js';
import type { ActivationState, HeldBack, KeptFix, Told, ToldOver } from './state.js';
import { goOnSteadily } from './steady.js';
import { shrinkAt, surveyAround } from './survey.js';
import { tell } from './tell.js';
import { AHEAD_LIMIT_MS, GAP_LIMIT_MS, KEPT_FIXES, SETTLE_MS } from './thresholds.js';
import type { EngineEvent, NotJudged, ReconcileRequest } from './types.js';
import { unknownBetween, unknownSince } from './unknown-at-edge.js';
import { adoptWatch, findNextEdges, knowsWatch, termOf } from './watch-change.js';

export type { ActivationState } from './state.js';
export { initialState } from './state.js';
export { upgradeState } from './upgrade.js';

export interface Advance {
  /** The next state; the one given may have been changed and must be dropped. */
  readonly state: ActivationState;
  readonly events: readonly EngineEvent[];
  /** When the next tick could change anything, epoch ms; null: never. It stands in the state, too. */
  readonly nextDueAtMs: number | null;
  /** Why a ping did not count; null for one that did, and for the other inputs. */
  readonly notJudged: NotJudged | null;
  /** What of the past this input asks to be judged again over the record; null: nothing. */
  readonly reconcile: ReconcileRequest | null;
}

const NO_EVENTS: readonly EngineEvent[] = [];

/**
 * Folds one input. `watch` is what applies now; a change of it, own or shared, is told by a `watch` input before any ping is
 * judged by it. A tick before `nextDueAtMs` changes nothing and need not be given. When it throws (a broken invariant), the
 * given state is as it was.
 */
export function advance(state: ActivationState, input: EngineInput, watch: CompiledActivation): Advance {
  const { disc } = watch;
  if (disc.state === state && input.type === 'ping' && isInDisc(input, watch)) {
    const fix = fixOf(input, watch.own);
    const last = state.fixes[state.fixes.length - 1]!;
    if (fix.fixedAtMs > last.fixedAtMs && isReachable(last, fix)) return pass(state, fix);
  }
  const known = knowsWatch(state, watch);
  if (input.type === 'tick' && known && input.atMs < (state.nextDueAtMs ?? Infinity)) return unchanged(state, null);
  if (input.type === 'history') return tellHistory(state, input, watch, known);
  if (input.type !== 'ping') return judge(state, null, input.atMs, watch, !known || input.type === 'watch');

  const { ping, receivedAtMs } = input;
  const notJudged = whyNotJudged(ping, receivedAtMs, watch.own);
  if (notJudged !== null) return unchanged(state, notJudged);
  const fix = fixOf(input, watch.own);
  const newest = newestOf(state);
  if (newest !== undefined && fix.fixedAtMs <= newest.fixedAtMs) return judgeLate(state, fix, watch, known);
  if (watch.plain || !known || !isPlausible(state, fix)) return judge(state, fix, receivedAtMs, watch, !known);
  const shrink = shrinkAt(fix.latitude);
  const clear = mayBeUneventful(state, fix) ? surveyAround(watch, state.fixes.at(-1), fix, shrink) : -1;
  if (clear < 0) return goOn(state, fix, receivedAtMs, watch);
  placeDisc(disc, state, fix, shrink, clear, watch.own.removedAtMs, watch.shared.version);
  return pass(state, fix);
}

type PingInput = Extract<EngineInput, { type: 'ping' }>;

/** A ping that is evidence, as it is kept. */
function fixOf({ ping, receivedAtMs }: PingInput, own: CompiledOwn): KeptFix {
  const position = ping.position!;
  const accuracyMetres = position.accuracyMetres ?? own.defaultAccuracyMetres!;
  return {
    fixedAtMs: ping.fixedAtMs,
    receivedAtMs,
    latitude: position.latitude,
    longitude: position.longitude,
    accuracyMetres,
    sigmaMetres: sigmaMetres(accuracyMetres, own.accuracyConvention),
  };
}

/** Whether a ping has a fix in the disc, and one that is evidence. */
function isInDisc({ ping, receivedAtMs }: PingInput, { disc, shared, own }: CompiledActivation): boolean {
  const { position, fixedAtMs } = ping;
  if (position === null || !holds(disc, position, fixedAtMs, receivedAtMs, shared.version)) return false;
  if (fixedAtMs - receivedAtMs > AHEAD_LIMIT_MS) return false;
  if (position.mechanism !== 'GPS' && position.mechanism !== 'RF') return false;
  return position.accuracyMetres !== null || own.defaultAccuracyMetres !== null;
}

/** Keeps a fix that changes nothing else. */
function pass(state: ActivationState, fix: KeptFix): Advance {
  keep(state.fixes, fix);
  remember(state, fix);
  const edge = state.nextTickEdgeAtMs;
  state.nextDueAtMs = edge === null ? null : Math.max(edge, backlogFromMs(fix)) + SETTLE_MS;
  return unchanged(state, null);
}

/** A fix that an open episode may go on with; whatever else it means, the long path finds. */
function goOn(state: ActivationState, fix: KeptFix, receivedAtMs: number, watch: CompiledActivation): Advance {
  const steady = goOnSteadily(state, fix, watch);
  if (steady === null) return judge(state, fix, receivedAtMs, watch, false);
  state.open = steady.open;
  keep(state.fixes, fix);
  remember(state, fix);
  state.nextDueAtMs = steady.dueAtMs === Infinity ? null : steady.dueAtMs;
  return unchanged(state, null);
}

function unchanged(state: ActivationState, notJudged: NotJudged | null): Advance {
  return { state, events: NO_EVENTS, nextDueAtMs: state.nextDueAtMs, notJudged, reconcile: null };
}

/** Older than what the live fold can still judge: it is left as it is, and the record is asked. */
function askRecord(state: ActivationState, { fixedAtMs }: KeptFix): Advance {
  const reconcile = { fromMs: fixedAtMs, toMs: fixedAtMs, baseAtMs: liveBaseMs(state) };
  return { ...unchanged(state, 'beyond-horizon'), reconcile };
}

/** Tells what a re-run over the record found. */
function tellHistory(
  state: ActivationState,
  history: HistoryInput,
  watch: CompiledActivation,
  known: boolean,
): Advance {
  const adopted = known ? unchanged(state, null) : judge(state, null, history.atMs, watch, true);
  const draft = draftOf(adopted.state);
  const events = applyHistory(draft, history, watch);
  return { ...unchanged(draft, null), events: [...adopted.events, ...events] };
}

function keep(fixes: KeptFix[], fix: KeptFix): void {
  if (fixes.length >= KEPT_FIXES) fixes.shift();
  fixes.push(fix);
}

/** Whether nothing is open or told and no edge was passed or is waited for: where the fix violates nothing, nothing happens. */
function mayBeUneventful(state: ActivationState, fix: KeptFix): boolean {
  if (state.open.length > 0 || state.told.length > 0 || state.heldBack !== undefined) return false;
  if (state.nextEdgeAtMs !== null && fix.fixedAtMs >= state.nextEdgeAtMs) return false;
  const tickEdge = state.nextTickEdgeAtMs;
  return tickEdge === null || fix.receivedAtMs < tickEdge || tickEdge - fix.fixedAtMs > GAP_LIMIT_MS;
}

function isViolatedBy(term: PreparedTerm, fix: KeptFix): boolean {
  return isActive(term, fix.fixedAtMs) && violates(term, fix);
}

/** The long path: fold the fix, find what stands now, tell the difference. */
function judge(
  state: ActivationState,
  fix: KeptFix | null,
  nowMs: number,
  watch: CompiledActivation,
  changed: boolean,
): Advance {
  const draft = draftOf(state);
  // A shared term may be gone before the `watch` input that tells so has come.
  const isStale = changed || hasVanished(state, watch);
  const findings = isStale ? adoptWatch(draft, watch, nowMs) : [];
  const silentSinceMs = draft.fixes.at(-1)?.fixedAtMs ?? null;
  if (fix !== null) findings.push(...foldCandidate(draft, fix, watch));
  const standing = findStanding(draft, nowMs, watch);
  findings.push(...standing.findings);
  const newestAtMs = newestOf(draft)?.fixedAtMs ?? -Infinity;
  const recalled = recall(findings, draft.over);
  draft.over = recalled.over;
  const toldBefore = [...recalled.again, ...draft.told];
  const { events, told, over, heldBack, dueAtMs } = tell(findings, toldBefore, draft.heldBack ?? [], {
    own: watch.own,
    termOf: (termKey) => termOf(watch, termKey),
    nowMs,
    cause: fix,
    silentSinceMs: () => silentSinceMs,
    newest: draft.fixes.at(-1) ?? null,
    newestAtMs,
    passedAtMs: () => Math.max(newestAtMs, 0),
  });
  draft.told = told;
  keepHeldBack(draft, heldBack);
  if (newestAtMs > -Infinity) draft.over.push(...over.map((each) => ({ told: each.told, passedAtMs: newestAtMs })));
  if (fix !== null) remember(draft, fix);
  const notJudged = fix !== null && draft.waiting.length > 0 ? 'impossible-speed' : null;
  return dueFrom(draft, events, Math.min(dueAtMs, standing.dueAtMs), notJudged);
}

/**
 * The path of a fix that is not newer than the newest: puts it in its place, folds again from the snapshot before it, and
 * tells the difference, also of alerts that were settled since.
 */
function judgeLate(state: ActivationState, late: KeptFix, watch: CompiledActivation, known: boolean): Advance {
  if (!known || hasVanished(state, watch)) {
    const adopted = judge(state, null, late.receivedAtMs, watch, true);
    const then = judgeLate(adopted.state, late, watch, true);
    return { ...then, events: [...adopted.events, ...then.events] };
  }
  const lateness = latenessOf(state, late);
  if (lateness === 'beyond-horizon') return askRecord(state, late);
  if (lateness !== 'late') return unchanged(state, lateness);
  const draft = draftOf(state);
  const { fromMs, again } = rewind(draft, late);
  const kept = draft.fixes;
  draft.open = draft.open.filter((episode) => termOf(watch, episode.termKey) !== undefined);
  // What stays as it is: settled before the snapshot, or under a term that is gone.
  const stays = (over: ToldOver) =>
    over.passedAtMs <= (fromMs ?? -Infinity) || termOf(watch, over.told.termKey) === undefined;
  draft.over = state.over.filter(stays);
  const passedAtMs = new Map<Finding, number>();
  const findings: Finding[] = [];
  findNextEdges(draft, watch);
  for (const fix of again) {
    for (const finding of foldCandidate(draft, fix, watch)) {
      findings.push(finding);
      passedAtMs.set(finding, fix.fixedAtMs);
    }
    remember(draft, fix);
  }
  const standing = findStanding(draft, late.receivedAtMs, watch);
  findings.push(...standing.findings);
  const recalled = recall(findings, draft.over);
  draft.over = recalled.over;
  const before = state.over.filter((over) => !stays(over)).map((over) => over.told);
  const toldBefore = [...recalled.again, ...before, ...draft.told];
  const setAside = new Set(draft.horizon.setAside);
  const evidence = [...kept, ...again.filter((fix) => !setAside.has(fix.fixedAtMs))];
  const newestAtMs = newestOf(draft)!.fixedAtMs;
  const heldBefore = (draft.heldBack ?? []).filter(
    (held) => held.passedAtMs <= (fromMs ?? -Infinity) || termOf(watch, held.told.termKey) === undefined,
  );
  const { events, told, over, heldBack, dueAtMs } = tell(findings, toldBefore, heldBefore, {
    own: watch.own,
    termOf: (termKey) => termOf(watch, termKey),
    nowMs: late.receivedAtMs,
    cause: late,
    silentSinceMs: ({ startedAtMs }) => evidence.findLast((fix) => fix.fixedAtMs < startedAtMs)?.fixedAtMs ?? null,
    newest: draft.fixes.at(-1) ?? null,
    newestAtMs,
    passedAtMs: (finding) => passedAtMs.get(finding)!,
  });
  draft.told = told;
  keepHeldBack(draft, heldBack);
  for (const each of over) {
    // What was taken back is kept until the base has passed all that is known: it may be found again, and is the same then.
    const atMs = each.finding === null ? newestAtMs : (passedAtMs.get(each.finding) ?? newestAtMs);
    if (atMs > (draft.horizon.snapshots[0]!.atMs ?? -Infinity)) draft.over.push({ told: each.told, passedAtMs: atMs });
  }
  const notJudged = setAside.has(late.fixedAtMs) ? 'impossible-speed' : null;
  return dueFrom(draft, events, Math.min(dueAtMs, standing.dueAtMs), notJudged);
}

/** A state that may be changed while the given one stays as it is; the horizon is replaced, or only added to at the end. */
function draftOf(state: ActivationState): ActivationState {
  return { ...state, fixes: [...state.fixes], open: [...state.open], over: [...state.over] };
}

function keepHeldBack(draft: ActivationState, heldBack: readonly HeldBack[]): void {
  if (heldBack.length > 0) draft.heldBack = heldBack;
  else delete draft.heldBack;
}

function hasVanished(state: ActivationState, watch: CompiledActivation): boolean {
  return state.open.some((episode) => termOf(watch, episode.termKey) === undefined);
}

function dueFrom(
  draft: ActivationState,
  events: readonly EngineEvent[],
  dueAtMs: number,
  notJudged: NotJudged | null,
): Advance {
  draft.nextDueAtMs = dueAtMs === Infinity ? null : dueAtMs;
  return { state: draft, events, nextDueAtMs: draft.nextDueAtMs, notJudged, reconcile: null };
}

/** Folds a fix that is newer than all, or sets it to wait, or folds it with those that waited; returns what that settled. */
function foldCandidate(draft: ActivationState, fix: KeptFix, watch: CompiledActivation): Finding[] {
  const { evidence, waiting } = weighSpeed(draft, fix);
  draft.waiting = waiting;
  return evidence.flatMap((each) => foldIntoAll(draft, each, watch));
}

/** Folds a fix into every term it can mean something to; returns what that settled. */
function foldIntoAll(draft: ActivationState, fix: KeptFix, watch: CompiledActivation): Finding[] {
  const { own, shared } = watch;
  const before = draft.fixes;
  const last = before.at(-1) ?? null;
  const edgePassed = draft.nextEdgeAtMs !== null && fix.fixedAtMs >= draft.nextEdgeAtMs;
  const terms = new Set([...own.terms, ...shared.everywhere]);
  for (const term of exclusionsAlong(shared, last ?? undefined, fix)) terms.add(term);
  for (const episode of draft.open) terms.add(termOf(watch, episode.termKey)!);
  if (edgePassed && last !== null) {
    const untilMs = Math.min(fix.fixedAtMs, last.fixedAtMs + GAP_LIMIT_MS);
    for (const term of exclusionsOpening(shared, last.fixedAtMs, untilMs)) if (violates(term, last)) terms.add(term);
  }
  const settled: Finding[] = [];
  const open = [];
  for (const term of terms) {
    const episode = draft.open.find((candidate) => candidate.termKey === term.key) ?? null;
    if (episode === null && !edgePassed && !isViolatedBy(term, fix) && !mayCross(term, before.at(-1), fix)) continue;
    const folded = foldTerm(term, own, episode, before, fix);
    if (folded.open !== null) open.push(folded.open);
    settled.push(...folded.settled);
    const unknown = edgePassed ? unknownBetween(term, own, last, fix, folded.coveredUntilMs) : null;
    if (unknown !== null) settled.push(unknown);
  }
  draft.open = open;
  keep(draft.fixes, fix);
  if (edgePassed) findNextEdges(draft, watch);
  return settled;
}

/** What stands while no newer fix has come, and when a curfew's next edge can be judged by tick. */
function findStanding(
  draft: ActivationState,
  nowMs: number,
  watch: CompiledActivation,
): { findings: Finding[]; dueAtMs: number } {
  const { own, shared } = watch;
  const newest = draft.fixes.at(-1) ?? null;
  const terms = new Set([...own.terms, ...shared.everywhere]);
  const jump = draft.waiting[0];
  if (jump !== undefined) for (const term of exclusionsAlong(shared, undefined, jump)) terms.add(term);
  for (const { termKey } of [...draft.open, ...draft.told]) {
    const term = termOf(watch, termKey);
    if (term !== undefined) terms.add(term);
  }
  if (newest !== null) {
    const untilMs = newest.fixedAtMs + GAP_LIMIT_MS;
    for (const term of exclusionsOpening(shared, newest.fixedAtMs, untilMs))
      if (violates(term, newest)) terms.add(term);
  }
  const findings: Finding[] = [];
  let dueAtMs = Infinity;
  for (const term of terms) {
    const open = draft.open.find((episode) => episode.termKey === term.key) ?? null;
    const episodes = standingEpisodes(term, own, open, draft.fixes);
    findings.push(...episodes);
    const suspected = jump === undefined ? null : suspectedJump(term, own, jump, newest, episodes);
    if (suspected !== null) findings.push(suspected);
    if (term.term.kind !== 'curfew') continue;
    const coveredUntilMs = episodes.length === 0 ? -Infinity : (episodes.at(-1)!.end?.atMs ?? Infinity);
    const told = draft.told.find((each) => each.termKey === term.key && isUnknownSince(each, newest));
    const unknown = unknownSince(term, own, newest, coveredUntilMs, nowMs, told);
    if (unknown !== null) findings.push(unknown);
    dueAtMs = Math.min(dueAtMs, edgeDueAtMs(term, own, newest, nowMs));
  }
  return { findings, dueAtMs };
}

/** Whether an alert says that edges after the newest fix are unknown. */
function isUnknownSince(told: Told, newest: KeptFix | null): boolean {
  return told.kind === 'unknown-at-edge' && !told.withdrawn && told.startedAtMs > (newest?.fixedAtMs ?? -Infinity);
}

/** When the first edge that no tick up to now could judge can be judged. */
function edgeDueAtMs(
  term: PreparedTerm,
  own: CompiledActivation['own'],
  newest: KeptFix | null,
  nowMs: number,
): number {
  const quietMs = backlogFromMs(newest);
  const newestAtMs = newest?.fixedAtMs ?? -Infinity;
  const judgedUntilMs = nowMs >= quietMs + SETTLE_MS ? nowMs - SETTLE_MS : -Infinity;
  const edge = nextTickEdgeAfter(term, own, Math.max(newestAtMs, judgedUntilMs));
  return Math.max(edge, quietMs) + SETTLE_MS;
}

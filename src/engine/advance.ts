/** The fold of one activation: a state and an input give the next state and what is to be said. Pure and synchronous. */
import { sigmaMetres } from './fold/belief.js';
import { noteAhead, showsRight } from './fold/clock-ahead.js';
import { whyNotJudged } from './fold/evidence.js';
import type { Finding } from './fold/finding.js';
import { foldCandidate } from './fold/fold-all.js';
import {
  backlogOf,
  keptFixes,
  latenessOf,
  liveBaseMs,
  newestAtMsOf,
  newestOf,
  noteReceipt,
  remember,
  rememberIn,
  rewind,
} from './fold/horizon.js';
import { isPlausible } from './fold/speed.js';
import { findStanding } from './fold/standing.js';
import type { EngineInput, HistoryInput } from './inputs.js';
import { applyHistory } from './past/history.js';
import { clearDisc, ownAlong } from './quiet/safe-disc.js';
import { mayBeUneventful, passAfterLook, passAtOnce } from './quiet/short-path.js';
import { goOnSteadily, type Steady } from './quiet/steady.js';
import {
  type ActivationState,
  type Draft,
  draftOf,
  exactly,
  type HeldBack,
  type KeptFix,
  stateOf,
  type ToldOver,
} from './state.js';
import { recall, settledAtMs, withRecalled } from './tell/match.js';
import { endNotice, noticeByTime, noticeDueAtMs, noticeOf, raiseNotice } from './tell/notices.js';
import { tell } from './tell/tell.js';
import { AHEAD_LIMIT_MS, CLOCK_AHEAD_WITHIN_MS } from './thresholds.js';
import type { EngineEvent, NotJudged, ReconcileRequest } from './types.js';
import type { CompiledActivation, CompiledOwn } from './watch/compile.js';
import type { PreparedTerm } from './watch/prepared-term.js';
import { adoptWatch, findNextEdges, knowsWatch, termAbout, termOf } from './watch/watch-change.js';

export { passAtOnce } from './quiet/short-path.js';
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

/**
 * Folds one input. `watch` is what applies now; a change of it, own or shared, is told by a `watch` input before any ping is
 * judged by it. A tick before `nextDueAtMs` changes nothing and need not be given. When it throws (a broken invariant), the
 * given state is as it was.
 */
export function advance(state: ActivationState, input: EngineInput, watch: CompiledActivation): Advance {
  if (input.type === 'ping' && passAtOnce(state, input, watch.shared, watch.disc)) return unchanged(state, null);
  const { notices, ahead } = state;
  if (input.type !== 'ping') {
    const advanced = withNotices(fold(state, input, watch), notices, ahead);
    return addNotices(advanced, noticeByTime(advanced.state, input.atMs, watch.own), input.atMs, watch);
  }
  if (input.ping.position !== null && input.ping.fixedAtMs - input.receivedAtMs > AHEAD_LIMIT_MS) {
    return advanceAhead(state, input, watch);
  }
  if (ahead === undefined && notices === undefined)
    return addNotices(fold(state, input, watch), [], input.receivedAtMs, watch);
  const advanced = withNotices(fold(state, input, watch), notices, ahead);
  const fix = { fixedAtMs: input.ping.fixedAtMs, receivedAtMs: input.receivedAtMs };
  if (ahead === undefined || input.ping.position === null || !showsRight(ahead, fix))
    return addNotices(advanced, [], input.receivedAtMs, watch);
  // It is right again, or was wrong once.
  delete advanced.state.ahead;
  const end = { atMs: input.receivedAtMs, because: 'restored' } as const;
  return addNotices(
    advanced,
    endNotice(advanced.state, 'clock-ahead', end, input.receivedAtMs, watch.own),
    input.receivedAtMs,
    watch,
  );
}

/** A fix from the future: alone it is nothing; of a clock that runs ahead it is judged as made when it was received. */
function advanceAhead(state: ActivationState, input: PingInput, watch: CompiledActivation): Advance {
  const { ping, receivedAtMs } = input;
  const { notices } = state;
  const made: PingInput = { ...input, ping: { ...ping, fixedAtMs: receivedAtMs } };
  const notJudged = whyNotJudged(made.ping, receivedAtMs, watch.own);
  if (notJudged !== null) return unchanged(state, notJudged);
  const ran = noticeOf(state, 'clock-ahead') !== undefined;
  const noted = noteAhead(state.ahead ?? [], { fixedAtMs: ping.fixedAtMs, receivedAtMs }, ran);
  if (noted.isRepeated) return unchanged(state, 'repeated');
  clearDisc(watch.shared.discs, watch.disc);
  if (!noted.runs) {
    state.ahead = noted.fixes;
    return unchanged(state, 'ahead-of-clock');
  }
  const advanced = withNotices(fold(state, made, watch), notices, noted.fixes);
  const clockAheadMs = ping.fixedAtMs - receivedAtMs;
  const events = advanced.events.map((event) => ({ ...event, clockAheadMs }));
  const since = noted.fixes.find((fix) => fix.receivedAtMs > receivedAtMs - CLOCK_AHEAD_WITHIN_MS)!.receivedAtMs;
  const raised = raiseNotice(advanced.state, 'clock-ahead', since, receivedAtMs, watch.own, clockAheadMs);
  return addNotices({ ...advanced, events }, raised, receivedAtMs, watch);
}

/** What lies beside the fold goes over to the state that it made. */
function withNotices(advanced: Advance, notices: ActivationState['notices'], ahead: ActivationState['ahead']): Advance {
  if (notices !== undefined) advanced.state.notices = notices;
  if (ahead !== undefined) advanced.state.ahead = ahead;
  return advanced;
}

function addNotices(
  advanced: Advance,
  events: readonly EngineEvent[],
  nowMs: number,
  watch: CompiledActivation,
): Advance {
  const { state } = advanced;
  if (events.length === 0 && state.notices === undefined && watch.own.expandedUntilMs === Infinity) return advanced;
  const noticeAtMs = noticeDueAtMs(state, nowMs, watch.own);
  if (noticeAtMs < (state.nextDueAtMs ?? Infinity)) state.nextDueAtMs = noticeAtMs;
  else if (events.length === 0 && state.nextDueAtMs === advanced.nextDueAtMs) return advanced;
  return { ...advanced, events: [...advanced.events, ...events], nextDueAtMs: state.nextDueAtMs };
}

/** What fixes, time and the watch make of it. */
function fold(state: ActivationState, input: EngineInput, watch: CompiledActivation): Advance {
  // Whatever comes now makes another state: the old one must not be kept alive by its disc.
  clearDisc(watch.shared.discs, watch.disc);
  const known = knowsWatch(state, watch);
  if (input.type === 'tick' && known && input.atMs < (state.nextDueAtMs ?? Infinity)) return unchanged(state, null);
  if (input.type === 'history') return tellHistory(state, input, watch, known);
  if (input.type !== 'ping') return judge(state, null, input.atMs, watch, !known || input.type === 'watch');

  const { ping, receivedAtMs } = input;
  const notJudged = whyNotJudged(ping, receivedAtMs, watch.own);
  if (notJudged !== null) return unchanged(state, notJudged);
  const fix = fixOf(input, watch.own);
  if (fix.fixedAtMs <= newestAtMsOf(state)) return judgeLate(state, fix, receivedAtMs, watch, known);
  const last = newestOf(state);
  if (watch.plain || !known || !isPlausible(state, last, fix)) return judge(state, fix, receivedAtMs, watch, !known);
  if (!mayBeUneventful(state, fix, receivedAtMs)) {
    const steady = last === undefined ? null : goOnSteadily(state, last, fix, receivedAtMs, watch);
    return steady === null ? judge(state, fix, receivedAtMs, watch, false) : goOn(state, steady, fix, receivedAtMs);
  }
  if (passAfterLook(state, last, fix, receivedAtMs, watch)) return unchanged(state, null);
  return judge(state, fix, receivedAtMs, watch, false);
}

type PingInput = Extract<EngineInput, { type: 'ping' }>;

function unchanged(state: ActivationState, notJudged: NotJudged | null): Advance {
  return { state, events: NO_EVENTS, nextDueAtMs: state.nextDueAtMs, notJudged, reconcile: null };
}

const NO_EVENTS: readonly never[] = [];

/** A ping that is evidence, as it is kept. */
function fixOf({ ping }: PingInput, own: CompiledOwn): KeptFix {
  const position = ping.position!;
  const accuracyMetres = position.accuracyMetres ?? own.defaultAccuracyMetres!;
  return {
    fixedAtMs: ping.fixedAtMs,
    latitude: position.latitude,
    longitude: position.longitude,
    accuracyMetres,
    sigmaMetres: sigmaMetres(accuracyMetres, own.accuracyConvention),
  };
}

/** Keeps a fix with which what is open goes on as it was told. */
function goOn(state: ActivationState, steady: Steady, fix: KeptFix, receivedAtMs: number): Advance {
  state.open = steady.open;
  noteReceipt(state, fix, receivedAtMs);
  remember(state, fix);
  state.nextDueAtMs = steady.dueAtMs === Infinity ? null : steady.dueAtMs;
  return unchanged(state, null);
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
  const draft = draftOf(adopted.state, keptFixes(adopted.state));
  const events = applyHistory(draft, history, watch);
  return { ...unchanged(stateOf(draft), null), events: [...adopted.events, ...events] };
}

/** The long path: fold the fix, find what stands now, tell the difference. */
function judge(
  state: ActivationState,
  fix: KeptFix | null,
  nowMs: number,
  watch: CompiledActivation,
  changed: boolean,
): Advance {
  const draft = draftOf(state, keptFixes(state));
  const last = draft.fixes.at(-1);
  const about = fix === null || last === undefined ? [] : ownAlong(watch.shared.discs, watch.disc, last, fix);
  const find = (termKey: string): PreparedTerm | undefined => termAbout(about, watch, termKey);
  // A shared term may be gone before the `watch` input that tells so has come.
  const isStale = changed || hasVanished(state, find);
  const findings = isStale ? adoptWatch(draft, watch, nowMs) : [];
  const silentSinceMs = last?.fixedAtMs ?? null;
  if (fix !== null) foldCandidate(draft, fix, nowMs, watch, findings);
  const standingDueAtMs = findStanding(draft, nowMs, watch, findings);
  const newestAtMs = fix?.fixedAtMs ?? newestAtMsOf(draft);
  const recalled = recall(findings, draft.told, draft.over);
  draft.over = recalled.over;
  const toldBefore = withRecalled(draft.told, recalled);
  const { events, told, over, heldBack, dueAtMs } = tell(findings, toldBefore, draft.heldBack ?? [], {
    own: watch.own,
    termOf: find,
    nowMs,
    cause: fix,
    silentSinceMs: () => silentSinceMs,
    newest: draft.fixes.at(-1) ?? null,
    backlogMs: backlogOf(draft),
    newestAtMs,
    passedAtMs: () => Math.max(newestAtMs, 0),
  });
  draft.told = told;
  keepHeldBack(draft, heldBack);
  if (newestAtMs > -Infinity && over.length > 0) {
    const settled = over.map(({ told }) => ({ told, passedAtMs: settledAtMs(told, recalled, newestAtMs) }));
    draft.over = exactly([...draft.over, ...settled]);
  }
  if (fix !== null) rememberIn(draft, fix);
  const notJudged = fix !== null && draft.waiting.length > 0 ? 'impossible-speed' : null;
  return dueFrom(draft, events, Math.min(dueAtMs, standingDueAtMs), notJudged);
}

/**
 * The path of a fix that is not newer than the newest: puts it in its place, folds again from the snapshot before it, and
 * tells the difference, also of alerts that were settled since.
 */
function judgeLate(
  state: ActivationState,
  late: KeptFix,
  nowMs: number,
  watch: CompiledActivation,
  known: boolean,
): Advance {
  if (!known || hasVanished(state, (termKey) => termOf(watch, termKey))) {
    const adopted = judge(state, null, nowMs, watch, true);
    const then = judgeLate(adopted.state, late, nowMs, watch, true);
    return { ...then, events: [...adopted.events, ...then.events] };
  }
  const lateness = latenessOf(state, late);
  if (lateness === 'beyond-horizon') return askRecord(state, late);
  if (lateness !== 'late') return unchanged(state, lateness);
  const draft = draftOf(state, keptFixes(state));
  const newestEvidenceMs = draft.fixes.at(-1)?.fixedAtMs;
  // Of the others it is not known any more, and matters to none: their edges have been passed.
  const receivedAtMsOf = ({ fixedAtMs }: KeptFix): number =>
    fixedAtMs === late.fixedAtMs ? nowMs : ((fixedAtMs === newestEvidenceMs ? state.backlogAtMs : null) ?? fixedAtMs);
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
    const settledBefore = findings.length;
    foldCandidate(draft, fix, receivedAtMsOf(fix), watch, findings);
    for (let i = settledBefore; i < findings.length; i++) passedAtMs.set(findings[i]!, fix.fixedAtMs);
    rememberIn(draft, fix);
  }
  const standingDueAtMs = findStanding(draft, nowMs, watch, findings);
  const before = state.over.filter((over) => !stays(over)).map((over) => over.told);
  const toldThen = [...before, ...draft.told];
  const recalled = recall(findings, toldThen, draft.over);
  draft.over = recalled.over;
  const toldBefore = withRecalled(toldThen, recalled);
  const setAside = new Set(draft.setAside);
  const evidence = [...kept, ...again.filter((fix) => !setAside.has(fix.fixedAtMs))];
  const newestAtMs = newestAtMsOf(draft);
  const heldBefore = (draft.heldBack ?? []).filter(
    (held) => held.passedAtMs <= (fromMs ?? -Infinity) || termOf(watch, held.told.termKey) === undefined,
  );
  const { events, told, over, heldBack, dueAtMs } = tell(findings, toldBefore, heldBefore, {
    own: watch.own,
    termOf: (termKey) => termOf(watch, termKey),
    nowMs,
    cause: late,
    silentSinceMs: ({ startedAtMs }) => evidence.findLast((fix) => fix.fixedAtMs < startedAtMs)?.fixedAtMs ?? null,
    newest: draft.fixes.at(-1) ?? null,
    backlogMs: backlogOf(draft),
    newestAtMs,
    passedAtMs: (finding) => passedAtMs.get(finding)!,
  });
  draft.told = told;
  keepHeldBack(draft, heldBack);
  const settled: ToldOver[] = [];
  for (const each of over) {
    // What was taken back is kept until the base has passed all that is known: it may be found again, and is the same then.
    const foundAtMs = each.finding === null ? undefined : passedAtMs.get(each.finding);
    const atMs = foundAtMs ?? settledAtMs(each.told, recalled, newestAtMs);
    if (atMs > (draft.snapshots[0]!.atMs ?? -Infinity)) settled.push({ told: each.told, passedAtMs: atMs });
  }
  draft.over = exactly([...draft.over, ...settled]);
  const notJudged = setAside.has(late.fixedAtMs) ? 'impossible-speed' : null;
  return dueFrom(draft, events, Math.min(dueAtMs, standingDueAtMs), notJudged);
}

function keepHeldBack(draft: Draft, heldBack: readonly HeldBack[]): void {
  // Deleting makes an object slow, also where there is nothing to delete.
  if (heldBack.length > 0) draft.heldBack = heldBack;
  else if (draft.heldBack !== undefined) delete draft.heldBack;
}

function hasVanished({ open }: ActivationState, find: (termKey: string) => PreparedTerm | undefined): boolean {
  return open.some(({ termKey }) => find(termKey) === undefined);
}

function dueFrom(draft: Draft, events: readonly EngineEvent[], dueAtMs: number, notJudged: NotJudged | null): Advance {
  draft.nextDueAtMs = dueAtMs === Infinity ? null : dueAtMs;
  return { state: stateOf(draft), events, nextDueAtMs: draft.nextDueAtMs, notJudged, reconcile: null };
}

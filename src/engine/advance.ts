/** The fold of one activation: a state and an input give the next state and what is to be said. Pure and synchronous. */
import { stepDevice } from './device/step.js';
import { adoptWatch } from './fold/adopt.js';
import { noteAhead, noteRight, noteSentAhead, rightSinceMs, stillAhead, wasSentAhead } from './fold/clocks.js';
import { fixOf, isPlausible, whyNotJudged } from './fold/evidence.js';
import { findNextEdges, findStanding, foldCandidate } from './fold/fold.js';
import {
  backlogOf,
  keptFixes,
  latenessOf,
  liveBaseMs,
  newestAtMsOf,
  newestOf,
  rememberIn,
  rewind,
} from './fold/horizon.js';
import type { EngineInput, HistoryInput } from './inputs.js';
import { termOf } from './near/concerned.js';
import { applyHistory } from './past/history.js';
import { keepQuietly, type Path } from './paths.js';
import {
  type ActivationState,
  type Draft,
  draftOf,
  exactly,
  type Finding,
  type HeldBack,
  type KeptFix,
  stateOf,
  type Told,
  type ToldOver,
} from './state.js';
import { endNotice, noticeByTime, noticeDueAtMs, noticeOf, raiseNotice } from './tell/notices.js';
import { recall, settledAtMs, tell, withRecalled } from './tell/tell.js';
import { AHEAD_LIMIT_MS, CLOCK_AHEAD_WITHIN_MS } from './thresholds.js';
import type { EngineEvent, NotJudged, ReconcileRequest } from './types.js';
import { type CompiledActivation, knowsWatch } from './watch/compile.js';
import type { PreparedTerm } from './watch/terms.js';

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
  /** Which path a fix took (`paths.ts`); null for the other inputs. */
  readonly path: Path | null;
}

/**
 * Folds one input. `watch` is what applies now; a change of it, own or shared, is told by a `watch` input before any ping is
 * judged by it. A tick before `nextDueAtMs` changes nothing and need not be given. When it throws (a broken invariant), the
 * given state is as it was.
 */
export function advance(state: ActivationState, input: EngineInput, watch: CompiledActivation): Advance {
  const isSentAgain = input.type === 'ping' && wasSentAhead(state.sentAhead, input.ping);
  const advanced = advanceWearer(state, input, watch, isSentAgain);
  const { events, dueAtMs } = stepDevice(advanced, input, watch.own, isSentAgain);
  const { state: next } = advanced;
  if (dueAtMs < (next.nextDueAtMs ?? Infinity)) next.nextDueAtMs = dueAtMs;
  else if (events.length === 0) return advanced;
  return {
    state: next,
    events: events.length === 0 ? advanced.events : [...advanced.events, ...events],
    nextDueAtMs: next.nextDueAtMs,
    notJudged: advanced.notJudged,
    reconcile: advanced.reconcile,
    path: advanced.path,
  };
}

/** What an input says of where the wearer is, and of the watching itself. `isSentAgain`: a ping that came before, dated ahead. */
function advanceWearer(
  state: ActivationState,
  input: EngineInput,
  watch: CompiledActivation,
  isSentAgain: boolean,
): Advance {
  // Taken out first: the fold may change the state that it is given.
  const { notices, ahead, sentAhead } = state;
  const beside: Beside = { notices, ahead, sentAhead };
  if (input.type !== 'ping') {
    const advanced = withBeside(fold(state, input, watch), beside);
    return addNotices(advanced, noticeByTime(advanced.state, input.atMs, watch.own), input.atMs, watch);
  }
  const { ping, receivedAtMs } = input;
  if (isSentAgain) {
    const notJudged = whyNotJudged({ ...ping, fixedAtMs: receivedAtMs }, receivedAtMs, watch.own) ?? 'repeated';
    return unchanged(state, notJudged, 'refused');
  }
  if (ping.position !== null && ping.fixedAtMs - receivedAtMs > AHEAD_LIMIT_MS)
    return advanceAhead(state, input, watch);
  if (ahead === undefined && notices === undefined && sentAhead === undefined)
    return addNotices(fold(state, input, watch), [], receivedAtMs, watch);
  const newestAtMs = newestAtMsOf(state);
  const advanced = withBeside(fold(state, input, watch), beside);
  // What does not count may be one from before that is sent again.
  const isNews = newestAtMsOf(advanced.state) > newestAtMs;
  if (ahead === undefined || !isNews) return addNotices(advanced, [], receivedAtMs, watch);
  const fix = { fixedAtMs: ping.fixedAtMs, receivedAtMs };
  const noted = noteRight(ahead, fix, noticeOf(advanced.state, 'clock-ahead') !== undefined);
  if (noted !== null) {
    advanced.state.ahead = noted;
    return addNotices(advanced, [], receivedAtMs, watch);
  }
  // It is right again, or was wrong once.
  delete advanced.state.ahead;
  const end = { atMs: rightSinceMs(ahead, fix), because: 'restored' } as const;
  const ended = endNotice(advanced.state, 'clock-ahead', end, receivedAtMs, watch.own);
  return addNotices(advanced, ended, receivedAtMs, watch);
}

/** A fix from the future: alone it is nothing; of a clock that runs ahead it is judged as made when it was received. */
function advanceAhead(state: ActivationState, input: PingInput, watch: CompiledActivation): Advance {
  const { ping, receivedAtMs } = input;
  const { notices } = state;
  const made: PingInput = { ...input, ping: { ...ping, fixedAtMs: receivedAtMs } };
  const sentAhead = noteSentAhead(state.sentAhead, ping);
  const notJudged = whyNotJudged(made.ping, receivedAtMs, watch.own);
  if (notJudged !== null) return refuse(notJudged);
  const ran = noticeOf(state, 'clock-ahead') !== undefined;
  const noted = noteAhead(state.ahead ?? [], { fixedAtMs: ping.fixedAtMs, receivedAtMs }, ran);
  if (noted.isRepeated) return refuse('repeated');
  if (!noted.runs) {
    state.ahead = noted.fixes;
    return refuse('ahead-of-clock');
  }
  const advanced = withBeside(fold(state, made, watch), { notices, ahead: noted.fixes, sentAhead });
  const clockAheadMs = ping.fixedAtMs - receivedAtMs;
  const events = advanced.events.map((event) => ({ ...event, clockAheadMs }));
  const since = noted.fixes.find((fix) => fix.receivedAtMs > receivedAtMs - CLOCK_AHEAD_WITHIN_MS)!.receivedAtMs;
  const raised = raiseNotice(advanced.state, 'clock-ahead', since, receivedAtMs, watch.own, { clockAheadMs });
  return addNotices({ ...advanced, events }, raised, receivedAtMs, watch);

  function refuse(why: NotJudged): Advance {
    state.sentAhead = sentAhead;
    return unchanged(state, why, 'refused');
  }
}

type Beside = { readonly [K in 'notices' | 'ahead' | 'sentAhead']: ActivationState[K] | undefined };

/** What lies beside the fold goes over to the state that it made. */
function withBeside(advanced: Advance, { notices, ahead, sentAhead }: Beside): Advance {
  const { state } = advanced;
  if (notices !== undefined) state.notices = notices;
  if (ahead !== undefined) state.ahead = ahead;
  if (sentAhead === undefined) return advanced;
  const still = stillAhead(sentAhead, newestAtMsOf(state));
  if (still !== undefined) state.sentAhead = still;
  else delete state.sentAhead;
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
  const known = knowsWatch(state, watch);
  if (input.type === 'tick' && known && input.atMs < (state.nextDueAtMs ?? Infinity)) return unchanged(state, null);
  if (input.type === 'history') return tellHistory(state, input, watch, known);
  if (input.type === 'watch') return judge(state, null, input.atMs, watch, true, input.pastFromMs);
  if (input.type !== 'ping') return judge(state, null, input.atMs, watch, !known);

  const { ping, receivedAtMs } = input;
  const notJudged = whyNotJudged(ping, receivedAtMs, watch.own);
  if (notJudged !== null) return unchanged(state, notJudged, 'refused');
  const fix = fixOf(ping, watch.own);
  if (fix.fixedAtMs <= newestAtMsOf(state)) return judgeLate(state, fix, receivedAtMs, watch, known);
  const last = newestOf(state);
  if (known && isPlausible(state, last, fix) && keepQuietly(state, last, fix, receivedAtMs, watch))
    return unchanged(state, null, 'quiet');
  return judge(state, { fix, isLate: false }, receivedAtMs, watch, !known);
}

type PingInput = Extract<EngineInput, { type: 'ping' }>;

function unchanged(state: ActivationState, notJudged: NotJudged | null, path: Path | null = null): Advance {
  return { state, events: NO_EVENTS, nextDueAtMs: state.nextDueAtMs, notJudged, reconcile: null, path };
}

const NO_EVENTS: readonly never[] = [];

/** Older than what the live fold can still judge: it is left as it is, and the record is asked. */
function askRecord(state: ActivationState, { fixedAtMs }: KeptFix): Advance {
  const reconcile = { fromMs: fixedAtMs, toMs: fixedAtMs, baseAtMs: liveBaseMs(state) };
  return { ...unchanged(state, 'beyond-horizon', 'record'), reconcile };
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

/** A fix that is not newer than the newest, where the horizon reaches back to it: once the watch is adopted it is judged. */
function judgeLate(
  state: ActivationState,
  fix: KeptFix,
  nowMs: number,
  watch: CompiledActivation,
  known: boolean,
): Advance {
  if (!known || hasVanished(state, watch)) {
    const adopted = judge(state, null, nowMs, watch, true);
    const then = judgeLate(adopted.state, fix, nowMs, watch, true);
    return { ...then, events: [...adopted.events, ...then.events] };
  }
  const lateness = latenessOf(state, fix);
  if (lateness === 'beyond-horizon') return askRecord(state, fix);
  return lateness === 'late'
    ? judge(state, { fix, isLate: true }, nowMs, watch, false)
    : unchanged(state, lateness, 'refused');
}

/** A fix to be judged; a late one has its place before others. */
interface Judged {
  readonly fix: KeptFix;
  readonly isLate: boolean;
}

/**
 * The long path: fold the fix, find what stands now, tell the difference to what was told. A late fix is put in its place first: the
 * fold goes on from the snapshot before it, and what was settled since is found anew.
 */
function judge(
  state: ActivationState,
  judged: Judged | null,
  nowMs: number,
  watch: CompiledActivation,
  changed: boolean,
  pastFromMs = Infinity,
): Advance {
  const draft = draftOf(state, keptFixes(state));
  const find = (termKey: string): PreparedTerm | undefined => termOf(watch, termKey);
  // A shared term may be gone before the `watch` input that tells so has come.
  const findings = changed || hasVanished(state, watch) ? adoptWatch(draft, watch, nowMs, pastFromMs) : [];
  const fix = judged?.fix ?? null;
  const past = judged?.isLate ? goBack(draft, judged.fix, nowMs, watch) : null;
  const before = draft.fixes;
  const again = past?.again ?? (fix === null ? [] : [fix]);
  const passedAtMs = new Map<Finding, number>();
  for (const each of again) {
    const settledBefore = findings.length;
    foldCandidate(draft, each, past?.receivedAtMsOf(each) ?? nowMs, watch, findings);
    for (let i = settledBefore; i < findings.length; i++) passedAtMs.set(findings[i]!, each.fixedAtMs);
    // The newest of all is remembered when all is told.
    if (past !== null) rememberIn(draft, each);
  }
  const standingDueAtMs = findStanding(draft, nowMs, watch, findings);
  const newestAtMs = again.at(-1)?.fixedAtMs ?? newestAtMsOf(draft);
  const toldThen = past === null ? draft.told : [...past.settled, ...draft.told];
  const recalled = recall(findings, toldThen, draft.over);
  draft.over = recalled.over;
  const { events, told, over, heldBack, dueAtMs } = tell(
    findings,
    withRecalled(toldThen, recalled),
    past?.heldBack ?? draft.heldBack ?? [],
    {
      own: watch.own,
      termOf: find,
      nowMs,
      cause: fix,
      silentSinceMs:
        past === null ? () => before.at(-1)?.fixedAtMs ?? null : silentSince(before, again, new Set(draft.setAside)),
      newest: draft.fixes.at(-1) ?? null,
      backlogMs: backlogOf(draft),
      newestAtMs,
      passedAtMs: (finding) => passedAtMs.get(finding) ?? Math.max(newestAtMs, 0),
    },
  );
  draft.told = told;
  keepHeldBack(draft, heldBack);
  // What was taken back is kept until the base has passed all that is known: it may be found again, and is the same then.
  const settled = over.map((each) => ({
    told: each.told,
    passedAtMs: passedBy(each.finding) ?? settledAtMs(each.told, recalled, Math.max(newestAtMs, 0)),
  }));
  const baseAtMs = past === null ? -Infinity : (draft.snapshots[0]!.atMs ?? -Infinity);
  const kept = settled.filter((each) => each.passedAtMs > baseAtMs);
  if (kept.length > 0) draft.over = exactly([...draft.over, ...kept]);
  if (past === null && fix !== null) rememberIn(draft, fix);
  draft.nextDueAtMs = orNever(Math.min(dueAtMs, standingDueAtMs));
  return {
    state: stateOf(draft),
    events,
    nextDueAtMs: draft.nextDueAtMs,
    notJudged: waits(draft, judged) ? 'impossible-speed' : null,
    reconcile: null,
    path: judged === null ? null : judged.isLate ? 'late' : 'judged',
  };

  function passedBy(finding: Finding | null): number | undefined {
    return past === null || finding === null ? undefined : passedAtMs.get(finding);
  }
}

/** Whether the fix carries no evidence yet. */
function waits({ waiting, setAside }: Draft, judged: Judged | null): boolean {
  if (judged === null) return false;
  return judged.isLate ? setAside.includes(judged.fix.fixedAtMs) : waiting.length > 0;
}

/** What a late fix makes of the past. */
interface Past {
  /** To be folded again, the late one in its place. */
  readonly again: readonly KeptFix[];
  readonly receivedAtMsOf: (fix: KeptFix) => number;
  /** What was told of alerts that are over, and what is held back, and either may be found otherwise now. */
  readonly settled: readonly Told[];
  readonly heldBack: readonly HeldBack[];
}

/** Takes a draft back to the snapshot before a late fix. */
function goBack(draft: Draft, late: KeptFix, nowMs: number, watch: CompiledActivation): Past {
  const newestEvidenceMs = draft.fixes.at(-1)?.fixedAtMs;
  const { backlogAtMs } = draft;
  const { fromMs, again } = rewind(draft, late);
  draft.open = draft.open.filter((episode) => termOf(watch, episode.termKey) !== undefined);
  // What stays as it is: settled before the snapshot, or under a term that is gone.
  const stays = ({ told, passedAtMs }: ToldOver) =>
    passedAtMs <= (fromMs ?? -Infinity) || termOf(watch, told.termKey) === undefined;
  const settled = draft.over.filter((over) => !stays(over)).map((over) => over.told);
  draft.over = draft.over.filter(stays);
  findNextEdges(draft, watch);
  return {
    again,
    // Of the others it is not known any more, and matters to none: their edges have been passed.
    receivedAtMsOf: ({ fixedAtMs }) =>
      fixedAtMs === late.fixedAtMs ? nowMs : ((fixedAtMs === newestEvidenceMs ? backlogAtMs : null) ?? fixedAtMs),
    settled,
    heldBack: (draft.heldBack ?? []).filter(stays),
  };
}

/** The newest fix with evidence before a finding, of those kept and those that were folded again. */
function silentSince(kept: readonly KeptFix[], again: readonly KeptFix[], setAside: ReadonlySet<number>) {
  const evidence = [...kept, ...again.filter((fix) => !setAside.has(fix.fixedAtMs))];
  return ({ startedAtMs }: Finding): number | null =>
    evidence.findLast((fix) => fix.fixedAtMs < startedAtMs)?.fixedAtMs ?? null;
}

function keepHeldBack(draft: Draft, heldBack: readonly HeldBack[]): void {
  // Deleting makes an object slow, also where there is nothing to delete.
  if (heldBack.length > 0) draft.heldBack = heldBack;
  else if (draft.heldBack !== undefined) delete draft.heldBack;
}

function hasVanished({ open }: ActivationState, watch: CompiledActivation): boolean {
  return open.some(({ termKey }) => termOf(watch, termKey) === undefined);
}

function orNever(atMs: number): number | null {
  return atMs === Infinity ? null : atMs;
}

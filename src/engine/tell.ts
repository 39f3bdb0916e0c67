/** Events are the difference between what is found now and what was told. */
import { absenceAbout, unreasonableMs } from './absences.js';
import type { CompiledOwn } from './compile.js';
import { explainFinding, explainWithdrawal } from './explain.js';
import { type Finding, tickJudgesFromMs } from './finding.js';
import { alertIdOf, eventIdOf } from './ids.js';
import { activeIntervalAt } from './intervals.js';
import type { PreparedTerm } from './prepared-term.js';
import { severityOf } from './severity.js';
import type { HeldBack, KeptFix, Told } from './state.js';
import { DELAYED_AFTER_MS, MAX_HELD_BACK } from './thresholds.js';
import { SAYINGS, type Standing } from './transitions.js';
import type { CurfewReason, EngineEvent, EventType } from './types.js';
import { isInCustody, nextCustodyEdgeMs, suspendedUntilMs } from './wearer-periods.js';

/** What every event of one input shares. */
export interface Telling {
  readonly own: CompiledOwn;
  readonly termOf: (termKey: string) => PreparedTerm | undefined;
  /** Receipt, tick or watch time of the input. */
  readonly nowMs: number;
  /** The fix of the input, where it was one. */
  readonly cause: KeptFix | null;
  /** The newest judged fix before a finding's silence. */
  readonly silentSinceMs: (finding: Finding) => number | null;
  readonly newest: KeptFix | null;
  /** Device time of the fix that settled a finding. */
  readonly passedAtMs: (finding: Finding) => number;
}

export interface Saying {
  readonly events: readonly EngineEvent[];
  readonly told: Told[];
  /** What no input in order of time will change: settled, or withdrawn (then without its finding). */
  readonly over: readonly { readonly told: Told; readonly finding: Finding | null }[];
  readonly heldBack: readonly HeldBack[];
  /** When a tick would say more; Infinity: never. */
  readonly dueAtMs: number;
}

/** Matches findings to what was told, and tells the difference. Both are at most a few. */
export function tell(
  findings: readonly Finding[],
  toldBefore: readonly Told[],
  heldBefore: readonly HeldBack[],
  telling: Telling,
): Saying {
  const pairs = match(
    findings.filter((finding) => !isOverInGrace(finding, telling)),
    toldBefore,
  );
  const events: EngineEvent[] = [];
  const said: Told[] = [];
  const told: Told[] = [];
  const over: { told: Told; finding: Finding | null }[] = [];
  let dueAtMs = Infinity;
  const heldBack: HeldBack[] = [];
  const release = (held: HeldBack): void => {
    const now = sayOne(held.finding, held.told, true, telling, events);
    said.push(now);
    over.push({ told: now, finding: held.finding });
  };
  for (const held of heldBefore) {
    const untilMs = suspendedUntilMs(telling.own, held.told.conditionId, telling.nowMs);
    if (untilMs === null) release(held);
    else heldBack.push(held);
    dueAtMs = Math.min(dueAtMs, untilMs ?? Infinity);
  }
  for (const [finding, before] of pairs) {
    const isNew = before === null || before.withdrawn;
    const raisedFromMs = isNew ? raiseFromMs(finding, telling) : -Infinity;
    const suspendedMs = isNew ? suspensionOf(finding, telling) : null;
    if (raisedFromMs > telling.nowMs || suspendedMs !== null || (isNew && isAuthorised(finding, telling))) {
      dueAtMs = Math.min(dueAtMs, Math.max(raisedFromMs, suspendedMs ?? -Infinity));
      if (finding.settled && suspendedMs !== null && !isAuthorised(finding, telling)) {
        heldBack.push(holdBack(finding, before, telling));
      } else if (before !== null) told.push(before);
      continue;
    }
    const endTold = finding.end !== null && isEndTold(finding, before, telling.nowMs);
    if (finding.end !== null && !endTold) dueAtMs = Math.min(dueAtMs, finding.end.dueAtMs);
    const now = sayOne(finding, before, endTold, telling, events);
    said.push(now);
    if (finding.settled) {
      over.push({ told: now, finding });
      continue;
    }
    told.push(now);
    if (!endTold) dueAtMs = Math.min(dueAtMs, nextCustodyEdgeMs(telling.own, telling.nowMs));
  }
  while (heldBack.length > MAX_HELD_BACK) release(heldBack.shift()!);
  const newestAtMs = telling.newest?.fixedAtMs ?? -Infinity;
  const matched = new Set(pairs.map(([, before]) => before));
  for (const before of toldBefore) {
    if (matched.has(before)) continue;
    const withdrawn = before.withdrawn ? before : { ...before, revision: before.revision + 1, withdrawn: true };
    if (!before.withdrawn) events.push(withdrawal(withdrawn, telling, said));
    if (Math.max(before.startedAtMs, before.raisedStartMs) > newestAtMs) told.push(withdrawn);
    else over.push({ told: withdrawn, finding: null });
  }
  return { events, told, over, heldBack, dueAtMs };
}

/**
 * Same term and same sort; the same start first (as first raised, so that no other alert takes the id of its start), then
 * whatever is about the same time, oldest first.
 */
function match(findings: readonly Finding[], told: readonly Told[]): [Finding, Told | null][] {
  const sorted = [...findings].sort((a, b) => a.startedAtMs - b.startedAtMs || (a.termKey < b.termKey ? -1 : 1));
  const free = new Set(told);
  const take = (finding: Finding, suits: (finding: Finding, candidate: Told) => boolean): Told | null => {
    for (const candidate of free) {
      if (candidate.termKey !== finding.termKey || candidate.kind !== finding.kind) continue;
      if (!suits(finding, candidate)) continue;
      free.delete(candidate);
      return candidate;
    }
    return null;
  };
  const own = sorted.map((finding) => take(finding, isRaisedAlike));
  const exact = sorted.map((finding, i) => own[i] ?? take(finding, startsAlike));
  const near = sorted.map((finding, i) => exact[i] ?? take(finding, isSameEpisode));
  // An id that was used before is used again, with its revisions, whatever has become of the alert since.
  return sorted.map((finding, i) => [finding, near[i] ?? take(finding, wasRaisedAlike)]);
}

function isRaisedAlike(finding: Finding, told: Told): boolean {
  return !told.withdrawn && wasRaisedAlike(finding, told);
}

function startsAlike(finding: Finding, told: Told): boolean {
  return !told.withdrawn && told.startedAtMs === finding.startedAtMs;
}

function wasRaisedAlike(finding: Finding, told: Told): boolean {
  return told.raisedStartMs === finding.startedAtMs;
}

function isSameEpisode(finding: Finding, told: Told): boolean {
  if (told.withdrawn) return false;
  // A silence may turn out to have begun later; one that began earlier is another alert.
  if (finding.kind === 'unknown-at-edge') return finding.startedAtMs >= told.raisedStartMs;
  return finding.startedAtMs < (told.endedAtMs ?? Infinity) && told.startedAtMs < (finding.end?.atMs ?? Infinity);
}

function graceOf(finding: Finding, telling: Telling): number {
  return finding.kind === 'unknown-at-edge' ? 0 : (telling.termOf(finding.termKey)?.term.graceMs ?? 0);
}

/** Over before it had lasted as long as its grace: it is never raised, and taken back where a tick did. */
function isOverInGrace(finding: Finding, telling: Telling): boolean {
  return finding.end !== null && finding.end.atMs - finding.startedAtMs < graceOf(finding, telling);
}

/** Over, and reasonable for as long as it lasted: it is not raised. */
function isAuthorised(finding: Finding, telling: Telling): boolean {
  const absences = telling.termOf(finding.termKey)?.term.absences;
  if (absences === undefined || finding.end === null || finding.kind === 'unknown-at-edge') return false;
  return unreasonableMs(absences, finding.startedAtMs, finding.end.atMs) === 0;
}

/** Until when what was found may not be raised; null: it may be. */
function suspensionOf(finding: Finding, telling: Telling): number | null {
  const term = telling.termOf(finding.termKey);
  return term === undefined ? null : suspendedUntilMs(telling.own, term.term.conditionId, telling.nowMs);
}

/** Keeps an episode that is over until it may be told; infinite instants do not outlive JSON. */
function holdBack(finding: Finding, before: Told | null, telling: Telling): HeldBack {
  const end = finding.end === null ? null : { ...finding.end, dueAtMs: finding.end.atMs };
  const told = { ...toldAs(finding, before, telling), withdrawn: true };
  return { finding: { ...finding, end, dueAtMs: finding.startedAtMs }, told, passedAtMs: telling.passedAtMs(finding) };
}

/** From when on a finding that was not told may be: when it is due, and when its grace has passed by fix or by tick. */
function raiseFromMs(finding: Finding, telling: Telling): number {
  const graceMs = graceOf(finding, telling);
  const fullAtMs = finding.startedAtMs + graceMs;
  const isFull = graceMs === 0 || finding.settled || (finding.lastViolating?.fixedAtMs ?? -Infinity) >= fullAtMs;
  return isFull ? finding.dueAtMs : Math.max(finding.dueAtMs, tickJudgesFromMs(fullAtMs, telling.newest));
}

function isEndTold(finding: Finding, before: Told | null, nowMs: number): boolean {
  const told = before !== null && !before.withdrawn && before.endedAtMs === finding.end!.atMs;
  return told || finding.settled || finding.end!.dueAtMs <= nowMs;
}

function standing(strength: Told['strength'], ended: boolean): Standing {
  return ended ? `${strength}-ended` : strength;
}

/** Says what differs about one alert, into `events`; returns how it now is told. */
function sayOne(
  finding: Finding,
  before: Told | null,
  endTold: boolean,
  telling: Telling,
  events: EngineEvent[],
): Told {
  const was = before === null || before.withdrawn ? 'nothing' : standing(before.strength, before.endedAtMs !== null);
  const endedAtMs = endTold ? finding.end!.atMs : null;
  const endedAfterMs = endTold ? finding.end!.afterMs : null;
  let types: readonly EventType[] = SAYINGS[was][standing(finding.strength, endTold)];
  const moved =
    was !== 'nothing' &&
    before !== null &&
    (before.startedAtMs !== finding.startedAtMs ||
      before.lastEdgeAtMs !== finding.lastEdgeAtMs ||
      before.reason !== finding.reason ||
      (before.endedAtMs !== null && (before.endedAtMs !== endedAtMs || before.endedAfterMs !== endedAfterMs)));
  const inCustody = isToldInCustody(finding, endedAtMs, telling);
  const custodyChanged = was !== 'nothing' && (before?.inCustody ?? false) !== inCustody;
  if (types.length === 0 && (moved || custodyChanged)) types = ['amended'];
  let told = withCustody(toldAs(finding, before, telling), inCustody);
  for (const type of types) {
    const last = type === types.at(-1);
    told = { ...told, revision: told.revision + 1, ...(last ? { endedAtMs, endedAfterMs } : {}) };
    events.push(eventOf(type, finding, told, telling));
  }
  return told;
}

/** Now, so that nobody is sent to a door in vain; of an episode that is over, also when it began. */
function isToldInCustody(finding: Finding, endedAtMs: number | null, { own, nowMs }: Telling): boolean {
  if (own.custodyPeriods.length === 0) return false;
  return isInCustody(own, nowMs, nowMs) || (endedAtMs !== null && isInCustody(own, finding.startedAtMs, nowMs));
}

function withCustody({ inCustody: _, ...told }: Told, inCustody: boolean): Told {
  return inCustody ? { ...told, inCustody } : told;
}

/** A finding in the words of what is told, before anything more is said of it. */
function toldAs(finding: Finding, before: Told | null, telling: Telling): Told {
  const { termKey, kind, strength, rule, startedAtMs, lastEdgeAtMs, reason } = finding;
  if (before !== null) {
    const end = before.withdrawn ? { endedAtMs: null, endedAfterMs: null } : {};
    return { ...before, strength, rule, startedAtMs, lastEdgeAtMs, reason, ...end, withdrawn: false };
  }
  const { term, zone } = telling.termOf(termKey)!;
  const { conditionId, conditionVersion, zoneKey } = term;
  return {
    alertId: alertIdOf(kind, telling.own.activationId, conditionId, conditionVersion, zoneKey, startedAtMs),
    revision: 0,
    kind,
    severity: severityOf(kind, zone.priority),
    termKey,
    conditionId,
    conditionVersion,
    zoneId: zone.zoneId,
    zoneVersion: zone.version,
    strength,
    rule,
    raisedStartMs: startedAtMs,
    startedAtMs,
    endedAtMs: null,
    endedAfterMs: null,
    reason,
    lastEdgeAtMs,
    withdrawn: false,
  };
}

function eventOf(type: EventType, finding: Finding, told: Told, telling: Telling): EngineEvent {
  const term = telling.termOf(finding.termKey);
  const end = told.endedAtMs === null ? null : finding.end;
  const reason = reasonOf(finding, end !== null && end.because === 'window-closed', term, telling.own);
  const window = windowOf(finding, term, telling.own);
  return {
    ...common(type, told, telling),
    episode: {
      startedAtMs: told.startedAtMs,
      endedAtMs: told.endedAtMs,
      ...(end === null || end.afterMs === null ? {} : { endedAfterMs: end.afterMs }),
    },
    foundAtMs: foundAt(type, finding, term),
    raisedAtMs: telling.nowMs,
    delayedByMs: delayOf(telling.cause),
    historic: false,
    ...(reason === null ? {} : { reason }),
    ...(window === null ? {} : { window }),
    ...(end === null ? {} : { endedBecause: end.because }),
    ...excuseOf(finding, told, term),
    ...(told.inCustody === undefined ? {} : { inCustody: told.inCustody }),
    explanation: explainFinding(type, finding, term, telling.silentSinceMs(finding)),
  };
}

const MINUTE_MS = 60_000;

/** What absences say about an episode as far as it is known; minutes to a hundredth. */
function excuseOf(finding: Finding, told: Told, term: PreparedTerm | undefined) {
  if (finding.kind === 'unknown-at-edge') return {};
  const absences = term?.term.absences ?? [];
  const untilMs = told.endedAtMs ?? Math.max(finding.startedAtMs, finding.lastViolating?.fixedAtMs ?? -Infinity);
  const absenceId = absenceAbout(absences, finding.startedAtMs, untilMs);
  const minutes = unreasonableMs(absences, finding.startedAtMs, untilMs) / MINUTE_MS;
  return {
    ...(absenceId === null ? {} : { absenceId }),
    ...(finding.kind === 'curfew' ? { unreasonableMinutes: Math.round(minutes * 100) / 100 } : {}),
  };
}

function withdrawal(told: Told, telling: Telling, said: readonly Told[]): EngineEvent {
  // A tick takes back what the fixes before it have made untenable.
  const fix = telling.cause ?? telling.newest;
  const inItsPlace = said.find((other) => takesThePlaceOf(other, told));
  return {
    ...common('withdrawn', told, telling),
    episode: { startedAtMs: told.startedAtMs, endedAtMs: told.endedAtMs },
    foundAtMs: fix?.fixedAtMs ?? telling.nowMs,
    raisedAtMs: telling.nowMs,
    delayedByMs: delayOf(telling.cause),
    historic: false,
    ...(inItsPlace === undefined ? {} : { supersededBy: inItsPlace.alertId }),
    explanation: explainWithdrawal(told, telling.termOf(told.termKey), fix),
  };
}

/** A violation says more than an unknown edge; of two violations that turned out to be one, the other goes on. */
function takesThePlaceOf(other: Told, told: Told): boolean {
  if (other.termKey !== told.termKey || other.kind === 'unknown-at-edge') return false;
  if (told.kind === 'unknown-at-edge') return true;
  return other.startedAtMs < (told.endedAtMs ?? Infinity) && told.startedAtMs < (other.endedAtMs ?? Infinity);
}

function common(type: EventType, told: Told, { own }: Telling) {
  return {
    eventId: eventIdOf(told.alertId, told.revision),
    alertId: told.alertId,
    revision: told.revision,
    type,
    kind: told.kind,
    severity: told.severity,
    wearerId: own.wearerId,
    tagId: own.tagId,
    activationId: own.activationId,
    conditionId: told.conditionId,
    conditionVersion: told.conditionVersion,
    zoneId: told.zoneId,
    zoneVersion: told.zoneVersion,
  };
}

/** Received this long after its own time, where that is worth telling. */
function delayOf(cause: KeptFix | null): number {
  const delayMs = cause === null ? 0 : cause.receivedAtMs - cause.fixedAtMs;
  return delayMs > DELAYED_AFTER_MS ? delayMs : 0;
}

function foundAt(type: EventType, finding: Finding, term: PreparedTerm | undefined): number {
  if (type === 'ended' && finding.end !== null) return finding.end.atMs;
  if (finding.kind === 'unknown-at-edge') return finding.foundAtMs;
  return Math.max(finding.foundAtMs, finding.startedAtMs + (term?.term.graceMs ?? 0));
}

function reasonOf(
  finding: Finding,
  windowClosed: boolean,
  term: PreparedTerm | undefined,
  own: CompiledOwn,
): CurfewReason | null {
  if (finding.kind !== 'curfew' || !windowClosed || term === undefined) return finding.reason;
  const interval = activeIntervalAt(term, own, finding.startedAtMs);
  const isWhole = interval?.startsAtMs === finding.startedAtMs && !interval.startsAfterAbsence;
  return isWhole ? 'out-for-whole-window' : 'out-at-end';
}

function windowOf(finding: Finding, term: PreparedTerm | undefined, own: CompiledOwn) {
  if (term === undefined || (finding.kind !== 'curfew' && finding.kind !== 'unknown-at-edge')) return null;
  const atMs = finding.lastEdgeAtMs ?? finding.startedAtMs;
  // An edge that is a close belongs to the window before it.
  return (activeIntervalAt(term, own, atMs) ?? activeIntervalAt(term, own, atMs - 1))?.window ?? null;
}

/**
 * Events are the difference between what is found now and what was told: which alert a finding is, of the same term and sort, by its
 * start or by when it was; whether it may be told yet (grace, absences, suspensions and settling hold it back); and what differs.
 */
import { tickJudgesFromMs } from '../fold/episode.js';
import { SAYINGS, type Standing } from '../fold/transitions.js';
import { exactly, type Finding, type FindingEnd, type HeldBack, type Told, type ToldOver } from '../state.js';
import { MAX_HELD_BACK } from '../thresholds.js';
import type { EngineEvent, EventType } from '../types.js';
import { isInCustody, nextCustodyEdgeMs, suspendedUntilMs } from '../watch/compile.js';
import { type PreparedTerm, unreasonableMs } from '../watch/terms.js';
import { eventOf, severityOf, type Telling, withdrawal } from './event.js';
import { alertIdOf } from './ids.js';

export interface Saying {
  readonly events: readonly EngineEvent[];
  readonly told: readonly Told[];
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
  const isRaisable = (finding: Finding): boolean =>
    finding.end === null || !isOverInGrace(finding, finding.end, telling.termOf(finding.termKey));
  const matched = match(findings.every(isRaisable) ? findings : findings.filter(isRaisable), toldBefore);
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
  for (let i = 0; i < matched.findings.length; i++) {
    const finding = matched.findings[i]!;
    const before = matched.told[i]!;
    const isNew = before === null || before.withdrawn;
    const term = isNew ? telling.termOf(finding.termKey) : undefined;
    const raisedFromMs = isNew ? raiseFromMs(finding, term, telling) : -Infinity;
    const suspendedMs = suspensionOf(term, telling);
    if (raisedFromMs > telling.nowMs || suspendedMs !== null || isAuthorised(finding, term)) {
      dueAtMs = Math.min(dueAtMs, Math.max(raisedFromMs, suspendedMs ?? -Infinity));
      if (finding.settled && suspendedMs !== null && !isAuthorised(finding, term)) {
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
    dueAtMs = Math.min(dueAtMs, nextCustodyEdgeMs(telling.own, telling.nowMs));
  }
  while (heldBack.length > MAX_HELD_BACK) release(heldBack.shift()!);
  for (const before of toldBefore) {
    if (matched.told.includes(before)) continue;
    const withdrawn = before.withdrawn ? before : withdraw(before);
    if (!before.withdrawn) events.push(withdrawal(withdrawn, telling, said));
    if (Math.max(before.startedAtMs, before.raisedStartMs) > telling.newestAtMs) told.push(withdrawn);
    else over.push({ told: withdrawn, finding: null });
  }
  return { events, told: exactly(told), over, heldBack: exactly(heldBack), dueAtMs };
}

function withdraw(before: Told): Told {
  const told = copyOf(before);
  told.revision++;
  told.withdrawn = true;
  return told;
}

/** Keeps an episode that is over until it may be told; infinite instants do not outlive JSON. */
function holdBack(finding: Finding, before: Told | null, telling: Telling): HeldBack {
  const end = finding.end === null ? null : { ...finding.end, dueAtMs: finding.end.atMs };
  const told = { ...toldAs(finding, before, telling), withdrawn: true };
  return { finding: { ...finding, end, dueAtMs: finding.startedAtMs }, told, passedAtMs: telling.passedAtMs(finding) };
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
  const told = toldAs(finding, before, telling);
  if (inCustody) told.inCustody = inCustody;
  else if (told.inCustody !== undefined) delete told.inCustody;
  for (let i = 0; i < types.length; i++) {
    told.revision++;
    if (i === types.length - 1) {
      told.endedAtMs = endedAtMs;
      told.endedAfterMs = endedAfterMs;
    }
    events.push(eventOf(types[i]!, finding, told, telling));
  }
  return told;
}

/** Now, so that nobody is sent to a door in vain; of an episode that is over, also when it began. */
function isToldInCustody(finding: Finding, endedAtMs: number | null, { own, nowMs }: Telling): boolean {
  if (own.custodyPeriods.length === 0) return false;
  return isInCustody(own, nowMs, nowMs) || (endedAtMs !== null && isInCustody(own, finding.startedAtMs, nowMs));
}

type ToldDraft = { -readonly [Key in keyof Told]: Told[Key] };

/** Field by field, because a spread takes several times as long. */
function copyOf(told: Told): ToldDraft {
  const copy: ToldDraft = {
    alertId: told.alertId,
    revision: told.revision,
    kind: told.kind,
    severity: told.severity,
    termKey: told.termKey,
    conditionId: told.conditionId,
    conditionVersion: told.conditionVersion,
    zoneId: told.zoneId,
    zoneVersion: told.zoneVersion,
    strength: told.strength,
    rule: told.rule,
    raisedStartMs: told.raisedStartMs,
    startedAtMs: told.startedAtMs,
    endedAtMs: told.endedAtMs,
    endedAfterMs: told.endedAfterMs,
    reason: told.reason,
    lastEdgeAtMs: told.lastEdgeAtMs,
    withdrawn: told.withdrawn,
  };
  if (told.inCustody !== undefined) copy.inCustody = told.inCustody;
  return copy;
}

/** A finding in the words of what is told, before anything more is said of it: a new object. */
function toldAs(finding: Finding, before: Told | null, telling: Telling): ToldDraft {
  const { termKey, kind, strength, rule, startedAtMs, lastEdgeAtMs, reason } = finding;
  if (before !== null) {
    const told = copyOf(before);
    told.strength = strength;
    told.rule = rule;
    told.startedAtMs = startedAtMs;
    told.lastEdgeAtMs = lastEdgeAtMs;
    told.reason = reason;
    if (before.withdrawn) {
      told.endedAtMs = null;
      told.endedAfterMs = null;
    }
    told.withdrawn = false;
    return told;
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

function graceOf(finding: Finding, term: PreparedTerm | undefined): number {
  return finding.kind === 'unknown-at-edge' ? 0 : (term?.term.graceMs ?? 0);
}

/** Over before it had lasted as long as its grace: it is never raised, and taken back where a tick did. */
function isOverInGrace(finding: Finding, end: FindingEnd, term: PreparedTerm | undefined): boolean {
  return end.atMs - finding.startedAtMs < graceOf(finding, term);
}

/** Over, and reasonable for as long as it lasted: it is not raised. */
function isAuthorised(finding: Finding, term: PreparedTerm | undefined): boolean {
  const absences = term?.term.absences;
  if (absences === undefined || finding.end === null || finding.kind === 'unknown-at-edge') return false;
  return unreasonableMs(absences, finding.startedAtMs, finding.end.atMs) === 0;
}

/** Until when what was found may not be raised; null: it may be. */
function suspensionOf(term: PreparedTerm | undefined, telling: Telling): number | null {
  return term === undefined ? null : suspendedUntilMs(telling.own, term.term.conditionId, telling.nowMs);
}

/** From when on a finding that was not told may be: when it is due, and when its grace has passed by fix or by tick. */
function raiseFromMs(finding: Finding, term: PreparedTerm | undefined, telling: Telling): number {
  const graceMs = graceOf(finding, term);
  const fullAtMs = finding.startedAtMs + graceMs;
  const isFull = graceMs === 0 || finding.settled || (finding.lastViolating?.fixedAtMs ?? -Infinity) >= fullAtMs;
  return isFull ? finding.dueAtMs : Math.max(finding.dueAtMs, tickJudgesFromMs(fullAtMs, telling.backlogMs));
}

function isEndTold(finding: Finding, before: Told | null, nowMs: number): boolean {
  const told = before !== null && !before.withdrawn && before.endedAtMs === finding.end!.atMs;
  return told || finding.settled || finding.end!.dueAtMs <= nowMs;
}

/** The told that each finding is, in the order of the findings; null: it is new. */
export interface Matched {
  /** By their start. */
  readonly findings: readonly Finding[];
  readonly told: readonly (Told | null)[];
}

/**
 * Same term and same sort; the same start first (as first raised, so that no other alert takes the id of its start), then
 * whatever is about the same time, oldest first.
 */
function match(findings: readonly Finding[], told: readonly Told[]): Matched {
  const sorted = findings.length < 2 ? findings : [...findings].sort(byStart);
  const matched: (Told | null)[] = sorted.map(() => null);
  if (told.length === 0) return { findings: sorted, told: matched };
  const free = [...told];
  for (const suits of SUITS) {
    for (let i = 0; i < sorted.length && free.length > 0; i++) {
      if (matched[i] === null) matched[i] = take(sorted[i]!, free, suits);
    }
  }
  return { findings: sorted, told: matched };
}

function byStart(a: Finding, b: Finding): number {
  return a.startedAtMs - b.startedAtMs || (a.termKey < b.termKey ? -1 : 1);
}

type Suits = (finding: Finding, told: Told) => boolean;

/** An id that was used before is used again, with its revisions, whatever has become of the alert since. */
const SUITS: readonly Suits[] = [endsIt, isRaisedAlike, startsAlike, isSameEpisode, wasRaisedAlike];

/** Takes the first that suits out of those that are free. */
function take(finding: Finding, free: Told[], suits: Suits): Told | null {
  for (let i = 0; i < free.length; i++) {
    const told = free[i]!;
    if (!isSame(finding, told) || !suits(finding, told)) continue;
    free.splice(i, 1);
    return told;
  }
  return null;
}

/**
 * Parts what was told and is over: an alert of which something is found again in order of time, as after an edge between fixes that were
 * waited for, or because its term is back, goes on with its id and its revisions.
 */
export function recall(findings: readonly Finding[], told: readonly Told[], over: readonly ToldOver[]): Recalled {
  // One start is one alert: where that is told and goes on, it is not over.
  if (findings.every((finding) => told.some((each) => isSame(finding, each) && isRaisedAlike(finding, each)))) {
    return { again: NONE, over };
  }
  if (!over.some((each) => isAgain(each, findings))) return { again: NONE, over };
  return {
    again: over.filter((each) => isAgain(each, findings)),
    over: over.filter((each) => !isAgain(each, findings)),
  };
}

export interface Recalled {
  readonly again: readonly ToldOver[];
  readonly over: readonly ToldOver[];
}

const NONE: readonly ToldOver[] = [];

/** With those that are recalled, what was told before. */
export function withRecalled(told: readonly Told[], { again }: Recalled): readonly Told[] {
  return again.length === 0 ? told : [...again.map((each) => each.told), ...told];
}

/** When it was settled that an alert is over: before, if it was recalled and is no other's, so that nothing has changed. */
export function settledAtMs(told: Told, { again }: Recalled, nowMs: number): number {
  return again.find((each) => each.told === told)?.passedAtMs ?? nowMs;
}

/** In order of time two of a term are never at once, unless it was gone, and is back. */
function isAgain({ told }: ToldOver, findings: readonly Finding[]): boolean {
  for (const finding of findings) {
    if (isSame(finding, told) && (wasRaisedAlike(finding, told) || isAtOnce(finding, told))) return true;
  }
  return false;
}

function isAtOnce(finding: Finding, told: Told): boolean {
  if (told.withdrawn) return false;
  return finding.startedAtMs < (told.endedAtMs ?? Infinity) && told.startedAtMs < (finding.end?.atMs ?? Infinity);
}

function isSame(finding: Finding, told: Told): boolean {
  return finding.termKey === told.termKey && finding.kind === told.kind;
}

/** It began earlier than it was raised, perhaps, and ended before that: what looks at its times could take it for another. */
function endsIt({ ends }: Finding, { alertId }: Told): boolean {
  return ends === alertId;
}

function isRaisedAlike(finding: Finding, told: Told): boolean {
  return !told.withdrawn && wasRaisedAlike(finding, told);
}

function startsAlike(finding: Finding, told: Told): boolean {
  return !told.withdrawn && told.startedAtMs === finding.startedAtMs && !isOverBefore(finding, told);
}

function wasRaisedAlike(finding: Finding, told: Told): boolean {
  return told.raisedStartMs === finding.startedAtMs;
}

/** An episode that was over before an alert was raised leaves it its id: a later one may begin where it was raised. */
function isOverBefore(finding: Finding, told: Told): boolean {
  return finding.end !== null && finding.end.atMs <= told.raisedStartMs;
}

function isSameEpisode(finding: Finding, told: Told): boolean {
  if (told.withdrawn || isOverBefore(finding, told)) return false;
  // A silence may turn out to have begun later; one that began earlier is another alert.
  if (finding.kind === 'unknown-at-edge') return finding.startedAtMs >= told.raisedStartMs;
  return isAtOnce(finding, told);
}

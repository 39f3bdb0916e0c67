/** A finding or a withdrawal in the words of an event. */

import type { Finding, Told } from '../state.js';
import { DELAYED_AFTER_MS } from '../thresholds.js';
import type { EngineEvent, EventType, Reason } from '../types.js';
import { absenceAbout, unreasonableMs } from '../watch/absences.js';
import type { CompiledOwn } from '../watch/compile.js';
import { activeIntervalAt } from '../watch/intervals.js';
import { type PreparedTerm, zoneTermKey } from '../watch/prepared-term.js';
import { explainFinding, explainWithdrawal } from './explain.js';
import { eventIdOf } from './ids.js';
import type { Telling } from './telling.js';

/** An event while it is put together: what is absent is never written, and keys stand in the order in which they are told. */
type Draft = { -readonly [Key in keyof EngineEvent]: EngineEvent[Key] };

/** What is said of a finding; `told` is how it stands afterwards. */
export function eventOf(type: EventType, finding: Finding, told: Told, telling: Telling): EngineEvent {
  const term = telling.termOf(finding.termKey);
  const end = told.endedAtMs === null ? null : finding.end;
  const reason = reasonOf(finding, end !== null && end.because === 'window-closed', term, telling.own);
  const window = windowOf(finding, term, telling.own);
  const event = begin(type, told, telling, foundAt(type, finding, term)) as Draft;
  if (end !== null && end.afterMs !== null) event.episode = { ...event.episode, endedAfterMs: end.afterMs };
  if (reason !== null) event.reason = reason;
  if (window !== null) event.window = window;
  if (end !== null) event.endedBecause = end.because;
  excuse(event, finding, told, term);
  if (told.inCustody !== undefined) event.inCustody = told.inCustody;
  event.explanation = explainFinding(type, finding, term, telling.silentSinceMs(finding));
  return event;
}

const MINUTE_MS = 60_000;

/** Writes what absences say about an episode as far as it is known; minutes to a hundredth. */
function excuse(event: Draft, finding: Finding, told: Told, term: PreparedTerm | undefined): void {
  if (finding.kind === 'unknown-at-edge') return;
  const absences = term?.term.absences;
  if (absences === undefined && finding.kind !== 'curfew') return;
  const untilMs = told.endedAtMs ?? Math.max(finding.startedAtMs, finding.lastViolating?.fixedAtMs ?? -Infinity);
  const absenceId = absenceAbout(absences ?? [], finding.startedAtMs, untilMs);
  if (absenceId !== null) event.absenceId = absenceId;
  if (finding.kind !== 'curfew') return;
  const minutes = unreasonableMs(absences ?? [], finding.startedAtMs, untilMs) / MINUTE_MS;
  event.unreasonableMinutes = Math.round(minutes * 100) / 100;
}

/** What is said where nothing is found any more of what was told. */
export function withdrawal(told: Told, telling: Telling, said: readonly Told[]): EngineEvent {
  // A tick takes back what the fixes before it have made untenable.
  const fix = telling.cause ?? telling.newest;
  const inItsPlace = said.find((other) => takesThePlaceOf(other, told));
  const event = begin('withdrawn', told, telling, fix?.fixedAtMs ?? telling.nowMs) as Draft;
  if (inItsPlace !== undefined) event.supersededBy = inItsPlace.alertId;
  event.explanation = explainWithdrawal(told, telling.termOf(told.termKey), fix);
  return event;
}

/** A violation says more than an unknown edge, and than a warning of it; of two violations that turned out to be one, the other goes on. */
function takesThePlaceOf(other: Told, told: Told): boolean {
  const isWarned = told.kind === 'buffer' && other.kind === 'exclusion';
  if (other.termKey !== (isWarned ? zoneTermKey(told.termKey) : told.termKey)) return false;
  if (other.kind === 'unknown-at-edge') return false;
  if (told.kind === 'unknown-at-edge') return true;
  return other.startedAtMs < (told.endedAtMs ?? Infinity) && told.startedAtMs < (other.endedAtMs ?? Infinity);
}

/** What every event begins with. */
function begin(type: EventType, told: Told, telling: Telling, foundAtMs: number): Omit<EngineEvent, 'explanation'> {
  const { own } = telling;
  const priority = telling.termOf(told.termKey)?.zone.priority;
  return {
    eventId: eventIdOf(told.alertId, told.revision),
    alertId: told.alertId,
    revision: told.revision,
    type,
    kind: told.kind,
    severity: told.severity,
    strength: told.strength,
    wearerId: own.wearerId,
    tagId: own.tagId,
    activationId: own.activationId,
    conditionId: told.conditionId,
    conditionVersion: told.conditionVersion,
    zoneId: told.zoneId,
    zoneVersion: told.zoneVersion,
    ...(priority === undefined ? {} : { zonePriority: priority }),
    episode: { startedAtMs: told.startedAtMs, endedAtMs: told.endedAtMs },
    foundAtMs,
    raisedAtMs: telling.nowMs,
    delayedByMs: delayOf(telling),
    historic: false,
  };
}

/** Received this long after its own time, where that is worth telling. */
function delayOf({ cause, nowMs }: Telling): number {
  const delayMs = cause === null ? 0 : nowMs - cause.fixedAtMs;
  return delayMs > DELAYED_AFTER_MS ? delayMs : 0;
}

function foundAt(type: EventType, finding: Finding, term: PreparedTerm | undefined): number {
  // A crossing ended before the fix that shows it.
  if (type === 'ended' && finding.end !== null && finding.rule !== 'crossing') return finding.end.atMs;
  if (finding.kind === 'unknown-at-edge') return finding.foundAtMs;
  return Math.max(finding.foundAtMs, finding.startedAtMs + (term?.term.graceMs ?? 0));
}

function reasonOf(
  finding: Finding,
  windowClosed: boolean,
  term: PreparedTerm | undefined,
  own: CompiledOwn,
): Reason | null {
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

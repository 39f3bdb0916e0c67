/**
 * A finding, a withdrawal or a notice in the words of an event, with what it rests on: fixes with their distances, rule, thresholds; and how
 * bad it is. Distances are computed here, only when one is told.
 */
import { likelihoodRatioOf, probabilityOf } from '../fold/belief.js';
import { signedDistanceMetres } from '../geometry/zone.js';
import type { Finding, KeptFix, Told } from '../state.js';
import {
  CERTAIN_LOG_ODDS,
  CONFIRM_AT,
  CROSSING_DEPTH_SIGMAS,
  CROSSING_SPEED_LIMIT_METRES_PER_SECOND,
  DELAYED_AFTER_MS,
  END_AT,
  FIRST_FIX_RATIO,
  GAP_LIMIT_MS,
  SETTLE_MS,
  SPEED_LIMIT_METRES_PER_SECOND,
} from '../thresholds.js';
import type {
  AlertKind,
  EngineEvent,
  EventType,
  ExplainedFix,
  Explanation,
  NoticeKind,
  Reason,
  Rule,
  Severity,
  ZonePriority,
} from '../types.js';
import { type CompiledOwn, isInCustody } from '../watch/compile.js';
import { absenceAbout, activeIntervalAt, type PreparedTerm, unreasonableMs, zoneTermKey } from '../watch/terms.js';
import { eventIdOf } from './ids.js';

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
  /** The newest fix that carries evidence. */
  readonly newest: KeptFix | null;
  /** When it was received, if it came delayed; else -Infinity. */
  readonly backlogMs: number;
  /** Device time of the newest fix, evidence or not; -Infinity: none. */
  readonly newestAtMs: number;
  /** Device time of the fix that settled a finding. */
  readonly passedAtMs: (finding: Finding) => number;
}

/** An event while it is put together: what is absent is never written, and keys stand in the order in which they are told. */
type EventDraft = { -readonly [Key in keyof EngineEvent]: EngineEvent[Key] };

/** What is said of a finding; `told` is how it stands afterwards. */
export function eventOf(type: EventType, finding: Finding, told: Told, telling: Telling): EngineEvent {
  const term = telling.termOf(finding.termKey);
  const end = told.endedAtMs === null ? null : finding.end;
  const reason = reasonOf(finding, end !== null && end.because === 'window-closed', term, telling.own);
  const window = windowOf(finding, term, telling.own);
  const event = begin(type, told, term, telling, foundAt(type, finding, term)) as EventDraft;
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
function excuse(event: EventDraft, finding: Finding, told: Told, term: PreparedTerm | undefined): void {
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
  const term = telling.termOf(told.termKey);
  const event = begin('withdrawn', told, term, telling, fix?.fixedAtMs ?? telling.nowMs) as EventDraft;
  if (inItsPlace !== undefined) event.supersededBy = inItsPlace.alertId;
  event.explanation = explainWithdrawal(told, term, fix);
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
function begin(
  type: EventType,
  told: Told,
  term: PreparedTerm | undefined,
  telling: Telling,
  foundAtMs: number,
): Omit<EngineEvent, 'explanation'> {
  const { own } = telling;
  const priority = term?.zone.priority;
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

/** Distances are told to 0.1 m: more would be noise, and fewer digits make the same bytes everywhere. */
const TENTHS = 10;
/** Belief to 0.001. */
const THOUSANDTHS = 1000;
/** Likelihood ratios to 0.01. */
const HUNDREDTHS = 100;

const toTenths = (metres: number): number => Math.round(metres * TENTHS) / TENTHS;

function explainFix(term: PreparedTerm, fix: KeptFix): ExplainedFix {
  const metres = toTenths(signedDistanceMetres(term.zoneShape, fix.latitude, fix.longitude));
  return {
    fixedAtMs: fix.fixedAtMs,
    latitude: fix.latitude,
    longitude: fix.longitude,
    // Negative zero has other bytes in JSON than a comparison suggests.
    signedDistanceMetres: metres === 0 ? 0 : metres,
    accuracyMetres: fix.accuracyMetres,
    likelihoodRatio: Math.round(likelihoodRatioOf(term, fix) * HUNDREDTHS) / HUNDREDTHS,
  };
}

function thresholdsOf(term: PreparedTerm | undefined, rule: Rule): Record<string, number> {
  const thresholds: Record<string, number> = { gapLimitMs: GAP_LIMIT_MS };
  if (rule === 'edge' || rule === 'silence') thresholds.settleMs = SETTLE_MS;
  if (rule === 'belief' || rule === 'first-fix') {
    if (rule === 'belief') thresholds.confirmAt = CONFIRM_AT;
    else thresholds.leastLikelihoodRatio = FIRST_FIX_RATIO;
    thresholds.endAt = END_AT;
  }
  if (rule === 'crossing') {
    thresholds.depthSigmas = CROSSING_DEPTH_SIGMAS;
    thresholds.speedLimitMetresPerSecond = CROSSING_SPEED_LIMIT_METRES_PER_SECOND;
  }
  if (term?.kind === 'buffer') thresholds.bufferMetres = term.zone.bufferMetres ?? 0;
  if (term !== undefined && term.term.graceMs > 0) thresholds.graceMs = term.term.graceMs;
  return thresholds;
}

/** To a thousandth; one that just missed a threshold is never rounded to it, for who reads both would take it as reached. */
function beliefAsTold(logOdds: number): number {
  const rounded = Math.round(probabilityOf(logOdds) * THOUSANDTHS);
  if (Math.abs(logOdds) >= CERTAIN_LOG_ODDS) return rounded / THOUSANDTHS;
  return Math.min(CONFIRM_AT * THOUSANDTHS - 1, Math.max(END_AT * THOUSANDTHS + 1, rounded)) / THOUSANDTHS;
}

/** An explanation while it is put together: keys stand in the order in which they are told. */
type ExplanationDraft = { -readonly [Key in keyof Explanation]?: Explanation[Key] };

function explanation(
  term: PreparedTerm | undefined,
  rule: Rule,
  fixes: readonly KeptFix[],
  edgeAtMs: number | null,
  newestFixAtMs: number | null | undefined,
  logOdds: number | undefined,
  impossibleSpeed = false,
): Explanation {
  // An edge is judged by the state before it; an episode that began at one may be confirmed by fixes after it, by belief.
  // Where one fix is enough its own ratio is the reason, whatever was believed before it.
  const explained: ExplanationDraft = { rule };
  if (logOdds !== undefined && rule === 'belief') explained.belief = beliefAsTold(logOdds);
  // A term that has vanished took its zone with it: no distance can be told.
  explained.fixes = term === undefined ? [] : fixes.map((fix) => explainFix(term, fix));
  if (edgeAtMs !== null) explained.edgeAtMs = edgeAtMs;
  if (newestFixAtMs !== undefined) explained.newestFixAtMs = newestFixAtMs;
  const thresholds = thresholdsOf(term, rule);
  if (impossibleSpeed) thresholds.speedLimitMetresPerSecond = SPEED_LIMIT_METRES_PER_SECOND;
  explained.thresholds = thresholds;
  return explained as Explanation;
}

/** Of an event about a finding. `newestFixAtMs` is told where silence is the reason. */
function explainFinding(
  type: EventType,
  finding: Finding,
  term: PreparedTerm | undefined,
  newestFixAtMs: number | null,
): Explanation {
  const silence = finding.rule === 'silence' ? newestFixAtMs : undefined;
  if (finding.crossing !== undefined) {
    const { chordMetres, depthMetres } = finding.crossing;
    const { thresholds, ...all } = explanation(term, finding.rule, finding.evidence, null, undefined, undefined);
    const crossing = { chordMetres: toTenths(chordMetres), depthMetres: toTenths(depthMetres) };
    return { ...all, crossing, thresholds };
  }
  if (type !== 'ended' || finding.end === null) {
    const { rule, evidence, edgeAtMs, logOdds, impossibleSpeed } = finding;
    return explanation(term, rule, evidence, edgeAtMs, silence, logOdds, impossibleSpeed);
  }
  const { end } = finding;
  const last = finding.lastViolating === null ? [] : [finding.lastViolating];
  if (end.fix === null) {
    return explanation(term, finding.rule === 'silence' ? 'silence' : 'edge', last, end.atMs, silence, undefined);
  }
  const rule = finding.rule === 'silence' ? 'silence' : 'belief';
  return explanation(term, rule, [...last, end.fix], null, silence, end.logOdds);
}

/** Of a withdrawal: the fix that took the reason away, where one did. */
function explainWithdrawal(told: Told, term: PreparedTerm | undefined, cause: KeptFix | null): Explanation {
  const newest = told.rule === 'silence' ? (cause?.fixedAtMs ?? null) : undefined;
  return explanation(term, told.rule, cause === null ? [] : [cause], told.lastEdgeAtMs, newest, undefined);
}

export interface NoticeSaying
  extends Pick<
    EngineEvent,
    | 'type'
    | 'alertId'
    | 'revision'
    | 'strength'
    | 'foundAtMs'
    | 'delayedByMs'
    | 'reason'
    | 'strengthened'
    | 'endedBecause'
    | 'explanation'
  > {
  readonly kind: NoticeKind;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
}

/** Whom it is about. */
export type NoticeSubject = Pick<CompiledOwn, 'wearerId' | 'tagId' | 'activationId' | 'custodyPeriods'>;

/**
 * An event of a finding that is neither about a place nor about a condition. Keys stand in the order in which they are told; what is
 * absent is never written.
 */
export function noticeEvent(saying: NoticeSaying, nowMs: number, own: NoticeSubject): EngineEvent {
  const { alertId, revision, kind, reason, strengthened, endedBecause } = saying;
  return {
    eventId: eventIdOf(alertId, revision),
    alertId,
    revision,
    type: saying.type,
    kind,
    severity: NOTICE_SEVERITIES[kind],
    strength: saying.strength,
    wearerId: own.wearerId,
    tagId: own.tagId,
    activationId: own.activationId,
    conditionId: null,
    conditionVersion: null,
    zoneId: null,
    zoneVersion: null,
    episode: { startedAtMs: saying.startedAtMs, endedAtMs: saying.endedAtMs },
    foundAtMs: saying.foundAtMs,
    raisedAtMs: nowMs,
    delayedByMs: saying.delayedByMs,
    historic: false,
    ...(reason === undefined ? {} : { reason }),
    ...(strengthened === undefined ? {} : { strengthened }),
    ...(endedBecause === undefined ? {} : { endedBecause }),
    ...(isInCustody(own, nowMs, nowMs) ? { inCustody: true as const } : {}),
    explanation: saying.explanation,
  };
}

type JudgedKind = Extract<
  AlertKind,
  'exclusion' | 'inclusion' | 'restriction' | 'curfew' | 'buffer' | 'unknown-at-edge'
>;

/**
 * How bad an alert is: a table, so that it can be read and argued about. A victim's zone is life and limb; a curfew or an inclusion
 * rarely is, and not knowing is less than a violation.
 */
const SEVERITIES: Readonly<Record<JudgedKind, Readonly<Record<ZonePriority, Severity>>>> = {
  exclusion: { victim: 'critical', high: 'high', standard: 'high' },
  inclusion: { victim: 'critical', high: 'high', standard: 'medium' },
  restriction: { victim: 'critical', high: 'high', standard: 'medium' },
  curfew: { victim: 'critical', high: 'high', standard: 'medium' },
  // A warning is less than what it warns of; near a victim somebody has to look.
  buffer: { victim: 'high', high: 'medium', standard: 'low' },
  'unknown-at-edge': { victim: 'medium', high: 'medium', standard: 'medium' },
};

/** Kinds that are not judged yet are medium. */
export function severityOf(kind: AlertKind, priority: ZonePriority): Severity {
  return kind in SEVERITIES ? SEVERITIES[kind as JudgedKind][priority] : 'medium';
}

/**
 * A strap that is tampered with may be a tag that comes off; with the battery gone, or under a schedule that has run out, nobody is
 * watched; a clock that is ahead is put right by the receipt.
 */
const NOTICE_SEVERITIES: Readonly<Record<NoticeKind, Severity>> = {
  'strap-tamper': 'high',
  'case-tamper': 'high',
  'battery-low': 'low',
  'battery-critical': 'medium',
  'charging-overdue': 'medium',
  'powered-off': 'high',
  'no-gps': 'medium',
  jamming: 'high',
  'never-moves': 'low',
  unmonitored: 'high',
  'schedule-ran-out': 'high',
  'clock-ahead': 'low',
  'clock-behind': 'low',
};

/** One wearer as the cohort shows them, from what is on record, the terms that the engine judges and the newest fix. Pure. */
import { EXCUSED } from '../alerts/excused.js';
import { SILENT_KINDS } from '../alerts/silence.js';
import { VIOLATIONS } from '../alerts/violation.js';
import { GAP_LIMIT_MS } from '../engine/thresholds.js';
import type { AlertKind, Suspension, Term } from '../engine/types.js';
import type { CohortAlert, CohortRecord } from '../ports/cohort-records.js';
import type { CohortRow, Compliance, ConditionCompliance } from '../wire/cohort.js';
import { addCompliance, measureCompliance, NO_COMPLIANCE } from './compliance.js';
import { findPlanReviewDue, findReviewDue, findVisitDue, ratingOf } from './duties.js';
import type { Intervals } from './intervals.js';
import { judgeMonitored } from './monitored.js';

const DAY_MS = 86_400_000;
/** Over how many days compliance, violations and the habits of the battery are told. */
export const COHORT_DAYS = 28;

/** What says that the tag tells nothing; the newest start of an open one is since when. */
const POWERED_OFF: readonly AlertKind[] = ['powered-off'];
const NOT_HEARD = SILENT_KINDS.filter((kind) => !POWERED_OFF.includes(kind));
const BATTERY: readonly AlertKind[] = ['battery-low', 'battery-critical', 'charging-overdue', 'powered-off'];

export interface JudgedFacts {
  readonly record: CohortRecord;
  /** By activation: what was judged, and what was held back meanwhile. */
  readonly terms: ReadonlyMap<string, readonly Term[]>;
  readonly suspensions: ReadonlyMap<string, readonly Suspension[]>;
}

export interface CohortFacts extends JudgedFacts {
  /** Whether the engine's watch of the tag of now is known here, as of this wearer. */
  readonly isWatched: boolean;
  readonly newest: { readonly fixedAtMs: number; readonly batteryPercent: number | null } | null;
}

const toIso = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString());

/** Of those of a tag that are open and go on, the first: since then the tag has told nothing. */
function goesOnSinceMs({ alerts, activations }: CohortRecord, kinds: readonly AlertKind[]): number | null {
  const isOfTag = (id: string | null) => activations.some(({ activationId }) => activationId === id);
  const found = alerts.filter(
    ({ kind, isOpen, endedAtMs, activationId }) =>
      kinds.includes(kind) && isOpen && endedAtMs === null && isOfTag(activationId),
  );
  return found.length === 0 ? null : Math.min(...found.map(({ startedAtMs }) => startedAtMs));
}

/** When the tag of now told something again: the first fix after a silence since it was fitted, and the end of the newest silence. */
function findHeardAgain({ activations, alerts }: CohortRecord, nowMs: number): number | null {
  const fromMs = nowMs - COHORT_DAYS * DAY_MS;
  const last = activations.find(
    ({ fittedAtMs, removedAtMs }) => fittedAtMs <= nowMs && (removedAtMs ?? Infinity) > nowMs,
  );
  if (last === undefined) return null;
  const ends = alerts.flatMap(({ kind, activationId, endedAtMs }) =>
    activationId === last.activationId && endedAtMs !== null && SILENT_KINDS.includes(kind) ? [endedAtMs] : [],
  );
  const firstFixAtMs = last.heard?.firstFixAtMs ?? null;
  const wasSilent = firstFixAtMs !== null && firstFixAtMs - Math.max(fromMs, last.fittedAtMs) > GAP_LIMIT_MS;
  if (wasSilent) ends.push(firstFixAtMs);
  return ends.length === 0 ? null : Math.max(...ends);
}

const spansOf = (alerts: readonly CohortAlert[], nowMs: number): Intervals =>
  alerts.map(({ startedAtMs, endedAtMs }) => [startedAtMs, endedAtMs ?? nowMs] as const);

const isExcused = ({ disposition }: CohortAlert): boolean => disposition !== null && EXCUSED.includes(disposition);

/** When a term demands presence, within a time. */
function requiredBy({ windows, startsAtMs, endsAtMs }: Term, fromMs: number, untilMs: number): Intervals {
  const clip = (a: number, b: number) =>
    [Math.max(a, startsAtMs, fromMs), Math.min(b, endsAtMs ?? Infinity, untilMs)] as const;
  if (windows === null) return [clip(-Infinity, Infinity)];
  return Array.from({ length: windows.length / 2 }, (_, i) => clip(windows[2 * i]!, windows[2 * i + 1]!));
}

/** Before the first fix, and after the last one where that is longer ago than the engine infers anything over. */
function unheardOf(heard: CohortRecord['activations'][number]['heard'], startMs: number, endMs: number): Intervals {
  if (heard === null) return [[startMs, endMs]];
  const isSilent = endMs - heard.lastFixAtMs > GAP_LIMIT_MS;
  return [[startMs, heard.firstFixAtMs], ...(isSilent ? [[heard.lastFixAtMs, endMs] as const] : [])];
}

/** Per activation and condition, from then until now; exclusions demand nobody's presence. */
function measureConditions(
  { record, terms, suspensions }: JudgedFacts,
  fromMs: number,
  nowMs: number,
): ConditionCompliance[] {
  return record.activations.flatMap(({ activationId, fittedAtMs, removedAtMs, heard }) => {
    const [startMs, endMs] = [Math.max(fromMs, fittedAtMs), Math.min(nowMs, removedAtMs ?? Infinity)];
    const own = (terms.get(activationId) ?? []).filter(({ kind }) => kind !== 'exclusion');
    const ofTag = record.alerts.filter((alert) => alert.activationId === activationId);
    const silent = spansOf(
      ofTag.filter(({ kind }) => SILENT_KINDS.includes(kind)),
      nowMs,
    );
    const unheard = unheardOf(heard, startMs, endMs);
    return [...new Set(own.map(({ conditionId }) => conditionId))].flatMap((conditionId) => {
      const parts = own.filter((term) => term.conditionId === conditionId);
      const found = ofTag.filter((alert) => alert.conditionId === conditionId && VIOLATIONS.includes(alert.kind));
      const confirmed = found.filter((alert) => alert.isConfirmed && !isExcused(alert));
      const suspected = found.filter((alert) => !alert.isConfirmed && !isExcused(alert));
      // What would have been told then was not, so that nobody knows.
      const heldBack = (suspensions.get(activationId) ?? [])
        .filter((one) => one.conditionId === null || one.conditionId === conditionId)
        .map((one) => [one.startsAtMs, Math.min(one.endsAtMs, one.knownUntilMs ?? Infinity)] as const);
      const measured = measureCompliance({
        required: parts.flatMap((term) => requiredBy(term, startMs, endMs)),
        absences: parts.flatMap(({ absences = [] }) => absences.map((one) => [one.startsAtMs, one.endsAtMs] as const)),
        away: spansOf(confirmed, nowMs),
        excused: spansOf(found.filter(isExcused), nowMs),
        unknown: [...unheard, ...silent, ...heldBack, ...spansOf(suspected, nowMs)],
      });
      return measured.requiredMinutes === 0 ? [] : [{ activationId, conditionId, kind: parts[0]!.kind, ...measured }];
    });
  });
}

const sumOf = (conditions: readonly Compliance[]): Compliance =>
  conditions.reduce<Compliance>(addCompliance, NO_COMPLIANCE);

/** What of one wearer is counted over a stretch of time: the same as the cohort's, of any other stretch. */
export interface WearerFigures {
  readonly onTagMs: number;
  readonly violations: Readonly<Partial<Record<AlertKind, number>>>;
  readonly compliance: Compliance;
}

/** `facts` are read as of `untilMs`, from `fromMs` on. */
export function measureStretch(facts: JudgedFacts, fromMs: number, untilMs: number): WearerFigures {
  const { activations, alerts } = facts.record;
  return {
    onTagMs: activations.reduce(
      (sum, { fittedAtMs, removedAtMs }) =>
        sum + Math.max(0, Math.min(removedAtMs ?? untilMs, untilMs) - Math.max(fittedAtMs, fromMs)),
      0,
    ),
    violations: countViolations(alerts, fromMs, untilMs),
    compliance: sumOf(measureConditions(facts, fromMs, untilMs)),
  };
}

function countViolations(
  alerts: readonly CohortAlert[],
  fromMs: number,
  untilMs: number,
): Partial<Record<AlertKind, number>> {
  const counts: Partial<Record<AlertKind, number>> = {};
  for (const alert of alerts) {
    if (
      !VIOLATIONS.includes(alert.kind) ||
      !alert.isConfirmed ||
      isExcused(alert) ||
      alert.startedAtMs < fromMs ||
      alert.startedAtMs >= untilMs
    )
      continue;
    counts[alert.kind] = (counts[alert.kind] ?? 0) + 1;
  }
  return counts;
}

/** Of the stretch before that of the cohort. */
function measureBefore({ record, ...judged }: JudgedFacts, nowMs: number): WearerFigures {
  const untilMs = nowMs - COHORT_DAYS * DAY_MS;
  const activations = record.activations.map((one) => ({ ...one, heard: one.heardBefore ?? null }));
  return measureStretch({ record: { ...record, activations }, ...judged }, untilMs - COHORT_DAYS * DAY_MS, untilMs);
}

/** `given`: with the alerts of the 28 days before, too. */
export function toCohortRow(given: CohortFacts, nowMs: number): CohortRow {
  const fromMs = nowMs - COHORT_DAYS * DAY_MS;
  const alertsNow = given.record.alerts.filter(({ isOpen, endedAtMs }) => isOpen || (endedAtMs ?? Infinity) > fromMs);
  const facts = { ...given, record: { ...given.record, alerts: alertsNow } };
  const { record, newest, isWatched } = facts;
  const { violations, compliance } = measureBefore(given, nowMs);
  const { rag, mappa, membership, flags, orders, activations, alerts, tasks } = record;
  const line = judgeMonitored(
    {
      orders,
      activations,
      isWatched,
      poweredOffSinceMs: goesOnSinceMs(record, POWERED_OFF),
      notHeardSinceMs: goesOnSinceMs(record, NOT_HEARD),
      newestFixAtMs: newest?.fixedAtMs ?? null,
      heardAgainAtMs: findHeardAgain(record, nowMs),
    },
    nowMs,
  );
  const onTagMs = activations.reduce(
    (sum, { fittedAtMs, removedAtMs }) => sum + Math.max(0, Math.min(removedAtMs ?? nowMs, nowMs) - fittedAtMs),
    0,
  );
  const conditions = measureConditions(facts, fromMs, nowMs);
  const isManaged = mappa !== null && mappa.content.category !== null && mappa.content.level !== null;
  return {
    wearerId: record.wearerId,
    name: record.name,
    division: record.division,
    schemes: record.schemes,
    rag: ratingOf(record),
    ragSince: rag?.since ?? null,
    mappa: isManaged
      ? { category: mappa.content.category as number, level: mappa.content.level as number, since: mappa.since }
      : null,
    cohort: membership?.content.cohort ?? null,
    cohortSince: membership?.since ?? null,
    flags: flags?.content.flags ?? [],
    orderTypes: [
      ...new Set(
        orders
          .filter(({ startsAtMs, endsAtMs }) => startsAtMs <= nowMs && (endsAtMs ?? Infinity) > nowMs)
          .map(({ type }) => type),
      ),
    ],
    isMonitored: line.missing === null,
    missing: line.missing,
    monitoredSince: toIso(line.sinceMs),
    newestFixAt: toIso(newest?.fixedAtMs ?? null),
    batteryPercent: newest?.batteryPercent ?? null,
    daysOnTag: Math.floor(onTagMs / DAY_MS),
    compliance: { ...sumOf(conditions), conditions },
    violations: countViolations(alerts, fromMs, Infinity),
    before: { violations, compliance },
    openAlerts: alerts.filter(({ isOpen }) => isOpen).length,
    batteryAlerts: alerts.filter(({ kind, startedAtMs }) => BATTERY.includes(kind) && startedAtMs >= fromMs).length,
    reviewDueAt: toIso(findReviewDue(record)),
    visitDueAt: toIso(findVisitDue(record)),
    planSince: record.plan?.since ?? null,
    planReviewDueAt: toIso(findPlanReviewDue(record)),
    consentEndedAt: toIso(record.consentEndedAtMs),
    uncoveredSince: toIso(record.uncoveredSinceMs),
    openTasks: tasks.open.length,
    overdueTasks: tasks.open.filter(({ dueAt }) => dueAt !== undefined && Date.parse(dueAt) < nowMs).length,
  };
}

/** What a briefing tells: what has come since the last one, and what there is tonight, from the record and from what is unresolved. */
import { type Alert, strengthOf } from '../alerts/alert.js';
import { listSilentTags } from '../alerts/silence.js';
import type { Severity } from '../engine/types.js';
import type { Database, Queryable } from '../ports/database.js';
import { findPlanReviewDue, findReviewDue, ratingOf } from '../schemes/duties.js';
import {
  listCustodyEnds,
  listPanelDecisions,
  listTagsWornBy,
  readZoneNames,
  type Standing,
  type StoredBriefing,
} from '../store/briefings.js';
import { readJudgements } from '../store/cohort.js';
import { type DeskRecord, readDesk } from '../store/desk.js';
import { listDealtWithOfLate } from '../store/recalls.js';
import { watchStore } from '../store/watch.js';
import { compileAllWorn, listInForce } from '../views/conditions-in-force.js';
import { createLocalClock, LOCAL_TIME_ZONE } from '../watchlist/local-time.js';
import type {
  BriefedAlert,
  BriefedChange,
  BriefedPanel,
  BriefedRelease,
  BriefedReview,
  BriefingContent,
  BriefingPeriod,
  ConditionTonight,
} from '../wire/briefing.js';
import type { Duty } from '../wire/desk.js';
import type { Rag } from '../wire/rag.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How far the first one looks back, and every one ahead. */
export const PERIOD_MS: Readonly<Record<BriefingPeriod, number>> = { daily: DAY_MS, weekly: 7 * DAY_MS };
/** Tonight, by the local clock: the one that goes on, or the next one. */
const NIGHT = { fromHour: 18, untilHour: 8 } as const;

export interface BriefingQuery {
  readonly period: BriefingPeriod;
  readonly fromMs: number;
  readonly toMs: number;
  readonly wearers: readonly { readonly wearerId: string; readonly name: string }[];
  /** The one before it; null: this is the first. */
  readonly last: StoredBriefing | null;
  /** Raised from {@link lookFromMs} on, of anybody. */
  readonly alerts: readonly Alert[];
  /** Everything unresolved. */
  readonly open: readonly Alert[];
}

/**
 * From when on alerts and decisions are looked for, without those that the last one told: one that was found late, or recorded while the last
 * one was made, is told the next time, though its instant is before.
 */
export const lookFromMs = (last: StoredBriefing | null, fromMs: number): number =>
  last === null ? fromMs : Date.parse(last.from);

const toIso = (atMs: number): string => new Date(atMs).toISOString();

export function findTonight(nowMs: number): { readonly fromMs: number; readonly untilMs: number } {
  const clock = createLocalClock(LOCAL_TIME_ZONE, nowMs - DAY_MS, nowMs + 2 * DAY_MS);
  const wallMs = clock.toWallMs(nowMs);
  const midnight = Math.floor(wallMs / DAY_MS) * DAY_MS;
  const isMorning = wallMs < midnight + NIGHT.untilHour * HOUR_MS;
  const evening = midnight - (isMorning ? DAY_MS : 0) + NIGHT.fromHour * HOUR_MS;
  const morning = midnight + (isMorning ? 0 : DAY_MS) + NIGHT.untilHour * HOUR_MS;
  return { fromMs: clock.toEpochMs(evening), untilMs: clock.toEpochMs(morning) };
}

export async function makeBriefing(
  db: Database,
  query: BriefingQuery,
): Promise<{ readonly content: BriefingContent; readonly standing: Readonly<Record<string, Standing>> }> {
  return await db.transaction((tx) => readAll(tx, query), 'repeatable read');
}

async function readAll(db: Queryable, query: BriefingQuery) {
  const { period, fromMs, toMs, wearers, last, alerts, open } = query;
  const wearerIds = wearers.map(({ wearerId }) => wearerId);
  const names = new Map(wearers.map(({ wearerId, name }) => [wearerId, name]));
  const named = <T extends { readonly wearerId: string }>(one: T) => ({ ...one, name: names.get(one.wearerId)! });
  const tonight = findTonight(toMs);
  const aheadMs = toMs + PERIOD_MS[period];

  const now = await readJudgements(db, wearerIds, toMs);
  const known = await readJudgements(db, wearerIds, fromMs, true);
  // Nothing was told before the first one. What was put on record since then for the first time and holds from before, as an import does, is
  // no change.
  const held = last === null ? await readJudgements(db, wearerIds, fromMs) : known;
  const standing: Record<string, Standing> = {};
  const ragChanges: BriefedChange<Rag>[] = [];
  const membershipChanges: BriefedChange<string>[] = [];
  for (const { wearerId, name } of wearers) {
    const { rag = null, membership = null } = now.get(wearerId) ?? {};
    const was = { ...held.get(wearerId), ...known.get(wearerId) };
    const is = { rag: ratingOf({ rag }), cohort: membership?.content.cohort ?? null };
    // What the last one told; of whom it did not tell, as it was known when it was made.
    const before = last?.standing[wearerId] ?? {
      rag: ratingOf({ rag: was.rag ?? null }),
      cohort: was.membership?.content.cohort ?? null,
    };
    standing[wearerId] = is;
    const by = (one: { readonly since: string; readonly author: string } | null) => ({
      since: one?.since ?? null,
      by: one?.author ?? null,
    });
    if (before.rag !== is.rag)
      ragChanges.push({ wearerId, name, before: before.rag as Rag | null, now: is.rag, ...by(rag) });
    if (before.cohort !== is.cohort)
      membershipChanges.push({ wearerId, name, before: before.cohort, now: is.cohort, ...by(membership) });
  }

  const told = new Set(last?.content.alerts.map(({ alertId }) => alertId));
  const isOurs = ({ alertId, finding }: Alert) => names.has(finding.wearerId) && !told.has(alertId);
  const toldDecisions = new Set(last?.content.panels.map(decisionKey));
  const decisions = await listPanelDecisions(db, wearerIds, { fromMs: lookFromMs(last, fromMs), untilMs: toMs });
  const desk = await readDesk(db, wearerIds, toMs);
  const content: BriefingContent = {
    wearers: wearers.length,
    tonight: { fromAt: toIso(tonight.fromMs), untilAt: toIso(tonight.untilMs) },
    alerts: alerts.filter(isOurs).map(toAlert).map(named).sort(byGravity),
    ragChanges,
    membershipChanges,
    panels: decisions.filter((one) => !toldDecisions.has(decisionKey(one))).map(named),
    silentTags: listSilentTags(open)
      .filter(({ finding }) => names.has(finding.wearerId))
      .map(({ alertId, finding }) => ({
        wearerId: finding.wearerId,
        alertId,
        tagId: finding.tagId,
        kind: finding.kind,
        since: finding.episode.startedAt,
      }))
      .map(named),
    conditionsTonight: (await readTonight(db, wearerIds, tonight, toMs)).map(named),
    releases: [
      ...desk.flatMap(plannedReleases),
      ...(await listCustodyEnds(db, wearerIds, { fromMs, untilMs: aheadMs })),
    ]
      .map(named)
      .sort((a, b) => compareText(a.at ?? '~', b.at ?? '~')),
    reviewsDue: desk
      .flatMap((record) => dueReviews(record, aheadMs))
      .map(named)
      .sort((a, b) => compareText(a.dueAt, b.dueAt)),
    dealtWith: (await listDealtWithOfLate(db, toMs))
      .filter(({ wearerId, outcome }) => names.has(wearerId) && outcome !== 'withdrawn')
      .map(named),
  };
  return { content, standing };
}

/** One that is decided anew is another. */
const decisionKey = ({ taskId, at }: Pick<BriefedPanel, 'taskId' | 'at'>): string => `${taskId} ${at}`;
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const RANKS: Readonly<Record<Severity, number>> = { critical: 0, high: 1, medium: 2, low: 3 };
const byGravity = (a: BriefedAlert, b: BriefedAlert): number =>
  RANKS[a.severity] - RANKS[b.severity] || compareText(a.raisedAt, b.raisedAt) || compareText(a.alertId, b.alertId);

const toAlert = ({ alertId, finding, confirmedAt, raisedAt, status, disposition }: Alert) => ({
  wearerId: finding.wearerId,
  alertId,
  kind: finding.kind,
  severity: finding.severity,
  strength: finding.type === 'withdrawn' ? ('withdrawn' as const) : strengthOf(finding, confirmedAt),
  raisedAt,
  startedAt: finding.episode.startedAt,
  status,
  disposition: disposition ?? null,
});

const plannedReleases = ({ wearerId, tasks }: DeskRecord): Omit<BriefedRelease, 'name'>[] =>
  tasks.open
    .filter(({ kind }) => kind === 'release')
    .map(({ taskId, dueAt, subject }) => ({ wearerId, what: 'release', taskId, at: dueAt ?? null, subject }));

function dueReviews(record: DeskRecord, untilMs: number): Omit<BriefedReview, 'name'>[] {
  const ofPlan = dueBy(record, 'plan-review', findPlanReviewDue(record), untilMs);
  return [
    ...dueBy(record, 'review', findReviewDue(record), untilMs),
    ...ofPlan.map((one) => ({ ...one, of: 'plan' as const })),
  ];
}

/** Due until then: by the tasks that are open, and where there is none by the rating or the plan. */
function dueBy(
  record: DeskRecord,
  taskKind: Duty['kind'],
  dueMs: number | null,
  untilMs: number,
): Omit<BriefedReview, 'name' | 'of'>[] {
  const { wearerId } = record;
  const tasks = record.tasks.open.filter(({ kind }) => kind === taskKind);
  const due =
    tasks.length > 0
      ? tasks.flatMap(({ taskId, dueAt }) => (dueAt === undefined ? [] : [{ wearerId, dueAt, taskId }]))
      : dueMs === null
        ? []
        : [{ wearerId, dueAt: toIso(dueMs), taskId: null }];
  return due.filter(({ dueAt }) => Date.parse(dueAt) < untilMs);
}

/** By the terms that the engine judges by; those of all wearers are nobody's own. */
async function readTonight(
  db: Queryable,
  wearerIds: readonly string[],
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
  nowMs: number,
): Promise<Omit<ConditionTonight, 'name'>[]> {
  const facts = await watchStore.readTagFacts(db, await listTagsWornBy(db, wearerIds, { fromMs, untilMs }));
  const isOurs = new Set(wearerIds);
  const found = compileAllWorn(facts, nowMs)
    .filter(({ wearerId, removedAtMs }) => isOurs.has(wearerId) && removedAtMs > fromMs)
    .flatMap((own) => listInForce([own], fromMs, untilMs).map((one) => ({ ...one, wearerId: own.wearerId })));
  const zones = await readZoneNames(db, [...new Set(found.map(({ zoneId }) => zoneId))]);
  return found
    .map(({ wearerId, conditionId, kind, zoneId, fromAt, untilAt }) => ({
      wearerId,
      conditionId,
      kind,
      zoneId: zones.get(zoneId) == null ? null : zoneId,
      zone: zones.get(zoneId) ?? null,
      fromAt,
      untilAt,
    }))
    .sort((a, b) => compareText(a.wearerId, b.wearerId) || compareText(a.fromAt, b.fromAt));
}

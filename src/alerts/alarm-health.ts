/** The figures by which it is seen whether people can still work with the alerts that they get. Pure. */
import type { Severity } from '../engine/types.js';
import type { Alert } from './alert.js';
import { FLOOD_WINDOW_MS, type FloodSpan, floodsOf, type Grouped, isStale, type Source, sourceOf } from './grouping.js';

const DAY_MS = 86_400_000;
/** Whoever acted within it counts as one who works: a position. */
const AT_WORK_MS = 1_800_000;
const WORST_SOURCES = 10;

export interface AlarmHealth {
  /** People who acted in the last half hour, one at least: those who share the load. */
  readonly positions: number;
  readonly raisedInTenMinutes: number;
  readonly raisedInTenMinutesAPosition: number;
  /** On average over the last day; at most one a position is what can be borne. */
  readonly raisedInTenMinutesOnAverage: number;
  readonly floodSince: string | null;
  /** Of the last day, 0 to 1; under 0.01 is good. */
  readonly floodShare: number;
  /** Unresolved for over a day; fewer than five is good. */
  readonly stale: number;
  readonly suspended: number;
  /** Of what was raised in the last day. */
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** Of the last day, the most first; the ten together under 0.05 of all is good. */
  readonly worstSources: readonly (Source & { readonly raised: number; readonly share: number })[];
  /** By whom alerts were acknowledged in the last ten minutes: a burst is seen by it. */
  readonly acknowledgedInTenMinutes: Readonly<Record<string, number>>;
}

export const toGrouped = ({ finding, status, raisedAt }: Alert): Grouped => ({ ...finding, status, raisedAt });

/** The flood that goes on now; null: there is none. */
export function floodNow(alerts: readonly Alert[], nowMs: number): FloodSpan | null {
  const last = floodsOf(raisedSince(alerts, nowMs - DAY_MS), nowMs).at(-1);
  return last === undefined || last.toMs !== null ? null : last;
}

const raisedSince = (alerts: readonly Alert[], fromMs: number): number[] =>
  alerts.map(({ raisedAt }) => Date.parse(raisedAt)).filter((atMs) => atMs >= fromMs);

/** `alerts`: everything unresolved, and what was raised in the last day whatever became of it. */
export function measureAlarmHealth(alerts: readonly Alert[], nowMs: number): AlarmHealth {
  const fromMs = nowMs - DAY_MS;
  const lastDay = alerts.filter(({ raisedAt }) => Date.parse(raisedAt) >= fromMs && Date.parse(raisedAt) <= nowMs);
  const recent = lastDay.filter(({ raisedAt }) => nowMs - Date.parse(raisedAt) < FLOOD_WINDOW_MS).length;
  const floods = floodsOf(raisedSince(lastDay, fromMs), nowMs);
  const inFloodMs = floods.reduce((sum, { fromMs: from, toMs }) => sum + ((toMs ?? nowMs) - from), 0);
  const atWork = new Set<string>();
  const acknowledged: Record<string, number> = {};
  for (const { lastAction, acknowledgedBy, acknowledgedAt } of alerts) {
    if (lastAction !== undefined && nowMs - Date.parse(lastAction.at) < AT_WORK_MS) atWork.add(lastAction.by);
    if (acknowledgedBy === undefined || acknowledgedAt === undefined) continue;
    if (nowMs - Date.parse(acknowledgedAt) < FLOOD_WINDOW_MS)
      acknowledged[acknowledgedBy] = (acknowledged[acknowledgedBy] ?? 0) + 1;
  }
  const bySeverity: Record<Severity, number> = { low: 0, medium: 0, high: 0, critical: 0 };
  for (const { finding } of lastDay) bySeverity[finding.severity] += 1;
  const positions = Math.max(1, atWork.size);
  const goingOn = floods.at(-1);
  return {
    positions,
    raisedInTenMinutes: recent,
    raisedInTenMinutesAPosition: recent / positions,
    raisedInTenMinutesOnAverage: (lastDay.length * FLOOD_WINDOW_MS) / DAY_MS,
    floodSince: goingOn === undefined || goingOn.toMs !== null ? null : new Date(goingOn.fromMs).toISOString(),
    floodShare: inFloodMs / DAY_MS,
    stale: alerts.filter((alert) => isStale(alert, nowMs)).length,
    suspended: alerts.filter(({ suspension }) => suspension !== undefined).length,
    bySeverity,
    worstSources: countSources(lastDay),
    acknowledgedInTenMinutes: acknowledged,
  };
}

function countSources(lastDay: readonly Alert[]): AlarmHealth['worstSources'] {
  const counts = new Map<string, Source & { raised: number }>();
  for (const alert of lastDay) {
    const source = sourceOf(toGrouped(alert));
    const key = `${source.type}:${source.id}`;
    const count = counts.get(key) ?? { ...source, raised: 0 };
    count.raised += 1;
    counts.set(key, count);
  }
  return [...counts.values()]
    .sort((a, b) => b.raised - a.raised || (a.id < b.id ? -1 : 1))
    .slice(0, WORST_SOURCES)
    .map((source) => ({ ...source, share: source.raised / lastDay.length }));
}

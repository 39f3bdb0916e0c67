/**
 * Which alerts belong together: floods, repeats, stale ones, and the sources that tell most. Computed here alone, so that console,
 * register and webhooks agree. Pure; figures are those of EEMUA 191 and ISA-18.2.
 */
import type { AlertKind, Severity } from '../engine/types.js';
import type { AlertItem } from './alert.js';

const MINUTE_MS = 60_000;
export const FLOOD_WINDOW_MS = 10 * MINUTE_MS;
/** A flood begins with more in the window, and is over with fewer than `FLOOD_OVER_BELOW`. */
export const FLOOD_ABOVE = 10;
export const FLOOD_OVER_BELOW = 5;
export const REPEAT_WINDOW_MS = 30 * MINUTE_MS;
export const REPEATS = 3;
export const STALE_AFTER_MS = 24 * 60 * MINUTE_MS;

/** What grouping needs of an alert; an item has it. */
export type Grouped = Pick<
  AlertItem,
  | 'alertId'
  | 'kind'
  | 'severity'
  | 'status'
  | 'wearerId'
  | 'tagId'
  | 'conditionId'
  | 'zoneId'
  | 'raisedAt'
  | 'reason'
  | 'episode'
  | 'explanation'
>;

/** One cause, area and kind: what a flood is folded by. */
export function floodKeyOf({ kind, zoneId, reason, explanation }: Grouped): string {
  return [kind, zoneId ?? '', explanation.rule, reason ?? ''].join('|');
}

/** One wearer and zone, or one condition where there is none, or one tag's device: what goes in and out. */
export function repeatKeyOf({ kind, wearerId, zoneId, conditionId, tagId }: Grouped): string {
  return [kind, wearerId, zoneId ?? conditionId ?? tagId].join('|');
}

export type SourceType = 'zone' | 'condition' | 'tag';
export interface Source {
  readonly type: SourceType;
  readonly id: string;
}

/** What would have to be put right for it not to be told again: the zone, the condition, or the tag. */
export function sourceOf({ zoneId, conditionId, tagId }: Grouped): Source {
  if (zoneId !== null) return { type: 'zone', id: zoneId };
  return conditionId === null ? { type: 'tag', id: tagId } : { type: 'condition', id: conditionId };
}

export const isStale = ({ status, raisedAt }: Pick<Grouped, 'status' | 'raisedAt'>, nowMs: number): boolean =>
  status === 'open' && nowMs - Date.parse(raisedAt) > STALE_AFTER_MS;

export interface FloodSpan {
  readonly fromMs: number;
  /** Null: it goes on. */
  readonly toMs: number | null;
}

/** When it was a flood, by when alerts were raised, up to now. */
export function floodsOf(raisedAtMs: readonly number[], nowMs: number): FloodSpan[] {
  const raised = raisedAtMs.filter((atMs) => atMs <= nowMs).sort((a, b) => a - b);
  const steps = [
    ...raised.map((atMs) => ({ atMs, change: 1 })),
    ...raised.map((atMs) => ({ atMs: atMs + FLOOD_WINDOW_MS, change: -1 })).filter(({ atMs }) => atMs <= nowMs),
  ].sort((a, b) => a.atMs - b.atMs || a.change - b.change);
  const floods: FloodSpan[] = [];
  let inWindow = 0;
  let fromMs: number | null = null;
  for (const { atMs, change } of steps) {
    inWindow += change;
    if (fromMs === null && inWindow > FLOOD_ABOVE) fromMs = atMs;
    else if (fromMs !== null && inWindow < FLOOD_OVER_BELOW) {
      floods.push({ fromMs, toMs: atMs });
      fromMs = null;
    }
  }
  if (fromMs !== null) floods.push({ fromMs, toMs: null });
  return floods;
}

/** Alerts that are one row. */
export interface AlertGroup {
  readonly type: 'flood' | 'repeating';
  readonly key: string;
  readonly kind: AlertKind;
  /** The worst of them. */
  readonly severity: Severity;
  /** Raised first first. */
  readonly alertIds: readonly string[];
  readonly firstRaisedAt: string;
  readonly lastRaisedAt: string;
}

const SEVERITY_RANKS: Readonly<Record<Severity, number>> = { low: 0, medium: 1, high: 2, critical: 3 };

function groupOf(type: AlertGroup['type'], key: string, alerts: readonly Grouped[]): AlertGroup {
  const worst = alerts.reduce((a, b) => (SEVERITY_RANKS[b.severity] > SEVERITY_RANKS[a.severity] ? b : a));
  const [first, last] = [alerts[0]!, alerts.at(-1)!];
  return {
    type,
    key,
    kind: first.kind,
    severity: worst.severity,
    alertIds: alerts.map(({ alertId }) => alertId),
    firstRaisedAt: first.raisedAt,
    lastRaisedAt: last.raisedAt,
  };
}

function byKey(alerts: readonly Grouped[], keyOf: (alert: Grouped) => string): Map<string, Grouped[]> {
  const groups = new Map<string, Grouped[]>();
  for (const alert of alerts) {
    const key = keyOf(alert);
    const same = groups.get(key);
    if (same === undefined) groups.set(key, [alert]);
    else same.push(alert);
  }
  return groups;
}

/** Runs of at least `REPEATS` that began within `REPEAT_WINDOW_MS` of each other, by the time of the behaviour. */
function runsOf(alerts: readonly Grouped[]): Grouped[][] {
  const sorted = [...alerts].sort((a, b) => beganMs(a) - beganMs(b));
  const repeating = new Set<Grouped>();
  for (let i = REPEATS - 1; i < sorted.length; i++) {
    if (beganMs(sorted[i]!) - beganMs(sorted[i - REPEATS + 1]!) > REPEAT_WINDOW_MS) continue;
    for (let j = i - REPEATS + 1; j <= i; j++) repeating.add(sorted[j]!);
  }
  const runs: Grouped[][] = [];
  let before: Grouped | null = null;
  for (const alert of sorted) {
    if (!repeating.has(alert)) continue;
    if (before !== null && beganMs(alert) - beganMs(before) <= REPEAT_WINDOW_MS) runs.at(-1)!.push(alert);
    else runs.push([alert]);
    before = alert;
  }
  return runs;
}

const beganMs = ({ episode }: Grouped): number => Date.parse(episode.startedAt);
const raisedFirst = (a: Grouped, b: Grouped): number =>
  a.raisedAt < b.raisedAt ? -1 : a.raisedAt > b.raisedAt ? 1 : a.alertId < b.alertId ? -1 : 1;

/**
 * What is one row of those that are unresolved: repeats always, and what was raised in a flood that goes on. Each alert is in one group
 * at most, and a critical one in none: it is always a row by itself.
 */
export function groupAlerts(alerts: readonly Grouped[], flood: FloodSpan | null): AlertGroup[] {
  const open = alerts.filter(({ status, severity }) => status === 'open' && severity !== 'critical').sort(raisedFirst);
  const groups: AlertGroup[] = [];
  const grouped = new Set<Grouped>();
  const add = (type: AlertGroup['type'], key: string, members: readonly Grouped[]) => {
    for (const member of members) grouped.add(member);
    groups.push(groupOf(type, key, [...members].sort(raisedFirst)));
  };
  for (const [key, same] of byKey(open, repeatKeyOf)) for (const run of runsOf(same)) add('repeating', key, run);
  if (flood !== null) {
    const sinceMs = flood.fromMs - FLOOD_WINDOW_MS;
    const inFlood = open.filter((alert) => !grouped.has(alert) && Date.parse(alert.raisedAt) >= sinceMs);
    for (const [key, same] of byKey(inFlood, floodKeyOf)) if (same.length > 1) add('flood', key, same);
  }
  return groups;
}

/**
 * The one alert that a supplier is away, with how many tags it covers. Each partition of the inputs counts its own tags and tells the
 * first one, which tells it once, when all have counted or long enough after. Never changed in place.
 */
import { eventIdOf, noticeIdOf } from '../tell/ids.js';
import {
  SUPPLIER_COUNT_WAIT_MS,
  SUPPLIER_GRACE_MS,
  SUPPLIER_MISSED_INTERVALS,
  SUPPLIER_NOT_READ_AFTER_MS,
  SUPPLIER_SILENT_AFTER_MS,
} from '../thresholds.js';
import type { AwayReason, EngineEvent, EventType } from '../types.js';
import type { SupplierChange } from './suppliers.js';

/** How many of a partition's tags were heard of last by a supplier when that was found away. */
export interface CountedTags {
  readonly source: string;
  readonly sinceMs: number;
  readonly partition: number;
  readonly tags: number;
  /** Of these tags, the one that sends most often; absent: there is none, or a program of before counted. */
  readonly shortestIntervalMs?: number;
}

/** A supplier that is away, as it is told. */
export interface SupplierAlert {
  readonly source: string;
  readonly sinceMs: number;
  readonly reason: AwayReason;
  /** Null: found away by others alone so far. */
  readonly foundAtMs: number | null;
  /** By partition. */
  readonly counted: readonly (number | null)[];
  /** Of all that are counted; absent: not known. */
  readonly shortestIntervalMs?: number;
  /** How many were told; null: it is not told. */
  readonly told: { readonly tags: number; readonly revision: number } | null;
}

export type SupplierAlerts = readonly SupplierAlert[];

/** In the place of a wearer, a tag and an activation: no id of one has a slash. */
export const SUPPLIER_IDS = 'supplier/';
export const supplierIdOf = (source: string): string => `${SUPPLIER_IDS}${source}`;

const isOf = (alert: SupplierAlert, { source, sinceMs }: Pick<CountedTags, 'source' | 'sinceMs'>): boolean =>
  alert.source === source && alert.sinceMs === sinceMs;

/** The first count of a partition stands: what a restart counts again says nothing new. */
export function countTags(alerts: SupplierAlerts, counted: CountedTags, partitions: number): SupplierAlerts {
  const before = alerts.find((each) => isOf(each, counted)) ?? begin(counted, partitions);
  if (before.counted[counted.partition] != null) return alerts;
  const tags = before.counted.map((each, partition) => (partition === counted.partition ? counted.tags : each));
  const shortestMs = Math.min(before.shortestIntervalMs ?? Infinity, counted.shortestIntervalMs ?? Infinity);
  return [
    ...alerts.filter((each) => each.source !== counted.source || each.sinceMs > counted.sinceMs),
    { ...before, counted: tags, ...(shortestMs === Infinity ? {} : { shortestIntervalMs: shortestMs }) },
  ];
}

function begin({ source, sinceMs }: Pick<CountedTags, 'source' | 'sinceMs'>, partitions: number): SupplierAlert {
  const counted = Array.from({ length: partitions }, () => null);
  return { source, sinceMs, reason: 'silent', foundAtMs: null, counted, told: null };
}

/** At a tick of the first partition: what it found itself, and what is to be told by now. */
export function tellSuppliers(
  before: SupplierAlerts,
  changes: readonly SupplierChange[],
  atMs: number,
  partitions: number,
): { readonly alerts: SupplierAlerts; readonly events: readonly EngineEvent[] } {
  if (before.length === 0 && changes.length === 0) return { alerts: before, events: [] };
  const events: EngineEvent[] = [];
  let alerts = before;
  for (const { type, supplier, away } of changes) {
    const at = { source: supplier.source, sinceMs: away.sinceMs };
    const alert = alerts.find((each) => isOf(each, at)) ?? begin(at, partitions);
    const others = alerts.filter((each) => each.source !== at.source);
    if (type === 'away') alerts = [...others, { ...alert, reason: away.reason, foundAtMs: away.foundAtMs }];
    else {
      alerts = others;
      if (alert.told !== null) events.push(eventOf('ended', alert, alert.told.tags, away.backAtMs ?? atMs, atMs));
    }
  }
  alerts = alerts.map((alert) => {
    const type = sayingOf(alert, atMs);
    if (type === null) return alert;
    const tags = sumOf(alert);
    events.push(eventOf(type, alert, tags, null, atMs));
    return { ...alert, told: { tags, revision: revisionAfter(alert) } };
  });
  return { alerts, events };
}

/** Nothing where it has no tags; once more where somebody counted late. */
function sayingOf(alert: SupplierAlert, atMs: number): 'confirmed' | 'amended' | null {
  if (alert.foundAtMs === null || sumOf(alert) === 0) return null;
  if (alert.told !== null) return sumOf(alert) === alert.told.tags ? null : 'amended';
  // Who sends for few tags, each of them seldom, is quiet between two of their messages.
  const usualMs = SUPPLIER_MISSED_INTERVALS * (alert.shortestIntervalMs ?? 0);
  if (alert.reason === 'silent' && atMs - alert.sinceMs < usualMs) return null;
  const isCounted = alert.counted.every((tags) => tags !== null);
  return isCounted || atMs - alert.foundAtMs >= SUPPLIER_COUNT_WAIT_MS ? 'confirmed' : null;
}

function sumOf({ counted }: SupplierAlert): number {
  let sum = 0;
  for (const tags of counted) sum += tags ?? 0;
  return sum;
}

const revisionAfter = ({ told }: SupplierAlert): number => (told?.revision ?? 0) + 1;

function eventOf(
  type: EventType,
  alert: SupplierAlert,
  tags: number,
  endedAtMs: number | null,
  nowMs: number,
): EngineEvent {
  const { source, sinceMs, reason } = alert;
  const id = supplierIdOf(source);
  const alertId = noticeIdOf('supplier-silent', id, sinceMs);
  const revision = revisionAfter(alert);
  return {
    eventId: eventIdOf(alertId, revision),
    alertId,
    revision,
    type,
    kind: 'supplier-silent',
    severity: 'high',
    strength: 'confirmed',
    wearerId: id,
    tagId: id,
    activationId: id,
    conditionId: null,
    conditionVersion: null,
    zoneId: null,
    zoneVersion: null,
    episode: { startedAtMs: sinceMs, endedAtMs },
    foundAtMs: endedAtMs ?? alert.foundAtMs ?? nowMs,
    raisedAtMs: nowMs,
    delayedByMs: 0,
    historic: false,
    reason,
    coversTags: tags,
    ...(endedAtMs === null ? {} : { endedBecause: 'restored' as const }),
    explanation: {
      rule: 'silence',
      fixes: [],
      thresholds: {
        silentAfterMs: reason === 'silent' ? SUPPLIER_SILENT_AFTER_MS : SUPPLIER_NOT_READ_AFTER_MS,
        graceMs: SUPPLIER_GRACE_MS,
      },
    },
  };
}

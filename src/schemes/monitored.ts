/**
 * Whether somebody is monitored, as one line: ordered, fitted, watched, charged and fixing, in this order; the first that does not
 * hold is what is missing. Elsewhere each of these is on a list of its own, and a man was tagged and not monitored for eight weeks.
 */
import { UNUSABLE_AFTER_MS } from '../engine/thresholds.js';
import { findUntagged, isWithin, type OrderPeriod, type WornPeriod } from '../engine/wearers/untagged.js';
import type { Step } from '../wire/cohort.js';

/** What is known of somebody's monitoring. Instants are epoch ms; intervals include their start and exclude their end. */
export interface MonitoringFacts {
  readonly orders: readonly OrderPeriod[];
  readonly activations: readonly WornPeriod[];
  /** Whether the engine knows that the tag of now is on this wearer. */
  readonly isWatched: boolean;
  /** Open alerts that say that the tag tells nothing, by what they mean. */
  readonly poweredOffSinceMs: number | null;
  readonly notHeardSinceMs: number | null;
  readonly newestFixAtMs: number | null;
  /** When the tag was first heard from, or heard from again; null: it has not been silent since it was fitted, as far as is known. */
  readonly heardAgainAtMs: number | null;
}

export interface MonitoredLine {
  /** Null: monitored. */
  readonly missing: Step | null;
  /** Since when it is as it is; null: not known. */
  readonly sinceMs: number | null;
}

const newest = (instants: readonly (number | null)[], nowMs: number): number | null => {
  const past = instants.filter((atMs): atMs is number => atMs !== null && atMs <= nowMs);
  return past.length === 0 ? null : Math.max(...past);
};

export function judgeMonitored(facts: MonitoringFacts, nowMs: number): MonitoredLine {
  const { orders, activations, newestFixAtMs, poweredOffSinceMs, notHeardSinceMs } = facts;
  const order = orders.find((each) => isWithin(each, nowMs));
  if (order === undefined)
    return {
      missing: 'ordered',
      sinceMs: newest(
        orders.map(({ endsAtMs }) => endsAtMs),
        nowMs,
      ),
    };
  const untagged = findUntagged(orders, activations).find((each) => isWithin(each, nowMs));
  if (untagged !== undefined) return { missing: 'fitted', sinceMs: untagged.startsAtMs };
  const fittedAtMs = newest(
    activations.map((each) => each.fittedAtMs),
    nowMs,
  );
  const bothSinceMs = Math.max(order.startsAtMs, fittedAtMs ?? -Infinity);
  if (!facts.isWatched) return { missing: 'watched', sinceMs: bothSinceMs };
  if (poweredOffSinceMs !== null) return { missing: 'charged', sinceMs: poweredOffSinceMs };
  if (notHeardSinceMs !== null) return { missing: 'fixing', sinceMs: notHeardSinceMs };
  // Nobody is monitored by an older fix, also where a model's silence is not judged and no alert says so.
  if (newestFixAtMs === null || nowMs - newestFixAtMs > UNUSABLE_AFTER_MS)
    return { missing: 'fixing', sinceMs: Math.max(bothSinceMs, newestFixAtMs ?? -Infinity) };
  return { missing: null, sinceMs: Math.max(bothSinceMs, facts.heardAgainAtMs ?? -Infinity) };
}

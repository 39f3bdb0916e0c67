/**
 * Whether somebody is monitored, as one line: ordered, fitted, watched, charged and fixing, in this order; the first that does not
 * hold is what is missing. Elsewhere each of these is on a list of its own, and a man was tagged and not monitored for eight weeks.
 */
import { UNUSABLE_AFTER_MS } from '../engine/thresholds.js';
import type { Step } from '../wire/cohort.js';

/** What is known of somebody's monitoring. Instants are epoch ms; intervals include their start and exclude their end. */
export interface MonitoringFacts {
  readonly orders: readonly { readonly startsAtMs: number; readonly endsAtMs: number | null }[];
  readonly activations: readonly { readonly fittedAtMs: number; readonly removedAtMs: number | null }[];
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
  const order = orders.find(({ startsAtMs, endsAtMs }) => startsAtMs <= nowMs && (endsAtMs ?? Infinity) > nowMs);
  if (order === undefined)
    return {
      missing: 'ordered',
      sinceMs: newest(
        orders.map(({ endsAtMs }) => endsAtMs),
        nowMs,
      ),
    };
  const fitted = activations.find(
    ({ fittedAtMs, removedAtMs }) => fittedAtMs <= nowMs && (removedAtMs ?? Infinity) > nowMs,
  );
  if (fitted === undefined) {
    // Also where an earlier tag came off before this order began: since it began there should be one.
    const offSinceMs = newest(
      activations.map(({ removedAtMs }) => removedAtMs),
      nowMs,
    );
    return { missing: 'fitted', sinceMs: Math.max(order.startsAtMs, offSinceMs ?? -Infinity) };
  }
  const bothSinceMs = Math.max(order.startsAtMs, fitted.fittedAtMs);
  if (!facts.isWatched) return { missing: 'watched', sinceMs: bothSinceMs };
  if (poweredOffSinceMs !== null) return { missing: 'charged', sinceMs: poweredOffSinceMs };
  if (notHeardSinceMs !== null) return { missing: 'fixing', sinceMs: notHeardSinceMs };
  // Nobody is monitored by an older fix, also where a model's silence is not judged and no alert says so.
  if (newestFixAtMs === null || nowMs - newestFixAtMs > UNUSABLE_AFTER_MS)
    return { missing: 'fixing', sinceMs: Math.max(bothSinceMs, newestFixAtMs ?? -Infinity) };
  return { missing: null, sinceMs: Math.max(bothSinceMs, facts.heardAgainAtMs ?? -Infinity) };
}

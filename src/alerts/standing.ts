/** What stands unresolved, why, and for how long. Pure: api, metrics and console count alike. */
import type { AlertKind } from '../engine/types.js';
import { proposalAt } from './act.js';
import type { Alert } from './alert.js';
import type { Instant } from './event.js';

/** Why an unresolved alert still stands on the register. */
export type StandsBecause =
  | 'not-seen'
  | 'not-taken'
  | 'not-disposed'
  | 'suspended'
  | 'suspension-proposed'
  | 'review-requested'
  | 'more-found'
  | 'reopened';

export function whyItStands(alert: Alert, now: Instant): StandsBecause[] {
  const { acknowledgedBy, ownedBy, suspension, review, reopenedAt, moreFound, waitingSince } = alert;
  const since = waitingSince ?? alert.raisedAt;
  const why: StandsBecause[] = [];
  if (suspension !== undefined) why.push('suspended');
  else if (acknowledgedBy === undefined) why.push('not-seen');
  else why.push(ownedBy === undefined ? 'not-taken' : 'not-disposed');
  if (proposalAt(alert, now) !== null) why.push('suspension-proposed');
  if (review !== undefined) why.push('review-requested');
  if (moreFound !== undefined && moreFound.at >= since) why.push('more-found');
  else if (reopenedAt !== undefined) why.push('reopened');
  return why;
}

const HOUR_MS = 3_600_000;
/** By how long ago it was raised; the last has no end. */
export const STANDING_AGES = [
  ['under-1-hour', HOUR_MS],
  ['under-1-day', 24 * HOUR_MS],
  ['under-7-days', 168 * HOUR_MS],
  ['7-days-and-more', Infinity],
] as const;
export type StandingAge = (typeof STANDING_AGES)[number][0];

export interface StandingCounts {
  readonly total: number;
  /** Only kinds of which there are any. */
  readonly byKind: Readonly<Partial<Record<AlertKind, number>>>;
  readonly byAge: Readonly<Record<StandingAge, number>>;
}

export function countStanding(alerts: Iterable<Alert>, nowMs: number): StandingCounts {
  const byKind: Partial<Record<AlertKind, number>> = {};
  const byAge = Object.fromEntries(STANDING_AGES.map(([age]) => [age, 0])) as Record<StandingAge, number>;
  let total = 0;
  for (const { finding, raisedAt } of alerts) {
    total += 1;
    byKind[finding.kind] = (byKind[finding.kind] ?? 0) + 1;
    const ageMs = nowMs - Date.parse(raisedAt);
    byAge[STANDING_AGES.find(([, limitMs]) => ageMs < limitMs)![0]] += 1;
  }
  return { total, byKind, byAge };
}

/** The order of the register: what was raised first comes first, equal ones by id. */
export function compareOldestFirst(
  a: { readonly raisedAt: string; readonly alertId: string },
  b: { readonly raisedAt: string; readonly alertId: string },
): number {
  if (a.raisedAt !== b.raisedAt) return a.raisedAt < b.raisedAt ? -1 : 1;
  return a.alertId < b.alertId ? -1 : a.alertId > b.alertId ? 1 : 0;
}

/**
 * A receiver that is not told what there is to tell. `not-delivered`: it does not take what it is sent; `no-sender`: nobody sends, so the
 * role `handoff` runs nowhere or cannot store its position.
 */
export interface FailingHandoff {
  readonly receiverId: string;
  readonly why: 'not-delivered' | 'no-sender';
  readonly since: string;
  readonly tries: number | null;
  readonly error: string | null;
  /** Records of the alert log that it may have yet to be told of. */
  readonly behind: number;
}

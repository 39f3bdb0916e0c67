/** What whoever comes on has to know of the alerts, from facts and not from memory. Pure. */
import type { Severity } from '../engine/types.js';
import type { Alert } from './alert.js';
import type { Instant } from './event.js';

/** What ends within it is for whoever comes on. */
export const HANDOVER_AHEAD_MS = 4 * 3_600_000;
/** Notes on wearers of so long before are of the shift that is signed off. */
export const SHIFT_MS = 12 * 3_600_000;
/** Named by id; the counts are of all. */
export const NAMED = 200;

export interface HandoverFacts {
  readonly unresolved: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** Nobody has seen them. */
  readonly unacknowledged: readonly string[];
  /** In somebody's hand, by whom. */
  readonly owned: readonly { readonly alertId: string; readonly by: string }[];
  readonly suspensionsEnding: readonly { readonly alertId: string; readonly until: Instant }[];
  readonly reviewsAsked: readonly string[];
  /** What was written down about wearers within the shift, the newest first; undefined: it was not asked for. */
  readonly notes?: readonly { readonly noteId: string; readonly wearerId: string }[];
}

/** `open`: everything unresolved that who asks may see. The worst come first, then the oldest. */
export function factsForHandover(open: readonly Alert[], nowMs: number): HandoverFacts {
  const bySeverity: Record<Severity, number> = { low: 0, medium: 0, high: 0, critical: 0 };
  for (const { finding } of open) bySeverity[finding.severity] += 1;
  const ranks: Readonly<Record<Severity, number>> = { critical: 0, high: 1, medium: 2, low: 3 };
  const sorted = [...open].sort(
    (a, b) => ranks[a.finding.severity] - ranks[b.finding.severity] || (a.raisedAt < b.raisedAt ? -1 : 1),
  );
  const unseen = sorted.filter((alert) => alert.acknowledgedBy === undefined && alert.suspension === undefined);
  return {
    unresolved: open.length,
    bySeverity,
    unacknowledged: unseen.slice(0, NAMED).map(({ alertId }) => alertId),
    owned: sorted
      .flatMap(({ alertId, ownedBy }) => (ownedBy === undefined ? [] : [{ alertId, by: ownedBy }]))
      .slice(0, NAMED),
    suspensionsEnding: sorted
      .flatMap(({ alertId, suspension }) => (suspension === undefined ? [] : [{ alertId, until: suspension.until }]))
      .filter(({ until }) => Date.parse(until) <= nowMs + HANDOVER_AHEAD_MS)
      .slice(0, NAMED),
    reviewsAsked: sorted
      .filter(({ review }) => review !== undefined)
      .slice(0, NAMED)
      .map(({ alertId }) => alertId),
  };
}

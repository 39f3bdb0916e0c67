/** Days of a wearer, as `GET /wearers/{wearerId}/timeline` tells them and the console draws them. Instants are RFC 3339 in UTC. */
import type { Disposition } from '../alerts/event.js';
import type { AlertKind, ConditionKind, Severity } from '../engine/types.js';

/**
 * Where a wearer was: within an address of a curfew, outside of all of them, heard where no curfew names an address, not heard for
 * longer than anything is inferred over, heard then but deleted since because of its age, or without a tag.
 */
export const PRESENCES = ['home', 'out', 'heard', 'unknown', 'deleted', 'not-fitted'] as const;
export type Presence = (typeof PRESENCES)[number];

/** A local day: 23, 24 or 25 h long. */
export interface LocalDay {
  readonly date: string;
  readonly fromAt: string;
  readonly untilAt: string;
}

/** Without holes from the first day's start until now; none after it. */
export interface PresenceBand {
  readonly presence: Presence;
  readonly fromAt: string;
  readonly untilAt: string;
}

/** When a condition was in force, by the version that stood then; without what an absence took away. */
export interface InForce {
  readonly conditionId: string;
  readonly conditionVersion: number;
  readonly kind: ConditionKind;
  readonly zoneId: string;
  readonly fromAt: string;
  readonly untilAt: string;
}

export interface TimelineAlert {
  readonly alertId: string;
  readonly kind: AlertKind;
  readonly severity: Severity;
  readonly strength: 'suspected' | 'confirmed';
  readonly status: 'open' | 'closed';
  readonly conditionId: string | null;
  readonly zoneId: string | null;
  readonly startedAt: string;
  /** Null: it goes on. */
  readonly endedAt: string | null;
  readonly disposition: Disposition | null;
}

export interface TimelineNote {
  readonly alertId: string;
  readonly at: string;
  readonly by: string;
  readonly note: string;
}

/** An authorised absence, a suspension or a time in custody. */
export interface TimelinePeriod {
  readonly kind: 'absence' | 'suspension' | 'custody';
  readonly id: string;
  readonly fromAt: string;
  /** Null: no end is known. */
  readonly untilAt: string | null;
}

export interface Timeline {
  readonly wearerId: string;
  readonly asOf: string;
  readonly timeZone: string;
  /** The first first. */
  readonly days: readonly LocalDay[];
  readonly fixes: number;
  readonly bands: readonly PresenceBand[];
  readonly inForce: readonly InForce[];
  readonly periods: readonly TimelinePeriod[];
  readonly alerts: readonly TimelineAlert[];
  readonly deviceEvents: readonly { readonly at: string; readonly events: readonly string[] }[];
  readonly notes: readonly TimelineNote[];
  /** How many of these there are in those days; of more than are told it is the newest that are. */
  readonly onRecord: { readonly alerts: number; readonly deviceEvents: number; readonly notes: number };
}

/** A condition as it is now: judged or not, and when that changes next. */
export interface ConditionNow {
  readonly conditionId: string;
  readonly conditionVersion: number;
  readonly kind: ConditionKind;
  readonly zoneId: string;
  readonly appliesToAll: boolean;
  /** What the order says by that version; null: it is not on record. */
  readonly wording: string | null;
  readonly isInForce: boolean;
  /** When that changes next; null: no change is known. */
  readonly changesAt: string | null;
  /** What ends it then; null: it begins. */
  readonly endsBecause: 'window-closed' | 'absence-began' | 'version-changed' | 'order-ended' | 'tag-removed' | null;
}

/** `GET /conditions-now?wearerId=`. */
export interface ConditionsNow {
  readonly wearerId: string;
  readonly asOf: string;
  readonly conditions: readonly ConditionNow[];
  /** Of all that are told the first change; null: none is known. */
  readonly nextChangeAt: string | null;
  /** False: so many conditions apply to all wearers that not all of them are told. */
  readonly complete: boolean;
}

/**
 * What stands in `tagwatch.alerts` and goes over the feed (`wire.md`, "An alert event"): the engine's findings and people's
 * actions, in the order that decides. One shape for the log, the feed and REST, so nothing is translated on the way.
 */
import type {
  AlertKind,
  EndedBecause,
  EngineEvent,
  EventType,
  Reason,
  Rule,
  Severity,
  Strengthening,
  ZonePriority,
} from '../engine/types.js';

export const DISPOSITIONS = [
  'breach-confirmed',
  'breach-suspected',
  'reasonable-excuse',
  'authorised-absence',
  'no-action',
  'referred',
  'gps-drift',
  'equipment-fault',
  'in-custody',
  'already-dealt-with',
  'duplicate',
] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

/** An instant, RFC 3339 in UTC with `Z`. */
export type Instant = string;

/** The engine's event on the wire. */
export interface FindingEvent {
  readonly eventId: string;
  readonly alertId: string;
  readonly revision: number;
  readonly type: EventType;
  readonly kind: AlertKind;
  readonly severity: Severity;
  /** What it goes by, beside the kind (`severity.ts`). */
  readonly severityBecause?: readonly ('victim-zone' | 'high-priority-zone' | 'in-custody')[];
  /** Which configured table decided it; absent: none was configured. */
  readonly severityTable?: string;
  /** How sure the engine is now; absent in events of before it was told. */
  readonly strength?: 'suspected' | 'confirmed';
  readonly wearerId: string;
  readonly tagId: string;
  readonly activationId: string;
  readonly conditionId: string | null;
  readonly conditionVersion: number | null;
  readonly zoneId: string | null;
  readonly zoneVersion: number | null;
  /** Of the zone it is about; absent where it is about none, and in events of before it was told. */
  readonly zonePriority?: ZonePriority;
  readonly episode: { readonly startedAt: Instant; readonly endedAt: Instant | null; readonly endedAfter?: Instant };
  readonly foundAt: Instant;
  readonly raisedAt: Instant;
  readonly delayedByMs: number;
  /** How far the tag's clock was ahead: the fix was judged at its receipt. */
  readonly clockAheadMs?: number;
  /** How far the tag's clock may be behind: all its messages are later by so much than those of others of its supplier. */
  readonly clockBehindMs?: number;
  readonly historic: boolean;
  readonly reason?: Reason;
  /** It says more than what was said before: an alert that was dealt with is unresolved again by it. */
  readonly strengthened?: Strengthening;
  readonly window?: { readonly opensAt: Instant; readonly closesAt: Instant };
  readonly endedBecause?: EndedBecause;
  /** The absence that ended it, or that covers a part of it. */
  readonly absenceId?: string;
  /** Of a curfew: minutes outside authorised absences, up to the newest fix in violation or the end. */
  readonly unreasonableMinutes?: number;
  /** The wearer is in custody, or was when an episode that is over began. */
  readonly inCustody?: true;
  readonly supersededBy?: string;
  /** Of a supplier that is away: how many tags were heard of last by it. */
  readonly coversTags?: number;
  readonly explanation: {
    readonly rule: Rule;
    readonly belief?: number;
    readonly fixes: readonly {
      readonly fixedAt: Instant;
      readonly latitude: number;
      readonly longitude: number;
      readonly signedDistanceMetres: number;
      readonly accuracyMetres: number | null;
      readonly likelihoodRatio?: number;
    }[];
    readonly edgeAt?: Instant;
    /** Of rule `crossing`: how much of the straight line lies in the zone, and how deep. */
    readonly crossing?: { readonly chordMetres: number; readonly depthMetres: number };
    readonly newestFixAt?: Instant | null;
    readonly thresholds: Readonly<Record<string, number>>;
  };
}

/** What is done to an alert. `resumed` and `escalated` come of themselves when their time is there, in the name of {@link TAGWATCH}. */
export const ACTION_TYPES = [
  'acknowledged',
  'disposed',
  'taken',
  'released',
  'assigned',
  'handed-over',
  'noted',
  'victim-contacted',
  'review-requested',
  'reopened',
  'suspended',
  'suspension-proposed',
  'suspension-agreed',
  'suspension-refused',
  'resumed',
  'escalated',
] as const;
export type ActionType = (typeof ACTION_TYPES)[number];

/** Who acts where nobody does: what is due by the clock. */
export const TAGWATCH = 'tagwatch';

export const CONTACT_OUTCOMES = ['informed', 'message-left', 'not-reached', 'declined'] as const;
export type ContactOutcome = (typeof CONTACT_OUTCOMES)[number];

/** A person's action on an alert. It is judged by the fold, in log order: the first wins. */
export interface ActionEvent {
  /** Of a person's: of whom and of the `Idempotency-Key` of the request; of the clock's: what is due. Before, it was the key. */
  readonly eventId: string;
  readonly alertId: string;
  readonly type: ActionType;
  readonly wearerId: string;
  readonly actor: string;
  /** The roles by which the actor did it; absent in events of before they were told. */
  readonly roles?: readonly string[];
  readonly correlationId?: string;
  readonly at: Instant;
  /** The version of the alert that the person had seen: its revision and its count of actions. */
  readonly seen: { readonly revision: number; readonly actions: number };
  readonly note?: string;
  /** Why: of what is suspended or proposed to be, refused, reopened, assigned, or to be reviewed. */
  readonly reason?: string;
  readonly disposition?: Disposition;
  readonly tagInspectedAt?: Instant;
  /** Of `assigned` and `handed-over`: to whom; of `escalated`: to which role. */
  readonly to?: string;
  /** Of `suspended` and `suspension-proposed`: behaviour of before this instant is not told again. */
  readonly until?: Instant;
  readonly contactedAt?: Instant;
  readonly outcome?: ContactOutcome;
  /** Of `escalated`: how often by now, from 1. */
  readonly level?: number;
  /** A digest of what the request said, so that its key is not taken for another one's; absent in events of before it was told. */
  readonly saidHash?: string;
}

export type AlertEvent = FindingEvent | ActionEvent;

/** Whether an event is the engine's. */
export function isFinding(event: AlertEvent): event is FindingEvent {
  return 'revision' in event;
}

const instant = (ms: number): Instant => new Date(ms).toISOString();

/** The engine's event as it stands in the log. Keys in a fixed order: the same finding gives the same bytes. */
export function toFindingEvent(event: EngineEvent): FindingEvent {
  const { episode, explanation } = event;
  return {
    eventId: event.eventId,
    alertId: event.alertId,
    revision: event.revision,
    type: event.type,
    kind: event.kind,
    severity: event.severity,
    strength: event.strength,
    wearerId: event.wearerId,
    tagId: event.tagId,
    activationId: event.activationId,
    conditionId: event.conditionId,
    conditionVersion: event.conditionVersion,
    zoneId: event.zoneId,
    zoneVersion: event.zoneVersion,
    ...(event.zonePriority === undefined ? {} : { zonePriority: event.zonePriority }),
    episode: {
      startedAt: instant(episode.startedAtMs),
      endedAt: episode.endedAtMs === null ? null : instant(episode.endedAtMs),
      ...(episode.endedAfterMs === undefined ? {} : { endedAfter: instant(episode.endedAfterMs) }),
    },
    foundAt: instant(event.foundAtMs),
    raisedAt: instant(event.raisedAtMs),
    delayedByMs: event.delayedByMs,
    ...(event.clockAheadMs === undefined ? {} : { clockAheadMs: event.clockAheadMs }),
    ...(event.clockBehindMs === undefined ? {} : { clockBehindMs: event.clockBehindMs }),
    historic: event.historic,
    ...(event.reason === undefined ? {} : { reason: event.reason }),
    ...(event.strengthened === undefined ? {} : { strengthened: event.strengthened }),
    ...(event.window === undefined
      ? {}
      : { window: { opensAt: instant(event.window.opensAtMs), closesAt: instant(event.window.closesAtMs) } }),
    ...(event.endedBecause === undefined ? {} : { endedBecause: event.endedBecause }),
    ...(event.absenceId === undefined ? {} : { absenceId: event.absenceId }),
    ...(event.unreasonableMinutes === undefined ? {} : { unreasonableMinutes: event.unreasonableMinutes }),
    ...(event.inCustody === undefined ? {} : { inCustody: event.inCustody }),
    ...(event.supersededBy === undefined ? {} : { supersededBy: event.supersededBy }),
    ...(event.coversTags === undefined ? {} : { coversTags: event.coversTags }),
    explanation: {
      rule: explanation.rule,
      ...(explanation.belief === undefined ? {} : { belief: explanation.belief }),
      fixes: explanation.fixes.map((fix) => ({
        fixedAt: instant(fix.fixedAtMs),
        latitude: fix.latitude,
        longitude: fix.longitude,
        signedDistanceMetres: fix.signedDistanceMetres,
        accuracyMetres: fix.accuracyMetres,
        ...(fix.likelihoodRatio === undefined ? {} : { likelihoodRatio: fix.likelihoodRatio }),
      })),
      ...(explanation.edgeAtMs === undefined ? {} : { edgeAt: instant(explanation.edgeAtMs) }),
      ...(explanation.crossing === undefined ? {} : { crossing: explanation.crossing }),
      ...(explanation.newestFixAtMs === undefined
        ? {}
        : { newestFixAt: explanation.newestFixAtMs === null ? null : instant(explanation.newestFixAtMs) }),
      thresholds: explanation.thresholds,
    },
  };
}

/** A briefing, as it is stored, told and written to a file. Instants are RFC 3339 in UTC. */
import type { Disposition } from '../alerts/event.js';
import type { AlertKind, ConditionKind, Severity } from '../engine/types.js';
import type { Rag } from './rag.js';
import type { DealtWith } from './recall.js';

export const BRIEFING_PERIODS = ['daily', 'weekly'] as const;
export type BriefingPeriod = (typeof BRIEFING_PERIODS)[number];

interface About {
  readonly wearerId: string;
  readonly name: string;
}

export interface BriefedAlert extends About {
  readonly alertId: string;
  readonly kind: AlertKind;
  readonly severity: Severity;
  readonly strength: 'suspected' | 'confirmed' | 'withdrawn';
  readonly raisedAt: string;
  readonly startedAt: string;
  readonly status: 'open' | 'closed';
  readonly disposition: Disposition | null;
}

/** From what it was the last time to what it is; null: none. */
export interface BriefedChange<T> extends About {
  readonly before: T | null;
  readonly now: T | null;
  readonly since: string | null;
  readonly by: string | null;
}

export interface BriefedPanel extends About {
  readonly taskId: string;
  readonly decision: string;
  readonly at: string;
}

export interface SilentTag extends About {
  readonly alertId: string;
  readonly tagId: string;
  readonly kind: AlertKind;
  readonly since: string;
}

export interface ConditionTonight extends About {
  readonly conditionId: string;
  readonly kind: ConditionKind;
  /** Null, as its name: the zone is, was or is to be a victim's, when it is made or when it is read. No briefing names one. */
  readonly zoneId: string | null;
  readonly zone: string | null;
  readonly fromAt: string;
  readonly untilAt: string;
}

export interface BriefedRelease extends About {
  readonly what: 'release' | 'custody-ends';
  /** Of a release that is planned: its task. */
  readonly taskId: string | null;
  readonly at: string | null;
  readonly subject: string | null;
}

export interface BriefedReview extends About {
  /** Absent: of the wearer; briefings from before plans were on record tell of no other. */
  readonly of?: 'plan';
  readonly dueAt: string;
  /** Of one for which a task is open. */
  readonly taskId: string | null;
}

/** A request to recall that goes on, or that names an alert of the briefing. */
export type BriefedRequest = About & DealtWith;

export interface BriefingContent {
  /** Of how many wearers it tells. */
  readonly wearers: number;
  readonly tonight: { readonly fromAt: string; readonly untilAt: string };
  readonly alerts: readonly BriefedAlert[];
  readonly ragChanges: readonly BriefedChange<Rag>[];
  readonly membershipChanges: readonly BriefedChange<string>[];
  readonly panels: readonly BriefedPanel[];
  readonly silentTags: readonly SilentTag[];
  readonly conditionsTonight: readonly ConditionTonight[];
  readonly releases: readonly BriefedRelease[];
  readonly reviewsDue: readonly BriefedReview[];
  /** Absent from briefings of before requests were told of: nothing is known of them. */
  readonly dealtWith?: readonly BriefedRequest[];
}

/** What a briefing is, without what it tells. */
export interface BriefingHead {
  readonly briefingId: number;
  readonly period: BriefingPeriod;
  /** Null: of all divisions. */
  readonly division: string | null;
  readonly from: string;
  readonly to: string;
  readonly madeBy: string;
  readonly madeAt: string;
}

export interface Briefing extends BriefingHead {
  readonly content: BriefingContent;
  /** How many it tells of whom who asks may not see: left out of what is told. */
  readonly hidden: number;
}

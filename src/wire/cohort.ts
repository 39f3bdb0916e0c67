/** One wearer of `GET /cohort`, as the server tells it and the console shows it. Instants are RFC 3339 in UTC; minutes are whole. */
import type { AlertKind } from '../engine/types.js';
import type { Rag } from './rag.js';

/** Whether somebody is monitored: each has to hold, in this order. */
export const STEPS = ['ordered', 'fitted', 'watched', 'charged', 'fixing'] as const;
export type Step = (typeof STEPS)[number];

/** How a condition that demands somebody's presence was kept: the last four parts are the whole. */
export interface Compliance {
  readonly requiredMinutes: number;
  readonly keptMinutes: number;
  readonly excusedMinutes: number;
  readonly unreasonableMinutes: number;
  readonly unknownMinutes: number;
}

export interface ConditionCompliance extends Compliance {
  readonly activationId: string;
  readonly conditionId: string;
  readonly kind: string;
}

export interface CohortRow {
  readonly wearerId: string;
  readonly name: string;
  readonly division: string | null;
  readonly schemes: readonly string[];
  readonly rag: Rag | null;
  readonly ragSince: string | null;
  readonly mappa: { readonly category: number; readonly level: number; readonly since: string } | null;
  readonly cohort: string | null;
  readonly cohortSince: string | null;
  readonly flags: readonly string[];
  readonly orderTypes: readonly string[];
  readonly isMonitored: boolean;
  /** The first step that does not hold; null: monitored. */
  readonly missing: Step | null;
  /** Since when it is as it is; null: not known. */
  readonly monitoredSince: string | null;
  readonly newestFixAt: string | null;
  readonly batteryPercent: number | null;
  readonly daysOnTag: number;
  readonly compliance: Compliance & { readonly conditions: readonly ConditionCompliance[] };
  readonly violations: Readonly<Partial<Record<AlertKind, number>>>;
  /** The same of the 28 days before those, so that a change is seen. */
  readonly before: {
    readonly violations: CohortRow['violations'];
    readonly compliance: Compliance;
  };
  readonly openAlerts: number;
  readonly batteryAlerts: number;
  readonly reviewDueAt: string | null;
  readonly visitDueAt: string | null;
  /** Since when the risk management plan is in force; null: there is none. */
  readonly planSince: string | null;
  readonly planReviewDueAt: string | null;
  /** Since when nothing is collected any more of a tag that is still on; null: it is. */
  readonly consentEndedAt: string | null;
  /** Since when neither an order nor a consent covers a tag that is on, and is collected all the same; null: one does, or none is on. */
  readonly uncoveredSince: string | null;
  readonly openTasks: number;
  readonly overdueTasks: number;
}

/** What is on record of what was done about somebody and is to be done (`store/tasks.ts`). */
import type { Severity } from '../engine/types.js';

/** As it stands; of which kinds there are, the wire knows (`wire/task.ts`). Instants are ISO. */
export interface OpenTask {
  readonly taskId: string;
  readonly version: number;
  readonly recordedAt: string;
  readonly wearerId: string;
  readonly kind: string;
  readonly subject: string;
  readonly status: string;
  readonly dueAt?: string;
  readonly place?: string;
  readonly owner?: string;
  readonly alertId?: string;
}

export interface LastReview {
  readonly atMs: number;
  readonly nextAtMs: number | null;
}

export interface TaskFacts {
  /** The last review that was done; `nextAtMs`: when it says that the next one is due. */
  readonly lastReview: LastReview | null;
  /** The same of the risk management plan. */
  readonly lastPlanReview: LastReview | null;
  readonly lastVisitAtMs: number | null;
  /** Open and accepted ones, in the order of their ids. */
  readonly open: readonly OpenTask[];
}

/** An alert that may be looked at again. */
export interface SampleCandidate {
  readonly alertId: string;
  readonly wearerId: string;
  readonly severity: Severity;
}

export const NO_TASKS: TaskFacts = { lastReview: null, lastPlanReview: null, lastVisitAtMs: null, open: [] };

/** What has to be done about a wearer, and what came of it: everything on a desk is a task of one of these kinds. */
export const TASK_KINDS = [
  'task',
  'visit',
  'letter',
  'review',
  'plan-action',
  'plan-review',
  'debrief',
  'dip-sample',
  'panel',
  'release',
] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

export const TASK_STATUSES = ['open', 'accepted', 'done', 'rejected'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** What an officer writes too; the others are how a scheme is run and assured. */
export const OFFICER_TASK_KINDS: readonly TaskKind[] = ['task', 'visit', 'letter', 'plan-action'];

/** A score of a tool, as a panel went by it. */
export interface TaskScore {
  readonly tool: string;
  readonly value: string;
  readonly at: string;
}

/** What came of it. Which of these a kind asks for, and which it takes: {@link OUTCOME_RULES}. */
export interface TaskOutcome {
  readonly decision?: string;
  /** The reply, the rationale, the feedback, the minutes. */
  readonly text: string;
  /** When it took place, where that is not when it was written. */
  readonly happenedAt?: string;
  /** The next review; when a dip sample is looked at again. */
  readonly nextAt?: string;
  readonly attendees?: readonly string[];
  readonly scores?: readonly TaskScore[];
  readonly actions?: readonly string[];
  readonly wentWell?: string;
  readonly failed?: string;
  readonly cause?: string;
}

export interface TaskContent {
  readonly wearerId: string;
  readonly kind: TaskKind;
  /** What is to be done, and why. */
  readonly subject: string;
  readonly status: TaskStatus;
  readonly dueAt?: string;
  readonly place?: string;
  /** Who is to do it: as they sign in, or by name. */
  readonly owner?: string;
  /** Of a debrief: what it is about; of a dip sample: what is looked at again. */
  readonly alertId?: string;
  readonly outcome?: TaskOutcome;
}

export interface OutcomeRule {
  /** One of these; empty: there is nothing to decide. */
  readonly decisions: readonly string[];
  readonly needs: readonly (keyof TaskOutcome)[];
  readonly takes: readonly (keyof TaskOutcome)[];
}

const rule = (
  decisions: readonly string[],
  needs: readonly (keyof TaskOutcome)[],
  takes: readonly (keyof TaskOutcome)[],
): OutcomeRule => ({ decisions, needs: decisions.length === 0 ? needs : ['decision', ...needs], takes });

/** `text` is asked of all. */
export const OUTCOME_RULES: Readonly<Record<TaskKind, OutcomeRule>> = {
  task: rule([], [], ['happenedAt', 'actions']),
  visit: rule(['seen', 'not-seen'], ['happenedAt'], ['actions']),
  letter: rule(['served', 'not-served'], ['happenedAt'], []),
  review: rule(['continue', 'step-up', 'step-down', 'end'], [], ['nextAt', 'attendees', 'actions']),
  'plan-action': rule([], [], ['happenedAt']),
  // Where the plan is changed by it, that is a version of the plan, from which the next review is counted.
  'plan-review': rule(['continue', 'end'], [], ['nextAt', 'attendees', 'actions']),
  debrief: rule([], ['wentWell', 'failed', 'cause'], ['actions', 'attendees']),
  'dip-sample': rule(['yes', 'partly', 'no', 'not-applicable'], [], ['nextAt', 'actions']),
  panel: rule(['select', 'retain', 'deselect', 'reject', 'transfer'], ['attendees'], ['scores', 'actions', 'nextAt']),
  release: rule(['ready', 'not-ready'], ['attendees'], ['happenedAt', 'actions', 'nextAt']),
};

/** How often a rating asks for a review and for a visit, days (ours); of who is in custody, visits are none. */
export const REVIEW_DAYS = { red: 14, amber: 28, green: 90, blue: 90 } as const;
export const VISIT_DAYS = { red: 7, amber: 14, green: 30, blue: null } as const;

/** When a rating asks for the next review and the next visit, and a risk management plan for its own: from the last one that was done, or from when it is in force. Pure. */
import type { InForce } from '../ports/cohort-records.js';
import type { TaskFacts } from '../ports/task-records.js';
import type { Duty } from '../wire/desk.js';
import type { Rag } from '../wire/rag.js';
import { REVIEW_DAYS, VISIT_DAYS } from '../wire/task.js';

const DAY_MS = 86_400_000;

export interface DutyFacts {
  readonly rag: InForce<{ readonly rating: string; readonly nextReviewAt?: string }> | null;
  readonly plan: InForce<{ readonly reviewAt?: string }> | null;
  readonly tasks: Pick<TaskFacts, 'lastReview' | 'lastPlanReview' | 'lastVisitAtMs' | 'open'>;
}

// One of them: nothing else is ever written (`records/kinds/rag-rating.ts`).
export const ratingOf = ({ rag }: Pick<DutyFacts, 'rag'>): Rag | null => (rag?.content.rating ?? null) as Rag | null;

/**
 * Null: nobody is rated, so nothing says how often. What the newer of the two says holds: a rating that was agreed after the last review
 * asks anew, and a review that says when the next one is may ask sooner or later than the rating.
 */
export function findReviewDue({
  rag,
  tasks: { lastReview },
}: {
  readonly rag: DutyFacts['rag'];
  readonly tasks: Pick<TaskFacts, 'lastReview'>;
}): number | null {
  const rating = ratingOf({ rag });
  if (rag === null || rating === null) return lastReview?.nextAtMs ?? null;
  const intervalMs = REVIEW_DAYS[rating] * DAY_MS;
  const ratedAtMs = Date.parse(rag.since);
  if (lastReview !== null && lastReview.atMs >= ratedAtMs) return lastReview.nextAtMs ?? lastReview.atMs + intervalMs;
  const { nextReviewAt } = rag.content;
  return nextReviewAt === undefined ? ratedAtMs + intervalMs : Date.parse(nextReviewAt);
}

/** Null: there is no plan, or neither it nor a rating says when. A version and a review of it count alike, whichever is newer. */
export function findPlanReviewDue({ rag, plan, tasks: { lastPlanReview } }: DutyFacts): number | null {
  if (plan === null) return null;
  const since = { atMs: Date.parse(plan.since), nextAtMs: toMs(plan.content.reviewAt) };
  const last = lastPlanReview !== null && lastPlanReview.atMs >= since.atMs ? lastPlanReview : since;
  const rating = ratingOf({ rag });
  return last.nextAtMs ?? (rating === null ? null : last.atMs + REVIEW_DAYS[rating] * DAY_MS);
}

const toMs = (instant: string | undefined): number | null => (instant === undefined ? null : Date.parse(instant));

/** Null: nobody is rated, or who is in custody is not visited. */
export function findVisitDue({ rag, tasks: { lastVisitAtMs } }: Pick<DutyFacts, 'rag' | 'tasks'>): number | null {
  const rating = ratingOf({ rag });
  const days = rating === null ? null : VISIT_DAYS[rating];
  if (rag === null || days === null) return null;
  return Math.max(Date.parse(rag.since), lastVisitAtMs ?? Number.NEGATIVE_INFINITY) + days * DAY_MS;
}

/** Without those for which a task is open already: it says itself until when. */
export function listDuties(facts: DutyFacts): Duty[] {
  const isOpen = (kind: Duty['kind']) => facts.tasks.open.some((task) => task.kind === kind);
  const due = [
    ['review', findReviewDue(facts)],
    ['visit', findVisitDue(facts)],
    ['plan-review', findPlanReviewDue(facts)],
  ] as const;
  return due.flatMap(([kind, dueMs]) =>
    dueMs === null || isOpen(kind) ? [] : [{ kind, dueAt: new Date(dueMs).toISOString() }],
  );
}

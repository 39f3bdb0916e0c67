import { expect, test } from 'vitest';
import { NO_TASKS, type OpenTask, type TaskFacts } from '../../src/ports/task-records.js';
import { findPlanReviewDue, findReviewDue, findVisitDue, listDuties } from '../../src/schemes/duties.js';

const DAY_MS = 86_400_000;
const RATED = '2026-11-01T00:00:00.000Z';
const RATED_MS = Date.parse(RATED);
const rated = (rating: string, more: { nextReviewAt?: string } = {}) => ({
  content: { rating, ...more },
  since: RATED,
  author: 'a',
});
const facts = (rating: string | null, tasks: Partial<TaskFacts> = {}, more: { nextReviewAt?: string } = {}) => ({
  rag: rating === null ? null : rated(rating, more),
  plan: null,
  tasks: { ...NO_TASKS, ...tasks },
});
const daysAfter = (dueMs: number | null) => (dueMs === null ? null : (dueMs - RATED_MS) / DAY_MS);

test.each([
  ['red', 14, 7],
  ['amber', 28, 14],
  ['green', 90, 30],
  ['blue', 90, null],
])('%s: a review after %s days, a visit after %s', (rating, review, visit) => {
  expect(daysAfter(findReviewDue(facts(rating)))).toBe(review);
  expect(daysAfter(findVisitDue(facts(rating)))).toBe(visit);
});

test('what was done last moves it on; a rating that was agreed after the review asks anew', () => {
  const reviewed = (days: number, next: number | null = null) => ({
    lastReview: { atMs: RATED_MS + days * DAY_MS, nextAtMs: next === null ? null : RATED_MS + next * DAY_MS },
  });
  expect(daysAfter(findReviewDue(facts('red', reviewed(10))))).toBe(24);
  expect(daysAfter(findReviewDue(facts('red', reviewed(10, 12))))).toBe(12);
  expect(daysAfter(findReviewDue(facts('red', reviewed(-3, 100))))).toBe(14);
  expect(daysAfter(findReviewDue(facts('red', {}, { nextReviewAt: '2026-11-03T00:00:00.000Z' })))).toBe(2);
  expect(daysAfter(findReviewDue(facts('red', reviewed(10), { nextReviewAt: '2026-11-03T00:00:00.000Z' })))).toBe(24);
  expect(daysAfter(findVisitDue(facts('red', { lastVisitAtMs: RATED_MS + 5 * DAY_MS })))).toBe(12);
  expect(daysAfter(findVisitDue(facts('red', { lastVisitAtMs: RATED_MS - 5 * DAY_MS })))).toBe(7);
});

test('of who is not rated nothing is due but what a review said', () => {
  expect(listDuties(facts(null))).toEqual([]);
  const lastReview = { atMs: RATED_MS, nextAtMs: RATED_MS + DAY_MS };
  expect(listDuties(facts(null, { lastReview }))).toEqual([{ kind: 'review', dueAt: '2026-11-02T00:00:00.000Z' }]);
});

test('an open task of its kind is the duty', () => {
  const open = [{ kind: 'visit' } as OpenTask];
  expect(listDuties(facts('red', { open })).map(({ kind }) => kind)).toEqual(['review']);
});

test('a plan is reviewed when it says, or as often as the rating asks for, from its version or its review', () => {
  const plan = (days: number, reviewAt?: string) => ({
    content: reviewAt === undefined ? {} : { reviewAt },
    since: new Date(RATED_MS + days * DAY_MS).toISOString(),
    author: 'a',
  });
  const due = (one: ReturnType<typeof plan> | null, rating: string | null = 'amber', tasks: Partial<TaskFacts> = {}) =>
    daysAfter(findPlanReviewDue({ ...facts(rating, tasks), plan: one }));
  const reviewed = (days: number, next: number | null) => ({
    lastPlanReview: { atMs: RATED_MS + days * DAY_MS, nextAtMs: next === null ? null : RATED_MS + next * DAY_MS },
  });
  expect([due(null), due(plan(2), null)]).toEqual([null, null]);
  expect([
    due(plan(2)),
    due(plan(2, '2026-11-11T00:00:00.000Z')),
    due(plan(2, '2026-11-11T00:00:00.000Z'), null),
  ]).toEqual([30, 10, 10]);
  expect([due(plan(2), 'amber', reviewed(9, null)), due(plan(2), null, reviewed(9, 20))]).toEqual([37, 20]);
  // A version that was written after the review is counted from.
  expect(due(plan(12, '2026-11-21T00:00:00.000Z'), 'amber', reviewed(9, 100))).toBe(20);
  const open = [{ kind: 'plan-review' } as OpenTask];
  expect(listDuties({ ...facts('red', { open }), plan: plan(2) }).map(({ kind }) => kind)).toEqual(['review', 'visit']);
});

/** Which rows of the cohort are shown, and in which order. Pure. */
import type { CohortRow } from '../../wire/cohort.js';

export const COHORT_SORTS = [
  'name',
  'rag',
  'monitored',
  'newestFix',
  'daysOnTag',
  'kept',
  'unreasonable',
  'unknown',
  'violations',
  'trend',
  'openAlerts',
  'battery',
  'reviewDue',
  'visitDue',
  'plan',
  'tasks',
] as const;
export type CohortSort = (typeof COHORT_SORTS)[number];

export interface CohortView {
  readonly sort: CohortSort;
  readonly descends: boolean;
  readonly text: string;
  readonly rag: string;
  readonly cohort: string;
  readonly onlyUnmonitored: boolean;
}

/** What needs somebody first: who is not monitored, the reddest of them first. */
export const FIRST_VIEW: CohortView = {
  sort: 'monitored',
  descends: false,
  text: '',
  rag: '',
  cohort: '',
  onlyUnmonitored: false,
};

const RAG_PLACE: Readonly<Record<string, number>> = { red: 0, amber: 1, green: 2, blue: 3 };
const ragPlace = ({ rag }: CohortRow): number => RAG_PLACE[rag ?? ''] ?? 4;
export const countViolations = ({ violations }: Pick<CohortRow, 'violations'>): number =>
  Object.values(violations).reduce((sum, count) => sum + (count ?? 0), 0);
const instantOr = (text: string | null, without: number): number => (text === null ? without : Date.parse(text));

/** Ascending is what needs somebody first, where there is such an end. */
const KEYS: Readonly<Record<CohortSort, (item: CohortRow) => number | string>> = {
  name: ({ name }) => name.toLowerCase(),
  rag: ragPlace,
  monitored: (item) => (item.isMonitored ? 10 : 0) + ragPlace(item),
  newestFix: ({ newestFixAt }) => instantOr(newestFixAt, 0),
  daysOnTag: ({ daysOnTag }) => daysOnTag,
  kept: ({ compliance }) => compliance.keptMinutes,
  unreasonable: ({ compliance }) => -compliance.unreasonableMinutes,
  unknown: ({ compliance }) => -compliance.unknownMinutes,
  violations: (item) => -countViolations(item),
  // Whose has grown most: of violations first, then of unreasonable minutes.
  trend: (item) =>
    -1e6 * (countViolations(item) - countViolations(item.before)) -
    (item.compliance.unreasonableMinutes - item.before.compliance.unreasonableMinutes),
  openAlerts: ({ openAlerts }) => -openAlerts,
  battery: ({ batteryAlerts }) => -batteryAlerts,
  reviewDue: ({ reviewDueAt }) => instantOr(reviewDueAt, Number.MAX_SAFE_INTEGER),
  visitDue: ({ visitDueAt }) => instantOr(visitDueAt, Number.MAX_SAFE_INTEGER),
  // Who has no plan at all stands before whose is overdue.
  plan: ({ planSince, planReviewDueAt }) =>
    planSince === null ? Number.MIN_SAFE_INTEGER : instantOr(planReviewDueAt, Number.MAX_SAFE_INTEGER),
  tasks: ({ overdueTasks, openTasks }) => -1_000 * overdueTasks - openTasks,
};

/** `referencesOf`: by what a wearer is found beside name, id and division: the numbers of other systems. */
export function arrangeCohort(
  items: readonly CohortRow[],
  view: CohortView,
  referencesOf: (wearerId: string) => readonly string[] = () => [],
): CohortRow[] {
  const sought = view.text.trim().toLowerCase();
  const keyOf = KEYS[view.sort];
  const direction = view.descends ? -1 : 1;
  return items
    .filter(
      (item) =>
        (view.rag === '' || (item.rag ?? 'none') === view.rag) &&
        (view.cohort === '' || (item.cohort ?? 'none') === view.cohort) &&
        !(view.onlyUnmonitored && item.isMonitored) &&
        (sought === '' ||
          [item.name, item.wearerId, item.division ?? '', ...referencesOf(item.wearerId)].some((one) =>
            one.toLowerCase().includes(sought),
          )),
    )
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => {
      if (a.key !== b.key) return (a.key < b.key ? -1 : 1) * direction;
      return a.item.wearerId < b.item.wearerId ? -1 : 1;
    })
    .map(({ item }) => item);
}

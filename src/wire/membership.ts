/** Of the managed cohort: fixed, whatever happens; flex, by score; free: de-selected, or never selected. */
export const COHORTS = ['FIXED', 'FLEX', 'FREE'] as const;
export type CohortName = (typeof COHORTS)[number];

/** What the cohort's page asks over REST. */
import type { CohortRow } from '../wire/cohort.js';
import { askFile, askList } from './api.js';

/** All of it, page by page. */
export const askCohort = () => askList<CohortRow>('/cohort');

/** The same as a file. */
export const askCohortFile = (purpose: string, recipient: string) =>
  askFile(`/cohort?${new URLSearchParams({ purpose, recipient })}`, 'text/csv');

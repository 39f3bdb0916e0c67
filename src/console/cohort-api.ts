/** What the cohort's page asks over REST. */
import type { CohortRow } from '../wire/cohort.js';
import { ANSWER_LIMIT_MS, type Answer, askList, BASE } from './api.js';

/** All of it, page by page. */
export const askCohort = () => askList<CohortRow>('/cohort');

/** The same as a file. */
export async function askCohortFile(purpose: string, recipient: string): Promise<Answer<Blob>> {
  try {
    const answer = await fetch(`${BASE}/cohort?${new URLSearchParams({ purpose, recipient })}`, {
      headers: { accept: 'text/csv' },
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    return answer.ok ? { ok: true, body: await answer.blob() } : { ok: false, status: answer.status };
  } catch {
    return { ok: false, status: 0 };
  }
}

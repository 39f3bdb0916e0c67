/** What there is of what was asked for, or why it is not known. Pure. */
import type { Answer } from '../api.js';

/** Why something is not there, by the status of the answer. */
export function whyMissing(status: number): string {
  if (status === 0) return 'the server did not answer';
  if (status === 403) return 'your roles do not include it';
  if (status === 404) return 'it is not known here';
  return status === 503 ? 'the database is away' : `the server answered ${status}`;
}

/** What is there of a list: an empty one is not the same as none that is known. `why`: `the database is away`. */
export type Known<T> =
  | { readonly isKnown: true; readonly items: readonly T[] }
  | { readonly isKnown: false; readonly why: string };

/** `answer` null: not answered yet. */
export function toKnown<T>(answer: Answer<readonly T[]> | null): Known<T> {
  if (answer === null) return { isKnown: false, why: 'it is being looked up' };
  return answer.ok ? { isKnown: true, items: answer.body } : { isKnown: false, why: whyMissing(answer.status) };
}

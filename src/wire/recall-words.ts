/** Requests to recall in words, for the console and for what is printed. Pure. */
import { briefTime } from './brief-time.js';
import type { RecallType } from './order.js';
import type { DealtWith, RecallOutcome, RecallState } from './recall.js';

export const RECALL_STATE_WORDS: Readonly<Record<RecallState, string>> = {
  draft: 'Draft',
  requested: 'Requested',
  sent: 'Sent',
  hearing: 'Hearing set',
  outcome: 'Ended',
};

export const RECALL_OUTCOME_WORDS: Readonly<Record<RecallOutcome, string>> = {
  recalled: 'Recalled',
  'not-recalled': 'Not recalled',
  'breach-proved': 'Breach proved',
  'breach-not-proved': 'Breach not proved',
  withdrawn: 'Withdrawn',
};

export const RECALL_TYPE_WORDS: Readonly<Record<RecallType, string>> = {
  recall: 'Recall',
  breach: 'Breach before the court',
};

/** `Already dealt with: recall requested, Sun 22 Nov 18:03`. */
export function dealtWithWords({ type, state, stateAt, hearingAt, outcome }: DealtWith): string {
  const what = RECALL_TYPE_WORDS[type].toLowerCase();
  const since = briefTime(stateAt);
  if (outcome !== undefined) return `Already dealt with: ${RECALL_OUTCOME_WORDS[outcome].toLowerCase()}, ${since}`;
  if (hearingAt !== undefined) return `Already dealt with: ${what}, hearing ${briefTime(hearingAt)}`;
  return `Already dealt with: ${what} ${RECALL_STATE_WORDS[state].toLowerCase()}, ${since}`;
}

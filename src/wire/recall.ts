/**
 * A request to recall a wearer, or to bring a breach of the order before its court: what its form asks, and what became of it. Server,
 * document and console have the words of it from here.
 */

import type { RecallType } from './order.js';

/** One after the other; a step may be left out, none is gone back to. */
export const RECALL_STATES = ['draft', 'requested', 'sent', 'hearing', 'outcome'] as const;
export type RecallState = (typeof RECALL_STATES)[number];

export const RECALL_OUTCOMES = ['recalled', 'not-recalled', 'breach-proved', 'breach-not-proved', 'withdrawn'] as const;
export type RecallOutcome = (typeof RECALL_OUTCOMES)[number];

export const MAX_RECALL_ALERTS = 20;
/** Of one answer of the form, characters. */
export const MAX_ANSWER_LENGTH = 10_000;

/** What the form asks, in its order. */
export const RECALL_QUESTIONS = [
  {
    name: 'conditions',
    title: 'Conditions breached',
    help: 'The order and each condition word for word, as it stood at the time.',
  },
  {
    name: 'circumstances',
    title: 'What led to this request',
    help: 'What happened, with dates and times; facts before inference, and what speaks against it.',
  },
  {
    name: 'alternatives',
    title: 'Alternatives tried or considered',
    help: 'Warnings, visits, changed conditions, and why they are not enough.',
  },
  {
    name: 'arrestIssues',
    title: 'What whoever arrests has to know',
    help: 'Where the wearer may be, warnings, health, dependants, dogs, weapons.',
  },
  {
    name: 'contacts',
    title: 'Contacts',
    help: 'The offender manager, the officer in the case, and how to reach them out of hours.',
  },
  { name: 'mappa', title: 'MAPPA', help: 'Category and level, and since when; or that the wearer is not managed so.' },
  {
    name: 'rosh',
    title: 'Risk of serious harm',
    help: 'To whom, of what kind, how soon; and the assessment it is taken from.',
  },
] as const;
export type RecallQuestion = (typeof RECALL_QUESTIONS)[number]['name'];
export type RecallForm = Readonly<Record<RecallQuestion, string>>;

/** A request as `PUT /recalls/{recallId}` takes it. */
export interface RecallContent {
  readonly wearerId: string;
  readonly orderId: string;
  readonly alertIds: readonly string[];
  readonly form: Partial<RecallForm>;
  /** What is not for the wearer's eyes. */
  readonly nonDisclosure?: string;
  readonly state: RecallState;
  /** When it came to stand so, where that is not when it was written. */
  readonly stateAt?: string;
  readonly sentTo?: string;
  readonly hearingAt?: string;
  readonly outcome?: RecallOutcome;
  readonly outcomeNote?: string;
}

export const NON_DISCLOSURE = {
  title: 'Not to be disclosed to the wearer',
  help: 'A report is shared with the wearer. What must not be, stands here alone, and goes in a file of its own.',
} as const;

/** That there is a request about a wearer, and how far it is: before anybody is sent. Of its text nothing. */
export interface DealtWith {
  readonly recallId: string;
  readonly wearerId: string;
  readonly type: RecallType;
  /** The alerts that it is about. */
  readonly alertIds: readonly string[];
  readonly state: Exclude<RecallState, 'draft'>;
  /** Since when it stands so, RFC 3339 in UTC. */
  readonly stateAt: string;
  readonly hearingAt?: string;
  readonly outcome?: RecallOutcome;
}

/** How long one that ended is told beside those that go on, ms. */
export const ENDED_SHOWN_MS = 28 * 86_400_000;

/** Whether it goes on. */
export const isUnderWay = ({ state }: Pick<DealtWith, 'state'>): boolean => state !== 'outcome';

/**
 * What has been asked about an alert: by a request that names it, whatever became of it unless it was withdrawn, or else by one about
 * its wearer that goes on. Null: nothing.
 */
export function findDealtWith<D extends DealtWith>(
  requests: readonly D[],
  { alertId, wearerId }: { readonly alertId: string; readonly wearerId: string },
): D | null {
  const own = requests.filter((each) => each.wearerId === wearerId && each.outcome !== 'withdrawn');
  return own.find(({ alertIds }) => alertIds.includes(alertId)) ?? own.find(isUnderWay) ?? null;
}

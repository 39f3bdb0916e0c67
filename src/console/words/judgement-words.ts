/** What the page of a wearer says of RAG, MAPPA and membership: what holds, since when, and who says so. Pure. */
import type { MappaRecord, MembershipRecord, RagVersion } from '../judgements-api.js';
import { personWords } from './people-words.js';
import { dayAndTime, dayOnly } from './times.js';

const day = (instant: string): string => dayOnly(Date.parse(instant));

/** `red from Mon 23 Nov 10:00:00: two breaches. Proposed by anna, agreed by bert. Next review Mon 7 Dec.` */
export function ragVersionWords(said: RagVersion): string {
  const { rating, effectiveAt, recordedAt, evidence, author, agreedBy, nextReviewAt } = said;
  const who = agreedBy === undefined ? `Written by ${personWords(author)}` : `Proposed by ${personWords(author)}`;
  const second = agreedBy === undefined ? '' : `, agreed by ${personWords(agreedBy)}`;
  const next = nextReviewAt === undefined ? '' : ` Next review ${day(nextReviewAt)}.`;
  return `${rating} from ${dayAndTime(Date.parse(effectiveAt ?? recordedAt))}: ${evidence}. ${who}${second}.${next}`;
}

/** Why a rating is proposed, beside its evidence: `from amber to red`. */
export const ragChangeWords = (from: string | null, to: string): string =>
  from === null ? `first rating: ${to}` : from === to ? `${to} again` : `from ${from} to ${to}`;

const byWords = ({ author, effectiveAt, recordedAt, changeReason }: MappaRecord | MembershipRecord): string =>
  `from ${day(effectiveAt ?? recordedAt)}, by ${personWords(author)}${changeReason === undefined ? '' : `: ${changeReason}`}`;

export function mappaWords(said: MappaRecord | null): string {
  if (said === null) return 'No MAPPA status is recorded.';
  const what = said.category === null ? 'not managed by MAPPA' : `category ${said.category}, level ${said.level}`;
  return `MAPPA: ${what} ${byWords(said)}.${said.reviewAt === undefined ? '' : ` Review ${day(said.reviewAt)}.`}`;
}

export const COHORT_WORDS = { FIXED: 'selected, whatever happens', FLEX: 'selected, by score', FREE: 'not selected' };

export const membershipWords = (said: MembershipRecord | null): string =>
  said === null
    ? 'Whether this wearer is of the managed cohort is not recorded.'
    : `Cohort: ${said.cohort} (${COHORT_WORDS[said.cohort]}) ${byWords(said)}.`;

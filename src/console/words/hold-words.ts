/** What is said of legal holds. Pure. */
import type { LegalHoldContent } from '../../wire/legal-hold.js';
import { personWords } from './people-words.js';
import { dayOfYear } from './times.js';

/** One of `GET /legal-holds`. */
export interface LegalHoldItem extends LegalHoldContent {
  readonly legalHoldId: string;
  readonly version: number;
  readonly author: string;
  readonly recordedAt: string;
}

/** `3 Nov 2026 to 5 Nov 2026`. */
export function heldWords({ startsAt, endsAt }: LegalHoldContent): string {
  const from = dayOfYear(Date.parse(startsAt));
  return endsAt === undefined ? `from ${from} on` : `${from} to ${dayOfYear(Date.parse(endsAt))}`;
}

/** `Placed by sam, 3 Nov 2026`; `Lifted by ann, 4 Dec 2026: the case is over`. */
export function placedWords({ author, recordedAt, liftedReason }: LegalHoldItem): string {
  const who = `by ${personWords(author)}, ${dayOfYear(Date.parse(recordedAt))}`;
  return liftedReason === undefined ? `Placed ${who}` : `Lifted ${who}: ${liftedReason}`;
}

/** `Reference CR/12/26. To be reviewed by 3 Nov 2026`; nothing of what was not said. */
export function caseWords({ reference, reviewAt, liftedReason }: LegalHoldItem, nowMs: number): string {
  const reviewAtMs = reviewAt === undefined || liftedReason !== undefined ? null : Date.parse(reviewAt);
  return [
    ...(reference === undefined ? [] : [`Reference ${reference}`]),
    ...(reviewAtMs === null
      ? []
      : [`${reviewAtMs < nowMs ? 'Its review was due' : 'To be reviewed by'} ${dayOfYear(reviewAtMs)}`]),
  ].join('. ');
}

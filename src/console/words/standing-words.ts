/** Why an alert stands on the register, and for how long, in words. Total: a new reason wants its words. Pure. */
import type { FailingHandoff, StandingAge, StandsBecause } from '../../alerts/standing.js';
import { dayAndTime } from './times.js';

export const BECAUSE_WORDS: Readonly<Record<StandsBecause, string>> = {
  'not-seen': 'nobody has seen it',
  'not-taken': 'seen, and nobody has taken it',
  'not-disposed': 'in hand, and not closed',
  suspended: 'suspended',
  'suspension-proposed': 'a suspension waits for a second person',
  'review-requested': 'a review was asked for',
  'more-found': 'more was found since',
  reopened: 'reopened',
};

/** `duty-sergeant is not told: what it is sent has failed since Sun 22 Nov 18:00:00 (3 tries, answered 503), up to 12 events wait.` */
export function failingHandoffWords({ receiverId, why, since, tries, error, behind }: FailingHandoff): string {
  const at = dayAndTime(Date.parse(since));
  const waits = behind === 1 ? '1 event waits' : `up to ${behind} events wait`;
  if (why === 'no-sender') return `${receiverId} is not told: nobody sends, since ${at}; ${waits}.`;
  const last = [tries === null ? null : tries === 1 ? '1 try' : `${tries} tries`, error]
    .filter((part) => part !== null)
    .join(', ');
  return `${receiverId} is not told: what it is sent has failed since ${at}${last === '' ? '' : ` (${last})`}; ${waits}.`;
}

export const AGE_WORDS: Readonly<Record<StandingAge, string>> = {
  'under-1-hour': 'Under 1 hour',
  'under-1-day': 'Under 1 day',
  'under-7-days': 'Under 7 days',
  '7-days-and-more': '7 days and more',
};

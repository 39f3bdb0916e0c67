/** Why an alert stands on the register, and for how long, in words. Total: a new reason wants its words. Pure. */
import type { StandingAge, StandsBecause } from '../../alerts/standing.js';

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

export const AGE_WORDS: Readonly<Record<StandingAge, string>> = {
  'under-1-hour': 'Under 1 hour',
  'under-1-day': 'Under 1 day',
  'under-7-days': 'Under 7 days',
  '7-days-and-more': '7 days and more',
};

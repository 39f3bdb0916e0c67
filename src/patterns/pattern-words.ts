/** How patterns are inferred, and what they do not say, in the words that are shown with them. Pure. */
import type { StopRule } from './stops.js';
import type { TogetherRule } from './together.js';

export interface InferenceWords {
  readonly method: string;
  readonly limits: readonly string[];
}

const MINUTE_MS = 60_000;
const NO_GUILT = 'Being somewhere, or near somebody, says nothing of what was done there or why.';

export const patternWords = ({ radiusMetres, leastMs, gapMs }: StopRule): InferenceWords => ({
  method:
    `From the fixes on record: a stop is ${leastMs / MINUTE_MS} minutes or more within ${radiusMetres} m of one place, each fix ` +
    `weighed by its accuracy, which is allowed for by as much once more; ${gapMs / MINUTE_MS} minutes without a fix end it. A usual place is one ` +
    'to which they came on two days or more, or where they stayed around the clock. At home is ' +
    'within the address of a curfew of then.',
  limits: [
    'Silence is no stop: where nothing was heard, nobody can say where they were. What is longer than five minutes does not count to how long they stayed at the least.',
    'Of a tag that sends less often than every five minutes no stop can be told. Of one that sends more often than every ten seconds one fix in ten seconds is looked at.',
    'Whoever goes very slowly, at less than walking pace, may be told as staying.',
    'Where it is known to the radius that is told, they may have been in any building within it, and with 5 of a hundred in another.',
    'Positions by network, fixes that were rejected, and fixes less accurate than the radius do not count.',
    'What was not observed is told beside what was: few days observed are no habit.',
    'Of a stop that is cut by an end of the time, the part within it counts, if that is long enough.',
    NO_GUILT,
  ],
});

export const togetherWords = ({ withinMetres, gapMs }: TogetherRule): InferenceWords => ({
  method:
    `From the fixes of both on record: on the straight ways between fixes at most ${gapMs / MINUTE_MS} minutes apart, they were ` +
    `within ${withinMetres} m of each other. Apart for five minutes or less, and seen all the while, is one meeting.`,
  limits: [
    'The straight way is not the route: between two fixes the distance may have been another.',
    'Who lives, works or travels where the other does is near them without meeting them: walls and floors are not known.',
    'Where either was not seen, nothing is compared: no meeting is told there, and none is excluded.',
    'Positions by network, fixes that were rejected, and fixes with an error over 100 m do not count.',
    NO_GUILT,
  ],
});

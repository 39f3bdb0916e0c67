/** What a match means, in words: never a percentage of guilt. */
import type {
  CrimeFacts,
  CrimeMatch,
  CrimeRun,
  MatchDecision,
  MatchFacts,
  MatchOutcome,
} from '../../wire/crime-batch.js';
import { dayAndTime, duration } from './times.js';

export const OUTCOME_WORDS: Readonly<Record<MatchOutcome, string>> = {
  PRESENT: 'Present',
  PASSED: 'Passed by',
  POSSIBLE: 'Possible',
  ELIMINATED: 'Eliminated',
  'CANNOT SAY': 'Cannot say',
};
export const DECISION_WORDS: Readonly<Record<MatchDecision, string>> = {
  qualified: 'Qualified: to be looked into',
  eliminated: 'Eliminated by a person',
};

/** What is left of a match where nobody could say, or he would be eliminated, at another radius. */
const isGone = (outcome: MatchOutcome): boolean => outcome === 'ELIMINATED' || outcome === 'CANNOT SAY';

export function windowWords({ from, to }: Pick<CrimeFacts, 'from' | 'to'>): string {
  return from === to
    ? dayAndTime(Date.parse(from))
    : `${dayAndTime(Date.parse(from))} to ${dayAndTime(Date.parse(to))}`;
}

/** How far away, how long, and how fast: what the outcome rests on. */
export function restsOnWords(facts: MatchFacts): string {
  const { fixes, closestMetres, closestAt, dwellSeconds, longestUnseenSeconds, speedKmh } = facts;
  return [
    fixes === 0 ? 'no fix within the time' : `${fixes === 1 ? 'one fix' : `${fixes} fixes`} within the time`,
    closestMetres === null || closestAt === null
      ? null
      : `nearest ${Math.round(closestMetres)} m at ${dayAndTime(Date.parse(closestAt))}${speedKmh === null ? '' : `, at ${Math.round(speedKmh)} km/h`}`,
    dwellSeconds > 0 ? `there for ${duration(dwellSeconds * 1_000)}` : null,
    `longest time unseen ${duration(longestUnseenSeconds * 1_000)}`,
  ]
    .filter((part) => part !== null)
    .join('; ');
}

/** How usual it is for this person: without it a match says nothing. */
export function baseRateWords({ daysThere, daysKnown }: Pick<CrimeMatch, 'daysThere' | 'daysKnown'>): string {
  if (daysKnown === 0)
    return 'how usual that is for this person is not known: nothing was heard at that hour in the 28 days before';
  const days = daysKnown === 1 ? 'the one day' : `${daysKnown} days`;
  return `there at that hour on ${daysThere} of ${days} before on which anything was heard`;
}

/** What becomes of it where there is nearer or farther; a part a radius. */
export const radiusWords = ({ outcome: own, atRadius }: Pick<MatchFacts, 'outcome' | 'atRadius'>): readonly string[] =>
  Object.entries(atRadius).map(([metres, outcome]) =>
    isGone(outcome) && !isGone(own)
      ? `at ${metres} m this disappears`
      : `at ${metres} m: ${OUTCOME_WORDS[outcome].toLowerCase()}`,
  );

export function runWords({ run, state, wearers, wearersDone, failure, endedAt }: CrimeRun): string {
  switch (state) {
    case 'queued':
      return `Run ${run} waits for its turn`;
    case 'running':
      return `Run ${run}: ${wearersDone} wearers examined so far`;
    case 'failed':
      return `Run ${run} failed: ${failure ?? 'nobody knows why'}`;
    case 'ready':
      return `Run ${run}: ${wearers === 1 ? 'one wearer' : `${wearers} wearers`} examined${endedAt === undefined ? '' : `, ${dayAndTime(Date.parse(endedAt))}`}`;
  }
}

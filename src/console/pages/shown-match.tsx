/** One wearer and one crime, with what the outcome rests on: an elimination that can be shown and printed. */
import type { MatchShown } from '../../wire/crime-batch.js';
import { FileForm } from '../components/file-form.js';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { askCertificate, askShown } from '../crimes-api.js';
import { may, nameOf } from '../live/live.js';
import { crimesAddress, wearerAddress } from '../route.js';
import { OUTCOME_WORDS, radiusWords, restsOnWords, windowWords } from '../words/crime-words.js';
import { dayAndTime, duration } from '../words/times.js';

export interface ShownAbout {
  readonly batchId: string;
  readonly place: number;
  readonly wearerId: string;
}

export function ShownMatchPage({ about: { batchId, place, wearerId } }: { readonly about: ShownAbout }) {
  const answer = useAnswer(`${batchId} ${place} ${wearerId}`, () => askShown(batchId, place, wearerId));
  const shown = answer?.ok === true ? answer.body : null;
  return (
    <main class="tw-page tw-page--text" id="main">
      <p class="tw-back">
        <a href={crimesAddress(batchId)}>The file of crimes</a>
      </p>
      {shown === null ? (
        <>
          <h1 class="tw-sentence">{answer === null ? 'Looking at the fixes …' : 'This cannot be shown'}</h1>
          <p>{answer !== null && !answer.ok ? `${whyMissing(answer.status)}.` : ''}</p>
        </>
      ) : (
        <Certificate shown={shown} />
      )}
    </main>
  );
}

function sentenceOf({ outcome, radiusMetres }: MatchShown): string {
  switch (outcome) {
    case 'ELIMINATED':
      return `was not within ${radiusMetres} m of it at any moment of that time`;
    case 'PRESENT':
      return `was within ${radiusMetres} m of it for a minute or more within that time`;
    case 'PASSED':
      return `passed within ${radiusMetres} m of it within that time`;
    case 'POSSIBLE':
      return `may have been within ${radiusMetres} m of it within that time`;
    case 'CANNOT SAY':
      return 'may have been there or not: the fixes do not tell';
  }
}

function Certificate({ shown }: { readonly shown: MatchShown }) {
  const { crime, wearerId, outcome, coverage, outcomeOfRun, readAt, radiusMetres, fastestKmh, longestUnseenSeconds } =
    shown;
  const { easiest } = coverage;
  const at = (instant: string | null) => (instant === null ? 'none' : dayAndTime(Date.parse(instant)));
  return (
    <>
      <h1 class="tw-sentence">{`${OUTCOME_WORDS[outcome]}: ${nameOf(wearerId)}, ${crime.force} ${crime.reference}`}</h1>
      <p class="tw-first">
        <a href={wearerAddress(wearerId)}>{nameOf(wearerId)}</a>
        {` (${wearerId}) ${sentenceOf(shown)}.`}
      </p>
      <dl class="tw-list">
        <dt>The crime</dt>
        <dd>{`${crime.type}, ${windowWords(crime)}, ${crime.latitude.toFixed(5)} ${crime.longitude.toFixed(5)} (${crime.datum}), version ${crime.version}`}</dd>
        <dt>It rests on</dt>
        <dd>{`${restsOnWords(shown)}.`}</dd>
        <dt>Coverage</dt>
        <dd>
          {`${coverage.goodFixes} good fixes within the time; the last before it ${at(coverage.lastBefore)}, the first after it ${at(coverage.firstAfter)}; ` +
            `the longest time without one ${duration(longestUnseenSeconds * 1_000)}` +
            `${coverage.errorMetres === null ? '' : `; their error (σ): median ${coverage.errorMetres.median} m, widest ${coverage.errorMetres.widest} m`}.`}
        </dd>
        {easiest === null ? null : (
          <>
            <dt>Easiest to have been there</dt>
            <dd>
              {easiest.from === null && easiest.to === null
                ? 'At any moment: there is no good fix.'
                : `Between ${at(easiest.from)} and ${at(easiest.to)}: ` +
                  (easiest.neededKmh === null
                    ? 'no speed would have been enough.'
                    : `at ${Math.round(easiest.neededKmh)} km/h or faster; ${Math.round(fastestKmh)} km/h is taken for the fastest.`)}
            </dd>
          </>
        )}
        <dt>At other radii</dt>
        <dd>{`Within ${radiusMetres} m: ${OUTCOME_WORDS[outcome].toLowerCase()}; ${radiusWords(shown).join('; ')}.`}</dd>
        <dt>Read</dt>
        <dd>
          {`By what was on record ${dayAndTime(Date.parse(readAt))}. `}
          {outcomeOfRun.outcome === outcome
            ? `Run ${outcomeOfRun.run} says the same.`
            : `Run ${outcomeOfRun.run} said otherwise: ${OUTCOME_WORDS[outcomeOfRun.outcome].toLowerCase()}. The record has changed since.`}
        </dd>
      </dl>
      <p>
        An outcome is about a tag’s fixes. That the tag was on this person is told by its record, and a fix may be wrong
        within its error, three times of which count against an elimination.
      </p>
      {may('exports.make') ? (
        <FileForm
          words="Signed certificate (PDF)"
          name={`match-${shown.crime.reference.replaceAll(/[^A-Za-z0-9._-]/g, '-')}-${wearerId}.zip`}
          ask={(purpose, recipient) => askCertificate(shown.batchId, shown.place, wearerId, purpose, recipient)}
        />
      ) : null}
      <p class="tw-row-of-buttons">
        <button type="button" class="tw-button" onClick={() => print()}>
          Print it
        </button>
      </p>
    </>
  );
}

/** What a run says of each crime, a page of crimes at a time, and what people made of it. */
import { useState } from 'preact/hooks';
import type { CrimeMatch, CrimeResultItem, CrimeRun, MatchDecision } from '../../wire/crime-batch.js';
import type { Answer, Page } from '../api.js';
import { askResults, decide } from '../crimes-api.js';
import { nameOf } from '../live/live.js';
import { go, shownMatchAddress, wearerAddress } from '../route.js';
import {
  baseRateWords,
  DECISION_WORDS,
  OUTCOME_WORDS,
  radiusWords,
  restsOnWords,
  windowWords,
} from '../words/crime-words.js';
import { personWords } from '../words/people-words.js';
import { dayAndTime } from '../words/times.js';
import { FormDialog, textOf, type Written } from './form-dialog.js';
import { useAnswer, whyMissing } from './use-answer.js';

interface ResultsProps {
  readonly batchId: string;
  readonly run: CrimeRun;
}

export function CrimeResults({ batchId, run }: ResultsProps) {
  const [isMatched, setMatched] = useState(true);
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  const [turn, setTurn] = useState(0);
  const [asked, setAsked] = useState<Asked | null>(null);
  const cursor = cursors.at(-1) ?? null;
  const answer: Answer<Page<CrimeResultItem>> | null = useAnswer(`${isMatched} ${cursor} ${turn}`, () =>
    askResults(batchId, run.run, isMatched, cursor),
  );
  const items = answer?.ok === true ? answer.body.items : null;
  const next = answer?.ok === true ? answer.body.next : null;
  return (
    <section aria-label="What is said of each crime">
      <label class="tw-crimes__only">
        <input
          type="checkbox"
          checked={isMatched}
          onChange={(event) => {
            setMatched(event.currentTarget.checked);
            setCursors([null]);
          }}
        />
        {' Those alone where somebody may have been'}
      </label>
      {items === null ? (
        <p>{answer === null || answer.ok ? '…' : `They are not shown: ${whyMissing(answer.status)}.`}</p>
      ) : items.length === 0 ? (
        <p class="tw-none">{isMatched ? 'Nobody was seen at any of these crimes.' : 'There are no crimes here.'}</p>
      ) : (
        items.map((item) => (
          <Crime
            key={item.place}
            item={item}
            batchId={batchId}
            onDecide={(match, decision) => setAsked({ item, match, decision })}
          />
        ))
      )}
      <div class="tw-row-of-buttons">
        {cursors.length > 1 ? (
          <button type="button" class="tw-button" onClick={() => setCursors(cursors.slice(0, -1))}>
            Crimes before
          </button>
        ) : null}
        {next === null ? null : (
          <button type="button" class="tw-button" onClick={() => setCursors([...cursors, next])}>
            Crimes behind
          </button>
        )}
      </div>
      {asked === null ? null : (
        <DecisionDialog
          asked={asked}
          batchId={batchId}
          run={run.run}
          onClose={(isDone) => {
            setAsked(null);
            if (isDone) setTurn(turn + 1);
          }}
        />
      )}
    </section>
  );
}

interface Asked {
  readonly item: CrimeResultItem;
  readonly match: CrimeMatch;
  readonly decision: MatchDecision;
}

interface CrimeProps {
  readonly item: CrimeResultItem;
  readonly batchId: string;
  onDecide(match: CrimeMatch, decision: MatchDecision): void;
}

function Crime({ item, batchId, onDecide }: CrimeProps) {
  const { crime, place, examined, eliminated, cannotSay, matches, isChanged } = item;
  return (
    <article class="tw-crime" data-place={place}>
      <h2 class="tw-heading">
        {`${crime.force} ${crime.reference}`}
        <span class="tw-crimes__quiet">{` ${crime.type}, ${windowWords(crime)}${crime.version > 1 ? `, version ${crime.version}` : ''}`}</span>
      </h2>
      {crime.text === '' ? null : <p>{crime.text}</p>}
      <p>
        <strong>{`${eliminated} of ${examined} eliminated`}</strong>
        {`, of ${cannotSay.length} nobody can say.`}
        {isChanged === true ? <strong class="tw-crimes__changed"> Otherwise than in the run before.</strong> : null}
      </p>
      <ul class="tw-crime__matches">
        {matches.map((match) => (
          <li key={match.wearerId} data-wearer-id={match.wearerId}>
            <strong>{OUTCOME_WORDS[match.outcome]}</strong>
            {': '}
            <a href={wearerAddress(match.wearerId)}>{nameOf(match.wearerId)}</a>
            {` – ${restsOnWords(match)}; ${baseRateWords(match)}; ${radiusWords(match).join('; ')}.`}
            <Decisions item={item} wearerId={match.wearerId} />
            <span class="tw-row-of-buttons">
              <button type="button" class="tw-button" onClick={() => onDecide(match, 'qualified')}>
                Qualify
                <span class="govuk-visually-hidden">{` ${nameOf(match.wearerId)} at ${crime.reference}`}</span>
              </button>
              <button type="button" class="tw-button" onClick={() => onDecide(match, 'eliminated')}>
                Eliminate
                <span class="govuk-visually-hidden">{` ${nameOf(match.wearerId)} at ${crime.reference}`}</span>
              </button>
              <a href={shownMatchAddress(batchId, place, match.wearerId)}>What it rests on</a>
            </span>
          </li>
        ))}
      </ul>
      {cannotSay.length === 0 ? null : (
        <details>
          <summary>{`Of whom nobody can say (${cannotSay.length})`}</summary>
          <ul>
            {cannotSay.map((wearerId) => (
              <li key={wearerId}>
                <a href={shownMatchAddress(batchId, place, wearerId)}>{nameOf(wearerId)}</a>
              </li>
            ))}
          </ul>
        </details>
      )}
      <form
        class="tw-crime__look-up"
        onSubmit={(event) => {
          event.preventDefault();
          const wearerId = textOf(new FormData(event.currentTarget), 'wearerId');
          if (wearerId !== '') go(shownMatchAddress(batchId, place, wearerId));
        }}
      >
        <label>
          {'Show what rules out, by wearer id '}
          <input name="wearerId" class="tw-input tw-crimes__id" autocomplete="off" required />
        </label>
        <button type="submit" class="tw-button">
          Show
        </button>
      </form>
    </article>
  );
}

function Decisions({ item, wearerId }: { readonly item: CrimeResultItem; readonly wearerId: string }) {
  const own = item.decisions.filter((decided) => decided.wearerId === wearerId);
  if (own.length === 0) return null;
  return (
    <ul class="tw-crime__decisions">
      {own.map(({ decision, reason, by, at, run }) => (
        <li key={at}>
          <strong>{DECISION_WORDS[decision]}</strong>
          {`: ${reason} (${personWords(by)}, ${dayAndTime(Date.parse(at))}, on run ${run})`}
        </li>
      ))}
    </ul>
  );
}

interface DecisionProps {
  readonly asked: Asked;
  readonly batchId: string;
  readonly run: number;
  onClose(isDone: boolean): void;
}

function DecisionDialog({ asked: { item, match, decision }, batchId, run, onClose }: DecisionProps) {
  const { crime, place } = item;
  const who = nameOf(match.wearerId);
  const write = async (said: FormData): Promise<Written> =>
    await decide(batchId, { place, run, wearerId: match.wearerId, decision, reason: textOf(said, 'reason') });
  return (
    <FormDialog
      label={`${decision === 'qualified' ? 'Qualify' : 'Eliminate'} ${who} at ${crime.force} ${crime.reference}`}
      draftKey={`decide ${batchId} ${place} ${match.wearerId} ${decision}`}
      submitWords={decision === 'qualified' ? 'Qualify' : 'Eliminate'}
      onSubmit={write}
      onClose={onClose}
      extra={<p>{`${OUTCOME_WORDS[match.outcome]}: ${restsOnWords(match)}; ${baseRateWords(match)}.`}</p>}
    >
      <label class="tw-label" for="decision-reason">
        Why
      </label>
      <textarea id="decision-reason" name="reason" class="tw-textarea" rows={4} maxLength={2_000} required />
    </FormDialog>
  );
}

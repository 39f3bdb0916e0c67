/** Crimes that are matched: a file under an authority, what each run says of each crime, and what people made of it. Eliminations come first. */
import { useComputed } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { CrimeBatch, CrimeMatch, CrimeResultItem, CrimeRun, MatchDecision } from '../../wire/crime-batch.js';
import type { Answer, Page } from '../api.js';
import { CrimeFileDialog } from '../components/crime-file-dialog.js';
import { FormDialog, textOf, type Written } from '../components/form-dialog.js';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { askBatch, askBatches, askResults, decide, matchAgain } from '../crimes-api.js';
import { may, nameOf, nowMs } from '../live/live.js';
import { crimesAddress, go, shownMatchAddress, wearerAddress } from '../route.js';
import {
  baseRateWords,
  DECISION_WORDS,
  OUTCOME_WORDS,
  radiusWords,
  restsOnWords,
  runWords,
  windowWords,
} from '../words/crime-words.js';
import { personWords } from '../words/people-words.js';
import { dayAndTime } from '../words/times.js';

const REFRESH_MS = 30_000;
/** While a run is under way. */
const FOLLOW_MS = 1_000;
const isUnderWay = ({ state }: CrimeRun): boolean => state === 'queued' || state === 'running';

export function CrimesPage({ batchId }: { readonly batchId: string | null }) {
  if (!may('crimes.match'))
    return (
      <main class="tw-page" id="main">
        <h1 class="tw-sentence">Crimes</h1>
        <p>Your roles do not include matching crimes.</p>
      </main>
    );
  return batchId === null ? <BatchList /> : <BatchPage batchId={batchId} />;
}

function BatchList() {
  const turn = useComputed(() => Math.floor(nowMs.value / REFRESH_MS));
  const answer = useAnswer(String(turn.value), askBatches);
  const [isOpen, setOpen] = useState(false);
  const items = answer?.ok === true ? answer.body.items : null;
  return (
    <main class="tw-page" id="main">
      <h1 class="tw-sentence">Crimes, and who was there</h1>
      <p>
        Most people are eliminated of most crimes, and that comes first. A match is no proof that somebody did anything:
        each stands beside how usual it is for that person to be there at that hour.
      </p>
      <p>
        <button type="button" class="tw-button tw-button--main" onClick={() => setOpen(true)}>
          Match a file of crimes
        </button>
      </p>
      {items === null ? (
        <p>{answer === null || answer.ok ? '…' : `They are not shown: ${whyMissing(answer.status)}.`}</p>
      ) : items.length === 0 ? (
        <p class="tw-none">No file has been matched.</p>
      ) : (
        <table class="tw-table">
          <caption>{items.length === 1 ? 'One file' : `${items.length} files`}, the newest first</caption>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col">Sent</th>
              <th scope="col">What for, by which authority</th>
              <th scope="col">How far</th>
            </tr>
          </thead>
          <tbody>
            {items.map((batch) => (
              <tr key={batch.batchId} data-batch-id={batch.batchId}>
                <th scope="row">
                  <a href={crimesAddress(batch.batchId)}>{batch.name}</a>
                  <br />
                  <FileWords file={batch.file} />
                </th>
                <td>{`${dayAndTime(Date.parse(batch.requestedAt))} by ${personWords(batch.requestedBy)}`}</td>
                <td>
                  {batch.purpose}
                  <br />
                  <span class="tw-crimes__quiet">{authorityWords(batch)}</span>
                </td>
                <td>{batch.runs[0] === undefined ? '' : runWords(batch.runs[0])}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {isOpen ? (
        <CrimeFileDialog
          onClose={(made) => {
            setOpen(false);
            if (made !== null) go(crimesAddress(made));
          }}
        />
      ) : null}
    </main>
  );
}

const authorityWords = ({ authority: { reference, scope, until } }: CrimeBatch): string =>
  `${reference}, ${scope}, until ${dayAndTime(Date.parse(until))}`;

function FileWords({ file }: { readonly file: CrimeBatch['file'] }) {
  const crimes = file.crimes === 1 ? 'one crime' : `${file.crimes} crimes`;
  return (
    <span class="tw-crimes__quiet">
      {crimes}
      {file.faultCount === 0
        ? ''
        : `, ${file.faultCount === 1 ? 'one row' : `${file.faultCount} rows`} could not be used`}
    </span>
  );
}

function BatchPage({ batchId }: { readonly batchId: string }) {
  const [turn, setTurn] = useState(0);
  const [said, setSaid] = useState<string | null>(null);
  const [chosen, setChosen] = useState<number | null>(null);
  const answer = useAnswer(`${batchId} ${turn}`, () => askBatch(batchId));
  const batch = answer?.ok === true ? answer.body : null;
  const isFollowed = batch?.runs.some(isUnderWay) === true || (answer !== null && !answer.ok && answer.status === 0);
  useEffect(() => {
    if (!isFollowed) return;
    const timer = setTimeout(() => setTurn(turn + 1), FOLLOW_MS);
    return () => clearTimeout(timer);
  }, [isFollowed, turn, answer]);
  if (batch === null)
    return (
      <main class="tw-page" id="main">
        <h1 class="tw-sentence">{answer === null ? 'Looking for the file …' : 'This file cannot be shown'}</h1>
        <p>{answer !== null && !answer.ok ? `${whyMissing(answer.status)}.` : ''}</p>
      </main>
    );
  const ready = batch.runs.filter(({ state }) => state === 'ready');
  const run = ready.find((each) => each.run === chosen) ?? ready[0];
  const again = async () => {
    const sent = await matchAgain(batchId);
    setSaid(sent.ok ? null : sent.why);
    setTurn(turn + 1);
  };
  return (
    <main class="tw-page tw-crimes" id="main">
      <p class="tw-back">
        <a href={crimesAddress()}>All files</a>
      </p>
      <h1 class="tw-sentence">{`${batch.name}: who was there`}</h1>
      <p class="tw-line">
        <FileWords file={batch.file} />
        {` · ${batch.purpose} · authority ${authorityWords(batch)} · within ${batch.radiusMetres} m`}
      </p>
      <Faults file={batch.file} />
      <div class="tw-row-of-buttons">
        <button type="button" class="tw-button" onClick={() => void again()} disabled={batch.runs.some(isUnderWay)}>
          Match again, by what is on record now
        </button>
        {ready.length > 1 ? (
          <>
            <label for="crimes-run">Run</label>
            <select
              id="crimes-run"
              class="tw-input tw-crimes__run"
              value={String(run?.run)}
              onChange={(event) => setChosen(Number(event.currentTarget.value))}
            >
              {ready.map((each) => (
                <option key={each.run} value={String(each.run)}>
                  {runWords(each)}
                </option>
              ))}
            </select>
          </>
        ) : null}
      </div>
      {said === null ? null : (
        <p class="tw-told" role="alert">
          {said}
        </p>
      )}
      <p role="status">
        {batch.runs
          .filter((each) => each !== run || ready.length === 1)
          .map(runWords)
          .slice(0, 1)
          .join('')}
      </p>
      {run === undefined ? null : (
        <Results key={run.run} batchId={batchId} run={run} radiusMetres={batch.radiusMetres} />
      )}
    </main>
  );
}

function Faults({ file: { faults, faultCount } }: { readonly file: CrimeBatch['file'] }) {
  if (faultCount === 0) return null;
  return (
    <details>
      <summary>{faultCount === 1 ? 'One row could not be used' : `${faultCount} rows could not be used`}</summary>
      <ul>
        {faults.map(({ line, detail }) => (
          <li key={line}>{`Line ${line}: ${detail}`}</li>
        ))}
        {faultCount > faults.length ? <li>{`and ${faultCount - faults.length} more`}</li> : null}
      </ul>
    </details>
  );
}

interface ResultsProps {
  readonly batchId: string;
  readonly run: CrimeRun;
  readonly radiusMetres: number;
}

function Results({ batchId, run, radiusMetres }: ResultsProps) {
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
          radiusMetres={radiusMetres}
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
  readonly radiusMetres: number;
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

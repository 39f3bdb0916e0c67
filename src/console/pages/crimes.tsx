/** Crimes that are matched: a file under an authority, what each run says of each crime, and what people made of it. Eliminations come first. */
import { useComputed } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { CrimeBatch, CrimeRun } from '../../wire/crime-batch.js';
import { CrimeFileDialog } from '../components/crime-file-dialog.js';
import { CrimeResults } from '../components/crime-results.js';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { askBatch, askBatches, matchAgain } from '../crimes-api.js';
import { may, nowMs } from '../live/live.js';
import { crimesAddress, go } from '../route.js';
import { runWords } from '../words/crime-words.js';
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
      {run === undefined ? null : <CrimeResults key={run.run} batchId={batchId} run={run} />}
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

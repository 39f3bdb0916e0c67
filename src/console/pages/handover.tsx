/** A shift handed over: what stands now, by facts; what the next one has to know; signed off and on. Printed as it is. */
import { signal } from '@preact/signals';
import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import { fromAlertItem } from '../../alerts/alert.js';
import { factsForHandover, type HandoverFacts } from '../../alerts/handover.js';
import type { Answer } from '../api.js';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { askHandovers, askNextFacts, type HandoverTold, signOff, signOn } from '../handovers-api.js';
import { book, may, me, nameOf, nowMs, zoneNameOf } from '../live/live.js';
import { askNote } from '../notes-api.js';
import { alertAddress, wearerAddress } from '../route.js';
import { personWords } from '../words/people-words.js';
import { dayAndTime } from '../words/times.js';
import { SEVERITY_WORDS, title } from '../words/words.js';

const REFRESH_MS = 15_000;
/** Every question about notes is on record. */
const NOTES_REFRESH_MS = 120_000;
/** Shown of those that were handed over before. */
const SHOWN = 5;

/** What was written and not signed: it outlives a look at the board. */
const note = signal('');
const turn = signal(0);

const wordsOf = (instant: string): string => dayAndTime(Date.parse(instant));

function AlertName({ alertId }: { readonly alertId: string }) {
  const item = book.value.alerts.get(alertId);
  const words = item === undefined ? alertId : `${title(item, zoneNameOf(item.zoneId))}, ${nameOf(item.wearerId)}`;
  return <a href={alertAddress(alertId)}>{words}</a>;
}

function Facts({ facts, level }: { readonly facts: HandoverFacts; readonly level: 'now' | 'then' }) {
  const severities = (['critical', 'high', 'medium', 'low'] as const).filter((one) => facts.bySeverity[one] > 0);
  const rows = [
    ['Nobody has seen', facts.unacknowledged.map((alertId) => ({ alertId, more: '' }))],
    ['In hand', facts.owned.map(({ alertId, by }) => ({ alertId, more: `: ${personWords(by)}` }))],
    [
      'Suspensions that end within 4 h',
      facts.suspensionsEnding.map(({ alertId, until }) => ({ alertId, more: `: ${wordsOf(until)}` })),
    ],
    ['Reviews asked for', facts.reviewsAsked.map((alertId) => ({ alertId, more: '' }))],
  ] as const;
  return (
    <dl class="tw-list" data-level={level}>
      <dt>Unresolved</dt>
      <dd>
        {facts.unresolved}
        {severities.length === 0
          ? ''
          : `: ${severities.map((one) => `${facts.bySeverity[one]} ${SEVERITY_WORDS[one].toLowerCase()}`).join(', ')}`}
      </dd>
      {rows.map(([words, alerts]) => (
        <Fragment key={words}>
          <dt>{words}</dt>
          <dd>
            {alerts.length === 0 ? 'none' : null}
            <ul class="tw-plain-list">
              {alerts.map(({ alertId, more }) => (
                <li key={alertId}>
                  <AlertName alertId={alertId} />
                  {more}
                </li>
              ))}
            </ul>
          </dd>
        </Fragment>
      ))}
      <dt>Notes of the shift</dt>
      <dd>
        {facts.notes !== undefined
          ? null
          : level === 'now'
            ? 'those on wearers of the last 12 h are named as it is signed'
            : 'not named in this one'}
        {facts.notes?.length === 0 ? 'none' : null}
        <ul class="tw-plain-list">
          {facts.notes?.map(({ noteId, wearerId }) => (
            <li key={noteId}>
              <a href={wearerAddress(wearerId)}>{nameOf(wearerId)}</a>
              <NoteText noteId={noteId} />
            </li>
          ))}
        </ul>
      </dd>
    </dl>
  );
}

/** A note stays as it was written: it is asked for once. */
function NoteText({ noteId }: { readonly noteId: string }) {
  const answer = useAnswer(may('schemes.read') ? noteId : null, () => askNote(noteId));
  if (answer === null) return null;
  if (!answer.ok) return <span class="tw-sub">{`not shown: ${whyMissing(answer.status)}`}</span>;
  const { recordedAt, author, text } = answer.body;
  return (
    <>
      {`, ${wordsOf(recordedAt)}, ${personWords(author)}`}
      <q class="tw-note">{text}</q>
    </>
  );
}

function SignOff() {
  const [refused, setRefused] = useState<string | null>(null);
  const facts = factsForHandover(
    [...book.value.alerts.values()].filter(({ status }) => status === 'open').map(fromAlertItem),
    Math.floor(nowMs.value / REFRESH_MS) * REFRESH_MS,
  );
  // Of alerts this page knows by itself, and newer.
  const key = may('alerts.act') ? `${turn.value} ${Math.floor(nowMs.value / NOTES_REFRESH_MS)}` : null;
  const next = useAnswer(key, askNextFacts);
  const notes = next?.ok === true ? next.body.notes : undefined;
  const sign = async (event: Event) => {
    event.preventDefault();
    const answer = await signOff(note.peek());
    setRefused(answer.ok ? null : `It was not signed: ${whyMissing(answer.status)}. What you wrote is kept here.`);
    if (!answer.ok) return;
    note.value = '';
    turn.value += 1;
  };
  return (
    <section aria-label="What stands now">
      <h2 class="tw-heading">What stands now</h2>
      <Facts facts={notes === undefined ? facts : { ...facts, notes }} level="now" />
      {may('alerts.act') ? (
        <form onSubmit={(event) => void sign(event)} class="tw-sign">
          <label class="tw-label" for="handover-note">
            What the next one has to know
          </label>
          <textarea
            id="handover-note"
            class="tw-textarea"
            rows={4}
            maxLength={8000}
            value={note.value}
            onInput={({ currentTarget }) => {
              note.value = currentTarget.value;
            }}
          />
          {refused === null ? null : (
            <p class="tw-told" role="alert">
              {refused}
            </p>
          )}
          <div class="tw-row-of-buttons">
            <button type="submit" class="tw-button tw-button--main">
              {`Sign off as ${me.value?.name ?? 'myself'}`}
            </button>
            <button type="button" class="tw-button" onClick={() => print()}>
              Print
            </button>
          </div>
        </form>
      ) : null}
    </section>
  );
}

function Told({ handover }: { readonly handover: HandoverTold }) {
  const [refused, setRefused] = useState<string | null>(null);
  const { handoverId, signedOffBy, signedOffAt, signedOnBy, signedOnAt } = handover;
  const take = async () => {
    const answer = await signOn(handoverId);
    setRefused(answer.ok ? null : refusalOf(answer));
    turn.value += 1;
  };
  return (
    <section class="tw-handover" aria-label={`Handover ${handoverId}`}>
      <h3 class="tw-heading">{`Signed off by ${personWords(signedOffBy)}, ${wordsOf(signedOffAt)}`}</h3>
      <p>
        <strong>
          {signedOnBy === undefined || signedOnAt === undefined
            ? 'Nobody has taken it over yet.'
            : `Taken over by ${personWords(signedOnBy)}, ${wordsOf(signedOnAt)}.`}
        </strong>
      </p>
      {handover.note === '' ? null : <blockquote class="tw-note">{handover.note}</blockquote>}
      {signedOnBy === undefined && may('alerts.act') ? (
        <p>
          <button type="button" class="tw-button tw-button--main" onClick={() => void take()}>
            {`Sign on as ${me.value?.name ?? 'myself'}`}
          </button>
        </p>
      ) : null}
      {refused === null ? null : (
        <p class="tw-told" role="alert">
          {refused}
        </p>
      )}
      <details>
        <summary>What stood then</summary>
        <Facts facts={handover.facts} level="then" />
      </details>
    </section>
  );
}

const refusalOf = ({ status }: Extract<Answer<HandoverTold>, { ok: false }>): string =>
  status === 409
    ? 'It was not signed: somebody was first, or it is your own. A shift is taken over by another one than signed off.'
    : `It was not signed: ${whyMissing(status)}.`;

export function HandoverPage() {
  const key = may('alerts.act') ? `${turn.value} ${Math.floor(nowMs.value / REFRESH_MS)}` : null;
  const answer = useAnswer(key, askHandovers);
  return (
    <main class="tw-page tw-page--text" id="main">
      <h1 class="tw-sentence">Shift handover</h1>
      <SignOff />
      <h2 class="tw-heading">Handed over</h2>
      {answer === null && key !== null ? <p>…</p> : null}
      {key === null ? <p>They are not shown: {whyMissing(403)}.</p> : null}
      {answer !== null && !answer.ok ? <p>They are not shown: {whyMissing(answer.status)}.</p> : null}
      {answer?.ok === true && answer.body.items.length === 0 ? <p>No shift was handed over yet.</p> : null}
      {answer?.ok === true
        ? answer.body.items.slice(0, SHOWN).map((handover) => <Told key={handover.handoverId} handover={handover} />)
        : null}
      {answer?.ok === true && (answer.body.items.length > SHOWN || answer.body.next !== null) ? (
        <p class="tw-sub">{`These are the newest ${SHOWN}: older ones are not listed.`}</p>
      ) : null}
    </main>
  );
}

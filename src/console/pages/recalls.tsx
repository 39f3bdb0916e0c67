/** Requests to recall: of whom, how far each is, and since when. */
import { useComputed } from '@preact/signals';
import { RECALL_OUTCOME_WORDS, RECALL_STATE_WORDS } from '../../wire/recall-words.js';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { book, may, nameOf, nowMs, zoneNameOf } from '../live/live.js';
import { askRecalls, type RecallItem } from '../recalls-api.js';
import { alertAddress, recallAddress, wearerAddress } from '../route.js';
import { personWords } from '../words/people-words.js';
import { dayAndTime } from '../words/times.js';
import { title } from '../words/words.js';

const REFRESH_MS = 60_000;

export function RecallsPage() {
  const turn = useComputed(() => Math.floor(nowMs.value / REFRESH_MS));
  const mayRead = may('recalls.read');
  const answer = useAnswer(mayRead ? String(turn.value) : null, askRecalls);
  const items = answer?.ok === true ? [...answer.body].sort(newestFirst) : null;
  return (
    <main class="tw-page" id="main">
      <h1 class="tw-sentence">Requests to recall, and breaches brought before a court</h1>
      <p>A new one begins on the page of an alert, or from an evidence pack.</p>
      {items === null ? (
        <p>
          {!mayRead
            ? 'Your roles do not include requests to recall.'
            : answer === null
              ? '…'
              : answer.ok
                ? ''
                : `They are not shown: ${whyMissing(answer.status)}.`}
        </p>
      ) : items.length === 0 ? (
        <p class="tw-none">None has been written.</p>
      ) : (
        <table class="tw-table">
          <caption>{items.length === 1 ? 'One' : `${items.length}, changed last first`}</caption>
          <thead>
            <tr>
              <th scope="col">Of whom</th>
              <th scope="col">How far</th>
              <th scope="col">About</th>
              <th scope="col">Changed</th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <Row key={item.recallId} item={item} />
            ))}
          </tbody>
        </table>
      )}
    </main>
  );
}

const newestFirst = (a: RecallItem, b: RecallItem): number =>
  a.recordedAt < b.recordedAt ? 1 : a.recordedAt > b.recordedAt ? -1 : 0;

/** What is closed is told on its own page alone. */
function alertWords(alertId: string): string {
  const item = book.value.alerts.get(alertId);
  return item === undefined ? 'an alert' : title(item, zoneNameOf(item.zoneId));
}

function Row({ item }: { readonly item: RecallItem }) {
  const { recallId, wearerId, orderId, alertIds, state, outcome, hearingAt, recordedAt, author } = item;
  return (
    <tr data-recall-id={recallId}>
      <th scope="row">
        <a href={wearerAddress(wearerId)}>{nameOf(wearerId)}</a>
      </th>
      <td>
        <a href={recallAddress(recallId)} aria-label={`Open the request about ${nameOf(wearerId)}`}>
          {outcome === undefined ? RECALL_STATE_WORDS[state] : RECALL_OUTCOME_WORDS[outcome]}
        </a>
        {hearingAt === undefined ? '' : `, hearing ${dayAndTime(Date.parse(hearingAt))}`}
      </td>
      <td>
        {`Order ${orderId}`}
        {alertIds.map((alertId) => (
          <span key={alertId}>
            {', '}
            <a href={alertAddress(alertId)}>{alertWords(alertId)}</a>
          </span>
        ))}
      </td>
      <td>{`${dayAndTime(Date.parse(recordedAt))} by ${personWords(author)}`}</td>
    </tr>
  );
}

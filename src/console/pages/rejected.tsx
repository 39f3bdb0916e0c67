/** What could not be used, and why: nothing that came is dropped in silence. */
import { askRejected } from '../api.js';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { nowMs } from '../live/live.js';
import { newestWords } from '../words/count-words.js';
import { timeOfDay } from '../words/times.js';

const REFRESH_MS = 30_000;
/** The beginning of a message tells what it is; all of it is in the list of the API. */
const SHOWN_CHARACTERS = 160;

export function RejectedPage() {
  const answer = useAnswer(String(Math.floor(nowMs.value / REFRESH_MS)), askRejected);
  return (
    <main class="tw-page" id="main">
      <h1 class="tw-sentence">What could not be used</h1>
      <p>Messages of tags that were refused on arrival. None of them was judged; each is kept, and why.</p>
      {answer === null ? <p>…</p> : null}
      {answer !== null && !answer.ok ? <p>It is not shown: {whyMissing(answer.status)}.</p> : null}
      {answer?.ok === true && answer.body.items.length === 0 ? <p>Nothing was rejected.</p> : null}
      {answer?.ok === true && answer.body.items.length > 0 ? (
        <table class="tw-table">
          <caption>{newestWords(answer.body.items.length, answer.body.next !== null, 'rejected last first')}</caption>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Why</th>
              <th scope="col">Tag</th>
              <th scope="col">From</th>
              <th scope="col">How it begins</th>
            </tr>
          </thead>
          <tbody>
            {answer.body.items.map(({ rejectedId, rejectedAt, reason, detail, tagId, from, payload }) => (
              <tr key={rejectedId}>
                <td>{timeOfDay(Date.parse(rejectedAt), nowMs.value)}</td>
                <td>
                  <strong>{reason}</strong> {detail}
                </td>
                <td>{tagId ?? 'not read'}</td>
                <td>
                  {from.topic === undefined ? 'HTTP' : `${from.topic} ${from.partition ?? ''}:${from.offset ?? ''}`}
                </td>
                <td>
                  <code class="tw-payload">{(payload.text ?? payload.base64 ?? '').slice(0, SHOWN_CHARACTERS)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </main>
  );
}

/** The standing register: everything unresolved, the oldest first, with why it stands there, and who is not told of it. No alert closes by itself. */
import { useState } from 'preact/hooks';
import { fromAlertItem } from '../../alerts/alert.js';
import { listSilentTags } from '../../alerts/silence.js';
import { compareOldestFirst, countStanding, STANDING_AGES, whyItStands } from '../../alerts/standing.js';
import type { AlertKind } from '../../engine/types.js';
import { askFailingHandoffs } from '../api.js';
import { DealtWithMark } from '../components/dealt-with.js';
import { Severity } from '../components/marks.js';
import { useAnswer } from '../components/use-answer.js';
import { book, isKnown, nameOf, nowMs, zoneNameOf } from '../live/live.js';
import { alertAddress, wearerAddress } from '../route.js';
import { ownerWords } from '../words/owner-words.js';
import { AGE_WORDS, BECAUSE_WORDS, failingHandoffWords } from '../words/standing-words.js';
import { dayAndTime, duration } from '../words/times.js';
import { KIND_WORDS, title } from '../words/words.js';

/** More than that nobody reads in one go; the counts are of all. */
const ROWS_LIMIT = 200;
/** Ages in minutes and more: no need to draw the page every second. */
const REDRAW_MS = 15_000;

/** Other systems, and mailboxes, that are not told what there is to tell: the alerts stand here, and nobody there knows. */
function FailingHandoffs({ atMs }: { readonly atMs: number }) {
  const answer = useAnswer(String(atMs), askFailingHandoffs);
  if (answer === null || !answer.ok || answer.body.failingHandoffs.length === 0) return null;
  return (
    <div class="tw-first" role="note">
      {answer.body.failingHandoffs.map((one) => (
        <p key={one.receiverId}>{failingHandoffWords(one)}</p>
      ))}
    </div>
  );
}

const silentWords = (count: number): string =>
  count === 0 ? 'No tag is silent.' : count === 1 ? '1 tag is silent.' : `${count} tags are silent.`;

export function RegisterPage() {
  const [kind, setKind] = useState<AlertKind | ''>('');
  const atMs = Math.floor(nowMs.value / REDRAW_MS) * REDRAW_MS;
  const open = [...book.value.alerts.values()].filter(({ status }) => status === 'open');
  const folded = open.map(fromAlertItem);
  const { total } = countStanding(folded, atMs);
  const kinds = [...new Set(open.map((item) => item.kind))].sort((a, b) => (KIND_WORDS[a] < KIND_WORDS[b] ? -1 : 1));
  const shown = open.filter((item) => kind === '' || item.kind === kind).sort(compareOldestFirst);
  return (
    <main class="tw-page" id="main">
      <h1 class="tw-sentence">{`Register: ${total} unresolved`}</h1>
      <FailingHandoffs atMs={atMs} />
      {total === 0 ? null : <p>{silentWords(listSilentTags(folded).length)}</p>}
      {total === 0 ? <p>{isKnown.value ? 'Nothing is unresolved.' : 'Not known yet: nothing has come.'}</p> : null}
      {total === 0 ? null : (
        <table class="tw-table tw-counts">
          <caption>By kind, and by how long ago it was raised. A kind shows its alerts below.</caption>
          <thead>
            <tr>
              <th scope="col">Kind</th>
              {STANDING_AGES.map(([age]) => (
                <th key={age} scope="col">
                  {AGE_WORDS[age]}
                </th>
              ))}
              <th scope="col">All</th>
            </tr>
          </thead>
          <tbody>
            {(['', ...kinds] as const).map((one) => {
              const counts = countStanding(
                folded.filter(({ finding }) => one === '' || finding.kind === one),
                atMs,
              );
              return (
                <tr key={one}>
                  <th scope="row">
                    <button
                      type="button"
                      class="tw-link-button"
                      aria-pressed={kind === one}
                      onClick={() => setKind(one)}
                    >
                      {one === '' ? 'All kinds' : KIND_WORDS[one]}
                    </button>
                  </th>
                  {STANDING_AGES.map(([age]) => (
                    <td key={age}>{counts.byAge[age] === 0 ? '–' : counts.byAge[age]}</td>
                  ))}
                  <td>
                    <strong>{counts.total}</strong>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {shown.length === 0 ? null : (
        <table class="tw-table">
          <caption>
            {shown.length > ROWS_LIMIT
              ? `The oldest ${ROWS_LIMIT} of ${shown.length}`
              : `${shown.length}, the oldest first`}
          </caption>
          <thead>
            <tr>
              <th scope="col">Severity</th>
              <th scope="col">What and who</th>
              <th scope="col">Raised</th>
              <th scope="col">Why it stands</th>
              <th scope="col">Who has it</th>
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, ROWS_LIMIT).map((item) => (
              <tr key={item.alertId}>
                <td>
                  <Severity severity={item.severity} />
                </td>
                <td>
                  <a href={alertAddress(item.alertId)}>{title(item, zoneNameOf(item.zoneId))}</a>
                  <br />
                  <a href={wearerAddress(item.wearerId)}>{nameOf(item.wearerId)}</a> <DealtWithMark item={item} />
                </td>
                <td>
                  {dayAndTime(Date.parse(item.raisedAt))}
                  <br />
                  {duration(atMs - Date.parse(item.raisedAt))} ago
                </td>
                <td>
                  {whyItStands(fromAlertItem(item), new Date(atMs).toISOString())
                    .map((why) => BECAUSE_WORDS[why])
                    .join('; ')}
                </td>
                <td>{ownerWords(item, atMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </main>
  );
}

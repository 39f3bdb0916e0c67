/** What is known of a wearer now: who it is, whether anybody is watched by the tag, and how well the tag is. */
import type { AlertItem } from '../../alerts/alert.js';
import type { CohortRow } from '../../wire/cohort.js';
import { askPosition } from '../api.js';
import { may, nowMs, positions, positionsChanged, wearers } from '../live/live.js';
import { listReferences } from '../model/references.js';
import { GAP_MS } from '../model/trail-line.js';
import { coverWords, dueWords } from '../words/cohort-words.js';
import { monitoredLine, unmonitoredWords } from '../words/monitored-words.js';
import { duration, timeOfDay } from '../words/times.js';
import { useAnswer } from './use-answer.js';

/** The position is asked for again so often where the feed tells none. */
const REFRESH_MS = 60_000;

/** `W-001 · East · RAG red · MAPPA 2, level 3 · FIXED`. */
export function Profile({ wearerId, row }: { readonly wearerId: string; readonly row: CohortRow | null }) {
  const wearer = wearers.value.get(wearerId);
  const rag = row?.rag ?? wearer?.rag;
  const parts = [
    wearerId,
    wearer?.division ?? row?.division,
    rag === undefined || rag === null ? undefined : `RAG ${rag}`,
    row?.mappa == null ? undefined : `MAPPA category ${row.mappa.category}, level ${row.mappa.level}`,
    row?.cohort,
    ...(wearer?.schemes ?? row?.schemes ?? []),
  ];
  const references = listReferences(wearer);
  const due = row?.reviewDueAt == null ? null : `Review ${dueWords(row.reviewDueAt, nowMs.value)}`;
  return (
    <>
      <p class="tw-line">{parts.filter((part) => typeof part === 'string').join(' · ')}</p>
      {references.length === 0 ? null : <p class="tw-line">{references.join(' · ')}</p>}
      {row === null || row.flags.length === 0 ? null : (
        <p class="tw-first" role="note">
          {`Risk: ${row.flags.join('; ')}`}
        </p>
      )}
      {due === null ? null : <p class="tw-sub">{due}</p>}
    </>
  );
}

/**
 * Whether anybody is watched by this tag right now, in one line; and how well it is. That nobody watches him is the server's to say, who
 * knows what his model lets pass; where who looks may not see the cohort, what the engine's alerts say of it.
 */
export function TagFacts({
  wearerId,
  alerts,
  row,
}: {
  readonly wearerId: string;
  readonly alerts: readonly AlertItem[];
  readonly row: CohortRow | null;
}) {
  const live = positionsChanged.value > 0 ? positions.get(wearerId) : undefined;
  const minute = Math.floor(nowMs.value / REFRESH_MS);
  const asked = useAnswer(live === undefined && may('positions.read') ? `${wearerId} ${minute}` : null, () =>
    askPosition(wearerId),
  );
  const at = live ?? (asked?.ok === true ? asked.body : undefined);
  const warning = unmonitoredWords(alerts, nowMs.value);
  const ageMs = at === undefined ? null : nowMs.value - Date.parse(at.fixedAt);
  const line = monitoredLine(row, warning, nowMs.value);
  const cover = row === null ? null : coverWords(row, nowMs.value);
  return (
    <>
      {cover === null ? null : (
        <p class="tw-first" role="note">
          {cover}
        </p>
      )}
      {line === null ? null : <p class={line.isGood ? 'tw-line' : 'tw-first'}>{line.words}</p>}
      {ageMs === null ? (
        <p class={line === null ? 'tw-first' : 'tw-line'}>
          {asked !== null && !asked.ok && asked.status === 404
            ? 'No position of this wearer has been received so far.'
            : may('positions.read')
              ? 'The newest position is not known yet.'
              : 'Positions of this wearer are not for your role.'}
        </p>
      ) : (
        <p class={ageMs > GAP_MS ? 'tw-first' : 'tw-line'}>
          {ageMs > GAP_MS
            ? `NOT HEARD FROM for ${duration(ageMs)}: where this wearer is, is not known.`
            : `The newest position is ${duration(ageMs)} old.`}
        </p>
      )}
      {at === undefined ? null : (
        <dl class="tw-list">
          <dt>Tag</dt>
          <dd>{`${at.tagId}${row === null ? '' : `, ${row.daysOnTag} d on tag`}`}</dd>
          <dt>Newest position</dt>
          <dd>
            {`${timeOfDay(Date.parse(at.fixedAt), nowMs.value)}, ${at.latitude.toFixed(5)}, ${at.longitude.toFixed(5)}` +
              `${at.accuracyMetres === null ? '' : `, accurate to ${Math.round(at.accuracyMetres)} m`}, by ${at.mechanism}`}
          </dd>
          <dt>Received</dt>
          <dd>
            {`${timeOfDay(Date.parse(at.receivedAt), nowMs.value)}, ${duration(
              Date.parse(at.receivedAt) - Date.parse(at.fixedAt),
            )} after it was made`}
          </dd>
          <dt>Battery</dt>
          <dd>
            {at.batteryPercent === null ? 'not told' : `${Math.round(at.batteryPercent)} %`}
            {row === null || row.batteryAlerts === 0
              ? ''
              : `, ${row.batteryAlerts === 1 ? '1 battery alert' : `${row.batteryAlerts} battery alerts`} in 28 days`}
          </dd>
        </dl>
      )}
    </>
  );
}

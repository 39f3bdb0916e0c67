/** One wearer: who it is, whether the tag is heard, what is in force, days as a strip, the trail over time, alerts and notes. */
import { useComputed } from '@preact/signals';
import { useState } from 'preact/hooks';
import type { AlertItem } from '../../alerts/alert.js';
import type { Timeline } from '../../wire/timeline.js';
import { askAlertsOf } from '../api.js';
import { ConditionsNow } from '../components/conditions-now.js';
import { Consents } from '../components/consents.js';
import { WearerDealtWith } from '../components/dealt-with.js';
import { FlagsForm } from '../components/flags-form.js';
import { Intelligence } from '../components/intelligence.js';
import { Judgements } from '../components/judgements.js';
import { LegalHolds } from '../components/legal-holds.js';
import { MapPanel } from '../components/map-panel.js';
import { Certainty, Severity } from '../components/marks.js';
import { PackButton } from '../components/pack-button.js';
import { RiskPlan } from '../components/risk-plan.js';
import { StandingConditions } from '../components/standing-conditions.js';
import { StretchChoice } from '../components/stretch-choice.js';
import { TimelineStrip } from '../components/timeline-strip.js';
import { TrailPlayer } from '../components/trail-player.js';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { WantedForm } from '../components/wanted-form.js';
import { Profile, TagFacts } from '../components/wearer-facts.js';
import { WearerNotes } from '../components/wearer-notes.js';
import { may, nameOf, nowMs, zoneNameOf } from '../live/live.js';
import { readStretch, type Stretch, writeStretch } from '../model/timeline-stretch.js';
import { alertAddress, go, lastBoard, packsAddress, patternsAddress, wearerAddress } from '../route.js';
import { askCohortRow, askTimeline } from '../wearer-api.js';
import { newestWords } from '../words/count-words.js';
import { ownerWords } from '../words/owner-words.js';
import { personWords } from '../words/people-words.js';
import { cutWords } from '../words/timeline-words.js';
import { dayAndTime, dayOnly } from '../words/times.js';
import { episodeWords, title } from '../words/words.js';

/** Days are asked for again so often: the live position goes on beside them. */
const REFRESH_MS = 60_000;

export function WearerPage({ wearerId, query }: { readonly wearerId: string; readonly query: string }) {
  const stretch = readStretch(query);
  // Not by the second: of 28 days there is much to draw.
  const minute = useComputed(() => Math.floor(nowMs.value / REFRESH_MS)).value;
  const { days, lastDay } = stretch;
  const timeline = useAnswer(may('positions.read') ? `${wearerId} ${minute} ${days} ${lastDay}` : null, () =>
    askTimeline(wearerId, stretch),
  );
  const alerts = useAnswer(`${wearerId} ${minute}`, () => askAlertsOf(wearerId));
  const [written, setWritten] = useState(0);
  const cohort = useAnswer(may('schemes.read') ? `${wearerId} ${minute} ${written}` : null, () =>
    askCohortRow(wearerId),
  );
  const row = cohort?.ok === true ? cohort.body : null;
  const items = alerts?.ok === true ? alerts.body.items : [];
  // A mistyped id, or a wearer out of scope: of nobody it may be said that nobody watches him. Whose positions are not for who looks
  // may still be in the cohort.
  if (timeline !== null && !timeline.ok && timeline.status === 404 && row === null) {
    if (cohort === null && may('schemes.read')) return <main class="tw-page" id="main" />;
    return <NoSuchWearer wearerId={wearerId} />;
  }
  return (
    <main class="tw-split" id="main">
      <article class="tw-split__text" aria-label="Wearer">
        <p class="tw-back">
          <a href={lastBoard()}>Back to the board</a>
        </p>
        <h1 class="tw-sentence">{row?.name ?? nameOf(wearerId)}</h1>
        <WearerDealtWith wearerId={wearerId} />
        <Profile wearerId={wearerId} row={row} />
        <TagFacts wearerId={wearerId} alerts={items} row={row} />
        {may('exports.make') ? (
          <p class="tw-row-of-buttons tw-pack-offer">
            <PackButton draft={{ wearerId }} /> <a href={packsAddress(wearerId)}>Packs of this wearer</a>
          </p>
        ) : null}
        {may('patterns.read') ? (
          <p>
            <a href={patternsAddress({ wearerId })}>Patterns: stops, usual places, time at home, together</a>
          </p>
        ) : null}
        <WantedForm key={`wanted ${wearerId}`} wearerId={wearerId} onWritten={() => setWritten(written + 1)} />
        <FlagsForm key={`flags ${wearerId}`} wearerId={wearerId} onWritten={() => setWritten(written + 1)} />
        <Judgements key={`judged ${wearerId}`} wearerId={wearerId} onWritten={() => setWritten(written + 1)} />
        <RiskPlan key={`plan ${wearerId}`} wearerId={wearerId} onWritten={() => setWritten(written + 1)} />
        <ConditionsNow wearerId={wearerId} />
        <StandingConditions
          key={`conditions ${wearerId}`}
          wearerId={wearerId}
          onWritten={() => setWritten(written + 1)}
        />
        <Consents key={wearerId} wearerId={wearerId} onWritten={() => setWritten(written + 1)} />
        {may('intelligence.read') ? (
          <section aria-label="Intelligence">
            <h2 class="tw-heading">Intelligence</h2>
            <Intelligence key={`intelligence ${wearerId}`} wearerId={wearerId} />
          </section>
        ) : null}
        <LegalHolds key={`holds ${wearerId}`} wearerId={wearerId} />
        <h2 class="tw-heading">Days</h2>
        {timeline !== null && !timeline.ok ? (
          <p>
            The days are not shown:{' '}
            {timeline.status === 404 ? 'positions of this wearer are not for your role' : whyMissing(timeline.status)}.
          </p>
        ) : null}
        {timeline?.ok === true ? <Days timeline={timeline.body} stretch={stretch} /> : null}
        <h2 class="tw-heading">Alerts</h2>
        {alerts !== null && !alerts.ok ? <p>The alerts are not shown: {whyMissing(alerts.status)}.</p> : null}
        {alerts?.ok === true ? <Alerts items={items} hasMore={alerts.body.next !== null} /> : null}
        <WearerNotes key={`notes ${wearerId}`} wearerId={wearerId} />
        {timeline?.ok === true ? <Notes timeline={timeline.body} /> : null}
      </article>
      <MapPanel label="Map of the trail of the day that is chosen; gaps are dashed, stops are numbered" />
    </main>
  );
}

/** The strip, and the trail of the day that is chosen in it. */
function Days({ timeline, stretch }: { readonly timeline: Timeline; readonly stretch: Stretch }) {
  const { wearerId, days } = timeline;
  const chosen = days.find(({ date }) => date === stretch.day) ?? days.at(-1);
  if (chosen === undefined) return null;
  const show = (next: Stretch) => go(`${wearerAddress(wearerId)}${writeStretch(next)}`, true);
  const fromMs = Date.parse(chosen.fromAt);
  const untilMs = Math.min(Date.parse(chosen.untilAt), Date.parse(timeline.asOf));
  const isDeleted = timeline.bands.some(
    ({ presence, fromAt, untilAt }) =>
      presence === 'deleted' && Date.parse(fromAt) < untilMs && Date.parse(untilAt) > fromMs,
  );
  return (
    <>
      <StretchChoice stretch={stretch} lastDay={days.at(-1)?.date ?? chosen.date} onStretch={show} />
      <TimelineStrip timeline={timeline} day={chosen.date} onDay={(day) => show({ ...stretch, day })} />
      <h2 class="tw-heading">{`Trail of ${dayOnly(fromMs)}`}</h2>
      {isDeleted ? (
        <p>Positions of this day were deleted under retention: where none is shown, one may have been sent.</p>
      ) : null}
      {untilMs > fromMs ? (
        <TrailPlayer key={`${wearerId} ${fromMs}`} wearerId={wearerId} fromMs={fromMs} untilMs={untilMs} />
      ) : (
        <p>This day is still to come.</p>
      )}
    </>
  );
}

/** What people wrote about the alerts of these days. */
function Notes({ timeline }: { readonly timeline: Timeline }) {
  const { notes } = timeline;
  const cut = cutWords(timeline, 'notes');
  return (
    <section aria-label="Notes on alerts">
      <h2 class="tw-heading">Notes on alerts of these days</h2>
      {notes.length === 0 ? <p>Nobody wrote a note on these days.</p> : null}
      {cut === '' ? null : <p>{`${cut}.`}</p>}
      <ul class="tw-sentences">
        {notes.map(({ alertId, at, by, note }) => (
          <li key={`${alertId} ${at}`}>
            <a href={alertAddress(alertId)}>{dayAndTime(Date.parse(at))}</a> <strong>{personWords(by)}</strong>{' '}
            <q class="tw-note">{note}</q>
          </li>
        ))}
      </ul>
    </section>
  );
}

function NoSuchWearer({ wearerId }: { readonly wearerId: string }) {
  return (
    <main class="tw-page" id="main">
      <p class="tw-back">
        <a href={lastBoard()}>Back to the board</a>
      </p>
      <h1 class="tw-sentence">No wearer {wearerId} is known here</h1>
      <p>The id is mistyped, or this wearer is not among those that you may see.</p>
    </main>
  );
}

function Alerts({ items, hasMore }: { readonly items: readonly AlertItem[]; readonly hasMore: boolean }) {
  if (items.length === 0) return <p>No alert about this wearer is known.</p>;
  return (
    <table class="tw-table">
      <caption>{newestWords(items.length, hasMore, 'raised last first')}</caption>
      <thead>
        <tr>
          <th scope="col">Severity</th>
          <th scope="col">What</th>
          <th scope="col">When</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={item.alertId}>
            <td>
              <Severity severity={item.severity} />
            </td>
            <td>
              <a href={alertAddress(item.alertId)}>{title(item, zoneNameOf(item.zoneId))}</a> <Certainty item={item} />
            </td>
            <td>{`${dayAndTime(Date.parse(item.episode.startedAt))}; ${episodeWords(item, nowMs.value)}`}</td>
            <td>{ownerWords(item, nowMs.value) || 'Not seen by anybody'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** One alert: what a sergeant has to know first, then what it rests on, then what was done about it. */
import { useEffect, useLayoutEffect } from 'preact/hooks';
import type { AlertItem } from '../../alerts/alert.js';
import { type AlertEvent, isFinding } from '../../alerts/event.js';
import { ratioWords } from '../../alerts/evidence-words.js';
import { conditionWords, ORDER_WORDS, POWER_WORDS, wordingWords } from '../../wire/condition-words.js';
import { dealtWithWords } from '../../wire/recall-words.js';
import { type AlertWithEvents, askAlert, askConditionVersion, askOrder, askPosition } from '../api.js';
import { ActButtons } from '../components/act-buttons.js';
import { RecallLink } from '../components/dealt-with.js';
import { MapPanel } from '../components/map-panel.js';
import { Certainty, Severity } from '../components/marks.js';
import { PackButton } from '../components/pack-button.js';
import { PriorityLine } from '../components/priority.js';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { dealtWithOf } from '../live/dealt-with.js';
import { book, may, nameOf, nowMs, positions, positionsChanged, takeAlert, wearers, zoneNameOf } from '../live/live.js';
import { wantedOf } from '../live/priority.js';
import { sessionMap } from '../map/session-map.js';
import { instantOf, standAt } from '../model/as-at.js';
import { alertAddress, lastBoard, packsAddress, wearerAddress } from '../route.js';
import { historyLine } from '../words/history-words.js';
import { ownerWords } from '../words/owner-words.js';
import { personWords } from '../words/people-words.js';
import { wantedWords } from '../words/priority-words.js';
import { sentenceOf } from '../words/sentence.js';
import { dayAndTime, duration, timeOfDay } from '../words/times.js';
import {
  aboutWords,
  CONTACT_WORDS,
  DISPOSITION_WORDS,
  episodeWords,
  explain,
  isKeptFrom,
  KIND_WORDS,
} from '../words/words.js';

interface Props {
  readonly alertId: string;
  /** As it stood then; null: now. */
  readonly asAt: string | null;
}

export function AlertPage({ alertId, asAt }: Props) {
  const held = book.value.alerts.get(alertId);
  // Asked again with every version, because the answer has the events.
  const answer = useAnswer(held === undefined ? alertId : `${alertId} ${held.etag}`, (key) =>
    askAlert(key.split(' ', 1)[0] ?? alertId),
  );
  const full = answer?.ok === true ? answer.body : null;
  const item = held ?? full;
  // Before it is painted: a key that is pressed at the sight of it must find it.
  useLayoutEffect(() => {
    // An alert of long ago is not in the feed, and one of now may not be yet: acting on it begins from what the server told.
    if (full !== null && book.peek().alerts.get(alertId) === undefined) takeAlert(toItem(full));
  }, [full]);
  if (item === null) {
    return (
      <main class="tw-page" id="main">
        <h1 class="govuk-heading-m">{answer === null ? 'Looking for the alert …' : 'This alert cannot be shown'}</h1>
        <p class="govuk-body">
          {answer !== null && !answer.ok ? `Alert ${alertId}: ${whyMissing(answer.status)}. ` : ''}
          <a href={lastBoard()}>Back to the board</a>
        </p>
      </main>
    );
  }
  if (asAt === null) return <Found item={item} events={full?.events ?? null} isWhole={full?.eventsComplete} />;
  const stood = full === null ? null : standAt(full.events, Date.parse(asAt));
  if (stood === null) {
    return (
      <main class="tw-page" id="main">
        <h1 class="govuk-heading-m">
          {full === null ? 'Looking for what was known then …' : `Nothing was known of it at ${wordsOf(asAt)}`}
        </h1>
        <p class="govuk-body">
          <a href={alertAddress(alertId)}>The alert as it stands now</a>
        </p>
      </main>
    );
  }
  return <Found item={stood.item} events={stood.events} isWhole={full?.eventsComplete} asAt={asAt} />;
}

const wordsOf = (instant: string): string => dayAndTime(Date.parse(instant));

/** The alert without its events, as the book holds it. */
function toItem({ events: _events, eventsComplete: _complete, ...item }: AlertWithEvents): AlertItem {
  return item;
}

interface FoundProps {
  readonly item: AlertItem;
  /** Null: not answered yet. */
  readonly events: readonly AlertEvent[] | null;
  readonly isWhole: boolean | undefined;
  readonly asAt?: string;
}

function Found({ item, events, isWhole = true, asAt }: FoundProps) {
  const map = sessionMap.value;
  const said = JSON.stringify(item.explanation.fixes);
  useEffect(() => {
    map?.showMoment(item);
    return () => map?.showMoment(null);
  }, [map, item.alertId, said]);
  return (
    <main class="tw-split" id="main">
      <article class="tw-split__text" aria-label="Alert">
        <p class="tw-back">
          <a href={lastBoard()}>Back to the board</a>
        </p>
        {asAt === undefined ? null : (
          <p class="tw-first" role="note">
            {`As it stood at ${wordsOf(asAt)}. `}
            <a href={alertAddress(item.alertId)}>As it stands now</a>
          </p>
        )}
        <First item={item} />
        <h1 class="tw-sentence">
          {sentenceOf(item, { who: nameOf(item.wearerId), zone: zoneNameOf(item.zoneId) }, nowMs.peek())}
        </h1>
        <p class="tw-line">
          <Severity severity={item.severity} /> <Certainty item={item} /> {KIND_WORDS[item.kind]};{' '}
          {episodeWords(item, nowMs.value)}
          {asAt === undefined ? <PriorityLine item={item} /> : null}
        </p>
        {asAt === undefined ? <ActButtons item={item} /> : <p class="tw-line">{ownerWords(item, nowMs.peek())}</p>}
        {asAt === undefined ? <Pack item={item} /> : null}
        {asAt === undefined ? <RecallLink item={item} /> : null}
        {asAt === undefined ? <Now item={item} /> : null}
        <Evidence item={item} />
        <Condition item={item} />
        <History item={item} events={events} isWhole={isWhole} />
        <p class="tw-ids">
          {`Tag ${item.tagId} · ${aboutWords(item)} · alert ${item.alertId} revision ${item.revision}`}
        </p>
      </article>
      <MapPanel label="Map of the moment: the fixes that the alert rests on, numbered, with their confidence circles" />
    </main>
  );
}

/** Before anything else: what would make it wrong to send somebody. */
function First({ item }: { readonly item: AlertItem }) {
  const others = [...book.value.alerts.values()].filter(
    ({ wearerId, alertId, disposition }) =>
      wearerId === item.wearerId &&
      alertId !== item.alertId &&
      (disposition === 'already-dealt-with' || disposition === 'in-custody'),
  );
  const dealtWith = dealtWithOf(item);
  const wanted = wantedOf(item.wearerId);
  const lines = [
    ...(item.inCustody === true ? ['The wearer is recorded as in custody.'] : []),
    ...(dealtWith === null ? [] : [dealtWithWords(dealtWith)]),
    ...(wanted === null ? [] : [`${wantedWords(wanted)}.`]),
    ...(item.status === 'closed' ? [ownerWords(item, nowMs.peek())] : []),
    ...others.map(
      (other) =>
        `Another alert of this wearer was closed as “${DISPOSITION_WORDS[other.disposition ?? 'already-dealt-with']}” at ${timeOfDay(
          Date.parse(other.disposedAt ?? other.raisedAt),
          nowMs.peek(),
        )}.`,
    ),
    ...(item.escalation === undefined ? [] : [`Nobody had seen it in time: the ${item.escalation.to} was told.`]),
    ...(item.review === undefined ? [] : [`${personWords(item.review.by)} asks for a review: ${item.review.reason}`]),
    ...(item.victimContact === undefined
      ? []
      : [
          `Victim: ${CONTACT_WORDS[item.victimContact.outcome].toLowerCase()} at ${timeOfDay(Date.parse(item.victimContact.contactedAt), nowMs.peek())}.`,
        ]),
    ...(item.absenceId === undefined ? [] : [`Authorised absence ${item.absenceId} covers some of this time.`]),
  ];
  if (lines.length === 0) return null;
  return (
    <div class="tw-first" role="note">
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </div>
  );
}

/** Where the wearer is now, as far as that is known, and how old that is. */
function Now({ item }: { readonly item: AlertItem }) {
  const live = positionsChanged.value > 0 ? positions.get(item.wearerId) : undefined;
  const asked = useAnswer(live === undefined && may('positions.read') ? item.wearerId : null, askPosition);
  const at = live ?? (asked?.ok === true ? asked.body : undefined);
  const wearer = wearers.value.get(item.wearerId);
  const rest = [item.wearerId, wearer?.division, wearer?.rag === undefined ? undefined : `RAG ${wearer.rag}`];
  return (
    <section aria-label="The wearer now">
      <h2 class="tw-heading">Now</h2>
      <dl class="tw-list">
        <dt>Wearer</dt>
        <dd>
          <a href={wearerAddress(item.wearerId)}>{nameOf(item.wearerId)}</a>
          {` · ${rest.filter((part) => part !== undefined).join(' · ')}`}
        </dd>
        <dt>Newest position</dt>
        <dd>
          {at === undefined
            ? 'not known here'
            : `${duration(nowMs.value - Date.parse(at.fixedAt))} old (${timeOfDay(Date.parse(at.fixedAt), nowMs.value)}), ${at.latitude.toFixed(
                5,
              )}, ${at.longitude.toFixed(5)}${at.accuracyMetres === null ? '' : `, accurate to ${Math.round(at.accuracyMetres)} m`}, by ${at.mechanism}`}
        </dd>
        {at === undefined || at.batteryPercent === null ? null : (
          <>
            <dt>Battery</dt>
            <dd>{Math.round(at.batteryPercent)} %</dd>
          </>
        )}
      </dl>
    </section>
  );
}

function Evidence({ item }: { readonly item: AlertItem }) {
  const { fixes } = item.explanation;
  const at = (instant: string) => timeOfDay(Date.parse(instant), nowMs.peek());
  const delayMs = Date.parse(item.raisedAt) - Date.parse(item.episode.startedAt);
  return (
    <section aria-label="What it rests on">
      <h2 class="tw-heading">What it rests on</h2>
      <dl class="tw-list">
        <dt>Began</dt>
        <dd>{at(item.episode.startedAt)}</dd>
        <dt>Raised</dt>
        <dd>{`${at(item.raisedAt)} (${duration(delayMs)} later)`}</dd>
        <dt>Confirmed</dt>
        <dd>{item.confirmedAt === undefined ? 'not confirmed' : at(item.confirmedAt)}</dd>
      </dl>
      <ul class="tw-sentences">
        {explain(item, nowMs.peek()).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {fixes.length === 0 ? null : (
        <table class="tw-table">
          <caption>The fixes, as numbered on the map</caption>
          <thead>
            <tr>
              <th scope="col">No.</th>
              <th scope="col">Time</th>
              <th scope="col">From the boundary</th>
              <th scope="col">Accurate to</th>
              <th scope="col">What it says</th>
            </tr>
          </thead>
          <tbody>
            {fixes.map((fix, index) => (
              <tr key={fix.fixedAt}>
                <td>{index + 1}</td>
                <td>{at(fix.fixedAt)}</td>
                <td>
                  {`${Math.round(Math.abs(fix.signedDistanceMetres))} m ${fix.signedDistanceMetres <= 0 ? 'inside' : 'outside'}`}
                </td>
                <td>{fix.accuracyMetres === null ? 'not known' : `${Math.round(fix.accuracyMetres)} m`}</td>
                <td>{ratioWords(item.kind, fix.likelihoodRatio) ?? ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** From the alert to what somebody else can check. */
function Pack({ item }: { readonly item: AlertItem }) {
  if (!may('exports.make')) return null;
  return (
    <p class="tw-row-of-buttons tw-pack-offer">
      <PackButton draft={{ alerts: [item] }} /> <a href={packsAddress(item.wearerId)}>Packs of this wearer</a>
    </p>
  );
}

function Condition({ item }: { readonly item: AlertItem }) {
  const { conditionId, conditionVersion } = item;
  const condition = useAnswer(
    may('records.read') && conditionId !== null ? `${conditionId} ${conditionVersion}` : null,
    () => askConditionVersion(conditionId ?? '', conditionVersion),
  );
  const orderId = condition?.ok === true ? (condition.body.orderId ?? null) : null;
  const order = useAnswer(orderId, askOrder);
  if (isKeptFrom(item))
    return (
      <section aria-label="Condition and order">
        <h2 class="tw-heading">Condition and order</h2>
        <p>The condition and its zone are kept from you.</p>
      </section>
    );
  if (conditionId === null) return null;
  const zone = zoneNameOf(item.zoneId) ?? item.zoneId ?? 'the zone';
  return (
    <section aria-label="Condition and order">
      <h2 class="tw-heading">Condition and order</h2>
      {condition === null ? <p>…</p> : null}
      {condition !== null && !condition.ok ? <p>The condition is not shown: {whyMissing(condition.status)}.</p> : null}
      {condition?.ok === true ? (
        <p>
          {conditionWords(condition.body, zone)}
          {condition.body.version === conditionVersion
            ? ''
            : ` This is version ${condition.body.version} of now; the alert was judged by version ${conditionVersion ?? 'unknown'}.`}
          {condition.body.appliesTo === 'all-wearers' ? ' It applies to every wearer.' : ''}
          <span class="tw-note">{wordingWords(condition.body.wording)}</span>
        </p>
      ) : null}
      {order?.ok === true ? (
        <p>
          <strong>{ORDER_WORDS[order.body.type]}</strong>, order {order.body.orderId}. {POWER_WORDS[order.body.type]}{' '}
          The order itself says what may be done.
        </p>
      ) : null}
    </section>
  );
}

interface HistoryProps {
  readonly item: AlertItem;
  readonly events: readonly AlertEvent[] | null;
  readonly isWhole: boolean;
}

function History({ item, events, isWhole }: HistoryProps) {
  const people = (events ?? []).filter((event) => !isFinding(event)).length;
  return (
    <section aria-label="History">
      <h2 class="tw-heading">History</h2>
      {events === null ? <p>…</p> : null}
      {isWhole ? null : <p>The database is away: older events are not among these.</p>}
      <ol class="tw-history" data-people={people}>
        {(events ?? []).map((event) => {
          const { eventId, at, who, what, note } = historyLine(event);
          return (
            <li key={eventId}>
              <a
                href={alertAddress(item.alertId, instantOf(event))}
                aria-label={`The alert as it stood at ${wordsOf(at)}`}
              >
                <time dateTime={at}>{timeOfDay(Date.parse(at), nowMs.peek())}</time>
              </a>{' '}
              <strong>{who}</strong> {what}
              {note === null ? null : <q class="tw-note">{note}</q>}
            </li>
          );
        })}
      </ol>
      {item.type === 'withdrawn' ? <p>Nothing of this alert holds any more; it stays as it was told.</p> : null}
    </section>
  );
}

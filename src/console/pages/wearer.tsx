/** One wearer: who it is, whether the tag is heard, the last day as a strip and as a trail, and their alerts. */
import { useEffect } from 'preact/hooks';
import type { AlertItem } from '../../alerts/alert.js';
import { askAlertsOf, askPosition, askTrail } from '../api.js';
import { MapPanel } from '../components/map-panel.js';
import { Certainty, Severity } from '../components/marks.js';
import { PackButton } from '../components/pack-button.js';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { may, nameOf, nowMs, positions, positionsChanged, wearers, zoneNameOf } from '../live/live.js';
import { sessionMap } from '../map/session-map.js';
import { type Band, bandsOf, GAP_MS, readTrail, spanOf, type TrailPoint, trailFeatures } from '../model/day-strip.js';
import { alertAddress, lastBoard, packsAddress } from '../route.js';
import { unmonitoredWords } from '../words/monitored-words.js';
import { ownerWords } from '../words/owner-words.js';
import { messageWords, unknownWords } from '../words/strip-words.js';
import { dayAndTime, duration, timeOfDay } from '../words/times.js';
import { episodeWords, title } from '../words/words.js';

const DAY_MS = 86_400_000;
/** The trail is asked for again so often: the live position goes on beside it. */
const REFRESH_MS = 60_000;

export function WearerPage({ wearerId }: { readonly wearerId: string }) {
  const minute = Math.floor(nowMs.value / REFRESH_MS) * REFRESH_MS;
  const trail = useAnswer(may('positions.read') ? `${wearerId} ${minute}` : null, () => askTrail(wearerId));
  const alerts = useAnswer(`${wearerId} ${minute}`, () => askAlertsOf(wearerId));
  const points = trail?.ok === true ? readTrail(trail.body) : [];
  const items = alerts?.ok === true ? alerts.body.items : [];
  const map = sessionMap.value;
  const drawn = `${points.length} ${points.at(-1)?.atMs ?? ''}`;
  useEffect(() => {
    map?.showTrail(trailFeatures(points));
  }, [map, drawn]);
  useEffect(() => () => map?.showTrail(null), [map]);
  // A mistyped id, or a wearer out of scope: of nobody it may be said that nobody watches him.
  if (trail !== null && !trail.ok && trail.status === 404) return <NoSuchWearer wearerId={wearerId} />;
  const wearer = wearers.value.get(wearerId);
  const profile = [
    wearerId,
    wearer?.division,
    wearer?.rag === undefined ? undefined : `RAG ${wearer.rag}`,
    ...(wearer?.schemes ?? []),
  ];
  return (
    <main class="tw-split" id="main">
      <article class="tw-split__text" aria-label="Wearer">
        <p class="tw-back">
          <a href={lastBoard()}>Back to the board</a>
        </p>
        <h1 class="tw-sentence">{nameOf(wearerId)}</h1>
        <p class="tw-line">{profile.filter((part) => part !== undefined).join(' · ')}</p>
        <Tag wearerId={wearerId} alerts={items} />
        {may('exports.make') ? (
          <p class="tw-row-of-buttons tw-pack-offer">
            <PackButton draft={{ wearerId }} /> <a href={packsAddress(wearerId)}>Packs of this wearer</a>
          </p>
        ) : null}
        <h2 class="tw-heading">The last 24 hours</h2>
        {trail !== null && !trail.ok ? <p>The trail is not shown: {whyMissing(trail.status)}.</p> : null}
        {trail?.ok === true ? <Strip points={points} alerts={items} toMs={nowMs.value} /> : null}
        <h2 class="tw-heading">Alerts</h2>
        {alerts !== null && !alerts.ok ? <p>The alerts are not shown: {whyMissing(alerts.status)}.</p> : null}
        {alerts?.ok === true ? <Alerts items={items} /> : null}
      </article>
      <MapPanel label="Map of the trail of the last 24 hours; gaps are dashed" />
    </main>
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

/**
 * Whether anybody is watched by this tag right now, and how well it is. That nobody watches him is the engine's to say, who knows what his
 * model lets pass: a tag that was fitted a minute ago has told no position yet.
 */
function Tag({ wearerId, alerts }: { readonly wearerId: string; readonly alerts: readonly AlertItem[] }) {
  const live = positionsChanged.value > 0 ? positions.get(wearerId) : undefined;
  const minute = Math.floor(nowMs.value / REFRESH_MS);
  const asked = useAnswer(live === undefined && may('positions.read') ? `${wearerId} ${minute}` : null, () =>
    askPosition(wearerId),
  );
  const at = live ?? (asked?.ok === true ? asked.body : undefined);
  const unmonitored = unmonitoredWords(alerts, nowMs.value);
  const warning = unmonitored === null ? null : <p class="tw-first">{unmonitored}</p>;
  if (at === undefined) {
    const isMissing = asked !== null && !asked.ok && asked.status === 404;
    return (
      warning ?? (
        <p class="tw-first">
          {isMissing
            ? 'No position of this wearer has been received so far.'
            : 'Whether this wearer is monitored is not known yet.'}
        </p>
      )
    );
  }
  const ageMs = nowMs.value - Date.parse(at.fixedAt);
  const isSilent = ageMs > GAP_MS;
  return (
    <>
      {warning}
      <p class={isSilent && warning === null ? 'tw-first' : 'tw-line'}>
        {isSilent
          ? `NOT HEARD FROM for ${duration(ageMs)}: where this wearer is, is not known.`
          : `${warning === null ? 'Monitored: the' : 'The'} newest position is ${duration(ageMs)} old.`}
      </p>
      <dl class="tw-list">
        <dt>Tag</dt>
        <dd>{at.tagId}</dd>
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
        <dd>{at.batteryPercent === null ? 'not told' : `${Math.round(at.batteryPercent)} %`}</dd>
      </dl>
    </>
  );
}

interface StripProps {
  readonly points: readonly TrailPoint[];
  readonly alerts: readonly AlertItem[];
  readonly toMs: number;
}

const BAND_WORDS: Readonly<Record<Band['kind'], string>> = { heard: 'heard', unknown: 'UNKNOWN: not heard' };
const HOUR_MS = 3_600_000;
const MARK_HOURS = 3;

/** The day as a strip, and the same in words below: nothing is told by the picture alone. */
function Strip({ points, alerts, toMs }: StripProps) {
  const fromMs = toMs - DAY_MS;
  const bands = bandsOf(points, fromMs, toMs);
  const x = (atMs: number) => ((atMs - fromMs) / DAY_MS) * 1000;
  const width = (from: number, to: number) => Math.max(2, x(to) - x(from));
  const hours = Array.from({ length: 24 / MARK_HOURS }, (_, index) => {
    const step = MARK_HOURS * HOUR_MS;
    return Math.ceil(fromMs / step) * step + index * step;
  }).filter((atMs) => atMs < toMs);
  const gaps = bands.filter(({ kind }) => kind === 'unknown');
  const events = points.filter(({ deviceEvents }) => deviceEvents.length > 0);
  const unknownMs = gaps.reduce((sum, band) => sum + band.toMs - band.fromMs, 0);
  return (
    <>
      <svg class="tw-strip" viewBox="0 0 1000 76" role="img" aria-label="The last 24 hours; the same follows in words">
        <defs>
          <pattern id="strip-unknown" width="8" height="8" patternUnits="userSpaceOnUse">
            <path d="M0 8 8 0" class="tw-strip__hatch" />
          </pattern>
        </defs>
        {bands.map(({ kind, fromMs: from, toMs: to }) => (
          <rect key={from} class={`tw-strip__${kind}`} x={x(from)} y="26" width={width(from, to)} height="22" />
        ))}
        {alerts.map((item) => {
          const span = spanOf(item, fromMs, toMs);
          if (span === null) return null;
          return (
            <rect
              key={item.alertId}
              class="tw-strip__alert"
              x={x(span[0])}
              y="8"
              width={width(span[0], span[1])}
              height="14"
            />
          );
        })}
        {hours.map((atMs) => (
          <text key={atMs} class="tw-strip__hour" x={x(atMs)} y="68">
            {timeOfDay(atMs, atMs).slice(0, 5)}
          </text>
        ))}
      </svg>
      <ul class="tw-sentences">
        <li>{`${messageWords(points)}; ${unknownWords(unknownMs, toMs - fromMs)}.`}</li>
        {gaps.slice(-5).map(({ fromMs: from, toMs: to, kind }) => (
          <li key={from}>{`${BAND_WORDS[kind]} from ${dayAndTime(from)} for ${duration(to - from)}.`}</li>
        ))}
        {events.slice(-5).map(({ atMs, deviceEvents }) => (
          <li key={atMs}>{`${dayAndTime(atMs)}: the tag said ${deviceEvents.join(', ')}.`}</li>
        ))}
      </ul>
    </>
  );
}

function Alerts({ items }: { readonly items: readonly AlertItem[] }) {
  if (items.length === 0) return <p>No alert about this wearer is known.</p>;
  return (
    <table class="tw-table">
      <caption>{items.length === 1 ? 'One' : `The newest ${items.length}, raised last first`}</caption>
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

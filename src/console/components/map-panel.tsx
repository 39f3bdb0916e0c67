/** The map with its legend, and the same in words. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { book, nameOf, nowMs, positions } from '../live/live.js';
import { mapFailed, mountMap, sessionMap, viewMoved } from '../map/session-map.js';
import { openAlertsByWearer, STALE_MS } from '../model/map-data.js';
import { alertAddress, wearerAddress } from '../route.js';
import { countTags } from '../words/connection-words.js';
import { duration } from '../words/times.js';
import { title } from '../words/words.js';

const isTextView = signal(false);
/** More than one reads; the words say how many there are. */
const ROWS_LIMIT = 100;

function Legend() {
  return (
    <ul class="tw-legend" aria-label="Legend">
      <li>
        <span class="tw-key tw-key--wearer" aria-hidden="true" />
        Wearer
      </li>
      <li>
        <span class="tw-key tw-key--stale" aria-hidden="true" />
        Not heard from for 5 min
      </li>
      <li>
        <span class="tw-key tw-key--suspected" aria-hidden="true">
          ?
        </span>
        Open alert, suspected
      </li>
      <li>
        <span class="tw-key tw-key--confirmed" aria-hidden="true">
          !
        </span>
        Open alert, confirmed
      </li>
      <li>
        <span class="tw-key tw-key--zone" aria-hidden="true" />
        Zone
      </li>
      <li>
        <span class="tw-key tw-key--large" aria-hidden="true" />
        Edge of a large area
      </li>
      <li>
        <span class="tw-key tw-key--victim" aria-hidden="true" />
        Protected address
      </li>
    </ul>
  );
}

/** Whoever the map shows, alerts first: for who does not see it, and for who wants to copy. */
function InWords() {
  // Once a second and whenever the map was moved.
  const atMs = nowMs.value;
  const moves = viewMoved.value;
  const seen = sessionMap.value?.inView() ?? [...positions.values()];
  const open = openAlertsByWearer(book.value.alerts.values());
  const rows = [...seen].sort(
    (a, b) => Number(open.has(b.wearerId)) - Number(open.has(a.wearerId)) || (a.wearerId < b.wearerId ? -1 : 1),
  );
  return (
    <div class="tw-words" data-moves={moves}>
      <table class="tw-table">
        <caption>
          {rows.length} wearers in this part of the map, {rows.filter(({ wearerId }) => open.has(wearerId)).length} with
          an open alert{rows.length > ROWS_LIMIT ? `; the first ${ROWS_LIMIT}` : ''}
        </caption>
        <thead>
          <tr>
            <th scope="col">Wearer</th>
            <th scope="col">Alert</th>
            <th scope="col">Position</th>
            <th scope="col">Accurate to</th>
            <th scope="col">Age</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, ROWS_LIMIT).map((at) => {
            const alert = open.get(at.wearerId);
            const ageMs = atMs - Date.parse(at.fixedAt);
            return (
              <tr key={at.wearerId}>
                <td>
                  <a href={wearerAddress(at.wearerId)}>{nameOf(at.wearerId)}</a>
                </td>
                <td>{alert === undefined ? 'none' : <a href={alertAddress(alert.alertId)}>{title(alert, null)}</a>}</td>
                <td>
                  {at.latitude.toFixed(5)}, {at.longitude.toFixed(5)}
                </td>
                <td>{at.accuracyMetres === null ? 'not known' : `${Math.round(at.accuracyMetres)} m`}</td>
                <td>
                  {duration(ageMs)}
                  {ageMs > STALE_MS ? ' (silent)' : ''}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Counts() {
  const atMs = nowMs.value;
  return (
    <span id="tags">
      {countTags(
        [...positions.values()].map(({ fixedAt }) => Date.parse(fixedAt)),
        atMs,
      )}
    </span>
  );
}

/** `label`: what this map is of, for who does not see it. */
export function MapPanel({ label = 'Map of wearers' }: { readonly label?: string }) {
  const parent = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (parent.current !== null) mountMap(parent.current);
  }, []);
  const isText = isTextView.value || mapFailed.value;
  return (
    <section class="tw-map" aria-label={label}>
      <div class="tw-map__bar">
        <Counts />
        <button
          type="button"
          class="tw-link-button"
          aria-pressed={isText}
          disabled={mapFailed.value}
          onClick={() => {
            isTextView.value = !isTextView.value;
          }}
        >
          In words
        </button>
      </div>
      {mapFailed.value ? (
        <p class="tw-map__note" role="status">
          This browser cannot draw the map (no WebGL). Everything is here in words.
        </p>
      ) : null}
      <div class="tw-map__body">
        <div class="tw-map__holder" ref={parent} hidden={isText} />
        {isText ? <InWords /> : <Legend />}
      </div>
    </section>
  );
}

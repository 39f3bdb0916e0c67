/** The map with its legend, and the same in words. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { nowMs, positions } from '../live/live.js';
import { mapFailed, mountMap } from '../map/session-map.js';
import { countTags } from '../words/connection-words.js';
import { MapInWords } from './map-in-words.js';
import { MapTools } from './map-tools.js';

const isTextView = signal(false);

/** Closed until it is asked for: it lies over the map, and who is in an alert must not be under it. */
function Legend() {
  return (
    <details class="tw-legend">
      <summary>Signs</summary>
      <ul>
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
          <span class="tw-key tw-key--cluster" aria-hidden="true">
            9
          </span>
          So many wearers, with their worst alert
        </li>
        <li>
          <span class="tw-key tw-key--zone" aria-hidden="true" />
          Zone, with its buffer dashed around it
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
    </details>
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
        <MapTools isText={isText} />
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
        {isText ? <MapInWords /> : <Legend />}
      </div>
    </section>
  );
}

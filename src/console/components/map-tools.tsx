/** What one does with the map: whoever was clicked on, their trail of the last hour, following them; and a line that measures. */
import { useEffect, useState } from 'preact/hooks';
import { may, nameOf, nowMs, positions, positionsChanged, serverNowMs } from '../live/live.js';
import { isFollowing, measured, picked, sessionMap } from '../map/session-map.js';
import { metresWords } from '../model/places.js';
import { readTrail, trailFeatures } from '../model/trail-line.js';
import { wearerAddress } from '../route.js';
import { askTrailBetween } from '../wearer-api.js';
import { duration } from '../words/times.js';
import { useAnswer } from './use-answer.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export function MapTools({ isText }: { readonly isText: boolean }) {
  if (isText || sessionMap.value === null) return null;
  return (
    <>
      <Measure />
      {picked.value === null ? null : <Picked key={picked.value} wearerId={picked.value} />}
    </>
  );
}

function Measure() {
  const now = measured.value;
  const isOn = now !== null;
  const words =
    now === null
      ? null
      : now.points < 2
        ? 'Click on two places or more.'
        : `${metresWords(now.metres)} over ${now.points} places`;
  return (
    <>
      {words === null ? null : (
        <span class="tw-tools__measured" role="status">
          {words}
        </span>
      )}
      <button
        type="button"
        class="tw-link-button"
        aria-pressed={isOn}
        onClick={() => {
          measured.value = isOn ? null : { metres: 0, points: 0 };
        }}
      >
        Measure
      </button>
    </>
  );
}

function Picked({ wearerId }: { readonly wearerId: string }) {
  const [hasHour, setHour] = useState(false);
  const minute = Math.floor(nowMs.value / MINUTE_MS);
  const map = sessionMap.value;
  const trail = useAnswer(hasHour ? `${wearerId} ${minute}` : null, () => {
    const toMs = serverNowMs();
    return askTrailBetween(wearerId, new Date(toMs - HOUR_MS).toISOString(), new Date(toMs).toISOString());
  });
  useEffect(() => {
    map?.showHour(hasHour && trail?.ok === true ? trailFeatures(readTrail(trail.body)) : null);
  }, [map, hasHour, trail]);
  useEffect(
    () => () => {
      map?.showHour(null);
      isFollowing.value = false;
    },
    [map],
  );
  const at = positionsChanged.value > 0 ? positions.get(wearerId) : undefined;
  const age = at === undefined ? 'no position' : `fix ${duration(nowMs.value - Date.parse(at.fixedAt))} old`;
  const accuracy = at?.accuracyMetres == null ? '' : `, accurate to ${Math.round(at.accuracyMetres)} m`;
  return (
    <section class="tw-picked" aria-label="Picked on the map">
      <a href={wearerAddress(wearerId)}>{nameOf(wearerId)}</a>
      <span class="tw-sub">{`${wearerId} · ${age}${accuracy}`}</span>
      <div class="tw-picked__tools">
        {may('positions.read') ? (
          <button type="button" class="tw-link-button" aria-pressed={hasHour} onClick={() => setHour(!hasHour)}>
            Trail of the last hour
          </button>
        ) : null}
        <button
          type="button"
          class="tw-link-button"
          aria-pressed={isFollowing.value}
          onClick={() => {
            isFollowing.value = !isFollowing.value;
          }}
        >
          Follow
        </button>
        <button
          type="button"
          class="tw-link-button"
          onClick={() => {
            picked.value = null;
          }}
        >
          Let go
        </button>
      </div>
      {hasHour && trail !== null && !trail.ok ? <p class="tw-sub">The trail is not there for you.</p> : null}
    </section>
  );
}

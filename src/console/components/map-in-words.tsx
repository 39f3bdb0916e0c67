/** Whoever the map shows, by the place that is nearest, alerts first: for who does not see it, and for who wants to copy. */
import { useComputed } from '@preact/signals';
import type { PositionItem } from '../../wire/feed-messages.js';
import { book, nameOf, nowMs, positions, positionsChanged, zones } from '../live/live.js';
import { baseMap, sessionMap, viewMoved } from '../map/session-map.js';
import { openAlertsByWearer, STALE_MS } from '../model/map-data.js';
import { findNearest, listPlaces, type NamedPlace, type NearPlace } from '../model/places.js';
import { alertAddress, wearerAddress } from '../route.js';
import { duration } from '../words/times.js';
import { SEVERITY_WORDS, title } from '../words/words.js';

/** More than one reads; the words say how many there are. */
const ROWS_LIMIT = 100;

/** A position is where it is: asked for once. */
const near = new WeakMap<PositionItem, NearPlace | null>();
let nearOf: readonly NamedPlace[] = [];

function nearestTo(places: readonly NamedPlace[], at: PositionItem): NearPlace | null {
  // Places are told late; what was found before there were any is no answer.
  if (places !== nearOf) nearOf = places;
  const known = near.get(at);
  if (known !== undefined && known !== null) return known;
  const found = findNearest(nearOf, [at.longitude, at.latitude]);
  near.set(at, found);
  return found;
}

export function MapInWords() {
  const places = useComputed(() => {
    const named = baseMap.value === null ? [] : listPlaces(baseMap.value);
    if (named.length > 0) return named;
    // Without a base map zones that are shared are what has a name.
    return [...zones.value.values()].flatMap(({ name, geometry }): NamedPlace[] => {
      if (geometry.type === 'Point') return [];
      const [longitude = 0, latitude = 0] =
        (geometry.type === 'Polygon' ? geometry.coordinates[0]?.[0] : geometry.coordinates[0]?.[0]?.[0]) ?? [];
      return [{ name, at: [longitude, latitude] }];
    });
  });
  const open = useComputed(() => openAlertsByWearer(book.value.alerts.values()));
  // Whenever somebody moved, or the map was.
  const changes = positionsChanged.value;
  const moves = viewMoved.value;
  const seen = sessionMap.value?.inView() ?? [...positions.values()];
  const rows = seen
    .map((at) => ({ at, place: nearestTo(places.value, at), isAlert: open.value.has(at.wearerId) }))
    .sort(
      (a, b) =>
        Number(b.isAlert) - Number(a.isAlert) ||
        compare(a.place?.name ?? '', b.place?.name ?? '') ||
        (a.place?.metres ?? 0) - (b.place?.metres ?? 0) ||
        compare(a.at.wearerId, b.at.wearerId),
    );
  return (
    <section class="tw-words" data-moves={moves} data-changes={changes} aria-label="The map in words">
      <table class="tw-table">
        <caption>
          {rows.length} wearers in this part of the map, {rows.filter(({ isAlert }) => isAlert).length} with an open
          alert{rows.length > ROWS_LIMIT ? `; the first ${ROWS_LIMIT}` : ''}; by the nearest place
        </caption>
        <thead>
          <tr>
            <th scope="col">Wearer</th>
            <th scope="col">Alert</th>
            <th scope="col">Where</th>
            <th scope="col">Accurate to</th>
            <th scope="col">Age</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, ROWS_LIMIT).map(({ at, place }) => (
            <Row key={at.wearerId} at={at} place={place} alert={open.value.get(at.wearerId)} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface RowProps {
  readonly at: PositionItem;
  readonly place: NearPlace | null;
  readonly alert: ReturnType<ReturnType<typeof openAlertsByWearer>['get']>;
}

function Row({ at, place, alert }: RowProps) {
  const ageMs = nowMs.value - Date.parse(at.fixedAt);
  return (
    <tr>
      <td>
        <a href={wearerAddress(at.wearerId)}>{nameOf(at.wearerId)}</a>
      </td>
      <td>
        {alert === undefined ? (
          'none'
        ) : (
          <a href={alertAddress(alert.alertId)}>{`${SEVERITY_WORDS[alert.severity]}: ${title(alert, null)}`}</a>
        )}
      </td>
      <td>
        {place?.words}
        <span class="tw-sub">{`${at.latitude.toFixed(5)}, ${at.longitude.toFixed(5)}`}</span>
      </td>
      <td>{at.accuracyMetres === null ? 'not known' : `${Math.round(at.accuracyMetres)} m`}</td>
      <td>
        {duration(ageMs)}
        {ageMs > STALE_MS ? ' (silent)' : ''}
      </td>
    </tr>
  );
}

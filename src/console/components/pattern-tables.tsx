/** Patterns as tables: all that the strip and the map show, and more. */
import type { HourTold, Patterns, StopTold, Together, UsualPlaceTold } from '../../wire/patterns.js';
import {
  closestWords,
  END_WORDS,
  homeWords,
  hourWords,
  minutesWords,
  notComparedWords,
  placeWords,
  SILENCE_WORDS,
  spanWords,
  stopPlaceWords,
} from '../words/pattern-words.js';
import { dayAndTime, dayOnly, duration } from '../words/times.js';

interface Where {
  readonly latitude: number;
  readonly longitude: number;
}
interface Shows {
  readonly onShow: (place: Where) => void;
}

const ShowButton = ({ label, place, onShow }: Shows & { readonly label: string; readonly place: Where }) => (
  <button type="button" class="tw-link-button" aria-label={label} onClick={() => onShow({ ...place })}>
    Show
  </button>
);

const hoursOf = ({ hours }: UsualPlaceTold, isWeekend: boolean): readonly HourTold[] =>
  hours.filter((each) => each.isWeekend === isWeekend);

export function UsualPlaces({ patterns: { usualPlaces }, onShow }: Shows & { readonly patterns: Patterns }) {
  if (usualPlaces.length === 0) return <p class="tw-none">No place has stops on two days or more.</p>;
  return (
    <>
      <p class="tw-sub">
        In each hour: days on which they stayed there / days on which anybody could tell. Where that is fewer than the
        days of the time, the rest is unknown.
      </p>
      {usualPlaces.map((place) => (
        <section key={place.place} class="tw-usual" aria-label={`Usual place ${place.place}`}>
          <h3 class="tw-heading">{`Place ${place.place}: ${place.stops} stops on ${place.days} days, ${minutesWords(place.minutes)}`}</h3>
          <p class="tw-sub">
            {`${placeWords(place)}, within ${place.radiusMetres} m `}
            <ShowButton label={`Show place ${place.place} on the map`} place={place} onShow={onShow} />
          </p>
          <div class="tw-usual__scroll">
            <table class="tw-table tw-usual__hours">
              <caption class="govuk-visually-hidden">{`Place ${place.place} by hour of the local day`}</caption>
              <thead>
                <tr>
                  <th scope="col">Hour</th>
                  {Array.from({ length: 24 }, (_, hour) => (
                    <th key={hour} scope="col">
                      {String(hour).padStart(2, '0')}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {[false, true].map((isWeekend) => (
                  <tr key={String(isWeekend)}>
                    <th scope="row">{isWeekend ? 'Weekend' : 'Weekdays'}</th>
                    {hoursOf(place, isWeekend).map((told) => (
                      <td
                        key={told.hour}
                        class={told.there > 0 ? 'tw-usual__there' : undefined}
                        title={hourWords(told)}
                      >
                        {told.days === 0 ? '–' : `${told.there}/${told.observed}`}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      ))}
    </>
  );
}

function StopRow({ stop, number, onShow }: Shows & { readonly stop: StopTold; readonly number: number }) {
  return (
    <tr>
      <th scope="row">{number}</th>
      <td>
        {spanWords(stop.fromAt, stop.untilAt)}
        {stop.isCutAtStart ? <span class="tw-sub">{' there when the time began'}</span> : null}
      </td>
      <td>{minutesWords(stop.minutes)}</td>
      <td>
        {stopPlaceWords(stop)}
        <br />
        <span class="tw-sub">{`${placeWords(stop)}, within ${stop.radiusMetres} m`}</span>
      </td>
      <td>{`${stop.fixes} fixes, longest gap ${duration(stop.longestGapSeconds * 1_000)}`}</td>
      <td>{END_WORDS[stop.endedBecause]}</td>
      <td>
        <ShowButton label={`Show stop ${number} on the map`} place={stop} onShow={onShow} />
      </td>
    </tr>
  );
}

export function Stops({ patterns: { stops, silences, fixes }, onShow }: Shows & { readonly patterns: Patterns }) {
  return (
    <>
      <table class="tw-table">
        <caption>{`${stops.length === 1 ? 'One stop' : `${stops.length} stops`}, the first first; from ${fixes.used} fixes, and ${fixes.poor} too inaccurate to say`}</caption>
        <thead>
          <tr>
            <th scope="col">No.</th>
            <th scope="col">When</th>
            <th scope="col">How long</th>
            <th scope="col">Where</th>
            <th scope="col">From what</th>
            <th scope="col">Ended because</th>
            <th scope="col">Map</th>
          </tr>
        </thead>
        <tbody>
          {stops.map((stop, at) => (
            <StopRow key={stop.fromAt} stop={stop} number={at + 1} onShow={onShow} />
          ))}
        </tbody>
      </table>
      <h3 class="tw-heading">Silences: nobody can say where they were</h3>
      {silences.length === 0 ? <p>None.</p> : null}
      <ul class="tw-sentences">
        {silences.map(({ fromAt, untilAt, why }) => (
          <li key={fromAt}>{`${spanWords(fromAt, untilAt)}: ${SILENCE_WORDS[why]}`}</li>
        ))}
      </ul>
    </>
  );
}

export function HomeTime({ patterns: { home } }: { readonly patterns: Patterns }) {
  return (
    <>
      <p class="tw-sub">
        {home.addresses.length === 0
          ? 'No curfew of that time names an address: nothing on record says where they live.'
          : `By the address of ${home.addresses.map(({ conditionId, zoneId }) => `${conditionId} (zone ${zoneId})`).join(', ')}.`}{' '}
        The night is from 23:00 until 07:00, as far as it lies within the day.
      </p>
      <table class="tw-table">
        <caption class="govuk-visually-hidden">Time at home by day</caption>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">By night</th>
            <th scope="col">By day</th>
          </tr>
        </thead>
        <tbody>
          {home.days.map(({ date, night, day }) => (
            <tr key={date}>
              <th scope="row">{dayOnly(Date.parse(`${date}T12:00:00Z`))}</th>
              <td>{homeWords(night)}</td>
              <td>{homeWords(day)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

interface Pair {
  readonly together: Together;
  readonly first: string;
  readonly second: string;
}

export function Meetings({ together, first, second, onShow }: Pair & Shows) {
  const { meetings, notCompared, minutes, withinMetres } = together;
  return (
    <>
      <p>{notComparedWords(together, first, second)}</p>
      {meetings.length === 0 ? (
        <p class="tw-none">{`Where they could be compared they were not within ${withinMetres} m of each other.`}</p>
      ) : (
        <table class="tw-table">
          <caption>{`Within ${withinMetres} m of each other ${meetings.length === 1 ? 'once' : `${meetings.length} times`}, ${minutesWords(minutes)} in all`}</caption>
          <thead>
            <tr>
              <th scope="col">Map</th>
              <th scope="col">When</th>
              <th scope="col">Within the distance</th>
              <th scope="col">Nearest</th>
              <th scope="col">Fixes nearest to that</th>
            </tr>
          </thead>
          <tbody>
            {meetings.map((meeting, n) => {
              const letter = String.fromCharCode(65 + (n % 26));
              const { closest } = meeting;
              return (
                <tr key={meeting.fromAt}>
                  <th scope="row">
                    {letter} <ShowButton label={`Show meeting ${letter} on the map`} place={closest} onShow={onShow} />
                  </th>
                  <td>{spanWords(meeting.fromAt, meeting.untilAt)}</td>
                  <td>{minutesWords(meeting.minutes)}</td>
                  <td>
                    {closestWords(meeting)}
                    <br />
                    <span class="tw-sub">{`${dayAndTime(Date.parse(closest.at))}, ${placeWords(closest)}`}</span>
                  </td>
                  <td>{`${first}: ${duration(closest.fixOfFirstSeconds * 1_000)} off; ${second}: ${duration(closest.fixOfSecondSeconds * 1_000)} off`}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {notCompared.length === 0 ? null : (
        <details>
          <summary>{`Not compared: ${notCompared.length} times of a quarter of an hour or more`}</summary>
          <ul class="tw-sentences">
            {notCompared.map(({ fromAt, untilAt, unseen, isDeleted }) => (
              <li key={fromAt}>
                {`${spanWords(fromAt, untilAt)}: ${unseenWords(unseen, first, second)}${isDeleted ? '; some of it was deleted under retention' : ''}`}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function unseenWords(unseen: Together['notCompared'][number]['unseen'], first: string, second: string): string {
  switch (unseen) {
    case 'first':
      return `${first} was not seen`;
    case 'second':
      return `${second} was not seen`;
    case 'both':
      return 'neither was seen';
    case 'in turn':
      return 'one or the other was not seen';
  }
}

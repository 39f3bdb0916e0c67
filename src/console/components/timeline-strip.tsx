/** Days of a wearer as a strip, a row a local day, and the same in words. */
import type { Timeline } from '../../wire/timeline.js';
import { zoneNameOf } from '../live/live.js';
import { type DayRow, isViolation, ROW_WIDTH, toDayRows } from '../model/timeline-rows.js';
import { alertAddress } from '../route.js';
import { cutWords, dayWords, lengthWords, PRESENCE_WORDS, presenceWords } from '../words/timeline-words.js';
import { dayOnly, hourAndMinute, hourOfDay, timeOfDay } from '../words/times.js';
import { KIND_WORDS } from '../words/words.js';

interface Props {
  readonly timeline: Timeline;
  /** The day whose trail is shown. */
  readonly day: string;
  readonly onDay: (day: string) => void;
}

const nameOfDay = ({ fromMs }: Pick<DayRow, 'fromMs'>): string => dayOnly(fromMs);
/** Of more rows only those of another length have hours of their own. */
const MARKED_ROWS = 7;

export function TimelineStrip({ timeline, day, onDay }: Props) {
  const rows = toDayRows(timeline, hourOfDay);
  const unknown = presenceOf(rows, 'unknown');
  return (
    <>
      {(['alerts', 'deviceEvents'] as const)
        .map((what) => cutWords(timeline, what))
        .filter((words) => words !== '')
        .map((words) => (
          <p key={words} class="tw-days__cut">{`${words}.`}</p>
        ))}
      <svg class="tw-day__patterns" width="0" height="0" aria-hidden="true">
        <defs>
          <pattern id="strip-unknown" width="7" height="7" patternUnits="userSpaceOnUse">
            <path d="M0 7 7 0" class="tw-day__hatch" />
          </pattern>
          <pattern id="strip-out" width="4" height="4" patternUnits="userSpaceOnUse">
            <path d="M0 2H4" class="tw-day__lines" />
          </pattern>
        </defs>
      </svg>
      <ol class="tw-days" aria-label="Days, the newest first">
        {rows.map((row, index) => (
          <li key={row.date} class="tw-day">
            <button
              type="button"
              class="tw-day__name"
              aria-pressed={row.date === day}
              aria-label={`Show the trail of ${nameOfDay(row)}`}
              onClick={() => onDay(row.date)}
            >
              {nameOfDay(row)}
              {lengthWords(row) === null ? null : <span class="tw-sub">{`${row.hours} h`}</span>}
            </button>
            <Row row={row} hasHours={rows.length <= MARKED_ROWS || row.hours !== 24 || index === rows.length - 1} />
          </li>
        ))}
      </ol>
      <Legend />
      <details class="tw-days__words">
        <summary>The same in words{unknown === '' ? '' : `; ${unknown}`}</summary>
        <InWords rows={rows} />
      </details>
    </>
  );
}

function presenceOf(rows: readonly DayRow[], what: 'unknown'): string {
  const days = rows.filter((row) => presenceWords(row, what) !== '').length;
  return days === 0 ? '' : `${PRESENCE_WORDS[what]} at times on ${days} ${days === 1 ? 'day' : 'days'}`;
}

function Row({ row, hasHours }: { readonly row: DayRow; readonly hasHours: boolean }) {
  return (
    <svg
      class="tw-day__row"
      viewBox={`0 0 ${ROW_WIDTH} ${hasHours ? 82 : 60}`}
      role="img"
      aria-label={dayWords(row, nameOfDay(row))}
    >
      <rect class="tw-day__ground" x="0" y="18" width={row.width} height="28" />
      {row.presence.map(({ x, width, what, fromMs }) => (
        <rect key={fromMs} class={`tw-day__bar tw-day__bar--${what}`} x={x} y="18" width={width} height="28" />
      ))}
      {row.periods.map(({ x, width, what }) => (
        <rect key={what.id} class="tw-day__period" x={x} y="41" width={width} height="5" />
      ))}
      {row.demanded.map(({ x, width, fromMs }) => (
        <rect key={fromMs} class="tw-day__demanded" x={x} y="49" width={width} height="7" />
      ))}
      {row.alerts.map(({ x, width, what }) => (
        <rect
          key={what.alertId}
          class={`tw-day__alert ${isViolation(what) ? `tw-day__alert--${what.strength}` : 'tw-day__alert--device'}`}
          x={x}
          y={isViolation(what) ? 0 : 10}
          width={width}
          height={isViolation(what) ? 16 : 6}
        />
      ))}
      {row.deviceEvents.map(({ x, atMs }) => (
        <path key={atMs} class="tw-day__event" d={`M${x - 7} 18h14l-7 12z`} />
      ))}
      {row.marks.map(({ x, atMs }) => (
        <path key={atMs} class="tw-day__tick" d={`M${x} 46v11`} />
      ))}
      {hasHours
        ? row.marks.map(({ x, atMs }) => (
            <text key={atMs} class="tw-day__hour" x={x} y="78">
              {hourAndMinute(atMs, atMs)}
            </text>
          ))
        : null}
    </svg>
  );
}

const KEYS = [
  ['tw-day__bar--home', 'At home'],
  ['tw-day__bar--out', 'Out'],
  ['tw-day__bar--unknown', 'UNKNOWN: not heard'],
  ['tw-day__bar--deleted', 'Deleted under retention'],
  ['tw-day__demanded', 'Curfew hours'],
  ['tw-day__alert--confirmed', 'Violation, confirmed'],
  ['tw-day__alert--suspected', 'Violation, suspected'],
  ['tw-day__alert--device', 'Alert about the tag'],
  ['tw-day__period', 'Authorised absence, custody or suspension'],
  ['tw-day__event', 'The tag said something'],
] as const;

function Legend() {
  return (
    <ul class="tw-days__keys" aria-label="Legend of the strip">
      {KEYS.map(([name, words]) => (
        <li key={name}>
          <svg width="22" height="12" viewBox="0 0 22 12" aria-hidden="true">
            {name === 'tw-day__event' ? (
              <path class={name} d="M6 1h10l-5 9z" />
            ) : (
              <rect class={name} x="1" y="1" width="20" height="10" />
            )}
          </svg>
          {words}
        </li>
      ))}
    </ul>
  );
}

function InWords({ rows }: { readonly rows: readonly DayRow[] }) {
  return (
    <table class="tw-table">
      <caption>A row a local day, from midnight to midnight in Europe/London</caption>
      <thead>
        <tr>
          <th scope="col">Day</th>
          <th scope="col">At home</th>
          <th scope="col">Out</th>
          <th scope="col">UNKNOWN</th>
          <th scope="col">Alerts and what the tag said</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.date}>
            <th scope="row">
              {nameOfDay(row)}
              {lengthWords(row) === null ? null : <span class="tw-sub">{lengthWords(row)}</span>}
            </th>
            <td>{presenceWords(row, 'home') || 'at no time'}</td>
            <td>{presenceWords(row, 'out') || 'at no time'}</td>
            <td>{presenceWords(row, 'unknown') || 'at no time'}</td>
            <td>
              <Told row={row} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** More of one day than one reads: the rest is counted. */
const TOLD_LIMIT = 6;
const moreWords = (count: number, what: string): string => `${count} more ${what}${count === 1 ? '' : 's'}`;

function Told({ row }: { readonly row: DayRow }) {
  const { alerts, deviceEvents, periods } = row;
  const other = OTHER_PRESENCE.filter((what) => presenceWords(row, what) !== '');
  if (alerts.length + deviceEvents.length + periods.length + other.length === 0) return <>none</>;
  return (
    <ul class="tw-days__told">
      {other.map((what) => (
        <li key={what}>{`${PRESENCE_WORDS[what]}: ${presenceWords(row, what)}`}</li>
      ))}
      {alerts.slice(0, TOLD_LIMIT).map(({ what, fromMs }) => (
        <li key={what.alertId}>
          <a href={alertAddress(what.alertId)}>
            {`${KIND_WORDS[what.kind]}${what.zoneId === null ? '' : `, ${zoneNameOf(what.zoneId) ?? what.zoneId}`}`}
          </a>
          {` ${what.strength}, from ${hourAndMinute(fromMs, row.fromMs)}`}
        </li>
      ))}
      {alerts.length > TOLD_LIMIT ? <li>{`and ${moreWords(alerts.length - TOLD_LIMIT, 'alert')}`}</li> : null}
      {deviceEvents.slice(0, TOLD_LIMIT).map(({ atMs, events }) => (
        <li key={atMs}>{`The tag said ${events.join(', ')} at ${timeOfDay(atMs, atMs)}`}</li>
      ))}
      {deviceEvents.length > TOLD_LIMIT ? (
        <li>{`and ${moreWords(deviceEvents.length - TOLD_LIMIT, 'message')} of the tag`}</li>
      ) : null}
      {periods.map(({ what }) => (
        <li key={what.id}>{`${PERIOD_WORDS[what.kind]} ${what.id}`}</li>
      ))}
    </ul>
  );
}

/** What has no column of its own. */
const OTHER_PRESENCE = ['heard', 'not-fitted'] as const;
const PERIOD_WORDS = { absence: 'Authorised absence', suspension: 'Suspension', custody: 'In custody' } as const;

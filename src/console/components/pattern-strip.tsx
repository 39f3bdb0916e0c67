/** Stops and silences of local days, a row of 24 hours each; the same in words for who hears it, and in the tables. */
import type { Patterns } from '../../wire/patterns.js';
import { type PatternRow, toPatternRows } from '../model/pattern-rows.js';
import { ROW_WIDTH } from '../model/timeline-rows.js';
import { rowWords } from '../words/pattern-words.js';
import { dayOnly, hourOfDay } from '../words/times.js';

export function PatternStrip({ patterns }: { readonly patterns: Patterns }) {
  const rows = toPatternRows(patterns, hourOfDay);
  return (
    <section aria-label="Days">
      <svg class="tw-day__patterns" width="0" height="0" aria-hidden="true">
        <defs>
          <pattern id="strip-unknown" width="7" height="7" patternUnits="userSpaceOnUse">
            <path d="M0 7 7 0" class="tw-day__hatch" />
          </pattern>
        </defs>
      </svg>
      <ol class="tw-days" aria-label="Days, the newest first">
        {rows.map((row, index) => (
          <li key={row.date} class="tw-day">
            <span class="tw-pattern-day">{dayOnly(row.fromMs)}</span>
            <Row row={row} hasHours={index === rows.length - 1} />
          </li>
        ))}
      </ol>
      <p class="tw-sub">
        Filled: a stop, with the number of its usual place. Empty: on the way. Hatched: nothing heard that is good
        enough, which is no stop. Dashed: deleted under retention, or no tag.
      </p>
    </section>
  );
}

function Row({ row, hasHours }: { readonly row: PatternRow; readonly hasHours: boolean }) {
  return (
    <svg
      class="tw-day__row"
      viewBox={`0 0 ${ROW_WIDTH} ${hasHours ? 54 : 32}`}
      role="img"
      aria-label={rowWords(row, dayOnly(row.fromMs))}
    >
      <rect class="tw-day__ground" x="0" y="2" width={row.width} height="28" />
      {row.silences.map(({ x, width, why, fromMs }) => (
        <rect
          key={fromMs}
          class={`tw-day__bar tw-day__bar--${why === 'gap' ? 'unknown' : why}`}
          x={x}
          y="2"
          width={width}
          height="28"
        />
      ))}
      {row.stops.map(({ x, width, stop, fromMs }) => (
        <g key={fromMs}>
          <rect class="tw-day__bar tw-day__bar--home" x={x} y="2" width={width} height="28" />
          {stop.place === null || width < 22 ? null : (
            <text class="tw-pattern-number" x={x + width / 2} y="23" text-anchor="middle">
              {stop.place}
            </text>
          )}
        </g>
      ))}
      {hasHours
        ? row.marks.map(({ x, hour }) => (
            <text key={x} class="tw-day__hour" x={x} y="50">
              {String(hour).padStart(2, '0')}
            </text>
          ))
        : null}
    </svg>
  );
}

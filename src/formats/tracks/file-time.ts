/** Dates and times as track files write them, in any spelling that can mean one thing only. */

import { parseInstant } from '../instant.js';
import { textOf } from '../text-of.js';

/** What one value says. Milliseconds: of an instant since 1970, of a time of day since midnight; an offset is east of UTC. */
export type TimeReading =
  | { readonly kind: 'instant'; readonly ms: number }
  /** A date and a time of day, and nothing that says where on earth. */
  | { readonly kind: 'zoneless'; readonly ms: number }
  | { readonly kind: 'date'; readonly ms: number }
  | { readonly kind: 'time-of-day'; readonly ms: number; readonly offsetMs: number | null }
  /** Which number is the day and which the month cannot be told. */
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'unreadable' };

/** Which of two numbers is the day, where the name of the column says so (`Date (DD/MM/YYYY)`). */
export type DayOrder = 'day-first' | 'month-first' | null;

const UNREADABLE: TimeReading = { kind: 'unreadable' };
/** No spelling of an instant is longer. */
const MAX_LENGTH = 64;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** The widest there are: UTC-12 and UTC+14. */
const MAX_OFFSET_MS = 14 * HOUR_MS;
const LARGEST_DATE_MS = 8.64e15;
/** Numbers since 1970 by their size: seconds, milliseconds (from March 1973 on), microseconds, nanoseconds (up to the year 5138). */
const SMALLEST_EPOCH_MS = 1e11;
const SMALLEST_EPOCH_US = 1e14;
const SMALLEST_EPOCH_NS = 1e17;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

function readEpoch(value: number): TimeReading {
  const size = Math.abs(value);
  const factor =
    size < SMALLEST_EPOCH_MS ? 1_000 : size < SMALLEST_EPOCH_US ? 1 : size < SMALLEST_EPOCH_NS ? 1e-3 : 1e-6;
  const ms = Math.floor(factor >= 1 ? value * factor : value / Math.round(1 / factor));
  return Math.abs(ms) <= LARGEST_DATE_MS ? { kind: 'instant', ms } : UNREADABLE;
}

/** Midnight UTC of a day that exists, or null. */
function toDayMs(year: number, month: number, day: number): number | null {
  const ms = Date.UTC(year, month - 1, day);
  const date = new Date(ms);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= 1 ? ms : null;
}

const DATES = {
  yearFirst: /^(\d{4})([-/.:])(\d{1,2})\2(\d{1,2})(?!\d)/,
  compact: /^(\d{4})(\d{2})(\d{2})(?=$|\D|\d{6}(?!\d)|\d{4}(?!\d))/,
  yearLast: /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)/,
  dayName: /^(\d{1,2})[\s./-]*([a-z]{3,9})[\s./,-]*(\d{4})(?!\d)/,
  nameDay: /^([a-z]{3,9})[\s.]*(\d{1,2})(?:st|nd|rd|th)?[\s,]+(\d{4})(?!\d)/,
} as const;

type Found<T> = { readonly value: T; readonly length: number } | null;

function readYearLast(
  [, first, separator, second, year]: RegExpExecArray,
  order: DayOrder,
): number | 'ambiguous' | null {
  const a = Number(first);
  const b = Number(second);
  // With dots the day comes first wherever such dates are written.
  const chosen = order ?? (separator === '.' || a > 12 ? 'day-first' : b > 12 ? 'month-first' : null);
  if (chosen === null && a !== b) return 'ambiguous';
  return chosen === 'month-first' ? toDayMs(Number(year), a, b) : toDayMs(Number(year), b, a);
}

function monthOf(name: string | undefined): number {
  return MONTHS.indexOf((name ?? '').slice(0, 3)) + 1;
}

/** The date at the beginning of a text in lower case. */
function readDate(text: string, order: DayOrder): Found<number | 'ambiguous'> {
  const done = (match: RegExpExecArray, value: number | 'ambiguous' | null) =>
    value === null ? null : { value, length: match[0].length };
  let match = DATES.yearFirst.exec(text);
  if (match) return done(match, toDayMs(Number(match[1]), Number(match[3]), Number(match[4])));
  match = DATES.compact.exec(text);
  if (match) return done(match, toDayMs(Number(match[1]), Number(match[2]), Number(match[3])));
  match = DATES.yearLast.exec(text);
  if (match) return done(match, readYearLast(match, order));
  match = DATES.dayName.exec(text);
  if (match) return done(match, toDayMs(Number(match[3]), monthOf(match[2]), Number(match[1])));
  match = DATES.nameDay.exec(text);
  return match ? done(match, toDayMs(Number(match[3]), monthOf(match[1]), Number(match[2]))) : null;
}

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?(?:\s*([ap])\.?m\.?(?![a-z]))?/;
/** As NMEA has it, `140500.00`; after a date also `1405`. */
const COMPACT_CLOCK = /^(\d{2})(\d{2})(?:(\d{2})(?:[.,](\d+))?)?(?![\d:])/;

/** The time of day at the beginning of a text in lower case. A leap second is the next second, as in RFC 3339. */
function readTimeOfDay(text: string, isAfterDate: boolean): Found<number> {
  const match = CLOCK.exec(text) ?? COMPACT_CLOCK.exec(text);
  if (match === null) return null;
  const [whole, hours, minutes, seconds, fraction = '', half] = match;
  if (seconds === undefined && !isAfterDate && !whole.includes(':')) return null;
  let hour = Number(hours);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half === 'p' ? 12 : 0);
  }
  const minute = Number(minutes);
  const second = Number(seconds ?? 0);
  if (hour > 23 || minute > 59 || second > 60) return null;
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return { value: hour * HOUR_MS + minute * MINUTE_MS + second * 1_000 + ms, length: whole.length };
}

const ZONE = /^(?:z|(?:utc|gmt|ut)?\s*(?:([+-])\s*(\d{1,2})(?::?(\d{2}))?(?::?00)?)?)$/;

/** The offset that a text in lower case is, ms east of UTC; null: it is none. */
function readZone(text: string): number | null {
  const match = ZONE.exec(text);
  if (match === null || text === '') return null;
  const [, sign, hours, minutes = '0'] = match;
  if (sign === undefined) return 0;
  const ms = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS;
  return Number(minutes) < 60 && ms <= MAX_OFFSET_MS ? (sign === '-' ? -ms : ms) + 0 : null;
}

const normalise = (text: string) =>
  text
    .trim()
    .toLowerCase()
    .replace(/[\u2212\u2013]/g, '-')
    .replace(/[\s\u00a0\u202f]+/g, ' ')
    .replace(/^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? (?=.)/, '');

function combine(dayMs: number | 'ambiguous', timeMs: number, offsetMs: number | null): TimeReading {
  if (dayMs === 'ambiguous') return { kind: 'ambiguous' };
  const ms = dayMs + timeMs - (offsetMs ?? 0);
  return { kind: offsetMs === null ? 'zoneless' : 'instant', ms };
}

/** A time of day, what may stand behind it, and whether that was all. */
function readTimeAndZone(
  text: string,
  isAfterDate: boolean,
): Found<{ ms: number; offsetMs: number | null; rest: string }> {
  const time = readTimeOfDay(text, isAfterDate);
  if (time === null) return null;
  const rest = text.slice(time.length).trim();
  const offsetMs = readZone(rest);
  const value = { ms: time.value, offsetMs, rest: offsetMs === null ? rest : '' };
  return { value, length: text.length };
}

function readText(text: string, order: DayOrder): TimeReading {
  const date = readDate(text, order);
  if (date !== null) {
    const rest = text.slice(date.length).replace(/^[t,_ ]+|^:(?=\d)|^-(?=\d{2}:)/, '');
    if (rest === '') return date.value === 'ambiguous' ? { kind: 'ambiguous' } : { kind: 'date', ms: date.value };
    const time = readTimeAndZone(rest, true)?.value;
    return time === undefined || time.rest !== '' ? UNREADABLE : combine(date.value, time.ms, time.offsetMs);
  }
  const time = readTimeAndZone(text.replace(/^t(?=\d)/, ''), false)?.value;
  if (time === undefined) return UNREADABLE;
  if (time.rest === '') return { kind: 'time-of-day', ms: time.ms, offsetMs: time.offsetMs };
  const after = readDate(time.rest.replace(/^,? ?/, ''), order);
  return after === null || after.length < time.rest.replace(/^,? ?/, '').length
    ? UNREADABLE
    : combine(after.value, time.ms, null);
}

/** What a value says about time; numbers are seconds, milliseconds, microseconds or nanoseconds since 1970, by their size. */
export function readFileTime(value: unknown, order: DayOrder = null): TimeReading {
  if (typeof value === 'number') return readEpoch(value);
  if (typeof value !== 'string' || value.length > MAX_LENGTH) return UNREADABLE;
  const ms = parseInstant(value);
  if (ms !== null) return { kind: 'instant', ms };
  const text = normalise(value);
  return /^\d{9,13}(\.\d+)?$|^\d{16}$|^\d{19}$/.test(text) ? readEpoch(Number(text)) : readText(text, order);
}

/**
 * The offset that a column of its own says: `+01:00`, `+0100`, `+1`, `UTC+1`, `Z`, or a bare number of hours. `unitMs` is what the
 * column's name says that a number counts; null: it says nothing. Null: no offset, such as an abbreviation (there are three `IST`).
 */
export function readFileOffset(value: unknown, unitMs: number | null = null): number | null {
  const text = normalise(textOf(value));
  if (/^[+-]?\d+(\.\d+)?$/.test(text) && (unitMs !== null || !/^[+-]?\d{3,4}$/.test(text))) {
    const ms = Number(text) * (unitMs ?? HOUR_MS);
    return Math.abs(ms) <= MAX_OFFSET_MS ? Math.round(ms) + 0 : null;
  }
  return readZone(/^\d{1,2}:?\d{2}$/.test(text) ? `+${text}` : text);
}

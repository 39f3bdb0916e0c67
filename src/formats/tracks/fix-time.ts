/** The instant of one fix, from all that a file says about its time: one column, two, and a zone in a third. */
import { readFileOffset, readFileTime, type TimeReading } from './file-time.js';
import type { Fields, Named } from './track-fields.js';
import { dayOrderOf, isLocalName, isUtcName } from './track-names.js';

/** Epoch ms, or why there is none. */
export type FixTime = { readonly ms: number } | { readonly fault: string };

interface Candidate extends Named {
  readonly reading: TimeReading;
}

const shown = (value: unknown) =>
  typeof value === 'object' ? 'of another kind' : JSON.stringify(String(value).slice(0, 40));

/** As in `"Date" "05/11/2026", "Time" "14:05"`. */
function tell(candidates: readonly Candidate[]): string {
  return candidates
    .slice(0, 3)
    .map(({ name, value }) => (name === '' ? `the time ${shown(value)}` : `${JSON.stringify(name)} ${shown(value)}`))
    .join(', ');
}

function findFault(candidates: readonly Candidate[]): string {
  const kinds = new Set(candidates.map(({ reading }) => reading.kind));
  const all = tell(candidates);
  if (kinds.has('ambiguous')) return `Of ${all}, the day and the month cannot be told apart; write it as YYYY-MM-DD.`;
  if (kinds.has('date'))
    return `There is no time of day: ${all}. A date alone is no instant; add the time of day, or a column "time" that has it.`;
  if (kinds.has('time-of-day'))
    return `There is no date: ${all}. A time of day alone is no instant; add the date, or a column "date" that has it.`;
  const [first] = candidates;
  return `The time ${shown(first?.value)} cannot be read.`;
}

/** A time without a zone made an instant by the zone's own column; without such a column it is UTC. */
function placeZoneless(ms: number, name: string, offset: Fields['offset']): FixTime {
  if (offset === undefined || isUtcName(name)) {
    return isLocalName(name)
      ? { fault: `${JSON.stringify(name)} is local time, and nothing says how far it is ahead of UTC.` }
      : { ms };
  }
  const offsetMs = readFileOffset(offset.value, offset.unitMs === 0 ? null : offset.unitMs);
  if (offsetMs !== null) return { ms: ms - offsetMs };
  const detail = `${JSON.stringify(offset.name)} ${shown(offset.value)} is no offset from UTC such as +01:00`;
  return { fault: `${detail}, so ${JSON.stringify(name)} cannot be placed.` };
}

/** Spreadsheets write a date as its midnight, and a time of day as one of the days before their first. */
function splitSpreadsheet(reading: TimeReading): TimeReading {
  if (reading.kind !== 'zoneless') return reading;
  const dayMs = Math.floor(reading.ms / 86_400_000) * 86_400_000;
  if (dayMs < Date.UTC(1904, 0, 2)) return { kind: 'time-of-day', ms: reading.ms - dayMs, offsetMs: null };
  return reading;
}

/** The instant that the fields of a fix name. */
export function resolveFixTime(fields: Fields): FixTime {
  const given: Named[] = [...(fields.named?.time ?? [])];
  if (fields.time !== undefined && fields.time !== null && fields.time !== '')
    given.unshift({ name: '', value: fields.time });
  // A column of that name is a date in half of Europe.
  const dates = (fields.named?.datum ?? []).filter(({ value }) => readFileTime(value).kind === 'date');
  const candidates = [...given, ...dates].map(({ name, value }): Candidate => {
    return { name, value, reading: splitSpreadsheet(readFileTime(value, dayOrderOf(name))) };
  });
  if (candidates.length === 0) return { fault: 'There is no time.' };

  const timeOfDay = candidates.find(({ reading }) => reading.kind === 'time-of-day');
  const whole = candidates.find(({ reading }) => reading.kind === 'instant' || reading.kind === 'zoneless');
  const isMidnight = whole?.reading.kind === 'zoneless' && whole.reading.ms % 86_400_000 === 0;
  if (whole !== undefined && !(isMidnight && timeOfDay !== undefined)) {
    const { reading, name } = whole;
    if (reading.kind === 'instant') return { ms: reading.ms };
    if (reading.kind === 'zoneless') return placeZoneless(reading.ms, name, fields.offset);
  }
  const date = isMidnight ? whole : candidates.find(({ reading }) => reading.kind === 'date');
  if (date === undefined || timeOfDay === undefined) return { fault: findFault(candidates) };
  const { reading } = timeOfDay;
  if (!('ms' in date.reading) || reading.kind !== 'time-of-day') return { fault: findFault(candidates) };
  const ms = date.reading.ms + reading.ms;
  if (reading.offsetMs !== null) return { ms: ms - reading.offsetMs };
  return placeZoneless(ms, `${timeOfDay.name}`, fields.offset);
}

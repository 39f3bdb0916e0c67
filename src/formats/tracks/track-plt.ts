/**
 * GeoLife's `.plt`: six lines of header, then `latitude,longitude,0,altitude in feet (-777: unknown),days since 1899-12-30,date,
 * time`, in GMT (GeoLife GPS Trajectories, User Guide 1.3).
 */
import { createItemMaker, type TrackReader } from './track-item.js';
import { readLines } from './track-lines.js';

const HEADER_LINES = 6;
const METRES_PER_FOOT = 0.3048;
const UNKNOWN_ALTITUDE_FEET = -777;
const DAY_MS = 86_400_000;
const LARGEST_DATE_MS = 8.64e15;
const DAY_ZERO_MS = Date.UTC(1899, 11, 30);

const utf8 = new TextDecoder();

/** The date and time, which are exact; the days are a fraction that is rounded. */
function pickTime(days: string, date: string, time: string): unknown {
  if (date !== '' && time !== '') return `${date} ${time}`;
  const number = days === '' ? Number.NaN : Number(days);
  const ms = DAY_ZERO_MS + Math.round((number * DAY_MS) / 1_000) * 1_000;
  return Math.abs(ms) <= LARGEST_DATE_MS ? new Date(ms).toISOString() : days;
}

function readAltitude(feet: string): number | undefined {
  const value = feet === '' ? Number.NaN : Number(feet);
  if (!Number.isFinite(value) || value === UNKNOWN_ALTITUDE_FEET) return undefined;
  return Number((value * METRES_PER_FOOT).toFixed(2));
}

/** One fix a line; the file names no tag, so the options have to. */
export const readPltTrack: TrackReader = async function* (chunks, options) {
  const items = createItemMaker(options);
  for await (const { line, bytes } of readLines(chunks)) {
    const text = utf8.decode(bytes).trim();
    if (line <= HEADER_LINES || text === '') continue;
    const [latitude = '', longitude = '', , feet = '', days = '', date = '', time = ''] = text
      .split(',')
      .map((field) => field.trim());
    const at = { line, place: `line ${line}` };
    if (longitude === '' || latitude === '') {
      yield { ...at, ok: false, detail: 'A line holds at least a latitude and a longitude.' };
      continue;
    }
    const fields = { latitude, longitude, altitudeMetres: readAltitude(feet), time: pickTime(days, date, time) };
    yield* items.make(at, fields);
  }
};

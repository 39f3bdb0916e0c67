/** What every reader of track files gives: pings in Tagwatch's JSON with their place in the file, or why there is none. */

import { parseInstant } from './instant.js';
import { parsePing } from './tagwatch-ping.js';
import { type FieldRole, type Fields, toNumber } from './track-fields.js';

/** A ping as `POST /api/v1/pings` takes it. What a file says is passed on as it is: `parsePing` judges values and ranges. */
export interface WirePing {
  readonly tagId: string;
  readonly fixedAt: string;
  readonly sequence?: unknown;
  readonly latitude?: unknown;
  readonly longitude?: unknown;
  readonly accuracyMetres?: unknown;
  readonly mechanism?: unknown;
  readonly speedKmh?: unknown;
  readonly headingDegrees?: unknown;
  readonly altitudeMetres?: unknown;
  readonly satellites?: unknown;
  readonly batteryPercent?: unknown;
  readonly deviceEvents?: unknown;
}

/** Where in the file: its line from 1 (null where lines mean nothing) and the words for it, `trkpt 3 (line 12)`. */
export interface Place {
  readonly line: number | null;
  readonly place: string;
}

export type TrackItem = Place &
  ({ readonly ok: true; readonly ping: WirePing } | { readonly ok: false; readonly detail: string });

export interface TrackOptions {
  /**
   * Whose fixes they are: one tag, or the column, property or (GPX, KML: `name`) element that names it; null: as the file says
   * in `tagId`, as Tagwatch's own exports do.
   */
  readonly tag: { readonly tagId: string } | { readonly column: string } | null;
  /** Metres, for fixes without an accuracy of their own; null: none is sent. */
  readonly accuracyMetres: number | null;
}

/** A reader of one format. Bad fixes come as items, and reading goes on; throws {@link TrackUnreadable} where it cannot. */
export type TrackReader = (chunks: AsyncIterable<Uint8Array>, options: TrackOptions) => AsyncIterable<TrackItem>;

/** The file as a whole, or the rest of it, cannot be read; the message says why, and where. */
export class TrackUnreadable extends Error {
  override readonly name = 'TrackUnreadable';
}

/** Epoch ms below this are taken for seconds: as ms it is March 1973, as seconds the year 5138. */
const SMALLEST_EPOCH_MS = 1e11;
const LARGEST_DATE_MS = 8.64e15;

/** Epoch ms of a time as files write it: ISO, without a zone UTC, or seconds or milliseconds since 1970; null: neither. */
export function readTrackTime(value: unknown): number | null {
  if (typeof value === 'string') {
    const text = value.trim();
    return /^\d{9,13}(\.\d+)?$/.test(text) ? readTrackTime(Number(text)) : parseInstant(text, 'utc');
  }
  if (typeof value !== 'number' || !(Math.abs(value) <= LARGEST_DATE_MS)) return null;
  return Math.floor(Math.abs(value) < SMALLEST_EPOCH_MS ? value * 1_000 : value);
}

/** The name in the file that holds the tag; null: the options give it. */
export function tagNameOf({ tag }: TrackOptions): string | null {
  if (tag === null) return 'tagId';
  return 'tagId' in tag ? null : tag.column;
}

function show(value: unknown): string {
  return typeof value === 'object' ? 'of another kind' : JSON.stringify(String(value).slice(0, 40));
}

/** What is wrong with the place, or null. A fix that has one of the two coordinates has to have both, as numbers. */
function findFault(fields: Fields): string | null {
  if (!('latitude' in fields) && !('longitude' in fields)) return null;
  for (const name of ['latitude', 'longitude'] as const) {
    if (typeof toNumber(fields[name]) !== 'number') return `The ${name} is not a number.`;
  }
  return null;
}

function findTag(fields: Fields, tag: TrackOptions['tag']): string | null {
  if (tag !== null && 'tagId' in tag) return tag.tagId;
  const named = fields.tag;
  if (typeof named === 'number') return String(named);
  return typeof named === 'string' && named.trim() !== '' ? named.trim() : null;
}

/** Events as a list, or in one text parted by spaces, commas or semicolons. */
function readEvents(value: unknown): unknown {
  return typeof value === 'string' ? value.split(/[\s,;]+/).filter((event) => event !== '') : value;
}

const NUMBERS = [
  'sequence',
  'latitude',
  'longitude',
  'accuracyMetres',
  'speedKmh',
  'headingDegrees',
  'altitudeMetres',
  'satellites',
  'batteryPercent',
] as const satisfies readonly FieldRole[];

/** The item of one fix from what the file says about it. */
export function makeItem(at: Place, fields: Fields, options: TrackOptions): TrackItem {
  if (fields.time === undefined || fields.time === null || fields.time === '') {
    return { ...at, ok: false, detail: 'There is no time.' };
  }
  const fixedAtMs = readTrackTime(fields.time);
  if (fixedAtMs === null) return { ...at, ok: false, detail: `The time ${show(fields.time)} cannot be read.` };
  const fault = findFault(fields);
  if (fault !== null) return { ...at, ok: false, detail: fault };
  const tagId = findTag(fields, options.tag);
  if (tagId === null) {
    const detail = options.tag === null ? 'Neither the file (tagId) nor an option names the tag.' : 'The tag is empty.';
    return { ...at, ok: false, detail };
  }
  const ping: Record<string, unknown> = { tagId, fixedAt: new Date(fixedAtMs).toISOString() };
  for (const name of NUMBERS) {
    const value = toNumber(fields[name]);
    if (value !== undefined) ping[name] = value;
  }
  if (ping.accuracyMetres === undefined && ping.latitude !== undefined && options.accuracyMetres !== null) {
    ping.accuracyMetres = options.accuracyMetres;
  }
  if (fields.mechanism !== undefined && fields.mechanism !== '') ping.mechanism = fields.mechanism;
  const events = readEvents(fields.deviceEvents);
  if (events !== undefined && !(Array.isArray(events) && events.length === 0)) ping.deviceEvents = events;
  return { ...at, ok: true, ping: ping as unknown as WirePing };
}

/** Turns pings that would be refused into items that say so, for who wants to know before sending. */
export async function* checkTrack(items: AsyncIterable<TrackItem>, receivedAtMs: number): AsyncGenerator<TrackItem> {
  for await (const item of items) {
    const result = item.ok ? parsePing(item.ping, receivedAtMs) : null;
    if (result === null || result.ok) yield item;
    else yield { line: item.line, place: item.place, ok: false, detail: result.detail };
  }
}

/** What every reader of track files gives: pings in Tagwatch's JSON with their place in the file, or why there is none. */

import { isWgs84Name } from '../crs.js';
import { parsePing } from '../pings/tagwatch-ping.js';
import { textOf } from '../text-of.js';
import { readFileTime } from './file-time.js';
import { resolveFixPlace } from './fix-place.js';
import { resolveFixTime } from './fix-time.js';
import { readValidity } from './fix-validity.js';
import { createFieldPicker, type FieldPicker, type Fields, toNumber } from './track-fields.js';
import { type FieldRole, readLength } from './track-names.js';

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

/** A ping; a fix that cannot be used; or, with `isNote`, what is to be told about the file beside its fixes: nothing is lost by it. */
export type TrackItem = Place &
  (
    | { readonly ok: true; readonly ping: WirePing }
    | { readonly ok: false; readonly detail: string; readonly isNote?: true }
  );

export interface TrackOptions {
  /**
   * Whose fixes they are: one tag, or the column, property or (GPX, KML: `name`) element that names it; null: as the file says
   * in `tagId`, as Tagwatch's own exports do.
   */
  readonly tag: { readonly tagId: string } | { readonly column: string } | null;
  /** Metres, for fixes without an accuracy of their own; null: none is sent. */
  readonly accuracyMetres: number | null;
  /** Called for each fix that has got this accuracy. */
  readonly onAccuracyAssumed?: () => void;
}

/**
 * A reader of one format. Bad fixes come as items, and reading goes on; throws {@link TrackUnreadable} where it cannot, or
 * {@link TrackCut} where that is true of the rest alone.
 */
export type TrackReader = (chunks: AsyncIterable<Uint8Array>, options: TrackOptions) => AsyncIterable<TrackItem>;

/** The file as a whole cannot be read; the message says why, and where. What was read of it before is not to be used. */
export class TrackUnreadable extends Error {
  override readonly name = 'TrackUnreadable';
}

/** The rest of the file cannot be read: it is cut off or damaged. What came before is whole. */
export class TrackCut extends TrackUnreadable {
  /** From 1; null where lines mean nothing. */
  readonly line: number | null;

  constructor(message: string, line: number | null) {
    super(message);
    this.line = line;
  }
}

/** The name in the file that holds the tag; null: the options give it. */
export function tagNameOf({ tag }: TrackOptions): string | null {
  if (tag === null) return 'tagId';
  return 'tagId' in tag ? null : tag.column;
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
  'speedKmh',
  'headingDegrees',
  'altitudeMetres',
  'satellites',
  'batteryPercent',
] as const satisfies readonly FieldRole[];

/** What the file says of a reference system that is not WGS84, or null. */
function findForeignDatum(fields: Fields): string | null {
  const foreign = (fields.named?.datum ?? []).find(
    ({ value }) => readFileTime(value).kind !== 'date' && !isWgs84Name(textOf(value)),
  );
  if (foreign === undefined) return null;
  return `${JSON.stringify(foreign.name)} is ${JSON.stringify(textOf(foreign.value).slice(0, 40))}; positions are in WGS84. Convert them.`;
}

function readAccuracy(value: unknown): unknown {
  const number = toNumber(value);
  return typeof number === 'string' ? (readLength(number) ?? number) : number;
}

/** Makes the items of one file: what is told once for it is told once. */
export interface ItemMaker extends FieldPicker {
  /** The item of one fix, and before it what is to be told. */
  make(at: Place, fields: Fields): TrackItem[];
  /** Tells something with the next item, once for the file. */
  note(detail: string): void;
  /** What is still to be told where no item comes any more. */
  flush(at: Place): TrackItem[];
}

/** An item that tells something and loses nothing. */
export const makeNote = ({ line, place }: Place, detail: string): TrackItem => {
  return { line, place, ok: false, detail, isNote: true };
};

/** Why an array beside the positions of a track is not read. */
export const tellUnfitArray = (name: string, values: number, fixes: number): string =>
  `The array ${JSON.stringify(name.slice(0, 60))} is not read: it has ${values} values for ${fixes} fixes.`;

/** Most different notes of a file: more of them say nothing more. */
const MAX_NOTES = 100;

export function createItemMaker(options: TrackOptions): ItemMaker {
  const told = new Set<string>();
  let waiting: string[] = [];
  const note = (detail: string) => {
    if (told.has(detail) || told.size >= MAX_NOTES) return;
    told.add(detail);
    waiting.push(detail);
  };

  function flush(at: Place): TrackItem[] {
    const notes = waiting.map((detail) => makeNote(at, detail));
    waiting = [];
    return notes;
  }

  /** The position as the ping has it; a text is why it cannot be had. */
  function findPosition(fields: Fields, tell: (detail: string) => void): object | string {
    const place = resolveFixPlace(fields);
    if (place === null) return {};
    const { noFix, unknown } = readValidity(fields.named?.fix ?? []);
    for (const each of unknown) note(`${each}, which is not known: it is taken as a fix.`);
    if (noFix !== null) {
      tell(`No fix: ${noFix}, so this is a message without a position.`);
      return {};
    }
    if ('fault' in place) return place.fault;
    const foreign = findForeignDatum(fields);
    if (foreign !== null) return foreign;
    const accuracy = readAccuracy(fields.accuracyMetres);
    // A network's position has no satellites, but an accuracy; Tagwatch's own exports say the mechanism.
    const isWithoutGps =
      toNumber(fields.satellites) === 0 && accuracy === undefined && toNumber(fields.mechanism) === undefined;
    if (isWithoutGps) {
      tell('No fix: it has 0 satellites and no accuracy, so this is a message without a position.');
      return {};
    }
    if (options.accuracyMetres !== null && (accuracy === undefined || accuracy === 0)) {
      if (accuracy === 0)
        note(`An accuracy of 0 is unknown: ${options.accuracyMetres} m is taken, here and wherever that is so.`);
      options.onAccuracyAssumed?.();
      return { ...place, accuracyMetres: options.accuracyMetres };
    }
    return { ...place, ...(accuracy !== undefined && { accuracyMetres: accuracy }) };
  }

  function makeOne(at: Place, fields: Fields, tell: (detail: string) => void): TrackItem {
    const fail = (detail: string): TrackItem => ({ ...at, ok: false, detail });
    const time = resolveFixTime(fields);
    if ('fault' in time) return fail(time.fault);
    const events = readEvents(fields.deviceEvents);
    const hasEvents = events !== undefined && !(Array.isArray(events) && events.length === 0);
    let position = findPosition(fields, tell);
    if (typeof position === 'string') {
      if (!hasEvents) return fail(position);
      tell(`${position} Its device events are kept, without a position.`);
      position = {};
    }
    const tagId = findTag(fields, options.tag);
    if (tagId === null) {
      return fail(options.tag === null ? 'Neither the file (tagId) nor an option names the tag.' : 'The tag is empty.');
    }
    if (tagId.includes('\ufffd') && options.tag !== null && !('tagId' in options.tag)) {
      return fail('The tag is not UTF-8; save the file in that encoding.');
    }
    const date = new Date(time.ms);
    if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9_999 || date.getUTCFullYear() < 0) {
      return fail('The time is beyond any calendar.');
    }
    const ping: Record<string, unknown> = { tagId, fixedAt: date.toISOString(), ...position };
    for (const name of NUMBERS) {
      const value = toNumber(fields[name]);
      if (name === 'headingDegrees' && typeof value === 'string')
        note(
          `A direction in words, such as ${JSON.stringify(value.slice(0, 40))}, is no heading in degrees: not read.`,
        );
      else if (value !== undefined) ping[name] = value;
    }
    if (fields.mechanism !== undefined && fields.mechanism !== '') ping.mechanism = fields.mechanism;
    if (hasEvents) ping.deviceEvents = events;
    return { ...at, ok: true, ping: ping as unknown as WirePing };
  }

  return {
    ...createFieldPicker(tagNameOf(options), note),
    note,
    make(at, fields) {
      const ofThis: string[] = [];
      const item = makeOne(at, fields, (detail) => ofThis.push(detail));
      return [...flush(at), ...ofThis.map((detail) => makeNote(at, detail)), item];
    },
    flush,
  };
}

/** Turns pings that would be refused into items that say so, and notes what would be left out, for who wants to know beforehand. */
export async function* checkTrack(items: AsyncIterable<TrackItem>, receivedAtMs: number): AsyncGenerator<TrackItem> {
  for await (const item of items) {
    const result = item.ok ? parsePing(item.ping, receivedAtMs) : null;
    if (result?.ok === true) for (const { detail } of result.ignored) yield makeNote(item, detail);
    if (result === null || result.ok) yield item;
    else yield { line: item.line, place: item.place, ok: false, detail: result.detail };
  }
}

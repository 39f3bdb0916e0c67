/** Tracks as CSV, plain or gzipped, read row by row as pings in Tagwatch's JSON. */
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { type Column, findColumns, type TrackColumns } from './csv-columns.js';
import { parseInstant } from './instant.js';

/** A ping as `POST /api/v1/pings` takes it, as far as a track file can fill it. */
export interface WirePing {
  readonly tagId: string;
  readonly fixedAt: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracyMetres?: number;
  readonly speedKmh?: number;
  readonly headingDegrees?: number;
  readonly altitudeMetres?: number;
}

/** A row of the file: its ping, or why it is none. `line` counts from 1, the header included. */
export type TrackRow =
  | { readonly ok: true; readonly line: number; readonly ping: WirePing }
  | { readonly ok: false; readonly line: number; readonly detail: string };

export interface CsvOptions {
  /** Whose fixes they are: one tag, or the column that names it. */
  readonly tag: { readonly tagId: string } | { readonly column: string };
  /** Metres, for rows without an accuracy of their own; null: none is sent. */
  readonly accuracyMetres: number | null;
}

/** The file as a whole cannot be read; the message says why, and where. */
export class TrackUnreadable extends Error {
  override readonly name = 'TrackUnreadable';
}

/** The longest row that is read, characters: beyond it a quote was never closed. */
const MAX_ROW_LENGTH = 1_000_000;
/** How far the end of the first line is looked for, to guess the delimiter. */
const MAX_HEADER_BYTES = 65_536;
const NEWLINE = 10;
const GZIP_MAGIC = [0x1f, 0x8b] as const;
const DELIMITERS = [',', ';', '\t'] as const;

/** Chunks with the beginning looked at: as much of it as `isEnough` asks for, where there is so much. */
async function peek(
  chunks: AsyncIterable<Uint8Array>,
  isEnough: (head: Buffer) => boolean,
): Promise<{ head: Buffer; all: AsyncGenerator<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let isDone = false;
  while (!isDone && !isEnough(head)) {
    const next = await iterator.next();
    isDone = next.done === true;
    if (!next.done) head = Buffer.concat([head, next.value]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      if (head.length > 0) yield head;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { head, all: all() };
}

/** Ungzips what begins as gzip does, whatever the file is called. */
async function ungzip(chunks: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const { head, all } = await peek(chunks, ({ length }) => length >= 2);
  if (head[0] !== GZIP_MAGIC[0] || head[1] !== GZIP_MAGIC[1]) return all;
  // Errors reach the reader through the last stream, which the pipeline destroys with them.
  return pipeline(Readable.from(all), createGunzip(), () => {});
}

/** The delimiter that the first line holds most of. */
function guessDelimiter(head: Buffer): string {
  const text = head.toString('utf8');
  const newline = text.indexOf('\n');
  const line = newline === -1 ? text : text.slice(0, newline);
  const count = (delimiter: string) => line.split(delimiter).length;
  return DELIMITERS.reduce((best, each) => (count(each) > count(best) ? each : best));
}

function readNumber(record: readonly string[], column: Column | null): number | null {
  const text = column === null ? '' : (record[column.index] ?? '').trim();
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value * column!.factor : null;
}

/** Epoch ms of a time as files write it: ISO, without a zone UTC, or seconds or milliseconds since 1970. */
function readTime(text: string): number | null {
  if (/^\d{9,10}(\.\d+)?$/.test(text)) return Math.floor(Number(text) * 1_000);
  if (/^\d{12,13}$/.test(text)) return Number(text);
  return parseInstant(text, 'utc');
}

function toPing(record: readonly string[], columns: TrackColumns, options: CsvOptions): WirePing | string {
  const timeText = (record[columns.time.index] ?? '').trim();
  const fixedAtMs = readTime(timeText);
  if (fixedAtMs === null) return `The time ${JSON.stringify(timeText.slice(0, 40))} cannot be read.`;
  const latitude = readNumber(record, columns.latitude);
  const longitude = readNumber(record, columns.longitude);
  if (latitude === null) return 'The latitude is not a number.';
  if (longitude === null) return 'The longitude is not a number.';
  const tagId = 'tagId' in options.tag ? options.tag.tagId : (record[columns.tag!.index] ?? '').trim();
  if (tagId === '') return 'The tag is empty.';

  const accuracyMetres = readNumber(record, columns.accuracyMetres) ?? options.accuracyMetres;
  const speedKmh = readNumber(record, columns.speedKmh);
  const headingDegrees = readNumber(record, columns.headingDegrees);
  const altitudeMetres = readNumber(record, columns.altitudeMetres);
  return {
    tagId,
    fixedAt: new Date(fixedAtMs).toISOString(),
    latitude,
    longitude,
    ...(accuracyMetres === null ? {} : { accuracyMetres }),
    ...(speedKmh === null ? {} : { speedKmh }),
    ...(headingDegrees === null ? {} : { headingDegrees }),
    ...(altitudeMetres === null ? {} : { altitudeMetres }),
  };
}

/** What is told of an error that ended the reading. */
function toUnreadable(error: unknown): unknown {
  if (error instanceof CsvError) {
    // `lines` is there at run time, and the type does not name it.
    const { lines } = error as CsvError & { lines?: unknown };
    return new TrackUnreadable(
      `${typeof lines === 'number' ? `Near line ${lines}: ` : ''}this is not CSV (${error.code}).`,
    );
  }
  const { code } = error as NodeJS.ErrnoException;
  return code?.startsWith('Z_') ? new TrackUnreadable(`The gzip data are damaged or cut off (${code}).`) : error;
}

/**
 * Reads a track: the first line names the columns (`findColumns`), every other line is a fix. Rows that are none come as such,
 * with their line, and reading goes on. Throws `TrackUnreadable` where the columns are missing or the file is no CSV.
 */
export async function* readCsvTrack(
  chunks: AsyncIterable<Uint8Array>,
  options: CsvOptions,
): AsyncGenerator<TrackRow, void, undefined> {
  let columns: TrackColumns | null = null;
  try {
    const { head, all } = await peek(
      await ungzip(chunks),
      (bytes) => bytes.length > MAX_HEADER_BYTES || bytes.includes(NEWLINE),
    );
    const parser = parse({
      bom: true,
      info: true,
      delimiter: guessDelimiter(head),
      // A row that is too short lacks its values, which is told; one with more than the header still has them.
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: MAX_ROW_LENGTH,
    });
    const rows = pipeline(Readable.from(all), parser, () => {});
    for await (const row of rows as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      const { record, info } = row;
      if (columns === null) {
        const found = findColumns(record, 'column' in options.tag ? options.tag.column : null);
        if (!found.ok) throw new TrackUnreadable(found.detail);
        columns = found.columns;
        continue;
      }
      const ping = toPing(record, columns, options);
      const { lines: line } = info;
      yield typeof ping === 'string' ? { ok: false, line, detail: ping } : { ok: true, line, ping };
    }
  } catch (error) {
    throw toUnreadable(error);
  }
  if (columns === null) throw new TrackUnreadable('The file is empty.');
}

/** How many lines there are, plain or gzipped, to tell how far a reader is. A quoted line break counts too. */
export async function countCsvLines(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let lines = 0;
  let last = NEWLINE;
  for await (const chunk of await ungzip(chunks)) {
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) lines += 1;
    last = chunk[chunk.length - 1] ?? last;
  }
  return last === NEWLINE ? lines : lines + 1;
}

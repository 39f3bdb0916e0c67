/** Tracks as CSV, read row by row. */
import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { findColumns, type TrackColumns } from './csv-columns.js';
import { peek } from './track-bytes.js';
import { type Fields, scale } from './track-fields.js';
import { makeItem, type TrackReader, TrackUnreadable, tagNameOf } from './track-item.js';

/** The longest row that is read, characters: beyond it a quote was never closed. */
const MAX_ROW_LENGTH = 1_000_000;
/** How far the end of the first line is looked for, to guess the delimiter. */
const MAX_HEADER_BYTES = 65_536;
const NEWLINE = 10;
const DELIMITERS = [',', ';', '\t'] as const;

/** The delimiter that the first line holds most of. */
function guessDelimiter(head: Buffer): string {
  const text = head.toString('utf8');
  const newline = text.indexOf('\n');
  const line = newline === -1 ? text : text.slice(0, newline);
  const count = (delimiter: string) => line.split(delimiter).length;
  return DELIMITERS.reduce((best, each) => (count(each) > count(best) ? each : best));
}

function toFields(record: readonly string[], { fields: columns, tag }: TrackColumns): Fields {
  const fields: Fields = {};
  for (const [role, { index, factor }] of columns) fields[role] = scale((record[index] ?? '').trim(), factor);
  if (tag !== null) fields.tag = record[tag];
  return fields;
}

/** What is told of an error that ended the reading. */
function toUnreadable(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  // `lines` is there at run time, and the type does not name it.
  const { lines } = error as CsvError & { lines?: unknown };
  return new TrackUnreadable(
    `${typeof lines === 'number' ? `Near line ${lines}: ` : ''}this is not CSV (${error.code}).`,
  );
}

/**
 * Reads a track: the first line names the columns (`findColumns`), every other line is a fix; lines count from 1, the header
 * included. Throws `TrackUnreadable` where columns are missing or the file is no CSV.
 */
export const readCsvTrack: TrackReader = async function* (chunks, options) {
  let columns: TrackColumns | null = null;
  try {
    const { head, all } = await peek(chunks, (bytes) => bytes.length > MAX_HEADER_BYTES || bytes.includes(NEWLINE));
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
        const found = findColumns(record, tagNameOf(options));
        if (!found.ok) throw new TrackUnreadable(found.detail);
        columns = found.columns;
        continue;
      }
      yield makeItem({ line: info.lines, place: `line ${info.lines}` }, toFields(record, columns), options);
    }
  } catch (error) {
    throw toUnreadable(error);
  }
  if (columns === null) throw new TrackUnreadable('The file is empty.');
};

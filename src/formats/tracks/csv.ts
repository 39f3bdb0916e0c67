/** Tracks as CSV, read row by row. */
import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { findColumns } from './csv-columns.js';
import { peek } from './track-bytes.js';
import { type Layout, pickByLayout } from './track-fields.js';
import { createItemMaker, TrackCut, type TrackReader, TrackUnreadable, tagNameOf } from './track-item.js';

/** The longest row that is read, characters: beyond it a quote was never closed. */
const MAX_ROW_LENGTH = 1_000_000;
/** How far the end of the first line is looked for, to guess the delimiter. */
const MAX_HEADER_BYTES = 65_536;
const NEWLINE = 10;
const DELIMITERS = [',', ';', '\t'] as const;

/** The delimiter that the first line holds most of. */
export function guessDelimiter(head: Buffer): string {
  const text = head.toString('utf8');
  const newline = text.indexOf('\n');
  const line = newline === -1 ? text : text.slice(0, newline);
  const count = (delimiter: string) => line.split(delimiter).length;
  return DELIMITERS.reduce((best, each) => (count(each) > count(best) ? each : best));
}

/** What is told of an error that ended the reading. */
function toUnreadable(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  // `lines` is there at run time, and the type does not name it.
  const { lines } = error as CsvError & { lines?: unknown };
  const line = typeof lines === 'number' ? lines : null;
  return new TrackCut(`${line === null ? '' : `Near line ${line}: `}this is not CSV (${error.code}).`, line);
}

/**
 * Reads a track: the first line names the columns (`findColumns`), every other line is a fix; lines count from 1, the header
 * included. Throws `TrackUnreadable` where columns are missing, `TrackCut` where the rest is no CSV.
 */
export const readCsvTrack: TrackReader = async function* (chunks, options) {
  const items = createItemMaker(options);
  let layout: Layout | null = null;
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
      if (layout === null) {
        const found = findColumns(record, tagNameOf(options));
        if (!found.ok) throw new TrackUnreadable(found.detail);
        layout = found.layout;
        layout.notes.forEach(items.note);
        continue;
      }
      yield* items.make({ line: info.lines, place: `line ${info.lines}` }, pickByLayout(layout, record));
    }
  } catch (error) {
    throw toUnreadable(error);
  }
  if (layout === null) throw new TrackUnreadable('The file is empty.');
};

/** A CSV whose first line names its columns: UTF-8 with or without BOM, quotes, and the delimiter that its first line holds most of. */
import { pipeline, Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { CsvError, parse } from 'csv-parse';
import { guessDelimiter } from './tracks/csv.js';

export interface TableRow {
  /** Of its last line, from 1; the header counts. */
  readonly line: number;
  /** Trimmed; as many as there are titles. */
  readonly cells: readonly string[];
}

export interface RowFault {
  readonly line: number;
  readonly detail: string;
}

export interface CsvTable {
  readonly titles: readonly string[];
  readonly rows: readonly TableRow[];
  /** Rows that could not be read. */
  readonly faults: readonly RowFault[];
}

/** The longest row that is read, characters: beyond it a quote was never closed. */
const MAX_ROW_LENGTH = 100_000;
/** Beyond it a row of few cells would be filled up without end. */
const MAX_TITLES = 1_000;
/** Several may be of one row. A fault takes the parser a hundred times as long as a row that has none. */
const MAX_FAULTS = 500;
/** So much is read at a stretch, bytes. */
const PART_BYTES = 16_384;
/** What the end of a file may be left without: spreadsheets write empty rows down to the last that was ever touched. */
const BLANK = new Set(Buffer.from(',;\t \r\n'));
const utf8 = new TextDecoder('utf-8', { fatal: true });

async function* inParts(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const end = bytes.findLastIndex((byte) => !BLANK.has(byte)) + 1;
  for (let at = 0; at < end; at += PART_BYTES) {
    yield bytes.subarray(at, Math.min(at + PART_BYTES, end));
    await turn();
  }
}

/**
 * The rows that say anything, with turns of the event loop between parts of the file; whoever has enough leaves off. `fail` is told what is
 * no CSV, of one row perhaps several times; what it throws ends the reading.
 */
export async function* readCsvRows(
  bytes: Uint8Array,
  { delimiter, trim }: { readonly delimiter: string; readonly trim: boolean },
  fail: (line: number, detail: string) => void,
): AsyncGenerator<{ readonly line: number; readonly cells: readonly string[] }> {
  const parser = parse({
    bom: true,
    info: true,
    delimiter,
    trim,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    skip_records_with_error: true,
    max_record_size: MAX_ROW_LENGTH,
    on_skip: (error) => {
      const { code, lines } = (error ?? {}) as { readonly code?: string; readonly lines?: number };
      fail(lines ?? 1, `it is not CSV (${error instanceof CsvError ? code : 'unreadable'})`);
    },
  });
  const rows = pipeline(Readable.from(inParts(bytes)), parser, () => {});
  for await (const { record, info } of rows as AsyncIterable<{ record: string[]; info: { lines: number } }>)
    yield { line: info.lines, cells: record };
}

/** Ends the reading: why the file is not read at all. */
class Unreadable extends Error {}

/** As many rows as are asked for, and one more where there are more. `fault`: why no row of it can be read. */
export async function readCsvTable(bytes: Uint8Array, maxRows: number): Promise<CsvTable | { readonly fault: string }> {
  try {
    utf8.decode(bytes);
  } catch {
    return { fault: 'the file is not UTF-8: save it as "CSV UTF-8"' };
  }
  const faults: RowFault[] = [];
  let count = 0;
  const fail = (line: number, detail: string): void => {
    count += 1;
    if (faults.at(-1)?.line !== line) faults.push({ line, detail });
    const [first] = faults;
    if (count > MAX_FAULTS)
      throw new Unreadable(`it has more than ${MAX_FAULTS} faults; the first, line ${first?.line}: ${first?.detail}`);
  };
  const delimiter = guessDelimiter(Buffer.from(bytes.subarray(0, MAX_ROW_LENGTH)));
  let titles: readonly string[] | null = null;
  const rows: TableRow[] = [];
  try {
    for await (const { line, cells } of readCsvRows(bytes, { delimiter, trim: true }, fail)) {
      if (titles === null) {
        titles = cells.map((title) => title.trim());
        if (titles.length > MAX_TITLES)
          return { fault: `its first line names ${titles.length} columns; at most ${MAX_TITLES} are read` };
      } else if (cells.slice(titles.length).some((cell) => cell.trim() !== '')) {
        fail(line, `it has ${cells.length} columns; the first line names ${titles.length}`);
      } else {
        rows.push({ line, cells: titles.map((_, place) => (cells[place] ?? '').trim()) });
        if (rows.length > maxRows) break;
      }
    }
  } catch (error) {
    if (error instanceof Unreadable) return { fault: error.message };
    throw error;
  }
  if (titles === null) return { fault: faults[0]?.detail ?? 'the file is empty' };
  return { titles, rows, faults: faults.sort((a, b) => a.line - b.line) };
}

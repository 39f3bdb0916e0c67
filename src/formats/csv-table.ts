/** A CSV whose first line names its columns: UTF-8 with or without BOM, quotes, and the delimiter that its first line holds most of. */
import { CsvError, parse } from 'csv-parse/sync';
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
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Null beside why: no row of it can be read. */
export function readCsvTable(bytes: Uint8Array): CsvTable | { readonly fault: string } {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { fault: 'the file is not UTF-8: save it as "CSV UTF-8"' };
  }
  const faults: RowFault[] = [];
  const read = parse(text, {
    info: true,
    delimiter: guessDelimiter(Buffer.from(text.slice(0, MAX_ROW_LENGTH))),
    relax_column_count: true,
    trim: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: MAX_ROW_LENGTH,
    on_skip: (error) => {
      const { code, lines } = (error ?? {}) as { readonly code?: string; readonly lines?: number };
      const line = lines ?? 1;
      // One row may have several.
      if (faults.at(-1)?.line !== line)
        faults.push({ line, detail: `it is not CSV (${error instanceof CsvError ? code : 'unreadable'})` });
    },
  }) as unknown as readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[];
  const [header, ...rows] = read;
  if (header === undefined) return { fault: faults[0]?.detail ?? 'the file is empty' };
  const titles = header.record.map((title) => title.trim());
  const filled = rows.filter(({ record }) => record.some((cell) => cell.trim() !== ''));
  return {
    titles,
    faults,
    rows: filled.flatMap(({ record, info: { lines: line } }) => {
      if (record.length <= titles.length || record.slice(titles.length).every((cell) => cell.trim() === ''))
        return [{ line, cells: titles.map((_, place) => (record[place] ?? '').trim()) }];
      faults.push({ line, detail: `it has ${record.length} columns; the first line names ${titles.length}` });
      return [];
    }),
  };
}

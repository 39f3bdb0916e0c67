/**
 * Crimes as police forces send them: the Ministry of Justice's file (UTF-8 CSV of 13 columns without a header, times in UTC), or a CSV
 * whose first line names its columns. A row that cannot be used is told by its line, and the others are kept.
 */
import { CsvError, parse } from 'csv-parse/sync';
import { parseInstant } from '../instant.js';
import { fromGrid, MAX_EASTING, MAX_NORTHING, OSGB36_ERROR_METRES } from '../osgb36.js';

/** Robbery, burglary in a dwelling, aggravated burglary, burglary other than in a dwelling, theft of and from motor vehicles, and from the person. */
export const CRIME_TYPES = ['RB', 'BIAD', 'AB', 'BOTD', 'TOMV', 'TFP', 'TFMV'] as const;
export type CrimeType = (typeof CRIME_TYPES)[number];

/** Longer ones say too little of where anybody was. */
export const MAX_WINDOW_MS = 12 * 3_600_000;
/** A file beyond it is another one's. */
export const MAX_CRIME_FILE_BYTES = 64 * 1_048_576;
const MAX_TEXT_LENGTH = 10_000;
const MAX_ROW_LENGTH = 65_536;
/** Of a force or a reference. */
const MAX_NAME_LENGTH = 200;

export interface Crime {
  readonly force: string;
  readonly reference: string;
  /** From 1: another row of the file with the same force and reference that says otherwise is the next one. */
  readonly version: number;
  readonly type: CrimeType;
  readonly typeDescription: string;
  readonly batchId: string;
  /** When it may have been done, epoch ms. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly latitude: number;
  readonly longitude: number;
  /** What the place was given by. */
  readonly datum: 'WGS84' | 'OSGB36';
  /** How far the place may be off because of that, metres. */
  readonly placeErrorMetres: number;
  readonly text: string;
  /** Of its row, from 1. */
  readonly line: number;
}

export interface CrimeFault {
  readonly line: number;
  readonly detail: string;
}

export interface CrimeFile {
  /** Of each crime its newest version, in the order of the file. */
  readonly crimes: readonly Crime[];
  readonly faults: readonly CrimeFault[];
  /** Rows that say again what another one says. */
  readonly repeats: number;
}

const COLUMNS = [
  'force',
  'type',
  'typeDescription',
  'batchId',
  'reference',
  'from',
  'to',
  'easting',
  'northing',
  'latitude',
  'longitude',
  'datum',
  'text',
] as const;
type Column = (typeof COLUMNS)[number];

/** Other names of columns, as they stand without spaces, underscores and case. */
const ALIASES: Readonly<Record<string, Column>> = {
  policeforce: 'force',
  crimetype: 'type',
  crimetypedescription: 'typeDescription',
  typedescription: 'typeDescription',
  batch: 'batchId',
  batchid: 'batchId',
  crimereference: 'reference',
  crimeref: 'reference',
  ref: 'reference',
  datefrom: 'from',
  datetimefrom: 'from',
  dateto: 'to',
  datetimeto: 'to',
  eastings: 'easting',
  northings: 'northing',
  lat: 'latitude',
  lon: 'longitude',
  lng: 'longitude',
  crimetext: 'text',
};
const NEEDED: readonly Column[] = ['force', 'type', 'reference', 'from', 'to'];

type Cells = Readonly<Record<Column, string>>;

class Unusable extends Error {}

function toColumn(title: string): Column | null {
  const name = title
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]/g, '');
  return COLUMNS.find((column) => column.toLowerCase() === name) ?? ALIASES[name] ?? null;
}

/** Which column stands where; null where the row is no header. */
function readHeader(cells: readonly string[]): readonly (Column | null)[] | null {
  const columns = cells.map(toColumn);
  return NEEDED.every((needed) => columns.includes(needed)) ? columns : null;
}

/** Throws `Unusable`. */
function toCells(row: readonly string[], columns: readonly (Column | null)[] | null): Cells {
  if (columns === null && row.length !== COLUMNS.length)
    throw new Unusable(`it has ${row.length} columns; a row has ${COLUMNS.length}`);
  const cells: Record<string, string> = Object.fromEntries(COLUMNS.map((column) => [column, '']));
  (columns ?? COLUMNS).forEach((column, at) => {
    if (column !== null) cells[column] = (row[at] ?? '').trim();
  });
  return cells as Cells;
}

const COMPACT = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/;

/** `yyyyMMddHHmmss` in UTC, or an RFC 3339 instant. Throws `Unusable`. */
function readTime(name: 'from' | 'to', text: string): number {
  const atMs = parseInstant(text.replace(COMPACT, '$1-$2-$3T$4:$5:$6Z'));
  if (atMs === null) throw new Unusable(`its ${name} is no yyyyMMddHHmmss (UTC) and no instant: ${quote(text)}`);
  return atMs;
}

const quote = (text: string): string => JSON.stringify(text.slice(0, 40));

/** Throws `Unusable`. */
function readNumber(name: Column, text: string, least: number, most: number): number {
  const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw new Unusable(`its ${name} is no number from ${least} to ${most}: ${quote(text)}`);
  return value;
}

/** Throws `Unusable`. */
function readPlace(cells: Cells): Pick<Crime, 'latitude' | 'longitude' | 'datum' | 'placeErrorMetres'> {
  const hasGrid = cells.easting !== '' || cells.northing !== '';
  const hasDegrees = cells.latitude !== '' || cells.longitude !== '';
  if (hasGrid && hasDegrees)
    throw new Unusable('it has easting and northing and latitude and longitude: one or the other');
  if (!hasGrid && !hasDegrees) throw new Unusable('it has no place: easting and northing, or latitude and longitude');
  const datum = hasGrid ? 'OSGB36' : 'WGS84';
  if (cells.datum !== '' && cells.datum.toUpperCase() !== datum)
    throw new Unusable(`its datum is ${quote(cells.datum)} and its place is given by ${datum}`);
  if (hasDegrees) {
    const latitude = readNumber('latitude', cells.latitude, -90, 90);
    const longitude = readNumber('longitude', cells.longitude, -180, 180);
    return { latitude, longitude, datum, placeErrorMetres: 0 };
  }
  const easting = readNumber('easting', cells.easting, 0, MAX_EASTING);
  const northing = readNumber('northing', cells.northing, 0, MAX_NORTHING);
  return { ...fromGrid(easting, northing), datum, placeErrorMetres: OSGB36_ERROR_METRES };
}

/** Throws `Unusable`. */
function toCrime(cells: Cells, line: number): Omit<Crime, 'version'> {
  const { force, reference, typeDescription, batchId, text } = cells;
  if (force === '') throw new Unusable('it names no force');
  if (reference === '') throw new Unusable('it has no crime reference');
  for (const [name, value] of Object.entries({ force, reference })) {
    if (value.length > MAX_NAME_LENGTH) throw new Unusable(`its ${name} has more than ${MAX_NAME_LENGTH} characters`);
  }
  // PostgreSQL has no such text.
  if (Object.values(cells).some((value) => value.includes('\0'))) throw new Unusable('it has a character that is none');
  const type = CRIME_TYPES.find((each) => each === cells.type.toUpperCase());
  if (type === undefined) throw new Unusable(`its type is none of ${CRIME_TYPES.join(', ')}: ${quote(cells.type)}`);
  const fromMs = readTime('from', cells.from);
  const toMs = readTime('to', cells.to);
  if (toMs < fromMs) throw new Unusable('its to is before its from');
  if (toMs - fromMs > MAX_WINDOW_MS) throw new Unusable('from and to lie more than 12 hours apart');
  if (text.length > MAX_TEXT_LENGTH) throw new Unusable(`its text has more than ${MAX_TEXT_LENGTH} characters`);
  return { force, reference, type, typeDescription, batchId, fromMs, toMs, ...readPlace(cells), text, line };
}

interface Row {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads all that can be read of a file; throws nothing for what stands in it. */
export function readCrimeFile(bytes: Uint8Array): CrimeFile {
  const faults: CrimeFault[] = [];
  const fail = (line: number, detail: string): void => void faults.push({ line, detail });
  if (bytes.byteLength > MAX_CRIME_FILE_BYTES) {
    fail(1, `the file has more than ${MAX_CRIME_FILE_BYTES} bytes`);
    return { crimes: [], faults, repeats: 0 };
  }
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    fail(1, 'the file is not UTF-8');
    return { crimes: [], faults, repeats: 0 };
  }
  const rows = parse(text, {
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: MAX_ROW_LENGTH,
    on_skip: (error) => {
      const { code, lines } = (error ?? {}) as { readonly code?: string; readonly lines?: number };
      fail(lines ?? 1, `it is not CSV (${error instanceof CsvError ? code : 'unreadable'})`);
    },
  }) as unknown as readonly Row[];
  const columns = rows[0] === undefined ? null : readHeader(rows[0].record);
  const newest = new Map<string, Crime>();
  let repeats = 0;
  for (const { record, info } of columns === null ? rows : rows.slice(1)) {
    try {
      const crime = toCrime(toCells(record, columns), info.lines);
      const name = JSON.stringify([crime.force, crime.reference]);
      const before = newest.get(name);
      if (before !== undefined && saysTheSame(before, crime)) repeats++;
      else newest.set(name, { ...crime, version: (before?.version ?? 0) + 1 });
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      fail(info.lines, error.message);
    }
  }
  faults.sort((a, b) => a.line - b.line);
  return { crimes: [...newest.values()], faults, repeats };
}

function saysTheSame({ version: _, line: __, ...a }: Crime, { line: ___, ...b }: Omit<Crime, 'version'>): boolean {
  return JSON.stringify(a, Object.keys(a).sort()) === JSON.stringify(b, Object.keys(b).sort());
}

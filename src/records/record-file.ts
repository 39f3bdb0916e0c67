/**
 * Records as other systems have them: a row is a record, and a column a field of it, whatever it is called. What a file does not say of a
 * record stays as it stands, and so does what an empty cell does not say.
 */
import { readFileTime } from '../formats/tracks/file-time.js';
import { createLocalClock, LOCAL_TIME_ZONE, type LocalClock } from '../watchlist/local-time.js';
import type { FileKind } from '../wire/record-file.js';

/** `end`: of a day without a time it is the end of that day. */
type Reading = 'text' | 'list' | 'word' | 'date' | 'start' | 'end';

export interface FileField {
  /** As the body of the kind has it; `id` is the record's own. */
  readonly name: string;
  /** As a person calls it. */
  readonly words: string;
  readonly reading: Reading;
  /** What columns of it are called elsewhere, without case, spaces and signs. */
  readonly aliases: readonly string[];
}

export const field = (name: string, words: string, reading: Reading, ...aliases: string[]): FileField => ({
  name,
  words,
  reading,
  aliases,
});

const OF_WEARER = ['wearer', 'subject', 'subjectid', 'person', 'personid', 'nomis', 'nomisid', 'pncid', 'crn'];
export const STARTS = ['start', 'starts', 'startdate', 'from', 'fromdate', 'begins', 'datefrom'];
const ENDS = ['end', 'ends', 'enddate', 'to', 'todate', 'until', 'expires', 'expiry', 'expirydate', 'dateto'];

/** Who somebody is elsewhere. */
export const IDENTITY: readonly FileField[] = [
  field('dateOfBirth', 'Date of birth', 'date', 'dob', 'born', 'birthdate'),
  field('pncId', 'PNC', 'text', 'pnc', 'pncnumber', 'pncref'),
  field('nomisId', 'NOMIS', 'text', 'nomis', 'nomisnumber', 'nomsid', 'noms', 'nomsnumber', 'prisonnumber'),
  field('crn', 'CRN', 'text', 'crnnumber', 'caseref', 'casereference'),
];

/** What a file may have of each kind. */
const FIELDS: Readonly<Record<FileKind, readonly FileField[]>> = {
  wearer: [
    field('id', 'Wearer id', 'text', 'wearerid', 'wearer', 'subject', 'subjectid', 'person', 'personid'),
    field('name', 'Name', 'text', 'fullname', 'wearername', 'subjectname', 'personname'),
    field('force', 'Force', 'text', 'policeforce', 'area', 'policearea'),
    field('division', 'Division', 'text', 'district', 'lpa', 'bcu'),
    field('schemes', 'Schemes, parted by ;', 'list', 'scheme', 'programme'),
    ...IDENTITY,
    field('visorId', 'ViSOR', 'text', 'visor', 'visornumber', 'visorref', 'visorreference', 'mappsid'),
  ],
  order: [
    field('id', 'Order id', 'text', 'orderid', 'order', 'orderref', 'orderreference', 'reference', 'ref'),
    field('wearerId', 'Wearer id', 'text', ...OF_WEARER),
    field('type', 'Type', 'word', 'ordertype', 'kind'),
    field('startsAt', 'Starts', 'start', ...STARTS),
    field('endsAt', 'Ends', 'end', ...ENDS),
  ],
  activation: [
    field('id', 'Activation id', 'text', 'activationid', 'activation', 'reference', 'ref'),
    field('tagId', 'Tag id', 'text', 'tag', 'deviceid', 'device', 'serial', 'serialnumber'),
    field('wearerId', 'Wearer id', 'text', ...OF_WEARER),
    field('fittedAt', 'Fitted', 'start', 'fitted', 'fitteddate', 'installed', 'installdate', ...STARTS),
    field('removedAt', 'Removed', 'start', 'removed', 'removeddate', 'deinstalled', ...ENDS),
  ],
  absence: [
    field('id', 'Absence id', 'text', 'absenceid', 'absence', 'reference', 'ref'),
    field('orderId', 'Order id', 'text', 'order', 'orderref', 'orderreference'),
    field('startsAt', 'Starts', 'start', ...STARTS),
    field('endsAt', 'Ends', 'end', ...ENDS),
    field('reason', 'Reason', 'text', 'why', 'purpose'),
  ],
  membership: [
    field('id', 'Wearer id', 'text', 'wearerid', ...OF_WEARER),
    field('cohort', 'Cohort: FIXED, FLEX or FREE', 'text', 'membership', 'tier'),
    field('effectiveAt', 'From when', 'start', 'effective', 'effectivefrom', ...STARTS),
  ],
};
export const fieldsOf = (kind: FileKind): readonly FileField[] => FIELDS[kind];

/** By field: the place of its column. */
export type FileColumns = Readonly<Record<string, number>>;

const plain = (title: string): string => title.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** By what the columns are called; each is of one field, and of two that might be it the one that is called as the field is. */
export function guessColumns(fields: readonly FileField[], titles: readonly string[]): FileColumns {
  const columns: Record<string, number> = {};
  const names = titles.map(plain);
  const take = (name: string, place: number): void => {
    if (place >= 0 && columns[name] === undefined && !Object.values(columns).includes(place)) columns[name] = place;
  };
  for (const { name, words } of fields)
    take(
      name,
      names.findIndex((title) => title === plain(name) || title === plain(words)),
    );
  for (const { name, aliases } of fields)
    for (const alias of aliases)
      take(
        name,
        names.findIndex((title, place) => title === alias && !Object.values(columns).includes(place)),
      );
  return columns;
}

/** What a row says, by field, without what it does not say. */
export function readCells(
  fields: readonly FileField[],
  cells: readonly string[],
  columns: FileColumns,
): { readonly id: string; readonly said: Readonly<Record<string, unknown>> } {
  const said: Record<string, unknown> = {};
  let id = '';
  for (const { name, reading } of fields) {
    const place = columns[name];
    const cell = place === undefined ? '' : (cells[place] ?? '');
    if (name === 'id') id = cell;
    else if (cell !== '') said[name] = readCell(reading, cell);
  }
  return { id, said };
}

function readCell(reading: Reading, cell: string): unknown {
  switch (reading) {
    case 'text':
      return cell;
    case 'word':
      return cell.toLowerCase().replaceAll(/[\s_]+/g, '-');
    case 'list':
      return cell
        .split(';')
        .map((part) => part.trim())
        .filter((part) => part !== '');
    case 'date':
      return readDay(cell);
    case 'start':
    case 'end':
      return readLocalTime(cell, reading);
  }
}

/** `2000-02-29`; text that is no day stays, so that who reads it can say so. */
function readDay(cell: string): string {
  const read = readFileTime(cell, 'day-first');
  return read.kind === 'date' ? new Date(read.ms).toISOString().slice(0, 10) : cell;
}

/** Of a year each: to make one takes longer than to ask it. */
const clocks = new Map<number, LocalClock>();
function clockOf(wallMs: number): LocalClock {
  const year = new Date(wallMs).getUTCFullYear();
  let clock = clocks.get(year);
  if (clock === undefined) {
    clock = createLocalClock(LOCAL_TIME_ZONE, Date.UTC(year - 1, 11, 1), Date.UTC(year + 1, 1, 1));
    clocks.set(year, clock);
  }
  return clock;
}
const DAY_MS = 86_400_000;

/**
 * An instant, or a local time with the day before the month, as ISO; a day alone begins at its midnight and ends at the next. Text that is
 * none stays, so that the rule of the kind can say so.
 */
export function readLocalTime(cell: string, reading: 'start' | 'end'): string {
  const read = readFileTime(cell, 'day-first');
  if (read.kind === 'instant') return new Date(read.ms).toISOString();
  if (read.kind !== 'zoneless' && read.kind !== 'date') return cell;
  const wallMs = read.kind === 'date' && reading === 'end' ? read.ms + DAY_MS : read.ms;
  // Outside these years the rule of the kind says so of the text.
  if (wallMs < 0 || wallMs >= Date.UTC(2200, 0, 1)) return cell;
  return new Date(clockOf(wallMs).toEpochMs(wallMs)).toISOString();
}

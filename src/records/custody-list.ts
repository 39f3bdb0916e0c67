/**
 * A list of who is in custody, as a prison or the police has it, and whom of ours its rows may be. It proposes: that a row is a wearer is
 * for a person to say. Pure.
 */
import type { TableRow } from '../formats/csv-table.js';
import { type CustodyMatch, type CustodyRow, STRENGTHS } from '../wire/custody-list.js';
import type { WearerContent } from './kinds/wearer.js';
import { type FileColumns, type FileField, field, IDENTITY, readCells, STARTS } from './record-file.js';

export const CUSTODY_FIELDS: readonly FileField[] = [
  field('name', 'Name', 'text', 'fullname', 'prisoner', 'prisonername', 'detainee', 'offendername', 'subjectname'),
  ...IDENTITY,
  field(
    'startsAt',
    'In custody from',
    'start',
    'custodyfrom',
    'receptiondate',
    'received',
    'admitted',
    'arrested',
    ...STARTS,
  ),
  field('place', 'Where', 'text', 'prison', 'establishment', 'station', 'location', 'custodysuite'),
];

const REFERENCES = ['pncId', 'nomisId', 'crn'] as const;
type Reference = (typeof REFERENCES)[number];
const REFERENCE_WORDS: Readonly<Record<Reference, string>> = { pncId: 'PNC', nomisId: 'NOMIS', crn: 'CRN' };

/** Throws nothing: a row that cannot be used says why. */
export function readCustodyRow(
  { line, cells }: TableRow,
  columns: FileColumns,
): CustodyRow | { readonly line: number; readonly detail: string } {
  const { said } = readCells(CUSTODY_FIELDS, cells, columns);
  const row = { line, ...(said as Omit<CustodyRow, 'line'>) };
  if (row.name === undefined && REFERENCES.every((name) => row[name] === undefined))
    return { line, detail: 'it names nobody: neither a name nor a reference' };
  if (row.dateOfBirth !== undefined && !/^\d{4}-\d\d-\d\d$/.test(row.dateOfBirth))
    return { line, detail: `its date of birth is no date: ${JSON.stringify(row.dateOfBirth.slice(0, 40))}` };
  if (row.startsAt === undefined) return { line, detail: 'it does not say from when' };
  if (Number.isNaN(Date.parse(row.startsAt)) || !row.startsAt.endsWith('Z'))
    return { line, detail: `from when is no time: ${JSON.stringify(row.startsAt.slice(0, 40))}` };
  return row;
}

/** `2001/0123456A` and `01/123456A` are one number of the PNC; other references go without case, spaces and signs. */
function plainReference(name: Reference, text: string): string {
  const plain = text.toUpperCase().replaceAll(/[^A-Z0-9/]/g, '');
  const pnc = name === 'pncId' ? /^(?:\d\d)?(\d\d)\/0*(\d+)([A-Z])$/.exec(plain) : null;
  return pnc === null ? plain.replaceAll('/', '') : pnc.slice(1).join(' ');
}

/** `KERR, Adam John` → adam, john, kerr: in whatever order and case, without accents. */
const wordsOf = (name: string): string[] => [
  ...new Set(
    name
      .normalize('NFD')
      .replaceAll(/\p{Mn}/gu, '')
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word !== ''),
  ),
];

/** The same words, or those of one within the other's where there are two at least: middle names are left out as often as not. */
function isSameName(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const [less, more] = a.size < b.size ? [a, b] : [b, a];
  return (less.size === more.size || less.size >= 2) && less.size > 0 && [...less].every((word) => more.has(word));
}

interface Known {
  readonly wearerId: string;
  readonly wearer: WearerContent;
  readonly words: ReadonlySet<string>;
}

/** Without the id of the period, which needs a hash. */
export type FoundMatch = Omit<CustodyMatch, 'custodyPeriodId'>;
export type FindMatches = (row: CustodyRow) => readonly FoundMatch[];

/** Whom of some wearers a row may be, the strongest first; of a list of thousands each is looked up. */
export function createCustodyMatcher(
  wearers: readonly { readonly id: string; readonly content: WearerContent }[],
): FindMatches {
  const byReference = new Map<string, Known[]>();
  const byWord = new Map<string, Known[]>();
  const add = (index: Map<string, Known[]>, key: string, known: Known): void => {
    const there = index.get(key);
    if (there === undefined) index.set(key, [known]);
    else there.push(known);
  };
  for (const { id: wearerId, content: wearer } of wearers) {
    const known = { wearerId, wearer, words: new Set(wordsOf(wearer.name)) };
    for (const word of known.words) add(byWord, word, known);
    for (const name of REFERENCES) {
      const reference = wearer[name];
      if (reference !== undefined) add(byReference, `${name} ${plainReference(name, reference)}`, known);
    }
  }
  return (row) => {
    const words = new Set(row.name === undefined ? [] : wordsOf(row.name));
    const candidates = new Set<Known>();
    for (const name of REFERENCES) {
      const reference = row[name];
      if (reference === undefined) continue;
      for (const known of byReference.get(`${name} ${plainReference(name, reference)}`) ?? []) candidates.add(known);
    }
    // Whoever has the same name, or all of it but for a word or two, stands in another list than the longest: names have two words at least.
    const lists = [...words].map((word) => byWord.get(word) ?? []).sort((a, b) => a.length - b.length);
    for (const list of lists.length > 1 ? lists.slice(0, -1) : lists)
      for (const known of list) if (isSameName(words, known.words)) candidates.add(known);
    const matches = [...candidates].map((known) => compare(row, words, known));
    return matches.sort(
      (a, b) => STRENGTHS.indexOf(a.strength) - STRENGTHS.indexOf(b.strength) || (a.wearerId < b.wearerId ? -1 : 1),
    );
  };
}

function compare(row: CustodyRow, words: ReadonlySet<string>, { wearerId, wearer, words: own }: Known): FoundMatch {
  const by: string[] = [];
  const against: string[] = [];
  const weigh = (what: string, isSame: boolean): void => void (isSame ? by : against).push(what);
  for (const name of REFERENCES) {
    const [theirs, ours] = [row[name], wearer[name]];
    if (theirs !== undefined && ours !== undefined)
      weigh(REFERENCE_WORDS[name], plainReference(name, theirs) === plainReference(name, ours));
  }
  const isReferred = by.length > 0;
  const isNamed = isSameName(words, own);
  if (row.name !== undefined) weigh('name', isNamed);
  const isBornThen = row.dateOfBirth !== undefined && row.dateOfBirth === wearer.dateOfBirth;
  if (row.dateOfBirth !== undefined && wearer.dateOfBirth !== undefined) weigh('date of birth', isBornThen);
  // Whoever marries has another name, and the same number.
  const isContradicted = against.some((what) => what !== 'name');
  const strength = isContradicted ? 'weak' : isReferred ? 'strong' : isNamed && isBornThen ? 'likely' : 'weak';
  return { wearerId, name: wearer.name, strength, by, against };
}

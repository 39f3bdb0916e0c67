/** What the page of imports says of a file and its rows. Pure. */
import type { FileKind } from '../../wire/record-file.js';
import type { FileRead, FileRow } from '../record-files-api.js';
import { dayAndTime } from './times.js';

export const FILE_KIND_WORDS: Readonly<Record<FileKind, string>> = {
  wearer: 'Wearers',
  order: 'Orders',
  activation: 'Tags on wearers',
  absence: 'Absences',
  membership: 'Cohort membership',
};

export const ROW_WORDS: Readonly<Record<FileRow['what'], string>> = {
  created: 'New',
  changed: 'Changed',
  unchanged: 'As it stands',
  refused: 'Refused',
};

/** Instants as a person says them, lists parted by commas; what was not said. */
function valueWords(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.join(', ');
  const text = String(value);
  return /^\d{4}-\d\d-\d\dT/.test(text) ? dayAndTime(Date.parse(text)) : text;
}

/** `Name from Adam Kerr to Adam Jones; Division East`; why where it is refused, with the title of the column. */
export function rowWords(
  { what, changes = [], detail, errors = [] }: FileRow,
  { fields, columns, titles }: FileRead,
): string {
  const wordsOf = (name: string): string => fields.find((one) => one.name === name)?.words ?? name;
  if (what === 'refused') {
    const faults = errors.map(({ pointer, detail: why }) => {
      const name = pointer === '/id' ? 'id' : (pointer.split('/')[2] ?? '');
      const title = titles[columns[name] ?? -1];
      return [title ?? wordsOf(name), why].filter((part) => part !== '').join(': ');
    });
    return [...faults, ...(detail === undefined ? [] : [detail])].join('; ');
  }
  return changes
    .map(({ field, from, to }) =>
      from === undefined
        ? `${wordsOf(field)} ${valueWords(to)}`
        : `${wordsOf(field)} from ${valueWords(from)} to ${valueWords(to)}`,
    )
    .join('; ');
}

const some = (count: number, words: string): string => `${count} ${words}`;

/** `2 new, 1 changed, 3 as they stand, 1 refused`. */
export function countWords(rows: readonly FileRow[], unreadable: number): string {
  const of = (what: FileRow['what']) => rows.filter((row) => row.what === what).length;
  return [
    some(of('created'), 'new'),
    some(of('changed'), 'changed'),
    some(of('unchanged'), 'as they stand'),
    some(of('refused') + unreadable, 'refused'),
  ].join(', ');
}

/** Whom a row of a custody list may be, and how sure that is. */
import { expect, test } from 'vitest';
import { createCustodyMatcher, readCustodyRow } from '../../src/records/custody-list.js';
import type { WearerContent } from '../../src/records/kinds/wearer.js';
import type { CustodyRow } from '../../src/wire/custody-list.js';

const WEARERS: readonly { readonly id: string; readonly content: WearerContent }[] = [
  { id: 'W-1', content: { name: 'Adam Kerr', dateOfBirth: '1990-02-01', pncId: '2001/0123456A', crn: 'x 123' } },
  { id: 'W-2', content: { name: 'Adam Kerr' } },
  { id: 'W-3', content: { name: 'Zoë van der Berg', dateOfBirth: '1985-07-30', nomisId: 'A1234BC' } },
  { id: 'W-4', content: { name: 'Madonna' } },
];
const find = createCustodyMatcher(WEARERS);
const row = (said: Partial<CustodyRow>): CustodyRow => ({ line: 2, startsAt: '2026-11-20T00:00:00.000Z', ...said });
const told = (said: Partial<CustodyRow>) =>
  find(row(said)).map(({ wearerId, strength, by, against }) => [wearerId, strength, by.join(), against.join()]);

test.each<[string, Partial<CustodyRow>, readonly string[][]]>([
  ['a reference, however it is written, is strong', { pncId: '01/123456a' }, [['W-1', 'strong', 'PNC', '']]],
  ['the number of another year is another number', { pncId: '2002/0123456A' }, []],
  ['so is one of another kind', { nomisId: 'X123' }, []],
  [
    'another name beside the reference is told, and no less strong',
    { crn: 'X123', name: 'Adam Low' },
    [['W-1', 'strong', 'CRN', 'name']],
  ],
  [
    'a reference with another date of birth is weak',
    { crn: 'X123', dateOfBirth: '1991-02-01' },
    [['W-1', 'weak', 'CRN', 'date of birth']],
  ],
  [
    'so is one beside another reference that differs',
    { crn: 'X123', pncId: '2001/0999999A' },
    [['W-1', 'weak', 'CRN', 'PNC']],
  ],
  [
    'name and date of birth are likely, and who has the name alone is told, too',
    { name: 'KERR, Adam', dateOfBirth: '1990-02-01' },
    [
      ['W-1', 'likely', 'name,date of birth', ''],
      ['W-2', 'weak', 'name', ''],
    ],
  ],
  [
    'the name alone is weak: of two of that name, each',
    { name: 'Kerr Adam' },
    [
      ['W-1', 'weak', 'name', ''],
      ['W-2', 'weak', 'name', ''],
    ],
  ],
  [
    'a middle name more or less is the same name, accents and case too',
    { name: 'Zoe Anna VAN DER BERG' },
    [['W-3', 'weak', 'name', '']],
  ],
  ['one word is no name within another', { name: 'Adam' }, []],
  ['unless it is all there is', { name: 'MADONNA' }, [['W-4', 'weak', 'name', '']]],
  [
    'a name with another date of birth is weak',
    { name: 'Adam Kerr', dateOfBirth: '1970-01-01' },
    [
      ['W-1', 'weak', 'name', 'date of birth'],
      ['W-2', 'weak', 'name', ''],
    ],
  ],
  ['nobody of ours', { name: 'Bea Low', nomisId: 'Z9' }, []],
])('%s', (_, said, matches) => {
  expect(told(said)).toEqual(matches);
});

const COLUMNS = { name: 0, dateOfBirth: 1, pncId: 2, startsAt: 3, place: 4 };
test.each([
  [['', '', '', '20/11/2026', ''], 'it names nobody: neither a name nor a reference'],
  [['A', 'soon', '', '20/11/2026', ''], 'its date of birth is no date: "soon"'],
  [['A', '31/02/1990', '', '20/11/2026', ''], 'its date of birth is no date: "31/02/1990"'],
  [['A', '', '', '', ''], 'it does not say from when'],
  [['A', '', '', 'yesterday', ''], 'from when is no time: "yesterday"'],
])('a row that cannot be used says why: %j', (cells, detail) => {
  expect(readCustodyRow({ line: 7, cells }, COLUMNS)).toEqual({ line: 7, detail });
});

test('a row is read as it is written in a force: the day first, local time', () => {
  const cells = ['KERR, Adam', '1/2/1990', '01/123456A', '20/11/2026 14:30', 'HMP Elmley'];
  expect(readCustodyRow({ line: 3, cells }, COLUMNS)).toEqual({
    line: 3,
    name: 'KERR, Adam',
    dateOfBirth: '1990-02-01',
    pncId: '01/123456A',
    startsAt: '2026-11-20T14:30:00.000Z',
    place: 'HMP Elmley',
  });
});

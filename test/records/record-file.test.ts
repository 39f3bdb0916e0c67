/** Records as other systems have them: which column is which field, and what a cell says. */
import { expect, test } from 'vitest';
import { readCsvTable } from '../../src/formats/csv-table.js';
import { fieldsOf, guessColumns, readCells, readLocalTime } from '../../src/records/record-file.js';

const tableOf = (text: string) => readCsvTable(Buffer.from(text));

test('a table is read with a BOM, quotes, semicolons and blank lines; each row by its line', () => {
  expect(tableOf('\uFEFFId;Name\r\n\r\nW-1;"Kerr; Adam"\r\n;\r\n W-2 ; "said ""so""" \r\n')).toEqual({
    titles: ['Id', 'Name'],
    rows: [
      { line: 3, cells: ['W-1', 'Kerr; Adam'] },
      { line: 5, cells: ['W-2', 'said "so"'] },
    ],
    faults: [],
  });
});

test('a row that is no CSV is told by its line once, and the others are kept', () => {
  expect(tableOf('id,name\nW-1,Adam "A" Kerr\nW-2,Bea\n')).toEqual({
    titles: ['id', 'name'],
    rows: [{ line: 3, cells: ['W-2', 'Bea'] }],
    faults: [{ line: 2, detail: 'it is not CSV (INVALID_OPENING_QUOTE)' }],
  });
});

test('a row with more cells than the first line names is told by its line, and the others are kept', () => {
  expect(tableOf('id,name\nW-1,Adam,Kerr\nW-2,Bea,,\nW-3\n')).toEqual({
    titles: ['id', 'name'],
    rows: [
      { line: 3, cells: ['W-2', 'Bea'] },
      { line: 4, cells: ['W-3', ''] },
    ],
    faults: [{ line: 2, detail: 'it has 3 columns; the first line names 2' }],
  });
});

test.each([
  ['', 'the file is empty'],
  [Buffer.from([0x69, 0x64, 0x0a, 0xe9]), 'the file is not UTF-8: save it as "CSV UTF-8"'],
])('a file of which nothing can be read says why: %j', (bytes, fault) => {
  expect(readCsvTable(Buffer.from(bytes))).toEqual({ fault });
});

test('columns are guessed by what they are called, each for one field, its own name first', () => {
  expect(guessColumns(fieldsOf('wearer'), ['Force', 'Subject ID', 'FULL_NAME', 'Shoe size'])).toEqual({
    id: 1,
    name: 2,
    force: 0,
  });
  expect(guessColumns(fieldsOf('order'), ['NOMIS', 'Order ref', 'Order Type', 'Start Date', 'Expiry date'])).toEqual({
    id: 1,
    wearerId: 0,
    type: 2,
    startsAt: 3,
    endsAt: 4,
  });
  expect(guessColumns(fieldsOf('wearer'), ['pnc', 'wearer id', 'DOB'])).toEqual({ id: 1, pncId: 0, dateOfBirth: 2 });
});

test('what a cell does not say is not said', () => {
  const columns = { id: 0, wearerId: 1, type: 2, startsAt: 3, endsAt: 4 };
  expect(readCells(fieldsOf('order'), ['O-1', 'W-1', 'Community Order', '', ''], columns)).toEqual({
    id: 'O-1',
    said: { wearerId: 'W-1', type: 'community-order' },
  });
  expect(readCells(fieldsOf('wearer'), ['W-1', 'a; b;'], { id: 0, schemes: 1 })).toEqual({
    id: 'W-1',
    said: { schemes: ['a', 'b'] },
  });
});

test.each([
  ['2026-07-01T10:00:00Z', 'start', '2026-07-01T10:00:00.000Z'],
  ['01/07/2026 10:00', 'start', '2026-07-01T09:00:00.000Z'],
  ['1/12/2026 10:00', 'start', '2026-12-01T10:00:00.000Z'],
  // A day alone: from its midnight, and until the next one; the day the clocks go back has 25 hours.
  ['25/10/2026', 'start', '2026-10-24T23:00:00.000Z'],
  ['25/10/2026', 'end', '2026-10-26T00:00:00.000Z'],
  ['1 Jul 2026', 'end', '2026-07-01T23:00:00.000Z'],
  ['31/02/2026', 'start', '31/02/2026'],
  ['01/07/9999', 'start', '01/07/9999'],
  ['soon', 'end', 'soon'],
] as const)('%s as a %s is %s', (cell, reading, told) => {
  expect(readLocalTime(cell, reading)).toBe(told);
});

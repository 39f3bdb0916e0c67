/** Records as other systems have them: which column is which field, and what a cell says. */
import { expect, test } from 'vitest';
import { readCsvTable } from '../../src/formats/csv-table.js';
import { fieldsOf, guessColumns, readCells, readLocalTime } from '../../src/records/record-file.js';

const MAX_ROWS = 100;
const tableOf = (text: string) => readCsvTable(Buffer.from(text), MAX_ROWS);

test('a table is read with a BOM, quotes, semicolons and blank lines; each row by its line', async () => {
  expect(await tableOf('\uFEFFId;Name\r\n\r\nW-1;"Kerr; Adam"\r\n;\r\n W-2 ; "said ""so""" \r\n')).toEqual({
    titles: ['Id', 'Name'],
    rows: [
      { line: 3, cells: ['W-1', 'Kerr; Adam'] },
      { line: 5, cells: ['W-2', 'said "so"'] },
    ],
    faults: [],
  });
});

test('a row that is no CSV is told by its line once, and the others are kept', async () => {
  expect(await tableOf('id,name\nW-1,Adam "A" Kerr\nW-2,Bea\n')).toEqual({
    titles: ['id', 'name'],
    rows: [{ line: 3, cells: ['W-2', 'Bea'] }],
    faults: [{ line: 2, detail: 'it is not CSV (INVALID_OPENING_QUOTE)' }],
  });
});

test('a row with more cells than the first line names is told by its line, and the others are kept', async () => {
  expect(await tableOf('id,name\nW-1,Adam,Kerr\nW-2,Bea,,\nW-3\n')).toEqual({
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
])('a file of which nothing can be read says why: %j', async (bytes, fault) => {
  expect(await readCsvTable(Buffer.from(bytes), MAX_ROWS)).toEqual({ fault });
});

test('a spreadsheet that goes on for a million empty rows is read for the one that says something, others are served meanwhile', async () => {
  let turns = 0;
  let isRead = false;
  const count = () => {
    turns += 1;
    if (!isRead) setImmediate(count);
  };
  setImmediate(count);
  const blank = ',,,,\n'.repeat(60_000);
  const table = await tableOf(`id,name,,,\n${blank}W-1,Adam,,,\n${',,,,\n'.repeat(1_048_576)}`);
  isRead = true;
  expect(table).toEqual({
    titles: ['id', 'name', '', '', ''],
    rows: [{ line: 60_002, cells: ['W-1', 'Adam', '', '', ''] }],
    faults: [],
  });
  expect(turns).toBeGreaterThan(10);
});

test('no more rows are read than may be taken, and one', async () => {
  const table = await tableOf(`id\n${'a\n'.repeat(500_000)}`);
  expect(table).toMatchObject({ titles: ['id'], faults: [] });
  expect('rows' in table && table.rows.length).toBe(MAX_ROWS + 1);
});

test.each([
  ['a\n'.concat('x"y\n'.repeat(131_072)), 2, 'it is not CSV (INVALID_OPENING_QUOTE)'],
  [`a\n${'x"'.repeat(40_000)}`, 2, 'it is not CSV (INVALID_OPENING_QUOTE)'],
  ['a\n'.concat('x,y\n'.repeat(1_000)), 2, 'it has 2 columns; the first line names 1'],
])('a file of faults is left off, with the first of them (%#)', async (text, line, detail) => {
  expect(await tableOf(text)).toEqual({ fault: `it has more than 500 faults; the first, line ${line}: ${detail}` });
});

test('a quote that is never closed is no row, however long it goes on', async () => {
  expect(await tableOf(`a\nb\n"${'never closed\n'.repeat(100_000)}`)).toEqual({
    titles: ['a'],
    rows: [{ line: 2, cells: ['b'] }],
    faults: [{ line: 7_695, detail: 'it is not CSV (CSV_MAX_RECORD_SIZE)' }],
  });
});

test('more columns than a file has are not filled up', async () => {
  expect(await tableOf(`${'a,'.repeat(20_000)}a\nx\n`)).toEqual({
    fault: 'its first line names 20001 columns; at most 1000 are read',
  });
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
  expect(guessColumns(fieldsOf('wearer'), ['Wearer', 'NOMIS no', 'CRN', 'ViSOR ref', 'Noms'])).toEqual({
    id: 0,
    crn: 2,
    visorId: 3,
    nomisId: 4,
  });
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

import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { toCsvLine, toSheetLine } from '../../src/formats/csv-line.js';

const FORMULAS = ['=HYPERLINK("http://x")', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'];
const TEXTS = ['a,b', 'say "so"', 'two\nlines', "O'Neill", 'plain', ''];

describe('for a spreadsheet', () => {
  test.each(FORMULAS)('%j opens as text', (text) => {
    expect(parse(toSheetLine([text]))).toEqual([[`'${text}`]]);
  });
  test.each(TEXTS)('%j stays as it is', (text) => {
    expect(parse(toSheetLine([text, 'end']))).toEqual([[text, 'end']]);
  });
});

test.each([...FORMULAS, ...TEXTS])('for a program %j comes back as it was', (text) => {
  expect(parse(toCsvLine([text, 'end']))).toEqual([[text, 'end']]);
});

test.each([toCsvLine, toSheetLine])(
  'numbers stay numbers, also negative ones, and what is not known is empty: %O',
  (toLine) => {
    expect(toLine([-3, 1.5, null])).toBe('-3,1.5,\r\n');
  },
);

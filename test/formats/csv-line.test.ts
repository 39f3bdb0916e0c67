import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { toCsvLine } from '../../src/formats/csv-line.js';

test.each(['=HYPERLINK("http://x")', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('%j opens as text', (text) => {
  const [[cell]] = parse(toCsvLine([text])) as [[string]];
  expect(cell).toBe(`'${text}`);
});

test.each(['a,b', 'say "so"', 'two\nlines', "O'Neill", 'plain', ''])('%j comes back as it was', (text) => {
  expect(parse(toCsvLine([text, 'end']))).toEqual([[text, 'end']]);
});

test('numbers stay numbers, also negative ones, and what is not known is empty', () => {
  expect(toCsvLine([-3, 1.5, null])).toBe('-3,1.5,\r\n');
});

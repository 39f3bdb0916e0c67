import { expect, test } from 'vitest';
import { fromLocalText, toLocalText } from '../../src/console/model/local-instant.js';

const iso = (text: string, which: 'earlier' | 'later') => {
  const atMs = fromLocalText(text, which);
  return atMs === null ? null : new Date(atMs).toISOString();
};

test.each([
  ['2026-11-20T20:00', '2026-11-20T20:00:00.000Z'],
  ['2026-07-20T20:00', '2026-07-20T19:00:00.000Z'],
  ['2026-07-20T00:30', '2026-07-19T23:30:00.000Z'],
])('%s is one instant, and is written back as it was', (text, instant) => {
  expect([iso(text, 'earlier'), iso(text, 'later')]).toEqual([instant, instant]);
  expect(toLocalText(Date.parse(instant))).toBe(text);
});

test('on the night the clocks go back an hour comes twice: a period from it until it leaves nothing out', () => {
  expect(iso('2026-10-25T01:30', 'earlier')).toBe('2026-10-25T00:30:00.000Z');
  expect(iso('2026-10-25T01:30', 'later')).toBe('2026-10-25T01:30:00.000Z');
});

test('on the night they go forward an hour does not come: it is the hour after', () => {
  expect(iso('2026-03-29T01:30', 'earlier')).toBe('2026-03-29T01:30:00.000Z');
  expect(toLocalText(Date.parse('2026-03-29T01:30:00.000Z'))).toBe('2026-03-29T02:30');
});

test.each(['', 'now', '2026-13-45T99:99'])('%j is no time', (text) => {
  expect(iso(text, 'earlier')).toBeNull();
});

import { expect, it } from 'vitest';
import type { TrailPoint } from '../../src/console/model/day-strip.js';
import { messageWords, unknownWords } from '../../src/console/words/strip-words.js';

const HOUR_MS = 3_600_000;
const point = (isPlaced: boolean): TrailPoint => ({
  atMs: 0,
  at: isPlaced ? [1, 51] : null,
  deviceEvents: [],
  notJudged: null,
});

it('counts messages as one says it, and those with a position beside them', () => {
  expect(messageWords([])).toBe('No message came');
  expect(messageWords([point(true)])).toBe('1 message came, with a position');
  expect(messageWords([point(false)])).toBe('1 message came, without a position');
  expect(messageWords([point(true), point(true)])).toBe('2 messages came, all of them with a position');
  expect(messageWords([point(true), point(false)])).toBe('2 messages came, 1 of them with a position');
  expect(messageWords([point(false), point(false)])).toBe('2 messages came, none of them with a position');
});

it('never says a day of 24 hours: what is unknown from end to end is so all the time', () => {
  expect(unknownWords(24 * HOUR_MS, 24 * HOUR_MS)).toBe('UNKNOWN all the time');
  expect(unknownWords(0, 24 * HOUR_MS)).toBe('UNKNOWN at no time');
  expect(unknownWords(2 * HOUR_MS, 24 * HOUR_MS)).toBe('UNKNOWN for 2 h');
});

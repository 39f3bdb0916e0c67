import { describe, expect, it } from 'vitest';
import { toPatternRows } from '../../src/console/model/pattern-rows.js';
import { readPatternView, writePatternView } from '../../src/console/model/pattern-view.js';
import { homeWords, hourWords, notComparedWords, rowWords } from '../../src/console/words/pattern-words.js';
import { hourOfDay } from '../../src/console/words/times.js';
import type { StopTold, Together } from '../../src/wire/patterns.js';

const stop = (fromAt: string, untilAt: string, place: number | null): StopTold => ({
  latitude: 51.28,
  longitude: 1.08,
  radiusMetres: 12,
  fromAt,
  untilAt,
  minutes: 60,
  fixes: 60,
  longestGapSeconds: 60,
  endedBecause: 'moved',
  isCutAtStart: false,
  place,
});

describe('days of patterns', () => {
  // 24 October, and the 25th with 25 hours.
  const days = [
    { date: '2026-10-24', fromAt: '2026-10-23T23:00:00Z', untilAt: '2026-10-24T23:00:00Z' },
    { date: '2026-10-25', fromAt: '2026-10-24T23:00:00Z', untilAt: '2026-10-26T00:00:00Z' },
  ];
  const rows = toPatternRows(
    {
      days,
      stops: [
        stop('2026-10-24T20:00:00Z', '2026-10-25T06:00:00Z', 1),
        stop('2026-10-25T10:00:00Z', '2026-10-25T10:12:00Z', null),
      ],
      silences: [{ fromAt: '2026-10-25T12:00:00Z', untilAt: '2026-10-26T00:00:00Z', why: 'gap' }],
    },
    hourOfDay,
  );

  it('have the newest first, each as long as it is, and a stop over midnight in both', () => {
    expect(rows.map(({ date, width }) => [date, Math.round(width)])).toEqual([
      ['2026-10-25', 1_000],
      ['2026-10-24', 960],
    ]);
    expect(rows[1]!.stops.map(({ x, width }) => [Math.round(x), Math.round(width)])).toEqual([[840, 120]]);
    expect(rows[0]!.stops.map(({ x }) => Math.round(x))).toEqual([0, 440]);
    // One in the morning comes twice; three is four hours after midnight.
    expect(rows[0]!.marks.slice(0, 2).map(({ x, hour }) => [Math.round(x), hour])).toEqual([
      [0, 0],
      [160, 3],
    ]);
  });

  it('are told in the order of time, silences by their name', () => {
    expect(rowWords(rows[0]!, 'Sun 25 Oct')).toBe(
      'Sun 25 Oct: 00:00 to 06:00 stop at usual place 1; 10:00 to 10:12 stop at no usual place; 12:00 to 26 Oct, 00:00 nothing heard that is good enough.',
    );
    expect(rowWords({ ...rows[0]!, stops: [], silences: [] }, 'Sun 25 Oct')).toBe('Sun 25 Oct: no stop, no silence.');
  });
});

describe('figures', () => {
  it('never stand without what is unknown', () => {
    expect(hourWords({ isWeekend: false, hour: 3, there: 2, observed: 3, days: 5 })).toBe(
      '2 of 3 days observed, 2 unknown',
    );
    expect(hourWords({ isWeekend: false, hour: 3, there: 2, observed: 5, days: 5 })).toBe('2 of 5 days observed');
    expect(homeWords({ home: 61, out: 0, heard: 0, unknown: 5, deleted: 3, notFitted: 0 })).toBe(
      'at home 1 h 1 min, unknown 5 min, deleted 3 min',
    );
    const together = { comparedMinutes: 88, unseenMinutes: { first: 2, second: 0, both: 30 } } as Together;
    expect(notComparedWords(together, 'Adam', 'Bela')).toBe(
      'Compared over 1 h 28 min; not over the rest: 2 min Adam was not seen, 30 min neither was seen.',
    );
  });
});

it('an address says what is shown, and is as short as can be', () => {
  const view = { wearerId: 'W 1', authorityId: 'a', other: 'W-2', days: 28, lastDay: '2026-10-25' };
  expect(readPatternView(writePatternView(view))).toEqual(view);
  expect(writePatternView(readPatternView(''))).toBe('');
  expect(readPatternView('?days=5&lastDay=soon')).toMatchObject({ days: 7, lastDay: null });
});

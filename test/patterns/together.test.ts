import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder, type PatternFix } from '../../src/patterns/pattern-fix.js';
import { compareTracks, DEFAULT_TOGETHER_RULE } from '../../src/patterns/together.js';
import { lengthMs } from '../../src/schemes/intervals.js';
import { distanceMetres, offset } from '../../src/simulator/ground.js';
import { OPEN_SKY } from '../../src/simulator/surroundings.js';
import { locate, startTrack, type Track } from '../../src/simulator/track.js';
import { fixesOf } from './pattern-worlds.js';

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-05-04T09:00:00Z');
const HERE = { latitude: 51.28, longitude: 1.08 };
const fix = (minute: number, east: number, north = 0, sigmaMetres = 6): PatternFix => ({
  atMs: START_MS + minute * MINUTE_MS,
  ...offset(HERE, east, north),
  sigmaMetres,
});
const still = (from: number, until: number, east: number, off = 0): PatternFix[] =>
  Array.from({ length: until - from + 1 }, (_, n) => fix(from + n + off, east));
const span = (minutes: number) => ({ fromMs: START_MS, untilMs: START_MS + minutes * MINUTE_MS });
const minutesOf = (ms: number) => Math.round(ms / 6_000) / 10;
const compare = (first: readonly PatternFix[], second: readonly PatternFix[], minutes: number) =>
  compareTracks(inOrder(first), inOrder(second), span(minutes), DEFAULT_TOGETHER_RULE);

describe('two', () => {
  it('who stand 40 m from each other are together for as long as both are seen', () => {
    const { meetings, comparedMs, notCompared } = compare(still(0, 60, 0), still(20, 40, 40, 0.5), 60);
    expect(meetings).toHaveLength(1);
    expect(meetings[0]).toMatchObject({ togetherMs: 20 * MINUTE_MS, firstFixes: 20, secondFixes: 21 });
    expect(meetings[0]!.closest.metres).toBeCloseTo(40, 0);
    // 95 of a hundred of two errors of 6 m in one direction each.
    expect(meetings[0]!.closest.errorMetres).toBeCloseTo(2.45 * Math.hypot(6, 6), 5);
    expect(minutesOf(comparedMs)).toBe(20);
    expect(minutesOf(lengthMs(notCompared))).toBe(40);
  });

  it('who pass each other are so for as long as within the distance, nearest where they pass', () => {
    // Towards each other at 100 m a minute each, 30 m apart sideways: within 100 m over 2 · √(100² − 30²) of 200 m a minute.
    const first = Array.from({ length: 21 }, (_, n) => fix(n, -1_000 + 100 * n));
    const second = Array.from({ length: 21 }, (_, n) => fix(n + 0.25, 1_000 - 100 * (n + 0.25), 30));
    const [meeting, ...others] = compare(first, second, 21).meetings;
    expect(others).toEqual([]);
    expect(meeting!.togetherMs / MINUTE_MS).toBeCloseTo((2 * Math.sqrt(100 ** 2 - 30 ** 2)) / 200, 2);
    expect(meeting!.closest.metres).toBeCloseTo(30, 0);
    expect((meeting!.closest.atMs - START_MS) / MINUTE_MS).toBeCloseTo(10, 3);
    expect([meeting!.closest.firstOffMs / 1_000, meeting!.closest.secondOffMs / 1_000].map(Math.round)).toEqual([
      0, 15,
    ]);
  });

  it('who travel in one car with fixes at other seconds are together, though no two fixes are near each other', () => {
    const drive = (minute: number) => 900 * minute;
    const first = Array.from({ length: 20 }, (_, n) => fix(n, drive(n)));
    const second = Array.from({ length: 20 }, (_, n) => fix(n + 0.5, drive(n + 0.5)));
    expect(Math.min(...first.flatMap((a) => second.map((b) => distanceMetres(a, b))))).toBeGreaterThan(400);
    const { meetings } = compare(first, second, 20);
    expect(meetings.map(({ togetherMs }) => minutesOf(togetherMs))).toEqual([18.5]);
  });

  it('are not compared over more than five minutes without a fix of either, and it is told of whom', () => {
    const first = [...still(0, 20, 0), ...still(40, 60, 0)];
    const { meetings, notCompared, firstUnseen, secondUnseen } = compare(first, still(0, 50, 10), 60);
    expect(
      meetings.map(({ fromMs, untilMs }) => [minutesOf(fromMs - START_MS), minutesOf(untilMs - START_MS)]),
    ).toEqual([
      [0, 20],
      [40, 50],
    ]);
    const told = (of: typeof notCompared) => of.map((each) => each.map((atMs) => minutesOf(atMs - START_MS)));
    expect(told(firstUnseen)).toEqual([[20, 40]]);
    expect(told(secondUnseen)).toEqual([[50, 60]]);
    expect(told(notCompared)).toEqual([
      [20, 40],
      [50, 60],
    ]);
  });

  it('of whom one is not seen at all are not compared, and nothing is said', () => {
    const { meetings, comparedMs, notCompared } = compare(still(0, 60, 0), [], 60);
    expect([meetings, comparedMs, lengthMs(notCompared)]).toEqual([[], 0, 60 * MINUTE_MS]);
    // Fixes that are kilometres off are as none.
    const poor = still(0, 60, 0).map((each) => ({ ...each, sigmaMetres: 400 }));
    expect(compare(still(0, 60, 0), poor, 60).comparedMs).toBe(0);
  });

  it('apart for up to five minutes and seen all the while, it is one meeting, and the time apart is not counted', () => {
    const second = [...still(0, 20, 0), ...still(21, 23, 600), ...still(24, 40, 0)];
    const { meetings } = compare(still(0, 40, 0), second, 40);
    expect(meetings).toHaveLength(1);
    expect(meetings[0]!.togetherMs / MINUTE_MS).toBeGreaterThan(36);
    expect(meetings[0]!.togetherMs / MINUTE_MS).toBeLessThan(37);
    const longer = [...still(0, 20, 0), ...still(21, 30, 600), ...still(31, 40, 0)];
    expect(compare(still(0, 40, 0), longer, 40).meetings).toHaveLength(2);
  });
});

describe('of any two', () => {
  const anyFixes = fc
    .array(
      fc.record({
        minutes: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.integer({ min: 4, max: 20 })),
        east: fc.integer({ min: -120, max: 120 }),
        sigmaMetres: fc.integer({ min: 5, max: 120 }),
      }),
      { maxLength: 80 },
    )
    .map((moves) => {
      let [minute, east] = [0, 0];
      return moves.map((move) => {
        minute += move.minutes;
        east += move.east;
        return fix(minute, east, 0, move.sigmaMetres);
      });
    });

  it('it is the same whoever is named first, no meeting lies where one was not seen, and the minutes add up', () => {
    fc.assert(
      fc.property(anyFixes, anyFixes, (first, second) => {
        const minutes = 1_700;
        const one = compare(first, second, minutes);
        const other = compare(second, first, minutes);
        expect(one.meetings.length).toBe(other.meetings.length);
        one.meetings.forEach((meeting, i) => {
          expect(Math.abs(meeting.togetherMs - other.meetings[i]!.togetherMs)).toBeLessThan(5);
          expect(meeting.closest.metres).toBeCloseTo(other.meetings[i]!.closest.metres, 3);
          expect(meeting.closest.metres).toBeLessThanOrEqual(DEFAULT_TOGETHER_RULE.withinMetres);
          expect(meeting.togetherMs).toBeLessThanOrEqual(meeting.untilMs - meeting.fromMs + 1);
          for (const [fromMs, untilMs] of one.notCompared)
            expect(meeting.untilMs <= fromMs || meeting.fromMs >= untilMs).toBe(true);
        });
        expect(one.comparedMs + lengthMs(one.notCompared)).toBeCloseTo(minutes * MINUTE_MS, 0);
        expect(one.togetherMs).toBeLessThanOrEqual(one.comparedMs + 1);
      }),
    );
  });
});

describe('against where invented people truly were', () => {
  it('the minutes within 100 m are told to a tenth, and the nearest is not farther off than its error', () => {
    // One waits; the other comes by on foot three times, once staying for half an hour.
    const first: Track = startTrack(HERE, START_MS)
      .waitUntil(START_MS + 300 * MINUTE_MS)
      .done();
    const second: Track = startTrack(offset(HERE, 2_000, 40), START_MS)
      .moveTo(offset(HERE, 0, 40), 1.4)
      .moveTo(offset(HERE, -1_500, 40), 1.4)
      .waitUntil(START_MS + 120 * MINUTE_MS)
      .moveTo(offset(HERE, 20, 20), 1.4)
      .waitUntil(START_MS + 170 * MINUTE_MS)
      .moveTo(offset(HERE, 2_000, 0), 1.4)
      .done();
    const untilMs = START_MS + 300 * MINUTE_MS;
    let trueMs = 0;
    let nearest = Number.POSITIVE_INFINITY;
    for (let atMs = START_MS; atMs < untilMs; atMs += 1_000) {
      const metres = distanceMetres(locate(first, atMs).at, locate(second, atMs).at);
      if (metres <= 100) trueMs += 1_000;
      nearest = Math.min(nearest, metres);
    }
    const found = compareTracks(
      inOrder(fixesOf(first, OPEN_SKY, 'waits', untilMs)),
      inOrder(fixesOf(second, OPEN_SKY, 'comes', untilMs)),
      { fromMs: START_MS, untilMs },
      DEFAULT_TOGETHER_RULE,
    );
    expect(found.meetings).toHaveLength(2);
    expect(Math.abs(found.togetherMs - trueMs) / trueMs).toBeLessThan(0.1);
    const closest = found.meetings.map((each) => each.closest).sort((a, b) => a.metres - b.metres)[0]!;
    expect(Math.abs(closest.metres - nearest)).toBeLessThan(closest.errorMetres);
  });
});

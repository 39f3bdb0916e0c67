import fc from 'fast-check';
import { expect, test } from 'vitest';
import { measureCompliance } from '../../src/schemes/compliance.js';
import { type Intervals, intersect, lengthMs, subtract, unite } from '../../src/schemes/intervals.js';

const MINUTE_MS = 60_000;
const between = (...pairs: [number, number][]): Intervals =>
  pairs.map(([from, until]) => [from * MINUTE_MS, until * MINUTE_MS] as const);
const NONE = { absences: [], away: [], excused: [], unknown: [] };

test('minutes required are kept, excused, unreasonable or unknown, and what is known comes first', () => {
  const told = measureCompliance({
    required: between([0, 600], [1_000, 1_100]),
    absences: between([0, 60]),
    away: between([30, 90], [500, 550]),
    excused: between([540, 580]),
    unknown: between([80, 120], [570, 1_010]),
  });
  expect(told).toEqual({
    requiredMinutes: 640,
    unreasonableMinutes: 80,
    excusedMinutes: 30,
    unknownMinutes: 60,
    keptMinutes: 470,
  });
});

test('nothing required is nothing kept, and what goes on outside of it is nobody’s minute', () => {
  const told = measureCompliance({ ...NONE, required: [], away: between([0, 100]), unknown: between([0, 100]) });
  expect(Object.values(told)).toEqual([0, 0, 0, 0, 0]);
});

const intervals = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })), {
  maxLength: 8,
});
/** Minute by minute, as slowly as can be. */
const holds = (set: readonly (readonly [number, number])[], at: number) =>
  set.some(([from, until]) => from <= at && at < until);

test('the parts are what minute by minute says, and together the whole', () => {
  fc.assert(
    fc.property(intervals, intervals, intervals, intervals, intervals, (required, absences, away, excused, unknown) => {
      const counted = { kept: 0, excused: 0, unreasonable: 0, unknown: 0 };
      for (let at = 0; at < 60; at++) {
        if (!holds(required, at) || holds(absences, at)) continue;
        if (holds(away, at)) counted.unreasonable += 1;
        else if (holds(excused, at)) counted.excused += 1;
        else if (holds(unknown, at)) counted.unknown += 1;
        else counted.kept += 1;
      }
      const told = measureCompliance({
        required: between(...required),
        absences: between(...absences),
        away: between(...away),
        excused: between(...excused),
        unknown: between(...unknown),
      });
      expect(told).toEqual({
        keptMinutes: counted.kept,
        excusedMinutes: counted.excused,
        unreasonableMinutes: counted.unreasonable,
        unknownMinutes: counted.unknown,
        requiredMinutes: counted.kept + counted.excused + counted.unreasonable + counted.unknown,
      });
    }),
  );
});

test('a set without another and with it are together the set', () => {
  fc.assert(
    fc.property(intervals, intervals, (a, b) => {
      const [one, other] = [unite(a), unite(b)];
      expect(lengthMs(intersect(one, other)) + lengthMs(subtract(one, other))).toBe(lengthMs(one));
    }),
  );
});

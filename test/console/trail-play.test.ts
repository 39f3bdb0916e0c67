import { describe, expect, it } from 'vitest';
import type { TrailPoint } from '../../src/console/model/trail-line.js';
import { findStops, listPlaced, momentAt, playFeatures } from '../../src/console/model/trail-play.js';

const MINUTE_MS = 60_000;
/** A fix, so many metres east of a place. */
const at = (minute: number, metres = 0, fields: Partial<TrailPoint> = {}): TrailPoint => ({
  atMs: minute * MINUTE_MS,
  at: [metres / 111_195, 0],
  accuracyMetres: 8,
  deviceEvents: [],
  notJudged: null,
  ...fields,
});

describe('an instant of a trail', () => {
  const placed = listPlaced([
    at(0),
    at(1),
    at(2, 0, { at: null }),
    at(3, 0, { notJudged: 'mechanism' }),
    at(20),
    at(21),
  ]);
  const told = (minute: number) => {
    const { last, isUnknown } = momentAt(placed, minute * MINUTE_MS);
    return `${last === null ? 'none' : last.atMs / MINUTE_MS}${isUnknown ? ' unknown' : ''}`;
  };

  it('is that of the newest fix, and UNKNOWN within a gap, before the first and long after the last', () => {
    expect([-1, 0, 0.5, 1, 1.5, 19, 20, 25, 27].map(told)).toEqual([
      'none unknown',
      '0',
      '0',
      '1',
      '1 unknown',
      '1 unknown',
      '20',
      '21',
      '21 unknown',
    ]);
  });

  it('draws the fix with its circle, another way where nobody knows', () => {
    const parts = (minute: number) =>
      playFeatures(momentAt(placed, minute * MINUTE_MS), []).features.map(({ properties }) => properties?.['part']);
    expect(parts(1)).toEqual(['circle', 'now']);
    expect(parts(10)).toEqual(['circle', 'lost']);
    expect(parts(-1)).toEqual([]);
  });
});

describe('stops', () => {
  const minutes = (from: number, to: number, metres: (minute: number) => number) =>
    Array.from({ length: to - from + 1 }, (_, index) => at(from + index, metres(from + index)));
  const stopsOf = (points: readonly TrailPoint[]) =>
    findStops(listPlaced(points)).map(({ fromMs, untilMs }) => [fromMs / MINUTE_MS, untilMs / MINUTE_MS]);

  it('are where somebody stayed for ten minutes; a walk between them is none', () => {
    const walk = minutes(16, 25, (minute) => 80 * (minute - 15));
    expect(stopsOf([...minutes(0, 15, (minute) => minute % 3), ...walk, ...minutes(26, 40, () => 900)])).toEqual([
      // A minute's walk is within reach of the place, the second one is not.
      [0, 16],
      [26, 40],
    ]);
    expect(stopsOf(minutes(0, 9, () => 0))).toEqual([]);
  });

  it('end at a gap: nobody knows that somebody stayed', () => {
    expect(stopsOf([...minutes(0, 12, () => 0), ...minutes(40, 45, () => 0)])).toEqual([[0, 12]]);
  });
});

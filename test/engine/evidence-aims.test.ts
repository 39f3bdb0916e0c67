/**
 * What the evidence has to bring about: whoever stays at home is not convicted by poor fixes, whatever their errors have in common, and
 * whoever is away or inside is found soon.
 */
import { describe, expect, test } from 'vitest';
import type { TagWatch, Zone } from '../../src/engine/types.js';
import { circle, middle, squareRing, term, watch, zone } from '../scenarios/world.js';
import { outcomeOf, START_MS, standStill } from './correlated-fixes.js';

const MINUTES_A_DAY = 1_440;
const CORRELATIONS = [0, 300_000];

const square = (half: number): Zone => zone({ shape: { type: 'polygons', polygons: [[squareRing(half)]] } });

const tagOf = (kind: 'curfew' | 'exclusion' | 'restriction', of: Zone): TagWatch =>
  watch([of], [term(kind, of)], { accuracyConvention: 'r68' });

/** False confirmations in so many tag-days at one place. */
function confirmedIn(tag: TagWatch, days: number, r68Metres: number, correlationMs: number, east = 0): number {
  let confirmed = 0;
  for (let seed = 1; seed <= days; seed++) {
    const at = { east, north: 0 };
    confirmed += outcomeOf(tag, standStill({ at, r68Metres, correlationMs, count: MINUTES_A_DAY, seed })).confirmed;
  }
  return confirmed;
}

describe.each(CORRELATIONS)('with errors correlated over %i ms', (correlationMs) => {
  // Twenty days are no proof of one in two hundred: the trial counts more. They are enough to catch a rule that convicts.
  test.each([10, 20, 40, 60, 100, 150])('twenty days at home with fixes of %i m confirm nothing', (r68Metres) => {
    expect(confirmedIn(tagOf('curfew', square(50)), 20, r68Metres, correlationMs)).toBe(0);
  });

  test.each([40, 60, 100])('nor in a circle of 30 m with fixes of %i m', (r68Metres) => {
    expect(confirmedIn(tagOf('curfew', circle('Z-1', middle, 30)), 10, r68Metres, correlationMs)).toBe(0);
  });

  test('nor in a home that is a hole in an exclusion', () => {
    const rings = [squareRing(600), [...squareRing(50)].reverse()];
    const town = zone({ shape: { type: 'polygons', polygons: [rings] } });
    for (const r68Metres of [20, 60, 100]) {
      expect(confirmedIn(tagOf('exclusion', town), 10, r68Metres, correlationMs), `${r68Metres} m`).toBe(0);
    }
  });

  test('an hour 15 m outside an exclusion with fixes of 10 m confirms nothing in a hundred runs', () => {
    const tag = tagOf('exclusion', square(100));
    for (let seed = 1; seed <= 100; seed++) {
      const at = { east: 115, north: 0 };
      expect(outcomeOf(tag, standStill({ at, r68Metres: 10, correlationMs, count: 60, seed })).confirmed).toBe(0);
    }
  });

  test('400 m away from home with fixes of 20 m is confirmed by the third, after a night at home as well', () => {
    const tag = tagOf('curfew', square(50));
    for (let seed = 1; seed <= 50; seed++) {
      const home = standStill({ at: { east: 0, north: 0 }, r68Metres: 20, correlationMs, count: 30, seed });
      const startMs = START_MS + 30 * 60_000;
      const away = { at: { east: 450, north: 0 }, r68Metres: 20, correlationMs, count: 10, seed: seed + 1_000 };
      expect(outcomeOf(tag, standStill(away)).byFix).toBeLessThanOrEqual(3);
      expect(outcomeOf(tag, [...home, ...standStill({ ...away, startMs })]).byFix).toBeLessThanOrEqual(33);
    }
  });

  test('a confirmed breach is not ended by a night of poor fixes from inside it', () => {
    for (const r68Metres of [40, 100, 300, 3_000]) {
      const still = { at: { east: 0, north: 0 }, correlationMs, seed: 7 };
      const found = standStill({ ...still, r68Metres: 8, count: 3 });
      const startMs = START_MS + 3 * 60_000;
      const night = standStill({ ...still, r68Metres, count: 600, startMs });
      const { confirmed, ended } = outcomeOf(tagOf('exclusion', square(60)), [...found, ...night]);
      expect([confirmed, ended], `${r68Metres} m`).toEqual([1, 0]);
    }
  });
});

test('15 m inside an exclusion with fixes of 8 m is confirmed by the third, nine times in ten', () => {
  const tag = tagOf('exclusion', square(100));
  const runs = Array.from({ length: 100 }, (_, i) =>
    outcomeOf(tag, standStill({ at: { east: 85, north: 0 }, r68Metres: 8, count: 10, seed: i + 1 })),
  );
  expect(runs.every(({ confirmed }) => confirmed === 1)).toBe(true);
  expect(runs.filter(({ byFix }) => byFix! <= 3).length).toBeGreaterThanOrEqual(90);
});

test('deep in an area of fifty kilometres, and beside its boundary, it is told where somebody is', () => {
  const area = square(25_000);
  const tag = tagOf('restriction', area);
  const runAt = (east: number) =>
    outcomeOf(tag, standStill({ at: { east, north: 0 }, r68Metres: 20, count: 30, seed: 3 }));
  expect([runAt(0), runAt(24_900), runAt(25_100)].map(({ confirmed }) => confirmed)).toEqual([0, 0, 1]);
});

import { expect, test } from 'vitest';
import { whyNotJudged } from '../../src/engine/fold/evidence.js';
import type { Position } from '../../src/engine/types.js';
import { compileTag } from '../../src/engine/watch/compile.js';
import { middle, pingAt, watch } from '../scenarios/world.js';

const [FITTED, REMOVED] = [1_000_000, 9_000_000];

/** Why a fix of an instant does not count, received `afterMs` later. */
function why(fixedAtMs: number, afterMs = 0, changes: Partial<Position> = {}, at: typeof middle | null = middle) {
  const tag = watch([], [], {}, { fittedAtMs: FITTED, removedAtMs: REMOVED });
  return whyNotJudged(pingAt(fixedAtMs, at, changes), fixedAtMs + afterMs, compileTag(tag).activations[0]!);
}

test('a tag is fitted from the instant it is, and until the instant before it is removed', () => {
  expect([FITTED - 1, FITTED, REMOVED - 1, REMOVED].map((each) => why(each))).toEqual([
    'not-fitted',
    null,
    null,
    'not-fitted',
  ]);
});

test('a clock may be ahead of the receipt by exactly a minute', () => {
  expect([-60_000, -60_001].map((afterMs) => why(2_000_000, afterMs))).toEqual([null, 'ahead-of-clock']);
});

test('the first reason is told', () => {
  expect(why(0, 0, { mechanism: 'LBS' }, null)).toBe('no-position');
  expect(why(0, 0, { mechanism: 'LBS' })).toBe('not-fitted');
  expect(why(2_000_000, -1e6, { mechanism: 'LBS', accuracyMetres: null })).toBe('mechanism');
  expect(why(2_000_000, -1e6, { mechanism: 'RF', accuracyMetres: null })).toBe('no-accuracy');
  expect(why(2_000_000, -1e6, { mechanism: 'RF' })).toBe('ahead-of-clock');
});

test('a receiver without a fix believes to be at 0° 0°', () => {
  const at = (latitude: number, longitude: number) => why(2_000_000, 0, {}, { latitude, longitude });
  expect([at(0, 0), at(0.0089, -0.0089), at(-0.0089, 0)]).toEqual(Array(3).fill('zero-position'));
  expect([at(0.0091, 0), at(0, -0.0091), at(51.2, 0), at(0, 32.5)]).toEqual(Array(4).fill(null));
});

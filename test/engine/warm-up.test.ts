import { expect, test } from 'vitest';
import { warmUp } from '../../src/engine/warm-up.js';

test('the miniature world takes every path: it says something, and the same each time', () => {
  const events = warmUp(8_000);
  expect(events).toBeGreaterThan(100);
  expect(warmUp(8_000)).toBe(events);
});

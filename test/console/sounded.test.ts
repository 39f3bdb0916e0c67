import { expect, test } from 'vitest';
import { isHeardBy } from '../../src/console/model/sounded.js';

test('a flood is one sound, but what is worse than what sounded is heard, and what is critical always', () => {
  const high = { severity: 'high', atMs: 1_000 } as const;
  const heard = (['low', 'medium', 'high', 'critical'] as const).map((severity) => isHeardBy(severity, 1_500, high));
  expect(heard).toEqual([true, true, true, false]);
  expect(isHeardBy('high', 1_500, { severity: 'low', atMs: 1_000 })).toBe(false);
  expect(isHeardBy('critical', 1_500, { severity: 'critical', atMs: 1_000 })).toBe(false);
  expect([isHeardBy('low', 3_000, high), isHeardBy('low', 1_000, null)]).toEqual([false, false]);
});

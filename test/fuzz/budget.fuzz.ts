import { expect, it } from 'vitest';
import { fuzz } from './budget.js';

it('rounds are made from their seed alone', async () => {
  const seen = new Map<number, number>();
  const rounds = await fuzz('rounds are made from their seed alone', 0.1, ({ random, number }) => {
    seen.set(number, random());
  });
  expect(new Set(seen.values()).size).toBeGreaterThan(rounds / 2);
});

import { expect, test } from 'vitest';
import type { SampleCandidate } from '../../src/ports/task-records.js';
import { drawSample } from '../../src/schemes/dip-sample.js';

const severities = ['critical', 'high', 'medium', 'low'] as const;
const candidates: SampleCandidate[] = Array.from({ length: 400 }, (_, i) => ({
  alertId: `AL-${i}`,
  wearerId: `W-${i % 7}`,
  severity: severities[i % 4]!,
}));
const draw = (seed: string, size = 5, from: readonly SampleCandidate[] = candidates) =>
  drawSample(from, seed, size).map(({ alertId }) => alertId);

test('the same seed draws the same alerts, in whichever order they come; another one others', () => {
  expect(draw('2026-11')).toHaveLength(5);
  expect(draw('2026-11', 5, [...candidates].reverse())).toEqual(draw('2026-11'));
  expect(draw('2026-12')).not.toEqual(draw('2026-11'));
  expect(draw('2026-11', 8).slice(0, 5)).toEqual(draw('2026-11'));
  expect(draw('x', 50, candidates.slice(0, 3))).toHaveLength(3);
});

test('one more candidate takes a place, and changes nothing else', () => {
  const drawn = draw('2026-11');
  const other = draw(
    '2026-11',
    5,
    candidates.filter(({ alertId }) => alertId !== drawn[2]),
  );
  expect(other.slice(0, 4)).toEqual(drawn.filter((id) => id !== drawn[2]));
});

test('graver ones are drawn more often, and low ones too', () => {
  const counts = { critical: 0, high: 0, medium: 0, low: 0 };
  for (let i = 0; i < 500; i++)
    for (const { severity } of drawSample(candidates, `seed-${i}`, 4)) counts[severity] += 1;
  expect(counts.critical).toBeGreaterThan(counts.high);
  expect(counts.high).toBeGreaterThan(counts.medium);
  expect(counts.medium).toBeGreaterThan(counts.low);
  // Weights of 8, 4, 2 and 1 of 15: 1,067, 533, 267 and 133 of 2,000.
  expect(counts.low).toBeGreaterThan(80);
  expect(counts.critical).toBeLessThan(1_200);
});

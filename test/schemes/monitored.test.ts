import { expect, test } from 'vitest';
import { UNUSABLE_AFTER_MS } from '../../src/engine/thresholds.js';
import { judgeMonitored, type MonitoringFacts } from '../../src/schemes/monitored.js';

const DAY_MS = 86_400_000;
const NOW = 100 * DAY_MS;
const GOOD: MonitoringFacts = {
  orders: [{ startsAtMs: 10 * DAY_MS, endsAtMs: null }],
  activations: [{ fittedAtMs: 12 * DAY_MS, removedAtMs: null }],
  isWatched: true,
  poweredOffSinceMs: null,
  notHeardSinceMs: null,
  newestFixAtMs: NOW - 60_000,
  heardAgainAtMs: null,
};

const cases: readonly [string, Partial<MonitoringFacts>, string | null, number | null][] = [
  ['everything holds', {}, null, 12],
  ['heard from again', { heardAgainAtMs: 60 * DAY_MS }, null, 60],
  ['heard from before the order', { heardAgainAtMs: 3 * DAY_MS }, null, 12],
  ['no order at all', { orders: [] }, 'ordered', null],
  ['an order that is over', { orders: [{ startsAtMs: DAY_MS, endsAtMs: 90 * DAY_MS }] }, 'ordered', 90],
  ['an order that is to come', { orders: [{ startsAtMs: NOW + 1, endsAtMs: null }] }, 'ordered', null],
  ['ordered, never fitted', { activations: [] }, 'fitted', 10],
  ['the tag came off', { activations: [{ fittedAtMs: 12 * DAY_MS, removedAtMs: 44 * DAY_MS }] }, 'fitted', 44],
  ['off before the order', { activations: [{ fittedAtMs: DAY_MS, removedAtMs: 5 * DAY_MS }] }, 'fitted', 10],
  ['fitted, and the engine knows nothing of it', { isWatched: false }, 'watched', 12],
  ['switched off', { poweredOffSinceMs: 98 * DAY_MS }, 'charged', 98],
  ['silent', { notHeardSinceMs: 97 * DAY_MS }, 'fixing', 97],
  ['never heard from', { newestFixAtMs: null }, 'fixing', 12],
];

test.each(cases)('%s', (_, facts, missing, sinceDay) => {
  const sinceMs = sinceDay === null ? null : sinceDay * DAY_MS;
  expect(judgeMonitored({ ...GOOD, ...facts }, NOW)).toEqual({ missing, sinceMs });
});

test('a fix that is too old is no monitoring, whether or not an alert says so', () => {
  const newestFixAtMs = NOW - UNUSABLE_AFTER_MS - 1;
  expect(judgeMonitored({ ...GOOD, newestFixAtMs }, NOW)).toEqual({ missing: 'fixing', sinceMs: newestFixAtMs });
  expect(judgeMonitored({ ...GOOD, newestFixAtMs: NOW - UNUSABLE_AFTER_MS }, NOW).missing).toBeNull();
});

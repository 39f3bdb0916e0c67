import { expect, test } from 'vitest';
import { type DealtWith, findDealtWith } from '../../src/wire/recall.js';

const asked = (recallId: string, more: Partial<DealtWith> = {}): DealtWith => ({
  recallId,
  wearerId: 'W-1',
  type: 'recall',
  alertIds: [],
  state: 'sent',
  stateAt: '2026-11-22T18:00:00.000Z',
  ...more,
});
const find = (...requests: readonly DealtWith[]) =>
  findDealtWith(requests, { alertId: 'A-1', wearerId: 'W-1' })?.recallId ?? null;

test('an alert is dealt with by the request that names it, whatever became of it', () => {
  expect(find(asked('R-open'), asked('R-own', { alertIds: ['A-1'], state: 'outcome', outcome: 'not-recalled' }))).toBe(
    'R-own',
  );
});

test('or by one about its wearer that goes on, and by none that has ended', () => {
  expect(find(asked('R-ended', { state: 'outcome', outcome: 'recalled' }), asked('R-open'))).toBe('R-open');
  expect(find(asked('R-ended', { state: 'outcome', outcome: 'recalled' }))).toBeNull();
});

test('what was withdrawn, and what is about somebody else, is nothing', () => {
  expect(find(asked('R-1', { alertIds: ['A-1'], state: 'outcome', outcome: 'withdrawn' }))).toBeNull();
  expect(find(asked('R-2', { wearerId: 'W-2', alertIds: ['A-1'] }))).toBeNull();
});

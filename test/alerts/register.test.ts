import { describe, expect, test } from 'vitest';
import type { AlertEvent } from '../../src/alerts/event.js';
import { createAlertRegister, DEFAULT_ALERT_REGISTER_LIMITS } from '../../src/alerts/register.js';
import { seededRandom } from '../support/random.js';
import { action, finding, instantAt } from './events.js';

const LIMITS = {
  ...DEFAULT_ALERT_REGISTER_LIMITS,
  closedAlerts: 3,
  closedAlertsWithEvents: 1,
  eventsPerAlert: 3,
  recentEvents: 4,
  forgottenAlerts: 2,
};
const NOW_MS = Date.parse(instantAt(60));

function createFilled(events: readonly AlertEvent[], startOffset = 0) {
  const register = createAlertRegister(startOffset, LIMITS);
  const outcomes = events.map((event, i) => register.fold(event, startOffset + i, NOW_MS).outcome);
  return { register, outcomes };
}
const raised = (n: number) => finding({ alertId: `A-${n}`, raisedAt: instantAt(n) });
const disposed = (n: number) => action('disposed', [1, 0], { alertId: `A-${n}` });

describe('what is let go of', () => {
  test('is closed longest ago, never what is unresolved', () => {
    const { register } = createFilled([...[1, 2, 3, 4, 5, 6, 7, 8].map(raised), ...[2, 1, 3, 4, 5].map(disposed)]);
    expect(register.open().map(({ alertId }) => alertId)).toEqual(['A-8', 'A-7', 'A-6']);
    expect(register.list({ status: 'closed', limit: 10 }).map(({ alertId }) => alertId)).toEqual(['A-5', 'A-4', 'A-3']);
    expect(register.get('A-2')).toBeNull();
    expect(register.isComplete()).toBe(false);
  });

  test('goes after its time too', () => {
    const register = createAlertRegister(0, LIMITS);
    register.fold(raised(1), 0, NOW_MS);
    register.fold(disposed(1), 1, NOW_MS);
    register.fold(raised(2), 2, NOW_MS + LIMITS.closedForMs);
    expect(register.get('A-1')).toBeNull();
  });

  test('stays a repeat when it is computed again', () => {
    const { register } = createFilled([...[1, 2, 3, 4, 5].map(raised), ...[1, 2, 3, 4, 5].map(disposed)]);
    expect(register.get('A-2')).toBeNull();
    expect(register.fold(raised(2), 20, NOW_MS)).toMatchObject({ outcome: 'repeat', accepted: null });
    expect(register.get('A-2')).toBeNull();
  });

  test('does not come back by its end or withdrawal, and does by what says more', () => {
    const goesOn = { startedAt: instantAt(1), endedAt: null };
    const ended = { startedAt: instantAt(1), endedAt: instantAt(70) };
    const filled = () => createFilled([...[1, 2, 3, 4, 5].map(raised), ...[1, 2, 3, 4, 5].map(disposed)]).register;
    for (const [fields, status] of [
      [{ type: 'ended', episode: ended }, undefined],
      [{ type: 'withdrawn' }, undefined],
      [{ type: 'suspected', episode: goesOn }, undefined],
      [{ type: 'confirmed', episode: goesOn }, 'open'],
      [{ type: 'suspected', severity: 'critical' }, 'open'],
    ] as const) {
      const register = filled();
      const of = { ...raised(2), episode: goesOn, revision: 2, eventId: 'again' };
      expect([fields, register.fold({ ...of, ...fields }, 20, NOW_MS).alert?.status]).toEqual([fields, status]);
    }
  });

  test('the end of what a log of after it does not know opens nothing', () => {
    const { register, outcomes } = createFilled(
      [
        { ...raised(1), revision: 2, type: 'ended' as const },
        raised(2),
        { ...raised(3), revision: 4, type: 'confirmed' as const },
      ],
      500,
    );
    expect(outcomes).toEqual(['repeat', 'accepted', 'accepted']);
    expect(register.open().map(({ alertId }) => alertId)).toEqual(['A-3', 'A-2']);
  });

  test('property: who forgets has the same unresolved as who does not', () => {
    const { seed, random: next } = seededRandom();
    const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
    for (let run = 0; run < 300; run++) {
      const [all, few] = [
        createAlertRegister(0),
        createAlertRegister(0, { ...LIMITS, closedAlerts: 1, forgottenAlerts: 100 }),
      ];
      const revisions = new Map<string, number>();
      for (let seq = 0; seq < 40; seq++) {
        const alertId = `A-${Math.floor(next() * 5)}`;
        const known = all.get(alertId);
        const revision = (revisions.get(alertId) ?? 0) + (next() < 0.8 ? 1 : 0);
        const closes = known?.status === 'open' && next() < 0.5;
        const event = closes
          ? action('disposed', [known.finding.revision, known.actions], { alertId, eventId: `${run}-${seq}` })
          : finding({
              alertId,
              revision: Math.max(1, revision),
              eventId: `${run}-${seq}`,
              type: pick(['suspected', 'confirmed', 'ended', 'withdrawn'] as const),
              severity: pick(['low', 'high'] as const),
              episode: { startedAt: instantAt(pick([0, 1])), endedAt: pick([null, instantAt(5), instantAt(6)]) },
            });
        if (!closes) revisions.set(alertId, Math.max(1, revision));
        // Who has reopened what was forgotten counts its actions anew, and a person acts on what is shown.
        const seen = few.get(alertId);
        all.fold(event, seq, NOW_MS);
        const isAction = closes && seen !== null;
        const acted = isAction ? { seen: { revision: seen.finding.revision, actions: seen.actions } } : {};
        few.fold({ ...event, ...acted } as AlertEvent, seq, NOW_MS);
        const unresolved = (register: typeof all) =>
          register.open().map((alert) => [alert.alertId, alert.raisedAt, alert.wasConfirmed]);
        expect([seed, run, seq, unresolved(few)]).toEqual([seed, run, seq, unresolved(all)]);
      }
    }
  });

  test('events of an alert: the oldest, and those of what is closed', () => {
    const { register } = createFilled([
      ...[1, 2, 3, 4].map((revision) => finding({ revision })),
      ...[2, 3].map(raised),
      ...[2, 3].map(disposed),
    ]);
    expect(register.read('A-1')).toMatchObject({ complete: false });
    expect(register.read('A-1')?.events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(register.read('A-2')).toMatchObject({ complete: false, events: [] });
    expect(register.read('A-3')).toMatchObject({ complete: true });
    expect(register.read('A-3')?.events.map(({ seq }) => seq)).toEqual([5, 7]);
  });
});

describe('resuming', () => {
  test('gives what was accepted since, with its predecessors, and nothing that was not', () => {
    const { register, outcomes } = createFilled([
      raised(1),
      raised(1),
      action('acknowledged', [1, 5]),
      raised(2),
      action('acknowledged', [1, 0]),
    ]);
    expect(outcomes).toEqual(['accepted', 'repeat', 'refused', 'accepted', 'accepted']);
    const seqs = (after: number) => register.acceptedAfter(after)?.map(({ prevSeq, seq }) => [prevSeq, seq]);
    expect(seqs(-1)).toEqual([
      [-1, 0],
      [0, 3],
      [3, 4],
    ]);
    expect(seqs(0)).toEqual([
      [0, 3],
      [3, 4],
    ]);
    expect(seqs(2)).toEqual([
      [0, 3],
      [3, 4],
    ]);
    expect(seqs(4)).toEqual([]);
    expect(register.headSeq()).toBe(4);
  });

  test('tells when more was missed than is held', () => {
    const { register } = createFilled(Array.from({ length: 20 }, (_, n) => raised(n)));
    expect(register.acceptedAfter(3)).toBeNull();
    expect(register.acceptedAfter(15)?.map(({ seq }) => seq)).toEqual([16, 17, 18, 19]);
  });

  test('tells when the log itself no longer has what was missed', () => {
    const { register } = createFilled([raised(1)], 500);
    expect(register.isComplete()).toBe(false);
    expect(register.acceptedAfter(300)).toBeNull();
    expect(register.acceptedAfter(499)).toHaveLength(1);
    expect(createAlertRegister(500, LIMITS).acceptedAfter(300)).toBeNull();
  });
});

test('lists are filtered, newest first, and go on after a place', () => {
  const { register } = createFilled([
    raised(1),
    finding({ alertId: 'A-2', raisedAt: instantAt(1), wearerId: 'W-2' }),
    finding({ alertId: 'A-3', raisedAt: instantAt(3), kind: 'curfew' }),
  ]);
  const ids = (filter: Partial<Parameters<typeof register.list>[0]>) =>
    register.list({ limit: 10, ...filter }).map(({ alertId }) => alertId);
  expect(ids({})).toEqual(['A-3', 'A-1', 'A-2']);
  expect(ids({ limit: 2 })).toEqual(['A-3', 'A-1']);
  expect(ids({ after: { raisedAt: instantAt(1), alertId: 'A-1' } })).toEqual(['A-2']);
  expect(ids({ wearerId: 'W-2' })).toEqual(['A-2']);
  expect(ids({ kind: 'curfew' })).toEqual(['A-3']);
  expect(ids({ from: instantAt(2) })).toEqual(['A-3']);
  expect(ids({ to: instantAt(3) })).toEqual(['A-1', 'A-2']);
  expect(ids({ status: 'closed' })).toEqual([]);
});

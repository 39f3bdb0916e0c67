import { expect, test } from 'vitest';
import type { Term } from '../../src/engine/types.js';
import type { CohortAlert, CohortRecord } from '../../src/ports/cohort-records.js';
import { NO_TASKS } from '../../src/ports/task-records.js';
import { type CohortFacts, toCohortRow } from '../../src/schemes/cohort-row.js';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-11-29T12:00:00Z');
const daysAgo = (days: number) => NOW - days * DAY_MS;

const rowOf = (firstFixAtMs: number, ...alerts: readonly Partial<CohortAlert>[]) => rowWith(firstFixAtMs, alerts, {});

function rowWith(
  firstFixAtMs: number,
  alerts: readonly Partial<CohortAlert>[],
  facts: Partial<Pick<CohortFacts, 'terms' | 'suspensions'>>,
) {
  const record: CohortRecord = {
    wearerId: 'W-1',
    name: 'One',
    division: null,
    schemes: [],
    rag: null,
    mappa: null,
    membership: null,
    flags: null,
    plan: null,
    consentEndedAtMs: null,
    uncoveredSinceMs: null,
    tasks: NO_TASKS,
    orders: [{ type: 'licence', startsAtMs: daysAgo(50), endsAtMs: null }],
    activations: [
      { activationId: 'A-0', tagId: 'T-0', fittedAtMs: daysAgo(50), removedAtMs: daysAgo(45), heard: null },
      {
        activationId: 'A-1',
        tagId: 'T-1',
        fittedAtMs: daysAgo(45),
        removedAtMs: null,
        heard: { firstFixAtMs, lastFixAtMs: NOW },
        heardBefore: { firstFixAtMs: daysAgo(44), lastFixAtMs: daysAgo(28) },
      },
    ],
    alerts: alerts.map((alert) => ({
      kind: 'unmonitored',
      isOpen: false,
      activationId: 'A-1',
      conditionId: null,
      startedAtMs: daysAgo(4),
      endedAtMs: daysAgo(3),
      isConfirmed: true,
      disposition: null,
      ...alert,
    })),
  };
  const newest = { fixedAtMs: NOW, batteryPercent: null };
  return toCohortRow({ record, terms: new Map(), suspensions: new Map(), isWatched: true, newest, ...facts }, NOW);
}
const sinceOf = (firstFixAtMs: number, ...alerts: readonly Partial<CohortAlert>[]) => {
  const { isMonitored, monitoredSince } = rowOf(firstFixAtMs, ...alerts);
  expect(isMonitored).toBe(true);
  return monitoredSince === null ? null : (NOW - Date.parse(monitoredSince)) / DAY_MS;
};

test('monitored is counted from the fitting, or from when the tag told something again', () => {
  // Who was heard all along was heard when the days that are looked at begin.
  expect(sinceOf(daysAgo(28))).toBe(45);
  expect(sinceOf(daysAgo(1))).toBe(1);
  expect(sinceOf(daysAgo(28), {})).toBe(3);
  expect(sinceOf(daysAgo(2), {})).toBe(2);
});

test('a silence of a tag that came off says nothing of the one of now, nor does what told of something else', () => {
  expect(sinceOf(daysAgo(28), { activationId: 'A-0' }, { kind: 'battery-low' })).toBe(45);
});

test.each([
  ['of another condition', { conditionId: 'C-2' }, 600, 0],
  ['of the condition', { conditionId: 'C-1' }, 480, 120],
  ['of all of them', {}, 480, 120],
  ['taken back after an hour', { knownUntilMs: daysAgo(5) + 3_600_000 }, 540, 60],
])('a suspension %s: what was held back is not known to be kept', (_what, more, keptMinutes, unknownMinutes) => {
  const term = {
    conditionId: 'C-1',
    kind: 'curfew',
    startsAtMs: 0,
    endsAtMs: null,
    windows: [daysAgo(5) - 4 * 3_600_000, daysAgo(5) + 6 * 3_600_000],
  } as unknown as Term;
  const suspension = {
    suspensionId: 'S',
    conditionId: null,
    startsAtMs: daysAgo(5),
    endsAtMs: daysAgo(5) + 2 * 3_600_000,
    knownFromMs: daysAgo(6),
    knownUntilMs: null,
    ...more,
  };
  const { compliance } = rowWith(daysAgo(28), [], {
    terms: new Map([['A-1', [term]]]),
    suspensions: new Map([['A-1', [suspension]]]),
  });
  expect(compliance).toMatchObject({ requiredMinutes: 600, keptMinutes, unknownMinutes });
});

test('the 28 days before those are counted by the same rules, and nothing of them stands in those of now', () => {
  const always = {
    conditionId: 'C-1',
    kind: 'inclusion',
    startsAtMs: daysAgo(50),
    endsAtMs: null,
    windows: null,
  } as unknown as Term;
  const away = (startedAtMs: number, minutes: number): Partial<CohortAlert> => ({
    kind: 'inclusion',
    conditionId: 'C-1',
    startedAtMs,
    endedAtMs: startedAtMs + minutes * 60_000,
  });
  const { before, violations, compliance } = rowWith(daysAgo(28), [away(daysAgo(40), 60), away(daysAgo(2), 10)], {
    terms: new Map([['A-1', [always]]]),
  });
  expect([before.violations, violations]).toEqual([{ inclusion: 1 }, { inclusion: 1 }]);
  // Seventeen days on the tag of now, of which it was first heard after one.
  expect(before.compliance).toEqual({
    requiredMinutes: 17 * 1_440,
    keptMinutes: 16 * 1_440 - 60,
    excusedMinutes: 0,
    unreasonableMinutes: 60,
    unknownMinutes: 1_440,
  });
  expect(compliance).toMatchObject({
    requiredMinutes: 28 * 1_440,
    keptMinutes: 28 * 1_440 - 10,
    unreasonableMinutes: 10,
    unknownMinutes: 0,
  });
});

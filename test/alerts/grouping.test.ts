import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { floodNow, measureAlarmHealth, toGrouped } from '../../src/alerts/alarm-health.js';
import type { Alert } from '../../src/alerts/alert.js';
import type { AlertEvent, FindingEvent } from '../../src/alerts/event.js';
import { applyEvent } from '../../src/alerts/fold.js';
import {
  FLOOD_ABOVE,
  FLOOD_OVER_BELOW,
  FLOOD_WINDOW_MS,
  floodsOf,
  groupAlerts,
  isStale,
} from '../../src/alerts/grouping.js';
import { runs } from '../support/random.js';
import { action, finding, instantAt } from './events.js';

const MINUTE_MS = 60_000;
const at = (minute: number) => Date.parse(instantAt(minute));
let n = 0;
function alert(minute: number, fields: Partial<FindingEvent> = {}, actions: readonly AlertEvent[] = []): Alert {
  const alertId = `A-${String(n++).padStart(4, '0')}`;
  const episode = { startedAt: instantAt(minute), endedAt: null };
  const raised = finding({ alertId, type: 'confirmed', raisedAt: instantAt(minute), episode, ...fields });
  const all = [raised, ...actions.map((each) => ({ ...each, alertId }))];
  return all.reduce<Alert | null>((before, event, seq) => applyEvent(before, event, seq).alert, null)!;
}
const many = (count: number, minute: number, fields: (i: number) => Partial<FindingEvent> = () => ({})) =>
  Array.from({ length: count }, (_, i) => alert(minute, { wearerId: `W-${i}`, ...fields(i) }));
const group = (alerts: readonly Alert[], minute: number) =>
  groupAlerts(alerts.map(toGrouped), floodNow(alerts, at(minute)));

describe('a flood', () => {
  test('begins with the eleventh in ten minutes, and is over with fewer than five', () => {
    expect(floodsOf(Array(10).fill(at(0)), at(5))).toEqual([]);
    expect(floodsOf(Array(11).fill(at(0)), at(5))).toEqual([{ fromMs: at(0), toMs: null }]);
    const ebbing = [...Array(11).fill(at(0)), ...Array(5).fill(at(9)), ...Array(4).fill(at(18))];
    expect(floodsOf(ebbing, at(18))).toEqual([{ fromMs: at(0), toMs: null }]);
    expect(floodsOf(ebbing, at(30))).toEqual([{ fromMs: at(0), toMs: at(19) }]);
  });

  test('is what a count at every instant says it is', () => {
    const times = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 80 });
    fc.assert(
      fc.property(times, (minutes) => {
        const raised = minutes.map((minute) => at(minute));
        const spans = floodsOf(raised, at(90));
        let flood = false;
        for (let minute = 0; minute <= 90; minute++) {
          const atMs = at(minute);
          const count = raised.filter((each) => each <= atMs && each > atMs - FLOOD_WINDOW_MS).length;
          // What leaves the window is gone before what comes at the same instant is there.
          const least = raised.filter((each) => each < atMs && each > atMs - FLOOD_WINDOW_MS).length;
          if (flood && least < FLOOD_OVER_BELOW) flood = false;
          if (count > FLOOD_ABOVE) flood = true;
          const told = spans.some(({ fromMs, toMs }) => fromMs <= atMs && (toMs === null || atMs < toMs));
          expect(told, `minute ${minute}`).toBe(flood);
        }
      }),
      { numRuns: runs(200) },
    );
  });

  test('folds by cause, area and kind; critical ones never', () => {
    const alerts = [
      ...many(8, 0, () => ({ zoneId: 'Z-1' })),
      ...many(7, 1, () => ({ zoneId: 'Z-2', kind: 'curfew' })),
      ...many(3, 1, () => ({ zoneId: 'Z-1', severity: 'critical' })),
      alert(1, { zoneId: 'Z-9' }),
    ];
    const groups = group(alerts, 2);
    expect(groups.map(({ type, kind, alertIds }) => [type, kind, alertIds.length])).toEqual([
      ['flood', 'exclusion', 8],
      ['flood', 'curfew', 7],
    ]);
    expect(group(alerts, 60)).toEqual([]);
  });

  test('of a thousand leaves at most twenty rows, with what is critical', () => {
    const alerts = many(1_000, 0, (i) => ({ zoneId: `Z-${i % 10}`, severity: i % 200 === 0 ? 'critical' : 'medium' }));
    const groups = group(alerts, 1);
    const folded = groups.reduce((sum, { alertIds }) => sum + alertIds.length, 0);
    expect(groups.length + alerts.length - folded).toBeLessThanOrEqual(20);
  });
});

describe('repeats', () => {
  const inAndOut = (minutes: readonly number[], fields: Partial<FindingEvent> = {}) =>
    minutes.map((minute) => alert(minute, fields));
  test('three in and out within half an hour are one row; two, or three in an hour, are not', () => {
    expect(group(inAndOut([0, 10, 30]), 31)).toMatchObject([{ type: 'repeating', alertIds: { length: 3 } }]);
    expect(group(inAndOut([0, 10]), 31)).toEqual([]);
    expect(group(inAndOut([0, 20, 40]), 41)).toEqual([]);
    expect(group(inAndOut([0, 10, 20, 30, 90, 95, 100]), 101)).toMatchObject([
      { alertIds: { length: 4 } },
      { alertIds: { length: 3 } },
    ]);
  });
  test('of one wearer and zone', () => {
    const others = [...inAndOut([0, 10]), ...inAndOut([5], { wearerId: 'W-2' }), ...inAndOut([6], { zoneId: 'Z-2' })];
    expect(group(others, 31)).toEqual([]);
    expect(group(inAndOut([0, 1, 2], { severity: 'critical' }), 31)).toEqual([]);
  });
});

test('no alert is in two groups, none is lost, and the order in which they are given does not matter', () => {
  const some = fc.array(fc.record({ minute: fc.nat(40), wearer: fc.nat(2), zone: fc.nat(2), critical: fc.boolean() }), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(some, (drawn) => {
      const alerts = drawn.map(({ minute, wearer, zone, critical }) =>
        alert(minute, { wearerId: `W-${wearer}`, zoneId: `Z-${zone}`, severity: critical ? 'critical' : 'low' }),
      );
      const groups = group(alerts, 41);
      const ids = groups.flatMap(({ alertIds }) => alertIds);
      expect(new Set(ids).size).toBe(ids.length);
      const byKey = (all: typeof groups) => [...all].sort((a, b) => (a.alertIds[0]! < b.alertIds[0]! ? -1 : 1));
      expect(byKey(group([...alerts].reverse(), 41))).toEqual(byKey(groups));
      for (const { alertId, finding: each } of alerts)
        if (each.severity === 'critical') expect(ids).not.toContain(alertId);
    }),
    { numRuns: runs(100) },
  );
});

test('stale is what is unresolved for over a day', () => {
  const old = alert(0);
  expect(isStale(old, at(24 * 60))).toBe(false);
  expect(isStale(old, at(24 * 60 + 1))).toBe(true);
  expect(isStale(alert(0, {}, [action('disposed', [1, 0])]), at(5_000))).toBe(false);
});

test('the figures', () => {
  const minute = 2_000;
  const alerts = [
    ...many(12, minute - 5, () => ({ zoneId: 'Z-1', severity: 'medium' })),
    alert(minute - 300, { zoneId: null, conditionId: null, tagId: 'T-9', severity: 'low' }),
    alert(0),
    alert(minute - 20, {}, [action('taken', [1, 0], { actor: 'p1', at: instantAt(minute - 3) })]),
    alert(minute - 20, {}, [action('disposed', [1, 0], { actor: 'p2', at: instantAt(minute - 3) })]),
  ];
  expect(measureAlarmHealth(alerts, at(minute))).toEqual({
    positions: 2,
    raisedInTenMinutes: 12,
    raisedInTenMinutesAPosition: 6,
    raisedInTenMinutesOnAverage: (15 * 10) / (24 * 60),
    floodSince: instantAt(minute - 5),
    floodShare: (5 * MINUTE_MS) / 86_400_000,
    stale: 1,
    suspended: 0,
    bySeverity: { low: 1, medium: 12, high: 2, critical: 0 },
    worstSources: [
      { type: 'zone', id: 'Z-1', raised: 14, share: 14 / 15 },
      { type: 'tag', id: 'T-9', raised: 1, share: 1 / 15 },
    ],
    acknowledgedInTenMinutes: { p1: 1 },
  });
});

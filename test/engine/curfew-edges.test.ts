import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../src/engine/types.js';
import { play, type Step } from '../scenarios/scenario.js';
import { faraway, middle as home, type Place, pingAt, term, watch, zone } from '../scenarios/world.js';

const MINUTE_MS = 60_000;

/** 19:00 to 07:00 in London, as instants: the oracle for every edge. */
function night(date: Temporal.PlainDate): readonly [number, number] {
  const at = (day: Temporal.PlainDate, hour: number): number =>
    day.toZonedDateTime({ timeZone: 'Europe/London', plainTime: { hour } }).epochMilliseconds;
  return [at(date, 19), at(date.add({ days: 1 }), 7)];
}

const ALL_NIGHTS = Array.from({ length: 365 }, (_, i) => Temporal.PlainDate.from('2026-01-01').add({ days: i }));
const LONG = Temporal.PlainDate.from('2026-10-24');
const SHORT = Temporal.PlainDate.from('2026-03-28');

/** A ping a minute, received two seconds later. */
function pings(fromMs: number, untilMs: number, where: (atMs: number) => Place): Step[] {
  const steps: Step[] = [];
  for (let atMs = fromMs; atMs < untilMs; atMs += MINUTE_MS) {
    steps.push({
      atMs: atMs + 2_000,
      input: { type: 'ping', ping: pingAt(atMs, where(atMs)), receivedAtMs: atMs + 2_000 },
    });
  }
  return steps;
}

const until = (atMs: number): Step => ({ atMs, input: { type: 'tick', atMs } });

const address = zone();
const curfewed = (windows: readonly number[]) =>
  watch([address], [term('curfew', address, { windows, startsAtMs: windows[0]! - MINUTE_MS })]);

const short = (event: EngineEvent) => ({
  type: event.type,
  kind: event.kind,
  started: new Date(event.episode.startedAtMs).toISOString(),
  ended: event.episode.endedAtMs === null ? null : new Date(event.episode.endedAtMs).toISOString(),
});

describe('invariant 8: every curfew edge is judged', () => {
  test('the nights of the clock changes are 11 and 13 hours long', () => {
    const hours = (date: Temporal.PlainDate) => (night(date)[1] - night(date)[0]) / 3_600_000;
    expect([hours(SHORT), hours(LONG), hours(SHORT.add({ days: 1 }))]).toEqual([11, 13, 12]);
  });

  test('a silent tag: each edge of a year, in time, amends what is unknown', () => {
    const windows = ALL_NIGHTS.flatMap(night);
    const { events } = play(curfewed(windows), [until(windows[0]! - 60_000), until(windows.at(-1)! + 100_000)], 'due');
    expect(events.map((event) => event.foundAtMs)).toEqual(windows);
    expect(events.map((event) => event.raisedAtMs)).toEqual(windows.map((edge) => edge + 90_000));
    expect(new Set(events.map((event) => event.alertId)).size).toBe(1);
  });

  test.each(ALL_NIGHTS.filter((date) => date.day === 14 || date.equals(LONG) || date.equals(SHORT)).map(String))(
    'out over both edges of the night of %s: one violation between them',
    (date) => {
      const windows = night(Temporal.PlainDate.from(date));
      const steps = pings(windows[0] - 3 * MINUTE_MS, windows[1] + 3 * MINUTE_MS, () => faraway);
      const { events } = play(curfewed(windows), steps, 'every');
      const iso = windows.map((edge) => new Date(edge).toISOString());
      expect(events.map(short)).toEqual([
        { type: 'confirmed', kind: 'curfew', started: iso[0], ended: null },
        { type: 'ended', kind: 'curfew', started: iso[0], ended: iso[1] },
      ]);
      expect(events[1]).toMatchObject({ reason: 'out-for-whole-window', endedBecause: 'window-closed' });
    },
  );

  test('home until 06:30Z, a kilometre away from 06:31Z, the window of the long night closed at 07:00Z', () => {
    const windows = night(LONG);
    expect(new Date(windows[1]).toISOString()).toBe('2026-10-25T07:00:00.000Z');
    const left = Date.parse('2026-10-25T06:31:00Z');
    const steps = pings(windows[0] - MINUTE_MS, windows[1] + 6 * MINUTE_MS, (atMs) => (atMs < left ? home : faraway));
    const { events } = play(curfewed(windows), steps, 'every');
    expect(events.map((event) => event.type)).toEqual(['suspected', 'confirmed', 'ended']);
    expect(short(events[2]!)).toMatchObject({ started: '2026-10-25T06:31:00.000Z', ended: '2026-10-25T07:00:00.000Z' });
    expect(events[2]).toMatchObject({ reason: 'out-at-end', endedBecause: 'window-closed' });
  });

  test('away from 06:11Z only: the window of the short night closed at 06:00Z', () => {
    const windows = night(SHORT);
    expect(new Date(windows[1]).toISOString()).toBe('2026-03-29T06:00:00.000Z');
    const left = Date.parse('2026-03-29T06:11:00Z');
    const steps = pings(windows[0] - MINUTE_MS, left + 20 * MINUTE_MS, (atMs) => (atMs < left ? home : faraway));
    expect(play(curfewed(windows), steps, 'every').events).toEqual([]);
  });

  test('the long night received in one batch hours later: one violation, said to be late', () => {
    const windows = night(LONG);
    const left = Date.parse('2026-10-25T06:31:00Z');
    const receivedAtMs = windows[1] + 4 * 3_600_000;
    const live = pings(windows[0] - MINUTE_MS, windows[1] + 6 * MINUTE_MS, (atMs) => (atMs < left ? home : faraway));
    const first = live[0]!;
    const late = live.slice(1).map((step): Step => {
      if (!('input' in step) || step.input.type !== 'ping') throw new Error('All of them are pings.');
      return { atMs: receivedAtMs, input: { ...step.input, receivedAtMs } };
    });
    const { events } = play(curfewed(windows), [first, ...late, until(receivedAtMs + 600_000)], 'every');
    const violations = events.filter((event) => event.kind === 'curfew');
    expect(new Set(violations.map((event) => event.alertId)).size).toBe(1);
    expect(short(violations.at(-1)!)).toMatchObject({
      started: '2026-10-25T06:31:00.000Z',
      ended: '2026-10-25T07:00:00.000Z',
    });
    for (const event of violations) expect(event.delayedByMs).toBeGreaterThan(0);
  });
});

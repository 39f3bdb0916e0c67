import { describe, expect, it } from 'vitest';
import { sumPresence, toDayRows } from '../../src/console/model/timeline-rows.js';
import { addDays, readStretch, writeStretch } from '../../src/console/model/timeline-stretch.js';
import {
  cutWords,
  dayWords,
  lengthWords,
  presenceWords,
  standingNowWords,
} from '../../src/console/words/timeline-words.js';
import { hourAndMinute, hourOfDay } from '../../src/console/words/times.js';
import type { Timeline } from '../../src/wire/timeline.js';

const HOUR_MS = 3_600_000;
/** The clocks go back in the night of the second day; it is noon of the third. */
const timeline = (fields: Partial<Timeline> = {}): Timeline => ({
  wearerId: 'W-1',
  asOf: '2026-10-26T12:00:00.000Z',
  timeZone: 'Europe/London',
  days: [
    { date: '2026-10-24', fromAt: '2026-10-23T23:00:00.000Z', untilAt: '2026-10-24T23:00:00.000Z' },
    { date: '2026-10-25', fromAt: '2026-10-24T23:00:00.000Z', untilAt: '2026-10-26T00:00:00.000Z' },
    { date: '2026-10-26', fromAt: '2026-10-26T00:00:00.000Z', untilAt: '2026-10-27T00:00:00.000Z' },
  ],
  fixes: 0,
  bands: [
    { presence: 'unknown', fromAt: '2026-10-23T23:00:00.000Z', untilAt: '2026-10-25T20:00:00.000Z' },
    { presence: 'out', fromAt: '2026-10-25T20:00:00.000Z', untilAt: '2026-10-25T21:30:00.000Z' },
    { presence: 'home', fromAt: '2026-10-25T21:30:00.000Z', untilAt: '2026-10-26T12:00:00.000Z' },
  ],
  inForce: [],
  periods: [],
  alerts: [],
  deviceEvents: [],
  notes: [],
  onRecord: { alerts: 0, deviceEvents: 0, notes: 0 },
  ...fields,
});
const march: Pick<Timeline, 'days'> = {
  days: [{ date: '2026-03-29', fromAt: '2026-03-29T00:00:00.000Z', untilAt: '2026-03-29T23:00:00.000Z' }],
};

describe('the rows of days', () => {
  it('are the newest first, and as long as their day: 24, 25 and 23 hours', () => {
    const [today, long, before] = toDayRows(timeline(), hourOfDay);
    expect([today!.date, long!.date, before!.date]).toEqual(['2026-10-26', '2026-10-25', '2026-10-24']);
    expect([today!.width, long!.width, before!.width]).toEqual([960, 1_000, 960]);
    const [short] = toDayRows(timeline(march), hourOfDay);
    expect([short!.hours, Math.round(short!.width)]).toEqual([23, 958]);
  });

  it('have their hours by the local clock: on the long day midnight to three is four hours, on the short one two', () => {
    const apart = (row: ReturnType<typeof toDayRows>[number]) => {
      const words = row.marks.map(({ atMs }) => hourAndMinute(atMs, atMs));
      return [words, row.marks.slice(1).map(({ atMs }, index) => (atMs - row.marks[index]!.atMs) / HOUR_MS)];
    };
    const usual = ['00:00', '03:00', '06:00', '09:00', '12:00', '15:00', '18:00', '21:00'];
    expect(apart(toDayRows(timeline(), hourOfDay)[1]!)).toEqual([usual, [4, 3, 3, 3, 3, 3, 3]]);
    expect(apart(toDayRows(timeline(march), hourOfDay)[0]!)).toEqual([usual, [2, 3, 3, 3, 3, 3, 3]]);
  });

  it('cut what goes over midnight, and know nothing of the time to come', () => {
    const rows = toDayRows(timeline(), hourOfDay);
    expect(
      rows.map((row) => row.presence.map(({ what, fromMs, untilMs }) => [what, (untilMs - fromMs) / HOUR_MS])),
    ).toEqual([
      [['home', 12]],
      [
        ['unknown', 21],
        ['out', 1.5],
        ['home', 2.5],
      ],
      [['unknown', 24]],
    ]);
    expect(sumPresence(rows[1]!, 'unknown')).toBe(21 * HOUR_MS);
  });

  it('show an alert that goes on until now, and one of a minute wide enough to be seen', () => {
    const alert = {
      alertId: 'A-1',
      kind: 'curfew',
      severity: 'high',
      strength: 'confirmed',
      status: 'open',
      conditionId: 'C-1',
      zoneId: 'Z-1',
      startedAt: '2026-10-25T23:59:00.000Z',
      endedAt: null,
      disposition: null,
    } as const;
    const [today, long] = toDayRows(timeline({ alerts: [alert] }), hourOfDay);
    expect(today!.alerts.map(({ untilMs }) => untilMs)).toEqual([Date.parse('2026-10-26T12:00:00.000Z')]);
    const [bar] = long!.alerts;
    expect(bar!.width).toBe(3);
    expect(bar!.x + bar!.width).toBeLessThanOrEqual(long!.width);
  });
});

describe('the same in words', () => {
  it('says for how long, from when until when, and which day was of another length', () => {
    const [, long] = toDayRows(timeline(), hourOfDay);
    expect(presenceWords(long!, 'out')).toBe('1 h 30 min (20:00 to 21:30)');
    expect(presenceWords(long!, 'home')).toBe('2 h 30 min (21:30 to midnight)');
    expect(presenceWords(long!, 'not-fitted')).toBe('');
    expect(lengthWords(long!)).toBe('25 h: the clocks went back');
    expect(dayWords(long!, 'Sun 25 Oct')).toBe(
      'Sun 25 Oct, 25 h: the clocks went back: At home 2 h 30 min; Out 1 h 30 min; UNKNOWN 21 h; no alert.',
    );
    expect(lengthWords(toDayRows(timeline(march), hourOfDay)[0]!)).toBe('23 h: the clocks went forward');
  });

  it('says of a condition whether it is in force, and when that changes and why', () => {
    const nowMs = Date.parse('2026-10-26T12:00:00.000Z');
    const one = {
      conditionId: 'C-1',
      conditionVersion: 1,
      kind: 'curfew',
      zoneId: 'Z-1',
      appliesToAll: false,
      wording: null,
      isInForce: false,
      changesAt: '2026-10-26T19:00:00.000Z',
      endsBecause: null,
    } as const;
    expect(standingNowWords(one, nowMs)).toBe('Begins at 19:00, in 7 h');
    expect(standingNowWords({ ...one, isInForce: true, endsBecause: 'absence-began' }, nowMs)).toBe(
      'In force; is lifted by an authorised absence at 19:00, in 7 h',
    );
    expect(standingNowWords({ ...one, isInForce: true, changesAt: null }, nowMs)).toBe('In force, with no end known');
  });
});

describe('which days an address names', () => {
  it('comes back as it was written, and what cannot be read is as by default', () => {
    for (const stretch of [
      { days: 28, lastDay: '2026-10-25', day: '2026-10-24' },
      { days: 2, lastDay: null, day: null },
    ])
      expect(readStretch(writeStretch(stretch))).toEqual(stretch);
    expect(readStretch('?days=5&lastDay=yesterday')).toEqual({ days: 2, lastDay: null, day: null });
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
  });
});

it('say what of the days is not shown, and nothing where all is', () => {
  const deviceEvents = [{ at: '2026-10-25T20:00:00.000Z', events: ['low-battery'] }];
  const told = (count: number) => timeline({ deviceEvents, onRecord: { alerts: 0, deviceEvents: count, notes: 0 } });
  expect(cutWords(told(1), 'deviceEvents')).toBe('');
  expect(cutWords(told(3_412), 'deviceEvents')).toBe(
    'Of 3,412 messages of the tag the newest 1 are shown: fewer days at once show all',
  );
});

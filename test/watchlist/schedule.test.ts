import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it, test } from 'vitest';
import type { Schedule, Weekday } from '../../src/ports/watch.js';
import { createLocalClock, isTimeZone } from '../../src/watchlist/local-time.js';
import { createScheduleExpansion, expandSchedule, WEEKDAYS } from '../../src/watchlist/schedule.js';
import { runs } from '../support/random.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const at = (text: string) => Date.parse(text);
const own = (schedule: Schedule, from: string, until: string) =>
  expandSchedule(schedule, at(from), at(until))[0]?.windows.map((ms) => new Date(ms).toISOString().slice(0, 16));

const nightly: Schedule = {
  timeZone: 'Europe/London',
  windows: [{ days: [...WEEKDAYS], from: '19:00', to: '07:00' }],
  exceptions: [],
};
const daily = (from: string, to: string, timeZone = 'Europe/London'): Schedule => ({
  timeZone,
  windows: [{ days: [...WEEKDAYS], from, to }],
  exceptions: [],
});

describe('time zones', () => {
  // What ICU knows beyond the IANA database; what reports say that people write; what is no name at all.
  const doubtful = [
    'ACT',
    'AET',
    'AGT',
    'ART',
    'AST',
    'BET',
    'BST',
    'CAT',
    'CNT',
    'CST',
    'CTT',
    'EAT',
    'ECT',
    'IET',
    'IST',
    'JST',
  ]
    .concat([
      'MIT',
      'NET',
      'NST',
      'PLT',
      'PNT',
      'PRT',
      'PST',
      'SST',
      'VST',
      'EST',
      'MST',
      'HST',
      'GMT',
      'CET',
      'EST5EDT',
    ])
    .concat([
      'London',
      'GB',
      'Zulu',
      'Z',
      'UTC+1',
      'Etc/GMT-14',
      'europe/london',
      '+01:00',
      '-00:30',
      '',
      ' ',
      'Europe/London ',
    ])
    .concat([
      '2026-01-01T00:00Z[Europe/London]',
      'Europe/London[u-ca=iso8601]',
      '\ud800',
      'a\0',
      'constructor',
      '__proto__',
    ]);

  it.each([...Intl.supportedValuesOf('timeZone'), ...doubtful])(
    'what is taken expands, and nothing else: %j',
    (timeZone) => {
      let expands = true;
      try {
        expandSchedule(daily('19:00', '07:00', timeZone), at('2026-03-01T00:00Z'), at('2026-04-05T00:00Z'));
      } catch {
        expands = false;
      }
      expect(isTimeZone(timeZone)).toBe(expands);
    },
  );

  it('are IANA names, and no abbreviation that means several', () => {
    expect(['Europe/London', 'GB', 'EST5EDT', 'utc'].filter(isTimeZone)).toHaveLength(4);
    expect(['BST', 'IST', 'London', 'Z', '+01:00'].filter(isTimeZone)).toEqual([]);
  });
});

describe('schedules in UTC', () => {
  it('keeps the nights on which the clocks change: 11 h in March, 13 h in October', () => {
    const [march] = expandSchedule(nightly, at('2026-03-28T20:00Z'), at('2026-03-29T05:00Z'));
    expect(march?.windows).toEqual([at('2026-03-28T19:00Z'), at('2026-03-29T06:00Z')]);
    const [october] = expandSchedule(nightly, at('2026-10-24T20:00Z'), at('2026-10-25T05:00Z'));
    expect(october?.windows).toEqual([at('2026-10-24T18:00Z'), at('2026-10-25T07:00Z')]);
  });

  it('gives whole windows that overlap the range and no other', () => {
    expect(own(nightly, '2026-01-02T06:59Z', '2026-01-02T19:00Z')).toEqual(['2026-01-01T19:00', '2026-01-02T07:00']);
    expect(own(nightly, '2026-01-02T07:00Z', '2026-01-02T19:00Z')).toEqual([]);
    expect(own(nightly, '2026-01-02T07:00Z', '2026-01-02T07:00Z')).toEqual([]);
  });

  it('takes equal times as a whole day, and joins what touches', () => {
    const saturday: Schedule = { ...daily('12:00', '12:00'), windows: [{ days: ['sat'], from: '12:00', to: '12:00' }] };
    expect(own(saturday, '2026-01-03T00:00Z', '2026-01-09T00:00Z')).toEqual(['2026-01-03T12:00', '2026-01-04T12:00']);
    const halves: Schedule = {
      ...nightly,
      windows: [
        { days: ['mon'], from: '08:00', to: '12:00' },
        { days: ['mon'], from: '12:00', to: '13:00' },
        { days: ['mon'], from: '12:30', to: '14:00' },
      ],
    };
    expect(own(halves, '2026-01-05T00:00Z', '2026-01-06T00:00Z')).toEqual(['2026-01-05T08:00', '2026-01-05T14:00']);
  });

  it('replaces the windows that start on an exception’s date, not the one that runs into it', () => {
    const christmas: Schedule = {
      ...nightly,
      exceptions: [
        { date: '2026-12-25', windows: [], reason: 'variation' },
        { date: '2026-12-27', windows: [{ from: '15:00', to: '07:00' }], reason: 'first-night' },
      ],
    };
    expect(own(christmas, '2026-12-25T00:00Z', '2026-12-28T00:00Z')).toEqual([
      '2026-12-24T19:00',
      '2026-12-25T07:00',
      '2026-12-26T19:00',
      '2026-12-27T07:00',
      '2026-12-27T15:00',
      '2026-12-28T07:00',
    ]);
  });

  it('tells windows at other addresses apart, the own ones first', () => {
    const two: Schedule = {
      ...nightly,
      windows: [
        { days: ['mon'], from: '19:00', to: '23:00', zoneId: 'mothers' },
        { days: ['tue'], from: '19:00', to: '23:00' },
      ],
    };
    const expanded = expandSchedule(two, at('2026-01-05T00:00Z'), at('2026-01-07T00:00Z'));
    expect(expanded.map(({ zoneId }) => zoneId)).toEqual([null, 'mothers']);
    expect(expanded.map(({ windows }) => windows[0])).toEqual([at('2026-01-06T19:00Z'), at('2026-01-05T19:00Z')]);
  });

  it('moves an edge in a gap later and takes the earlier of two', () => {
    // London, 2026-03-29: 01:00 becomes 02:00. 2026-10-25: 02:00 becomes 01:00.
    expect(own(daily('01:30', '04:00'), '2026-03-29T00:00Z', '2026-03-29T12:00Z')).toEqual([
      '2026-03-29T01:30',
      '2026-03-29T03:00',
    ]);
    expect(own(daily('01:30', '04:00'), '2026-10-25T00:00Z', '2026-10-25T12:00Z')?.[0]).toBe('2026-10-25T00:30');
    // The gap swallows it whole.
    expect(own(daily('01:00', '02:00'), '2026-03-29T00:00Z', '2026-03-29T12:00Z')).toEqual([]);
  });

  it('finds eighteen years of nights', () => {
    const [expanded] = expandSchedule(nightly, at('2008-01-01T12:00Z'), at('2026-01-01T12:00Z'));
    expect(expanded?.windows).toHaveLength(2 * 6_575);
    expect(expanded?.windows.every((ms, i, all) => i === 0 || ms > (all[i - 1] as number))).toBe(true);
  });
});

const ZONES = ['Europe/London', 'Australia/Lord_Howe', 'America/St_Johns', 'Africa/Casablanca', 'Pacific/Apia', 'UTC'];

/** Local time as Intl tells it, without Temporal. */
function wallClock(timeZone: string) {
  const parts: Intl.DateTimeFormatOptions = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  const format = new Intl.DateTimeFormat('en-GB', { ...parts, timeZone });
  return (ms: number) => {
    const named = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
    return { day: named.weekday?.toLowerCase() as Weekday, time: `${named.hour}:${named.minute}` };
  };
}

const times = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 11 }))
  .map(([hour, twelfth]) => `${String(hour).padStart(2, '0')}:${String(twelfth * 5).padStart(2, '0')}`);
// A range that holds both changes of a year now and then.
const ranges = fc.integer({ min: 0, max: 40 * 365 }).map((day) => at('1995-01-01T00:00Z') + day * DAY_MS);

describe('schedules as properties', () => {
  it('converts as Temporal does', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), ranges, fc.integer({ min: 0, max: 1_439 }), (timeZone, dayMs, minute) => {
        const wallMs = dayMs + minute * 60_000;
        const clock = createLocalClock(timeZone, dayMs, dayMs + DAY_MS);
        const plain = new Temporal.PlainDateTime(1970, 1, 1).add({ milliseconds: wallMs });
        const oracle = plain.toZonedDateTime(timeZone).epochMilliseconds;
        expect(clock.toEpochMs(wallMs)).toBe(oracle);
      }),
      { numRuns: runs(400) },
    );
  });

  it('agrees with a clock on the wall, minute by minute', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), ranges, times, times, (timeZone, fromMs, from, to) => {
        const days = [WEEKDAYS[1], WEEKDAYS[6], WEEKDAYS[0]].flatMap((day) => (day === undefined ? [] : [day]));
        const schedule: Schedule = { timeZone, windows: [{ days, from, to }], exceptions: [] };
        const [expanded] = expandSchedule(schedule, fromMs, fromMs + 8 * DAY_MS);
        const windows = expanded?.windows ?? [];
        const wall = wallClock(timeZone);
        const overnight = to <= from;
        for (let ms = fromMs; ms < fromMs + 8 * DAY_MS; ms += 17 * 60_000) {
          const { day, time } = wall(ms);
          const today = days.some((one) => one === day);
          const before = days.some((one) => one === WEEKDAYS[(WEEKDAYS.indexOf(day) + 6) % 7]);
          const expected = overnight
            ? (today && time >= from) || (before && time < to)
            : today && time >= from && time < to;
          let found = false;
          for (let i = 0; i < windows.length; i += 2) {
            found ||= ms >= (windows[i] as number) && ms < (windows[i + 1] as number);
          }
          // Near a clock change a wall time is ambiguous or missing: Temporal's own rule is checked above.
          const changes =
            wall(ms - 2 * HOUR_MS).time !== shift(time, -120) || wall(ms + 2 * HOUR_MS).time !== shift(time, 120);
          if (!changes)
            expect({ at: new Date(ms).toISOString(), found }).toEqual({
              at: new Date(ms).toISOString(),
              found: expected,
            });
        }
      }),
      { numRuns: runs(60) },
    );
  });

  it('gives the same windows whatever the range that is asked for', () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 1, max: 30 }), times, times, (fromMs, days, from, to) => {
        fc.pre(from !== to);
        const schedule = daily(from, to);
        const untilMs = fromMs + days * DAY_MS;
        const whole = expandSchedule(schedule, fromMs, untilMs)[0]?.windows ?? [];
        const middleMs = fromMs + Math.floor(days / 2) * DAY_MS;
        const parts = [
          ...(expandSchedule(schedule, fromMs, middleMs)[0]?.windows ?? []),
          ...(expandSchedule(schedule, middleMs, untilMs)[0]?.windows ?? []),
        ];
        expect([...new Set(parts)]).toEqual(whole);
      }),
      { numRuns: runs(100) },
    );
  });
});

function shift(time: string, minutes: number): string {
  const total = (Number(time.slice(0, 2)) * 60 + Number(time.slice(3)) + minutes + 1_440) % 1_440;
  return `${String(Math.floor(total / 60)).padStart(2, '0')}:${String(total % 60).padStart(2, '0')}`;
}

test('of many that have the same schedule it is expanded once, and of others by itself', () => {
  const expand = createScheduleExpansion();
  const [from, until] = [at('2026-03-20T00:00Z'), at('2026-04-20T00:00Z')];
  const again = structuredClone(nightly);
  expect(expand(again, from, until)).toBe(expand(nightly, from, until));
  for (const schedule of [nightly, daily('19:00', '06:00'), daily('19:00', '07:00', 'Europe/Paris')])
    for (const range of [[from, until] as const, [from, until - DAY_MS] as const, [from + DAY_MS, until] as const])
      expect(expand(schedule, ...range)).toEqual(expandSchedule(schedule, ...range));
});

import { describe, expect, it } from 'vitest';
import type { Schedule, Weekday } from '../../src/ports/watch.js';
import { checkSchedule } from '../../src/records/schedule-rules.js';

const window = (days: Weekday[], from: string, to: string, zoneId?: string) => ({
  days,
  from,
  to,
  ...(zoneId === undefined ? {} : { zoneId }),
});
const schedule = (over: Partial<Schedule>): Schedule => ({
  timeZone: 'Europe/London',
  windows: [window(['mon'], '19:00', '07:00')],
  exceptions: [],
  ...over,
});
const pointers = (over: Partial<Schedule>) => checkSchedule(schedule(over), 'home').map(({ pointer }) => pointer);
const variation = (date: string, ...windows: { from: string; to: string; zoneId?: string }[]) =>
  ({ date, windows, reason: 'variation' }) as const;

describe('rules of a schedule', () => {
  it('refuses what is no time zone, with its place', () => {
    for (const timeZone of ['Europe/London', 'UTC', 'Asia/Shanghai', 'EST5EDT'])
      expect(pointers({ timeZone })).toEqual([]);
    for (const timeZone of ['', 'Europe/Londn', 'London', '+01:00', 'BST', 'IST', 'PST', 'UTC+1', 'Z']) {
      expect(pointers({ timeZone })).toEqual(['/schedule/timeZone']);
    }
  });

  it('takes up to three windows a day, at one address as they like', () => {
    const three = [
      window(['mon'], '01:00', '02:00'),
      window(['mon'], '02:00', '03:00'),
      window(['mon'], '02:30', '04:00'),
    ];
    expect(pointers({ windows: three })).toEqual([]);
    expect(pointers({ windows: [...three, window(['mon', 'tue'], '05:00', '06:00')] })).toEqual(['/schedule/windows']);
    expect(pointers({ windows: [window(['mon'], '12:00', '12:00')] })).toEqual([]);
  });

  it.each([
    ['on one day', [window(['mon'], '19:00', '21:00'), window(['mon'], '20:00', '22:00', 'other')], 1],
    ['from one day into the next', [window(['mon'], '19:00', '07:00'), window(['tue'], '06:00', '08:00', 'other')], 1],
    ['from Sunday into Monday', [window(['mon'], '06:00', '08:00', 'other'), window(['sun'], '19:00', '07:00')], 1],
    ['not where they touch', [window(['mon'], '19:00', '07:00'), window(['tue'], '07:00', '08:00', 'other')], 0],
    ['not on other days', [window(['mon'], '19:00', '07:00'), window(['wed'], '06:00', '08:00', 'other')], 0],
    [
      'not where the other is the condition’s own',
      [window(['mon'], '19:00', '21:00'), window(['mon'], '20:00', '22:00', 'home')],
      0,
    ],
  ])('refuses two addresses at once: %s', (_what, windows, faults) => {
    expect(pointers({ windows })).toHaveLength(faults);
  });

  it('refuses an exception that needs two addresses at once, by the days around it', () => {
    // 2026-11-23 is a Monday.
    const other = { zoneId: 'other' };
    expect(pointers({ exceptions: [variation('2026-11-24', { from: '06:00', to: '09:00', ...other })] })).toEqual([
      '/schedule/exceptions/0/windows/0',
    ]);
    expect(pointers({ exceptions: [variation('2026-11-24', { from: '07:00', to: '09:00', ...other })] })).toEqual([]);
    expect(pointers({ exceptions: [variation('2026-11-22', { from: '20:00', to: '20:00', ...other })] })).toEqual([
      '/schedule/exceptions/0/windows/0',
    ]);
    const both = [variation('2026-11-23'), variation('2026-11-24', { from: '06:00', to: '09:00', ...other })];
    expect(pointers({ exceptions: both })).toEqual([]);
  });

  it('refuses dates that do not exist or stand twice, and a schedule of nothing', () => {
    expect(pointers({ exceptions: [variation('2026-02-29')] })).toEqual(['/schedule/exceptions/0/date']);
    expect(pointers({ exceptions: [variation('2026-11-24'), variation('2026-11-24')] })).toEqual([
      '/schedule/exceptions/1/date',
    ]);
    expect(pointers({ windows: [] })).toEqual(['/schedule/windows']);
    const four = ['01', '03', '05', '07'].map((hour) => ({ from: `${hour}:00`, to: `${hour}:30` }));
    expect(pointers({ exceptions: [variation('2026-11-24', ...four)] })).toEqual(['/schedule/exceptions/0/windows']);
  });
});

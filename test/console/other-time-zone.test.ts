/** Whoever sits elsewhere, or whose machine is set wrong, types and reads the local time of the wearers. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { dayAfter, dayOf, startOfDay } from '../../src/console/model/local-instant.js';
import { toOutcome } from '../../src/console/model/outcome-form.js';
import { toRecords } from '../../src/console/model/zone-draft.js';
import { draftByWizard } from '../../src/console/model/zone-wizards.js';
import { dayAndTime } from '../../src/console/words/times.js';

const before = process.env['TZ'];
afterAll(() => {
  if (before === undefined) delete process.env['TZ'];
  else process.env['TZ'] = before;
});

/** On the night when the clocks go back, 01:30 comes twice: what begins, begins with the first, what ends, ends with the second. */
test.each([
  ['America/New_York', 300],
  ['Asia/Tokyo', -540],
  ['Europe/London', 0],
])('what is typed is local time, in %s', (zone, behindMinutes) => {
  process.env['TZ'] = zone;
  expect(new Date('2026-01-01T00:00:00Z').getTimezoneOffset()).toBe(behindMinutes);
  const draft = draftByWizard('hdc', {
    orderId: 'O-1',
    places: '51, 1',
    name: 'Home',
    dates: ['2026-07-01'],
    startsAt: '2026-07-01T15:00',
    stem: 'x',
  });
  const condition = { ...draft.condition!, startsAt: '2026-10-25T01:30', endsAt: '2026-10-25T01:30' };
  const [drawn, named] = toRecords({ ...draft, effectiveAt: '2026-07-01T15:00', condition });
  expect(drawn!.body).toMatchObject({ properties: { effectiveAt: '2026-07-01T14:00:00.000Z' } });
  expect(named!.body).toMatchObject({ startsAt: '2026-10-25T00:30:00.000Z', endsAt: '2026-10-25T01:30:00.000Z' });
  expect(toOutcome({ text: 'met', happenedAt: '2026-07-01T15:00', nextAt: '2026-10-25T01:30' }, 0)).toMatchObject({
    happenedAt: '2026-07-01T14:00:00.000Z',
    nextAt: '2026-10-25T01:30:00.000Z',
  });
  expect(dayOf(Date.parse('2026-07-01T23:30:00Z'))).toBe('2026-07-02');
  expect(startOfDay('2026-07-02')).toBe('2026-07-01T23:00:00.000Z');
  expect(dayAndTime(Date.parse('2026-07-01T14:00:00Z'))).toBe('Wed 1 Jul 15:00:00');
  // The day of 25 hours is as long as that, and the one of 23.
  for (const [day, hours] of [
    ['2026-10-25', 25],
    ['2026-03-29', 23],
    ['2026-07-01', 24],
  ] as const)
    expect((Date.parse(startOfDay(dayAfter(day))) - Date.parse(startOfDay(day))) / 3_600_000).toBe(hours);
});

test('no page asks the browser’s own clock for hours, days or how they are written', () => {
  const folder = join(import.meta.dirname, '..', '..', 'src', 'console');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
  expect(files.length).toBeGreaterThan(100);
  const own =
    /\.(get|set)(FullYear|Month|Date|Day|Hours|Minutes)\(|\.toLocale(Date|Time)String\(|\.getTimezoneOffset\(/;
  const found = files.filter((name) => {
    const source = readFileSync(join(folder, name), 'utf8');
    const formats = source.match(/Intl\.DateTimeFormat\(/g)?.length ?? 0;
    const zones = source.match(/timeZone: |timeZone,/g)?.length ?? 0;
    return own.test(source) || formats > zones;
  });
  expect(found).toEqual([]);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../src/formats/instant.js';

describe('parseInstant', () => {
  it.each([
    ['2026-11-22T18:03:11Z', Date.UTC(2026, 10, 22, 18, 3, 11)],
    ['2026-11-22t18:03:11z', Date.UTC(2026, 10, 22, 18, 3, 11)],
    ['2026-11-22 18:03:11+00:00', Date.UTC(2026, 10, 22, 18, 3, 11)],
    ['2026-11-22T19:03:11+01:00', Date.UTC(2026, 10, 22, 18, 3, 11)],
    ['2026-11-22T12:33:11-05:30', Date.UTC(2026, 10, 22, 18, 3, 11)],
    ['2026-11-22T18:03:11.5Z', Date.UTC(2026, 10, 22, 18, 3, 11, 500)],
    ['2026-11-22T18:03:11.123456789Z', Date.UTC(2026, 10, 22, 18, 3, 11, 123)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
  ])('reads %s', (text, ms) => {
    expect(parseInstant(text)).toBe(ms);
  });

  it.each([
    '',
    '2026-11-22',
    '2026-11-22T18:03:11',
    '2026-11-22T18:03Z',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T18:60:00Z',
    '2026-11-22T18:03:61Z',
    '2026-11-22T18:03:11.Z',
    '2026-11-22T18:03:11Z ',
    ' 2026-11-22T18:03:11Z',
    '2026-11-22T18:03:11+0100',
    '2026-11-22T18:03:11+24:00',
    '1763834591',
    'yesterday',
  ])('refuses %j', (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  it('reads back what toISOString writes, and never throws', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
        (date) => {
          expect(parseInstant(date.toISOString())).toBe(date.getTime());
        },
      ),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ms = parseInstant(text);
        expect(ms === null || Number.isSafeInteger(ms)).toBe(true);
      }),
    );
  });
});

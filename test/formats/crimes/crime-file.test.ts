/** Files of crimes: both forms, bad rows by line, and nothing thrown for rubbish. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_WINDOW_MS, readCrimeFile } from '../../../src/formats/crimes/crime-file.js';
import { fromGrid } from '../../../src/formats/osgb36.js';
import { runs } from '../../support/random.js';

const bytesOf = (...lines: string[]) => new TextEncoder().encode(lines.join('\r\n'));
const row = (overrides: Readonly<Record<number, string>> = {}) => {
  const cells = ['Kent Police', 'BIAD', 'Burglary', 'KEN-0042', '46/1234/26', '20261120183000', '20261120210000'];
  const all = [...cells, '', '', '51.2802', '1.0789', 'WGS84', 'rear door forced'];
  return all.map((cell, at) => overrides[at] ?? cell).join(',');
};

describe('a file of crimes', () => {
  it('is read as the Ministry takes it: no header, 13 columns, a BOM, times in UTC', () => {
    const { crimes, faults } = readCrimeFile(bytesOf(`\ufeff${row()}`, ''));
    expect(faults).toEqual([]);
    expect(crimes).toEqual([
      {
        force: 'Kent Police',
        reference: '46/1234/26',
        version: 1,
        type: 'BIAD',
        typeDescription: 'Burglary',
        batchId: 'KEN-0042',
        fromMs: Date.UTC(2026, 10, 20, 18, 30),
        toMs: Date.UTC(2026, 10, 20, 21),
        latitude: 51.2802,
        longitude: 1.0789,
        datum: 'WGS84',
        placeErrorMetres: 0,
        text: 'rear door forced',
        line: 1,
      },
    ]);
  });

  it('is read by the names of its columns, in any order, with instants', () => {
    const { crimes, faults } = readCrimeFile(
      bytesOf(
        'Crime Reference,Force,Crime_Type,Lat,Lng,From,To',
        'A-1,Kent,rb,51.28,1.08,2026-11-20T18:30:00+01:00,2026-11-20T18:45:00+01:00',
      ),
    );
    expect(faults).toEqual([]);
    expect(crimes[0]).toMatchObject({ reference: 'A-1', type: 'RB', fromMs: Date.UTC(2026, 10, 20, 17, 30), line: 2 });
  });

  it.each([
    ['too few columns', 'Kent,BIAD,x', /3 columns/],
    ['a type that is none', row({ 1: 'MURDER' }), /type is none of RB/],
    ['no reference', row({ 4: ' ' }), /no crime reference/],
    ['a day that does not exist', row({ 5: '20260230120000' }), /its from is no/],
    ['an end before its beginning', row({ 6: '20261120182959' }), /before its from/],
    ['a window over 12 hours', row({ 6: '20261121063001' }), /12 hours/],
    ['both kinds of place', row({ 7: '615000', 8: '158000' }), /one or the other/],
    ['no place', row({ 9: '', 10: '' }), /no place/],
    ['half a place', row({ 10: '' }), /its longitude is no number/],
    ['a datum that is not the place’s', row({ 11: 'OSGB36' }), /datum/],
    ['a latitude that is none', row({ 9: '91' }), /latitude is no number from -90 to 90/],
    ['a quote that never closes', row({ 12: '"open' }), /not CSV/],
  ])('tells %s by its line, and keeps the others', (_name, bad, reason) => {
    const good = [row({ 4: 'one' }), row({ 4: 'two' })];
    const { crimes, faults } = readCrimeFile(bytesOf(...good, bad));
    expect(crimes.map(({ reference }) => reference)).toEqual(['one', 'two']);
    expect(faults).toHaveLength(1);
    expect(faults[0]!.detail).toMatch(reason);
    expect(faults[0]!.line).toBe(3);
  });

  it('takes a window of exactly 12 hours, and one of no length', () => {
    const { faults } = readCrimeFile(
      bytesOf(row({ 4: 'a', 6: '20261121063000' }), row({ 4: 'b', 6: '20261120183000' })),
    );
    expect(faults).toEqual([]);
  });

  it('takes a changed row as a new version, and the same one as a repeat', () => {
    const { crimes, repeats } = readCrimeFile(bytesOf(row(), row(), row({ 9: '51.2803' }), row({ 0: 'Essex' })));
    expect(crimes.map(({ force, version, latitude }) => [force, version, latitude])).toEqual([
      ['Kent Police', 2, 51.2803],
      ['Essex', 1, 51.2802],
    ]);
    expect(repeats).toBe(1);
  });

  it('takes places of the British grid, within its error of the published one', () => {
    const { crimes } = readCrimeFile(bytesOf(row({ 7: '651409.903', 8: '313177.270', 9: '', 10: '', 11: 'OSGB36' })));
    // Caister water tower, Ordnance Survey's worked example by OSTN15.
    const { latitude, longitude, placeErrorMetres } = crimes[0]!;
    expect(placeErrorMetres).toBe(5);
    expect(Math.abs(latitude - 52.657979) * 111_000).toBeLessThan(5);
    expect(Math.abs(longitude - 1.716052) * 67_500).toBeLessThan(5);
    expect(fromGrid(400_000, -100_000).longitude).toBeCloseTo(-2, 2);
  });

  it('throws for no bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.string({ maxLength: 200 }).map((text) => bytesOf(row(), text)),
        ),
        (bytes) => {
          const { crimes, faults } = readCrimeFile(bytes);
          for (const { latitude, longitude, fromMs, toMs } of crimes) {
            expect(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180).toBe(true);
            expect(toMs - fromMs).toBeLessThanOrEqual(MAX_WINDOW_MS);
          }
          for (const { line, detail } of faults) expect(line >= 1 && detail.length > 0).toBe(true);
        },
      ),
      { numRuns: runs(500) },
    );
  });
});

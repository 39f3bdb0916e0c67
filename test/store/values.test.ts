import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toStorable, toStorableJson } from '../../src/store/text.js';
import { encodeParameter, parserOf } from '../../src/store/values.js';

describe('values of the database', () => {
  it('reads an array as it was written, whatever stands in it', () => {
    const element = fc.option(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('NULL', '', '{}', ',', '"', '\\')),
    );
    const arrays = fc.array(fc.oneof(element, fc.array(element)));
    fc.assert(
      fc.property(arrays, (array) => {
        expect(parserOf(1009)(encodeParameter(array)!)).toEqual(array);
      }),
    );
  });

  it('reads arrays as PostgreSQL writes them', () => {
    expect(parserOf(1007)('{1,NULL,3}')).toEqual([1, null, 3]);
    expect(parserOf(1007)('[0:1]={1,2}')).toEqual([1, 2]);
    expect(parserOf(1009)('{"NULL",NULL,"a\\"b\\\\c",d}')).toEqual(['NULL', null, 'a"b\\c', 'd']);
    expect(parserOf(1016)('{{1,2},{3,4}}')).toEqual([
      [1, 2],
      [3, 4],
    ]);
    for (const cutOff of ['{"a', '{a,', '']) expect(() => parserOf(1009)(cutOff), cutOff).toThrow(/array/);
  });

  it('reads instants to the millisecond in any offset, and refuses those that a Date cannot hold', () => {
    const instant = parserOf(1184);
    expect(instant('2026-11-22 18:03:11.412+00')).toEqual(new Date('2026-11-22T18:03:11.412Z'));
    expect(instant('2026-11-22 18:03:11.4+05:30')).toEqual(new Date('2026-11-22T12:33:11.400Z'));
    expect(instant('1840-01-01 00:00:00-00:01:15')).toEqual(new Date('1840-01-01T00:01:15Z'));
    expect(instant('0001-02-03 04:05:06.999999+00')).toEqual(new Date('0001-02-03T04:05:06.999Z'));
    expect(() => instant('infinity')).toThrow(/no place in a Date/);
    expect(() => instant('0044-03-15 00:00:00+00 BC')).toThrow(/no place in a Date/);
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true }),
        (date) => {
          expect(instant(date.toISOString().replace('T', ' ').replace('Z', '+00'))).toEqual(date);
        },
      ),
    );
  });

  it('throws rather than round an integer', () => {
    for (const oid of [20, 1700]) {
      expect(parserOf(oid)('-9007199254740991')).toBe(Number.MIN_SAFE_INTEGER);
      expect(() => parserOf(oid)('9007199254740992')).toThrow(/9007199254740992/);
    }
    expect(parserOf(1700)('0.25')).toBe(0.25);
  });

  it('refuses what has no meaning in SQL', () => {
    expect(() => encodeParameter(() => 1)).toThrow(/function/);
    expect(() => encodeParameter(Symbol('x'))).toThrow(/symbol/);
  });

  it('makes text storable: no NUL, no lone surrogate, all else as it was', () => {
    expect(toStorable('a\0b\ud800c\udc00d🚓')).toBe('a\ufffdb\ufffdc\ufffdd🚓');
    expect(toStorableJson({ a: ['\0', 1, null], b: { c: '\udfff' } })).toBe(
      '{"a":["\ufffd",1,null],"b":{"c":"\ufffd"}}',
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!text.includes('\0'));
        expect(toStorable(text)).toBe(text);
      }),
    );
  });
});

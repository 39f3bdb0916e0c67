/** The depth of JSON told from its text is that of the parsed value. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exceedsDepth } from '../../src/formats/json-depth.js';
import { runs } from '../support/random.js';

function measureDepth(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(measureDepth));
}

describe('exceedsDepth', () => {
  it('agrees with the parsed value, whatever its strings hold', () => {
    const property = fc.property(fc.jsonValue({ maxDepth: 6, noUnicodeString: false }), fc.nat(7), (value, limit) => {
      for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
        expect(exceedsDepth(text, limit)).toBe(measureDepth(value) > limit);
      }
    });
    fc.assert(property, { numRuns: runs(500) });
  });

  it.each([
    ['{"a":"[[[[\\"[[[[","b":"\\\\"}', false],
    ['["\\\\",[[]]]', true],
    ['"[[[[', false],
    ['[]]]][[', false],
  ])('passes over brackets in strings: %s', (text, exceeds) => {
    expect(exceedsDepth(text, 2)).toBe(exceeds);
  });

  it('tells what no parser should be given', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const deep = `${open.repeat(20_000)}1${close.repeat(20_000)}`;
      expect(exceedsDepth(deep, 64)).toBe(true);
      expect(exceedsDepth(`${open.repeat(64)}1${close.repeat(64)}`, 64)).toBe(false);
    }
  });
});

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256Of128Bits } from '../../src/engine/tell/ids.js';
import { runs } from '../support/random.js';

const oracle = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 32);

test('ids are the first half of the SHA-256 that everybody computes, at every length of a block', () => {
  for (let length = 0; length <= 300; length++) {
    const text = 'abcdefghij'.repeat(30).slice(0, length);
    expect(sha256Of128Bits(text)).toBe(oracle(text));
  }
});

test('also of text in any script, whatever was hashed before', () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 400 });
  fc.assert(
    fc.property(texts, (text) => {
      expect(sha256Of128Bits(text)).toBe(oracle(text));
    }),
    { numRuns: runs(1000) },
  );
});

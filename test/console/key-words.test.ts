import { expect, test } from 'vitest';
import {
  fingerprintWords,
  type KeyItem,
  keyStateWords,
  utcWords,
  validFromWords,
} from '../../src/console/words/key-words.js';

const key: KeyItem = { keyId: 'ab12'.repeat(16), publicKey: 'PEM', validFrom: '2026-11-22T18:03:11.000Z' };

test('a fingerprint in groups of four is all of the key id, and nothing else', () => {
  expect(fingerprintWords(key.keyId)).toMatch(/^([0-9a-f]{4} ){15}[0-9a-f]{4}$/);
  expect(fingerprintWords(key.keyId).replaceAll(' ', '')).toBe(key.keyId);
});

test('times are in UTC, with their year', () => {
  expect(utcWords(key.validFrom)).toBe('2026-11-22 18:03:11 UTC');
});

test('a key of which no register tells a start is valid from the first, not from 1970', () => {
  expect(validFromWords(key)).toBe('2026-11-22 18:03:11 UTC');
  expect(validFromWords({ ...key, validFrom: '1970-01-01T00:00:00.000Z' })).toBe(
    'the first: when it was made is not on record',
  );
});

test('a key signs, has signed, or is revoked and why: of a revoked one nothing is trusted, though it was rotated before', () => {
  expect(keyStateWords(key)).toBe('Signs now.');
  const rotated = { ...key, validTo: '2027-01-01T00:00:00.000Z' };
  expect(keyStateWords(rotated)).toMatch(/^Signs no more\..*is trusted\.$/);
  const revoked = { ...rotated, revokedAt: '2027-02-01T00:00:00.000Z', reason: 'the laptop was stolen' };
  expect(keyStateWords(revoked)).toBe(
    'Revoked 2027-02-01 00:00:00 UTC: the laptop was stolen. Nothing that it signed is trusted, whatever its date.',
  );
});

import { expect, test } from 'vitest';
import { packStateWords, packSubjectWords, sizeWords } from '../../src/console/words/pack-words.js';
import type { PackItem } from '../../src/wire/pack.js';

const PACK: PackItem = {
  isHeld: true,
  packId: 'p',
  state: 'queued',
  wearerId: 'W-1',
  alertIds: ['P-1'],
  edition: 'full',
  marking: 'OFFICIAL-SENSITIVE',
  purpose: 'recall',
  recipient: 'Probation',
  requestedBy: 'https://idp.example#me',
  requestedName: 'Somebody',
  requestedAt: '2026-11-20T20:00:00.000Z',
};

test('what a pack is about: an alert, several, or from when to when in local time', () => {
  const { alertIds: _alertIds, ...period } = PACK;
  expect(packSubjectWords(PACK)).toBe('one alert');
  expect(packSubjectWords({ ...PACK, alertIds: ['P-1', 'P-2'] })).toBe('2 alerts');
  expect(packSubjectWords({ ...period, from: '2026-10-25T00:30:00.000Z', to: '2026-10-25T02:00:00.000Z' })).toBe(
    'Sun 25 Oct 01:30:00 to Sun 25 Oct 02:00:00',
  );
});

test.each<[Partial<PackItem>, string]>([
  [{ ahead: 0 }, 'Next to be made'],
  [{ ahead: 1 }, 'Waiting: one pack is made before it'],
  [{ ahead: 12 }, 'Waiting: 12 packs are made before it'],
  [{ state: 'building', step: 'gathering' }, 'Being made: the record is read'],
  [{ state: 'building', step: 'writing' }, 'Being made: it is written and signed'],
  [{ state: 'ready' }, 'Ready'],
])('how far it is: %o', (over, words) => {
  expect(packStateWords({ ...PACK, ...over })).toBe(words);
});

test('one that failed says why', () => {
  expect(packStateWords({ ...PACK, state: 'failed', failure: 'alert P-1 is not on record.' })).toBe(
    'Not made: alert P-1 is not on record.',
  );
});

test.each([
  [840, '840 B'],
  [64_300, '64 kB'],
  [1_440_000, '1.4 MB'],
])('%d bytes are %s', (bytes, words) => {
  expect(sizeWords(bytes)).toBe(words);
});

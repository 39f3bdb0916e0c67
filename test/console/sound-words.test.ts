import { expect, test } from 'vitest';
import { describeSilences } from '../../src/console/words/sound-words.js';

const NOW_MS = Date.parse('2026-11-28T04:00:00Z');

test('nobody first, then who is silent, then who was; the day where it is another', () => {
  const told = {
    audible: 0,
    silent: [{ who: 'https://idp.example#alex', sound: 'blocked', since: '2026-11-28T03:12:00Z' }],
    silentBefore: [
      { who: 'https://idp.example#sam', sound: 'off', since: '2026-11-27T23:10:00Z', until: '2026-11-28T00:40:00Z' },
    ],
    unheard: [
      { since: '2026-11-28T01:00:00Z', until: '2026-11-28T01:30:00Z' },
      { since: '2026-11-28T03:00:00Z', until: null },
    ],
  } as const;
  expect(describeSilences(told, NOW_MS)).toEqual([
    'Nobody can be heard since 03:00:00.',
    'Nobody could be heard from 01:00:00 to 01:30:00.',
    'alex: silent since 03:12:00, the browser plays nothing.',
    'sam: was silent from 27 Nov, 23:10:00 to 00:40:00, the shift was not started.',
  ]);
});

test('where everybody was heard there is nothing to tell', () => {
  expect(describeSilences({ audible: 2, silent: [], silentBefore: [], unheard: [] }, NOW_MS)).toEqual([]);
});

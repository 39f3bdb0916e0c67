import { expect, test } from 'vitest';
import { toComeWords } from '../../src/console/words/priority-words.js';
import { aboutWords, isKeptFrom } from '../../src/console/words/words.js';

const NONE = { conditionId: null, conditionVersion: null, zoneId: null };

test('that a condition is kept from who looks is not told as if there were none; a tag’s own alert has none', () => {
  for (const kind of ['exclusion', 'curfew', 'buffer', 'unknown-at-edge'] as const) {
    expect([kind, isKeptFrom({ kind, ...NONE }), aboutWords({ kind, ...NONE })]).toEqual([
      kind,
      true,
      'condition and zone kept from you',
    ]);
    const told = { kind, conditionId: 'C-9', conditionVersion: 3, zoneId: 'Z-4' };
    expect([isKeptFrom(told), aboutWords(told)]).toEqual([false, 'condition C-9 version 3 · zone Z-4']);
  }
  expect(aboutWords({ kind: 'strap-tamper', ...NONE })).toBe('condition none · zone none');
});

test('what is written ahead of a wearer is not told as in force', () => {
  const at = '2026-11-22T18:03:11.000Z';
  expect(toComeWords('wanted', at)).toBe('Not in force yet. From Sun 22 Nov 18:03:11 on: wanted');
  expect(toComeWords(undefined, at)).toMatch(/on: neither wanted nor unlawfully at large$/);
});

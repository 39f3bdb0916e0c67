import { expect, test } from 'vitest';
import type { AlarmHealth } from '../../src/alerts/alarm-health.js';
import { judgeHealth } from '../../src/console/model/health-figures.js';
import { describeSilences } from '../../src/console/words/sound-words.js';

const NOW_MS = Date.parse('2026-11-28T04:00:00Z');

test('who is silent, all of them, and then who was; the day where it is another', () => {
  const past = Array.from({ length: 30 }, (_, n) => ({
    who: `https://idp.example#P-${n}`,
    sound: 'off' as const,
    since: '2026-11-27T23:10:00Z',
    until: '2026-11-28T00:40:00Z',
  }));
  const now = Array.from({ length: 25 }, (_, n) => ({
    who: `Q-${n}`,
    sound: 'blocked' as const,
    since: '2026-11-28T03:12:00Z',
  }));
  const sentences = describeSilences({ heard: 0, silent: now, silentBefore: past }, NOW_MS);
  expect(sentences).toHaveLength(45);
  expect(sentences[24]).toBe('Q-24: silent since 03:12:00, the browser plays nothing.');
  expect(sentences[25]).toBe('P-0: was silent from 27 Nov, 23:10:00 to 00:40:00, the shift was not started.');
  expect(describeSilences({ heard: 2, silent: [], silentBefore: [] }, NOW_MS)).toEqual([]);
});

test('one who can be heard is enough; where it is not known, nothing is judged', () => {
  const health: AlarmHealth = {
    positions: 1,
    raisedInTenMinutes: 0,
    raisedInTenMinutesAPosition: 0,
    raisedInTenMinutesOnAverage: 0,
    floodSince: null,
    floodShare: 0,
    stale: 0,
    suspended: 0,
    bySeverity: { low: 0, medium: 0, high: 0, critical: 0 },
    worstSources: [],
    acknowledgedInTenMinutes: {},
  };
  const silent = [{ who: 'sam', sound: 'untold', since: '2026-11-28T03:12:00Z' }] as const;
  const judged = (heard: number) => judgeHealth(health, { heard, silent, silentBefore: [] }, NOW_MS).at(-1);
  expect(judged(0)).toMatchObject({ name: 'Supervisors who can be heard', value: '0 of 1', isGood: false });
  expect(judged(1)).toMatchObject({ value: '1 of 2', isGood: true });
  expect(judgeHealth(health, null, NOW_MS).map(({ name }) => name)).not.toContain('Supervisors who can be heard');
});

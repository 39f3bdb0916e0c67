import { expect, it } from 'vitest';
import type { AlertItem } from '../../src/alerts/alert.js';
import { monitoredLine, unmonitoredWords } from '../../src/console/words/monitored-words.js';
import { STEPS } from '../../src/wire/cohort.js';
import { finding } from '../alerts/events.js';
import { itemOf } from './items.js';

const NOW_MS = Date.parse('2026-11-29T06:00:00Z');
const unmonitored = (more: object) =>
  ({
    ...itemOf(finding()),
    kind: 'unmonitored',
    reason: 'silent',
    episode: { startedAt: '2026-11-29T03:00:00.000Z', endedAt: null },
    ...more,
  }) as AlertItem;
const other = itemOf(finding());

it('says since when and why nobody watches him, also where the alert is closed', () => {
  const said = 'NOT MONITORED since Sun 29 Nov 03:00:00, for 3 h: nothing was heard of it for too long.';
  expect(unmonitoredWords([other, unmonitored({})], NOW_MS)).toBe(said);
  expect(unmonitoredWords([unmonitored({ status: 'closed' })], NOW_MS)).toBe(said);
});

it('says nothing of what is over or taken back, nor of other alerts', () => {
  expect(unmonitoredWords([], NOW_MS)).toBeNull();
  expect(unmonitoredWords([other], NOW_MS)).toBeNull();
  expect(unmonitoredWords([unmonitored({ type: 'withdrawn' })], NOW_MS)).toBeNull();
  const over = { startedAt: '2026-11-29T03:00:00.000Z', endedAt: '2026-11-29T04:00:00.000Z' };
  expect(unmonitoredWords([unmonitored({ episode: over })], NOW_MS)).toBeNull();
});

it('tells why nobody watches him as the server has it: not that a tag is silent where the consent is over', () => {
  const row = {
    isMonitored: false,
    monitoredSince: '2026-11-28T06:00:00Z',
    consentEndedAt: null,
    uncoveredSince: null,
  };
  for (const missing of STEPS)
    expect(monitoredLine({ ...row, missing } as never, null, NOW_MS)).toMatchObject({
      isGood: false,
      words: expect.stringMatching(/^NOT MONITORED: [a-z].*, for 1 d\.$/),
    });
  const ended = { ...row, missing: 'fixing', consentEndedAt: '2026-11-29T03:00:00Z' } as never;
  for (const warning of [
    null,
    'NOT MONITORED since Sun 29 Nov 03:00:00, for 3 h: nothing was heard of it for too long.',
  ])
    expect(monitoredLine(ended, warning, NOW_MS)).toEqual({
      words: 'NOT MONITORED: consent ended, nothing is collected, for 3 h.',
      isGood: false,
    });
  const good = { ...row, isMonitored: true, missing: null } as never;
  expect(monitoredLine(good, null, NOW_MS)).toEqual({ words: 'Monitored: Yes, for 1 d.', isGood: true });
  expect(monitoredLine(good, 'NOT MONITORED', NOW_MS)?.isGood).toBe(false);
  expect(monitoredLine(null, null, NOW_MS)).toBeNull();
});

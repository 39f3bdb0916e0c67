import { expect, test } from 'vitest';
import { arrangeCohort, COHORT_SORTS, FIRST_VIEW } from '../../src/console/model/cohort-order.js';
import { dueWords, minuteWords, monitoredWords, trendWords } from '../../src/console/words/cohort-words.js';
import type { CohortRow } from '../../src/wire/cohort.js';
import { cohortRow } from '../support/cohort-row.js';

const AT_MS = Date.parse('2026-11-29T06:00:00Z');
const ids = (items: readonly CohortRow[]) => items.map(({ wearerId }) => wearerId);
const cohort = [
  cohortRow('W-green', { rag: 'green', cohort: 'FLEX', division: 'East' }),
  cohortRow('W-red', { rag: 'red', cohort: 'FIXED' }),
  cohortRow('W-silent', {
    rag: 'green',
    isMonitored: false,
    missing: 'fixing',
    monitoredSince: '2026-11-28T06:00:00Z',
  }),
  cohortRow('W-bare', { violations: { curfew: 2, exclusion: 1 } }),
];

test('who is not monitored stands first, then the reddest', () => {
  expect(ids(arrangeCohort(cohort, FIRST_VIEW))).toEqual(['W-silent', 'W-red', 'W-green', 'W-bare']);
});

test('filters go together', () => {
  const shown = (more: Partial<typeof FIRST_VIEW>) => ids(arrangeCohort(cohort, { ...FIRST_VIEW, ...more }));
  expect(shown({ onlyUnmonitored: true })).toEqual(['W-silent']);
  expect(shown({ rag: 'green', cohort: 'FLEX' })).toEqual(['W-green']);
  expect(shown({ rag: 'none' })).toEqual(['W-bare']);
  expect(shown({ text: ' EAST ' })).toEqual(['W-green']);
});

test.each(COHORT_SORTS)('by %s both ways, nobody lost', (sort) => {
  for (const descends of [true, false])
    expect(ids(arrangeCohort(cohort, { ...FIRST_VIEW, sort, descends })).sort()).toEqual(ids(cohort).sort());
});

test('by trend whose violations have grown most stand first, and the unknown is told beside what was kept', () => {
  const minutes = {
    requiredMinutes: 600,
    keptMinutes: 540,
    excusedMinutes: 0,
    unreasonableMinutes: 0,
    unknownMinutes: 60,
  };
  const worse = cohortRow('W-worse', {
    violations: { curfew: 3 },
    compliance: { ...minutes, keptMinutes: 480, unreasonableMinutes: 60, conditions: [] },
    before: { violations: { curfew: 1 }, compliance: minutes },
  });
  const better = cohortRow('W-better', { before: { violations: { curfew: 5 }, compliance: minutes } });
  expect(ids(arrangeCohort([better, cohortRow('W-same'), worse], { ...FIRST_VIEW, sort: 'trend' }))).toEqual([
    'W-worse',
    'W-same',
    'W-better',
  ]);
  expect(trendWords(worse)).toEqual([
    'Violations 1 → 3',
    'Unreasonable 0 → 60 min',
    'Kept 540 → 480 min',
    'Unknown 60 → 60 min',
  ]);
  const hours = { ...minutes, unknownMinutes: 12_937 };
  expect(trendWords({ ...worse, before: { violations: {}, compliance: hours } })[3]).toBe('Unknown 216 → 1 h');
  expect(trendWords(cohortRow('W-same'))).toEqual(['Violations 0 → 0']);
});

test('says it in words', () => {
  expect(monitoredWords(cohort[2]!, AT_MS)).toBe('No: tag is not heard, for 1 d');
  expect(monitoredWords(cohort[0]!, AT_MS)).toBe('Yes');
  expect([0, 59, 120, 125].map(minuteWords)).toEqual(['0 min', '59 min', '2 h', '2 h 5 min']);
  expect(dueWords('2026-11-25T06:00:00Z', AT_MS)).toBe('4 d overdue');
  expect(dueWords('2026-12-02T07:00:00Z', AT_MS)).toBe('in 3 d');
  expect(dueWords('2026-11-29T05:00:00Z', AT_MS)).toBe('overdue since today');
});

test('a wearer is found by the number of another system', () => {
  const references = (wearerId: string) => (wearerId === 'W-green' ? ['PNC 2001/0123456A', 'ViSOR 77'] : []);
  const found = (text: string) => ids(arrangeCohort(cohort, { ...FIRST_VIEW, text }, references));
  expect([found('visor 77'), found('0123456a'), found('78')]).toEqual([['W-green'], ['W-green'], []]);
});

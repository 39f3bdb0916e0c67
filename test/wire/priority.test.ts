import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priorityWords } from '../../src/console/words/priority-words.js';
import {
  DEFAULT_PRIORITY,
  judgePriority,
  MAX_PRIORITY_STEPS,
  type PriorityFacts,
  type PriorityTable,
  WANTED,
} from '../../src/wire/priority.js';
import { RAG_RATINGS } from '../../src/wire/rag.js';

const plain: PriorityFacts = { severity: 'high', inCustody: false, dealtWith: false, wanted: null, rag: null };
const wordsOf = (facts: Partial<PriorityFacts>, table = DEFAULT_PRIORITY) =>
  priorityWords(judgePriority({ ...plain, ...facts }, table));

const steps = fc.integer({ min: -MAX_PRIORITY_STEPS, max: MAX_PRIORITY_STEPS });
const anyTable: fc.Arbitrary<PriorityTable> = fc.record({
  rag: fc.record({ red: steps, amber: steps, green: steps, blue: steps }),
  wanted: fc.record({ wanted: steps, 'unlawfully-at-large': steps }),
  last: fc.record({ inCustody: fc.boolean(), dealtWith: fc.boolean() }),
});
const anyFacts: fc.Arbitrary<PriorityFacts> = fc.record({
  severity: fc.constantFrom('low', 'medium', 'high', 'critical'),
  inCustody: fc.boolean(),
  dealtWith: fc.boolean(),
  wanted: fc.constantFrom(null, ...WANTED),
  rag: fc.constantFrom(null, ...RAG_RATINGS),
});

describe('the priority of an alert', () => {
  it('is its severity where nothing is known of the wearer, and says nothing', () => {
    const ranks = (['low', 'medium', 'high', 'critical'] as const).map((severity) => {
      const priority = judgePriority({ ...plain, severity }, DEFAULT_PRIORITY);
      expect(priority).toMatchObject({ taken: severity, because: [] });
      return priority.rank;
    });
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    expect(wordsOf({})).toBeNull();
  });

  it.each([
    [{ rag: 'red' }, 'As critical: raised for red RAG'],
    [{ rag: 'amber' }, null],
    [{ severity: 'medium', wanted: 'unlawfully-at-large' }, 'As high: raised for unlawfully at large'],
    [{ wanted: 'wanted', rag: 'red' }, 'As critical: raised for wanted and red RAG'],
    [{ inCustody: true, rag: 'red' }, 'Last: in custody'],
    [{ inCustody: true, dealtWith: true, severity: 'critical' }, 'Last: in custody and already dealt with'],
  ] as const)('%o: %s', (facts, words) => {
    expect(wordsOf(facts)).toBe(words);
  });

  it('is lowered by a table that says so', () => {
    const table = { ...DEFAULT_PRIORITY, rag: { ...DEFAULT_PRIORITY.rag, green: -1 } };
    expect(wordsOf({ rag: 'green', wanted: 'wanted' }, table)).toBe(
      'As high: raised for wanted, lowered for green RAG',
    );
  });

  it('names each fact that moved it and no other: without those it is what it would be without them', () => {
    fc.assert(
      fc.property(anyFacts, anyTable, (facts, table) => {
        const judged = judgePriority(facts, table);
        const named = new Set(judged.because.map(({ fact }) => fact));
        const without: PriorityFacts = {
          ...facts,
          inCustody: facts.inCustody && named.has('in-custody'),
          dealtWith: facts.dealtWith && named.has('dealt-with'),
          wanted: facts.wanted !== null && named.has(facts.wanted) ? facts.wanted : null,
          rag: named.has('rag') ? facts.rag : null,
        };
        expect(judgePriority(without, table)).toEqual(judged);
      }),
    );
  });

  it('who is in custody or dealt with comes behind all others, whatever else is known', () => {
    fc.assert(
      fc.property(anyFacts, anyFacts, anyTable, (a, b, table) => {
        const isLast = ({ inCustody, dealtWith }: PriorityFacts) =>
          (inCustody && table.last.inCustody) || (dealtWith && table.last.dealtWith);
        fc.pre(isLast(a) && !isLast(b));
        expect(judgePriority(a, table).rank).toBeLessThan(judgePriority(b, table).rank);
        expect(judgePriority(a, table).because[0]).toMatchObject({ moved: 'last' });
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignPartitions, type GroupMember } from '../../src/log/assignment.js';

const COUNTS = new Map([
  ['inputs', 12],
  ['states', 12],
]);
const member = (memberId: string, owned: number[] = []): GroupMember => ({
  memberId,
  topics: ['inputs', 'states'],
  owned,
});
const numbersOf = (assignment: ReturnType<typeof assignPartitions>, memberId: string, topic = 'inputs') =>
  assignment
    .get(memberId)!
    .filter((at) => at.topic === topic)
    .map(({ partition }) => partition);

describe('assignPartitions', () => {
  it('deals every partition once, evenly, equal numbers together, whatever members held before', () => {
    const members = fc
      .array(fc.array(fc.integer({ min: -1, max: 13 }), { maxLength: 14 }), { minLength: 1, maxLength: 15 })
      .map((held) => held.map((owned, i) => member(`m${i}`, owned)));
    fc.assert(
      fc.property(members, (group) => {
        const assignment = assignPartitions(group, COUNTS);
        const dealt = group.map(({ memberId }) => numbersOf(assignment, memberId));
        expect(dealt.flat().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        const loads = dealt.map((own) => own.length);
        expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
        for (const { memberId } of group) {
          expect(numbersOf(assignment, memberId, 'states')).toEqual(numbersOf(assignment, memberId));
        }
        expect(assignPartitions(group.toReversed(), COUNTS)).toEqual(assignment);
      }),
    );
  });

  it('leaves members what they had as far as that is fair', () => {
    const joined = assignPartitions(
      [member('a', [0, 1, 2, 3, 4, 5]), member('b', [6, 7, 8, 9, 10, 11]), member('c')],
      COUNTS,
    );
    expect(numbersOf(joined, 'a')).toEqual([0, 1, 2, 3]);
    expect(numbersOf(joined, 'b')).toEqual([6, 7, 8, 9]);
    expect(numbersOf(joined, 'c')).toEqual([4, 5, 10, 11]);
    const left = assignPartitions([member('b', [6, 7, 8, 9]), member('c', [4, 5, 10, 11])], COUNTS);
    expect(numbersOf(left, 'b')).toEqual(expect.arrayContaining([6, 7, 8, 9]));
    expect(numbersOf(left, 'c')).toEqual(expect.arrayContaining([4, 5, 10, 11]));
  });

  it('copes with members that read different topics, and with topics that are not there', () => {
    const assignment = assignPartitions(
      [
        { memberId: 'old', topics: ['inputs'], owned: [] },
        { memberId: 'new', topics: ['inputs', 'states', 'missing'], owned: [] },
      ],
      COUNTS,
    );
    expect(numbersOf(assignment, 'new', 'states')).toHaveLength(12);
    expect(numbersOf(assignment, 'old')).toHaveLength(6);
    expect(numbersOf(assignment, 'new')).toHaveLength(6);
    expect(numbersOf(assignment, 'new', 'missing')).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignPartitions, type GroupMember, withholdHeld } from '../../src/log/assignment.js';

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

describe('withholdHeld', () => {
  const holder = (memberId: string, numbers: number[], generation = 1): GroupMember => ({
    ...member(memberId, numbers),
    held: { numbers, generation },
  });

  it('gives nobody what another member holds, and says that a round is to follow', () => {
    const group = [holder('a', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), member('b')];
    const target = assignPartitions(group, COUNTS);
    const { granted, isWaiting } = withholdHeld(target, group);
    expect(isWaiting).toBe(true);
    expect(numbersOf(granted, 'a')).toEqual(numbersOf(target, 'a'));
    expect(numbersOf(granted, 'b')).toEqual([]);
    const after = [holder('a', numbersOf(granted, 'a')), member('b')];
    const second = withholdHeld(assignPartitions(after, COUNTS), after);
    expect(second.isWaiting).toBe(false);
    expect(second.granted).toEqual(target);
  });

  it('believes of two who say that they hold a partition the one that was given it later', () => {
    const group = [holder('a', [3], 4), holder('b', [3], 5)];
    const { granted } = withholdHeld(new Map([['a', [{ topic: 'inputs', partition: 3 }]]]), group);
    expect(granted.get('a')).toEqual([]);
    const other = withholdHeld(new Map([['b', [{ topic: 'inputs', partition: 3 }]]]), group);
    expect(numbersOf(other.granted, 'b')).toEqual([3]);
  });

  it('over any comings and goings: nothing is given that another holds, and after a round of letting go all is dealt', () => {
    const groups = fc.array(fc.array(fc.integer({ min: 0, max: 11 }), { maxLength: 12 }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(groups, (held) => {
        // Each number is held once: the first who has it.
        const taken = new Set<number>();
        let group = held.map((numbers, i) =>
          holder(
            `m${i}`,
            numbers.filter((number) => !taken.has(number) && taken.add(number)),
          ),
        );
        for (let round = 0; ; round++) {
          expect(round).toBeLessThan(2);
          const { granted, isWaiting } = withholdHeld(assignPartitions(group, COUNTS), group);
          for (const { memberId } of group) {
            const others = group.filter((other) => other.memberId !== memberId).flatMap((other) => other.held!.numbers);
            expect(numbersOf(granted, memberId).filter((number) => others.includes(number))).toEqual([]);
          }
          if (!isWaiting) break;
          group = group.map(({ memberId }) => holder(memberId, numbersOf(granted, memberId), round + 2));
        }
        const all = group.flatMap(({ memberId }) =>
          numbersOf(withholdHeld(assignPartitions(group, COUNTS), group).granted, memberId),
        );
        expect(all.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
      }),
    );
  });
});

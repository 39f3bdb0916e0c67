/** Who of a group reads what: partition n of every topic goes to the same member, and a member keeps what it had. */
import type { TopicPartition } from '../ports/event-log.js';

/** A member of a group, and the partition numbers that it has or had. */
export interface GroupMember {
  readonly memberId: string;
  readonly topics: readonly string[];
  /** What it was given last; it may have lost it since. */
  readonly owned: readonly number[];
  /** What it has not let go of, and in which generation of the group it was given that; of two who say so the later one has it. */
  readonly held?: { readonly numbers: readonly number[]; readonly generation: number };
}

/**
 * Deals out every partition of every topic that somebody wants. Loads differ by at most one partition number; with equal
 * topics for all members, all partitions of one number are together. The result depends on the members alone, not their order.
 * `partitionCounts` gives the partitions by topic; a topic without a count has none.
 */
export function assignPartitions(
  members: readonly GroupMember[],
  partitionCounts: ReadonlyMap<string, number>,
): Map<string, TopicPartition[]> {
  const assignment = new Map<string, TopicPartition[]>(members.map((member) => [member.memberId, []]));
  for (const [topics, readers] of topicsByReaders(members)) {
    const counts = topics.map((topic) => partitionCounts.get(topic) ?? 0);
    const owners = dealNumbers(readers, Math.max(0, ...counts));
    topics.forEach((topic, at) => {
      for (let partition = 0; partition < counts[at]!; partition++) {
        assignment.get(owners[partition]!)!.push({ topic, partition });
      }
    });
  }
  return assignment;
}

/** Topics with the same readers are dealt together; in a rolling update members may differ in what they read. */
function topicsByReaders(members: readonly GroupMember[]): [string[], GroupMember[]][] {
  const sorted = members.toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const groups = new Map<string, [string[], GroupMember[]]>();
  for (const topic of [...new Set(sorted.flatMap((member) => member.topics))].sort()) {
    const readers = sorted.filter((member) => member.topics.includes(topic));
    const signature = JSON.stringify(readers.map((member) => member.memberId));
    const group = groups.get(signature);
    if (group) group[0].push(topic);
    else groups.set(signature, [[topic], readers]);
  }
  return [...groups.values()];
}

/** Of an assignment what may begin now, and whether something has to be let go of by its holder before it can. */
export function withholdHeld(
  assignment: ReadonlyMap<string, readonly TopicPartition[]>,
  members: readonly GroupMember[],
): { readonly granted: Map<string, TopicPartition[]>; readonly isWaiting: boolean } {
  let isWaiting = false;
  const granted = new Map<string, TopicPartition[]>();
  for (const [memberId, partitions] of assignment) {
    const free = partitions.filter(({ topic, partition }) => {
      const readers = members.filter(({ topics }) => topics.includes(topic));
      const holder = holderOf(readers, partition);
      return holder === undefined || holder === memberId;
    });
    if (free.length < partitions.length) isWaiting = true;
    granted.set(memberId, free);
  }
  return { granted, isWaiting };
}

/** Who has a partition number; of several who say so, whoever was given it last: the others have yet to learn that they lost it. */
function holderOf(members: readonly GroupMember[], number: number): string | undefined {
  const holders = members.filter(({ held }) => held?.numbers.includes(number));
  const [newest] = holders.sort((a, b) => b.held!.generation - a.held!.generation);
  return newest?.memberId;
}

/** The numbers of partitions, each once. */
export function partitionNumbers(partitions: readonly TopicPartition[]): number[] {
  return [...new Set(partitions.map(({ partition }) => partition))];
}

/** The owner of each number: first who has it, then who had it, each up to a fair share, then the rest to whoever has least. */
function dealNumbers(members: readonly GroupMember[], numbers: number): string[] {
  const fairShare = Math.floor(numbers / members.length);
  let extras = numbers % members.length;
  const owners = new Array<string | undefined>(numbers).fill(undefined);
  const loads = new Map(members.map((member) => [member.memberId, 0]));
  const holds = members.map((member) => ({
    memberId: member.memberId,
    owned: (member.held?.numbers ?? []).filter((number) => holderOf(members, number) === member.memberId),
  }));
  for (const { memberId, owned } of [...holds, ...members]) {
    for (const number of owned.toSorted((a, b) => a - b)) {
      const load = loads.get(memberId)!;
      if (!(number >= 0 && number < numbers) || owners[number] !== undefined) continue;
      if (load >= fairShare && (load > fairShare || extras === 0)) break;
      if (load === fairShare) extras--;
      owners[number] = memberId;
      loads.set(memberId, load + 1);
    }
  }
  return owners.map((owner) => {
    if (owner !== undefined) return owner;
    const [least] = [...loads].reduce((a, b) => (b[1] < a[1] ? b : a));
    loads.set(least, loads.get(least)! + 1);
    return least;
  });
}

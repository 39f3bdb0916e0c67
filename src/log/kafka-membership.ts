/** Membership of one consumer group: join, sync, heartbeat, commit, leave, each a request to the group's coordinator. */
import { AssignerProtocol, type Cluster } from 'kafkajs';
import type { TopicPartition } from '../ports/event-log.js';
import { assignPartitions, type GroupMember, partitionNumbers, withholdHeld } from './assignment.js';
import { errorType, type KafkaTimings, knownPartitions } from './kafka-client.js';
import { type Coordinator, findCoordinator } from './kafka-undeclared.js';

const { MemberAssignment, MemberMetadata } = AssignerProtocol;

/** Members with another assigner cannot join the same group. */
const ASSIGNER_NAME = 'tagwatch-copartitioned';

const METADATA_VERSION = 0;

/** The leader's word that another round is to follow. */
const WAITING = Buffer.from('waiting');

/** What the coordinator thinks of this member; `unreachable` where it did not say. */
export type Standing = 'stable' | 'rebalancing' | 'lost' | 'unreachable';

/** What a round of the group gives to this member. */
export interface Joined {
  /** All that it has to read; what else it holds it has to let go of, and then to join again. */
  readonly assignment: readonly TopicPartition[];
  /** Somebody has to let go of something before it can go to whom it is meant for: another round follows soon. */
  readonly isWaiting: boolean;
}

export interface Membership {
  /**
   * Joins or joins again, while `held` goes on: nobody else is given that before this member has let go of it. Rejects with
   * kafkajs's errors: then join again.
   */
  join(held: readonly TopicPartition[]): Promise<Joined>;
  /** What an error of the coordinator says about this member; it is taken note of. */
  standingOf(error: unknown): Standing;
  /** `isLeader`: this member deals the partitions out, so it has to notice when there are more. */
  isLeader(): boolean;
  heartbeat(): Promise<{ readonly standing: Standing; readonly error?: unknown }>;
  /** Epoch ms of the coordinator's last answer. */
  lastAnsweredAtMs(): number;
  /** The group's positions by `topic/partition`, where it has any. */
  committed(at: readonly TopicPartition[]): Promise<Map<string, number>>;
  commit(at: TopicPartition, offset: number): Promise<void>;
  leave(): Promise<void>;
}

export function createMembership(
  cluster: Cluster,
  groupId: string,
  topics: readonly string[],
  timings: KafkaTimings,
): Membership {
  let coordinator: Coordinator | null = null;
  let memberId = '';
  let generationId = -1;
  let leading = false;
  let owned: readonly number[] = [];
  /** The generation in which `owned` was given: a later one was joined, and what it gave is not known. */
  let ownedSince = -1;
  let answeredAtMs = 0;

  /** Positions that no request holds yet, by partition; the request that is to take them, and the one before it. */
  let unsaid = new Map<string, TopicPartition & { readonly offset: string }>();
  let nextCommit: Promise<void> | null = null;
  let lastCommit: Promise<void> = Promise.resolve();

  /** One request at a time: what comes meanwhile goes together, or a dozen partitions would wait one for the other at each batch. */
  async function commitUnsaid(last: Promise<void>): Promise<void> {
    await last;
    const positions = [...unsaid.values()];
    unsaid = new Map();
    nextCommit = null;
    const broker = await knownCoordinator();
    await broker.offsetCommit({
      groupId,
      groupGenerationId: generationId,
      memberId,
      topics: [...new Set(positions.map(({ topic }) => topic))].map((topic) => ({
        topic,
        partitions: positions
          .filter((at) => at.topic === topic)
          .map(({ partition, offset }) => ({ partition, offset })),
      })),
    });
  }

  async function knownCoordinator(): Promise<Coordinator> {
    coordinator ??= await findCoordinator(cluster, groupId);
    return coordinator;
  }

  /** The leader's part: what each member said when it joined becomes what each has to read. */
  function assign(members: readonly { memberId: string; memberMetadata: Buffer }[]) {
    const group = members.map(({ memberId, memberMetadata }): GroupMember => {
      const metadata = MemberMetadata.decode(memberMetadata);
      return { memberId, topics: metadata?.topics ?? [], ...decodeOwned(metadata?.userData) };
    });
    const counts = knownPartitions(cluster, [...new Set(group.flatMap((member) => member.topics))]);
    const { granted, isWaiting } = withholdHeld(assignPartitions(group, counts), group);
    return [...granted].map(([member, partitions]) => ({
      memberId: member,
      memberAssignment: MemberAssignment.encode({
        version: METADATA_VERSION,
        assignment: byTopic(partitions),
        userData: isWaiting ? WAITING : Buffer.alloc(0),
      }),
    }));
  }

  async function join(held: readonly TopicPartition[]): Promise<Joined> {
    const broker = await knownCoordinator();
    const userData = encodeOwned(owned, { numbers: partitionNumbers(held), generation: ownedSince });
    const joined = await broker.joinGroup({
      groupId,
      sessionTimeout: timings.sessionLimitMs,
      rebalanceTimeout: timings.rebalanceLimitMs,
      memberId,
      groupProtocols: [
        {
          name: ASSIGNER_NAME,
          metadata: MemberMetadata.encode({ version: METADATA_VERSION, topics: [...topics], userData }),
        },
      ],
    });
    memberId = joined.memberId;
    generationId = joined.generationId;
    leading = joined.leaderId === joined.memberId;
    if (leading) {
      await cluster.addMultipleTargetTopics([...topics]);
      await cluster.refreshMetadata();
    }
    const groupAssignment = leading ? assign(joined.members) : [];
    const { memberAssignment } = await broker.syncGroup({ groupId, generationId, memberId, groupAssignment });
    answeredAtMs = Date.now();
    const given = MemberAssignment.decode(memberAssignment);
    const assignment = Object.entries(given?.assignment ?? {})
      .flatMap(([topic, numbers]) => numbers.map((partition) => ({ topic, partition })))
      .sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
    owned = partitionNumbers(assignment);
    ownedSince = generationId;
    return { assignment, isWaiting: given?.userData?.equals(WAITING) ?? false };
  }

  /** What an error of the coordinator says about this member. */
  function standingOf(error: unknown): Standing {
    switch (errorType(error)) {
      case 'REBALANCE_IN_PROGRESS':
        answeredAtMs = Date.now();
        return 'rebalancing';
      case 'UNKNOWN_MEMBER_ID':
        memberId = '';
        return 'lost';
      case 'ILLEGAL_GENERATION':
      case 'FENCED_INSTANCE_ID':
        return 'lost';
      default:
        coordinator = null;
        return 'unreachable';
    }
  }

  return {
    join,
    standingOf,
    isLeader: () => leading,
    async heartbeat() {
      try {
        const broker = await knownCoordinator();
        await broker.heartbeat({ groupId, groupGenerationId: generationId, memberId });
        answeredAtMs = Date.now();
        return { standing: 'stable' };
      } catch (error) {
        return { standing: standingOf(error), error };
      }
    },
    lastAnsweredAtMs: () => answeredAtMs,
    async committed(at) {
      const broker = await knownCoordinator();
      // The offsets in the question are there for kafkajs's type alone.
      const request = Object.entries(byTopic(at)).map(([topic, numbers]) => ({
        topic,
        partitions: numbers.map((partition) => ({ partition, offset: '-1' })),
      }));
      const { responses } = await broker.offsetFetch({ groupId, topics: request });
      const found = responses.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }): [string, number] => [`${topic}/${partition}`, Number(offset)]),
      );
      return new Map(found.filter(([, offset]) => offset >= 0));
    },
    async commit(at, offset) {
      unsaid.set(`${at.topic}/${at.partition}`, { ...at, offset: String(offset) });
      if (nextCommit === null) {
        nextCommit = commitUnsaid(lastCommit);
        lastCommit = nextCommit.catch(() => {});
      }
      await nextCommit;
    },
    async leave() {
      if (memberId === '') return;
      const broker = await knownCoordinator();
      await broker.leaveGroup({ groupId, memberId });
      memberId = '';
    },
  };
}

function byTopic(at: readonly TopicPartition[]): Record<string, number[]> {
  const numbers: Record<string, number[]> = {};
  for (const { topic, partition } of at) {
    numbers[topic] ??= [];
    numbers[topic].push(partition);
  }
  return numbers;
}

/** Behind the numbers that a member had, what it still has: earlier versions, which let go of everything first, pass that by. */
function encodeOwned(owned: readonly number[], held: NonNullable<GroupMember['held']>): Buffer {
  return Buffer.from(JSON.stringify([...owned, held]));
}

/** What a member says that it had and has; nothing where another version of us says it otherwise. */
function decodeOwned(userData: Buffer | undefined): Pick<GroupMember, 'owned' | 'held'> {
  try {
    const value: unknown = JSON.parse(userData?.toString() ?? '[]');
    if (!Array.isArray(value)) return { owned: [] };
    const held = (value as unknown[]).find(isHeld);
    return { owned: value.filter((each) => Number.isInteger(each)), ...(held ? { held } : {}) };
  } catch {
    return { owned: [] };
  }
}

function isHeld(value: unknown): value is NonNullable<GroupMember['held']> {
  const { numbers, generation } = (value ?? {}) as { numbers?: unknown; generation?: unknown };
  return Array.isArray(numbers) && numbers.every(Number.isInteger) && Number.isInteger(generation);
}

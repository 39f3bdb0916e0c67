/** Consumer groups within one process: members come and go, and every time the partitions are dealt out again. */
import type { ConsumeOptions } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import { assignPartitions, partitionNumbers } from './assignment.js';
import type { Backoff } from './backoff.js';
import { type Delivery, type RecordSource, startDelivery } from './delivery.js';
import type { EmbeddedStore } from './embedded-store.js';

interface Member {
  readonly memberId: string;
  readonly options: ConsumeOptions;
  readonly delivery: Delivery;
}

export interface EmbeddedGroups {
  /** Adds a member; resolves when its assignment has begun. */
  join(options: ConsumeOptions): Promise<{ leave(): Promise<void> }>;
  /** Deals out again where a topic has come into being. */
  topicCreated(topic: string): Promise<void>;
  /** Everybody leaves. */
  close(): Promise<void>;
}

export interface GroupsContext {
  readonly store: EmbeddedStore;
  readonly log: Log;
  readonly retry: Backoff;
  readonly revokeLimitMs: number;
}

type Group = { readonly members: Set<Member>; lastChange: Promise<void> };

/** The groups over one store. */
export function createGroups(context: GroupsContext): EmbeddedGroups {
  const { store, log, retry, revokeLimitMs } = context;
  const groups = new Map<string, Group>();
  let memberCount = 0;

  /** One change of a group at a time. */
  function change(group: Group): Promise<void> {
    group.lastChange = group.lastChange.then(() => rebalance(group));
    return group.lastChange;
  }

  /** Whatever goes to somebody else is given up before anybody is given anything; all else goes on. */
  async function rebalance(group: Group): Promise<void> {
    const members = [...group.members];
    const counts = new Map<string, number>();
    for (const topic of members.flatMap(({ options }) => options.topics)) {
      counts.set(topic, store.partitionCount(topic) ?? 0);
    }
    const assignment = assignPartitions(
      members.map(({ memberId, options, delivery }) => ({
        memberId,
        topics: options.topics,
        owned: partitionNumbers(delivery.held()),
      })),
      counts,
    );
    await Promise.all(
      members.map(({ memberId, delivery }) => delivery.keepOnly(assignment.get(memberId)!, 'given-up')),
    );
    for (const { memberId, delivery } of members) delivery.add(assignment.get(memberId)!);
  }

  function createSource({ group, commit }: ConsumeOptions): RecordSource {
    const positions = group !== null && commit ? group : null;
    return {
      startOffset: (at) => (positions === null ? undefined : store.committed(positions, at)) ?? 0,
      read: (at, position) => store.read(at, position),
      watch: store.watch,
      bounds: async (at) => store.bounds(at),
      commit: positions === null ? null : (at, offset) => store.commit(positions, at, offset),
      // In one process the coordinator is never away.
      lastHeartbeatAtMs: () => Date.now(),
    };
  }

  async function leave(groupId: string, group: Group, member: Member): Promise<void> {
    if (!group.members.delete(member)) return;
    // In the group's order: a change under way may still be giving this member something.
    group.lastChange = group.lastChange.then(() => member.delivery.keepOnly([], 'given-up'));
    await change(group);
    if (group.members.size === 0 && groups.get(groupId) === group) groups.delete(groupId);
  }

  return {
    async join(options) {
      const memberId = String(++memberCount).padStart(12, '0');
      // A member without a group is alone in one of its own.
      const groupId = options.group === null ? `solo:${memberId}` : `group:${options.group}`;
      const group = groups.get(groupId) ?? { members: new Set(), lastChange: Promise.resolve() };
      groups.set(groupId, group);
      const delivery = startDelivery({
        source: createSource(options),
        handler: options.handler,
        group: options.group,
        log,
        retry,
        revokeLimitMs,
      });
      const member: Member = { memberId, options, delivery };
      group.members.add(member);
      await change(group);
      return { leave: () => leave(groupId, group, member) };
    },

    async topicCreated(topic) {
      const readers = [...groups.values()].filter(({ members }) =>
        [...members].some(({ options }) => options.topics.includes(topic)),
      );
      await Promise.all(readers.map(change));
    },

    async close() {
      await Promise.all(
        [...groups].flatMap(([groupId, group]) => [...group.members].map((member) => leave(groupId, group, member))),
      );
    },
  };
}

/** What the metrics tell of Kafka's consumer groups, seen where every role reads: rebalances, and how far each is behind. */
import type { EventLog, TopicPartition } from '../ports/event-log.js';

export interface WatchedGroups {
  /** The same log. */
  readonly log: EventLog;
  /** Records that a group has yet to handle in the partitions of this process, as of its last batches; null: it has none. */
  behind(group: string): number | null;
}

/** Readers without a group are passed by: nothing is shared, so nothing is reassigned. */
export function watchGroups(log: EventLog, counters: { partitionsAssigned(group: string): void }): WatchedGroups {
  const behind = new Map<string, Map<string, number>>();
  const nameOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;
  const consume: EventLog['consume'] = (options) => {
    const { group, handler } = options;
    if (group === null) return log.consume(options);
    return log.consume({
      ...options,
      handler: {
        ...handler,
        async onAssigned(added, control) {
          counters.partitionsAssigned(group);
          const owned = behind.get(group) ?? new Map<string, number>();
          behind.set(group, owned);
          for (const at of added) owned.set(nameOf(at), 0);
          await handler.onAssigned(added, control);
        },
        async onBatch(batch, control) {
          const owned = behind.get(group);
          owned?.set(nameOf(batch), batch.endOffset - (batch.records[0]?.offset ?? batch.nextOffset));
          await handler.onBatch(batch, control);
          if (owned?.has(nameOf(batch))) owned.set(nameOf(batch), batch.endOffset - batch.nextOffset);
        },
        async onRevoked(revoked, control, how) {
          for (const at of revoked) behind.get(group)?.delete(nameOf(at));
          await handler.onRevoked?.(revoked, control, how);
        },
      },
    });
  };
  return {
    log: { ...log, consume },
    behind(group) {
      const owned = behind.get(group);
      return owned === undefined ? null : [...owned.values()].reduce((sum, count) => sum + count, 0);
    },
  };
}

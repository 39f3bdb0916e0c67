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
        async onAssigned(assignment, control) {
          counters.partitionsAssigned(group);
          behind.set(group, new Map(assignment.map((at) => [nameOf(at), 0])));
          await handler.onAssigned(assignment, control);
        },
        async onBatch(batch, control) {
          const owned = behind.get(group);
          owned?.set(nameOf(batch), batch.endOffset - batch.records[0]!.offset);
          await handler.onBatch(batch, control);
          owned?.set(nameOf(batch), batch.endOffset - batch.records.at(-1)!.offset - 1);
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

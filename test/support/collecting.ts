/** A consumer's handler that writes down what happens to it, and promises that resolve when enough has happened. */
import type {
  ConsumerHandler,
  LogBatch,
  LogRecord,
  PartitionControl,
  TopicPartition,
} from '../../src/ports/event-log.js';

export interface Collector {
  readonly handler: ConsumerHandler;
  readonly records: LogRecord[];
  readonly batches: LogBatch[];
  /** What was added, time by time. */
  readonly assignments: (readonly TopicPartition[])[];
  readonly revocations: (readonly TopicPartition[])[];
  /** What was added and has not been revoked since. */
  owned(): readonly TopicPartition[];
  /** The control of the newest assignment. */
  control(): PartitionControl;
  /** Resolves when the condition holds; it is looked at after every event. */
  until(condition: () => boolean): Promise<void>;
  /** Values as text, in the order of delivery. */
  values(): (string | null)[];
}

const decoder = new TextDecoder();

/** Collects; the given parts of a handler run before the event is written down. */
export function createCollector(inner: Partial<ConsumerHandler> = {}): Collector {
  const waiting = new Set<() => void>();
  const notify = () => {
    for (const look of [...waiting]) look();
  };
  let newest: PartitionControl | undefined;
  const owned = new Map<string, TopicPartition>();
  const nameOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;
  const collector: Collector = {
    records: [],
    batches: [],
    assignments: [],
    revocations: [],
    control() {
      if (!newest) throw new Error('Nothing has been assigned yet.');
      return newest;
    },
    owned: () => [...owned.values()],
    until(condition) {
      return new Promise((resolve) => {
        const look = () => {
          if (!condition()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      });
    },
    values: () => collector.records.map(({ value }) => (value === null ? null : decoder.decode(value))),
    handler: {
      async onAssigned(assignment, control) {
        newest = control;
        await inner.onAssigned?.(assignment, control);
        collector.assignments.push(assignment);
        for (const at of assignment) owned.set(nameOf(at), at);
        notify();
      },
      async onBatch(batch, control) {
        await inner.onBatch?.(batch, control);
        collector.batches.push(batch);
        collector.records.push(...batch.records);
        notify();
      },
      async onLeaving(leaving) {
        await inner.onLeaving?.(leaving);
      },
      async onRevoked(revoked, control, how) {
        await inner.onRevoked?.(revoked, control, how);
        for (const at of revoked) owned.delete(nameOf(at));
        collector.revocations.push(revoked);
        notify();
      },
    },
  };
  return collector;
}

/** Where the alert log ends: who compares with the record has to know that the record holds all of it. */
import { type EventLog, LogUnavailable, type PartitionControl } from '../ports/event-log.js';
import { ALERTS } from '../ports/topics.js';

const PARTITION = { topic: ALERTS, partition: 0 };

export interface AlertsEnd {
  /** One past the last record; rejects with `LogUnavailable`. */
  read(): Promise<number>;
  stop(): Promise<void>;
}

/** A reader of its own that is never given a record. */
export async function watchAlertsEnd(log: EventLog): Promise<AlertsEnd> {
  let control: PartitionControl | null = null;
  const consumer = await log.consume({
    group: null,
    topics: [ALERTS],
    commit: false,
    handler: {
      async onAssigned(_assignment, assigned) {
        const { endOffset } = await assigned.bounds(PARTITION);
        assigned.seek(PARTITION, endOffset);
        assigned.pause(PARTITION);
        control = assigned;
      },
      async onBatch() {},
    },
  });
  return {
    async read() {
      if (control === null) throw new LogUnavailable('the alert log has not answered yet');
      return (await control.bounds(PARTITION)).endOffset;
    },
    stop: async () => await consumer.stop(),
  };
}

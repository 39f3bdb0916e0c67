/**
 * How far intake has read each supplier's topic, told to every partition of the inputs behind the pings that came before. Without it a
 * lag of intake's would look like the silence of all tags.
 */
import type { Clock } from '../../ports/clock.js';
import type { EventLog, LogBatch, PartitionControl, TopicPartition } from '../../ports/event-log.js';
import type { Log } from '../../ports/log.js';
import { INPUTS, partitionInput, type SupplierRecord } from '../../ports/topics.js';

/** A partition of which nothing has been delivered for so long has nothing behind where its group stands. */
const NOTHING_COMES_MS = 60_000;

interface Reading {
  readonly at: TopicPartition;
  readonly control: PartitionControl;
  readonly sinceMs: number;
  /** Where reading goes on when what was delivered is in the log; null: nothing was delivered yet. */
  nextOffset: number | null;
  /** When the last record of it that is in the log was appended. */
  appendedAtMs: number | null;
  /** A batch is on its way into the log. */
  isBusy: boolean;
  /** How far it was known to be read, ms of the log's time. */
  readThroughMs: number | null;
}

/** To every partition of the inputs. */
export async function appendSuppliers(log: EventLog, records: readonly SupplierRecord[]): Promise<void> {
  const partitions = await log.partitionCount(INPUTS);
  await log.append(
    INPUTS,
    records.flatMap((record) =>
      Array.from({ length: partitions }, (_, partition) => partitionInput(record, partition)),
    ),
  );
}

export interface SupplierReading {
  assigned(added: readonly TopicPartition[], control: PartitionControl): void;
  revoked(gone: readonly TopicPartition[]): void;
  /** A batch has been delivered, and then: is in the log. */
  began(batch: LogBatch): void;
  ended(batch: LogBatch): void;
  /** Appends how far each topic has been read. Never rejects: the next one tells more. */
  tell(): Promise<void>;
}

export function createSupplierReading(deps: {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Log;
}): SupplierReading {
  const { log, clock, logger } = deps;
  const readings = new Map<string, Reading>();
  const nameOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;

  async function lookAt(reading: Reading): Promise<void> {
    const lookedAtMs = clock.nowMs();
    const { endOffset } = await reading.control.bounds(reading.at);
    const { nextOffset, isBusy, appendedAtMs, sinceMs } = reading;
    const isAtEnd = nextOffset === null ? lookedAtMs - sinceMs >= NOTHING_COMES_MS && !isBusy : nextOffset >= endOffset;
    // What was appended while it was asked is behind it.
    const throughMs = isAtEnd ? lookedAtMs : appendedAtMs;
    if (throughMs !== null) reading.readThroughMs = Math.max(throughMs, reading.readThroughMs ?? throughMs);
  }

  function recordsOf(all: readonly Reading[]): SupplierRecord[] {
    const topics = [...new Set(all.map(({ at }) => at.topic))].sort();
    return topics.flatMap((source): SupplierRecord[] => {
      const own = all.filter(({ at }) => at.topic === source);
      const read = own.flatMap(({ at: { partition }, readThroughMs }) =>
        readThroughMs === null ? [] : [{ partition, readThroughMs }],
      );
      const appended = own.flatMap(({ appendedAtMs }) => (appendedAtMs === null ? [] : [appendedAtMs]));
      if (read.length === 0) return [];
      return [{ type: 'supplier', source, read, lastAtMs: appended.length === 0 ? null : Math.max(...appended) }];
    });
  }

  return {
    assigned(added, control) {
      for (const at of added) {
        const sinceMs = clock.nowMs();
        const nothing = { nextOffset: null, appendedAtMs: null, isBusy: false, readThroughMs: null };
        readings.set(nameOf(at), { at, control, sinceMs, ...nothing });
      }
    },
    revoked(gone) {
      for (const at of gone) readings.delete(nameOf(at));
    },
    began(batch) {
      const reading = readings.get(nameOf(batch));
      if (reading) reading.isBusy = true;
    },
    ended(batch) {
      const reading = readings.get(nameOf(batch));
      if (!reading) return;
      reading.isBusy = false;
      reading.nextOffset = batch.nextOffset;
      reading.appendedAtMs = batch.records.at(-1)?.appendedAtMs ?? reading.appendedAtMs;
    },
    async tell() {
      try {
        const all = [...readings.values()];
        await Promise.all(all.map(lookAt));
        const records = recordsOf(all);
        if (records.length > 0) await appendSuppliers(log, records);
      } catch (error) {
        logger.warn({ err: error }, 'intake: how far suppliers have been read was not told; the next time tells more');
      }
    },
  };
}

/**
 * Writes what the log holds into the database: pings, alerts, what was rejected. Its place in the log moves in the
 * transaction that writes the rows, so each row is written once, whatever is killed when. While the database is away, or its
 * schema is not there yet, it waits and goes on by itself; a row that the database refuses is put aside and the rest goes on.
 */
import type { Clock } from '../../ports/clock.js';
import { type Database, DatabaseUnavailable } from '../../ports/database.js';
import type { Consumer, EventLog, LogBatch, PartitionControl, TopicPartition } from '../../ports/event-log.js';
import type { Log } from '../../ports/log.js';
import type { RecordTables } from '../../ports/record-tables.js';
import { createRetentionAlarm } from '../retention-alarm.js';
import { auditSink } from './audit-sink.js';
import {
  DEFAULT_RECORDER_LIMITS,
  type RecorderCounters,
  type RecorderLimits,
  type RecorderProgress,
} from './options.js';
import { type PartitionWriter, startPartitionWriter } from './partition.js';
import { alertSink, inputSink, rejectedSink, type Sink } from './sinks.js';
import { writeTogether } from './together.js';

export {
  DEFAULT_RECORDER_LIMITS,
  type RecorderCounters,
  type RecorderLimits,
  type RecorderProgress,
} from './options.js';

export interface RecorderDeps {
  readonly log: EventLog;
  readonly db: Database;
  readonly tables: RecordTables;
  readonly clock: Clock;
  readonly logger: Log;
  /** Of the log: under another epoch than the one on record, reading starts from the beginning. */
  readonly epoch: string;
  readonly counters?: Partial<RecorderCounters>;
  /** Called when records of a partition are in the database, up to and without `nextOffset`. */
  readonly onProgress?: (progress: RecorderProgress) => void;
  readonly limits?: Partial<RecorderLimits>;
}

export interface Recorder {
  /** Ends after the batch under way; places of idle partitions may be behind, which costs reading a few ticks again. */
  stop(): Promise<void>;
  /** How far it is behind, a partition of its own each; rejects with `LogUnavailable`. Holes in the offsets count. */
  lag(): Promise<readonly (RecorderProgress & { readonly behind: number })[]>;
  /** When the database went away, epoch ms; null while it answers. */
  databaseAwaySinceMs(): number | null;
}

/** Starts the recorder. It rejects only where the log does. */
export async function startRecorder(deps: RecorderDeps): Promise<Recorder> {
  const { clock, logger } = deps;
  const limits = { ...DEFAULT_RECORDER_LIMITS, ...deps.limits };
  const counters: RecorderCounters = { ...NO_COUNTERS, ...deps.counters };
  const { db, tables, epoch } = deps;
  const days = new Set<number>();
  let awaySinceMs: number | null = null;
  const health = {
    failed(error: unknown) {
      if (awaySinceMs !== null) return;
      awaySinceMs = clock.nowMs();
      const why = error instanceof Error ? error.message : String(error);
      if (passesByItself(error)) logger.warn({ why }, 'the database is away; recording waits and goes on by itself');
      else logger.error({ why }, 'the database does not record; recording waits and tries again');
    },
    worked() {
      if (awaySinceMs === null) return;
      logger.info({ awayMs: clock.nowMs() - awaySinceMs }, 'the database records again');
      awaySinceMs = null;
      days.clear();
    },
  };

  const tellLag = createRetentionAlarm('recorder', clock, logger);
  const writers = new Map<string, PartitionWriter>();
  const consumers: Consumer[] = [];

  async function consume<T>(sink: Sink<T>): Promise<Consumer> {
    const own = new Map<number, PartitionWriter>();
    const together = writeTogether({ ...deps, limits, counters, sink });
    const end = (gone: readonly TopicPartition[]) => {
      for (const { partition } of gone) {
        own.get(partition)?.end();
        own.delete(partition);
        writers.delete(`${sink.topic}/${partition}`);
      }
    };
    return await deps.log.consume({
      group: sink.group,
      topics: [sink.topic],
      commit: false,
      patienceMs: sink.waitsForCompany ? limits.companyMs : 0,
      handler: {
        async onAssigned(added, control: PartitionControl) {
          // Where it was here before: another owner may have written meanwhile.
          end(added);
          for (const at of added) {
            const writer = startPartitionWriter({ ...deps, limits, health, sink, together, at, control });
            own.set(at.partition, writer);
            writers.set(`${at.topic}/${at.partition}`, writer);
          }
        },
        async onBatch(batch: LogBatch) {
          tellLag(batch);
          await own.get(batch.partition)?.take(batch);
        },
        async onRevoked(revoked) {
          end(revoked);
        },
      },
    });
  }

  try {
    consumers.push(await consume(inputSink({ db, tables, clock, epoch, counters, limits, days })));
    consumers.push(await consume(alertSink({ tables, epoch, counters })));
    consumers.push(await consume(rejectedSink({ tables, epoch, counters })));
    consumers.push(await consume(auditSink({ tables, epoch, counters })));
  } catch (error) {
    for (const writer of writers.values()) writer.end();
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    throw error;
  }

  return {
    async stop() {
      for (const writer of writers.values()) writer.end();
      await Promise.all(consumers.map((consumer) => consumer.stop()));
    },
    lag: async () => await Promise.all([...writers.values()].map((writer) => writer.lag())),
    databaseAwaySinceMs: () => awaySinceMs,
  };
}

/** SQLSTATEs of a schema that another process has still to make, and of transactions that got in each other's way. */
const PASSING_STATES = new Set(['42P01', '42703', '42883', '40001', '40P01']);

function passesByItself(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true;
  return error instanceof Error && 'code' in error && PASSING_STATES.has(String(error.code));
}

const NO_COUNTERS: RecorderCounters = {
  pingsRecorded() {},
  pingsRepeated() {},
  alertEventsRecorded() {},
  rejectedRecorded() {},
  auditChained() {},
  recordsRefused() {},
};

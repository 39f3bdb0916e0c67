/** The recorder's work on one partition while it owns it. */
import type { Clock } from '../../ports/clock.js';
import type { Database } from '../../ports/database.js';
import {
  type LogBatch,
  type LogRecord,
  LogUnavailable,
  type PartitionControl,
  type TopicPartition,
} from '../../ports/event-log.js';
import type { Log } from '../../ports/log.js';
import { UnknownFormat } from '../../ports/ping-records.js';
import type { LogPosition, RecordTables } from '../../ports/record-tables.js';
import type { RecorderLimits, RecorderProgress } from './options.js';
import type { Sink } from './sinks.js';
import { Displaced, type Entry, type Together } from './together.js';

export interface PartitionWriterDeps<T> {
  readonly db: Database;
  readonly tables: RecordTables;
  readonly clock: Clock;
  readonly logger: Log;
  readonly epoch: string;
  readonly limits: RecorderLimits;
  readonly onProgress?: (progress: RecorderProgress) => void;
  readonly health: { failed(error: unknown): void; worked(): void };
  readonly sink: Sink<T>;
  /** Shared with the topic's other partitions. */
  readonly together: Together<T>;
  readonly at: TopicPartition;
  readonly control: PartitionControl;
}

export interface PartitionWriter {
  /** Writes a batch. It never rejects: where the database does not take it, the partition is paused and comes back to it. */
  take(batch: LogBatch): Promise<void>;
  lag(): Promise<RecorderProgress & { readonly behind: number }>;
  /** No longer ours: nothing more is started. */
  end(): void;
}

/** Takes over a partition: paused at first, until its place is known. */
export function startPartitionWriter<T>(deps: PartitionWriterDeps<T>): PartitionWriter {
  const { db, tables, sink, together, at, control, epoch, limits, clock, logger, health } = deps;
  let ended = false;
  let running = false;
  /** As it stands in the database. */
  let stored: LogPosition | null = null;
  let storedAtMs = 0;
  let nextOffset = 0;
  let endOffset = 0;
  let timer: NodeJS.Timeout | null = null;
  let retryMs = limits.retryFirstMs;

  /** Stops deliveries; after the delay the place is read anew and deliveries go on from there. */
  function resumeLater(delayMs: number): void {
    running = false;
    if (ended) return;
    control.pause(at);
    timer = setTimeout(() => {
      timer = null;
      void resume();
    }, delayMs);
  }

  function backOff(error: unknown): void {
    if (!(error instanceof LogUnavailable)) health.failed(error);
    const delayMs = retryMs;
    retryMs = Math.min(retryMs * 2, limits.retryLimitMs);
    resumeLater(delayMs);
  }

  async function resume(): Promise<void> {
    try {
      const [place, bounds] = await Promise.all([tables.readPosition(db, sink.group, at), control.bounds(at)]);
      if (ended) return;
      stored = place;
      storedAtMs = clock.nowMs();
      nextOffset = startAt(place, bounds);
      endOffset = bounds.endOffset;
      control.seek(at, nextOffset);
      running = true;
      control.resume(at);
      health.worked();
      // A transaction that seemed to fail may have been committed.
      deps.onProgress?.({ ...at, nextOffset, endOffset });
    } catch (error) {
      if (!ended) backOff(error);
    }
  }

  function startAt(place: LogPosition | null, bounds: { startOffset: number; endOffset: number }): number {
    if (place === null || place.epoch !== epoch) return bounds.startOffset;
    if (place.nextOffset < bounds.startOffset) {
      const missed = bounds.startOffset - place.nextOffset;
      logger.error({ ...at, missed }, 'records were dropped by retention before they were recorded');
      return bounds.startOffset;
    }
    if (place.nextOffset > bounds.endOffset) {
      logger.error(
        { ...at, ...bounds, place: place.nextOffset },
        'the log is shorter than what was recorded of it; reading all',
      );
      return bounds.startOffset;
    }
    return place.nextOffset;
  }

  function readEntries(record: LogRecord): readonly Entry<T>[] {
    try {
      return sink.read(record).map((item) => ({ record, ...item }));
    } catch (error) {
      // It waits for an upgrade, and with it what stands in the same batch.
      if (error instanceof UnknownFormat) throw error;
      return [{ record, unreadable: error instanceof Error ? error.message : String(error) }];
    }
  }

  async function take(batch: LogBatch): Promise<void> {
    if (!running || ended) return;
    endOffset = batch.endOffset;
    if (batch.nextOffset <= nextOffset) return;
    const records = batch.records.filter(({ offset }) => offset >= nextOffset);
    try {
      const entries = records.flatMap(readEntries);
      // Behind a hole there may be no later batch that tells how far it got: the reconciler waits for the end of the alerts.
      if (entries.length === 0) await passOver(batch.nextOffset, records.length === 0);
      for (let from = 0; from < entries.length; from += limits.rowsPerTransaction) {
        const chunk = entries.slice(from, from + limits.rowsPerTransaction);
        const following = entries[from + limits.rowsPerTransaction];
        await hand(chunk, following?.record.offset ?? batch.nextOffset);
        if (ended) return;
      }
      retryMs = limits.retryFirstMs;
      health.worked();
    } catch (error) {
      if (error instanceof Displaced) {
        logger.info({ ...at }, 'another owner moved the place in this partition; going on from there');
        resumeLater(limits.retryFirstMs);
      } else backOff(error);
    }
  }

  /** Nothing to write: the place moves in memory, and now and then in the database. */
  async function passOver(to: number, atOnce: boolean): Promise<void> {
    nextOffset = to;
    if (!atOnce && clock.nowMs() - storedAtMs < limits.idleMoveEveryMs) return;
    await hand([], to);
  }

  async function hand(entries: readonly Entry<T>[], to: number): Promise<void> {
    await together.write({ at, entries, to, place: () => stored, moved, isOver: () => ended });
  }

  function moved(to: LogPosition): void {
    stored = to;
    storedAtMs = clock.nowMs();
    nextOffset = to.nextOffset;
    deps.onProgress?.({ ...at, nextOffset, endOffset });
  }

  resumeLater(0);
  return {
    take,
    async lag() {
      const bounds = await control.bounds(at);
      return { ...at, nextOffset, endOffset: bounds.endOffset, behind: Math.max(0, bounds.endOffset - nextOffset) };
    },
    end() {
      ended = true;
      running = false;
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}

/** The recorder's work on one partition while it owns it. */
import { setTimeout as delay } from 'node:timers/promises';
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
import type { LogPosition, RecordTables, RejectedRow } from '../../ports/record-tables.js';
import type { RecorderCounters, RecorderLimits, RecorderProgress } from './options.js';
import type { Item, Sink } from './sinks.js';

export interface PartitionWriterDeps<T> {
  readonly db: Database;
  readonly tables: RecordTables;
  readonly clock: Clock;
  readonly logger: Log;
  readonly epoch: string;
  readonly counters: RecorderCounters;
  readonly limits: RecorderLimits;
  readonly onProgress?: (progress: RecorderProgress) => void;
  readonly health: { failed(error: unknown): void; worked(): void };
  readonly sink: Sink<T>;
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

/** Of a full transaction: with so many rows it goes on at once. */
const COMPANY_SHARE = 4;

/** Someone else moved this partition's place: what is at hand may have been written already. */
class Displaced extends Error {
  override readonly name = 'Displaced';
}

/** A record to be written, or the reason why it cannot be read. */
type Entry<T> = Item<T> | { readonly record: LogRecord; readonly unreadable: string };

/** Takes over a partition: paused at first, until its place is known. */
export function startPartitionWriter<T>(deps: PartitionWriterDeps<T>): PartitionWriter {
  const { db, tables, sink, at, control, epoch, limits, counters, clock, logger, health } = deps;
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
        await sink.prepare(chunk.filter((entry) => 'content' in entry));
        await write(chunk, following?.record.offset ?? batch.nextOffset);
        if (ended) return;
      }
      retryMs = limits.retryFirstMs;
      health.worked();
      if (sink.waitsForCompany && entries.length > 0 && entries.length < limits.rowsPerTransaction / COMPANY_SHARE)
        await delay(limits.companyMs);
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
    await db.transaction(async (tx) => await move(tx, to));
    moved(to);
  }

  async function move(tx: Parameters<RecordTables['movePosition']>[0], to: number): Promise<void> {
    if (ended) throw new Displaced();
    if (!(await tables.movePosition(tx, sink.group, at, stored, { epoch, nextOffset: to }))) throw new Displaced();
  }

  function moved(to: number): void {
    stored = { epoch, nextOffset: to };
    storedAtMs = clock.nowMs();
    nextOffset = to;
    deps.onProgress?.({ ...at, nextOffset: to, endOffset });
  }

  /** Writes entries and moves to `to`; where the database refuses the data, by halves, down to the one that it refuses. */
  async function write(entries: readonly Entry<T>[], to: number): Promise<void> {
    try {
      const count = await db.transaction(async (tx) => {
        await move(tx, to);
        const unreadable = entries.filter((entry) => 'unreadable' in entry);
        await tables.insertRejected(
          tx,
          epoch,
          unreadable.map((entry) => refusal(entry, 'unreadable', entry.unreadable)),
        );
        const items = entries.filter((entry) => 'content' in entry);
        const countWritten = items.length === 0 ? () => {} : await sink.write(tx, items);
        return () => {
          countWritten();
          if (unreadable.length > 0) counters.recordsRefused(unreadable.length);
        };
      });
      count();
      moved(to);
    } catch (error) {
      if (!refusesForGood(error)) throw error;
      if (entries.length > 1) {
        const middle = entries.length >> 1;
        await write(entries.slice(0, middle), entries[middle]!.record.offset);
        await write(entries.slice(middle), to);
      } else await putAside(entries[0]!, to, error);
    }
  }

  /** The database's refusal, or content of a form that the sink cannot take: either way the same next time. */
  function refusesForGood(error: unknown): boolean {
    return tables.refusesData(error) || error instanceof TypeError || error instanceof RangeError;
  }

  async function putAside(entry: Entry<T>, to: number, error: unknown): Promise<void> {
    const { record } = entry;
    const detail = error instanceof Error ? error.message : String(error);
    await db.transaction(async (tx) => {
      await move(tx, to);
      await tables.insertRejected(tx, epoch, [refusal(entry, 'refused-by-database', detail)]);
    });
    counters.recordsRefused(1);
    moved(to);
    logger.warn({ ...at, offset: record.offset }, 'a record could not be written; it is kept in rejected_message');
  }

  function refusal(entry: Entry<T>, reason: string, detail: string): RejectedRow {
    const { record } = entry;
    const isItem = 'content' in entry;
    return {
      at: { ...at, offset: record.offset, place: isItem ? entry.place : 0 },
      reason,
      detail,
      rejectedAtMs: clock.nowMs(),
      source: null,
      tagId: isItem ? sink.tagOf(entry) : sink.keyIsTag ? record.key : null,
      payload: isItem ? sink.bytesOf(entry) : (record.value ?? new Uint8Array()),
    };
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

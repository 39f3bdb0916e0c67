/**
 * One transaction for what the partitions of a topic have to write: each transaction costs as much as some hundred rows, and a process
 * owns a dozen partitions. The places of all of them move in it. What the database refuses is found partition by partition, and there
 * by halves.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../ports/clock.js';
import type { Database, Queryable } from '../../ports/database.js';
import type { LogRecord, TopicPartition } from '../../ports/event-log.js';
import type { Log } from '../../ports/log.js';
import type { LogPosition, RecordTables, RejectedRow } from '../../ports/record-tables.js';
import type { RecorderCounters, RecorderLimits } from './options.js';
import type { Item, Sink } from './sinks.js';

/** Someone else moved this partition's place: what is at hand may have been written already. */
export class Displaced extends Error {
  override readonly name = 'Displaced';
}

/** A record to be written, or the reason why it cannot be read. */
export type Entry<T> = Item<T> | { readonly record: LogRecord; readonly unreadable: string };

/** What one partition has to write. */
export interface Part<T> {
  readonly at: TopicPartition;
  /** In order; none where the place alone moves. */
  readonly entries: readonly Entry<T>[];
  /** The next record to read once they are written. */
  readonly to: number;
  /** Where the place of the partition stands in the database, as far as its owner knows. */
  place(): LogPosition | null;
  /** Told when the place has moved, which may be more than once. */
  moved(to: LogPosition): void;
  /** No longer ours: nothing more is begun. */
  isOver(): boolean;
}

export interface TogetherDeps<T> {
  readonly db: Database;
  readonly tables: RecordTables;
  readonly clock: Clock;
  readonly logger: Log;
  readonly epoch: string;
  readonly counters: RecorderCounters;
  readonly limits: RecorderLimits;
  readonly sink: Sink<T>;
}

export interface Together<T> {
  /** Resolves when it is committed. Rejects with `Displaced`, or as the database does. */
  write(part: Part<T>): Promise<void>;
}

/** Of a full transaction: with so many rows the next one does not wait for company. */
const COMPANY_SHARE = 4;
/** Full transactions under way at once: the database takes several, and a backlog is to be over soon. */
const MAX_AT_ONCE = 4;

interface Waiting<T> {
  readonly part: Part<T>;
  resolve(): void;
  reject(error: unknown): void;
}

export function writeTogether<T>(deps: TogetherDeps<T>): Together<T> {
  const { db, tables, sink, epoch, limits, counters, clock, logger } = deps;
  const waiting: Waiting<T>[] = [];
  const enough = limits.rowsPerTransaction / COMPANY_SHARE;
  let atOnce = 0;
  let resting = false;
  let scheduled = false;

  /** In a turn of its own, so that what a fetch brought for several partitions goes together. */
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      while (mayBegin()) void run(takeNext());
    });
  }

  function mayBegin(): boolean {
    if (waiting.length === 0 || atOnce >= MAX_AT_ONCE) return false;
    return (atOnce === 0 && !resting) || countRows(waiting) >= enough;
  }

  /** Up to a full transaction, and at least one part. */
  function takeNext(): Waiting<T>[] {
    let rows = 0;
    let count = 0;
    while (count < waiting.length) {
      rows += waiting[count]!.part.entries.length;
      if (count > 0 && rows > limits.rowsPerTransaction) break;
      count++;
    }
    return waiting.splice(0, count);
  }

  async function run(taken: readonly Waiting<T>[]): Promise<void> {
    atOnce++;
    await writeAll(taken);
    atOnce--;
    const rows = countRows(taken);
    if (sink.waitsForCompany && rows > 0 && rows < enough && !resting) {
      resting = true;
      await delay(limits.companyMs, undefined, { ref: false });
      resting = false;
    }
    schedule();
  }

  /** Settles each of them; never rejects. */
  async function writeAll(taken: readonly Waiting<T>[]): Promise<void> {
    try {
      await writeParts(taken.map(({ part }) => part));
      for (const { resolve } of taken) resolve();
    } catch (error) {
      if (taken.length > 1 && (error instanceof Displaced || refusesForGood(error))) {
        for (const one of taken) await writeAll([one]);
      } else for (const { reject } of taken) reject(error);
    }
  }

  /** Where the database refuses the data of a single part: by halves, down to the entry that it refuses. */
  async function writeParts(parts: readonly Part<T>[]): Promise<void> {
    try {
      await transact(parts);
    } catch (error) {
      const [part] = parts;
      if (parts.length > 1 || part === undefined || !refusesForGood(error)) throw error;
      const { entries, to } = part;
      if (entries.length > 1) {
        const middle = entries.length >> 1;
        await writeParts([{ ...part, entries: entries.slice(0, middle), to: entries[middle]!.record.offset }]);
        await writeParts([{ ...part, entries: entries.slice(middle), to }]);
      } else if (entries.length === 1) await putAside(part, entries[0]!, error);
      else throw error;
    }
  }

  /** The database's refusal, or content of a form that the sink cannot take: either way the same next time. */
  function refusesForGood(error: unknown): boolean {
    return tables.refusesData(error) || error instanceof TypeError || error instanceof RangeError;
  }

  async function transact(parts: readonly Part<T>[]): Promise<void> {
    const unreadable: RejectedRow[] = [];
    const items: Item<T>[] = [];
    for (const { at, entries } of parts) {
      for (const entry of entries) {
        if ('content' in entry) items.push(entry);
        else unreadable.push(refusal(at, entry, 'unreadable', entry.unreadable));
      }
    }
    if (items.length > 0) await sink.prepare(items);
    const count = await db.transaction(async (tx) => {
      await move(tx, parts);
      await tables.insertRejected(tx, epoch, unreadable);
      return items.length === 0 ? () => {} : await sink.write(tx, items);
    });
    count();
    if (unreadable.length > 0) counters.recordsRefused(unreadable.length);
    for (const { to, moved } of parts) moved({ epoch, nextOffset: to });
  }

  async function putAside(part: Part<T>, entry: Entry<T>, error: unknown): Promise<void> {
    const detail = error instanceof Error ? error.message : String(error);
    await db.transaction(async (tx) => {
      await move(tx, [part]);
      await tables.insertRejected(tx, epoch, [refusal(part.at, entry, 'refused-by-database', detail)]);
    });
    counters.recordsRefused(1);
    part.moved({ epoch, nextOffset: part.to });
    logger.warn(
      { ...part.at, offset: entry.record.offset },
      'a record could not be written; it is kept in rejected_message',
    );
  }

  async function move(tx: Queryable, parts: readonly Part<T>[]): Promise<void> {
    if (parts.some(({ isOver }) => isOver())) throw new Displaced();
    const moves = parts.map(({ at, to, place }) => ({
      partition: at.partition,
      from: place(),
      to: { epoch, nextOffset: to },
    }));
    if (!(await tables.movePositions(tx, sink.group, sink.topic, moves))) throw new Displaced();
  }

  function refusal(at: TopicPartition, entry: Entry<T>, reason: string, detail: string): RejectedRow {
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

  return {
    write: (part) =>
      new Promise((resolve, reject) => {
        waiting.push({ part, resolve, reject });
        schedule();
      }),
  };
}

function countRows<T>(waiting: readonly Waiting<T>[]): number {
  return waiting.reduce((sum, { part }) => sum + part.entries.length, 0);
}

/** What the recorder makes of each topic's records. */
import type { LoggedEvent } from '../../alerts/carried.js';
import { readAlertEvent } from '../../alerts/read-event.js';
import { AHEAD_LIMIT_MS, ZERO_DEGREES } from '../../engine/thresholds.js';
import type { Clock } from '../../ports/clock.js';
import type { Database, Queryable } from '../../ports/database.js';
import type { LogRecord } from '../../ports/event-log.js';
import { readInputs } from '../../ports/ping-records.js';
import { ALERT_FORMAT, newerFormatOf } from '../../ports/record-format.js';
import type { Fitted, PingRow, RecordTables, RejectedRow, RequestRow } from '../../ports/record-tables.js';
import {
  ALERTS,
  decodeJson,
  encodeJson,
  INPUTS,
  REJECTED,
  type ReconcileRecord,
  type RejectedRecord,
} from '../../ports/topics.js';
import type { RecorderCounters, RecorderLimits } from './options.js';

/** A record as it is to be written; `T` is the sink's own. */
export interface Item<T> {
  readonly record: LogRecord;
  /** Which of the record's contents it is. */
  readonly place: number;
  readonly content: T;
}

/** One topic's way into the database. */
export interface Sink<T> {
  readonly topic: string;
  readonly group: string;
  /** Whether the key of a record is a tagId. */
  readonly keyIsTag: boolean;
  /** Whether a few rows wait for company (`RecorderLimits.companyMs`). */
  readonly waitsForCompany: boolean;
  /** What a record holds to be written, in order. Throws for what it cannot read. */
  read(record: LogRecord): readonly { readonly place: number; readonly content: T }[];
  /** The bytes to be kept of one of them that the database does not take. */
  bytesOf(item: Item<T>): Uint8Array;
  /** Whose tag it is about. */
  tagOf(item: Item<T>): string | null;
  /** Before the transaction: makes room. */
  prepare(items: readonly Item<T>[]): Promise<void>;
  /** Within the transaction; answers what to count when it is committed. Items of one partition are in order. */
  write(tx: Queryable, items: readonly Item<T>[]): Promise<() => void>;
}

/** Under which the record's places in the inputs stand. */
export const INPUT_READER = 'tagwatch-recorder-inputs';
/** Under which the record's place in the alert log stands. */
export const ALERT_READER = 'tagwatch-recorder-alerts';

const DAY_MS = 86_400_000;
/** Days remembered as made; more are forgotten all at once and asked for again. */
const MAX_REMEMBERED_DAYS = 10_000;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

export function readJson(record: LogRecord): Record<string, unknown> {
  if (record.value === null) throw new Error('the record has no value');
  const value: unknown = decodeJson(record.value);
  if (!isObject(value)) throw new Error('the record is not a JSON object');
  return value;
}

export const bytesOfRecord = ({ value }: LogRecord): Uint8Array => value ?? new Uint8Array();

/** UTC days since 1970. */
const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);

/** Pings of `tagwatch.inputs`, and what of the past is to be judged again; the other inputs are the engine's alone. */
export function inputSink(deps: {
  readonly db: Database;
  readonly tables: RecordTables;
  readonly clock: Clock;
  readonly epoch: string;
  readonly counters: RecorderCounters;
  readonly limits: RecorderLimits;
  /** UTC days since 1970 whose partitions are known to be there. */
  readonly days: Set<number>;
}): Sink<PingRow | RequestRow> {
  const { db, tables, clock, epoch, counters, limits, days } = deps;
  return {
    topic: INPUTS,
    group: INPUT_READER,
    keyIsTag: true,
    waitsForCompany: true,
    read(record) {
      const { partition, offset } = record;
      return readInputs(record).flatMap(({ input, place }): { place: number; content: PingRow | RequestRow }[] => {
        if (input.type === 'reconcile') return [{ place, content: readRequest(record, input) }];
        if (input.type !== 'ping') return [];
        const { ping, receivedAtMs } = input;
        if (!isObject(ping) || typeof ping.tagId !== 'string' || typeof ping.identity !== 'string') {
          throw new Error('the ping has no tagId or no identity');
        }
        if (!Array.isArray(ping.deviceEvents)) throw new Error('the ping has no deviceEvents');
        return [{ place, content: { ping, receivedAtMs, partition, offset, place } }];
      });
    },
    bytesOf({ record, content }) {
      if ('ping' in content)
        return encodeJson({ type: 'ping', receivedAtMs: content.receivedAtMs, ping: content.ping });
      return bytesOfRecord(record);
    },
    tagOf: ({ content }) => ('ping' in content ? content.ping.tagId : content.tagId),
    async prepare(items) {
      const nowMs = clock.nowMs();
      const oldestMs = nowMs - limits.oldestPartitionDays * DAY_MS;
      const newestMs = nowMs + limits.partitionDaysAhead * DAY_MS;
      const wanted = new Set<number>();
      for (let ahead = 0; ahead <= limits.partitionDaysAhead; ahead++) wanted.add(dayOf(nowMs) + ahead);
      for (const { content } of items) {
        if (!('ping' in content)) continue;
        const { fixedAtMs } = content.ping;
        if (fixedAtMs >= oldestMs && fixedAtMs < newestMs) wanted.add(dayOf(fixedAtMs));
      }
      const missing = [...wanted].filter((day) => !days.has(day)).sort((a, b) => a - b);
      if (missing.length === 0) return;
      await tables.makePingPartitions(
        db,
        missing.map((day) => new Date(day * DAY_MS).toISOString().slice(0, 10)),
      );
      if (days.size + missing.length > MAX_REMEMBERED_DAYS) days.clear();
      for (const day of missing) days.add(day);
    },
    async write(tx, items) {
      const rows: PingRow[] = [];
      const requests: RequestRow[] = [];
      for (const { content } of items) {
        if ('ping' in content) rows.push(content);
        else requests.push(content);
      }
      const counts = await tables.insertPings(tx, rows, { aheadLimitMs: AHEAD_LIMIT_MS, zeroDegrees: ZERO_DEGREES });
      if (requests.length > 0) await tables.mergeReconcileRequests(tx, epoch, requests);
      return () => {
        let written = 0;
        for (const [fitted, count] of Object.entries(counts) as [Fitted, number][]) {
          if (count > 0) counters.pingsRecorded(fitted, count);
          written += count;
        }
        if (written < rows.length) counters.pingsRepeated(rows.length - written);
      };
    },
  };
}

function readRequest(record: LogRecord, request: ReconcileRecord): RequestRow {
  const { activationId, tagId, fromMs, toMs, baseAtMs, unclaimed } = request;
  if ((activationId !== null && typeof activationId !== 'string') || typeof tagId !== 'string')
    throw new Error('the request has no activation');
  if (![fromMs, toMs, baseAtMs].every(Number.isFinite)) throw new Error('the request has no times');
  const { partition, offset, appendedAtMs: requestedAtMs } = record;
  const only = unclaimed === true ? { unclaimed } : {};
  return { activationId, tagId, fromMs, toMs, baseAtMs, partition, offset, requestedAtMs, ...only };
}

/** Everything in `tagwatch.alerts`. */
export function alertSink(deps: {
  readonly tables: RecordTables;
  readonly epoch: string;
  readonly counters: RecorderCounters;
}): Sink<LoggedEvent> {
  const { tables, epoch, counters } = deps;
  return {
    topic: ALERTS,
    group: ALERT_READER,
    keyIsTag: false,
    waitsForCompany: false,
    read(record) {
      const newer = newerFormatOf(record, ALERT_FORMAT);
      if (newer !== null)
        throw new Error(`its format ${newer} is newer than this program, which knows ${ALERT_FORMAT}`);
      const event = readAlertEvent(readJson(record));
      if (event === null) throw new Error('it is neither a finding nor an action that this program knows');
      return [{ place: 0, content: event }];
    },
    bytesOf: ({ record }) => bytesOfRecord(record),
    tagOf: () => null,
    async prepare() {},
    async write(tx, items) {
      const events = items.map(({ record, content }) => ({ seq: record.offset, event: content }));
      const count = await tables.foldAlertEvents(tx, epoch, events);
      return () => counters.alertEventsRecorded(count);
    },
  };
}

/** Everything in `tagwatch.rejected`. */
export function rejectedSink(deps: {
  readonly tables: RecordTables;
  readonly epoch: string;
  readonly counters: RecorderCounters;
}): Sink<RejectedRow> {
  const { tables, epoch, counters } = deps;
  return {
    topic: REJECTED,
    group: 'tagwatch-recorder-rejected',
    keyIsTag: true,
    waitsForCompany: false,
    read(record) {
      const rejected = readJson(record) as unknown as RejectedRecord;
      const rejectedAtMs = Date.parse(rejected.rejectedAt);
      if (typeof rejected.reason !== 'string' || typeof rejected.payload !== 'string' || Number.isNaN(rejectedAtMs)) {
        throw new Error('the rejected message has no reason, payload or rejectedAt');
      }
      const { topic, partition, offset } = record;
      const content: RejectedRow = {
        at: { topic, partition, offset },
        reason: rejected.reason,
        detail: rejected.detail ?? '',
        rejectedAtMs,
        source: rejected.from ?? null,
        tagId: rejected.tagId ?? null,
        payload: Buffer.from(rejected.payload, 'base64'),
      };
      return [{ place: 0, content }];
    },
    bytesOf: ({ record }) => bytesOfRecord(record),
    tagOf: ({ content }) => content.tagId,
    async prepare() {},
    async write(tx, items) {
      const rows = items.map(({ content }) => content);
      const count = await tables.insertRejected(tx, epoch, rows);
      return () => counters.rejectedRecorded(count);
    },
  };
}

/**
 * What the pipeline needs of the world. Each port has a real and an embedded adapter and one contract suite
 * (`test/contracts/`) that runs against both. Adapters are constructed in `main.ts` alone.
 */
import type { AlertEvent } from '../alerts/event.js';
import type { Ping, ReconcileRequest } from '../engine/types.js';

/** One partition of one topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A record to append. `value: null` is a tombstone: in a compacted topic it removes the key. */
export interface NewRecord {
  readonly key: string | null;
  readonly value: Uint8Array | null;
  /** Where it goes; without it, murmur2 of the key (Kafka's default partitioner), so equal keys share a partition. */
  readonly partition?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A record as it was read. Offsets are below 2^53 and increase within a partition, with holes. */
export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The log's append time, epoch ms. */
  readonly appendedAtMs: number;
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * What stands in one partition up to `nextOffset`: its records, in order. There are none where reading has come over offsets
 * that hold nothing (what compaction removed, a transaction's marker), so that who waits for an offset learns that it is passed.
 */
export interface LogBatch extends TopicPartition {
  readonly records: readonly LogRecord[];
  /** Where reading goes on: past the last record, and past what follows it and holds nothing. Never lower than before. */
  readonly nextOffset: number;
  /** One past the last offset that the partition had when the batch was fetched. */
  readonly endOffset: number;
}

/** How a topic is made when it is missing. */
export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  /** `compact` keeps the newest record of each key for ever; `delete` drops records older than `retentionMs`. */
  readonly cleanup: 'compact' | 'delete';
  /** Ignored for `compact`. */
  readonly retentionMs?: number;
  /** True for the topics whose partition count may not change under stored states: a different count is an error. */
  readonly fixedPartitions: boolean;
}

/** What a member of a group may do with the partitions it has been given. Calls for others do nothing. */
export interface PartitionControl {
  /** The next record delivered is the first at or after this offset; takes effect before any later delivery. */
  seek(at: TopicPartition, offset: number): void;
  pause(at: TopicPartition): void;
  resume(at: TopicPartition): void;
  /** First retained offset and one past the last, as they are now. */
  bounds(at: TopicPartition): Promise<{ startOffset: number; endOffset: number }>;
  /** When the group's coordinator last answered, epoch ms: an owner that has not been heard for a session is a zombie. */
  lastHeartbeatAtMs(): number;
}

/** What a consumer does. Deliveries of one partition are sequential; those of different partitions may overlap. */
export interface ConsumerHandler {
  /**
   * Called with the whole new assignment before any record of it is delivered; delivery waits for it. A partition that is not
   * sought here starts at the group's committed offset where `commit` is on, and otherwise at its first record. Every
   * assignment starts from nothing: what was held for earlier ones has to be let go.
   */
  onAssigned(assignment: readonly TopicPartition[], control: PartitionControl): Promise<void>;
  /** A rejection is retried with a bounded backoff, from the same record: what cannot be used must not reject. */
  onBatch(batch: LogBatch, control: PartitionControl): Promise<void>;
  /** Called when partitions are about to be lost, where the log tells; not after a crash. Bounded by `revokeLimitMs`. */
  onRevoked?(revoked: readonly TopicPartition[], control: PartitionControl): Promise<void>;
}

export interface ConsumeOptions {
  /** Members with the same group share the partitions. `null`: alone, with every partition of the topics. */
  readonly group: string | null;
  /** Partition n of each topic goes to the same member (the topics have equally many partitions, unless `commit` is on). */
  readonly topics: readonly string[];
  /** Whether the group's offset moves after each handled batch (intake); others keep their positions themselves. */
  readonly commit: boolean;
  readonly handler: ConsumerHandler;
}

export interface Consumer {
  /** Stops deliveries, waits for the one under way, calls `onRevoked`, leaves the group. */
  stop(): Promise<void>;
}

/** Thrown where the log is away or answered that it cannot; whatever was appended may or may not be in. */
export class LogUnavailable extends Error {
  override readonly name: string = 'LogUnavailable';
}

/** The log does not let this program use a topic: so it stays until somebody allows it. */
export class LogDenied extends LogUnavailable {
  override readonly name = 'LogDenied';
}

/** Some records of an append will never be taken (too large); all of the others are in. */
export class RecordsRefused extends Error {
  override readonly name = 'RecordsRefused';
  constructor(
    message: string,
    /** Which of them, by their place in the call. */
    readonly refused: readonly number[],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Partitioned, ordered, durable records: Kafka, or LMDB where there is none. */
export interface EventLog {
  /** Creates the topics that are missing. Throws where a count that is fixed differs, naming topic and both counts. */
  ensureTopics(specs: readonly TopicSpec[]): Promise<void>;
  /** How many partitions a topic has; throws for a topic that is not there. */
  partitionCount(topic: string): Promise<number>;
  /**
   * Answers, in order, where each record stands, after all of them are durable (acks=all; flushed). On a rejection
   * (`LogUnavailable`) any of them may be in. Records of one call to one partition keep their order. Rejects with `RecordsRefused`
   * where some of them will never be taken, when all of the others are in.
   */
  append(topic: string, records: readonly NewRecord[]): Promise<readonly { partition: number; offset: number }[]>;
  /** Starts reading and goes on over errors of the log until stopped. */
  consume(options: ConsumeOptions): Promise<Consumer>;
  /**
   * Hands over what the partitions hold from their first record to the end as it was at the call, then returns. In a
   * compacted topic, an older record of a key may or may not be among them.
   */
  readToEnd(at: readonly TopicPartition[], onBatch: (batch: LogBatch) => void | Promise<void>): Promise<void>;
  /** Resolves while the log answers; rejects with `LogUnavailable` otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** A row as the database returns it. 64-bit integers come as JavaScript numbers; beyond 2^53 the adapter throws. */
export type Row = Record<string, unknown>;

export interface QueryResult<R> {
  readonly rows: R[];
  /** Rows changed or returned. */
  readonly rowCount: number;
}

/**
 * Thrown where the database is away, or cannot work (a refused password, a full disk): the statement may be tried again. Any other
 * error is the statement's own.
 */
export class DatabaseUnavailable extends Error {
  override readonly name: string = 'DatabaseUnavailable';
}

/** It is there and has too much to do: too many wait for a connection, a lock or an answer. */
export class DatabaseBusy extends DatabaseUnavailable {
  override readonly name = 'DatabaseBusy';
}

/** The database has a schema that this program cannot use, or is reached in a way that cannot work: it must not run on it. */
export class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable';
}

/**
 * Parameters are `$1`…: strings, numbers, booleans, null, Date, Uint8Array, arrays of these, and objects (sent as JSON).
 * Results: bigint, numeric of counts and int as number; timestamptz as Date; json as parsed; arrays as arrays.
 */
export interface Queryable {
  query<R = Row>(sql: string, params?: readonly unknown[]): Promise<QueryResult<R>>;
}

/** PostGIS, or PGlite where there is none. SQL is written once and runs on both. */
export interface Database extends Queryable {
  /**
   * Runs `work` in a transaction: committed when it resolves, rolled back when it rejects. Where it got in the way of another one
   * (a deadlock), it is run again from its beginning, so it must do nothing that the rollback does not undo.
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>, isolation?: 'read committed' | 'repeatable read'): Promise<T>;
  /** Runs several statements without parameters (migrations). */
  execute(sql: string): Promise<void>;
  /** Calls back for each NOTIFY on the channel, over reconnections; `onReconnect` tells that some may have been missed. */
  listen(channel: string, onNotify: (payload: string) => void, onReconnect?: () => void): Promise<() => Promise<void>>;
  /**
   * Tries for a session-wide advisory lock: null when someone else has it. `lost` resolves when the session that held it is
   * gone; `release` gives it back.
   */
  tryLock(key: number): Promise<{ readonly lost: Promise<void>; release(): Promise<void> } | null>;
  /** Its connections for queries, where it has any, and who waits for one. */
  connections?(): { readonly total: number; readonly idle: number; readonly waiting: number };
  close(): Promise<void>;
}

/** How far a reader has got in a partition; offsets mean something within their epoch only. */
export interface LogPosition {
  readonly epoch: string;
  /** The next record to read. */
  readonly nextOffset: number;
}

/** A ping and where in the log it stood. */
export interface PingRow {
  readonly ping: Ping;
  readonly receivedAtMs: number;
  readonly partition: number;
  readonly offset: number;
}

/** What of an activation's past is to be judged again, and where in the log that stood; `requestedAtMs`: its append time. */
export type RequestRow = ReconcileRequest & {
  /** Null: whichever is over that the tag had then. */
  readonly activationId: string | null;
  readonly tagId: string;
  readonly partition: number;
  readonly offset: number;
  readonly requestedAtMs: number;
};

export type Fitted = 'fitted' | 'not-fitted' | 'unknown-tag';

/** What makes a fix no evidence by itself (`engine/evidence.ts`). */
export interface NoEvidence {
  /** How far ahead of its receipt a fix may be. */
  readonly aheadLimitMs: number;
  /** How near to 0° 0°, in both directions, none is a fix. */
  readonly zeroDegrees: number;
}

/** What could not be used. `at`: the record by which the recorder learned of it, so that it is kept once. */
export interface RejectedRow {
  readonly at: TopicPartition & { readonly offset: number };
  readonly reason: string;
  readonly detail: string;
  readonly rejectedAtMs: number;
  /** Where the message came from (JSON), where that is another place than `at`. */
  readonly source: object | null;
  readonly tagId: string | null;
  readonly payload: Uint8Array;
}

/** The recorder's tables (`store/recording.ts`). Each call runs in the transaction or on the database that it is given. */
export interface RecordTables {
  /** Null: this reader has never been here. */
  readPosition(db: Queryable, reader: string, at: TopicPartition): Promise<LogPosition | null>;
  /** Moves from where the caller believes it is; false where it is elsewhere by now: another owner moved it. */
  movePosition(
    tx: Queryable,
    reader: string,
    at: TopicPartition,
    from: LogPosition | null,
    to: LogPosition,
  ): Promise<boolean>;
  /** Makes the partitions of these UTC days (`2026-11-22`) where they are missing. */
  makePingPartitions(db: Database, days: readonly string[]): Promise<void>;
  /** Writes those that are not there yet; tells how many, by whether the tag was on somebody then. */
  insertPings(tx: Queryable, rows: readonly PingRow[], limits: NoEvidence): Promise<Readonly<Record<Fitted, number>>>;
  /** Merges requests to judge the past again, one row an activation. */
  mergeReconcileRequests(tx: Queryable, epoch: string, rows: readonly RequestRow[]): Promise<void>;
  /** Folds events into their alerts, in order; tells how many changed something or were refused (repeats are dropped). */
  foldAlertEvents(
    tx: Queryable,
    epoch: string,
    events: readonly { readonly seq: number; readonly event: AlertEvent }[],
  ): Promise<number>;
  /** Writes those that are not there yet; tells how many. */
  insertRejected(tx: Queryable, epoch: string, rows: readonly RejectedRow[]): Promise<number>;
  /** Whether the database refuses the data itself, so that trying again is no use. */
  refusesData(error: unknown): boolean;
}

/** Time from outside. The engine has none: its time comes in its inputs. */
export interface Clock {
  /** Epoch ms. */
  nowMs(): number;
}

/** Where the program says what happens: pino's shape. `error` means that somebody must act. Ids only, no personal data. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The recorder's tables (`store/recording.ts`). */
import type { LoggedEvent } from '../alerts/carried.js';
import type { Ping, ReconcileRequest } from '../engine/types.js';
import type { AuditEntry, ChainLink, SignedCheckpoint } from './audit.js';
import type { Database, Queryable } from './database.js';
import type { TopicPartition } from './event-log.js';

/** How far a reader has got in a partition; offsets mean something within their epoch only. */
export interface LogPosition {
  readonly epoch: string;
  /** The next record to read. */
  readonly nextOffset: number;
}

/** Of one partition; from null: the reader has never been there. */
export interface PositionMove {
  readonly partition: number;
  readonly from: LogPosition | null;
  readonly to: LogPosition;
}

/** A ping and where in the log it stood. */
export interface PingRow {
  readonly ping: Ping;
  readonly receivedAtMs: number;
  readonly partition: number;
  readonly offset: number;
  /** Among the pings of that record; without it, the first. */
  readonly place?: number;
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

/** `consent-ended`: it was on somebody who had withdrawn their consent, so nothing of it is kept. */
export type Fitted = 'fitted' | 'not-fitted' | 'unknown-tag' | 'consent-ended';

/** What makes a fix no evidence by itself (`engine/fold/evidence.ts`). */
export interface NoEvidence {
  /** How far ahead of its receipt a fix may be. */
  readonly aheadLimitMs: number;
  /** How near to 0° 0°, in both directions, none is a fix. */
  readonly zeroDegrees: number;
}

/** What could not be used. `at`: the record by which the recorder learned of it, so that it is kept once. */
export interface RejectedRow {
  readonly at: TopicPartition & { readonly offset: number; readonly place?: number };
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
  /** Moves a reader's places from where the caller believes they are; false where one is elsewhere by now: another owner moved it. */
  movePositions(tx: Queryable, reader: string, topic: string, moves: readonly PositionMove[]): Promise<boolean>;
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
    events: readonly { readonly seq: number; readonly event: LoggedEvent }[],
  ): Promise<number>;
  /** Writes those that are not there yet; tells how many. */
  insertRejected(tx: Queryable, epoch: string, rows: readonly RejectedRow[]): Promise<number>;
  /** The end of the audit's chain; null before the first entry. */
  readLastLink(tx: Queryable): Promise<ChainLink | null>;
  /** Those of some entries that are chained already, as `writer n`. */
  findChained(tx: Queryable, entries: readonly AuditEntry[]): Promise<ReadonlySet<string>>;
  insertLinks(tx: Queryable, links: readonly ChainLink[]): Promise<void>;
  insertCheckpoint(db: Queryable, checkpoint: SignedCheckpoint): Promise<void>;
  /** Whether the database refuses the data itself, so that trying again is no use. */
  refusesData(error: unknown): boolean;
}

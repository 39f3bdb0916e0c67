/** What the recorder counts, tells and is bounded by. */
import type { Fitted } from '../../ports/record-tables.js';

/** Numbers for the metrics. */
export interface RecorderCounters {
  pingsRecorded(fitted: Fitted, count: number): void;
  /** Pings that were on record already. */
  pingsRepeated(count: number): void;
  alertEventsRecorded(count: number): void;
  rejectedRecorded(count: number): void;
  auditChained(count: number): void;
  /** Records that could not be read or that the database refused; they are in `rejected_message`. */
  recordsRefused(count: number): void;
}

export interface RecorderProgress {
  readonly topic: string;
  readonly partition: number;
  readonly nextOffset: number;
  /** One past the last record of the partition, as far as known. */
  readonly endOffset: number;
}

export interface RecorderLimits {
  /** Records written in one transaction. */
  readonly rowsPerTransaction: number;
  /** After few rows the next ones wait so long for company: a transaction costs as much as some hundred rows. */
  readonly companyMs: number;
  /** A partition whose records hold nothing to write (ticks) has its place written no more often than this. */
  readonly idleMoveEveryMs: number;
  /** Waiting for the database: first, and at most (it doubles). */
  readonly retryFirstMs: number;
  readonly retryLimitMs: number;
  /** Pings older than this share one partition. */
  readonly oldestPartitionDays: number;
  /** How many days ahead partitions are made. */
  readonly partitionDaysAhead: number;
}

export const DEFAULT_RECORDER_LIMITS: RecorderLimits = {
  rowsPerTransaction: 2_000,
  companyMs: 50,
  idleMoveEveryMs: 10_000,
  retryFirstMs: 200,
  retryLimitMs: 5_000,
  oldestPartitionDays: 400,
  partitionDaysAhead: 3,
};

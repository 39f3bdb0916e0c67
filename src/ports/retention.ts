/** What retention asks of the record (`store/retention.ts`). */
import type { Queryable } from './database.js';

/** One step's work. */
export interface Deletion {
  readonly n: number;
  readonly what: 'ping' | 'rejected';
  /** Null: of messages whose tag is not known. */
  readonly tagId: string | null;
  /** Of the first and the last one. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly deleted: number;
  readonly wearerIds: readonly string[];
}

export interface RetentionStep {
  readonly olderThanMs: number;
  readonly nowMs: number;
  /** Rows at most. */
  readonly limit: number;
}

export interface RetentionStore {
  /** The first tag after another one that has pings of before; null: there is none. */
  nextTagWithPings(db: Queryable, after: string | null, olderThanMs: number): Promise<string | null>;
  /** Of the first stretch that nothing holds, of pings that were made and received before; tells how many. */
  deletePings(tx: Queryable, step: RetentionStep & { readonly tagId: string }): Promise<number>;
  /** The oldest messages that could not be used and that nothing holds; tells how many. */
  deleteRejected(tx: Queryable, step: RetentionStep): Promise<number>;
  /** What was deleted and does not stand in the audit yet, the first first. */
  listUntold(db: Queryable, limit: number): Promise<readonly Deletion[]>;
  noteTold(db: Queryable, n: number, atMs: number): Promise<void>;
}

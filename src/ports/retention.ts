/** What retention asks of the record (`store/retention.ts`). */
import { GAP_LIMIT_MS } from '../engine/thresholds.js';
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

/** What was deleted hour by hour, and lies no farther apart than fixes without a gap, is one stretch. */
export const ONE_STRETCH_MS = GAP_LIMIT_MS;

/** What retention deleted of a wearer at a stretch: from its first message to its last. Nothing shown then is no silence of the tag. */
export interface DeletedStretch {
  readonly fromMs: number;
  readonly toMs: number;
  /** Of the deletions that touch it, the whole of each. */
  readonly messages: number;
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

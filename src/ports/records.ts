/** Records as they are kept: versions of every kind in one way. `store/record-store.ts` holds them, `records/` says what they are. */
import type { Queryable } from './database.js';
import type { WatchTarget } from './watch.js';

/** In the order in which one may refer to another. */
export const RECORD_KINDS = [
  'wearer',
  'tag-model',
  'tag',
  'activation',
  'order',
  'zone',
  'condition',
  'absence',
  'suspension',
  'custody-period',
  'rag-rating',
  'mappa',
  'membership',
  'wearer-flags',
  'risk-plan',
  'task',
  'intelligence',
  'recall',
  'consent',
  'legal-hold',
  'note',
] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** Who wrote a version, why, and by which request. */
export interface Authorship {
  readonly author: string;
  readonly changeReason: string | null;
  readonly correlationId: string | null;
}

/** A version of a record: `C` is its content as its rule says it, without its id. */
export interface StoredRecord<C = object> extends Authorship {
  readonly id: string;
  readonly content: C;
  /** From 1. */
  readonly version: number;
  /** From when it is in force, ISO; null: always (the first version of a zone). */
  readonly effectiveAt: string | null;
  /** Whether whoever wrote this version said from when it is in force. */
  readonly effectiveAtGiven: boolean;
  readonly recordedAt: string;
}

/** A version to be written. */
export interface NewVersion<C = object> extends StoredRecord<C> {
  /** Of a zone. */
  readonly areaSquareMetres?: number;
}

/** A fault in what was sent; the pointer is a JSON Pointer into it. */
export interface RecordFault {
  readonly pointer: string;
  readonly detail: string;
}

/** An activation that overlaps another, which is in its way. */
export interface Overlap {
  readonly activationId: string;
  readonly other: {
    readonly activationId: string;
    readonly tagId: string;
    readonly wearerId: string;
    readonly fittedAt: string;
    readonly removedAt?: string;
  };
}

export interface OrderFacts {
  readonly wearerId: string;
  readonly type: string;
  /** ISO; `endsAt` null: no end is known. */
  readonly startsAt: string;
  readonly endsAt: string | null;
}

/** What the rules ask about records that stand, those of the transaction included. */
export interface RecordFacts {
  /** Which of these are not there. */
  findMissing(tx: Queryable, kind: RecordKind, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Activations of the same tag or wearer that overlap these; periods include their start and exclude their end. */
  findOverlaps(tx: Queryable, activationIds: readonly string[]): Promise<readonly Overlap[]>;
  /** Those of these conditions whose wearer has more than `max` that have not ended. */
  findCrowded(tx: Queryable, conditionIds: readonly string[], max: number, nowMs: number): Promise<ReadonlySet<string>>;
  /** By wearer: those of their own conditions that have not ended, begun or not. */
  listStandingConditions(
    tx: Queryable,
    wearerIds: readonly string[],
    nowMs: number,
  ): Promise<ReadonlyMap<string, readonly string[]>>;
  /** By condition: its order and that order's wearer; both null for one of all wearers. */
  readBelonging(
    tx: Queryable,
    conditionIds: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly orderId: string | null; readonly wearerId: string | null }>>;
  /** By order. */
  readWearers(tx: Queryable, orderIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** By id. */
  readOrders(tx: Queryable, orderIds: readonly string[]): Promise<ReadonlyMap<string, OrderFacts>>;
  /** By alert that is on record. */
  readAlertWearers(tx: Queryable, alertIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

export interface RecordStore extends RecordFacts {
  /** Waits until nobody else writes what these names stand for; until the end of the transaction. Null: anything at all. */
  lock(tx: Queryable, names: readonly string[] | null): Promise<void>;
  /** As they stand, by id. */
  find(db: Queryable, kind: RecordKind, ids: readonly string[]): Promise<ReadonlyMap<string, StoredRecord>>;
  /** As they stand, in the order of their ids, after the one given. `wearerId`: of a kind whose lists go by it, those of one. */
  list(
    db: Queryable,
    kind: RecordKind,
    after: string | null,
    limit: number,
    wearerId?: string,
  ): Promise<StoredRecord[]>;
  /** In the order of versions, after the one given. */
  versions(db: Queryable, kind: RecordKind, id: string, after: number, limit: number): Promise<StoredRecord[]>;
  /** Each id once. */
  write(tx: Queryable, kind: RecordKind, versions: readonly NewVersion[]): Promise<void>;
  /** Adds a row for each target; answers their ids. */
  addToOutbox(
    tx: Queryable,
    cause: { readonly kind: string; readonly id: string },
    targets: readonly WatchTarget[],
    nowMs: number,
  ): Promise<readonly number[]>;
  /** Rows about these targets that are not published yet. */
  readPending(db: Queryable, targets: readonly WatchTarget[]): Promise<readonly number[]>;
}

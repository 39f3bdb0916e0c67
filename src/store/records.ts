/** What every record has in common: written under a lock in one transaction with its outbox rows, kept in versions. */
import type { Database, Queryable } from '../ports/database.js';
import type { WatchTarget } from '../ports/watch.js';
import { addOutboxRows, readPendingRows } from './outbox.js';

export type RecordKind =
  | 'wearer'
  | 'tag-model'
  | 'tag'
  | 'activation'
  | 'order'
  | 'zone'
  | 'condition'
  | 'absence'
  | 'suspension'
  | 'custody-period';

/** A record as it stands: `C` is its content as the API says it, without its id. */
export interface StoredRecord<C> {
  readonly id: string;
  readonly content: C;
  /** From 1. */
  readonly version: number;
  /** From when it is in force, ISO; null: always (the first version of a zone). */
  readonly effectiveAt: string | null;
  /** Whether whoever wrote this version said from when it is in force. */
  readonly effectiveAtGiven?: boolean;
  readonly recordedAt: string;
}

/** A fault in what was sent; the pointer is a JSON Pointer into it. */
export interface RecordFault {
  readonly pointer: string;
  readonly detail: string;
}

/** Why a record was not written. */
export type Refusal =
  | { readonly type: 'invalid'; readonly errors: readonly RecordFault[] }
  /** `conflicts` are the records in the way, as the API says them. */
  | { readonly type: 'conflict'; readonly detail: string; readonly conflicts: readonly object[] }
  /** `version` is the one that stands; null: none does. */
  | { readonly type: 'precondition'; readonly version: number | null };

/** What has to hold of the version that stands for a record to be written: one of these, or any (`*`), or none at all. */
export type Precondition = { readonly versions: readonly number[] | '*' } | { readonly absent: true };

/** What was sent of what a record is answered with beside its content. */
export type StandingGiven = Partial<Pick<StoredRecord<unknown>, 'version' | 'effectiveAt' | 'recordedAt'>>;

export type PutOutcome<C> =
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | {
      readonly type: 'created' | 'changed' | 'unchanged';
      readonly record: StoredRecord<C>;
      /** Rows to wait for until the record is published; for an unchanged one those of an earlier change. */
      readonly outboxIds: readonly number[];
    };

/** When and how a new version is written. */
export interface WriteContext<C> {
  readonly id: string;
  readonly current: StoredRecord<C> | null;
  readonly nowMs: number;
}

/** One kind of record in SQL. `P` is what is put: the content, and for zones and conditions when it comes into force. */
export interface RecordTable<P, C> {
  readonly kind: RecordKind;
  find(db: Queryable, id: string): Promise<StoredRecord<C> | null>;
  /** In the order of their ids, after the one given. */
  list(db: Queryable, after: string | null, limit: number): Promise<StoredRecord<C>[]>;
  /** In the order of versions, after the one given. */
  versions(db: Queryable, id: string, after: number, limit: number): Promise<StoredRecord<C>[]>;
  /** Whether putting this leaves the record as it stands. */
  isSame(put: P, current: StoredRecord<C>, nowMs: number): boolean;
  /** Locks what it depends on and says why it cannot be written; null: it can. */
  check(tx: Queryable, put: P, context: WriteContext<C>): Promise<Refusal | null>;
  write(tx: Queryable, put: P, version: number, context: WriteContext<C>): Promise<void>;
  /** Whose watches the change concerns. */
  targets(put: P, context: WriteContext<C>): readonly WatchTarget[];
}

/** Reads what a change would make of the watches concerned; called after the write, in its transaction. */
export type MeasureWatches = (
  tx: Queryable,
  targets: readonly WatchTarget[],
  nowMs: number,
) => Promise<readonly { readonly kind: string; readonly id: string; readonly bytes: number }[]>;

/** The first number of the advisory locks that records take; the second is a hash of what is locked. */
const LOCK_SPACE = 7_402;

/** Rolls a transaction back with a reason. */
class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super('refused');
  }
}

/** Waits until nobody else writes what these names stand for; until the end of the transaction. */
export async function lockNames(tx: Queryable, ...names: readonly string[]): Promise<void> {
  for (const name of names) await tx.query('select pg_advisory_xact_lock($1::int, hashtext($2))', [LOCK_SPACE, name]);
}

/** A fault for each reference to a record that is not there. */
export async function checkReferences(
  tx: Queryable,
  references: readonly { readonly pointer: string; readonly kind: RecordKind; readonly id: string }[],
): Promise<RecordFault[]> {
  const faults: RecordFault[] = [];
  for (const { pointer, kind, id } of references) {
    const [table, column] = TABLES[kind];
    const { rowCount } = await tx.query(`select 1 as found from ${table} where ${column} = $1`, [id]);
    if (rowCount === 0) faults.push({ pointer, detail: `there is no ${kind} ${id}` });
  }
  return faults;
}

/** Table and id column of each kind. */
export const TABLES: Readonly<Record<RecordKind, readonly [table: string, idColumn: string]>> = {
  wearer: ['wearer', 'wearer_id'],
  'tag-model': ['tag_model', 'model_id'],
  tag: ['tag', 'tag_id'],
  activation: ['activation', 'activation_id'],
  order: ['legal_order', 'order_id'],
  zone: ['zone', 'zone_id'],
  condition: ['condition', 'condition_id'],
  absence: ['absence', 'absence_id'],
  suspension: ['suspension', 'suspension_id'],
  'custody-period': ['custody_period', 'custody_period_id'],
};

function holds(precondition: Precondition | null, version: number | null): boolean {
  if (precondition === null) return true;
  if ('absent' in precondition) return version === null;
  if (version === null) return false;
  return precondition.versions === '*' || precondition.versions.includes(version);
}

/** What the server sets may only be repeated. */
function checkGiven(given: StandingGiven, current: StoredRecord<unknown> | null): RecordFault[] {
  return (['effectiveAt', 'recordedAt'] as const).flatMap((field) =>
    given[field] === undefined || given[field] === current?.[field]
      ? []
      : [{ pointer: `/${field}`, detail: 'is set by the server: leave it out, or send back what was answered' }],
  );
}

/** Writes a record, or says why not. Rejects only where the database is away or broken. */
export async function putRecord<P, C>(
  db: Database,
  table: RecordTable<P, C>,
  id: string,
  put: P,
  options: {
    readonly precondition: Precondition | null;
    readonly given: StandingGiven;
    readonly nowMs: number;
    readonly measure: MeasureWatches;
  },
): Promise<PutOutcome<C>> {
  const { precondition, given, nowMs, measure } = options;
  const cause = { kind: table.kind, id };
  try {
    return await db.transaction(async (tx): Promise<PutOutcome<C>> => {
      await lockNames(tx, `${table.kind}:${id}`);
      const current = await table.find(tx, id);
      const standing = current?.version ?? null;
      if (!holds(precondition, standing) || (given.version ?? standing) !== standing) {
        throw new Refused({ type: 'precondition', version: standing });
      }
      const errors = checkGiven(given, current);
      if (errors.length > 0) throw new Refused({ type: 'invalid', errors });
      if (current !== null && table.isSame(put, current, nowMs)) {
        return { type: 'unchanged', record: current, outboxIds: await readPendingRows(tx, cause) };
      }
      const context = { id, current, nowMs };
      const refusal = await table.check(tx, put, context);
      if (refusal !== null) throw new Refused(refusal);
      await table.write(tx, put, (standing ?? 0) + 1, context);
      const targets = table.targets(put, context);
      const [tooLarge] = await measure(tx, targets, nowMs);
      if (tooLarge !== undefined) {
        const detail = `this would make the watch of ${tooLarge.kind} ${tooLarge.id} ${tooLarge.bytes} bytes; at most 1,000,000 are taken`;
        throw new Refused({ type: 'invalid', errors: [{ pointer: '', detail }] });
      }
      const outboxIds = await addOutboxRows(tx, cause, targets, nowMs);
      const record = await table.find(tx, id);
      if (record === null) throw new Error(`The ${table.kind} that was just written is not there`);
      return { type: current === null ? 'created' : 'changed', record, outboxIds };
    });
  } catch (error) {
    if (error instanceof Refused) return { type: 'refused', refusal: error.refusal };
    throw error;
  }
}

/** The database as the roles need it. A real and an embedded adapter (`store/`), one contract suite (`test/contracts/database.ts`). */
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

/** Knows whether the database is there, migrates it as soon as it is, and never holds up the rest. */
import { type Database, DatabaseBusy, DatabaseUnavailable, DatabaseUnusable } from '../ports/database.js';
import type { Log } from '../ports/log.js';

/** How often the database is asked whether it answers, ms. */
export const DATABASE_CHECK_MS = 2_000;

export interface DatabaseWatch {
  /** The database for everybody else: it throws `DatabaseUnavailable` until it has this program's schema. */
  readonly db: Database;
  /** It answered the last time and has this program's schema. */
  isPresent(): boolean;
  /** What it waits for, in words; null while present. */
  waitsFor(): string | null;
  stop(): Promise<void>;
}

/**
 * Rejects only where the schema is not this program's and cannot become it (an edited or newer migration): that must not be run on.
 * A database that is away, refuses the password or has no room is asked again every `checkMs`.
 */
export async function watchDatabase(deps: {
  readonly db: Database;
  readonly migrate: () => Promise<unknown>;
  readonly logger: Log;
  readonly waitMs: number;
  /** Ends that wait when the program stops. */
  readonly stopping?: AbortSignal;
  readonly onFault: (error: unknown) => void;
  readonly checkMs?: number;
}): Promise<DatabaseWatch> {
  const { db, logger, checkMs = DATABASE_CHECK_MS } = deps;
  let migrated = false;
  let present = false;
  let toldWhy: string | null = null;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let checking: Promise<void> = Promise.resolve();

  async function check(): Promise<void> {
    try {
      if (migrated) await db.query('select 1');
      else await deps.migrate();
      migrated = true;
      if (!present) logger.info({}, 'the database is present');
      present = true;
      toldWhy = null;
    } catch (error) {
      if (error instanceof DatabaseUnusable) throw error;
      // It is there and works, for others.
      if (error instanceof DatabaseBusy && present) return;
      tellAway(error);
      present = false;
    }
  }

  /** Once, and again where the reason is another one: a refused password is not mended by starting the server. */
  function tellAway(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    if (!present && why === toldWhy) return;
    toldWhy = why;
    logger.error({ err: error }, `the database is away or cannot be used (${why}): alerts go on, the record waits`);
  }

  function checkLater(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      checking = check().catch(deps.onFault).then(checkLater);
    }, checkMs);
  }

  const watch: DatabaseWatch = {
    db: onceMigrated(db, () => migrated),
    isPresent: () => present,
    waitsFor: () => (present ? null : migrated ? 'the database to answer' : 'the database to answer, to migrate it'),
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await checking;
    },
  };

  let first: unknown = null;
  checking = check().catch((error: unknown) => {
    first = error;
  });
  const isSettled = await Promise.race([
    checking.then(() => true),
    new Promise<false>((resolve) => {
      setTimeout(resolve, deps.waitMs, false).unref();
      deps.stopping?.addEventListener('abort', () => resolve(false), { once: true });
    }),
  ]);
  if (first !== null) throw first;
  if ((!isSettled || !present) && !deps.stopping?.aborted)
    logger.error(
      {},
      'the database is away: going on without it; alerts flow, records cannot be changed, the record waits',
    );
  checking = checking.then(() => {
    if (first !== null) deps.onFault(first);
    checkLater();
  });
  return watch;
}

/** Tables that are not there yet are a database that is away, not a mistake of the statement. */
function onceMigrated(db: Database, isMigrated: () => boolean): Database {
  const check = (): void => {
    if (!isMigrated()) throw new DatabaseUnavailable('the database is not migrated yet');
  };
  return {
    async query(sql, params) {
      check();
      return db.query(sql, params);
    },
    async transaction(work, isolation) {
      check();
      return db.transaction(work, isolation);
    },
    async execute(sql) {
      check();
      return db.execute(sql);
    },
    async listen(channel, onNotify, onReconnect) {
      check();
      return db.listen(channel, onNotify, onReconnect);
    },
    async tryLock(key) {
      check();
      return db.tryLock(key);
    },
    close: () => db.close(),
  };
}

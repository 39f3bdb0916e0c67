/** Brings the schema up to what this program knows: plain numbered SQL files beside this module, each applied once. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Database, DatabaseUnusable } from '../ports/database.js';
import type { Log } from '../ports/log.js';

/** Any number, the same in every version of the program: who holds it migrates. */
const MIGRATION_LOCK = 7_402_310_001;
/** How long to wait for another process that migrates. */
const LOCK_WAIT_LIMIT_MS = 600_000;
const LOCK_RETRY_MS = 250;

export interface Migration {
  /** The file's name without `.sql`, e.g. `0001_log`. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the SQL with line ends as `\n`, hex: a checkout on Windows is the same migration. */
  readonly checksum: string;
  /** Whether a program that does not know it must not run on what it makes. */
  readonly breaking: boolean;
}

/** The first migration that says whether it is breaking; those before it came from one program to the next with a stop between. */
const FIRST_MARKED = '0070';
const MARK = /^-- breaking: (yes|no)\b/;

function isBreaking(name: string, sql: string): boolean {
  const mark = MARK.exec(sql)?.[1];
  if (mark === undefined && name >= FIRST_MARKED) {
    throw new Error(
      `${name}.sql: its first line has to be "-- breaking: no", or "-- breaking: yes, …" with the reason. It breaks where a ` +
        'program that does not know it would fail on its schema, or write what newer programs read wrongly.',
    );
  }
  return mark !== 'no';
}

/**
 * The migrations of this program, in order. Throws for a name that is not `NNNN_words`, for a number used twice, and for one that
 * does not say whether it is breaking.
 */
export function readMigrations(directory = fileURLToPath(new URL('./migrations/', import.meta.url))): Migration[] {
  const files = readdirSync(directory).filter((file) => file.endsWith('.sql'));
  const numbers = new Set<string>();
  return files.sort().map((file) => {
    const name = file.slice(0, -'.sql'.length);
    const number = /^(\d{4})_[a-z0-9_]+$/.exec(name)?.[1];
    if (number === undefined || numbers.has(number))
      throw new Error(`${file}: migrations are NNNN_words.sql, each NNNN once`);
    numbers.add(number);
    const sql = readFileSync(`${directory}/${file}`, 'utf8').replaceAll('\r\n', '\n');
    return { name, sql, checksum: createHash('sha256').update(sql).digest('hex'), breaking: isBreaking(name, sql) };
  });
}

interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
  readonly breaking: boolean;
}

/** What a newer program has applied. Throws where this one cannot run on it. */
function findUnknown(known: readonly Migration[], applied: readonly AppliedMigration[]): string[] {
  const names = new Set(known.map(({ name }) => name));
  const unknown = applied.filter(({ name }) => !names.has(name));
  const breaking = unknown.flatMap((one) => (one.breaking ? [one.name] : []));
  if (breaking.length > 0) {
    throw new DatabaseUnusable(
      `The database has migrations that this program does not know and that break it (${breaking.join(', ')}): it was used by ` +
        'a newer version of Tagwatch. Run that version, or use another database.',
    );
  }
  return unknown.map(({ name }) => name);
}

/** What is still to be applied. Throws where one was applied from a file since changed. */
function findMissing(known: readonly Migration[], applied: ReadonlyMap<string, string>): Migration[] {
  const missing: Migration[] = [];
  for (const migration of known) {
    const checksum = applied.get(migration.name);
    if (checksum === undefined) missing.push(migration);
    else if (checksum !== migration.checksum) {
      throw new DatabaseUnusable(
        `Migration ${migration.name} was applied to the database in another form (checksum ${checksum.slice(0, 12)}…, ` +
          `here ${migration.checksum.slice(0, 12)}…): an applied migration is never edited, write a new one.`,
      );
    }
  }
  return missing;
}

async function waitForLock(db: Database, log: Log): Promise<{ release(): Promise<void> }> {
  let waited = false;
  for (let left = LOCK_WAIT_LIMIT_MS / LOCK_RETRY_MS; left > 0; left--) {
    const lock = await db.tryLock(MIGRATION_LOCK);
    if (lock !== null) return lock;
    if (!waited) log.info({}, 'another process migrates the database; waiting for it');
    waited = true;
    await delay(LOCK_RETRY_MS);
  }
  throw new Error(`Another process has been migrating the database for over ${LOCK_WAIT_LIMIT_MS / 60_000} minutes`);
}

/**
 * Applies what is missing, in order, each in a transaction of its own together with its entry in `schema_migration`, while
 * holding a lock against other processes. Answers the names of those applied. Throws `DatabaseUnavailable` where the database
 * is away, the database's error where a migration fails (nothing of it remains), and an error that says so where a newer program
 * has made the schema one that this program cannot run on, or a file was edited after it had been applied. What a newer program
 * has added that breaks nothing is told and left alone: so programs are replaced one by one.
 */
export async function migrate(
  db: Database,
  log: Log,
  migrations: readonly Migration[] = readMigrations(),
): Promise<readonly string[]> {
  const lock = await waitForLock(db, log);
  try {
    await db.execute(`create table if not exists schema_migration (
      name text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    );
    alter table schema_migration add column if not exists breaking boolean not null default true`);
    const { rows } = await db.query<AppliedMigration>('select name, checksum, breaking from schema_migration', []);
    const newer = findUnknown(migrations, rows);
    if (newer.length > 0)
      log.info({ newer }, 'a newer version has migrated the database; nothing in it breaks this one');
    const missing = findMissing(migrations, new Map(rows.map(({ name, checksum }) => [name, checksum])));
    for (const { name, sql, checksum, breaking } of missing) {
      // Several statements sent as one are one transaction. The values are of a form that needs no quoting.
      await db.execute(
        `${sql}\n;insert into schema_migration (name, checksum, breaking) values ('${name}', '${checksum}', ${breaking})`,
      );
      log.info({ migration: name }, 'migrated the database');
    }
    return missing.map(({ name }) => name);
  } finally {
    await lock.release();
  }
}

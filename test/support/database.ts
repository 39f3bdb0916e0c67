/** Databases for tests: each empty or migrated, each gone at the end. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Database } from '../../src/ports/database.js';
import { migrate } from '../../src/store/migrate.js';
import { openPglite } from '../../src/store/pglite.js';
import { connectPostgres } from '../../src/store/postgres.js';
import { copyMadeDatabase, type MadeDatabase } from './made-database.js';
import { sharedDatabaseUrl } from './services.js';
import { silentLog } from './silent-log.js';

/** A new, empty database on the server of `DATABASE_URL`; `drop` ends whoever is still connected to it. */
export async function createPostgresDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const admin = sharedDatabaseUrl();
  const name = `tagwatch_test_${randomUUID().replaceAll('-', '')}`;
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: admin });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await run(`create database ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return { url: url.href, drop: async () => await run(`drop database if exists ${name} with (force)`) };
}

export interface TestDatabase {
  readonly db: Database;
  stop(): Promise<void>;
}

/** A database of its own on real PostGIS, without a schema. */
export async function openEmptyPostgres(): Promise<TestDatabase> {
  const { url, drop } = await createPostgresDatabase();
  const db = connectPostgres({ url, log: silentLog });
  return {
    db,
    async stop() {
      await db.close();
      await drop();
    },
  };
}

async function openCopy(kind: MadeDatabase): Promise<TestDatabase> {
  const directory = mkdtempSync(join(tmpdir(), 'tagwatch-pglite-'));
  await copyMadeDatabase(kind, directory);
  const db = await openPglite({ directory, log: silentLog });
  return {
    db,
    async stop() {
      await db.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** An embedded database of its own, without a schema. 2 s and 1 GB: one a test file. */
export const openEmptyPglite = async () => await openCopy('empty');

/** A migrated embedded database of its own. 2 s and 1 GB: one a test file. */
export const openTestPglite = async () => await openCopy('migrated');

/** A migrated database of its own on real PostGIS. */
export async function openTestPostgres(): Promise<TestDatabase> {
  const database = await openEmptyPostgres();
  await migrate(database.db, silentLog);
  return database;
}

/** Databases for tests: each empty or migrated, each gone at the end. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Database } from '../../src/pipeline/ports.js';
import { migrate } from '../../src/store/migrate.js';
import { openPglite } from '../../src/store/pglite.js';
import { connectPostgres } from '../../src/store/postgres.js';
import { silentLog } from './silent-log.js';

/** `DATABASE_URL`, whose user may create databases; throws where it is missing. */
export function servicesUrl(): string {
  const url = process.env['DATABASE_URL'];
  if (!url) throw new Error('DATABASE_URL is not set: `.ci/services start` prints one');
  return url;
}

/** A new, empty database on the server of `DATABASE_URL`; `drop` ends whoever is still connected to it. */
export async function createPostgresDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const admin = servicesUrl();
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

/** A migrated database of its own on real PostGIS. */
export async function openTestPostgres(): Promise<{ db: Database; url: string; stop(): Promise<void> }> {
  const { url, drop } = await createPostgresDatabase();
  const db = connectPostgres({ url, log: silentLog });
  const stop = async () => {
    await db.close();
    await drop();
  };
  await migrate(db, silentLog);
  return { db, url, stop };
}

/** A migrated embedded database of its own. About 10 s and 1 GB: one a test file. */
export async function openTestPglite(): Promise<{ db: Database; directory: string; stop(): Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'tagwatch-pglite-'));
  const db = await openPglite({ directory, log: silentLog });
  const stop = async () => {
    await db.close();
    rmSync(directory, { recursive: true, force: true });
  };
  await migrate(db, silentLog);
  return { db, directory, stop };
}

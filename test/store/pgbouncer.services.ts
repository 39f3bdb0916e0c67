/** Behind a real PgBouncer: its sessions are ours, or a start says that they are not and what to do. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { type Database, DatabaseUnusable } from '../../src/ports/database.js';
import { migrate } from '../../src/store/migrate.js';
import { connectPostgres } from '../../src/store/postgres.js';
import { sharedDatabaseUrl } from '../support/services.js';
import { silentLog } from '../support/silent-log.js';

const PGBOUNCER = process.env['PGBOUNCER'] ?? '/usr/sbin/pgbouncer';
/** Only ends what hangs. */
const LIMIT = { timeout: 120_000, interval: 100 };
const ending: (() => Promise<unknown>)[] = [];

beforeAll(() => {
  if (!existsSync(PGBOUNCER))
    throw new Error(`No PgBouncer at ${PGBOUNCER}: .ci/services start installs it on Debian; or set PGBOUNCER`);
});
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

/** A pooler before the shared database. */
async function behindPgbouncer(mode: 'session' | 'transaction'): Promise<Database> {
  const directory = await mkdtemp(join(tmpdir(), 'tagwatch-pgbouncer-'));
  ending.push(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o755);
  const url = new URL(sharedDatabaseUrl());
  const port = await getPort();
  const file = join(directory, 'pgbouncer.ini');
  const target = `host=${url.hostname} port=${url.port} user=${url.username} password=${url.password}`;
  await writeFile(
    file,
    `[databases]\ntagwatch = ${target} dbname=${url.pathname.slice(1)}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}
auth_type = any\npool_mode = ${mode}\nunix_socket_dir =\n`,
  );
  // It refuses to run as root.
  const asUser = process.getuid?.() === 0 ? ['-u', 'postgres'] : [];
  const child = spawn(PGBOUNCER, [...asUser, file], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  ending.push(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const db = connectPostgres({ url: `postgres://tagwatch@127.0.0.1:${port}/tagwatch`, log: silentLog });
  ending.push(() => db.close());
  await vi.waitFor(() => db.query('select 1', []), LIMIT);
  return db;
}

it('in session mode everything works: migration, settings, locks that go with their session, notices', async () => {
  const db = await behindPgbouncer('session');
  await migrate(db, silentLog);
  const { rows } = await db.query('select current_setting($1) as zone', ['timezone']);
  expect(rows).toEqual([{ zone: 'UTC' }]);
  const lock = await db.tryLock(77);
  expect(lock).not.toBeNull();
  expect(await db.tryLock(77)).toBeNull();
  await lock!.release();
  const again = await vi.waitFor(async () => {
    const next = await db.tryLock(77);
    expect(next).not.toBeNull();
    return next!;
  }, LIMIT);
  await again.release();
  const heard = new Promise<string>((resolve) => {
    void db.listen('pooled', resolve).then(() => db.query("select pg_notify('pooled', 'here')", []));
  });
  expect(await heard).toBe('here');
});

it('in transaction mode the start says that it cannot work, and what to do', async () => {
  const db = await behindPgbouncer('transaction');
  const refusal = await migrate(db, silentLog).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(DatabaseUnusable);
  expect(String(refusal)).toMatch(/pool_mode=session/);
  // Again, and with other clients of the pooler at work, whose sessions change hands all the time.
  const stop = new AbortController();
  const others = Array.from({ length: 4 }, async (_, nth) => {
    while (!stop.signal.aborted) await db.query('select pg_sleep($1)', [0.001 * (nth + 1)]);
  });
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      await expect(db.tryLock(78), `attempt ${attempt}`).rejects.toBeInstanceOf(DatabaseUnusable);
    }
  } finally {
    stop.abort();
    await Promise.all(others);
  }
});

/** What only a database on the other side of a network can do: be away, cut connections, come back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, DatabaseUnavailable } from '../../src/pipeline/ports.js';
import { connectPostgres } from '../../src/store/postgres.js';
import { type OwnServices, startOwnServices } from '../support/services.js';
import { createRememberingLog, silentLog } from '../support/silent-log.js';

describe('connectPostgres over outages', () => {
  let services: OwnServices;
  let db: Database;
  const logger = createRememberingLog();

  beforeAll(async () => {
    services = await startOwnServices(['postgres']);
    db = connectPostgres({ url: services.databaseUrl(), log: logger });
  });
  afterAll(async () => {
    await db?.close();
    await services?.dispose();
  });

  const one = async (from = db) => (await from.query('select 1 as n', [])).rows;

  it('answers for the time that a statement or a connection may take', async () => {
    const hasty = connectPostgres({ url: services.databaseUrl(), log: silentLog, statementTimeoutMs: 100 });
    await expect(hasty.query('select pg_sleep(30)', [])).rejects.toBeInstanceOf(DatabaseUnavailable);
    expect(await one(hasty)).toEqual([{ n: 1 }]);
    await hasty.close();
    // An address of TEST-NET-1 (RFC 5737): nobody answers, or nobody is reached.
    const nowhere = connectPostgres({ url: 'postgresql://x@192.0.2.1/x', log: silentLog, connectTimeoutMs: 200 });
    await expect(one(nowhere)).rejects.toBeInstanceOf(DatabaseUnavailable);
    await nowhere.close();
  });

  it('is made without a server, and works when there is one', async () => {
    await services.stop('postgres');
    const early = connectPostgres({ url: services.databaseUrl(), log: silentLog });
    await expect(one(early)).rejects.toBeInstanceOf(DatabaseUnavailable);
    await expect(early.tryLock(1)).rejects.toBeInstanceOf(DatabaseUnavailable);
    const heard: string[] = [];
    let hears = () => {};
    const listens = new Promise<void>((resolve) => {
      hears = resolve;
    });
    let heardOne = () => {};
    const notified = new Promise<void>((resolve) => {
      heardOne = resolve;
    });
    await early.listen(
      'news',
      (payload) => {
        heard.push(payload);
        heardOne();
      },
      hears,
    );
    await services.start('postgres');
    await listens;
    await early.query("select pg_notify('news', 'back')", []);
    await notified;
    expect(heard).toEqual(['back']);
    await early.close();
  });

  it('survives the death of idle and busy connections: queries fail as away, then work', async () => {
    await Promise.all([one(), one(), one()]);
    const busy = db
      .transaction(async (tx) => await tx.query('select pg_sleep(30)', []))
      .catch((error: unknown) => error);
    const running = async () =>
      (await db.query("select count(*) as n from pg_stat_activity where query like 'select pg_sleep(30)%'", [])).rows;
    await expect.poll(running).toEqual([{ n: 1 }]);
    await services.stop('postgres', 'kill');
    expect(await busy).toBeInstanceOf(DatabaseUnavailable);
    await expect(one()).rejects.toBeInstanceOf(DatabaseUnavailable);
    await services.start('postgres');
    expect(await one()).toEqual([{ n: 1 }]);
    await db.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
      [],
    );
    await expect.poll(async () => await one().catch(() => null)).toEqual([{ n: 1 }]);
  });

  it('tells the holder of a lock that its session is gone, and lets another have it', async () => {
    const lock = await db.tryLock(7);
    await db.query("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'", []);
    await lock?.lost;
    const next = await db.tryLock(7);
    expect(next).not.toBeNull();
    await next?.release();
  });

  it('listens again after its connection was cut, and tells that something may have been missed', async () => {
    let again = () => {};
    const reconnected = new Promise<void>((resolve) => {
      again = resolve;
    });
    let hear = (_payload: string) => {};
    const heard = new Promise<string>((resolve) => {
      hear = resolve;
    });
    const stop = await db.listen('cut', (payload) => hear(payload), again);
    await db.query(`select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen "cut"'`, []);
    await reconnected;
    await db.query("select pg_notify('cut', 'x')", []);
    expect(await heard).toBe('x');
    await stop();
  });

  it('never asked anybody to act', () => {
    expect(logger.entries.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

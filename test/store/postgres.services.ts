/** What only a database on the other side of a network can do: be away, cut connections, come back. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Database, DatabaseBusy, DatabaseUnavailable } from '../../src/ports/database.js';
import { migrate } from '../../src/store/migrate.js';
import { makePingPartitions } from '../../src/store/pings.js';
import { connectPostgres } from '../../src/store/postgres.js';
import { type OwnServices, startOwnServices } from '../support/services.js';
import { createRememberingLog, silentLog } from '../support/silent-log.js';

/** Only ends what hangs. */
const LIMIT = { timeout: 120_000 };

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
    // The server says that it ends a session before it takes the session's locks away.
    const next = await vi.waitFor(async () => {
      const taken = await db.tryLock(7);
      expect(taken).not.toBeNull();
      return taken!;
    }, LIMIT);
    await next.release();
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

  it('calls a refused password, a missing database and too many connections away, and works when they are mended', async () => {
    const url = new URL(services.databaseUrl());
    const role = 'create role short_of_room login connection limit 1';
    await db.execute(`${role} password 'before'`);
    const other = (change: (url: URL) => void) => {
      const changed = new URL(url);
      change(changed);
      return connectPostgres({ url: changed.href, log: silentLog, poolSize: 2 });
    };
    const missing = other((each) => {
      each.pathname = '/not_there_yet';
    });
    const refused = other((each) => {
      each.username = 'short_of_room';
      each.password = 'after';
    });
    for (const each of [missing, refused]) {
      const told = await Promise.allSettled([one(each), each.tryLock(3), each.transaction(one as never)]);
      for (const outcome of told) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(DatabaseUnavailable) });
        expect(outcome).not.toMatchObject({ reason: expect.any(DatabaseBusy) });
      }
    }
    await db.execute('create database not_there_yet');
    await db.execute(`alter role short_of_room password 'after'`);
    expect(await one(missing)).toEqual([{ n: 1 }]);
    // One after the other: of two that come at once PostgreSQL may turn both away.
    await refused.transaction(async (tx) => {
      await tx.query('select 1', []);
      await expect(one(refused)).rejects.toBeInstanceOf(DatabaseUnavailable);
    });
    await missing.close();
    await refused.close();
  });

  it('lets more writers than connections wait for their turn, and says busy, not away, where that takes too long', async () => {
    // The last wait for longer than a connection may take to be made.
    const patient = connectPostgres({
      url: services.databaseUrl(),
      log: silentLog,
      poolSize: 2,
      connectTimeoutMs: 2_000,
    });
    const sleep = (from: Database) => from.transaction((tx) => tx.query('select pg_sleep(0.5)', []));
    await Promise.all(Array.from({ length: 12 }, () => sleep(patient)));
    await patient.close();
    const hasty = connectPostgres({ url: services.databaseUrl(), log: silentLog, poolSize: 2, waitLimitMs: 50 });
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => sleep(hasty)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    for (const outcome of outcomes.slice(2)) {
      expect(outcome).toMatchObject({ reason: expect.any(DatabaseBusy) });
    }
    expect(await one(hasty)).toEqual([{ n: 1 }]);
    await hasty.close();
  });

  it('begins a transaction again that collides with another one: a deadlock, a row that somebody else changed', async () => {
    await db.execute(
      'create table collision (id int primary key, n int not null); insert into collision values (1, 0), (2, 0)',
    );
    const both = (): [() => Promise<void>, () => void] => {
      let arrive = () => {};
      const arrived = new Promise<void>((resolve) => {
        arrive = resolve;
      });
      return [() => arrived, arrive];
    };
    const [oneHolds, oneIsThere] = both();
    const [otherHolds, otherIsThere] = both();
    const add = (id: number) => ['update collision set n = n + 1 where id = $1::int', [id]] as const;
    await Promise.all([
      db.transaction(async (tx) => {
        await tx.query(...add(1));
        oneIsThere();
        await otherHolds();
        await tx.query(...add(2));
      }),
      db.transaction(async (tx) => {
        await tx.query(...add(2));
        otherIsThere();
        await oneHolds();
        await tx.query(...add(1));
      }),
    ]);
    let tries = 0;
    await db.transaction(async (tx) => {
      const { rows } = await tx.query<{ n: number }>('select n from collision where id = 1', []);
      if (++tries === 1) await db.query(...add(1));
      await tx.query('update collision set n = $1::int where id = 1', [rows[0]!.n + 1]);
    }, 'repeatable read');
    expect(tries).toBe(2);
    const { rows } = await db.query('select n from collision order by id', []);
    expect(rows).toEqual([{ n: 4 }, { n: 2 }]);
  });

  it('makes a day’s partition also where that takes longer than a statement may take', async () => {
    await migrate(db, silentLog);
    const hasty = connectPostgres({ url: services.databaseUrl(), log: silentLog, statementTimeoutMs: 500 });
    let making = Promise.resolve();
    await db.transaction(async (tx) => {
      // As a default one with much in it: who makes a partition waits for whoever writes into that.
      await tx.query('lock table ping_other in row exclusive mode', []);
      await expect(hasty.query(`select make_ping_partition('2031-01-01')`, [])).rejects.toBeInstanceOf(DatabaseBusy);
      making = makePingPartitions(hasty, ['2031-01-01', '2031-01-02']);
      // It is waited for below; until then its failure is not one that nobody looks at.
      making.catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    });
    await making;
    await makePingPartitions(hasty, ['2031-01-01', '2031-01-02']);
    const { rows } = await db.query(`select to_regclass('ping_20310101') is null as missing`, []);
    expect(rows).toEqual([{ missing: false }]);
    await hasty.close();
  });

  it('never asked anybody to act', () => {
    expect(logger.entries.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

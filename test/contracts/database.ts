/** What every adapter of the `Database` port has to do. Each test works in tables of its own. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/ports/database.js';
import { constraintOf, refusesData, sqlState } from '../../src/store/errors.js';
import { migrate, readMigrations } from '../../src/store/migrate.js';
import { createRememberingLog, silentLog } from '../support/silent-log.js';

/** `open` gives an empty database, and `other` another session of it (for PGlite the same one: it has but one). */
export function databaseContract(
  name: string,
  open: () => Promise<{ db: Database; other: Database; stop(): Promise<void> }>,
) {
  describe(`Database: ${name}`, () => {
    let db: Database;
    let other: Database;
    let stop = async () => {};

    beforeAll(async () => {
      ({ db, other, stop } = await open());
    });
    afterAll(async () => await stop());

    const rejection = async (work: Promise<unknown>): Promise<unknown> =>
      await work.then(
        () => expect.unreachable('it should have been refused'),
        (error: unknown) => error,
      );

    it('takes each kind of parameter', async () => {
      const at = new Date('2026-11-22T18:03:11.412Z');
      const bytes = Uint8Array.of(0, 1, 127, 128, 255);
      const { rows } = await db.query(
        `select $1::text as text, $2::bigint as bigint, $3::double precision as double, $4::boolean as yes, $5::text as none,
           $6::timestamptz as at, $7::bytea as bytes, $8::jsonb as json`,
        ['O\'Brien \\ "x" ü 🚓', 2 ** 53 - 1, 0.1, true, null, at, bytes, { a: [1, null, 'x'], b: { c: 'ü' } }],
      );
      expect(rows).toEqual([
        {
          text: 'O\'Brien \\ "x" ü 🚓',
          bigint: 2 ** 53 - 1,
          double: 0.1,
          yes: true,
          none: null,
          at,
          bytes,
          json: { a: [1, null, 'x'], b: { c: 'ü' } },
        },
      ]);
    });

    it('takes arrays of each kind, with nulls and whatever text', async () => {
      const words = ['a,b', '{c}', '"d"', '\\e', 'NULL', '', ' f ', null];
      const at = new Date('1999-12-31T23:59:59.999Z');
      const { rows } = await db.query(
        `select $1::text[] as words, $2::bigint[] as counts, $3::double precision[] as doubles, $4::timestamptz[] as times,
           $5::boolean[] as flags, $6::jsonb[] as documents, $7::text[] as empty`,
        [words, [1, null, -(2 ** 53 - 1)], [1.5, null, -1e-7], [at, null], [true, false, null], [{ a: '"' }, null], []],
      );
      expect(rows).toEqual([
        {
          words,
          counts: [1, null, -(2 ** 53 - 1)],
          doubles: [1.5, null, -1e-7],
          times: [at, null],
          flags: [true, false, null],
          documents: [{ a: '"' }, null],
          empty: [],
        },
      ]);
    });

    it('answers counts and sums as numbers and instants to the millisecond', async () => {
      const { rows } = await db.query(
        `select count(*) as count, sum(x) as sum, avg(x) as mean, 7::numeric as whole, date '2026-03-29' as day,
           timestamptz '2026-07-01 12:00:00.123456+01' as at, timestamptz '0050-01-01 00:00:00+00' as early
         from generate_series(1, 4) x`,
        [],
      );
      expect(rows).toEqual([
        {
          count: 4,
          sum: 10,
          mean: 2.5,
          whole: 7,
          day: '2026-03-29',
          at: new Date('2026-07-01T11:00:00.123Z'),
          early: new Date('0050-01-01T00:00:00Z'),
        },
      ]);
    });

    it('throws for an integer beyond 2^53 rather than round it, and goes on', async () => {
      await expect(db.query('select 9007199254740993::bigint as n', [])).rejects.toThrow(/9007199254740993/);
      await expect(db.query('select array[9007199254740993::bigint] as n', [])).rejects.toThrow(/9007199254740993/);
      await expect(db.query('select 9007199254740993::numeric as n', [])).rejects.toThrow(/9007199254740993/);
      expect((await db.query('select 1 as n', [])).rows).toEqual([{ n: 1 }]);
    });

    it('tells rows changed and rows returned', async () => {
      await db.execute('create table counted (id int primary key, word text)');
      const put = await db.query('insert into counted select n, $1 from generate_series(1, 3) n', ['x']);
      expect(put.rowCount).toBe(3);
      const changed = await db.query('update counted set word = $1 where id > $2 returning id', ['y', 1]);
      expect(changed).toEqual({ rows: [{ id: 2 }, { id: 3 }], rowCount: 2 });
      expect((await db.query('delete from counted where id = $1', [9])).rowCount).toBe(0);
    });

    it('tells a refused row by its state and constraint, and goes on', async () => {
      await db.execute('create table refusing (id int constraint refusing_key primary key, at timestamptz)');
      await db.query('insert into refusing values ($1, null)', [1]);
      const twice = await rejection(db.query('insert into refusing values ($1, null)', [1]));
      expect([sqlState(twice), constraintOf(twice), refusesData(twice)]).toEqual(['23505', 'refusing_key', true]);
      const date = await rejection(
        db.query('insert into refusing values (2, $1::timestamptz)', ['300000-01-01T00:00:00Z']),
      );
      expect([sqlState(date), refusesData(date)]).toEqual(['22008', true]);
      const nul = await rejection(db.query('select $1::text as t', ['a\0b']));
      expect([sqlState(nul), refusesData(nul)]).toEqual(['22021', true]);
      const syntax = await rejection(db.query('selekt', []));
      expect([sqlState(syntax), refusesData(syntax)]).toEqual(['42601', false]);
      expect((await db.query('select count(*) as n from refusing', [])).rows).toEqual([{ n: 1 }]);
    });

    it('commits what resolves and rolls back what rejects', async () => {
      await db.execute('create table moved (id int primary key)');
      const answer = await db.transaction(async (tx) => {
        await tx.query('insert into moved values ($1)', [1]);
        return 'kept';
      });
      expect(answer).toBe('kept');
      const failed = db.transaction(async (tx) => {
        await tx.query('insert into moved values ($1)', [2]);
        throw new Error('on purpose');
      });
      await expect(failed).rejects.toThrow('on purpose');
      const refused = db.transaction(async (tx) => {
        await tx.query('insert into moved values ($1)', [3]);
        await tx.query('insert into moved values ($1)', [1]);
      });
      expect(sqlState(await rejection(refused))).toBe('23505');
      expect((await db.query('select id from moved', [])).rows).toEqual([{ id: 1 }]);
    });

    it('does not call a transaction committed whose failed statement went unnoticed', async () => {
      await db.execute('create table unnoticed (id int primary key)');
      const work = db.transaction(async (tx) => {
        await tx.query('insert into unnoticed values ($1)', [1]);
        await tx.query('select 1 / 0', []).catch(() => {});
      });
      await expect(work).rejects.toThrow(/rolled back/);
      expect((await db.query('select id from unnoticed', [])).rows).toEqual([]);
    });

    it('refuses a query of a transaction that is over', async () => {
      const tx = await db.transaction(async (inner) => inner);
      await expect(tx.query('select 1', [])).rejects.toThrow(/over/);
    });

    it('keeps statements outside a transaction out of it', async () => {
      await db.execute('create table apart (id int primary key)');
      const begun = signal();
      const outside: Promise<unknown>[] = [];
      const work = db.transaction(async (tx) => {
        await tx.query('insert into apart values ($1)', [1]);
        begun.set();
        outside.push(db.query('insert into apart values ($1)', [2]), other.query('insert into apart values ($1)', [3]));
        await tx.query('select 1', []);
        throw new Error('on purpose');
      });
      await begun.wait;
      await expect(work).rejects.toThrow('on purpose');
      await Promise.all(outside);
      expect((await db.query('select id from apart order by id', [])).rows).toEqual([{ id: 2 }, { id: 3 }]);
    });

    it('adds up what many transactions at once do', async () => {
      await db.execute('create table counter (n int not null); insert into counter values (0)');
      const add = async () =>
        await db.transaction(async (tx) => {
          const { rows } = await tx.query<{ n: number }>('select n from counter for update', []);
          await tx.query('update counter set n = $1', [rows[0]!.n + 1]);
        });
      await Promise.all(Array.from({ length: 40 }, add));
      expect((await db.query('select n from counter', [])).rows).toEqual([{ n: 40 }]);
    });

    it('gives a repeatable read one view of the data', async () => {
      const { rows } = await db.transaction(
        async (tx) => await tx.query("select current_setting('transaction_isolation') as level", []),
        'repeatable read',
      );
      expect(rows).toEqual([{ level: 'repeatable read' }]);
    });

    it('executes several statements as one, or none of them', async () => {
      await expect(db.execute('create table half (id int); insert into half values (1 / 0)')).rejects.toThrow(/zero/);
      const { rows } = await db.query("select to_regclass('half') as half", []);
      expect(rows).toEqual([{ half: null }]);
    });

    it('inserts arrays as rows once, whatever comes twice', async () => {
      await db.execute('create table bulk (id bigint primary key, word text, at timestamptz)');
      const put = async (ids: number[]) =>
        await db.query(
          `insert into bulk select * from unnest($1::bigint[], $2::text[], $3::timestamptz[]) on conflict do nothing`,
          [ids, ids.map(String), ids.map((id) => new Date(id))],
        );
      expect((await put([1, 2, 2, 3])).rowCount).toBe(3);
      expect((await put([3, 4])).rowCount).toBe(1);
      const { rows } = await db.query('select id, word, at from bulk where id = 4', []);
      expect(rows).toEqual([{ id: 4, word: '4', at: new Date(4) }]);
    });

    it('hears what is notified on its channel after the commit, and nothing after it stopped', async () => {
      const heard: string[] = [];
      const last = signal();
      const stopListening = await db.listen('Contract "x"', (payload) => {
        heard.push(payload);
        if (payload === 'last') last.set();
      });
      await other.query('select pg_notify($1, $2)', ['another', 'not for us']);
      await other.query('select pg_notify($1, $2)', ['Contract "x"', 'first']);
      const failed = other.transaction(async (tx) => {
        await tx.query('select pg_notify($1, $2)', ['Contract "x"', 'never']);
        throw new Error('on purpose');
      });
      await expect(failed).rejects.toThrow('on purpose');
      await other.transaction(async (tx) => await tx.query('select pg_notify($1, $2)', ['Contract "x"', 'last']));
      await last.wait;
      expect(heard).toEqual(['first', 'last']);
      await stopListening();
      const fence = signal();
      const stopFence = await db.listen('fence', fence.set);
      await other.query('select pg_notify($1, $2)', ['Contract "x"', 'too late']);
      await other.query('select pg_notify($1, $2)', ['fence', '']);
      await fence.wait;
      await stopFence();
      expect(heard).toEqual(['first', 'last']);
    });

    it('gives a lock to one at a time', async () => {
      const first = await db.tryLock(2 ** 40);
      expect(first).not.toBeNull();
      expect(await db.tryLock(2 ** 40)).toBeNull();
      expect(await other.tryLock(2 ** 40)).toBeNull();
      const another = await other.tryLock(2 ** 40 + 1);
      expect(another).not.toBeNull();
      await another?.release();
      await first?.release();
      await first?.lost;
      const next = await other.tryLock(2 ** 40);
      expect(next).not.toBeNull();
      await next?.release();
    });

    it('migrates once, also when two do it at once, and has PostGIS then', async () => {
      const names = readMigrations().map(({ name }) => name);
      const applied = await Promise.all([migrate(db, silentLog), migrate(other, silentLog)]);
      expect(applied.flat()).toEqual(names);
      expect(await migrate(db, silentLog)).toEqual([]);
      const { rows } = await db.query<{ area: number }>(
        `select st_area('srid=4326;polygon((-2.94 53.42, -2.92 53.42, -2.92 53.44, -2.94 53.44, -2.94 53.42))'::geography) as area`,
        [],
      );
      // 0.02 by 0.02 degrees at 53.43° north: 1,329 m by 2,226 m.
      expect(rows[0]!.area / 1e6).toBeCloseTo(2.958, 2);
    });

    it('refuses an edited migration', async () => {
      const known = readMigrations();
      const edited = known.map((one, index) => (index === 0 ? { ...one, checksum: 'f'.repeat(64) } : one));
      await expect(migrate(db, silentLog, edited)).rejects.toThrow(/0001_log.*another form/);
    });

    it('runs on with what a newer program has added that breaks nothing, and says so', async () => {
      const known = readMigrations();
      const added = { name: '9001_added', sql: 'create table added_one (id int)', checksum: 'a', breaking: false };
      const newer = [...known, added];
      expect(await migrate(other, silentLog, newer)).toEqual(['9001_added']);
      const log = createRememberingLog();
      expect(await migrate(db, log, known)).toEqual([]);
      expect(log.entries).toContainEqual(
        expect.objectContaining({ message: expect.stringMatching(/newer version/), fields: { newer: ['9001_added'] } }),
      );
      expect(await migrate(other, silentLog, newer)).toEqual([]);
      await db.query(`delete from schema_migration where name = '9001_added'`);
    });

    it('refuses what a newer program has made that breaks it, and names it', async () => {
      const known = readMigrations();
      const breaking = { name: '9002_renamed', sql: 'create table renamed (id int)', checksum: 'b', breaking: true };
      await migrate(other, silentLog, [...known, breaking]);
      await expect(migrate(db, silentLog, known)).rejects.toThrow(/break it \(9002_renamed\).*newer version/);
      await db.query(`delete from schema_migration where name = '9002_renamed'`);
      // What was recorded before migrations said so is taken for breaking.
      await expect(migrate(db, silentLog, known.slice(1))).rejects.toThrow(/break it \(0001_log\)/);
    });

    it('leaves nothing of a migration that fails', async () => {
      const known = readMigrations();
      const broken = {
        name: '9999_broken',
        sql: 'create table broken_one (id int); select 1 / 0',
        checksum: 'x',
        breaking: false,
      };
      await expect(migrate(db, silentLog, [...known, broken])).rejects.toThrow(/zero/);
      expect((await db.query("select to_regclass('broken_one') as t", [])).rows).toEqual([{ t: null }]);
      expect(await migrate(db, silentLog)).toEqual([]);
    });

    it('makes a day’s partition once, with the rows that came before it', async () => {
      const at = '2031-05-05T12:00:00Z';
      await db.query(
        `insert into ping (tag_id, fixed_at, identity, received_at, fitted, log_partition, log_offset)
         values ('T', $1::timestamptz, '1', now(), 'unknown-tag', 0, 0)`,
        [at],
      );
      const where = async () =>
        (await db.query('select tableoid::regclass::text as part from ping where fixed_at = $1', [at])).rows;
      expect(await where()).toEqual([{ part: 'ping_other' }]);
      const made = await Promise.all(
        [db, other].map((each) => each.query("select make_ping_partition('2031-05-05') as made", [])),
      );
      expect(made.map(({ rows }) => rows[0]?.['made']).sort()).toEqual([false, true]);
      expect(await where()).toEqual([{ part: 'ping_20310505' }]);
      await db.query('delete from ping', []);
    });
  });
}

function signal(): { readonly wait: Promise<void>; set(): void } {
  let set = () => {};
  const wait = new Promise<void>((resolve) => {
    set = resolve;
  });
  return { wait, set };
}

/** What operators do to a database under a program that runs: another password, a restore, a newer schema; and many at once. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { exclude, fitTag, rectangle } from '../support/cohort.js';
import { type Home, makeHome, openFeed, type Program, put, send, startProgram } from '../support/program.js';
import { type OwnServices, startOwnServices } from '../support/services.js';
import { sendFixes } from '../support/supplier.js';

const run = promisify(execFile);
const since = '2026-01-01T00:00:00Z';
const INSIDE = { latitude: 51.28, longitude: 1.08 };
const WRITERS = 20;
const SOON = { timeout: 120_000, interval: 250 };

describe('the database under its operators', () => {
  let services: OwnServices;
  let home: Home;
  let program: Program;
  let dumps: string;

  beforeAll(async () => {
    services = await startOwnServices();
    dumps = await mkdtemp(join(tmpdir(), 'tagwatch-dumps-'));
    home = await makeHome({ DATABASE_URL: services.databaseUrl(), KAFKA_BROKERS: services.kafkaBrokers().join(',') });
    program = await startProgram(home);
    await put(program.url, '/zones/Z-1', rectangle('Zone', 1.07, 51.27, 1.09, 51.29));
    for (const tagId of ['T-1', 'T-2', 'T-3']) await fitTag(program.url, { tagId, since });
    await exclude(program.url, { tagId: 'T-1', since }, 'Z-1');
  });
  afterAll(async () => {
    await program?.kill();
    home?.remove();
    await services?.dispose();
    if (dumps) await rm(dumps, { recursive: true, force: true });
  });

  /** As the cluster's owner, in another database. */
  async function administer<T>(work: (client: pg.Client) => Promise<T>, url = services.databaseUrl()): Promise<T> {
    const address = new URL(url);
    address.pathname = '/postgres';
    const client = new pg.Client(address.href);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
  const endSessions = (client: pg.Client) =>
    client.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = 'tagwatch'`);

  async function isConfirmed(tagId: string, fixes = 2): Promise<void> {
    const feed = await openFeed(program.url);
    await sendFixes(services.kafkaBrokers(), tagId, INSIDE, fixes);
    await feed.waitFor(({ event }) => event?.tagId === tagId && event.type === 'confirmed');
    feed.close();
  }
  const databaseIs = (status: 'ready' | 'degraded') =>
    vi.waitFor(async () => {
      const ready = await fetch(`${program.url}/health/ready`);
      expect(await ready.json()).toMatchObject({ status });
    }, SOON);

  it('a password that is changed: alerts go on, changes wait, and all is well when it is put right', async () => {
    const url = new URL(services.databaseUrl());
    await administer(async (client) => {
      await client.query(`alter role ${url.username} password 'another'`);
      await endSessions(client);
    });
    try {
      await databaseIs('degraded');
      await isConfirmed('T-1');
      expect(await send(program.url, 'PUT', '/wearers/W-9', { name: 'Nine' })).toMatchObject({
        status: 503,
        body: { detail: 'The database is away.' },
      });
      // Whoever comes first was told that its session was ended, who comes back what is wrong.
      await expect.poll(program.output).toContain('password authentication failed');
    } finally {
      const changed = new URL(url);
      changed.password = 'another';
      const back = `alter role ${url.username} password '${url.password}'`;
      await administer((client) => client.query(back), changed.href);
    }
    await databaseIs('ready');
    await put(program.url, '/wearers/W-9', { name: 'Nine' });
    expect(program.child.exitCode).toBeNull();
  });

  it(`${WRITERS} who write at once all get through`, async () => {
    const corner = (n: number) => [1.2 + Math.cos(n / 500) / 20, 51.2 + Math.sin(n / 500) / 20];
    const ring = Array.from({ length: 3_000 }, (_, n) => corner(n));
    const zone = {
      type: 'Feature',
      properties: { name: 'Large' },
      geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]]] },
    };
    const answers = await Promise.all(
      Array.from({ length: WRITERS }, async (_, n) => {
        const placed = await send(program.url, 'PUT', `/zones/Z-large-${n}`, zone);
        const fitted = await send(program.url, 'PUT', `/wearers/W-many-${n}`, { name: String(n) });
        return [placed.status, fitted.status];
      }),
    );
    expect(answers).toEqual(answers.map(() => [201, 201]));
  });

  it('a restore from an older dump: told, and a victim’s zone that comes after it alerts', async () => {
    const url = services.databaseUrl();
    const dump = join(dumps, 'older.dump');
    await run('pg_dump', ['--format=custom', '--file', dump, url]);
    // What is lost, and what is published of it goes on in the log with higher sequences.
    await put(program.url, '/zones/Z-lost', rectangle('Lost', 1.07, 51.27, 1.09, 51.29));
    for (const graceMinutes of [1, 2, 3, 4, 5]) {
      for (const tagId of ['T-2', 'T-3']) {
        const condition = { orderId: `O-${tagId}`, kind: 'exclusion', zoneId: 'Z-lost', startsAt: since, graceMinutes };
        await put(program.url, `/conditions/C-lost-${tagId}`, condition);
      }
    }
    await administer(async (client) => {
      await client.query('drop database tagwatch with (force)');
      await databaseIs('degraded');
      await client.query('create database tagwatch');
    });
    // At once or not at all: the program must not publish from half of a database.
    await run('pg_restore', ['--single-transaction', '--dbname', url, dump]);
    await databaseIs('ready');
    await expect.poll(program.output).toContain('the database is older than what was published');

    const victims = rectangle('Victim', 1.07, 51.27, 1.09, 51.29) as { properties: object };
    await put(program.url, '/zones/Z-victim', {
      ...victims,
      properties: { ...victims.properties, priority: 'victim' },
    });
    await exclude(program.url, { tagId: 'T-2', since }, 'Z-victim');
    await isConfirmed('T-2', 10);
    // A condition that the record has lost is not in force any more.
    await sendFixes(services.kafkaBrokers(), 'T-3', INSIDE, 10);
    await exclude(program.url, { tagId: 'T-3', since }, 'Z-victim');
    await vi.waitFor(async () => {
      const alerts = await send(program.url, 'GET', '/alerts?wearerId=W-T-3');
      const { items } = alerts.body as { items: { conditionId: string }[] };
      expect([...new Set(items.map(({ conditionId }) => conditionId))]).toEqual(['C-T-3']);
    }, SOON);
  });

  it('a schema of a newer program ends it, at its start and while it runs, with an exit code that says so', async () => {
    expect(await program.stop()).toBe(0);
    const later = new pg.Client(services.databaseUrl());
    await later.connect();
    await later.query(`insert into schema_migration (name, checksum) values ('9999_future', 'x')`);
    await later.end();
    await expect(startProgram(home)).rejects.toThrow(/ended with 1 [\s\S]*9999_future/);
    await services.stop('postgres');
    program = await startProgram({ ...home, isDatabaseAway: true });
    const ended = once(program.child, 'exit');
    await services.start('postgres');
    expect(await ended).toEqual([1, null]);
    await expect.poll(program.output).toContain('9999_future');
  });
});

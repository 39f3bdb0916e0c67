/**
 * PostgreSQL on a disk that fills up: alerts go on, what the database cannot take waits in the log, and all is recorded once there is
 * room. Root alone may mount the small disk that this takes; without it the test fails, as it does where services are missing.
 */
import { execFile } from 'node:child_process';
import { chown, mkdtemp, rm, stat, statfs, writeFile } from 'node:fs/promises';
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
/** Of the small disk: the database of a few wearers takes a third of it. */
const DISK_MEGABYTES = 64;
const SOON = { timeout: 120_000, interval: 250 };

describe('the database on a full disk', () => {
  let services: OwnServices;
  let home: Home;
  let program: Program;
  let disk: string;
  let isMounted = false;

  /** As the cluster's owner, in another database. */
  async function administer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const address = new URL(services.databaseUrl());
    address.pathname = '/postgres';
    const client = new pg.Client(address.href);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  beforeAll(async () => {
    services = await startOwnServices();
    disk = await mkdtemp(join(tmpdir(), 'tagwatch-small-disk-'));
    await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MEGABYTES}m`, 'tmpfs', disk]);
    isMounted = true;
    const owner = await administer(async (client) => {
      const { rows } = await client.query<{ folder: string }>(`select current_setting('data_directory') as folder`);
      return await stat(rows[0]!.folder);
    });
    await chown(disk, owner.uid, owner.gid);
    await administer(async (client) => {
      await client.query('drop database tagwatch with (force)');
      await client.query(`create tablespace small location '${disk}'`);
      await client.query('create database tagwatch tablespace small');
    });
    home = await makeHome({ DATABASE_URL: services.databaseUrl(), KAFKA_BROKERS: services.kafkaBrokers().join(',') });
    program = await startProgram(home);
    await put(program.url, '/zones/Z-1', rectangle('Zone', 1.07, 51.27, 1.09, 51.29));
    for (const tagId of ['T-1', 'T-2']) {
      await fitTag(program.url, { tagId, since });
      await exclude(program.url, { tagId, since }, 'Z-1');
    }
  });
  afterAll(async () => {
    await program?.kill();
    home?.remove();
    await services?.dispose();
    if (isMounted) await run('umount', ['--lazy', disk]);
    if (disk) await rm(disk, { recursive: true, force: true });
  });

  const filler = () => join(disk, 'filler');

  async function isConfirmed(tagId: string, fixes: number): Promise<void> {
    const feed = await openFeed(program.url);
    await sendFixes(services.kafkaBrokers(), tagId, { latitude: 51.28, longitude: 1.08 }, fixes);
    await feed.waitFor(({ event }) => event?.tagId === tagId && event.type === 'confirmed');
    feed.close();
  }

  async function trailLength(tagId: string): Promise<number> {
    const from = new Date(Date.now() - 16 * 3_600_000).toISOString();
    const to = new Date(Date.now() + 60_000).toISOString();
    const trail = await send(program.url, 'GET', `/wearers/W-${tagId}/trail?from=${from}&to=${to}`);
    expect(trail.status).toBe(200);
    return (trail.body as { features: unknown[] }).features.length;
  }

  it('alerts go on, changes wait, and the record catches up when there is room', async () => {
    const { bavail, bsize } = await statfs(disk);
    // The database may take some of it meanwhile: full it is, either way.
    await writeFile(filler(), Buffer.alloc(Number(bavail) * Number(bsize))).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOSPC') throw error;
    });
    // A wearer's name of some size asks for a new page of the table at once.
    await vi.waitFor(async () => {
      const answer = await send(program.url, 'PUT', `/wearers/W-${Date.now()}`, { name: 'N'.repeat(150) });
      expect(answer).toMatchObject({ status: 503, body: { detail: 'The database is away.' } });
    }, SOON);
    await isConfirmed('T-1', 900);
    await isConfirmed('T-2', 900);
    expect(program.child.exitCode).toBeNull();
    await expect.poll(program.output).toContain('No space left on device');

    await rm(filler());
    await vi.waitFor(async () => {
      expect(await trailLength('T-1')).toBe(900);
      expect(await trailLength('T-2')).toBe(900);
    }, SOON);
    await put(program.url, '/wearers/W-9', { name: 'Nine' });
    await vi.waitFor(async () => {
      expect(await (await fetch(`${program.url}/health/ready`)).json()).toMatchObject({ status: 'ready' });
    }, SOON);
    const alerts = await send(program.url, 'GET', '/alerts?wearerId=W-T-2');
    expect((alerts.body as { items: unknown[] }).items).toHaveLength(1);
  });
});

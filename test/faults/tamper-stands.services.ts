/**
 * A tamper of four minutes with nobody acting is on the register a week later: after the program that found it was killed and its
 * partitions moved to another, after restarts, and with a database that had to be built from the log alone.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type FreshPair, openFreshPair } from '../end-to-end/services.js';
import { fitTag } from '../support/cohort.js';
import { type Home, makeHome, type Program, send, startProgram } from '../support/program.js';

const SOON = { timeout: 120_000, interval: 250 };
const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;
const FAST_CLOCK = pathToFileURL(join(import.meta.dirname, '../support/fast-clock.mjs')).href;
const PLACE = { latitude: 51.28, longitude: 1.08, accuracyMetres: 5 };

let pairs: FreshPair[];
const homes: Home[] = [];
let programs: Program[] = [];

beforeAll(async () => {
  pairs = [await openFreshPair(), await openFreshPair()];
});
afterAll(async () => {
  for (const program of programs) await program.kill();
  for (const home of homes) home.remove();
  for (const pair of pairs) await pair.close();
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<Program> {
  const home = await makeHome({ ...pairs[0]!.env, ...env });
  homes.push(home);
  const program = await startProgram(home);
  programs.push(program);
  return program;
}

interface Standing {
  readonly alertId: string;
  readonly kind: string;
  readonly revision: number;
  readonly raisedAt: string;
  readonly episode: { readonly startedAt: string; readonly endedAt: string | null };
  readonly why: readonly string[];
}

async function readTampers({ url }: Program): Promise<readonly Standing[]> {
  const { status, body } = await send(url, 'GET', '/register?limit=500');
  expect(status).toBe(200);
  return (body as { items: Standing[] }).items.filter(({ kind }) => kind === 'strap-tamper');
}

async function ping({ url }: Program, fixedAtMs: number, ...deviceEvents: string[]): Promise<void> {
  const told = { tagId: 'T-1', fixedAt: new Date(fixedAtMs).toISOString(), ...PLACE, deviceEvents };
  expect((await send(url, 'POST', '/pings', told)).status).toBe(202);
}

it('stands over an engine that moved, restarts, and a database built from the log', { timeout: 420_000 }, async () => {
  const tamperedMs = Date.now() - 20 * MINUTE_MS;
  const first = await start();
  await fitTag(first.url, { tagId: 'T-1', since: '2026-01-01T00:00:00Z' });
  await ping(first, tamperedMs, 'strap-tamper');
  await ping(first, tamperedMs + 4 * MINUTE_MS, 'strap-restored');
  const episode = {
    startedAt: new Date(tamperedMs).toISOString(),
    endedAt: new Date(tamperedMs + 4 * MINUTE_MS).toISOString(),
  };
  await vi.waitFor(async () => expect(await readTampers(first)).toMatchObject([{ episode }]), SOON);
  const [found] = await readTampers(first);

  const second = await start();
  await first.kill();
  // What the engine is told next, it is told where the partition has moved to.
  await ping(second, Date.now() - MINUTE_MS, 'strap-tamper');
  await vi.waitFor(async () => expect(await readTampers(second)).toHaveLength(2), SOON);
  expect((await readTampers(second)).find(({ alertId }) => alertId === found!.alertId)).toEqual(found);
  await second.stop();

  const later = { TEST_CLOCK_AHEAD_MS: String(WEEK_MS), NODE_OPTIONS: `--import ${FAST_CLOCK}` };
  const anew = { ...later, DATABASE_URL: pairs[1]!.env['DATABASE_URL']! };
  const third = await start(anew);
  const stands = { alertId: found!.alertId, raisedAt: found!.raisedAt, episode };
  expect(await readTampers(third)).toContainEqual(expect.objectContaining(stands));
  const database = new pg.Client({ connectionString: anew.DATABASE_URL });
  await database.connect();
  try {
    const onRecord = "select alert_id, status from alert where kind = 'strap-tamper' and status = 'open'";
    await vi.waitFor(async () => expect((await database.query(onRecord)).rows).toHaveLength(2), SOON);
    expect((await database.query(onRecord)).rows).toContainEqual({ alert_id: found!.alertId, status: 'open' });
  } finally {
    await database.end();
  }
  // Nobody had to remember it: nobody has seen it, and that is said.
  for (const { why } of await readTampers(third)) expect(why).toContain('not-seen');
  programs = programs.filter(({ child }) => child.exitCode === null && child.signalCode === null);
});

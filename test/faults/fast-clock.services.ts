/** A worker whose clock is a day ahead: its ticks end nothing that goes on, and its clock judges no fix. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fitTag, rectangle } from '../support/cohort.js';
import { type Home, makeHome, openFeed, type Program, put, send, startProgram } from '../support/program.js';
import { type OwnServices, startOwnServices } from '../support/services.js';
import { sendFixes } from '../support/supplier.js';

const DAY_MS = 86_400_000;
const INSIDE = { latitude: 51.28, longitude: 1.08 };
/** Several ticks of the worker. */
const WATCH_MS = 12_000;

let services: OwnServices;
let programs: Program[] = [];
const homes: Home[] = [];

beforeAll(async () => {
  services = await startOwnServices();
});
afterAll(async () => {
  for (const program of programs) await program.kill();
  for (const home of homes) home.remove();
  await services?.dispose();
});

async function start(roles: string, env: Readonly<Record<string, string>> = {}): Promise<Program> {
  const urls = { DATABASE_URL: services.databaseUrl(), KAFKA_BROKERS: services.kafkaBrokers().join(',') };
  const home = await makeHome({ ...urls, ...env });
  homes.push(home);
  const program = await startProgram(home, ['serve', '--roles', roles]);
  programs.push(program);
  return program;
}

it('an exclusion that goes on is confirmed, and stays open over its ticks', async () => {
  const { url } = await start('intake,recorder,publisher,api');
  await put(url, '/zones/Z-1', rectangle('Zone', 1.07, 51.27, 1.09, 51.29));
  const fitted = { tagId: 'T-1', since: '2026-01-01T00:00:00Z' };
  await fitTag(url, fitted);
  // In force now, and over before the worker's clock.
  const atHour = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  await put(url, '/conditions/C-T-1', {
    orderId: 'O-T-1',
    kind: 'exclusion',
    zoneId: 'Z-1',
    startsAt: fitted.since,
    schedule: { timeZone: 'UTC', windows: [{ days, from: atHour(-3), to: atHour(3) }] },
  });
  const preload = pathToFileURL(join(import.meta.dirname, '../support/fast-clock.mjs')).href;
  await start('engine,api', { NODE_OPTIONS: `--import ${preload}`, TEST_CLOCK_AHEAD_MS: String(DAY_MS) });

  const feed = await openFeed(url);
  await sendFixes(services.kafkaBrokers(), 'T-1', INSIDE);
  const { event } = await feed.waitFor((message) => message.event?.type === 'confirmed');
  expect(event).toMatchObject({ tagId: 'T-1', kind: 'exclusion', historic: false, delayedByMs: 0 });
  await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
  await sendFixes(services.kafkaBrokers(), 'T-1', INSIDE, 1);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(feed.events().map(({ type }) => type)).not.toContain('ended');
  const { body } = await send(url, 'GET', '/alerts?status=open');
  const { items } = body as { items: { kind: string; episode: { endedAt: string | null } }[] };
  expect(items.map(({ kind, episode }) => [kind, episode.endedAt])).toEqual([['exclusion', null]]);
  feed.close();
  programs = programs.filter(({ child }) => child.exitCode === null);
});

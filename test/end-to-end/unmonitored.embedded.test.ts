/**
 * The running program, and a man who is tagged and not monitored: told on the feed, on the register and in the metrics, also after a
 * restart; over when the tag is heard, and still there until a person has disposed of it.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fitTag } from '../support/cohort.js';
import { type Home, makeHome, openFeed, type Program, put, send, startProgram } from '../support/program.js';

const SINCE = new Date(Date.now() - 3 * 86_400_000).toISOString();
/** Under an order without a tag; one of them until the order ends by itself. */
const [UNTAGGED, UNTIL_END] = ['untagged', 'until-end'] as const;
const [NEVER, SILENT, NOT_ASKED] = ['T-never', 'T-silent', 'T-not-asked'] as const;
/** The least that a model may say. */
const SILENT_AFTER_SECONDS = 60;
/** Who sends to a program that was away has five minutes to send again; ticks come every five seconds of the machine, and no gap of a minute may be between them. */
const CLOCK_TIMES = 10;
const TOLD_LIMIT_MS = 150_000;
/** Of the program's clock: told after five minutes of knowing, with time enough for a busy machine, and over soon after. */
const ORDER_LASTS_MS = 9 * 60_000;

interface Standing {
  readonly tagId: string;
  readonly wearerId: string;
  readonly kind: string;
  readonly reason?: string;
  readonly severity: string;
  readonly why: readonly string[];
  readonly alertId: string;
  readonly episode: { readonly startedAt: string; readonly endedAt: string | null };
}

let home: Home;
let program: Program;
let orderEndsAtMs: number;

const position = (tagId: string, latitude = 53.43) => ({
  tagId,
  fixedAt: new Date().toISOString(),
  latitude,
  longitude: -2.93,
  accuracyMetres: 5,
});

/** By the program's clock. */
async function nowMs(): Promise<number> {
  const feed = await openFeed(program.url);
  const { serverTime } = await feed.waitFor(({ type }) => type === 'hello');
  feed.close();
  return Date.parse(serverTime!);
}

async function register(): Promise<{ items: Standing[]; counts: { total: number; byKind: Record<string, number> } }> {
  const { status, body } = await send(program.url, 'GET', '/register');
  expect(status).toBe(200);
  return body;
}

async function standingOf(tagId: string): Promise<Standing | undefined> {
  return (await register()).items.find((item) => item.tagId === tagId);
}

const standingWithoutTag = (id: string) => standingOf(`wearer/W-${id}`);

beforeAll(async () => {
  const preload = pathToFileURL(join(import.meta.dirname, '../support/fast-clock.mjs')).href;
  home = await makeHome({ NODE_OPTIONS: `--import ${preload}`, TEST_CLOCK_TIMES: String(CLOCK_TIMES) });
  program = await startProgram(home);
  for (const tagId of [NEVER, SILENT, NOT_ASKED]) await fitTag(program.url, { tagId, since: SINCE });
  const model = { name: 'Says when it is silent', accuracyConvention: 'r95', intervalSeconds: 10 };
  await put(program.url, '/tag-models/M-watched', { ...model, silentAfterSeconds: SILENT_AFTER_SECONDS });
  await put(program.url, '/tag-models/M-not-asked', { ...model, silentAfterSeconds: null });
  await put(program.url, `/tags/${NEVER}`, { modelId: 'M-watched' });
  await put(program.url, `/tags/${SILENT}`, { modelId: 'M-watched' });
  await put(program.url, `/tags/${NOT_ASKED}`, { modelId: 'M-not-asked' });
  for (const id of [UNTAGGED, UNTIL_END]) await put(program.url, `/wearers/W-${id}`, { name: id });
  await put(program.url, `/orders/O-${UNTAGGED}`, { wearerId: `W-${UNTAGGED}`, type: 'licence', startsAt: SINCE });
  orderEndsAtMs = (await nowMs()) + ORDER_LASTS_MS;
  const endsAt = new Date(orderEndsAtMs).toISOString();
  await put(program.url, `/orders/O-${UNTIL_END}`, {
    wearerId: `W-${UNTIL_END}`,
    type: 'bail',
    startsAt: SINCE,
    endsAt,
  });
});

afterAll(async () => {
  await program?.stop();
  home?.remove();
});

test('one that was never heard and one that fell silent are told, with since when, and stand on the register', async () => {
  const feed = await openFeed(program.url);
  const heardFromMs = await nowMs();
  const pings = [position(SILENT), position(NOT_ASKED)];
  expect((await send(program.url, 'POST', '/pings', pings)).status).toBe(202);
  const heardToMs = await nowMs();
  const told =
    (tagId: string) =>
    ({ event }: { event?: { tagId: string; kind: string } }) =>
      event?.tagId === tagId && event.kind === 'unmonitored';
  const [never, silent] = await Promise.all([
    feed.waitFor(told(NEVER), TOLD_LIMIT_MS),
    feed.waitFor(told(SILENT), TOLD_LIMIT_MS),
  ]);
  feed.close();
  expect(never.event).toMatchObject({ wearerId: `W-${NEVER}`, activationId: `A-${NEVER}`, reason: 'never-heard' });
  expect(silent.event).toMatchObject({ wearerId: `W-${SILENT}`, reason: 'silent' });

  const standing = (await standingOf(NEVER))!;
  expect(standing).toMatchObject({ kind: 'unmonitored', severity: 'high', why: ['not-seen'] });
  expect(standing.episode).toEqual({ startedAt: SINCE, endedAt: null });
  const sinceMs = Date.parse((await standingOf(SILENT))!.episode.startedAt);
  expect(sinceMs).toBeGreaterThanOrEqual(heardFromMs);
  expect(sinceMs).toBeLessThanOrEqual(heardToMs);
  expect(await standingOf(NOT_ASKED)).toBeUndefined();
});

test('an order in force without a tag is told, with since when, and is over by the clock when the order ends', async () => {
  await expect
    .poll(() => standingWithoutTag(UNTAGGED), { timeout: TOLD_LIMIT_MS })
    .toMatchObject({
      kind: 'unmonitored',
      reason: 'no-tag',
      severity: 'high',
      why: ['not-seen'],
      wearerId: `W-${UNTAGGED}`,
      episode: { startedAt: SINCE, endedAt: null },
    });
  const cohort: { items: readonly { wearerId: string }[] } = (await send(program.url, 'GET', '/cohort')).body;
  const row = cohort.items.find(({ wearerId }) => wearerId === `W-${UNTAGGED}`);
  expect(row).toMatchObject({ isMonitored: false, missing: 'fitted', monitoredSince: SINCE });

  const endedAt = new Date(orderEndsAtMs).toISOString();
  const episode = { startedAt: SINCE, endedAt };
  await expect.poll(() => standingWithoutTag(UNTIL_END), { timeout: TOLD_LIMIT_MS }).toMatchObject({ episode });
  expect(await standingWithoutTag(UNTIL_END)).toMatchObject({ endedBecause: 'order-ended' });

  expect((await register()).counts.byKind).toMatchObject({ unmonitored: 4 });
  const metrics = await (await fetch(`${program.url}/metrics`)).text();
  expect(metrics).toMatch(/^tagwatch_alerts_standing_by_kind\{kind="unmonitored"\} 4$/m);
});

test('after a restart they stand there still, and are not told again', async () => {
  const before = (await register()).items.map(({ alertId }) => alertId).sort();
  expect(await program.stop()).toBe(0);
  program = await startProgram(home);
  await expect.poll(async () => (await register()).items.length).toBe(4);
  expect((await register()).items.map(({ alertId }) => alertId).sort()).toEqual(before);
});

test('heard again it is over, and stands on the register until a person has disposed of it', async () => {
  const feed = await openFeed(program.url);
  expect((await send(program.url, 'POST', '/pings', [position(SILENT, 53.431)])).status).toBe(202);
  const ended = await feed.waitFor(({ event }) => event?.tagId === SILENT && event.type === 'ended', TOLD_LIMIT_MS);
  feed.close();
  const { alertId } = ended.event!;
  const standing = (await standingOf(SILENT))!;
  expect(standing.alertId).toBe(alertId);
  expect(standing.episode.endedAt).not.toBeNull();
  const { etag } = await send(program.url, 'GET', `/alerts/${alertId}`);
  const disposal = { disposition: 'no-action', note: 'In a cellar, spoke to him by telephone' };
  const answer = await send(program.url, 'POST', `/alerts/${alertId}/dispose`, disposal, { 'if-match': etag! });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  expect(await standingOf(SILENT)).toBeUndefined();
  // The other one is not disposed of with it, and goes on.
  expect(await standingOf(NEVER)).toMatchObject({ why: ['not-seen'], episode: { startedAt: SINCE, endedAt: null } });
});

test('fitted with a tag, the order is watched again: it is over since then, and stays on the register', async () => {
  const fittedAt = new Date(await nowMs()).toISOString();
  await put(program.url, '/tags/T-late', { modelId: 'M-watched' });
  await put(program.url, '/activations/A-late', { tagId: 'T-late', wearerId: `W-${UNTAGGED}`, fittedAt });
  const episode = { startedAt: SINCE, endedAt: fittedAt };
  await expect.poll(() => standingWithoutTag(UNTAGGED)).toMatchObject({ episode });
  expect(await standingWithoutTag(UNTAGGED)).toMatchObject({ endedBecause: 'tag-fitted', why: ['not-seen'] });
});

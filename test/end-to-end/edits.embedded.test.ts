/** The running program, and what is changed on record while it runs: the ping that is sent after the answer meets it, from when it is in force. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fitTag, rectangle } from '../support/cohort.js';
import {
  type FeedAlert,
  type FeedClient,
  type Home,
  makeHome,
  openFeed,
  type Program,
  put,
  send,
  startProgram,
} from '../support/program.js';

const SINCE = new Date(Date.now() - 86_400_000).toISOString();
const TAG = 'T-edit';
const WAIT_MS = 60_000;
/** How far ahead an edit is put, and how far apart fixes are. */
const AHEAD_MS = 4_000;
const [OLD_PLACE, NEW_PLACE] = [53.505, 53.605];

let home: Home;
let program: Program;
let feed: FeedClient;

const zone = (south: number) => rectangle('Market', -2.94, south - 0.005, -2.92, south + 0.005);
async function sendPing(latitude: number): Promise<number> {
  const fixedAtMs = Date.now();
  const ping = {
    tagId: TAG,
    fixedAt: new Date(fixedAtMs).toISOString(),
    latitude,
    longitude: -2.93,
    accuracyMetres: 5,
  };
  expect((await send(program.url, 'POST', '/pings', [ping])).status).toBe(202);
  return fixedAtMs;
}
/** The first alert by a version of the zone. */
const alertBy = async (zoneVersion: number) => {
  const told = await feed.waitFor(
    ({ event }) => event?.kind === 'exclusion' && event.zoneVersion === zoneVersion,
    WAIT_MS,
  );
  return Date.parse(told.event!.episode.startedAt);
};

beforeAll(async () => {
  home = await makeHome();
  program = await startProgram(home);
  await fitTag(program.url, { tagId: TAG, since: SINCE });
  await put(program.url, '/zones/Z-edit', zone(OLD_PLACE));
  feed = await openFeed(program.url);
});
afterAll(async () => {
  feed?.close();
  await program?.stop();
  home?.remove();
});

test('a condition is obeyed by the first ping after its answer, and by none before', async () => {
  await sendPing(OLD_PLACE);
  const askedAtMs = Date.now();
  await put(program.url, '/conditions/C-edit', {
    orderId: `O-${TAG}`,
    kind: 'exclusion',
    zoneId: 'Z-edit',
    confirmOn: 'first-fix',
    startsAt: new Date(askedAtMs).toISOString(),
  });
  await sendPing(OLD_PLACE);
  expect(await alertBy(1)).toBeGreaterThanOrEqual(askedAtMs);
  process.stdout.write(`from asking for a condition to the alert by it: ${Date.now() - askedAtMs} ms\n`);
});

test('what is open goes on when the words of the order come on record, and is told with them', async () => {
  const wording = 'Not to enter the market.';
  const { body } = await send(program.url, 'GET', '/conditions/C-edit');
  const { orderId, kind, zoneId, confirmOn, startsAt } = body as Record<string, string>;
  await put(program.url, '/conditions/C-edit', { orderId, kind, zoneId, confirmOn, startsAt, wording });
  await sendPing(OLD_PLACE);
  const now = (await send(program.url, 'GET', `/conditions-now?wearerId=W-${TAG}`)).body;
  expect(now).toMatchObject({ conditions: [{ conditionId: 'C-edit', conditionVersion: 1, wording }] });
  const { items } = (await send(program.url, 'GET', '/alerts?kind=exclusion')).body as { items: FeedAlert[] };
  expect(items).toMatchObject([{ status: 'open', conditionVersion: 1, episode: { endedAt: null } }]);
  const draft = (await send(program.url, 'GET', `/wearers/W-${TAG}/recall-draft?alertId=${items[0]!.alertId}`)).body;
  expect(draft).toMatchObject({ draft: { form: { conditions: expect.stringContaining(wording) } } });
});

test('a zone that moves at a time is where it was until then, and where it goes from then on', async () => {
  const effectiveAtMs = Date.now() + AHEAD_MS;
  const moved = zone(NEW_PLACE) as { readonly properties: object };
  const effectiveAt = new Date(effectiveAtMs).toISOString();
  await put(program.url, '/zones/Z-edit', { ...moved, properties: { ...moved.properties, effectiveAt } });
  // Between the two is a jump that nobody makes: each place is heard of twice.
  const before = await sendPing(NEW_PLACE);
  await delay(Math.max(0, effectiveAtMs - Date.now()) + 100);
  await sendPing(NEW_PLACE);
  await delay(1_000);
  await sendPing(NEW_PLACE);
  const startedAtMs = await alertBy(2);
  expect(before < effectiveAtMs ? startedAtMs : effectiveAtMs).toBeGreaterThanOrEqual(effectiveAtMs);
  // What went on before ended by the move, and by nothing before it.
  const ended = feed.events().filter(({ type, kind }) => type === 'ended' && kind === 'exclusion');
  expect(ended.map(({ conditionVersion, zoneVersion }) => [conditionVersion, zoneVersion])).toEqual([[1, 1]]);
});

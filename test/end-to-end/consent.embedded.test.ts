/** The running program, and somebody who wears a tag of their own will: from the withdrawal on nothing is kept, judged or shown of it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exclude, fitTag, rectangle } from '../support/cohort.js';
import { type Home, makeHome, openFeed, type Program, put, send, startProgram } from '../support/program.js';

const SINCE = new Date(Date.now() - 86_400_000).toISOString();
const [VOLUNTARY, OTHER] = ['T-voluntary', 'T-other'] as const;
const FITTED = [VOLUNTARY, OTHER].map((tagId) => ({ tagId, since: SINCE }));
const WAIT_MS = 60_000;

/** What of answers is looked at. */
interface Answered {
  readonly body: {
    readonly features: readonly { readonly properties: { readonly fixedAt: string } }[];
    readonly items: readonly { readonly wearerId: string; readonly consentEndedAt: string | null }[];
    readonly fixedAt: string;
    readonly errors: readonly { readonly pointer: string }[];
  };
}

let home: Home;
let program: Program;

const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();
async function sendPing(tagId: string, fixedAt: string, latitude: number): Promise<void> {
  const ping = { tagId, fixedAt, latitude, longitude: -2.93, accuracyMetres: 5 };
  expect((await send(program.url, 'POST', '/pings', [ping])).status).toBe(202);
}
const trailOf = async (tagId: string): Promise<string[]> => {
  const { body }: Answered = await send(program.url, 'GET', `/wearers/W-${tagId}/trail?from=${SINCE}`);
  return body.features.map(({ properties }) => properties.fixedAt);
};
const cohortOf = async (tagId: string) => {
  const { body }: Answered = await send(program.url, 'GET', '/cohort');
  return body.items.find(({ wearerId }) => wearerId === `W-${tagId}`);
};

beforeAll(async () => {
  home = await makeHome();
  program = await startProgram(home);
  await put(program.url, '/zones/Z-1', rectangle('Market', -2.94, 53.5, -2.92, 53.51));
  for (const fitted of FITTED) {
    await fitTag(program.url, fitted);
    await exclude(program.url, fitted, 'Z-1');
  }
  const wearerId = `W-${VOLUNTARY}`;
  await put(program.url, `/orders/O-${VOLUNTARY}`, { wearerId, type: 'voluntary', startsAt: SINCE });
  await put(program.url, '/consents/CS-1', { wearerId, givenAt: SINCE, evidence: 'signed' });
});
afterAll(async () => {
  await program?.stop();
  home?.remove();
});

test('what was collected before the withdrawal stays; nothing is kept, judged or shown after it, and of nobody else less', async () => {
  const before = secondsAgo(120);
  for (const { tagId } of FITTED) await sendPing(tagId, before, 53.43);
  await expect.poll(() => trailOf(VOLUNTARY), { timeout: WAIT_MS }).toEqual([before]);
  expect((await cohortOf(VOLUNTARY))?.consentEndedAt).toBeNull();

  const withdrawnAt = secondsAgo(60);
  const consent = { wearerId: `W-${VOLUNTARY}`, givenAt: SINCE, evidence: 'signed' };
  await put(program.url, '/consents/CS-1', { ...consent, withdrawnAt });
  const feed = await openFeed(program.url);
  // Into the zone, in two fixes each.
  const after = [secondsAgo(30), secondsAgo(10)];
  for (const fixedAt of after) for (const { tagId } of FITTED) await sendPing(tagId, fixedAt, 53.505);

  const alerted = await feed.waitFor(({ event }) => event?.kind === 'exclusion', WAIT_MS);
  expect(alerted.event?.wearerId).toBe(`W-${OTHER}`);
  feed.close();
  await expect.poll(() => trailOf(OTHER), { timeout: WAIT_MS }).toEqual([before, ...after]);
  expect(await trailOf(VOLUNTARY)).toEqual([before]);
  const { body: alerts }: Answered = await send(program.url, 'GET', `/alerts?wearerId=W-${VOLUNTARY}`);
  expect(alerts.items).toEqual([]);
  const { body: position }: Answered = await send(program.url, 'GET', `/wearers/W-${VOLUNTARY}/position`);
  expect(position.fixedAt).toBe(before);
  expect(await cohortOf(VOLUNTARY)).toMatchObject({
    consentEndedAt: withdrawnAt,
    isMonitored: false,
    missing: 'fitted',
  });
});

test('a withdrawal is not undone, nor moved; another order goes on by itself', async () => {
  const consent = { wearerId: `W-${VOLUNTARY}`, givenAt: SINCE, evidence: 'signed' };
  for (const more of [{}, { withdrawnAt: new Date().toISOString() }]) {
    const { status, body }: Answered & { status: number } = await send(program.url, 'PUT', '/consents/CS-1', {
      ...consent,
      ...more,
    });
    expect([status, body.errors[0]?.pointer]).toEqual([422, '/withdrawnAt']);
  }
  const other = { wearerId: `W-${OTHER}`, givenAt: SINCE, evidence: 'beside the licence', withdrawnAt: secondsAgo(5) };
  await put(program.url, '/consents/CS-2', other);
  expect((await cohortOf(OTHER))?.consentEndedAt).toBeNull();
});

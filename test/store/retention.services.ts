/** Retention on PostGIS, where others write meanwhile: a hold that is placed while something is deleted. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NewVersion, RecordKind } from '../../src/ports/records.js';
import { insertPings } from '../../src/store/pings.js';
import { recordStore } from '../../src/store/record-store.js';
import { retentionStore } from '../../src/store/retention.js';
import { openTestPostgres, type TestDatabase } from '../support/database.js';
import { pingAt, TEST_START_MS } from '../support/pings.js';
import { retentionSuite } from './retention.suite.js';

retentionSuite('on PostGIS', openTestPostgres);

const DAY_MS = 86_400_000;
const iso = (ms: number) => new Date(ms).toISOString();
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestPostgres();
});
afterAll(async () => await database?.stop());

const version = (id: string, content: object) =>
  ({ id, version: 1, content, recordedAt: iso(TEST_START_MS), author: 'P-1', effectiveAtGiven: false }) as NewVersion;
const write = async (kind: RecordKind, id: string, content: object) =>
  await database.db.transaction((tx) => recordStore.write(tx, kind, [version(id, content)]));

async function fitTag(name: string): Promise<{ wearerId: string; tagId: string }> {
  const [wearerId, tagId] = [`W-${name}`, `T-${name}`];
  await write('wearer', wearerId, { name });
  await write('tag', tagId, {});
  await write('activation', `A-${name}`, { wearerId, tagId, fittedAt: iso(TEST_START_MS) });
  const rows = Array.from({ length: 20 }, (_, n) => ({
    ping: pingAt(tagId, n * 60),
    receivedAtMs: TEST_START_MS + n * 60_000,
    partition: 0,
    offset: n,
  }));
  await database.db.transaction((tx) => insertPings(tx, rows, { aheadLimitMs: 60_000, zeroDegrees: 0.01 }));
  return { wearerId, tagId };
}
const hold = (wearerId: string) => ({
  wearerId,
  startsAt: iso(TEST_START_MS),
  endsAt: iso(TEST_START_MS + DAY_MS),
  reason: 'inquest',
});
const step = { olderThanMs: TEST_START_MS + 30 * DAY_MS, nowMs: TEST_START_MS + 400 * DAY_MS, limit: 5 };
const countOf = async (tagId: string) =>
  (await database.db.query('select from ping where tag_id = $1', [tagId])).rows.length;
const untilSomebodyWaits = () =>
  expect
    .poll(
      async () => {
        const { rows } = await database.db.query<{ waiting: number }>(
          `select count(*)::int as waiting from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock' and wait_event = 'advisory'`,
        );
        return rows[0]!.waiting;
      },
      { timeout: 60_000 },
    )
    .toBe(1);

it('a hold waits for the step under way, and no later step touches what it holds', async () => {
  const { wearerId, tagId } = await fitTag('step-first');
  let placed: Promise<void> = Promise.resolve();
  await database.db.transaction(async (tx) => {
    expect(await retentionStore.deletePings(tx, { ...step, tagId })).toBe(5);
    placed = write('legal-hold', 'H-step-first', hold(wearerId));
    await untilSomebodyWaits();
  });
  await placed;
  expect(await database.db.transaction((tx) => retentionStore.deletePings(tx, { ...step, tagId }))).toBe(0);
  expect(await countOf(tagId)).toBe(15);
});

it.each(['hold', 'recall'])(
  'a step waits for a %s that is being placed, and deletes nothing of what it holds',
  async (what) => {
    const { wearerId, tagId } = await fitTag(`${what}-first`);
    await write('order', `O-${what}`, { wearerId, type: 'licence', startsAt: iso(TEST_START_MS) });
    const content =
      what === 'hold' ? hold(wearerId) : { wearerId, orderId: `O-${what}`, alertIds: [], form: {}, state: 'draft' };
    let deleted: Promise<number> = Promise.resolve(-1);
    await database.db.transaction(async (tx) => {
      await recordStore.write(tx, what === 'hold' ? 'legal-hold' : 'recall', [version(`X-${what}`, content)]);
      deleted = database.db.transaction((other) => retentionStore.deletePings(other, { ...step, tagId }));
      await untilSomebodyWaits();
    });
    expect(await deleted).toBe(0);
    expect(await countOf(tagId)).toBe(20);
  },
);

it('of holds placed at any moment of a run, all of what is there when one is placed stays', async () => {
  const worn = await Promise.all(Array.from({ length: 6 }, (_, n) => fitTag(`race-${n}`)));
  const deleting = worn.map(async ({ tagId }) => {
    for (let deleted = 1; deleted > 0; )
      deleted = await database.db.transaction((tx) => retentionStore.deletePings(tx, { ...step, limit: 1, tagId }));
  });
  const held = await Promise.all(
    worn.map(async ({ wearerId, tagId }, n) => {
      await new Promise((resolve) => setTimeout(resolve, n * 15));
      await write('legal-hold', `H-race-${n}`, hold(wearerId));
      return await countOf(tagId);
    }),
  );
  await Promise.all(deleting);
  expect(await Promise.all(worn.map(({ tagId }) => countOf(tagId)))).toEqual(held);
});

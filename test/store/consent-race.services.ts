/** Two people at once: one withdraws a consent, another ends the order beside it. Whoever is second has to see what the first wrote. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RecordKind } from '../../src/ports/records.js';
import { ruleOf } from '../../src/records/rules.js';
import { type RecordPut, writeRecords } from '../../src/records/write-records.js';
import { recordStore } from '../../src/store/record-store.js';
import { openTestPostgres, type TestDatabase } from '../support/database.js';

const [STARTS_AT, ENDS_AT, NOW] = ['2026-03-01T00:00:00.000Z', '2026-03-10T00:00:00.000Z', '2026-03-20T00:00:00.000Z'];

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestPostgres();
});
afterAll(async () => await database?.stop());

function toPut(kind: RecordKind, id: string, body: object): RecordPut {
  const parsed = ruleOf(kind).parse(body as never, id, null);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return { kind, id, said: parsed.said, changeReason: null, precondition: null, given: {} };
}

/** `beforeCommit` is waited for when everything is written. */
async function write(put: RecordPut, beforeCommit: () => Promise<void> = async () => {}): Promise<void> {
  const measure = async () => {
    await beforeCommit();
    return [];
  };
  const writer = { author: 'tester', correlationId: null };
  const outcome = await writeRecords({ db: database.db, store: recordStore, measure }, [put], writer, Date.parse(NOW));
  expect(outcome).toMatchObject({ type: 'written' });
}

const isSomebodyWaiting = async (): Promise<boolean> => {
  const { rows } = await database.db.query<{ count: number }>(
    `select count(*) as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    [],
  );
  return rows[0]!.count > 0;
};

const order = (wearerId: string, end: object) =>
  toPut('order', `O-${wearerId}`, { wearerId, type: 'bail', startsAt: STARTS_AT, ...end });
const consent = (wearerId: string, end: object) =>
  toPut('consent', `CS-${wearerId}`, { wearerId, givenAt: STARTS_AT, evidence: 'signed', ...end });

it.each(['the order first', 'the consent first'])('collection ends when both have ended: %s', async (first) => {
  const wearerId = `W-${first.split(' ')[1]}`;
  await write(toPut('wearer', wearerId, { name: wearerId }));
  await write(toPut('tag', `T-${wearerId}`, {}));
  await write(order(wearerId, {}));
  await write(consent(wearerId, {}));
  const fitted = { wearerId, tagId: `T-${wearerId}`, fittedAt: STARTS_AT };
  await write(toPut('activation', `A-${wearerId}`, fitted));

  const ends = [order(wearerId, { endsAt: ENDS_AT }), consent(wearerId, { withdrawnAt: ENDS_AT })];
  const [one, other] = first === 'the order first' ? ends : ends.reverse();
  let second = Promise.resolve();
  await write(one!, async () => {
    second = write(other!);
    await expect.poll(isSomebodyWaiting).toBe(true);
  });
  await second;
  const { rows } = await database.db.query<{ collects_until: Date | null }>(
    'select collects_until from activation where wearer_id = $1',
    [wearerId],
  );
  expect(rows).toEqual([{ collects_until: new Date(ENDS_AT) }]);
});

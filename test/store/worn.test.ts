/** A tag that stays on when collection has ended: nothing that reads the record has what it told afterwards as the wearer's. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewVersion, RecordKind } from '../../src/ports/records.js';
import { readCohort } from '../../src/store/cohort.js';
import { listWearersBetween, readRecordedFixes } from '../../src/store/match-fixes.js';
import { insertPings } from '../../src/store/pings.js';
import { mergeReconcileRequests } from '../../src/store/reconcile.js';
import { writeHeads } from '../../src/store/record-heads.js';
import { listWorn, readTagsWorn } from '../../src/store/rehearsals.js';
import { listTagsWorn, readDayFixes, readDeviceEvents } from '../../src/store/timeline.js';
import { latestPositions, readMessagesAfter, readTrail } from '../../src/store/trail.js';
import { listUntagged, readWearerFacts } from '../../src/store/untagged.js';
import { watchStore } from '../../src/store/watch.js';
import { openTestPglite, type TestDatabase } from '../support/database.js';
import { pingAt, TEST_START_MS } from '../support/pings.js';

const MINUTE_MS = 60_000;
const LIMITS = { aheadLimitMs: MINUTE_MS, zeroDegrees: 0.01 };
const atMs = (minute: number) => TEST_START_MS + minute * MINUTE_MS;
const instantOf = (minute: number) => new Date(atMs(minute)).toISOString();
/** Collection ends at minute 10, which is recorded after minute 30. */
const [FROM_MS, ENDED_MS, UNTIL_MS] = [atMs(0), atMs(10), atMs(30)];
const AFTER = { fromMs: ENDED_MS, untilMs: UNTIL_MS };
const ALL = { fromMs: FROM_MS, untilMs: UNTIL_MS };

let database: TestDatabase;

const write = async (kind: RecordKind, id: string, content: object) =>
  await database.db.transaction((tx) =>
    writeHeads(tx, kind, [{ id, version: 1, content, recordedAt: instantOf(0) } as NewVersion]),
  );

/** Each with fixes and messages of two minutes, before and after; `W-own` withdraws, `W-ordered` is under an order. */
const WEARERS = ['own', 'ordered'] as const;
beforeAll(async () => {
  database = await openTestPglite();
  const model = { name: 'M', supplier: 'S', accuracyConvention: 'r95', intervalSeconds: 60 };
  await write('tag-model', 'M', model);
  for (const name of WEARERS) {
    const wearerId = `W-${name}`;
    await write('wearer', wearerId, { name });
    await write('tag', `T-${name}`, { modelId: 'M' });
    await write('activation', `A-${name}`, { tagId: `T-${name}`, wearerId, fittedAt: instantOf(0) });
    await write('consent', `CS-${name}`, { wearerId, givenAt: instantOf(0) });
    const rows = [1, 5, 15, 25].flatMap((minute) => {
      const received = { receivedAtMs: atMs(minute) + 1_000, partition: 0 };
      return [
        { ping: pingAt(`T-${name}`, minute * 60), offset: 2 * minute, ...received },
        {
          ping: { ...pingAt(`T-${name}`, minute * 60 + 30), position: null, deviceEvents: ['strap-tamper' as const] },
          offset: 2 * minute + 1,
          receivedAtMs: received.receivedAtMs + 30_000,
          partition: 0,
        },
      ];
    });
    await database.db.transaction((tx) => insertPings(tx, rows, LIMITS));
  }
  await write('order', 'O-ordered', { wearerId: 'W-ordered', type: 'bail', startsAt: instantOf(0) });
  // From then on he is to wear a tag again, and nothing is collected of the one that is on.
  await write('order', 'O-own', { wearerId: 'W-own', type: 'bail', startsAt: instantOf(20) });
  for (const name of WEARERS) {
    const content = { wearerId: `W-${name}`, givenAt: instantOf(0), withdrawnAt: instantOf(10) };
    await write('consent', `CS-${name}`, content);
  }
});
afterAll(async () => await database?.stop());

type Db = TestDatabase['db'];
/** What is told of a wearer's time after minute 10, by each that tells something. */
const READERS: Record<string, (db: Db, name: string) => Promise<readonly unknown[]>> = {
  trail: async (db, name) => {
    const query = { wearerId: `W-${name}`, fromMs: ENDED_MS, toMs: UNTIL_MS, limit: 9 };
    return (await readTrail(db, query)).points;
  },
  'newest position': async (db, name) => {
    const { newest } = await latestPositions(db, `W-${name}`, LIMITS.aheadLimitMs);
    return newest !== null && newest.fixedAtMs >= ENDED_MS ? [newest] : [];
  },
  'messages after it': async (db, name) =>
    await readMessagesAfter(db, { wearerId: `W-${name}`, afterMs: ENDED_MS, aheadLimitMs: LIMITS.aheadLimitMs }),
  'tags of days': async (db, name) => await listTagsWorn(db, { wearerId: `W-${name}`, ...AFTER }),
  'fixes of days': async (db, name) =>
    (await readDayFixes(db, { wearerId: `W-${name}`, ...ALL })).filter(({ fixedAtMs }) => fixedAtMs >= ENDED_MS),
  'device events of days': async (db, name) => (await readDeviceEvents(db, { wearerId: `W-${name}`, ...AFTER })).items,
  'wearers that crimes are matched against': async (db, name) =>
    (await listWearersBetween(db, ENDED_MS, UNTIL_MS)).filter((wearerId) => wearerId === `W-${name}`),
  'fixes that crimes are matched against': async (db, name) =>
    await readRecordedFixes(db, `W-${name}`, ENDED_MS, UNTIL_MS),
  'tags that are rehearsed': async (db, name) => await readTagsWorn(db, { wearerIds: [`W-${name}`], ...AFTER }),
  'wearers that are rehearsed': async (db, name) =>
    (await listWorn(db, { ...AFTER, after: '', limit: 9 })).filter((wearerId) => wearerId === `W-${name}`),
  'what the engine is told of the tag': async (db, name) => {
    const [tag] = (await watchStore.readTagFacts(db, [`T-${name}`])).tags;
    return tag!.activations.filter(({ removedAtMs }) => removedAtMs === null || removedAtMs > ENDED_MS);
  },
  'tags that are on': async (db, name) => {
    const [facts] = await readWearerFacts(db, [`W-${name}`]);
    return facts!.worn.filter(({ removedAtMs }) => removedAtMs === null || removedAtMs > ENDED_MS);
  },
  'who needs no tag': async (db, name) => {
    const untagged = await listUntagged(db, UNTIL_MS);
    return untagged.some(({ id }) => id === `W-${name}`) ? [] : [name];
  },
  'activations that a re-run of the tag leaves to the live fold': async (db, name) => {
    const asked = { epoch: 'E', partition: 0, offset: 0, requestedAtMs: UNTIL_MS, baseAtMs: UNTIL_MS };
    const request = { ...asked, activationId: null, tagId: `T-${name}`, fromMs: FROM_MS, toMs: UNTIL_MS };
    await db.transaction((tx) => mergeReconcileRequests(tx, 'E', [request]));
    const { rows } = await db.query<{ base_at: Date }>('select base_at from reconcile_request where tag_id = $1', [
      `T-${name}`,
    ]);
    return rows.some(({ base_at }) => base_at.getTime() === ENDED_MS) ? [] : [name];
  },
  cohort: async (db, name) => {
    const [row] = await readCohort(db, [`W-${name}`], { nowMs: UNTIL_MS, fromMs: FROM_MS });
    return row!.activations.filter(
      ({ removedAtMs, heard }) => (removedAtMs ?? Infinity) > ENDED_MS || (heard?.lastFixAtMs ?? 0) >= ENDED_MS,
    );
  },
};

describe.each(Object.entries(READERS))('%s', (_, read) => {
  it('has nothing of the time after collection ended, and of who is under an order as well has it', async () => {
    expect(await read(database.db, 'own')).toEqual([]);
    expect(await read(database.db, 'ordered')).not.toEqual([]);
  });
});

it('what ends a tag’s time is asked of the view, but where it is written, or checked against other records', () => {
  const folder = new URL('../../src/store/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  const naming = files.filter((name) =>
    /\b(removed_at|collects_until)\b/.test(readFileSync(new URL(name, folder), 'utf8')),
  );
  expect(naming.sort()).toEqual(['cohort.ts', 'pings.ts', 'record-facts.ts', 'record-heads.ts']);
});

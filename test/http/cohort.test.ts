/** `GET /api/v1/cohort`: what it tells of everybody within scope, from records and alerts on an embedded database. */
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../src/http/app.js';
import { registerCohort } from '../../src/http/routes/schemes/cohort.js';
import { registerWanted } from '../../src/http/routes/wearers/wanted.js';
import { readCohortRows } from '../../src/start/cohort.js';
import { foldAlertEvents } from '../../src/store/alerts.js';
import { listWearerIds } from '../../src/store/cohort.js';
import { readPriorityFacts } from '../../src/store/priority-facts.js';
import { listWanted } from '../../src/store/wanted.js';
import type { LiveView } from '../../src/views/live-view.js';
import { action, finding } from '../alerts/events.js';
import { AS, testAccess } from '../support/access.js';
import { openTestPglite, type TestDatabase } from '../support/database.js';
import { openTestLog } from '../support/embedded-log.js';
import { createTestClock, openRecordsApi } from '../support/records.js';
import { silentLog } from '../support/silent-log.js';
import { square } from './records.suite.js';

const NOW = '2026-03-20T12:00:00.000Z';
const NOW_MS = Date.parse(NOW);
const SINCE = '2026-03-10T00:00:00.000Z';
const WEARERS = ['W-a', 'W-b', 'W-c', 'W-out'];

let database: TestDatabase;
let close: () => Promise<void>;
let app: Awaited<ReturnType<typeof createApp>>;

const activationIdOf = (wearerId: string) => `A-${wearerId}`;

/** W-a is heard; W-b has been silent for a day; W-c has an order and no tag. */
const liveView: Pick<LiveView, 'position' | 'activationAt'> = {
  position: (wearerId) =>
    wearerId === 'W-a' || wearerId === 'W-b'
      ? ({
          wearerId,
          activationId: activationIdOf(wearerId),
          receivedAtMs: NOW_MS,
          ping: { fixedAtMs: NOW_MS - (wearerId === 'W-a' ? 60_000 : 86_400_000), batteryPercent: 71 },
        } as ReturnType<LiveView['position']>)
      : null,
  activationAt: (tagId) => ({
    activationId: activationIdOf(tagId.slice(2)),
    wearerId: tagId.slice(2),
    fittedAtMs: Date.parse(SINCE),
    removedAtMs: null,
    terms: [],
  }),
};

beforeAll(async () => {
  database = await openTestPglite();
  const { db } = database;
  const { log, dispose } = await openTestLog();
  const clock = createTestClock(NOW);
  const records = await openRecordsApi(db, log, clock);
  const put = async (path: string, body: object) => {
    const answer = await records.put(`${path}?wait=false`, body);
    expect([path, answer.statusCode, answer.body]).toEqual([path, expect.toBeOneOf([201, 202]), answer.body]);
  };
  const window = { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '19:00', to: '07:00' };
  await put('/zones/Z-home', square(0.5, 51.5));
  for (const wearerId of WEARERS) {
    await put(`/wearers/${wearerId}`, { name: wearerId === 'W-b' ? '=2+5' : `Name of ${wearerId}`, force: 'kent' });
    await put(`/orders/O-${wearerId}`, { wearerId, type: 'hdc', startsAt: SINCE });
    if (wearerId === 'W-c') continue;
    await put(`/tags/T-${wearerId}`, {});
    await put(`/activations/${activationIdOf(wearerId)}`, { tagId: `T-${wearerId}`, wearerId, fittedAt: SINCE });
    await put(`/conditions/C-${wearerId}`, {
      orderId: `O-${wearerId}`,
      kind: 'curfew',
      zoneId: 'Z-home',
      startsAt: SINCE,
      schedule: { timeZone: 'Europe/London', windows: [window] },
    });
  }
  const judgement = { effectiveAt: SINCE };
  const judge = async (path: string, body: object) =>
    expect((await records.put(path, body)).statusCode).toBeLessThan(300);
  await judge('/rag-ratings/W-a', { rating: 'amber', evidence: 'scores', ...judgement });
  await judge('/rag-ratings/W-a', { rating: 'red', evidence: 'planned', effectiveAt: '2026-04-01T00:00:00Z' });
  await judge('/rag-ratings/W-b', { rating: 'red', evidence: 'x', nextReviewAt: '2026-03-19T00:00:00Z' });
  await judge('/mappa/W-b', { category: 2, level: 3 });
  await judge('/memberships/W-b', { cohort: 'FIXED', ...judgement });
  await judge('/wearer-flags/W-a', { flags: ['visit in pairs'] });
  const wanted = { flags: [], wanted: 'unlawfully-at-large' };
  await judge('/wearer-flags/W-b', { flags: [], wanted: 'wanted', ...judgement });
  await judge('/wearer-flags/W-b', { flags: [], effectiveAt: '2026-04-01T00:00:00Z' });
  await judge('/wearer-flags/W-c', { ...wanted, wantedSince: '2026-03-18T09:00:00+01:00' });
  for (const [wrong, why] of [
    [{ flags: [], wantedSince: SINCE }, 'goes with wanted'],
    [{ ...wanted, wantedSince: '2026-03-20T12:00:01Z' }, 'is in the future'],
  ] as const) {
    const refused = await records.put('/wearer-flags/W-c', wrong);
    expect([refused.statusCode, refused.json().errors]).toMatchObject([
      422,
      [{ pointer: '/wantedSince', detail: expect.stringContaining(why) }],
    ]);
  }
  await judge('/wearer-flags/W-out', wanted);
  const fixes = [
    ['T-W-a', SINCE],
    ['T-W-a', '2026-03-20T11:59:00Z'],
    ['T-W-b', '2026-03-11T12:00:00Z'],
    ['T-W-b', '2026-03-19T12:00:00Z'],
  ];
  for (const [i, [tagId, fixedAt]] of fixes.entries())
    await db.query(
      `insert into ping (tag_id, fixed_at, identity, received_at, fitted, log_partition, log_offset)
       values ($1, $2::timestamptz, 'i', $2::timestamptz, 'fitted', 0, $3::bigint)`,
      [tagId, fixedAt, i],
    );
  const of = (wearerId: string) => ({
    wearerId,
    tagId: `T-${wearerId}`,
    activationId: activationIdOf(wearerId),
    conditionId: `C-${wearerId}`,
    severity: 'high' as const,
  });
  const away = { startedAt: '2026-03-15T20:00:00.000Z', endedAt: '2026-03-15T20:45:00.000Z' };
  const { conditionId: _, ...ofTag } = of('W-b');
  const events = [
    finding({ ...of('W-a'), alertId: 'AL-1', kind: 'curfew', strength: 'confirmed', type: 'confirmed', episode: away }),
    finding({
      ...ofTag,
      conditionId: null,
      conditionVersion: null,
      zoneId: null,
      zoneVersion: null,
      alertId: 'AL-2',
      kind: 'unmonitored',
      episode: { startedAt: '2026-03-19T12:00:00.000Z', endedAt: null },
    }),
  ];
  events.push(
    finding({
      ...of('W-a'),
      alertId: 'AL-3',
      kind: 'curfew',
      strength: 'confirmed',
      type: 'confirmed',
      episode: { startedAt: '2026-02-01T20:00:00.000Z', endedAt: '2026-02-01T20:45:00.000Z' },
    }),
  );
  const closed = action('disposed', [1, 0], { alertId: 'AL-3', wearerId: 'W-a', disposition: 'breach-confirmed' });
  await foldAlertEvents(
    db,
    'E-1',
    [...events, closed].map((event, seq) => ({ seq, event })),
  );
  app = await createApp({
    log: silentLog,
    access: {
      ...testAccess,
      findWearer: (wearerId) => ({
        wearerId,
        force: wearerId === 'W-out' ? 'essex' : 'kent',
        division: null,
        schemes: [],
        restrictedTo: null,
      }),
    },
  });
  registerCohort(app, {
    listIds: (after, limit) => listWearerIds(db, after, limit),
    readRows: (wearerIds, nowMs) => readCohortRows(db, liveView, wearerIds, nowMs),
    clock,
  });
  registerWanted(app, { listWanted: (query) => listWanted(db, query), clock });
  close = async () => {
    await app.close();
    await records.stop();
    await dispose();
  };
});
afterAll(async () => {
  await close?.();
  await database?.stop();
});

const get = (role: string, query = '', accept = 'application/json') =>
  app.inject({ url: `/api/v1/cohort${query}`, headers: { [AS]: role, accept } });

test('tells of everybody within scope what is in force, and who is not monitored and since when', async () => {
  const answer = await get('sergeant');
  expect(answer.statusCode).toBe(200);
  const { items, next } = answer.json();
  expect(next).toBeNull();
  expect(items).toMatchObject([
    {
      wearerId: 'W-a',
      rag: 'amber',
      ragSince: SINCE,
      mappa: null,
      flags: ['visit in pairs'],
      orderTypes: ['hdc'],
      isMonitored: true,
      missing: null,
      monitoredSince: SINCE,
      newestFixAt: '2026-03-20T11:59:00.000Z',
      batteryPercent: 71,
      daysOnTag: 10,
      openAlerts: 1,
      violations: { curfew: 1 },
      before: { violations: { curfew: 1 }, compliance: { requiredMinutes: 0, unknownMinutes: 0 } },
      reviewDueAt: '2026-04-07T00:00:00.000Z',
    },
    {
      wearerId: 'W-b',
      rag: 'red',
      mappa: { category: 2, level: 3, since: NOW },
      cohort: 'FIXED',
      isMonitored: false,
      missing: 'fixing',
      monitoredSince: '2026-03-19T12:00:00.000Z',
      reviewDueAt: '2026-03-19T00:00:00.000Z',
    },
    { wearerId: 'W-c', rag: null, isMonitored: false, missing: 'fitted', monitoredSince: SINCE, newestFixAt: null },
  ]);
});

test('who is wanted is told as it is in force, to whoever sees their alerts, page by page', async () => {
  const wanted = (query: string, role = 'supervisor') =>
    app.inject({ url: `/api/v1/wanted${query}`, headers: { [AS]: role } });
  const [b, c] = [
    { wearerId: 'W-b', wanted: 'wanted', since: SINCE },
    { wearerId: 'W-c', wanted: 'unlawfully-at-large', since: '2026-03-18T08:00:00.000Z' },
  ];
  expect((await wanted('')).json()).toEqual({ items: [b, c], next: null });
  const first = (await wanted('?limit=1')).json();
  expect(first.items).toEqual([b]);
  expect((await wanted(`?limit=1&cursor=${first.next}`)).json()).toEqual({ items: [c], next: null });
  expect((await wanted('', 'auditor')).statusCode).toBe(403);
});

test('by what is in force the alerts of the same wearers are ordered', async () => {
  const ids = ['W-a', 'W-b', 'W-c', 'W-nobody'];
  const { ragOf, wantedOf, requests } = await readPriorityFacts(database.db, ids, NOW_MS);
  expect(ids.map((wearerId) => [ragOf(wearerId), wantedOf(wearerId)])).toEqual([
    ['amber', null],
    ['red', 'wanted'],
    [null, 'unlawfully-at-large'],
    [null, null],
  ]);
  expect(requests).toEqual([]);
});

test('compliance is minutes, per activation and condition, with the unknown beside what was kept', async () => {
  const { items } = (await get('sergeant')).json();
  // Ten nights of twelve hours, and the seven hours before the first evening.
  const requiredMinutes = 10 * 720 + 420;
  expect(items[0].compliance).toEqual({
    requiredMinutes,
    keptMinutes: requiredMinutes - 45,
    excusedMinutes: 0,
    unreasonableMinutes: 45,
    unknownMinutes: 0,
    conditions: [
      {
        activationId: 'A-W-a',
        conditionId: 'C-W-a',
        kind: 'curfew',
        requiredMinutes,
        keptMinutes: requiredMinutes - 45,
        excusedMinutes: 0,
        unreasonableMinutes: 45,
        unknownMinutes: 0,
      },
    ],
  });
  // First heard at noon of the second day, and silent since noon yesterday: a morning, the first night and the last one.
  expect(items[1].compliance).toMatchObject({
    requiredMinutes,
    unknownMinutes: 1_860,
    keptMinutes: requiredMinutes - 1_860,
  });
  expect(items[2].compliance).toMatchObject({ requiredMinutes: 0, conditions: [] });
});

test('page by page the same, and not for who has no business with it', async () => {
  const first = (await get('officer', '?limit=2')).json();
  expect(first.items.map(({ wearerId }: { wearerId: string }) => wearerId)).toEqual(['W-a', 'W-b']);
  const second = (await get('officer', `?limit=2&cursor=${first.next}`)).json();
  expect(second.items.map(({ wearerId }: { wearerId: string }) => wearerId)).toEqual(['W-c']);
  expect((await get('officer', '?cursor=nonsense')).statusCode).toBe(400);
  for (const role of ['probation', 'administrator', 'auditor', 'supplier'])
    expect([role, (await get(role)).statusCode]).toEqual([role, 403]);
});

test('a file says what it is for, and no name in it is a formula', async () => {
  expect((await get('sergeant', '', 'text/csv')).statusCode).toBe(422);
  const answer = await get('sergeant', '?purpose=briefing&recipient=the%20inspector', 'text/csv');
  expect([answer.statusCode, answer.headers['content-disposition']]).toEqual([
    200,
    'attachment; filename="cohort.csv"',
  ]);
  const rows = parse(answer.body, { columns: true }) as Record<string, string>[];
  expect(
    rows.map(({ wearerId, name, monitored, missing, unknownMinutes }) => [
      wearerId,
      name,
      monitored,
      missing,
      unknownMinutes,
    ]),
  ).toEqual([
    ['W-a', 'Name of W-a', 'yes', '', '0'],
    ['W-b', "'=2+5", 'no', 'fixing', '1860'],
    ['W-c', 'Name of W-c', 'no', 'fitted', '0'],
  ]);
});

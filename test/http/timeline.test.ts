/** Days of a wearer and the conditions of now, from records, pings and alerts on an embedded database. What is measured is printed. */
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../src/http/app.js';
import { registerConditionsNow } from '../../src/http/routes/wearers/conditions-now.js';
import { registerTimeline } from '../../src/http/routes/wearers/timeline.js';
import { readConditionsNow, readTimeline } from '../../src/start/timeline.js';
import { foldAlertEvents } from '../../src/store/alerts.js';
import type { ConditionsNow, Timeline } from '../../src/wire/timeline.js';
import { action, finding } from '../alerts/events.js';
import { AS, testAccess } from '../support/access.js';
import { openTestPglite, type TestDatabase } from '../support/database.js';
import { openTestLog } from '../support/embedded-log.js';
import { createTestClock, openRecordsApi } from '../support/records.js';
import { silentLog } from '../support/silent-log.js';
import { square } from './records.suite.js';

/** The day after the clocks went back: 25 October had 25 h. */
const NOW = '2026-10-26T12:00:00.000Z';
const FITTED = '2026-03-01T00:00:00.000Z';
const HOME = [0.505, 51.505] as const;
const CURFEW_WORDS = 'To be at home between 7pm and 7am.';
/** Two kilometres away: as far as somebody gets between two fixes. */
const OUT = [0.52, 51.52] as const;

const scopeOf = (wearerId: string) => ({
  wearerId,
  force: wearerId === 'W-out' ? 'essex' : 'kent',
  division: null,
  schemes: [],
  restrictedTo: null,
});

let database: TestDatabase;
let close: () => Promise<void>;
let app: Awaited<ReturnType<typeof createApp>>;

/** A fix a minute from an instant until another (excluded). */
async function heard(tagId: string, [longitude, latitude]: readonly [number, number], from: string, until: string) {
  await database.db.query(
    `insert into ping (tag_id, fixed_at, identity, received_at, position, accuracy_metres, mechanism, fitted, log_partition, log_offset)
     select $1, at, 'i', at, st_setsrid(st_makepoint($2, $3), 4326), 10, 'GPS', 'fitted', 0, 0
     from generate_series($4::timestamptz, $5::timestamptz - interval '1 minute', interval '1 minute') as at`,
    [tagId, longitude, latitude, from, until],
  );
}

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
  await put('/zones/Z-victim', square(0.7, 51.7, 0.01, { priority: 'victim' }));
  await put('/zones/Z-town', square(0.8, 51.8));
  for (const [wearerId, force] of [
    ['W-mine', 'kent'],
    ['W-in', 'kent'],
    ['W-out', 'essex'],
  ] as const) {
    await put(`/wearers/${wearerId}`, { name: `Name of ${wearerId}`, force });
    await put(`/orders/O-${wearerId}`, { wearerId, type: 'hdc', startsAt: FITTED });
    await put(`/tags/T-${wearerId}`, {});
    await put(`/activations/A-${wearerId}`, { tagId: `T-${wearerId}`, wearerId, fittedAt: FITTED });
  }
  const ofOrder = { orderId: 'O-W-mine', startsAt: FITTED };
  await put('/conditions/C-curfew', {
    ...ofOrder,
    kind: 'curfew',
    zoneId: 'Z-home',
    wording: CURFEW_WORDS,
    schedule: { timeZone: 'Europe/London', windows: [window] },
  });
  await put('/conditions/C-victim', { ...ofOrder, kind: 'exclusion', zoneId: 'Z-victim' });
  const saturdays = { timeZone: 'Europe/London', windows: [{ days: ['sat'], from: '20:00', to: '02:00' }] };
  await put('/conditions/C-town', {
    appliesTo: 'all-wearers',
    kind: 'exclusion',
    zoneId: 'Z-town',
    schedule: saturdays,
    startsAt: FITTED,
  });
  const leave = { startsAt: '2026-10-25T20:00:00.000Z', endsAt: '2026-10-25T21:00:00.000Z', reason: 'hospital' };
  await put('/absences/AB-1', { orderId: 'O-W-mine', ...leave });
  // Local midnight of the long day until eight in the evening UTC, then an hour out, a silence of an hour, and home until now.
  await heard('T-W-mine', HOME, '2026-10-24T23:00:00Z', '2026-10-25T20:00:00Z');
  await heard('T-W-mine', OUT, '2026-10-25T20:00:00Z', '2026-10-25T21:00:00Z');
  await heard('T-W-mine', HOME, '2026-10-25T22:00:00Z', NOW);
  await db.query(
    `insert into ping (tag_id, fixed_at, identity, received_at, device_events, fitted, log_partition, log_offset)
     values ('T-W-mine', '2026-10-25T21:30:30Z', 'e', '2026-10-25T21:30:31Z', '{strap-tamper}', 'fitted', 0, 0)`,
  );
  const of = { wearerId: 'W-mine', tagId: 'T-W-mine', activationId: 'A-W-mine' };
  const events = [
    finding({
      ...of,
      alertId: 'AL-1',
      kind: 'curfew',
      conditionId: 'C-curfew',
      zoneId: 'Z-home',
      type: 'confirmed',
      strength: 'confirmed',
      episode: { startedAt: '2026-10-25T20:02:00.000Z', endedAt: '2026-10-25T22:00:00.000Z' },
    }),
    action('noted', [1, 0], { ...of, alertId: 'AL-1', note: 'rang him', at: '2026-10-25T20:30:00.000Z' }),
    finding({
      ...of,
      alertId: 'AL-old',
      episode: { startedAt: '2026-09-01T00:00:00.000Z', endedAt: '2026-09-01T01:00:00.000Z' },
    }),
  ];
  await foldAlertEvents(
    db,
    'E-1',
    events.map((event, seq) => ({ seq, event })),
  );
  app = await createApp({
    log: silentLog,
    access: {
      ...testAccess,
      // Assigned, and within the scope.
      findWearer: (wearerId) => (wearerId === 'W-nobody' ? undefined : scopeOf(wearerId)),
    },
  });
  registerTimeline(app, { readTimeline: (query) => readTimeline(db, query), clock });
  registerConditionsNow(app, {
    readConditionsNow: (wearerId, nowMs, asker) => readConditionsNow(db, wearerId, nowMs, asker),
    clock,
  });
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

const get = (role: string, path: string) => app.inject({ url: `/api/v1${path}`, headers: { [AS]: role } });
async function timeline(query: string, role = 'officer'): Promise<Timeline> {
  const answer = await get(role, `/wearers/W-mine/timeline${query}`);
  expect([answer.statusCode, answer.body]).toEqual([200, answer.body]);
  return answer.json();
}

test('the day on which the clocks go back has 25 hours, the one on which they go forward 23, and others 24', async () => {
  const hours = ({ days }: Timeline) =>
    days.map(({ date, fromAt, untilAt }) => [date, (Date.parse(untilAt) - Date.parse(fromAt)) / 3_600_000]);
  expect(hours(await timeline('?days=3'))).toEqual([
    ['2026-10-24', 24],
    ['2026-10-25', 25],
    ['2026-10-26', 24],
  ]);
  expect(hours(await timeline('?days=2&lastDay=2026-03-29'))).toEqual([
    ['2026-03-28', 24],
    ['2026-03-29', 23],
  ]);
  // The night over the change: 19:00 to 07:00 are 13 h, of which an absence takes one away.
  const { inForce, days } = await timeline('?lastDay=2026-10-25');
  expect(days[0]).toEqual({
    date: '2026-10-25',
    fromAt: '2026-10-24T23:00:00.000Z',
    untilAt: '2026-10-26T00:00:00.000Z',
  });
  expect(inForce.filter(({ kind }) => kind === 'curfew').map(({ fromAt, untilAt }) => [fromAt, untilAt])).toEqual([
    ['2026-10-24T23:00:00.000Z', '2026-10-25T07:00:00.000Z'],
    ['2026-10-25T19:00:00.000Z', '2026-10-26T00:00:00.000Z'],
  ]);
});

test('bands have no hole: at home, out, UNKNOWN over a silence, and nothing of the time to come', async () => {
  const { bands, fixes } = await timeline('?days=2');
  expect(bands.map(({ presence, fromAt, untilAt }) => [presence, fromAt, untilAt])).toEqual([
    ['home', '2026-10-24T23:00:00.000Z', '2026-10-25T20:00:00.000Z'],
    ['out', '2026-10-25T20:00:00.000Z', '2026-10-25T20:59:00.000Z'],
    ['unknown', '2026-10-25T20:59:00.000Z', '2026-10-25T22:00:00.000Z'],
    ['home', '2026-10-25T22:00:00.000Z', NOW],
  ]);
  expect(fixes).toBe((21 + 1 + 14) * 60);
  const before = await timeline('?lastDay=2026-02-28');
  expect(before.bands.map(({ presence }) => presence)).toEqual(['not-fitted']);
  const silent = await timeline('?lastDay=2026-06-01');
  expect(silent.bands.map(({ presence }) => presence)).toEqual(['unknown']);
});

test('a silence of what retention deleted is told as that, of this wearer alone', async () => {
  const tell = (wearerId: string, from: string, until: string) =>
    database.db.query(
      `insert into retention_deletion (what, tag_id, from_at, to_at, deleted, older_than, deleted_at, wearer_ids)
       values ('ping', 'T-W-mine', $1::timestamptz, $2::timestamptz, 60, now(), now(), array[$3])`,
      [from, until, wearerId],
    );
  await tell('W-mine', '2026-05-31T20:00:00Z', '2026-06-02T11:00:00Z');
  await tell('W-out', '2026-06-02T12:00:00Z', '2026-06-02T13:00:00Z');
  const { bands } = await timeline('?days=2&lastDay=2026-06-02');
  expect(bands.map(({ presence, fromAt, untilAt }) => [presence, fromAt, untilAt])).toEqual([
    ['deleted', '2026-05-31T23:00:00.000Z', '2026-06-02T11:00:00.000Z'],
    ['unknown', '2026-06-02T11:00:00.000Z', '2026-06-02T23:00:00.000Z'],
  ]);
});

test('alerts, device events, absences and notes of those days stand in it', async () => {
  const { alerts, deviceEvents, periods, notes } = await timeline('?days=2', 'officer');
  expect(alerts).toMatchObject([{ alertId: 'AL-1', kind: 'curfew', strength: 'confirmed', zoneId: 'Z-home' }]);
  expect(deviceEvents).toEqual([{ at: '2026-10-25T21:30:30.000Z', events: ['strap-tamper'] }]);
  expect(periods).toMatchObject([{ kind: 'absence', id: 'AB-1' }]);
  expect(notes).toEqual([{ alertId: 'AL-1', at: '2026-10-25T20:30:00.000Z', by: 'local', note: 'rang him' }]);
});

test('an officer sees days of who is assigned, and of others what is said of nobody', async () => {
  for (const wearerId of ['W-in', 'W-out', 'W-nobody'])
    expect([wearerId, (await get('officer', `/wearers/${wearerId}/timeline`)).statusCode]).toEqual([wearerId, 404]);
  expect((await get('supervisor', '/wearers/W-in/timeline')).statusCode).toBe(200);
  expect((await get('supervisor', '/wearers/W-out/timeline')).statusCode).toBe(404);
  expect((await get('auditor', '/wearers/W-in/timeline')).statusCode).toBe(403);
  expect((await get('supervisor', '/conditions-now?wearerId=W-out')).statusCode).toBe(404);
  expect((await get('supervisor', '/conditions-now')).statusCode).toBe(400);
  for (const query of ['?days=0', '?days=29', '?lastDay=yesterday'])
    expect((await get('officer', `/wearers/W-mine/timeline${query}`)).statusCode).toBe(400);
  expect((await get('officer', '/wearers/W-mine/timeline?lastDay=2026-02-30')).statusCode).toBe(422);
});

test('probation sees nothing of a victim’s zone, neither in the days nor in what is in force now', async () => {
  const zonesOf = (items: readonly { readonly zoneId: string }[]) => new Set(items.map(({ zoneId }) => zoneId));
  expect(zonesOf((await timeline('?days=2')).inForce)).toEqual(new Set(['Z-home', 'Z-victim']));
  expect(zonesOf((await timeline('?days=2', 'probation')).inForce)).toEqual(new Set(['Z-home']));
  const now = (await get('probation', '/conditions-now?wearerId=W-mine')).json() as ConditionsNow;
  expect(zonesOf(now.conditions).has('Z-victim')).toBe(false);
});

test('what is in force now and the next change are those of the terms that the engine judges by', async () => {
  const answer = await get('officer,sergeant', '/conditions-now?wearerId=W-mine');
  const { conditions, nextChangeAt, complete } = answer.json() as ConditionsNow;
  expect(
    conditions.map(({ conditionId, isInForce, changesAt, endsBecause, appliesToAll }) => [
      conditionId,
      isInForce,
      changesAt,
      endsBecause,
      appliesToAll,
    ]),
  ).toEqual([
    ['C-victim', true, null, null, false],
    ['C-curfew', false, '2026-10-26T19:00:00.000Z', null, false],
    ['C-town', false, '2026-10-31T20:00:00.000Z', null, true],
  ]);
  expect([nextChangeAt, complete]).toEqual(['2026-10-26T19:00:00.000Z', true]);
  expect(conditions.map(({ wording }) => wording)).toEqual([null, CURFEW_WORDS, null]);
});

test('of more than are told the newest are, and how many there are is told with them', async () => {
  await database.db.query(
    `insert into ping (tag_id, fixed_at, identity, received_at, device_events, fitted, log_partition, log_offset)
     select 'T-W-mine', at, 'said', at, '{battery-low}', 'fitted', 0, 0
     from generate_series('2026-09-01T00:00:00Z'::timestamptz, '2026-09-01T23:59:00Z', interval '1 minute') as at`,
  );
  const day = (count: number) => `2026-08-${String(count).padStart(2, '0')}T10:00:00.000Z`;
  const many = Array.from({ length: 1_005 }, (_, index) => {
    const startedAt = new Date(Date.parse(day(1)) + index * 60_000).toISOString();
    const of = { wearerId: 'W-mine', tagId: 'T-W-mine', activationId: 'A-W-mine', alertId: `AL-many-${index}` };
    const told = finding({ ...of, episode: { startedAt, endedAt: startedAt } });
    return index < 505 ? [told, action('noted', [1, 0], { ...of, note: `note ${index}`, at: startedAt })] : [told];
  }).flat();
  await foldAlertEvents(
    database.db,
    'E-1',
    many.map((event, index) => ({ seq: 100 + index, event })),
  );
  const told = await timeline('?days=1&lastDay=2026-09-01');
  expect([told.deviceEvents.length, told.onRecord.deviceEvents]).toEqual([1_000, 1_380]);
  expect(told.deviceEvents.at(-1)!.at).toBe('2026-09-01T22:59:00.000Z');
  const august = await timeline('?days=2&lastDay=2026-08-02');
  expect([august.alerts.length, august.notes.length, august.onRecord]).toEqual([
    1_000,
    500,
    { alerts: 1_005, deviceEvents: 0, notes: 505 },
  ]);
  expect([august.alerts.at(-1)!.alertId, august.notes[0]!.note]).toEqual(['AL-many-1004', 'note 504']);
  // Who may read no alerts is not told how many there are.
  const { onRecord, alerts, deviceEvents, notes } = await timeline('?days=2');
  expect(onRecord).toEqual({ alerts: alerts.length, deviceEvents: deviceEvents.length, notes: notes.length });
});

test('28 days at a ping a minute: how long they take is told', async () => {
  await heard('T-W-mine', HOME, '2026-09-27T00:00:00Z', '2026-10-24T23:00:00Z');
  const took: number[] = [];
  for (let run = 0; run < 5; run++) {
    const beganAtMs = performance.now();
    const { fixes } = await timeline('?days=28');
    took.push(performance.now() - beganAtMs);
    expect(fixes).toBeGreaterThan(39_000);
  }
  process.stdout.write(`28 days of a wearer, 5 runs: ${took.map((ms) => Math.round(ms)).join(', ')} ms\n`);
});

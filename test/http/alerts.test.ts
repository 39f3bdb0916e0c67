import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Alert } from '../../src/alerts/alert.js';
import type { AlertEvent } from '../../src/alerts/event.js';
import { applyEvent } from '../../src/alerts/fold.js';
import { compareNewestFirst, DEFAULT_ALERT_REGISTER_LIMITS, matchesFilter } from '../../src/alerts/register.js';
import { type App, createApp } from '../../src/http/app.js';
import { toAlertPage } from '../../src/http/routes/alerts/list.js';
import { type AlertsOnRecord, registerAlerts } from '../../src/http/routes/alerts/register.js';
import { DatabaseUnavailable } from '../../src/ports/database.js';
import type { EventLog } from '../../src/ports/event-log.js';
import { ALERTS, encodeJson } from '../../src/ports/topics.js';
import { type AlertLog, startAlertLog } from '../../src/views/alert-log.js';
import { action, finding, instantAt } from '../alerts/events.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { NOTHING_ON_RECORD } from '../support/priority.js';
import { silentLog } from '../support/silent-log.js';

let opened: TestLog;
let alertLog: AlertLog;
let app: App;
let isDatabaseAway: boolean;
let recorded: AlertEvent[];

/** A record that holds what a recorder would have written of `recorded`. */
const record: AlertsOnRecord = {
  isOfVictim: async () => false,
  async list(filter) {
    if (isDatabaseAway) throw new DatabaseUnavailable('away');
    const { after } = filter;
    return [...foldRecorded().values()]
      .filter((alert) => matchesFilter(alert, filter) && (after === undefined || compareNewestFirst(after, alert) < 0))
      .sort(compareNewestFirst)
      .slice(0, filter.limit);
  },
  async read(alertId) {
    if (isDatabaseAway) throw new DatabaseUnavailable('away');
    const alert = foldRecorded().get(alertId);
    const events = recorded.filter((event) => event.alertId === alertId);
    return alert === undefined
      ? null
      : { alert, events: events.map((event) => ({ event, outcome: 'accepted' as const })) };
  },
};
function foldRecorded(): Map<string, Alert> {
  const alerts = new Map<string, Alert>();
  for (const [seq, event] of recorded.entries()) {
    const { alert } = applyEvent(alerts.get(event.alertId) ?? null, event, seq);
    if (alert !== null) alerts.set(alert.alertId, alert);
  }
  return alerts;
}

async function serve(log: EventLog = opened.log, limits = {}): Promise<void> {
  alertLog = await startAlertLog({
    log,
    logger: silentLog,
    epoch: 'e1',
    limits: { ...DEFAULT_ALERT_REGISTER_LIMITS, ...limits },
    actLimitMs: 10_000,
  });
  await alertLog.caughtUp;
  app = await createApp({ log: silentLog });
  registerAlerts(app, {
    alertLog,
    record,
    failingHandoffs: () => [],
    priority: NOTHING_ON_RECORD,
    clock: { nowMs: () => Date.parse(instantAt(60)) },
    logger: silentLog,
  });
}

/** Appends to the log, and to the record. */
async function append(...events: readonly AlertEvent[]): Promise<void> {
  const records = events.map((event) => ({ key: event.wearerId, value: encodeJson(event), partition: 0 }));
  await opened.log.append(ALERTS, records);
  recorded.push(...events);
}

beforeEach(async () => {
  opened = await openTestLog();
  recorded = [];
  isDatabaseAway = false;
});
afterEach(async () => {
  await app.close();
  await alertLog.stop();
  await opened.dispose();
});

const get = async (url: string) => {
  const answer = await app.inject({ method: 'GET', url: `/api/v1/alerts${url}` });
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
};
const post = async (url: string, ifMatch: string | null, payload?: object, key?: string) => {
  const answer = await app.inject({
    method: 'POST',
    url: `/api/v1/alerts${url}`,
    headers: {
      ...(ifMatch === null ? {} : { 'if-match': ifMatch }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
};
const ids = (body: { items: { alertId: string }[] }) => body.items.map(({ alertId }) => alertId);

describe('lists', () => {
  test('by status, wearer, kind and time, page by page', async () => {
    await append(
      ...[1, 2, 3, 4, 5].map((n) => finding({ alertId: `A-${n}`, raisedAt: instantAt(n) })),
      finding({ alertId: 'A-6', raisedAt: instantAt(6), wearerId: 'W-2', kind: 'curfew' }),
      action('disposed', [1, 0], { alertId: 'A-3' }),
    );
    await serve();
    expect(ids((await get('?status=open')).body)).toEqual(['A-6', 'A-5', 'A-4', 'A-2', 'A-1']);
    expect(ids((await get('?status=closed')).body)).toEqual(['A-3']);
    expect(ids((await get('?wearerId=W-2')).body)).toEqual(['A-6']);
    expect(ids((await get('?kind=curfew')).body)).toEqual(['A-6']);
    const offset = `from=${encodeURIComponent('2026-11-22T19:02:00+01:00')}&to=${instantAt(4)}`;
    expect(ids((await get(`?${offset}`)).body)).toEqual(['A-3', 'A-2']);
    const pages: string[][] = [];
    for (let next: string | null = ''; next !== null; ) {
      const { body } = await get(`?limit=2${next === '' ? '' : `&cursor=${next}`}`);
      pages.push(ids(body));
      next = body.next;
    }
    expect(pages).toEqual([
      ['A-6', 'A-5'],
      ['A-4', 'A-3'],
      ['A-2', 'A-1'],
    ]);
  });

  test('what was let go of comes from the record; without it the answer says that it is not all', async () => {
    await append(
      ...[1, 2, 3, 4].map((n) => finding({ alertId: `A-${n}`, raisedAt: instantAt(n) })),
      ...[1, 2, 3].map((n) => action('disposed', [1, 0], { alertId: `A-${n}` })),
    );
    await serve(opened.log, { closedAlerts: 1 });
    expect((await get('?status=closed')).body).toMatchObject({ complete: true, items: { length: 3 } });
    expect(ids((await get('')).body)).toEqual(['A-4', 'A-3', 'A-2', 'A-1']);
    isDatabaseAway = true;
    const closed = await get('?status=closed');
    expect(closed).toMatchObject({ status: 200, body: { complete: false } });
    expect(ids(closed.body)).toEqual(['A-3']);
    expect((await get('?status=open')).body).toMatchObject({ complete: true, items: [{ alertId: 'A-4' }] });
  });

  test.each(['from=yesterday', 'to=2026-02-30T00:00:00Z', 'cursor=x', 'limit=501', 'status=new', 'kind=sung'])(
    'refuse %s with its place',
    async (query) => {
      await serve();
      const { status, body } = await get(`?${query}`);
      expect(status).toBe(400);
      expect(body.errors[0]).toMatchObject({ pointer: `/${query.split('=')[0]}`, in: 'query' });
    },
  );

  test('pages of two sources end where a full one ends, and memory is right where they differ', () => {
    const at = (n: number, fields = {}) =>
      applyEvent(null, finding({ alertId: `A-${n}`, raisedAt: instantAt(n), ...fields }), 0).alert!;
    const memory = [at(9), at(2, { wearerId: 'memory' })];
    const onRecord = [at(8), at(7), at(5)];
    const first = toAlertPage([memory, onRecord], 2, (alert) => alert.alertId !== 'A-8');
    expect(first.alerts.map(({ alertId }) => alertId)).toEqual(['A-9', 'A-7']);
    expect(first.next).not.toBeNull();
    const short = toAlertPage([memory, onRecord], 2, (alert) => alert.alertId === 'A-9');
    expect(short.alerts.map(({ alertId }) => alertId)).toEqual(['A-9']);
    expect(short.next).not.toBeNull();
    const last = toAlertPage([[at(2, { wearerId: 'memory' })], [at(2), at(1)]], 2);
    expect(last.next).toBeNull();
    expect(last.alerts.map(({ finding: { wearerId } }) => wearerId)).toEqual(['memory', 'W-1']);
  });
});

describe('one alert', () => {
  test('comes with its events, its explanations and its ETag', async () => {
    await append(finding(), finding({ revision: 2 }), action('acknowledged', [2, 0], { note: 'seen' }));
    await serve();
    const { status, body, headers } = await get('/A-1');
    expect(status).toBe(200);
    expect(headers.etag).toBe('"2.1"');
    expect(body).toMatchObject({ etag: '"2.1"', status: 'open', acknowledgedBy: 'local', eventsComplete: true });
    expect(body.events).toEqual(JSON.parse(JSON.stringify(recorded)));
  });

  test('that nobody knows is 404; that memory has let go of comes from the record, or 503', async () => {
    await append(finding(), action('disposed', [1, 0]));
    await serve();
    expect((await get('/A-9')).status).toBe(404);
    await app.close();
    await alertLog.stop();
    await serve(opened.log, { closedAlerts: 0 });
    const { body } = await get('/A-1');
    expect(body).toMatchObject({ status: 'closed', eventsComplete: true, events: { length: 2 } });
    expect((await get('/A-9')).status).toBe(404);
    expect(await post('/A-1/acknowledge', '"1.1"')).toMatchObject({ status: 409, body: { reason: 'closed' } });
    // What might be done to closed ones is not told to be refused because it is closed.
    const forClosed = { note: { note: 'n' }, 'victim-contact': { outcome: 'informed' }, reopen: { reason: 'r' } };
    for (const [name, said] of Object.entries(forClosed))
      expect(await post(`/A-1/${name}`, '"1.1"', said)).toMatchObject({ status: 409, body: { reason: 'let-go' } });
    isDatabaseAway = true;
    expect((await get('/A-1')).status).toBe(503);
  });

  test('of which memory holds some events gets the others from the record', async () => {
    await append(...[1, 2, 3].map((revision) => finding({ revision })));
    await serve(opened.log, { eventsPerAlert: 2 });
    recorded.pop();
    expect((await get('/A-1')).body.events.map(({ revision }: { revision: number }) => revision)).toEqual([1, 2, 3]);
    isDatabaseAway = true;
    expect((await get('/A-1')).body).toMatchObject({
      eventsComplete: false,
      events: [{ revision: 2 }, { revision: 3 }],
    });
  });
});

describe('acting', () => {
  beforeEach(async () => {
    await append(
      finding(),
      finding({ revision: 2 }),
      finding({ alertId: 'A-2', kind: 'strap-tamper', type: 'confirmed' }),
    );
    await serve();
    isDatabaseAway = true;
  });

  test('works without the database: acknowledged, then disposed of', async () => {
    const acknowledged = await post('/A-1/acknowledge', '"2.0"');
    expect(acknowledged.status).toBe(200);
    expect(acknowledged.headers).toMatchObject({ etag: '"2.1"', 'idempotency-key': expect.stringMatching(/.{36}/) });
    expect(acknowledged.body).toMatchObject({ acknowledgedBy: 'local', acknowledgedAt: instantAt(60), status: 'open' });
    const disposed = await post('/A-1/dispose', '"2.1"', {
      disposition: 'gps-drift',
      note: 'one fix across the river',
    });
    expect(disposed).toMatchObject({
      status: 200,
      body: { status: 'closed', disposition: 'gps-drift', etag: '"2.2"' },
    });
    expect((await get('/A-1')).body.events.at(-1)).toMatchObject({ note: 'one fix across the river' });
  });

  test('needs to know what was seen', async () => {
    expect((await post('/A-1/acknowledge', null)).status).toBe(428);
    for (const bad of ['*', '2.0', 'W/"2.0"']) expect((await post('/A-1/acknowledge', bad)).status).toBe(400);
    expect((await post('/A-9/acknowledge', '"1.0"')).status).toBe(404);
    expect((await post('/A-1/dispose', '"2.0"', { disposition: 'bored' })).status).toBe(422);
    expect((await post('/A-1/acknowledge', '"2.0"', { comment: 'x' })).status).toBe(422);
    const { body } = await post('/A-1/dispose', '"2.0"', { disposition: 'referred', tagInspectedAt: 'today' });
    expect(body.errors).toMatchObject([{ pointer: '/tagInspectedAt' }]);
    const later = { disposition: 'referred', tagInspectedAt: instantAt(62) };
    expect((await post('/A-1/dispose', '"2.0"', later)).status).toBe(422);
  });

  test('of two who act on the same version one is first, and the other is told who', async () => {
    const answers = await Promise.all([
      post('/A-1/dispose', '"2.0"', { disposition: 'no-action' }),
      post('/A-1/dispose', '"2.0"', { disposition: 'referred' }),
    ]);
    const [won, lost] = answers.sort((a, b) => a.status - b.status);
    expect([won?.status, lost?.status]).toEqual([200, 412]);
    expect(lost?.headers['content-type']).toBe('application/problem+json');
    expect(lost?.body).toMatchObject({
      reason: 'too-late',
      by: 'local',
      at: instantAt(60),
      alert: { etag: '"2.1"', disposition: won?.body.disposition },
    });
    expect((await post('/A-1/acknowledge', '"2.1"')).status).toBe(409);
  });

  test('on an older finding: acknowledging counts, disposing is too late', async () => {
    const { status, body, headers } = await post('/A-1/dispose', '"1.0"', { disposition: 'no-action' });
    expect({ status, reason: body.reason, etag: headers.etag }).toEqual({
      status: 412,
      reason: 'changed',
      etag: '"2.0"',
    });
    expect((await post('/A-1/acknowledge', '"1.0"')).status).toBe(200);
  });

  test('again with the same key answers as the first time; with another action it is refused', async () => {
    const first = await post('/A-1/acknowledge', '"2.0"', undefined, 'key-1');
    const again = await post('/A-1/acknowledge', '"2.0"', undefined, 'key-1');
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect((await post('/A-1/acknowledge', '"2.0"', undefined, 'key-2')).status).toBe(412);
    const reused = await post('/A-1/dispose', '"2.1"', { disposition: 'no-action' }, 'key-1');
    expect(reused).toMatchObject({ status: 409, body: { reason: 'key-reused' } });
    const other = await post('/A-1/acknowledge', '"2.0"', { note: 'not what it said' }, 'key-1');
    expect(other).toMatchObject({ status: 409, body: { reason: 'key-reused' } });
    expect((await post('/A-1/acknowledge', '"2.0"', undefined, 'two words')).status).toBe(400);
  });

  test('a strap tamper wants a note or an inspection', async () => {
    const bare = await post('/A-2/dispose', '"1.0"', { disposition: 'equipment-fault' });
    expect(bare).toMatchObject({ status: 422, body: { reason: 'evidence-required', errors: [{ pointer: '/note' }] } });
    const inspected = { disposition: 'equipment-fault', tagInspectedAt: '2026-11-22T18:20:00Z' };
    expect((await post('/A-2/dispose', '"1.0"', inspected)).status).toBe(200);
  });

  test('without the log answers 503, and what is unresolved can still be read', async () => {
    await opened.log.close();
    const { status, headers } = await post('/A-1/acknowledge', '"2.0"');
    expect(status).toBe(503);
    expect(headers['retry-after']).toMatch(/^\d+$/);
    expect((await get('?status=open')).body.items).toHaveLength(2);
  });
});

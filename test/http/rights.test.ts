import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Operation } from '../../src/access/operations.js';
import { ROLES } from '../../src/access/roles.js';
import { type App, createApp } from '../../src/http/app.js';
import { registerHandovers } from '../../src/http/routes/alerts/handovers.js';
import { registerReadAlertRules } from '../../src/http/routes/alerts/read-alert-rules.js';
import { registerAlerts } from '../../src/http/routes/alerts/register.js';
import type { AlertDeps } from '../../src/http/routes/alerts/sources.js';
import { registerAudit } from '../../src/http/routes/audit/register.js';
import { registerCrimeBatches } from '../../src/http/routes/crimes/crime-batches.js';
import { registerAsyncApi } from '../../src/http/routes/operation/asyncapi.js';
import { registerDocs } from '../../src/http/routes/operation/docs.js';
import { registerHealth } from '../../src/http/routes/operation/health.js';
import { registerKeys } from '../../src/http/routes/operation/keys.js';
import { registerAtv } from '../../src/http/routes/orders/atv.js';
import { registerPacks } from '../../src/http/routes/packs/packs.js';
import { registerPatternAuthorities } from '../../src/http/routes/patterns/authorities.js';
import { registerPatterns } from '../../src/http/routes/patterns/patterns.js';
import { registerMe } from '../../src/http/routes/people/me.js';
import { grantTarget, recordTargets } from '../../src/http/routes/people/proposal-targets.js';
import { registerProposals } from '../../src/http/routes/people/proposals.js';
import { recordsTarget } from '../../src/http/routes/people/records-target.js';
import { registerSessions } from '../../src/http/routes/people/sessions.js';
import { transferTarget } from '../../src/http/routes/people/transfer-target.js';
import { registerPings } from '../../src/http/routes/pings/pings.js';
import { registerRecalls } from '../../src/http/routes/recalls/register-recalls.js';
import { registerRecords } from '../../src/http/routes/records/register-records.js';
import { registerRehearsals } from '../../src/http/routes/rehearsals/rehearsals.js';
import { registerRejected } from '../../src/http/routes/rejected/rejected.js';
import { registerBriefings } from '../../src/http/routes/schemes/briefings.js';
import { registerCohort } from '../../src/http/routes/schemes/cohort.js';
import { registerDesk } from '../../src/http/routes/schemes/desk.js';
import { registerStatistics } from '../../src/http/routes/schemes/statistics.js';
import { registerConditionsNow } from '../../src/http/routes/wearers/conditions-now.js';
import { registerPosition } from '../../src/http/routes/wearers/position.js';
import { registerTimeline } from '../../src/http/routes/wearers/timeline.js';
import { registerTrail } from '../../src/http/routes/wearers/trail.js';
import { registerWanted } from '../../src/http/routes/wearers/wanted.js';
import { DEFAULT_STOP_RULE } from '../../src/patterns/stops.js';
import { DEFAULT_TOGETHER_RULE } from '../../src/patterns/together.js';
import { ALERTS, encodeJson } from '../../src/ports/topics.js';
import { DEFAULT_ALERT_RULES } from '../../src/start/alert-rules-file.js';
import { recordStore } from '../../src/store/record-store.js';
import { type AlertLog, startAlertLog } from '../../src/views/alert-log.js';
import { finding, instantAt } from '../alerts/events.js';
import { AS, SUBJECT, testAccess, WEARERS } from '../support/access.js';
import { databaseAway } from '../support/database-away.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { NOTHING_ON_RECORD } from '../support/priority.js';
import { silentLog } from '../support/silent-log.js';

const clock = { nowMs: () => Date.parse(instantAt(60)) };
let opened: TestLog;
let alertLog: AlertLog;
let app: App;

beforeAll(async () => {
  opened = await openTestLog();
  const alerts = [...WEARERS.keys(), 'W-unknown'].map((wearerId, n) =>
    finding({ alertId: `A-${wearerId}`, wearerId, raisedAt: instantAt(n) }),
  );
  await opened.log.append(
    ALERTS,
    alerts.map((event) => ({ key: event.wearerId, value: encodeJson(event), partition: 0 })),
  );
  alertLog = await startAlertLog({ log: opened.log, logger: silentLog, epoch: 'e1' });
  await alertLog.caughtUp;
  app = await createApp({ log: silentLog, access: testAccess });
  registerMe(app);
  registerHealth(app, { parts: () => [], metrics: async () => ({ contentType: 'text/plain', text: '' }) });
  const alertDeps: AlertDeps = {
    failingHandoffs: () => [],
    priority: NOTHING_ON_RECORD,
    alertLog,
    record: { list: async () => [], read: async () => null, isOfVictim: async () => false },
    clock,
    logger: silentLog,
  };
  registerAlerts(app, alertDeps);
  registerReadAlertRules(app, DEFAULT_ALERT_RULES);
  registerPings(app, {
    log: opened.log,
    clock,
    defaultAccuracy: () => null,
    counters: { pingsAccepted() {}, pingRejected() {} },
  });
  const db = databaseAway;
  const records = registerRecords(app, { db, logger: silentLog, clock, serviceArea: null, measure: async () => [] });
  registerProposals(app, {
    db,
    clock,
    findGrant: () => undefined,
    targets: {
      ...recordTargets(records),
      records: recordsTarget(records),
      transfer: transferTarget(records),
      grant: grantTarget({ db, putGrant: async () => {} }),
    },
  });
  registerHandovers(app, { db, clock, alertLog });
  registerPacks(app, { db, clock, onAsked: () => {} });
  registerRehearsals(app, { db, clock, store: recordStore, serviceArea: null, onAsked: () => {} });
  registerCrimeBatches(app, { db, clock, onAsked: () => {}, certify: () => new Uint8Array(0) });
  registerRecalls(app, { db, clock });
  registerWanted(app, { listWanted: async () => [], clock });
  registerSessions(app, { sessions: null, grants: () => [] });
  registerAudit(app, { listAudit: async () => [], listCheckpoints: async () => [] });
  registerRejected(app, { listRejected: async () => [] });
  registerPosition(app, {
    livePosition: () => null,
    latestPosition: async () => null,
    readMessagesAfter: async () => [],
    clock,
  });
  registerTrail(app, {
    readTrail: async () => ({ points: [], next: null }),
    listDeleted: async () => [],
    hasWearer: async (wearerId) => WEARERS.has(wearerId),
    clock,
    logger: silentLog,
  });
  registerAtv(app, {
    readViolations: async (wearerId) => ({ alerts: [], complete: true, absences: [], wearerId }),
    unreasonableMs: () => 0,
    clock,
  });
  registerPatternAuthorities(app, { db, clock });
  registerPatterns(app, {
    db,
    clock,
    readPatterns: async () => null,
    readTogether: async () => null,
    rules: { stops: DEFAULT_STOP_RULE, together: DEFAULT_TOGETHER_RULE },
  });
  registerTimeline(app, { readTimeline: async () => null, clock });
  registerConditionsNow(app, { readConditionsNow: async () => null, clock });
  registerCohort(app, { listIds: async () => [], readRows: async () => [], clock });
  registerDesk(app, { listIds: async () => [], readDesk: async () => [], listClosedAlerts: async () => [], records });
  registerStatistics(app, { db, clock, readFigures: async () => new Map() });
  registerBriefings(app, { db, clock, alerts: alertDeps });
  registerAsyncApi(app, { version: '1', supplierTopics: [], topicPrefix: '' });
  registerKeys(app, { readKeys: () => [] });
  await registerDocs(app);
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await alertLog.stop();
  await opened.dispose();
});

const ask = async (as: string | null, url: string, more: { method?: 'POST' | 'PUT'; payload?: unknown } = {}) => {
  const { method, payload } = more;
  const { statusCode, headers, body } = await app.inject({
    ...(method && { method }),
    url,
    headers: { ...(as && { [AS]: as }), ...(payload !== undefined && { 'content-type': 'application/json' }) },
    ...(payload !== undefined && { payload: JSON.stringify(payload) }),
  });
  return { status: statusCode, headers, text: body, json: () => JSON.parse(body) };
};

/** Reviewed by hand: which operation each route is. */
const reviewed: readonly { readonly method: string; readonly path: string; readonly operation: Operation }[] = parse(
  readFileSync('docs/routes.csv', 'utf8'),
  { columns: true },
);
const rights: Readonly<Record<string, string>>[] = parse(readFileSync('docs/rights.csv', 'utf8'), { columns: true });

describe('every route', () => {
  test('is in the reviewed table, by its operation', async () => {
    const { paths } = (await ask(null, '/api/v1/openapi.json')).json();
    const told = Object.entries(paths as Record<string, Record<string, { 'x-operation'?: string }>>).flatMap(
      ([path, methods]) =>
        Object.entries(methods).map(([method, one]) => `${method.toUpperCase()},${path},${one['x-operation']}`),
    );
    expect(told.sort()).toEqual(reviewed.map(({ method, path, operation }) => `${method},${path},${operation}`).sort());
  });

  /** Reviewed by hand: what is put on record by nobody, and why is said at the route. */
  const NOT_AUDITED = [
    'GET /api/v1/keys',
    'GET /api/v1/me',
    'GET /health/live',
    'GET /health/ready',
    'POST /api/v1/pings',
    'POST /api/v1/zone-files/read',
  ];

  test('is audited, or named as one that needs it not', async () => {
    const { paths } = (await ask(null, '/api/v1/openapi.json')).json();
    const told = Object.entries(paths as Record<string, Record<string, { 'x-audit'?: string }>>).flatMap(
      ([path, methods]) =>
        Object.entries(methods).map(([method, one]) => [`${method.toUpperCase()} ${path}`, one['x-audit']] as const),
    );
    expect(
      told
        .filter(([, act]) => act === undefined)
        .map(([route]) => route)
        .sort(),
    ).toEqual(NOT_AUDITED);
    for (const [route, act] of told.filter(([, one]) => one !== undefined))
      expect([route, act]).toEqual([route, route.startsWith('GET') ? 'consultation' : 'alteration']);
  });

  const filled = (path: string) => path.replace(/\{[^}]+\}/g, '1');
  const cells = reviewed.flatMap((route) => ROLES.map((role) => ({ ...route, role })));

  test.each(reviewed)('$method $path without a session', async ({ method, path, operation }) => {
    const answer = await ask(null, filled(path), { method: method as 'POST' });
    if (operation === 'public') expect(answer.status).toBe(200);
    else expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
  });

  test.each(cells)('$method $path as $role', async ({ method, path, operation, role }) => {
    const word = rights.find((row) => row['operation'] === operation)?.[role] ?? '';
    const answer = await ask(role, filled(path), { method: method as 'POST' });
    if (word === '') expect([answer.status, answer.text.includes('roles')]).toEqual([403, true]);
    else expect([401, 403]).not.toContain(answer.status);
  });

  test('that names no operation keeps the program from starting', async () => {
    const nameless = await createApp({ log: silentLog });
    nameless.get('/api/v1/things', () => ({}));
    await expect(nameless.ready()).rejects.toThrow(
      'no operation of the table of rights is named by GET /api/v1/things',
    );
  });
});

/** Who sees whose alerts, positions and trails: by hand, as `docs/rights.csv` has it. */
const SEEN: Readonly<Record<string, { alerts: readonly string[] | null; positions: readonly string[] | null }>> = {
  supervisor: { alerts: ['W-in'], positions: ['W-in'] },
  sergeant: { alerts: ['W-in'], positions: ['W-in'] },
  officer: { alerts: ['W-in'], positions: ['W-mine'] },
  administrator: { alerts: null, positions: null },
  auditor: { alerts: null, positions: null },
  probation: { alerts: ['W-mine'], positions: ['W-mine'] },
  supplier: { alerts: null, positions: null },
  service: { alerts: ['W-in'], positions: ['W-in'] },
  'supervisor,officer': { alerts: ['W-in'], positions: ['W-in', 'W-mine'] },
};
const everybody = [...WEARERS.keys(), 'W-unknown'];

describe.each(Object.entries(SEEN))('as %s', (as, { alerts, positions }) => {
  test('lists tell of whom may be seen, page by page, and of nobody else', async () => {
    const all = await ask(as, '/api/v1/alerts');
    if (alerts === null) {
      expect(all.status).toBe(403);
      return;
    }
    const found: string[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const page = await ask(as, `/api/v1/alerts?limit=1${next === '' ? '' : `&cursor=${next}`}`);
      found.push(...page.json().items.map(({ wearerId }: { wearerId: string }) => wearerId));
      next = page.json().next;
    }
    expect(found.sort()).toEqual(alerts);
    // Not even the place of somebody else's alert stands in an answer.
    expect(all.json()).toMatchObject({ next: null, items: { length: alerts.length } });
  });

  test('an alert that may not be seen answers as one that is not there', async () => {
    const unknown = await ask(as, '/api/v1/alerts/A-nobody');
    for (const wearerId of everybody) {
      const answer = await ask(as, `/api/v1/alerts/A-${wearerId}`);
      if (alerts?.includes(wearerId)) expect(answer.status).toBe(200);
      else expect([answer.status, answer.text]).toEqual([unknown.status, unknown.text]);
    }
  });

  test('a cursor that is made up of somebody else’s alert tells no more than one of nobody’s', async () => {
    if (alerts === null) return;
    const cursorOf = (alertId: string) => Buffer.from(JSON.stringify([instantAt(50), alertId])).toString('base64url');
    const listAfter = async (alertId: string) => await ask(as, `/api/v1/alerts?limit=1&cursor=${cursorOf(alertId)}`);
    const nobody = await listAfter('A-W-nobody');
    for (const wearerId of everybody) {
      const answer = await listAfter(`A-${wearerId}`);
      expect([answer.status, answer.text]).toEqual([nobody.status, nobody.text]);
      for (const item of answer.json().items) expect(alerts).toContain(item.wearerId);
    }
  });

  test('an export of somebody else answers as one of nobody, in every format', async () => {
    const types = ['text/csv', 'application/gpx+xml', 'application/vnd.google-earth.kml+xml'];
    const download = async (wearerId: string, accept: string) => {
      const url = `/api/v1/wearers/${wearerId}/trail?purpose=court&recipient=CPS`;
      const { statusCode, body, headers } = await app.inject({ url, headers: { [AS]: as, accept } });
      return [statusCode, body.replaceAll(wearerId, 'W'), headers['content-disposition']];
    };
    for (const type of types) {
      const nobody = await download('W-nobody', type);
      expect(nobody[0]).toBe(positions === null ? 403 : 404);
      for (const wearerId of everybody.filter((each) => !positions?.includes(each)))
        expect(await download(wearerId, type)).toEqual(nobody);
    }
  });

  test('nor can it be acted on', async () => {
    const act = (alertId: string) =>
      app.inject({
        method: 'POST',
        url: `/api/v1/alerts/${alertId}/acknowledge`,
        headers: { [AS]: as, 'if-match': '"1.0"' },
      });
    const unknown = await act('A-nobody');
    for (const wearerId of everybody.filter((each) => !alerts?.includes(each))) {
      const answer = await act(`A-${wearerId}`);
      expect([answer.statusCode, answer.json().detail]).toEqual([unknown.statusCode, unknown.json().detail]);
    }
  });

  test('a position or a trail that may not be seen answers as one of nobody', async () => {
    for (const wearerId of everybody) {
      const trail = await ask(as, `/api/v1/wearers/${wearerId}/trail`);
      const expected = positions === null ? 403 : positions.includes(wearerId) ? 200 : 404;
      expect([wearerId, trail.status]).toEqual([wearerId, expected]);
      const nobody = await ask(as, '/api/v1/wearers/W-nobody/trail');
      if (expected === 404) expect(trail.text.replaceAll(wearerId, 'W-nobody')).toBe(nobody.text);
      const atv = await ask(as, `/api/v1/orders/${wearerId}/atv`);
      expect([wearerId, atv.status]).toEqual([wearerId, expected]);
    }
  });
});

describe('what is more than a right', () => {
  test('an export says what it is for and who gets it, and is not for everybody who sees the trail', async () => {
    const download = (as: string, query = '') =>
      app.inject({ url: `/api/v1/wearers/W-in/trail${query}`, headers: { [AS]: as, accept: 'text/csv' } });
    const unsaid = await download('sergeant');
    expect([unsaid.statusCode, unsaid.json().errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([
      422,
      ['/purpose', '/recipient'],
    ]);
    expect((await download('sergeant', '?purpose=court&recipient=CPS')).statusCode).toBe(200);
    expect((await download('service', '?purpose=court&recipient=CPS')).statusCode).toBe(403);
  });

  test('a supplier sends pings of its own tags', async () => {
    const ping = (tagId: string) => ({ tagId, fixedAt: instantAt(1), deviceEvents: ['no-gps'] });
    const payload = [ping('B-1'), ping('C-1')];
    const answer = await ask('supplier', '/api/v1/pings', { method: 'POST', payload });
    expect(answer.json()).toMatchObject({ accepted: 1, rejected: [{ index: 1, reason: 'foreign-tag' }] });
  });

  test('a person’s action names the subject', async () => {
    const url = '/api/v1/alerts/A-W-in/acknowledge';
    const answer = await app.inject({ method: 'POST', url, headers: { [AS]: 'supervisor', 'if-match': '"1.0"' } });
    expect(answer.json()).toMatchObject({ status: 'open', acknowledgedBy: SUBJECT });
  });

  test('me tells who I am and what I may do', async () => {
    const me = (await ask('officer', '/api/v1/me')).json();
    expect(me).toMatchObject({
      subjectId: SUBJECT,
      kind: 'person',
      roles: ['officer'],
      scope: { areas: [{ forces: ['kent'] }] },
    });
    const expected = rights.filter((row) => row['officer'] !== '').map((row) => row['operation']);
    expect(me.operations.sort()).toEqual(expected.sort());
  });
});

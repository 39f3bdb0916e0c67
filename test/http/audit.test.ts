import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type App, createApp } from '../../src/http/app.js';
import { createReach, OWN_REACH } from '../../src/http/feed/reach.js';
import { registerAlerts } from '../../src/http/routes/alerts/register.js';
import { registerHealth } from '../../src/http/routes/operation/health.js';
import { registerMe } from '../../src/http/routes/people/me.js';
import { registerPings } from '../../src/http/routes/pings/pings.js';
import { registerRejected } from '../../src/http/routes/rejected/rejected.js';
import { registerPosition } from '../../src/http/routes/wearers/position.js';
import { registerTrail } from '../../src/http/routes/wearers/trail.js';
import { AuditUnavailable } from '../../src/ports/audit.js';
import { ALERTS, encodeJson } from '../../src/ports/topics.js';
import { type AlertLog, startAlertLog } from '../../src/views/alert-log.js';
import { finding, instantAt } from '../alerts/events.js';
import { AS, SUBJECT, testAccess, WEARERS } from '../support/access.js';
import { createRememberingTrail } from '../support/audit.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { NOTHING_ON_RECORD } from '../support/priority.js';
import { silentLog } from '../support/silent-log.js';

const clock = { nowMs: () => Date.parse(instantAt(60)) };
const trail = createRememberingTrail();
let opened: TestLog;
let alertLog: AlertLog;
let app: App;
let trailReads: number;

beforeAll(async () => {
  opened = await openTestLog();
  const alerts = [...WEARERS.keys()].map((wearerId, n) =>
    finding({ alertId: `A-${wearerId}`, wearerId, raisedAt: instantAt(n) }),
  );
  await opened.log.append(
    ALERTS,
    alerts.map((event) => ({ key: event.wearerId, value: encodeJson(event), partition: 0 })),
  );
  alertLog = await startAlertLog({ log: opened.log, logger: silentLog, epoch: 'e1' });
  await alertLog.caughtUp;
  app = await createApp({ log: silentLog, access: testAccess, audit: trail, clock, reach: createReach(OWN_REACH) });
  registerHealth(app, { parts: () => [], metrics: async () => ({ contentType: 'text/plain', text: '' }) });
  registerMe(app);
  const record = { list: async () => [], read: async () => null, isOfVictim: async () => false };
  registerAlerts(app, {
    alertLog,
    record,
    failingHandoffs: () => [],
    priority: NOTHING_ON_RECORD,
    clock,
    logger: silentLog,
  });
  registerPosition(app, {
    livePosition: () => null,
    latestPosition: async () => null,
    readMessagesAfter: async () => [],
    clock,
  });
  registerTrail(app, {
    readTrail: async () => {
      trailReads++;
      return { points: [], next: null };
    },
    listDeleted: async () => [],
    hasWearer: async (wearerId) => WEARERS.has(wearerId),
    clock,
    logger: silentLog,
  });
  registerRejected(app, { listRejected: async () => [] });
  registerPings(app, {
    log: opened.log,
    clock,
    defaultAccuracy: () => null,
    counters: { pingsAccepted() {}, pingRejected() {} },
  });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await alertLog.stop();
  await opened.dispose();
});
beforeEach(() => {
  trail.said.length = 0;
  trail.isAway = false;
  trailReads = 0;
});

const ask = (as: string | null, url: string, more: { method?: 'POST'; headers?: object; payload?: object } = {}) =>
  app.inject({ url, ...more, headers: { ...(as !== null && { [AS]: as }), ...more.headers } });

describe('an answer is on record before it is given', () => {
  test('of one record: who, what of whom, by which rights, from where', async () => {
    const answer = await ask('sergeant', '/api/v1/alerts/A-W-in', { headers: { 'x-correlation-id': 'ticket-4711' } });
    expect(answer.statusCode).toBe(200);
    expect(trail.said).toEqual([
      {
        what: 'alerts.read',
        act: 'consultation',
        when: instantAt(60),
        who: SUBJECT,
        roles: ['sergeant'],
        scope: {
          areas: [{ forces: ['kent'], divisions: 'all', schemes: 'all' }],
          wearerIds: ['W-mine'],
          tagPrefixes: ['B-'],
        },
        subjectId: 'A-W-in',
        subjectType: 'alert',
        wearerIds: ['W-in'],
        outcome: 'done',
        operationId: 'GET /api/v1/alerts/:alertId',
        correlationId: 'ticket-4711',
        address: '127.0.0.1',
      },
    ]);
  });

  test('of a list: how many, and about whom; of nobody who was passed over', async () => {
    await ask('sergeant', '/api/v1/alerts');
    expect(trail.said).toMatchObject([{ rowCount: 1, wearerIds: ['W-in'], outcome: 'done' }]);
  });

  test('of what has a number for an id: the number as text, as the document says', async () => {
    await ask('administrator', '/api/v1/rejected/7');
    expect(trail.said).toMatchObject([{ what: 'rejected.read', subjectId: '7', subjectType: 'rejected' }]);
  });

  test('of an action', async () => {
    await ask('sergeant', '/api/v1/alerts/A-W-in/acknowledge', { method: 'POST', headers: { 'if-match': '"1.0"' } });
    expect(trail.said).toMatchObject([
      { what: 'alerts.act', act: 'alteration', subjectId: 'A-W-in', wearerIds: ['W-in'], outcome: 'done' },
    ]);
  });

  test('of an export: what for, and for whom', async () => {
    const headers = { accept: 'text/csv' };
    await ask('sergeant', '/api/v1/wearers/W-in/trail', { headers });
    await ask('service', '/api/v1/wearers/W-in/trail?purpose=court&recipient=CPS', { headers });
    const common = { what: 'exports.make', act: 'disclosure', wearerIds: ['W-in'] };
    expect(trail.said).toMatchObject([
      { ...common, outcome: 'refused' },
      { ...common, outcome: 'denied', purpose: 'court', recipient: 'CPS' },
    ]);
    await ask('sergeant', '/api/v1/wearers/W-in/trail?purpose=court&recipient=CPS', { headers });
    expect(trail.said[2]).toMatchObject({
      ...common,
      outcome: 'done',
      purpose: 'court',
      recipient: 'CPS',
      rowCount: 0,
    });
  });

  test('of a try that is denied: nobody known, no right, out of scope as if it were not there', async () => {
    await ask(null, '/api/v1/alerts/A-W-in');
    await ask('administrator', '/api/v1/alerts/A-W-in');
    await ask('sergeant', '/api/v1/alerts/A-W-out');
    await ask('sergeant', '/api/v1/alerts/A-nobody');
    await ask('sergeant', '/api/v1/wearers/W-out/trail');
    await ask(null, '/api/v1/pings', { method: 'POST', payload: [] });
    expect(trail.said.map(({ who, outcome, wearerIds }) => [who, outcome, wearerIds])).toEqual([
      [null, 'denied', undefined],
      [SUBJECT, 'denied', undefined],
      [SUBJECT, 'denied', ['W-out']],
      [SUBJECT, 'not-found', undefined],
      [SUBJECT, 'denied', ['W-out']],
      [null, 'denied', undefined],
    ]);
  });

  test('of what is asked all the time and tells of nobody, nothing', async () => {
    for (const url of ['/health/live', '/health/ready', '/api/v1/openapi.json', '/api/v1/nothing'])
      await ask(null, url);
    await ask('administrator', '/metrics');
    await ask('sergeant', '/api/v1/me');
    await ask('supplier', '/api/v1/pings', {
      method: 'POST',
      payload: [{ tagId: 'B-1', fixedAt: instantAt(1), deviceEvents: ['no-gps'] }],
    });
    expect(trail.said).toEqual([]);
  });

  test('in text that a database can hold, and no longer than an id is', async () => {
    await ask('sergeant', `/api/v1/wearers/W-in/position?wearerId=${'x'.repeat(40)}`);
    await ask('sergeant', `/api/v1/alerts?wearerId=${'x'.repeat(64)}`);
    await ask('sergeant', '/api/v1/alerts/%00');
    await ask('sergeant', '/api/v1/alerts/%ED%A0%80');
    for (const facts of trail.said) expect(JSON.stringify(facts)).not.toMatch(/\\u0000|\\ud[89a-f]/i);
  });
});

describe('while the audit takes no entries', () => {
  beforeEach(() => {
    trail.isAway = true;
  });

  test('a read is refused before anything is read, and says why', async () => {
    const answer = await ask('sergeant', '/api/v1/wearers/W-in/trail');
    expect([answer.statusCode, answer.headers['retry-after'], answer.headers['content-type']]).toEqual([
      503,
      '2',
      'application/problem+json',
    ]);
    expect(answer.json().detail).toMatch('put on record');
    expect([trailReads, trail.said]).toEqual([0, []]);
  });

  test('alerts and acting on them go on, and are kept; so is who was denied', async () => {
    expect((await ask('sergeant', '/api/v1/alerts')).statusCode).toBe(200);
    expect((await ask('sergeant', '/api/v1/alerts/A-W-in')).statusCode).toBe(200);
    const url = '/api/v1/alerts/A-W-in/dispose';
    const payload = { disposition: 'gps-drift' };
    const etag = String((await ask('sergeant', '/api/v1/alerts/A-W-in')).headers['etag']);
    const disposed = await ask('sergeant', url, { method: 'POST', headers: { 'if-match': etag }, payload });
    expect(disposed.statusCode).toBe(200);
    expect((await ask('officer', '/api/v1/rejected')).statusCode).toBe(403);
    expect((await ask(null, '/api/v1/wearers/W-in/trail')).statusCode).toBe(401);
    expect(trail.said.map(({ what, outcome }) => [what, outcome])).toEqual([
      ['alerts.read', 'done'],
      ['alerts.read', 'done'],
      ['alerts.read', 'done'],
      ['alerts.act', 'done'],
      ['rejected.read', 'denied'],
      ['positions.read', 'denied'],
    ]);
  });

  test('what is not asked for people goes on', async () => {
    expect((await ask('sergeant', '/api/v1/me')).statusCode).toBe(200);
    expect((await ask('administrator', '/metrics')).statusCode).toBe(200);
  });
});

test('a read under way when the audit goes away is not answered, and nothing of it is left', async () => {
  let reads = 0;
  const flickering = { ...createRememberingTrail(), isPresent: () => true };
  flickering.append = async () => {
    reads++;
    throw new AuditUnavailable('gone');
  };
  const own = await createApp({ log: silentLog, access: testAccess, audit: flickering, clock });
  own.get(
    '/api/v1/secret/:wearerId',
    { config: { operation: 'positions.read', keepsToScope: true } },
    (_request, reply) =>
      reply.header('etag', '"7"').header('location', '/secret').send({ wearerId: 'W-in', secret: 'where he is' }),
  );
  const answer = await own.inject({ url: '/api/v1/secret/W-in', headers: { [AS]: 'sergeant' } });
  expect([answer.statusCode, reads]).toEqual([503, 1]);
  expect(answer.body).not.toContain('where he is');
  expect([answer.headers['etag'], answer.headers['location']]).toEqual([undefined, undefined]);
  expect(Number(answer.headers['content-length'])).toBe(Buffer.byteLength(answer.body));
  await own.close();
});

afterEach(() => {
  for (const { roles, who } of trail.said) expect(who === null || roles !== undefined || who === 'local').toBe(true);
});

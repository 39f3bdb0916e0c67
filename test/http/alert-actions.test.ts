/** What people do about alerts over HTTP, two at once and many at once, over the embedded log. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AlertEvent } from '../../src/alerts/event.js';
import { type App, createApp } from '../../src/http/app.js';
import { ACTED_ON_LIMIT } from '../../src/http/routes/alerts/act-on-many.js';
import { ACTION_NAMES } from '../../src/http/routes/alerts/action-bodies.js';
import { registerAlerts } from '../../src/http/routes/alerts/register.js';
import { DatabaseUnavailable } from '../../src/ports/database.js';
import { ALERTS, encodeJson } from '../../src/ports/topics.js';
import { type AlertLog, startAlertLog } from '../../src/views/alert-log.js';
import { finding, instantAt } from '../alerts/events.js';
import { AS, SUBJECT, testAccess, WHO } from '../support/access.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { NOTHING_ON_RECORD } from '../support/priority.js';
import { silentLog } from '../support/silent-log.js';

let opened: TestLog;
let apis: { readonly alertLog: AlertLog; readonly app: App }[];
let isOfVictim: (conditionId: string) => Promise<boolean>;

async function serve(access?: typeof testAccess): Promise<App> {
  const alertLog = await startAlertLog({ log: opened.log, logger: silentLog, epoch: 'e1', actLimitMs: 60_000 });
  await alertLog.caughtUp;
  const app = await createApp({ log: silentLog, ...(access === undefined ? {} : { access }) });
  const record = {
    list: async () => [],
    read: async () => null,
    isOfVictim: (conditionId: string) => isOfVictim(conditionId),
  };
  registerAlerts(app, {
    alertLog,
    record,
    failingHandoffs: () => [],
    priority: NOTHING_ON_RECORD,
    clock: { nowMs: () => Date.parse(instantAt(60)) },
    logger: silentLog,
  });
  apis.push({ alertLog, app });
  return app;
}

const append = (...events: readonly AlertEvent[]) =>
  opened.log.append(
    ALERTS,
    events.map((event) => ({ key: event.wearerId, value: encodeJson(event), partition: 0 })),
  );

beforeEach(async () => {
  opened = await openTestLog();
  apis = [];
  isOfVictim = async () => false;
});
afterEach(async () => {
  for (const { app, alertLog } of apis) {
    await app.close();
    await alertLog.stop();
  }
  await opened.dispose();
});

async function post(app: App, path: string, payload: object, headers: Record<string, string> = {}) {
  const answer = await app.inject({ method: 'POST', url: `/api/v1/alerts${path}`, headers, payload });
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
}

const named = (n: number) => Array.from({ length: n }, (_, i) => `A-${i}`);

test('two people at once on one alert, by two apis, a thousand times: one wins each time, and the other is told who', async () => {
  const alertIds = named(1_000);
  await append(...alertIds.map((alertId) => finding({ alertId })));
  const [one, two] = [await serve(), await serve()];
  const wins = [0, 0];
  for (let from = 0; from < alertIds.length; from += 100) {
    await Promise.all(
      alertIds.slice(from, from + 100).map(async (alertId) => {
        const asked = [one, two].map((app) => post(app, `/${alertId}/take`, {}, { 'if-match': '"1.0"' }));
        const answers = await Promise.all(asked);
        const statuses = answers.map(({ status }) => status);
        expect([...statuses].sort()).toEqual([200, 412]);
        const winner = statuses.indexOf(200);
        wins[winner] = wins[winner]! + 1;
        expect(answers[1 - winner]!.body).toMatchObject({ reason: 'too-late', by: 'local', at: instantAt(60) });
      }),
    );
  }
  expect(wins[0]! + wins[1]!).toBe(1_000);
  for (const { alertLog } of apis) expect(alertLog.open().every(({ ownedBy }) => ownedBy === 'local')).toBe(true);
});

describe('many at once', () => {
  test('200 closed in one request; again it answers the same, and one more is too many', async () => {
    const alertIds = named(ACTED_ON_LIMIT);
    await append(...alertIds.map((alertId) => finding({ alertId })));
    const app = await serve();
    const asked = {
      action: 'dispose',
      body: { disposition: 'gps-drift' },
      alerts: alertIds.map((alertId) => ({ alertId, etag: '"1.0"' })),
    };
    const first = await post(app, '/actions', asked, { 'idempotency-key': 'k' });
    expect(first.status).toBe(200);
    expect(first.body.items).toHaveLength(ACTED_ON_LIMIT);
    for (const [i, item] of first.body.items.entries())
      expect(item).toMatchObject({ alertId: alertIds[i], status: 200, alert: { status: 'closed', etag: '"1.1"' } });
    expect(apis[0]!.alertLog.open()).toEqual([]);
    expect((await post(app, '/actions', asked, { 'idempotency-key': 'k' })).body).toEqual(first.body);
    const more = { ...asked, alerts: [...asked.alerts, { alertId: 'A-x', etag: '"1.0"' }] };
    expect((await post(app, '/actions', more)).status).toBe(422);
  });

  test('each is answered by itself', async () => {
    await append(finding({ alertId: 'A-1' }), finding({ alertId: 'A-2' }), finding({ alertId: 'A-2', revision: 2 }));
    const app = await serve();
    const alerts = ['A-1', 'A-2', 'A-3'].map((alertId) => ({ alertId, etag: '"1.0"' }));
    const dispose = { action: 'dispose', body: { disposition: 'no-action' }, alerts };
    const { body } = await post(app, '/actions', dispose);
    expect(body.items).toMatchObject([
      { status: 200 },
      { status: 412, problem: { reason: 'changed' }, alert: { revision: 2 } },
      { status: 404, problem: { reason: 'unknown-alert' } },
    ]);
    const wrong = await post(app, '/actions', { action: 'dispose', body: { disposition: 'x' }, alerts });
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ pointer: '/body/disposition' }] } });
  });

  test('what takes a right of its own is not done to many', async () => {
    const app = await serve();
    const body = { until: instantAt(70), reason: 'r' };
    const { status } = await post(app, '/actions', { action: 'suspend', body, alerts: [{ alertId: 'A', etag: 'x' }] });
    expect(status).toBe(422);
  });
});

test('every action has its route, says what it takes, and stands with who, by which roles and request', async () => {
  await append(...ACTION_NAMES.map((name) => finding({ alertId: name, wearerId: 'W-in' })));
  const app = await serve(testAccess);
  const bodies: Record<(typeof ACTION_NAMES)[number], readonly object[]> = {
    acknowledge: [{ note: 'n' }],
    take: [{}],
    release: [],
    assign: [{ to: 'p#2' }],
    'hand-over': [],
    note: [{ note: 'n' }],
    'victim-contact': [{ outcome: 'informed', contactedAt: instantAt(50) }],
    'request-review': [{ reason: 'r' }],
    reopen: [],
    suspend: [{ until: instantAt(90), reason: 'r' }],
    'propose-suspension': [{ until: instantAt(90), reason: 'r' }],
    'agree-suspension': [],
    'refuse-suspension': [],
    resume: [],
    dispose: [{ disposition: 'no-action' }],
  };
  const headers = { [AS]: 'supervisor', 'if-match': '"1.0"', 'x-correlation-id': 'request-0001' };
  for (const name of ACTION_NAMES) {
    for (const body of bodies[name]) {
      expect(await post(app, `/${name}/${name}`, body, headers), name).toMatchObject({ status: 200 });
      const events = apis[0]!.alertLog.read(name)!.events.map(({ event }) => event);
      expect(events.at(-1), name).toMatchObject({ ...body, roles: ['supervisor'], correlationId: 'request-0001' });
      expect((await post(app, `/${name}/${name}`, { ...body, surprise: 1 }, headers)).status, name).toBe(422);
    }
  }
  expect((await post(app, '/note/note', { note: '' }, headers)).status).toBe(422);
  const late = { until: instantAt(60 + 24 * 60 + 1), reason: 'r' };
  expect((await post(app, '/suspend/suspend', late, headers)).status).toBe(422);
});

test('so does one about a zone that became a victim’s since; while the database is away what was told decides', async () => {
  const alertIds = named(3);
  await append(
    ...alertIds.map((alertId) =>
      finding({ alertId, wearerId: 'W-in', conditionId: `C-${alertId}`, zonePriority: 'standard' }),
    ),
  );
  const app = await serve(testAccess);
  const headers = { [AS]: 'supervisor', 'if-match': '"1.0"' };
  const suspend = async (n: number) =>
    await post(app, `/A-${n}/suspend`, { until: instantAt(90), reason: 'r' }, headers);
  isOfVictim = async (conditionId) => conditionId === 'C-A-1';
  expect(await suspend(1)).toMatchObject({ status: 403, body: { reason: 'second-person-required' } });
  expect((await suspend(2)).status).toBe(200);
  isOfVictim = async () => {
    throw new DatabaseUnavailable('away');
  };
  expect((await suspend(0)).status).toBe(200);
});

test('a suspension about the zone of a victim takes a second person, and says so', async () => {
  await append(finding({ wearerId: 'W-in', severity: 'critical', zonePriority: 'victim' }));
  const app = await serve(testAccess);
  const headers = { [AS]: 'supervisor', 'if-match': '"1.0"' };
  const answer = await post(app, '/A-1/suspend', { until: instantAt(90), reason: 'r' }, headers);
  expect(answer).toMatchObject({ status: 403, body: { reason: 'second-person-required' } });
  expect(apis[0]!.alertLog.get('A-1')!.actions).toBe(0);
});

describe('the second person', () => {
  const OTHER = 'https://idp.example#other';
  const until = instantAt(90);
  const as = (actions: number, who: string, roles = 'supervisor') => ({
    [AS]: roles,
    [WHO]: who,
    'if-match': `"1.${actions}"`,
  });
  const propose = (app: App, wearerId = 'A-1') =>
    post(app, `/${wearerId}/propose-suspension`, { until, reason: 'the victim has moved' }, as(0, SUBJECT));

  test('agrees, and the suspension holds, saying who proposed it and who agreed', async () => {
    await append(finding({ wearerId: 'W-in', severity: 'critical', zonePriority: 'victim' }));
    const app = await serve(testAccess);
    expect((await propose(app)).body.suspensionProposal).toMatchObject({ by: SUBJECT, until });
    const own = await post(app, '/A-1/agree-suspension', {}, as(1, SUBJECT));
    expect(own).toMatchObject({ status: 403, body: { reason: 'second-person-required' } });
    const token = await post(app, '/A-1/agree-suspension', {}, as(1, 'https://idp.example#a-machine'));
    expect(token).toMatchObject({ status: 403, body: { reason: 'second-person-required' } });
    expect((await post(app, '/A-1/agree-suspension', {}, as(1, OTHER, 'officer'))).status).toBe(403);
    const agreed = await post(app, '/A-1/agree-suspension', {}, as(1, OTHER, 'sergeant'));
    expect(agreed.body.suspension).toMatchObject({ by: SUBJECT, approvedBy: OTHER, until });
    const formats: (string | undefined)[] = [];
    await opened.log.readToEnd([{ topic: ALERTS, partition: 0 }], ({ records }) => {
      formats.push(...records.map(({ headers }) => headers['format']));
    });
    expect(formats).toEqual([undefined, '3', '3']);
  });

  test('may refuse; of two at once, by two apis, one wins, and the other is told who was', async () => {
    const alertIds = named(50);
    await append(...alertIds.map((alertId) => finding({ alertId, wearerId: 'W-in', zonePriority: 'victim' })));
    const [one, two] = [await serve(testAccess), await serve(testAccess)];
    for (const alertId of alertIds) {
      await propose(one, alertId);
      const answers = await Promise.all([
        post(one, `/${alertId}/agree-suspension`, {}, as(1, OTHER)),
        post(two, `/${alertId}/refuse-suspension`, { reason: 'no' }, as(1, 'https://idp.example#third')),
      ]);
      const [winner, loser] = answers[0].status === 200 ? [OTHER, 1] : ['https://idp.example#third', 0];
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
      expect(answers[loser]!.body).toMatchObject({ by: winner });
    }
  });

  test('is not one who may not see the wearer', async () => {
    await append(finding({ wearerId: 'W-out', zonePriority: 'victim' }));
    const app = await serve(testAccess);
    expect((await propose(app)).status).toBe(404);
    expect((await post(app, '/A-1/agree-suspension', {}, as(0, OTHER))).status).toBe(404);
  });
});

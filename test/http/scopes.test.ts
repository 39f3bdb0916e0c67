/**
 * `docs/scopes.csv`, reviewed by hand: of whom each role sees alerts, positions and exports, by where the wearer stands to it. Run over
 * REST, the feed and exports, with a real session, and with the same session after it has ended.
 */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { parse } from 'csv-parse/sync';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { WearerScope } from '../../src/access/may.js';
import { ROLES, type Role } from '../../src/access/roles.js';
import { type App, createApp } from '../../src/http/app.js';
import { type Feed, registerFeed } from '../../src/http/feed/feed.js';
import { createReach, OWN_REACH } from '../../src/http/feed/reach.js';
import type { Access } from '../../src/http/plugins/principal.js';
import { registerAlerts } from '../../src/http/routes/alerts/register.js';
import { registerCohort } from '../../src/http/routes/schemes/cohort.js';
import { registerPosition } from '../../src/http/routes/wearers/position.js';
import { registerTimeline } from '../../src/http/routes/wearers/timeline.js';
import { registerTrail } from '../../src/http/routes/wearers/trail.js';
import { createIdentify } from '../../src/http/sign-in/identify.js';
import { createProvider } from '../../src/http/sign-in/provider.js';
import { createSessions, type Sessions } from '../../src/http/sign-in/sessions.js';
import type { Session } from '../../src/ports/access.js';
import { ALERTS, encodeJson, INPUTS, inputRecord } from '../../src/ports/topics.js';
import { type AlertLog, startAlertLog } from '../../src/views/alert-log.js';
import { type LiveView, startLiveView } from '../../src/views/live-view.js';
import { CLOSE } from '../../src/wire/feed-messages.js';
import type { Timeline } from '../../src/wire/timeline.js';
import { finding, instantAt } from '../alerts/events.js';
import { principalAs, SUBJECT } from '../support/access.js';
import { cohortRow } from '../support/cohort-row.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { type FeedReader, readFeed } from '../support/feed-reader.js';
import { MAPPING } from '../support/issuer.js';
import { pingAt, TEST_START_MS, watchOf } from '../support/pings.js';
import { NOTHING_ON_RECORD } from '../support/priority.js';
import { silentLog } from '../support/silent-log.js';

const OTHERS = ['https://idp.example#other'];
/** By the heads of the table's columns. The roles are of Kent, and W-mine and W-mine-res are assigned to them. */
const STANDING = {
  within: ['W-in', 'kent', null],
  outside: ['W-out', 'essex', null],
  assigned: ['W-mine', 'essex', null],
  'within restricted to others': ['W-in-res', 'kent', OTHERS],
  'within restricted to oneself': ['W-in-own', 'kent', [SUBJECT]],
  'assigned restricted to others': ['W-mine-res', 'essex', OTHERS],
} as const satisfies Record<string, readonly [string, string, readonly string[] | null]>;
const wearers = new Map<string, WearerScope>(
  Object.values(STANDING).map(([wearerId, force, restrictedTo]) => [
    wearerId,
    { wearerId, force, division: null, schemes: [], restrictedTo },
  ]),
);
const everybody = [...wearers.keys(), 'W-nobody'];

/** Of one wearer each; of all in one list, or one file. */
const WHAT = ['alerts', 'positions', 'exports'] as const;
const LISTED = ['cohort', 'cohort files'] as const;
type What = (typeof WHAT)[number] | (typeof LISTED)[number];

const rows: Readonly<Record<string, string>>[] = parse(readFileSync('docs/scopes.csv', 'utf8'), { columns: true });
function seenBy(role: Role, what: What): string[] {
  const row = rows.find((each) => each['role'] === role && each['what'] === what)!;
  return Object.entries(STANDING).flatMap(([standing, [wearerId]]) => (row[standing] === 'yes' ? [wearerId] : []));
}

const emptyTimeline = (wearerId: string): Timeline => ({
  wearerId,
  asOf: instantAt(60),
  timeZone: 'Europe/London',
  days: [],
  fixes: 0,
  bands: [],
  inForce: [],
  periods: [],
  alerts: [],
  deviceEvents: [],
  notes: [],
  onRecord: { alerts: 0, deviceEvents: 0, notes: 0 },
});

const clock = { nowMs: () => Date.parse(instantAt(60)) };
let opened: TestLog;
let alertLog: AlertLog;
let liveView: LiveView;
let app: App;
let feed: Feed;
let sessions: Sessions;
let url: string;
const readers: FeedReader[] = [];

beforeAll(async () => {
  opened = await openTestLog();
  await opened.log.append(
    ALERTS,
    everybody.map((wearerId, n) => ({
      key: wearerId,
      value: encodeJson(finding({ alertId: `A-${wearerId}`, wearerId, raisedAt: instantAt(n) })),
      partition: 0,
    })),
  );
  await opened.log.append(
    INPUTS,
    everybody.flatMap((wearerId, n) => [
      inputRecord({ type: 'watch', watch: watchOf(`T-${n}`, [[wearerId, 0, null]]) }),
      inputRecord({ type: 'ping', ping: pingAt(`T-${n}`, 0), receivedAtMs: TEST_START_MS }),
    ]),
  );
  alertLog = await startAlertLog({ log: opened.log, logger: silentLog, epoch: 'e1' });
  liveView = await startLiveView({ log: opened.log, logger: silentLog, positionsIntervalMs: 10 });
  await Promise.all([alertLog.caughtUp, liveView.caughtUp]);

  const kept = new Map<string, Session>();
  sessions = createSessions({
    store: {
      find: (sessionId) => kept.get(sessionId),
      all: () => kept.values(),
      put: async (session) => void kept.set(session.sessionId, session),
      tellUse: async () => {},
      end: async (sessionId) => void kept.delete(sessionId),
    },
    clock,
    isSecure: false,
  });
  const publicUrl = 'http://127.0.0.1';
  const nowhere = { issuer: 'http://127.0.0.1:1', clientId: 'x', clientSecret: 'x', apiAudience: null, publicUrl };
  const access: Access = {
    identify: createIdentify({
      provider: createProvider(nowhere),
      sessions,
      mapping: MAPPING,
      clock,
      publicUrl,
      findGrant: () => undefined,
      isCaughtUp: () => true,
    }),
    findWearer: (wearerId) => wearers.get(wearerId),
    wearersVersion: () => 0,
    onWearer: () => () => {},
  };
  app = await createApp({ log: silentLog, access });
  registerAlerts(app, {
    alertLog,
    failingHandoffs: () => [],
    priority: NOTHING_ON_RECORD,
    record: { list: async () => [], read: async () => null, isOfVictim: async () => false },
    clock,
    logger: silentLog,
  });
  registerPosition(app, {
    livePosition: liveView.position,
    latestPosition: async () => null,
    readMessagesAfter: async () => [],
    clock,
  });
  registerTrail(app, {
    readTrail: async () => ({ points: [], next: null }),
    listDeleted: async () => [],
    hasWearer: async (wearerId) => wearers.has(wearerId),
    clock,
    logger: silentLog,
  });
  registerTimeline(app, {
    readTimeline: async ({ wearerId }) => (wearers.has(wearerId) ? emptyTimeline(wearerId) : null),
    clock,
  });
  registerCohort(app, {
    listIds: async (after) => everybody.filter((wearerId) => after === null || wearerId > after).sort(),
    readRows: async (wearerIds) => wearerIds.map((wearerId) => cohortRow(wearerId)),
    clock,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  feed = registerFeed(app.server, {
    alertLog,
    liveView,
    clock,
    logger: silentLog,
    reach: createReach({ ...OWN_REACH, publicUrl }),
    status: {
      current: () => ({ database: 'present', log: 'present', recorderLagMs: 0, silentSuppliers: [] }),
      subscribe: () => () => {},
    },
    access,
  });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
});
afterEach(() => {
  for (const { socket } of readers.splice(0)) socket.terminate();
});
afterAll(async () => {
  await feed?.close();
  await app?.close();
  await Promise.all([alertLog?.stop(), liveView?.stop()]);
  await opened?.dispose();
});

async function begin(...roles: readonly Role[]): Promise<string> {
  const principal = principalAs([...roles], { wearerIds: ['W-mine', 'W-mine-res'] });
  return (await sessions.begin(principal, null)).split(';', 1)[0]!;
}
const ask = (cookie: string, path: string, accept = 'application/json') =>
  fetch(`${url}/api/v1${path}`, { headers: { cookie, accept } });
async function join(cookie: string): Promise<FeedReader> {
  const options = { origin: 'http://127.0.0.1', headers: { cookie } };
  const reader = await readFeed(`${url.replace('http', 'ws')}/api/v1/feed`, options);
  readers.push(reader);
  return reader;
}

const EXPORTS = ['text/csv', 'application/gpx+xml', 'application/vnd.google-earth.kml+xml'];
const WHY = '?purpose=court&recipient=CPS';
/** Of one wearer, by what the table says of it. */
const READS = {
  alerts: (wearerId: string) => [{ path: `/alerts/A-${wearerId}`, accept: 'application/json' }],
  positions: (wearerId: string) =>
    ['position', 'trail', 'timeline'].map((what) => ({
      path: `/wearers/${wearerId}/${what}`,
      accept: '*/*',
    })),
  exports: (wearerId: string) => EXPORTS.map((accept) => ({ path: `/wearers/${wearerId}/trail${WHY}`, accept })),
} as const;
test('the table has every role, and each of what is seen', () => {
  expect(rows.map(({ role, what }) => `${role} ${what}`)).toEqual(
    ROLES.flatMap((role) => [...WHAT, ...LISTED].map((what) => `${role} ${what}`)),
  );
  for (const { role: _, what: __, ...cells } of rows) {
    expect(Object.keys(cells)).toEqual(Object.keys(STANDING));
    for (const cell of Object.values(cells)) expect(['', 'yes']).toContain(cell);
  }
});

test.each(ROLES.flatMap((one) => ROLES.filter((other) => other > one).map((other) => [one, other] as const)))(
  'who is %s and %s takes away as files what one of the two roles alone could',
  async (one, other) => {
    const cookie = await begin(one, other);
    const allowed = new Set([...seenBy(one, 'exports'), ...seenBy(other, 'exports')]);
    for (const wearerId of everybody) {
      const { status } = await ask(cookie, `/wearers/${wearerId}/trail${WHY}`, 'text/csv');
      expect([wearerId, status === 200]).toEqual([wearerId, allowed.has(wearerId)]);
    }
  },
);

describe.each([...ROLES])('%s', (role) => {
  test.each(WHAT)('%s over REST: who may be seen, and of all others what is said of nobody', async (what) => {
    const cookie = await begin(role);
    const seen = seenBy(role, what);
    for (const wearerId of everybody) {
      for (const [n, { path, accept }] of READS[what](wearerId).entries()) {
        const answer = await ask(cookie, path, accept);
        const text = await answer.text();
        if (seen.includes(wearerId)) {
          expect([path, accept, answer.status]).toEqual([path, accept, 200]);
          continue;
        }
        // Of whom they see the positions anyway, it may be said that the role does not include exports.
        if (what === 'exports' && seenBy(role, 'positions').includes(wearerId)) {
          expect([path, answer.status]).toEqual([path, 403]);
          continue;
        }
        const nobody = READS[what]('W-nobody')[n]!;
        const said = await ask(cookie, nobody.path, nobody.accept);
        expect([path, answer.status, text.replaceAll(wearerId, 'W-nobody')]).toEqual([
          path,
          said.status,
          await said.text(),
        ]);
        expect([403, 404]).toContain(answer.status);
      }
    }
    const list = await ask(cookie, '/alerts');
    const alerts = seenBy(role, 'alerts');
    if (alerts.length === 0) expect(list.status).toBe(403);
    else {
      const { items } = (await list.json()) as { items: { wearerId: string }[] };
      expect(items.map(({ wearerId }) => wearerId).sort()).toEqual([...alerts].sort());
    }
  });

  test('the cohort, as a list and as a file: of whom the table says, and nobody else is counted', async () => {
    const cookie = await begin(role);
    const list = await ask(cookie, '/cohort');
    const listed = seenBy(role, 'cohort');
    expect(list.status).toBe(listed.length === 0 ? 403 : 200);
    if (listed.length === 0) {
      expect((await ask(cookie, `/cohort${WHY}`, 'text/csv')).status).toBe(403);
      return;
    }
    const { items } = (await list.json()) as { items: { wearerId: string }[] };
    expect(items.map(({ wearerId }) => wearerId).sort()).toEqual([...listed].sort());
    const file = await ask(cookie, `/cohort${WHY}`, 'text/csv');
    expect(file.status).toBe(200);
    const lines: { wearerId: string }[] = parse(await file.text(), { columns: true });
    expect(lines.map(({ wearerId }) => wearerId).sort()).toEqual([...seenBy(role, 'cohort files')].sort());
  });

  test('the feed: alerts and positions of the same', async () => {
    const cookie = await begin(role);
    const alerts = seenBy(role, 'alerts');
    if (alerts.length === 0) {
      await expect(join(cookie)).rejects.toThrow('403');
      return;
    }
    const reader = await join(cookie);
    await reader.heard(({ type }) => type === 'status');
    expect(
      reader
        .of('snapshot')[0]!
        .alerts.map(({ wearerId }) => wearerId)
        .sort(),
    ).toEqual([...alerts].sort());
    reader.socket.send(JSON.stringify({ type: 'subscribe', positions: true, wearerIds: everybody }));
    await reader.heard(({ type }) => type === 'positions');
    const told = reader.of('positions').flatMap(({ items }) => items.map(({ wearerId }) => wearerId));
    expect([...new Set(told)].sort()).toEqual([...seenBy(role, 'positions')].sort());
  });

  test('with a session that has ended: nothing, anywhere, and an open feed is closed', async () => {
    const cookie = await begin(role);
    const reader = seenBy(role, 'alerts').length === 0 ? null : await join(cookie);
    await reader?.heard(({ type }) => type === 'status');
    await sessions.endWhere(() => true);
    if (reader !== null) expect((await reader.closed).code).toBe(CLOSE.ENDED);
    const paths = WHAT.flatMap((what) => everybody.flatMap((wearerId) => READS[what](wearerId)));
    for (const { path, accept } of [{ path: '/alerts', accept: 'application/json' }, ...paths]) {
      const answer = await ask(cookie, path, accept);
      expect([path, answer.status, await answer.json()]).toEqual([
        path,
        401,
        { title: 'Not signed in', status: 401, detail: 'Sign in, or send a bearer token that is valid here.' },
      ]);
    }
    await expect(join(cookie)).rejects.toThrow('401');
  });
});

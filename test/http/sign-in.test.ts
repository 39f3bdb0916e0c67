import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Grant } from '../../src/access/grant.js';
import { type App, createApp } from '../../src/http/app.js';
import type { Access } from '../../src/http/plugins/principal.js';
import { registerMe } from '../../src/http/routes/people/me.js';
import { registerSignIn } from '../../src/http/routes/people/sign-in.js';
import { createIdentify } from '../../src/http/sign-in/identify.js';
import { createProvider } from '../../src/http/sign-in/provider.js';
import { ABSOLUTE_LIMIT_MS, createSessions, IDLE_LIMIT_MS } from '../../src/http/sign-in/sessions.js';
import { accessRecord, endedSession } from '../../src/ports/access.js';
import { ACCESS } from '../../src/ports/topics.js';
import { type AccessView, startAccessView } from '../../src/views/access.js';
import { createRememberingTrail } from '../support/audit.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import {
  AUDIENCE,
  CLIENT_ID,
  CLIENT_SECRET,
  listenOn,
  MAPPING,
  type OwnIssuer,
  type Running,
  startOwnIssuer,
  startProvider,
} from '../support/issuer.js';
import { openBrowser } from '../support/own-browser.js';
import { createRememberingLog } from '../support/silent-log.js';

let opened: TestLog;
let running: { stop(): Promise<void> }[];
let aheadMs: number;
const clock = { nowMs: () => Date.now() + aheadMs };
const logger = createRememberingLog();
const trail = createRememberingTrail();

beforeEach(async () => {
  opened = await openTestLog();
  running = [];
  trail.said.length = 0;
  trail.isAway = false;
  aheadMs = 0;
});
afterEach(async () => {
  for (const one of running.reverse()) await one.stop();
  await opened.dispose();
});

interface Api {
  readonly app: App;
  readonly view: AccessView;
  readonly url: string;
}

/** An api as the program makes it, over the same log as others. */
async function startApi(issuer: string, url: string): Promise<Api> {
  const view = await startAccessView({ log: opened.log, logger });
  await expect.poll(() => view.isCaughtUp()).toBe(true);
  const provider = createProvider({
    issuer,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    apiAudience: AUDIENCE,
    publicUrl: url,
  });
  const sessions = createSessions({
    store: {
      find: (sessionId) => view.findSession(sessionId),
      all: () => view.sessions(),
      put: (session) => view.append(accessRecord({ type: 'session', session })),
      tellUse: (sessionId, usedAtMs) => view.append(accessRecord({ type: 'use', sessionId, usedAtMs })),
      end: async (sessionId) => {
        for (const record of endedSession(sessionId)) await view.append(record);
      },
    },
    clock,
    isSecure: false,
  });
  const identify = createIdentify({
    provider,
    sessions,
    mapping: MAPPING,
    clock,
    publicUrl: url,
    findGrant: (subjectId) => view.findGrant(subjectId),
    isCaughtUp: () => view.isCaughtUp(),
  });
  const app = await createApp({
    log: logger,
    access: { identify, findWearer: () => undefined, wearersVersion: () => 0, onWearer: () => () => {} },
    audit: trail,
  });
  registerMe(app);
  app.post('/api/v1/things', { config: { operation: 'self' } }, () => ({}));
  registerSignIn(app, { provider, sessions, mapping: MAPPING, isSecure: false, logger });
  await app.ready();
  running.push({
    async stop() {
      await app.close();
      await view.stop();
    },
  });
  return { app, view, url };
}

describe('signing in', () => {
  let front: Running;
  let provider: Running;
  let api: Api;
  let handler: App['routing'];

  beforeEach(async () => {
    front = await listenOn(createServer((request, response) => handler(request, response)));
    running.push(front);
    provider = await startProvider(front.url);
    running.push(provider);
    api = await startApi(provider.url, front.url);
    handler = api.app.routing;
  });

  test('by the provider: who I am, by iss and sub, with mapped roles and scope; once is enough over a restart', async () => {
    const browser = openBrowser();
    expect((await browser.me(front.url)).status).toBe(401);
    const page = await browser.signIn(front.url, 'alice', '/somewhere?a=1&b=2');
    expect([page.response.status, page.text]).toEqual([200, expect.stringContaining('0;url=/somewhere?a=1&amp;b=2')]);
    const me = await browser.me(front.url);
    expect(me.body).toMatchObject({
      subjectId: `${provider.url}#alice`,
      name: 'The alice',
      kind: 'person',
      roles: ['supervisor'],
      scope: { areas: [{ forces: ['kent'] }] },
    });
    // Another api, or the same one started again, over the same log; the provider is away by now.
    await provider.stop();
    running.splice(running.indexOf(provider), 1);
    handler = (await startApi(provider.url, front.url)).app.routing;
    expect((await browser.me(front.url)).body).toEqual(me.body);
    const away = await browser.ask(`${front.url}/auth/sign-in`);
    expect(away.response.status).toBe(503);
  });

  test('leaves no token in the log', async () => {
    const browser = openBrowser();
    await browser.signIn(front.url, 'alice');
    const token = browser.jarOf(front.url).get('tagwatch-session')!;
    let text = '';
    await opened.log.readToEnd([{ topic: ACCESS, partition: 0 }], (batch) => {
      for (const { key, value } of batch.records) text += `${key}${Buffer.from(value ?? []).toString()}`;
    });
    expect(text).toContain('alice');
    expect(text).not.toContain(token);
  });

  test('goes nowhere else: an address of another host is not returned to', async () => {
    for (const evil of ['//evil.example', 'https://evil.example', '/\\evil.example', '/"><script>']) {
      const page = await openBrowser().signIn(front.url, 'alice', evil);
      expect([evil, page.text]).toEqual([evil, expect.stringContaining('content="0;url=/"')]);
    }
  });

  test('goes nowhere else by a cookie that somebody else has written', async () => {
    const browser = openBrowser();
    const inner = api.app.routing;
    handler = (request, response) => {
      const jar = browser.jarOf(front.url);
      const attempt = jar.get('tagwatch-attempt');
      if (request.url?.startsWith('/auth/callback') && attempt !== undefined) {
        const value = JSON.parse(Buffer.from(attempt, 'base64url').toString());
        const forged = Buffer.from(JSON.stringify({ ...value, returnTo: 'https://elsewhere.example/' })).toString(
          'base64url',
        );
        request.headers.cookie = `tagwatch-attempt=${forged}`;
      }
      inner(request, response);
    };
    const page = await browser.signIn(front.url, 'alice');
    expect([page.response.status, page.text.includes('elsewhere')]).toEqual([400, false]);
  });

  test('is refused with what another browser began, twice, or without having begun', async () => {
    const browser = openBrowser();
    let callback = '';
    const keep = handler;
    handler = (request, response) => {
      if (request.url?.startsWith('/auth/callback')) callback = request.url;
      keep(request, response);
    };
    await browser.signIn(front.url, 'alice');
    const again = await browser.ask(`${front.url}${callback}`);
    expect(again.response.status).toBe(400);
    expect((await openBrowser().ask(`${front.url}${callback}`)).response.status).toBe(400);
    const other = openBrowser();
    await other.ask(`${front.url}/auth/sign-in`);
    const forged = await other.ask(`${front.url}${callback}`);
    expect([forged.response.status, (await other.me(front.url)).status]).toEqual([400, 401]);
  });

  test('in and out is put on record, and so is what was refused; it goes on while the audit is away', async () => {
    trail.isAway = true;
    const browser = openBrowser();
    await browser.signIn(front.url, 'alice');
    await browser.ask(`${front.url}/auth/sign-out`, { method: 'POST' });
    await openBrowser().ask(`${front.url}/auth/callback?code=1&state=2`);
    const alice = `${provider.url}#alice`;
    expect(trail.said.map(({ what, act, who, outcome }) => [what, act, who, outcome])).toEqual([
      ['sign-in', 'sign-in', alice, 'done'],
      ['sign-out', 'sign-out', alice, 'done'],
      ['sign-in', 'sign-in', null, 'refused'],
    ]);
    expect(trail.said[0]?.roles?.length).toBeGreaterThan(0);
  });

  test('out: the session is over in every api, and a stolen cookie with it', async () => {
    const browser = openBrowser();
    await browser.signIn(front.url, 'alice');
    const stolen = browser.jarOf(front.url).get('tagwatch-session')!;
    const second = await startApi(provider.url, front.url);
    const askSecond = () => second.app.inject({ url: '/api/v1/me', headers: { cookie: `tagwatch-session=${stolen}` } });
    expect((await askSecond()).statusCode).toBe(200);
    const out = await browser.ask(`${front.url}/auth/sign-out`, { method: 'POST' });
    expect(JSON.parse(out.text).signOutUrl).toContain(provider.url);
    expect((await browser.me(front.url)).status).toBe(401);
    await expect.poll(async () => (await askSecond()).statusCode).toBe(401);
  });

  test('ends after half an hour without use and after a shift in any case', async () => {
    const browser = openBrowser();
    await browser.signIn(front.url, 'alice');
    aheadMs = IDLE_LIMIT_MS - 1_000;
    expect((await browser.me(front.url)).status).toBe(200);
    aheadMs = 2 * IDLE_LIMIT_MS - 2_000;
    expect((await browser.me(front.url)).status).toBe(200);
    aheadMs = 3 * IDLE_LIMIT_MS;
    expect((await browser.me(front.url)).status).toBe(401);
    const wall = openBrowser();
    aheadMs = 0;
    await wall.signIn(front.url, 'bob');
    for (aheadMs = 0; aheadMs < ABSOLUTE_LIMIT_MS - 60_000; aheadMs += IDLE_LIMIT_MS / 2)
      expect((await wall.me(front.url)).status).toBe(200);
    aheadMs = ABSOLUTE_LIMIT_MS;
    expect((await wall.me(front.url)).status).toBe(401);
  });

  test('goes on in an api whose clock is minutes off, and ends no later than by that much', async () => {
    const MINUTES = 5 * 60_000;
    const browser = openBrowser();
    aheadMs = MINUTES;
    await browser.signIn(front.url, 'alice');
    // Another api, behind by as much: begun and used in what is the future there.
    aheadMs = -MINUTES;
    expect((await browser.me(front.url)).status).toBe(200);
    aheadMs = MINUTES + IDLE_LIMIT_MS - 1_000;
    expect((await browser.me(front.url)).status).toBe(200);
    aheadMs += IDLE_LIMIT_MS + 1_000;
    expect((await browser.me(front.url)).status).toBe(401);
  });

  test('what administrators grant or take away holds at once, and tells who is connected', async () => {
    const browser = openBrowser();
    await browser.signIn(front.url, 'alice');
    const subjectId = `${provider.url}#alice`;
    const headers = { cookie: [...browser.jarOf(front.url)].map(([name, value]) => `${name}=${value}`).join('; ') };
    const identify = async () =>
      await api.app.access.identify({ method: 'GET', headers } as unknown as Parameters<Access['identify']>[0]);
    const before = await identify();
    const put = (grant: Partial<Grant>) =>
      api.view.append(
        accessRecord({
          type: 'grant',
          grant: { subjectId, roles: [], areas: [], wearerIds: [], isBlocked: false, ...grant },
        }),
      );
    await put({ roles: ['auditor', 'service'], wearerIds: ['W-9'] });
    expect(before?.check()).toBe('changed');
    const granted = await browser.me(front.url);
    expect(granted.body).toMatchObject({ roles: ['supervisor', 'auditor'], scope: { wearerIds: ['W-9'] } });
    const then = await identify();
    expect(then?.check()).toBe('valid');
    await put({ isBlocked: true });
    expect(then?.check()).toBe('changed');
    expect((await browser.me(front.url)).status).toBe(403);
  });

  test('a page elsewhere cannot write with the cookie', async () => {
    const browser = openBrowser();
    await browser.signIn(front.url, 'alice');
    const cookie = `tagwatch-session=${browser.jarOf(front.url).get('tagwatch-session')}`;
    const write = async (headers: Record<string, string>) =>
      (await api.app.inject({ method: 'POST', url: '/api/v1/things', headers: { cookie, ...headers } })).statusCode;
    expect(await write({ 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect(await write({ origin: front.url })).toBe(200);
    expect(await write({ 'sec-fetch-site': 'same-site', origin: front.url })).toBe(401);
    expect(await write({ 'sec-fetch-site': 'cross-site' })).toBe(401);
    expect(await write({})).toBe(401);
    expect(await write({ origin: 'https://evil.example' })).toBe(401);
    // A token that is not valid does not fall back to it.
    expect(await write({ 'sec-fetch-site': 'same-origin', authorization: 'Bearer nonsense' })).toBe(401);
  });
});

describe('tokens', () => {
  let issuer: OwnIssuer;
  let api: Api;
  const ask = async (token: string, url = '/api/v1/me') => {
    const answer = await api.app.inject({ url, headers: { authorization: `Bearer ${token}` } });
    return { status: answer.statusCode, body: answer.json() };
  };

  beforeEach(async () => {
    issuer = await startOwnIssuer();
    running.push(issuer);
    api = await startApi(issuer.url, 'http://127.0.0.1:1');
  });

  test('of a machine that are valid', async () => {
    const token = await issuer.sign({
      scope: 'openid alerts.read api://tagwatch/pings.write nonsense',
      groups: ['kent'],
    });
    expect((await ask(token)).body).toMatchObject({
      subjectId: `${issuer.url}#machine`,
      kind: 'machine',
      roles: ['service'],
      operations: expect.arrayContaining(['alerts.read', 'pings.write']),
    });
    expect((await ask(token)).body.operations).not.toContain('records.write');
  });

  test.each<[string, () => Promise<string> | string]>([
    ['none at all', () => 'nonsense'],
    ['of another audience', () => issuer.sign({ aud: 'urn:other' })],
    ['an ID token', () => issuer.sign({ aud: CLIENT_ID })],
    ['an ID token for both', () => issuer.sign({ aud: [CLIENT_ID, AUDIENCE], nonce: 'n' })],
    ['of another issuer', () => issuer.sign({ iss: 'https://idp.example' })],
    ['expired', () => issuer.sign({ exp: Math.floor(Date.now() / 1_000) - 60 })],
    ['of later', () => issuer.sign({ nbf: Math.floor(Date.now() / 1_000) + 300 })],
    ['without an end', () => issuer.sign({ exp: undefined })],
    ['of nobody', () => issuer.sign({ sub: undefined })],
    ['of a clock minutes ahead', () => issuer.sign({ nbf: Math.floor(Date.now() / 1_000) + 120 })],
    [
      'unsigned',
      () =>
        new UnsecuredJWT({ iss: issuer.url, aud: AUDIENCE, sub: 'x' }).setIssuedAt().setExpirationTime('5m').encode(),
    ],
    [
      'signed with what is public',
      async () => {
        const [, payload] = (await issuer.sign()).split('.');
        const head = Buffer.from(JSON.stringify({ alg: 'HS256', kid: 'key-0' })).toString('base64url');
        const { keys } = (await (await fetch(`${issuer.url}/keys`)).json()) as { keys: [object] };
        const mac = createHmac('sha256', JSON.stringify(keys[0])).update(`${head}.${payload}`).digest('base64url');
        return `${head}.${payload}.${mac}`;
      },
    ],
    [
      'changed',
      async () => {
        const [head, , signature] = (await issuer.sign()).split('.');
        const claims = { iss: issuer.url, aud: AUDIENCE, sub: 'root', exp: Math.floor(Date.now() / 1_000) + 300 };
        return `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
      },
    ],
  ])('that are %s are refused, all in the same words', async (_kind, make) => {
    const answer = await ask(await make());
    expect(answer).toEqual({
      status: 401,
      body: { title: 'Not signed in', status: 401, detail: 'Sign in, or send a bearer token that is valid here.' },
    });
  });

  test('of a clock that differs by less than half a minute are valid', async () => {
    const now = Math.floor(Date.now() / 1_000);
    expect((await ask(await issuer.sign({ exp: now - 10, scope: 'alerts.read' }))).status).toBe(200);
    expect((await ask(await issuer.sign({ nbf: now + 20, scope: 'alerts.read' }))).status).toBe(200);
  });

  test('of a clock that is minutes off open nothing before their time, nothing after it, and nothing for longer', async () => {
    const now = Math.floor(Date.now() / 1_000);
    for (const minutes of [-10, -2, 2, 10]) {
      const iat = now + minutes * 60;
      // As a provider with such a clock makes them, valid for a minute.
      const status = (await ask(await issuer.sign({ iat, nbf: iat, exp: iat + 60, scope: 'alerts.read' }))).status;
      expect([minutes, status]).toEqual([minutes, 401]);
    }
    // Without a beginning it is valid at once, and until it ends by the clock here.
    const ahead = await issuer.sign({ iat: now + 120, exp: now + 180, scope: 'alerts.read' });
    expect((await ask(ahead)).status).toBe(200);
    const identity = await api.app.access.identify({
      method: 'GET',
      headers: { authorization: `Bearer ${ahead}` },
    } as unknown as Parameters<Access['identify']>[0]);
    aheadMs = 181_000;
    expect(identity?.check()).toBe('ended');
  });

  test('of a new key are valid without a restart, and those of the old one no more', async () => {
    const old = await issuer.sign({ scope: 'alerts.read' });
    expect((await ask(old)).status).toBe(200);
    await issuer.rotate();
    const fresh = await issuer.sign({ scope: 'alerts.read' });
    // Not at once: keys are not asked for more often than every few seconds.
    await expect.poll(async () => (await ask(fresh)).status, { interval: 500 }).toBe(200);
    expect((await ask(old)).status).toBe(401);
  });

  test('that name unknown keys do not have the provider asked each time', async () => {
    expect((await ask(await issuer.sign({ scope: 'alerts.read' }))).status).toBe(200);
    const before = issuer.keyRequests();
    for (let i = 0; i < 50; i++) await ask(await issuer.sign({}, { kid: `made-up-${i}` }));
    expect(issuer.keyRequests() - before).toBeLessThanOrEqual(2);
  });

  test('cannot be judged while the provider is away and nothing of it is known; what is known goes on', async () => {
    const token = await issuer.sign({ scope: 'alerts.read' });
    const late = await startApi(issuer.url, 'http://127.0.0.1:1');
    expect((await ask(token)).status).toBe(200);
    await issuer.stop();
    running.splice(running.indexOf(issuer), 1);
    expect((await ask(token)).status).toBe(200);
    api = late;
    expect((await ask(token)).status).toBe(503);
  });

  test('of logout end the sessions that they name, at once and in every api; others end nothing', async () => {
    const session = (sessionId: string, sub: string, sid: string | null) =>
      accessRecord({
        type: 'session',
        session: {
          sessionId,
          principal: {
            kind: 'person',
            subjectId: `${issuer.url}#${sub}`,
            name: sub,
            roles: [],
            scope: { areas: [], wearerIds: [], tagPrefixes: [] },
            tokenOperations: [],
          },
          providerSessionId: sid,
          startedAtMs: Date.now(),
          usedAtMs: Date.now(),
        },
      });
    for (const one of [session('s1', 'alice', 'sid-1'), session('s2', 'alice', 'sid-2'), session('s3', 'bob', null)])
      await api.view.append(one);
    const left = () => [...api.view.sessions()].map(({ sessionId }) => sessionId).sort();
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    const tell = async (claims: object) => {
      const token = await issuer.sign({ aud: CLIENT_ID, exp: undefined, sub: undefined, events, ...claims });
      const answer = await api.app.inject({
        method: 'POST',
        url: '/auth/back-channel-logout',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ logout_token: token }).toString(),
      });
      return answer.statusCode;
    };
    const old = { iat: Math.floor(Date.now() / 1_000) - 600 };
    for (const wrong of [{ events: {} }, { nonce: 'n' }, { aud: AUDIENCE }, old, { sid: undefined }])
      expect([wrong, await tell({ sid: 'sid-1', ...wrong })]).toEqual([wrong, 400]);
    expect(left()).toEqual(['s1', 's2', 's3']);
    expect(await tell({ sid: 'sid-1' })).toBe(200);
    expect(left()).toEqual(['s2', 's3']);
    expect(await tell({ sub: 'alice' })).toBe(200);
    expect(left()).toEqual(['s3']);
  });
});

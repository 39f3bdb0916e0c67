import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp } from '../../src/http/app.js';
import { type Listener, openListener } from '../../src/start/listener.js';
import { createReadiness, type Readiness } from '../../src/start/readiness.js';
import { silentLog } from '../support/silent-log.js';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

function openReadiness(): Readiness {
  const readiness = createReadiness();
  readiness.expect('log', 'essential', 'the event log to answer');
  readiness.expect('database', 'helpful');
  return readiness;
}

async function open(readiness: Readiness, given: { hasApi?: boolean; port?: number } = {}): Promise<Listener> {
  const listener = await openListener({
    host: '127.0.0.1',
    port: given.port ?? 0,
    hasApi: given.hasApi ?? true,
    readiness,
    metrics: async () => ({ contentType: 'text/plain', text: 'tagwatch_build_info 1\n' }),
    app: { log: silentLog },
  });
  opened.push(listener);
  return listener;
}

async function openApi(answer: () => Promise<object> = async () => ({ from: 'api' })) {
  const api = await createApp({ log: silentLog });
  api.get('/api/v1/things', { config: { operation: 'self' } }, answer);
  await api.ready();
  opened.push(api);
  return api;
}

const get = async (url: string) => {
  const answer = await fetch(url);
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text.startsWith('{') ? JSON.parse(text) : text };
};

describe('the listener', () => {
  it('says from the first moment that it lives, what it waits for, and its metrics', async () => {
    const { url } = await open(openReadiness());
    expect(await get(`${url}/health/live`)).toMatchObject({ status: 200, body: { status: 'live' } });
    expect(await get(`${url}/health/ready`)).toMatchObject({
      status: 503,
      body: {
        status: 'not-ready',
        parts: [
          { part: 'log', ready: false, waitsFor: 'the event log to answer' },
          { part: 'database', ready: false, waitsFor: 'its turn in the start' },
          { part: 'start', ready: false },
        ],
      },
    });
    expect(await get(`${url}/metrics`)).toMatchObject({ status: 200, body: 'tagwatch_build_info 1\n' });
  });

  it.each([
    ['GET', '/api/v1/alerts'],
    ['GET', '/'],
    ['PUT', '/api/v1/wearers/W-1'],
    ['POST', '/api/v1/pings'],
  ])('answers %s %s with 503 and what the start waits for, whatever the body', async (method, path) => {
    const { url } = await open(openReadiness());
    const body = method === 'GET' ? null : 'not json at all'.repeat(200_000);
    const answer = await fetch(url + path, { method, body });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(await answer.json()).toMatchObject({
      status: 503,
      detail: 'Tagwatch is starting. It waits for the event log to answer (log).',
    });
  });

  it('hands over to the API on the same port, kept connections included', async () => {
    const readiness = openReadiness();
    const listener = await open(readiness);
    const api = await openApi();
    expect((await get(`${listener.url}/api/v1/things`)).status).toBe(503);
    const kept = connect(Number(new URL(listener.url).port), '127.0.0.1');
    const read = () => new Promise<string>((resolve) => kept.once('data', (data) => resolve(String(data))));
    kept.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await read()).toContain('200 OK');
    listener.handOver(api.routing);
    kept.write('GET /api/v1/things HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await read()).toContain('{"from":"api"}');
    kept.destroy();
    expect(await get(`${listener.url}/api/v1/things`)).toMatchObject({ status: 200, body: { from: 'api' } });
  });

  it('takes requests back: those under way are answered, new ones refused, and it can still be asked how it is', async () => {
    const listener = await open(openReadiness());
    let answerNow: (value: object) => void = () => {};
    let arrived: () => void = () => {};
    const hasArrived = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const api = await openApi(() => {
      arrived();
      return new Promise((resolve) => {
        answerNow = resolve;
      });
    });
    const takeBack = listener.handOver(api.routing);
    const underWay = get(`${listener.url}/api/v1/things`);
    await hasArrived;
    let isBack = false;
    const back = takeBack().then(() => {
      isBack = true;
    });
    expect(await get(`${listener.url}/api/v1/things`)).toMatchObject({
      status: 503,
      body: { detail: 'Tagwatch is stopping.' },
    });
    expect((await get(`${listener.url}/health/live`)).status).toBe(200);
    expect(isBack).toBe(false);
    answerNow({ from: 'before' });
    expect(await underWay).toMatchObject({ status: 200, body: { from: 'before' } });
    await back;
  });

  it('a process without the api role has nothing else at its addresses', async () => {
    const readiness = openReadiness();
    const { url } = await open(readiness, { hasApi: false });
    expect((await get(`${url}/api/v1/alerts`)).status).toBe(404);
    readiness.watch('log');
    readiness.watch('database');
    readiness.startIsOver();
    expect(await get(`${url}/health/ready`)).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  it('says what to do where the port is taken', async () => {
    const { url } = await open(openReadiness());
    await expect(open(openReadiness(), { port: Number(new URL(url).port) })).rejects.toThrow(
      /port \d+ of 127\.0\.0\.1 is taken by another program\. Set TAGWATCH_PORT/,
    );
  });
});

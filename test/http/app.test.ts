import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answered, type App, createApp } from '../../src/http/app.js';
import { createReach, OWN_REACH } from '../../src/http/feed/reach.js';
import { decodeCursor, encodeCursor, ListQuery, toPage } from '../../src/http/plugins/lists.js';
import { problemResponses, sendProblem } from '../../src/http/plugins/problems.js';
import { DatabaseUnavailable } from '../../src/ports/database.js';
import { LogUnavailable } from '../../src/ports/event-log.js';
import type { Log } from '../../src/ports/log.js';

const lines: { level: string; fields: object; message: string }[] = [];
const at = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message });
const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };

const Thing = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    colour: Type.Optional(Type.Enum(['red', 'green'])),
    parts: Type.Optional(Type.Array(Type.Object({ size: Type.Number() }, { additionalProperties: false }))),
  },
  { additionalProperties: false },
);

const answered: Answered[] = [];
let app: App;
beforeAll(async () => {
  app = await createApp({ log, bodyLimitBytes: 1_000, onAnswered: (answer) => void answered.push(answer) });
  app.put(
    '/api/v1/things/:thingId',
    {
      config: { operation: 'self' },
      schema: {
        params: Type.Object({ thingId: Type.String({ pattern: '^[a-z]+$' }) }),
        body: Thing,
        response: { 200: Thing, ...problemResponses(422) },
      },
    },
    (request) => request.body,
  );
  app.get(
    '/api/v1/things',
    { config: { operation: 'self' }, schema: { querystring: ListQuery } },
    (request) => request.query,
  );
  app.get('/api/v1/away/:part', { config: { operation: 'self' } }, (request) => {
    const { part } = request.params as { part: string };
    if (part === 'database') throw new DatabaseUnavailable('connection refused to a machine');
    if (part === 'log') throw new LogUnavailable('no broker');
    throw new Error('a defect with a name in it');
  });
  app.get('/api/v1/conflict', { config: { operation: 'self' } }, (_request, reply) =>
    sendProblem(reply, { status: 409, detail: 'No.', conflicts: [1] }),
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => app.close());

/** Sends bytes, now and then some more, and gives all that comes back until the connection ends. */
async function talk(
  to: App,
  bytes: string,
  more: { againEveryMs: number; bytes: string } | null = null,
): Promise<string> {
  const { port } = to.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  // Whoever writes to a connection that is over is told so by an error.
  socket.on('error', () => {});
  socket.write(bytes);
  const timer = more === null ? undefined : setInterval(() => socket.write(more.bytes), more.againEveryMs);
  await new Promise((resolve) => socket.on('close', resolve));
  clearInterval(timer);
  return text;
}

const put = (payload: string | object, url = '/api/v1/things/a', type = 'application/json') =>
  app.inject({
    method: 'PUT',
    url,
    headers: { 'content-type': type },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });

describe('the application', () => {
  it.each([
    ['none', undefined],
    ['too short', 'abc'],
    ['too long', 'a'.repeat(65)],
    ['with what would forge a line of the log', 'abcdefgh", "level": "error'],
  ])('a request has an id of ours where the one it brings is of no use: %s', async (_, given) => {
    const ask = async () => {
      const answer = await app.inject({
        url: '/api/v1/things',
        headers: given === undefined ? {} : { 'x-request-id': given },
      });
      return String(answer.headers['x-request-id']);
    };
    const [one, two] = [await ask(), await ask()];
    expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    expect(two).not.toBe(one);
  });

  it('is told under the id that a proxy gave it, whatever is answered', async () => {
    for (const url of ['/api/v1/things', '/nowhere', '/api/v1/away/other', '/api/v1/things/%zz']) {
      const headers = { 'x-request-id': '8c1f-proxy.17_a' };
      lines.length = 0;
      expect((await app.inject({ url, headers })).headers['x-request-id'], url).toBe('8c1f-proxy.17_a');
      expect(lines.map(({ fields }) => fields)).toContainEqual(
        expect.objectContaining({ requestId: '8c1f-proxy.17_a' }),
      );
    }
  });

  it('tells the metrics route, status and time of every answer, never an address', async () => {
    answered.length = 0;
    await app.inject({ url: '/api/v1/things?limit=5' });
    await app.inject({ method: 'PUT', url: '/api/v1/things/secret', payload: {} });
    await app.inject({ url: '/api/v1/nowhere/secret' });
    expect(answered).toEqual([
      { method: 'GET', route: '/api/v1/things', status: 200, elapsedMs: expect.any(Number) },
      { method: 'PUT', route: '/api/v1/things/:thingId', status: 422, elapsedMs: expect.any(Number) },
      { method: 'GET', route: null, status: 404, elapsedMs: expect.any(Number) },
    ]);
  });

  it('takes a body as it is', async () => {
    const answer = await put({ name: 'x', parts: [{ size: 1 }] });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ name: 'x', parts: [{ size: 1 }] });
  });

  it.each([
    ['an unknown field', { name: 'x', nmae: 'y' }, [{ pointer: '/nmae', detail: 'is not a field of this record' }]],
    ['an unknown field deeper', { name: 'x', parts: [{ size: 1, 'a/b~': 2 }] }, [{ pointer: '/parts/0/a~1b~0' }]],
    ['a missing field', {}, [{ pointer: '/name', detail: 'is required' }]],
    ['a wrong type, which is not converted', { name: 3 }, [{ pointer: '/name', detail: 'must be string' }]],
    ['a wrong word', { name: 'x', colour: 'blue' }, [{ pointer: '/colour', detail: 'must be one of red, green' }]],
    ['several', { name: '', colour: 1 }, [{ pointer: '/name' }, { pointer: '/colour' }]],
    ['a number beyond all numbers', '{"name":"x","parts":[{"size":1e999}]}', [{ pointer: '/parts/0/size' }]],
    ['no object', '[]', [{ pointer: '', detail: 'must be object' }]],
  ])('refuses %s with its place', async (_what, body, errors) => {
    const answer = await put(body);
    expect(answer.statusCode).toBe(422);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    const problem = answer.json();
    expect(problem).toMatchObject({ status: 422, title: 'Not valid' });
    expect(problem.errors.map((e: { pointer: string }) => e.pointer)).toEqual(errors.map(({ pointer }) => pointer));
    expect(problem.errors).toMatchObject(errors);
  });

  it('refuses a path and a query with their place', async () => {
    expect((await put({ name: 'x' }, '/api/v1/things/A')).json()).toMatchObject({
      status: 400,
      errors: [{ in: 'path', pointer: '/thingId' }],
    });
    const list = await app.inject('/api/v1/things?limit=501');
    expect(list.json()).toMatchObject({ status: 400, errors: [{ in: 'query', pointer: '/limit' }] });
    expect((await app.inject('/api/v1/things?limit=7')).json()).toEqual({ limit: 7 });
  });

  it.each([
    ['{"name": "x",}', 'line 1, column 14'],
    ['{"name":\n "x" "y"}', 'line 2, column 6'],
    ['{"name": nul}', 'line 1, column 10'],
    ['', 'line 1, column 1'],
    ['{"name": "x"} {', 'line 1, column 15'],
    ['{"name": "x', 'line 1, column 10'],
  ])('tells where %j is not JSON', async (body, place) => {
    const answer = await put(body);
    expect(answer.json()).toMatchObject({ status: 400, title: 'Unreadable JSON' });
    expect(answer.json().detail).toContain(place);
  });

  it('tells bytes that are not UTF-8', async () => {
    const payload = Buffer.from([0x7b, 0xff, 0x7d]);
    const headers = { 'content-type': 'application/json' };
    const answer = await app.inject({ method: 'PUT', url: '/api/v1/things/a', headers, payload });
    expect(answer.json()).toMatchObject({ status: 400, detail: 'The body is not UTF-8.' });
  });

  it('answers a problem for what is too large, of another type, elsewhere or by another method', async () => {
    expect((await put(`{"name":"${'x'.repeat(1_000)}"}`)).json()).toMatchObject({ status: 413 });
    expect((await put('name=x', undefined, 'application/x-www-form-urlencoded')).json()).toMatchObject({ status: 415 });
    expect((await app.inject('/nowhere')).json()).toMatchObject({ status: 404 });
    const wrong = await app.inject({ method: 'DELETE', url: '/api/v1/things/a?x=1' });
    expect(wrong.json()).toMatchObject({ status: 405 });
    expect(wrong.headers.allow).toBe('PUT');
    expect((await app.inject('/api/v1/things/%zz')).json()).toMatchObject({ status: 400 });
  });

  it('answers 503 with Retry-After while a part is away, and 500 without telling why', async () => {
    for (const part of ['database', 'log']) {
      const answer = await app.inject(`/api/v1/away/${part}`);
      expect(answer.json()).toMatchObject({ status: 503 });
      expect(answer.headers['retry-after']).toBe('2');
      expect(answer.body).not.toContain('machine');
    }
    lines.length = 0;
    const answer = await app.inject('/api/v1/away/else');
    expect(answer.json()).toMatchObject({ status: 500 });
    expect(answer.body).not.toContain('defect');
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('sends members of its own with a problem', async () => {
    expect((await app.inject('/api/v1/conflict')).json()).toMatchObject({
      status: 409,
      title: 'Conflict',
      conflicts: [1],
    });
  });

  it('logs routes, never addresses', async () => {
    lines.length = 0;
    await app.inject('/api/v1/things?limit=7');
    await app.inject('/api/v1/things/somebody');
    expect(JSON.stringify(lines)).not.toContain('somebody');
    expect(lines.map(({ fields }) => (fields as { route: string }).route)).toContain('/api/v1/things');
  });

  it('answers bytes that are not HTTP with a problem', async () => {
    const text = await talk(app, 'NONSENSE\r\n\r\n');
    expect(text).toContain('application/problem+json');
    expect(text).toMatch(/^HTTP\/1\.1 400/);
  });

  it.each(['true', '1e1', '0x10', ' 7', '+7', '07', '7.5', '', 'NaN', '1&limit=2'])(
    'takes ?limit=%s for no number',
    async (limit) => {
      const answer = await app.inject(`/api/v1/things?limit=${limit.replace('+', '%2B')}`);
      expect(answer.json()).toMatchObject({ status: 400, errors: [{ in: 'query', pointer: '/limit' }] });
    },
  );

  it('refuses a parameter that the endpoint does not know: a filter with a slip would filter nothing', async () => {
    const answer = await app.inject('/api/v1/things?limt=7');
    expect(answer.json()).toMatchObject({
      status: 400,
      errors: [{ in: 'query', pointer: '/limt', detail: 'is not a parameter of this endpoint' }],
    });
  });

  it.each([
    ['NUL', '"a\\u0000"'],
    ['half of a surrogate pair', '"\\ud83d"'],
    ['the other half', '"\\ude00 \\ude00"'],
  ])('refuses text that cannot be stored: %s', async (_what, name) => {
    expect((await put(`{"name":${name}}`)).json()).toMatchObject({ status: 422, errors: [{ pointer: '/name' }] });
    expect((await put('{"name":"\\ud83d\\ude00"}')).statusCode).toBe(200);
  });

  it('refuses NUL in a query and a path', async () => {
    expect((await app.inject('/api/v1/things?cursor=%00')).json()).toMatchObject({ status: 400 });
    expect((await put({ name: 'x' }, '/api/v1/things/%00')).json()).toMatchObject({ status: 400 });
  });

  it('refuses what is nested too deeply before anything falls over it', async () => {
    const answer = await put(`{"name":${'['.repeat(450)}${']'.repeat(450)}}`);
    expect(answer.json()).toMatchObject({ status: 400, detail: 'The body is nested more than 64 deep.' });
  });

  it('undoes gzip within the limit of the body, and takes no other encoding', async () => {
    const send = (payload: Buffer, encoding: string) =>
      app.inject({
        method: 'PUT',
        url: '/api/v1/things/a',
        headers: { 'content-type': 'application/json', 'content-encoding': encoding },
        payload,
      });
    const body = Buffer.from('{"name":"x"}');
    expect((await send(gzipSync(body), 'gzip')).json()).toEqual({ name: 'x' });
    expect((await send(body, 'identity')).statusCode).toBe(200);
    expect((await send(gzipSync(Buffer.alloc(1_000_000, 32)), 'gzip')).json()).toMatchObject({ status: 413 });
    expect((await send(body, 'gzip')).json()).toMatchObject({ status: 400 });
    expect((await send(gzipSync(body).subarray(0, 20), 'gzip')).json()).toMatchObject({ status: 400 });
    for (const encoding of ['br', 'deflate', 'gzip, gzip', 'aes128gcm']) {
      expect((await send(body, encoding)).json()).toMatchObject({ status: 415 });
    }
  });

  it('goes on when a body that is refused unread turns out to be no gzip', async () => {
    const rubbish = Buffer.alloc(900, 'x');
    for (const [type, payload, status] of [
      ['text/unheard-of', rubbish, 415],
      ['application/json', Buffer.alloc(100_000, 'x'), 413],
    ] as const) {
      const answer = await app.inject({
        method: 'PUT',
        url: '/api/v1/things/a',
        headers: { 'content-type': type, 'content-encoding': 'gzip' },
        payload,
      });
      expect(answer.json()).toMatchObject({ status });
      // The stream finds its fault after the answer; unheard, it would end the process.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect((await put({ name: 'x' })).statusCode).toBe(200);
  });

  it('refuses a request that names two hosts', async () => {
    const text = await talk(app, 'GET /api/v1/things HTTP/1.1\r\nHost: a\r\nhost: b\r\nConnection: close\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 400/);
    expect(text).toContain('The request names its host twice.');
  });

  it('ends a request whose body trickles', async () => {
    const impatient = await createApp({ log, requestLimitMs: 200 });
    impatient.put('/api/v1/things', { config: { operation: 'self' } }, (request) => request.body);
    await impatient.listen({ host: '127.0.0.1', port: 0 });
    const head =
      'PUT /api/v1/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n';
    const text = await talk(impatient, head, { againEveryMs: 20, bytes: ' ' });
    expect(text).toMatch(/^HTTP\/1\.1 408/);
    await impatient.close();
  });

  it('lets nobody on the way keep data, and nobody guess what an answer is', async () => {
    for (const url of [
      '/api/v1/things',
      '/api/v1/things?limit=x',
      '/api/v1/nowhere',
      '/api/v1/away/else',
      '/api/v1/%zz',
    ]) {
      const { headers } = await app.inject(url);
      expect([url, headers['cache-control'], headers['x-content-type-options']]).toEqual([url, 'no-store', 'nosniff']);
    }
    expect(await talk(app, 'NONSENSE\r\n\r\n')).toContain('nosniff');
  });

  it('answers for its own hosts alone, and lets no foreign page write', async () => {
    const guarded = await createApp({
      log,
      reach: createReach({ ...OWN_REACH, publicUrl: 'https://tagwatch.example' }),
    });
    guarded.get('/health/live', { config: { operation: 'public' } }, () => 'live');
    guarded.get('/api/v1/things', { config: { operation: 'self' } }, () => ({}));
    guarded.put('/api/v1/things', { config: { operation: 'self' } }, () => ({}));
    const ask = (method: 'GET' | 'PUT', url: string, headers: Record<string, string>) =>
      guarded.inject({
        method,
        url,
        headers: { 'content-type': 'application/json', ...headers },
        ...(method === 'PUT' && { payload: '{}' }),
      });
    expect((await ask('GET', '/api/v1/things', { host: 'tagwatch.example' })).statusCode).toBe(200);
    const rebound = await ask('GET', '/api/v1/things', { host: 'evil.example' });
    expect(rebound.json()).toMatchObject({ status: 421, detail: expect.stringContaining('TAGWATCH_ALLOWED_HOSTS') });
    expect((await ask('GET', '/health/live', { host: 'evil.example' })).statusCode).toBe(200);
    const foreign = { host: 'localhost:8080', origin: 'https://evil.example' };
    expect((await ask('PUT', '/api/v1/things', foreign)).json()).toMatchObject({ status: 403 });
    expect((await ask('PUT', '/api/v1/things', { ...foreign, origin: 'http://localhost:8080' })).statusCode).toBe(200);
    await guarded.close();
  });

  it('answers what any request may meet as it describes it', async () => {
    const { paths } = (await app.inject('/api/v1/openapi.json')).json();
    const { get } = paths['/api/v1/things'];
    const { put: write } = paths['/api/v1/things/{thingId}'];
    expect(Object.keys(get.responses)).toEqual(expect.arrayContaining(['400', '408', '414', '421', '431']));
    expect(Object.keys(write.responses)).toEqual(expect.arrayContaining(['413', '415', '422']));
    const long = await put({ name: 'x' }, `/api/v1/things/${'a'.repeat(3_000)}`);
    expect(long.json()).toMatchObject({ status: 414, detail: 'An id in this address is too long.' });
  });

  it('answers a method that an address does not take before it looks at a body', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/v1/things',
      headers: { 'content-type': 'x/y' },
      payload: 'z',
    });
    expect(answer.json()).toMatchObject({ status: 405 });
  });

  it('describes itself as OpenAPI 3.1', async () => {
    const document = (await app.inject('/api/v1/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    const operation = document.paths['/api/v1/things/{thingId}'].put;
    expect(operation.requestBody.content['application/json'].schema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      properties: { colour: { enum: ['red', 'green'] } },
    });
    expect(operation.responses['422'].content).toHaveProperty('application/problem+json');
    expect(operation.parameters).toMatchObject([{ in: 'path', name: 'thingId', required: true }]);
  });
});

describe('lists', () => {
  it('tells whether more follow, by a cursor that can be read back', () => {
    const page = toPage([{ id: 'a' }, { id: 'b' }, { id: 'ü' }], 2, ({ id }) => [id]);
    expect(page.items).toHaveLength(2);
    expect(decodeCursor(page.next ?? '', Type.Tuple([Type.String()]))).toEqual(['b']);
    expect(toPage([{ id: 'a' }], 2, ({ id }) => [id]).next).toBeNull();
  });

  it('refuses what is not a cursor', () => {
    const key = Type.Tuple([Type.Integer({ maximum: 10 })]);
    for (const foreign of [
      'nonsense',
      '',
      encodeCursor(['a']),
      encodeCursor([1, 1]),
      encodeCursor([]),
      encodeCursor([11]),
    ]) {
      expect(decodeCursor(foreign, key)).toBeNull();
    }
    expect(decodeCursor(encodeCursor([10]), key)).toEqual([10]);
  });
});

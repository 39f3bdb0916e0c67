/** What the demonstration does where the program is slow: it waits, instead of telling the story to an engine that does not know it. */
import Fastify from 'fastify';
import { afterAll, afterEach, expect, test } from 'vitest';
import { putAll, Refused } from '../../src/demo/front-door.js';

const app = Fastify();
const asked: string[] = [];
/** By path: what is answered next, the last one again and again. */
const answers = new Map<string, number[]>();
app.put('/api/v1/*', async (request, reply) => {
  asked.push(request.url);
  const next = answers.get(request.url.split('?')[0]!) ?? [200];
  return reply.code(next.length > 1 ? next.shift()! : next[0]!).send({});
});
const url = await app.listen({ port: 0, host: '127.0.0.1' });

afterAll(() => app.close());
afterEach(() => {
  asked.length = 0;
  answers.clear();
});

const record = (id: string) => ({ kind: 'condition', id, body: {} });
const signal = new AbortController().signal;

test('what is to be told is put again until it is, and the others do not wait for it', async () => {
  answers.set('/api/v1/conditions/C-2', [202, 202, 200]);
  await putAll(url, ['C-1', 'C-2', 'C-3'].map(record), true, signal);
  expect(asked.filter((path) => path.endsWith('C-2'))).toHaveLength(3);
  expect(asked).toHaveLength(5);
});

test('what need not be told is put once', async () => {
  answers.set('/api/v1/conditions/C-1', [202]);
  await putAll(url, [record('C-1')], false, signal);
  expect(asked).toEqual(['/api/v1/conditions/C-1?wait=false']);
});

test('what is refused ends it', async () => {
  answers.set('/api/v1/conditions/C-1', [202, 422]);
  await expect(putAll(url, [record('C-1')], true, signal)).rejects.toThrow(Refused);
});

import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createTurns } from '../../../src/http/plugins/turns.js';

test('what others ask is answered between two turns, whoever came together', async () => {
  const takeTurn = createTurns();
  const order: string[] = [];
  const server = createServer((request, response) => {
    order.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  let isAnswered = false;
  const asked = fetch(`http://127.0.0.1:${port}/health`).then(() => {
    isAnswered = true;
  });
  const heavy = Array.from({ length: 2_000 }, async (_, i) => {
    await takeTurn();
    order.push(String(i));
    return isAnswered;
  });
  const seen = await Promise.all(heavy);
  await asked;
  server.close();
  expect(seen).toContain(true);
  expect(order.indexOf('/health')).toBeLessThan(order.indexOf('1999'));
  expect(order.filter((each) => each !== '/health')).toEqual(Array.from({ length: 2_000 }, (_, i) => String(i)));
});

test('whoever connects last does not wait for a request of each that connected before', async () => {
  const takeTurn = createTurns();
  const order: string[] = [];
  const server = createServer(async (request, response) => {
    if (request.url === '/heavy') await takeTurn();
    order.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ask = (path: string) =>
    new Promise<void>((resolve, reject) => {
      const request = get({ host: '127.0.0.1', port, path, agent: false }, (answer) =>
        answer.resume().on('end', resolve),
      );
      request.once('error', reject);
    });
  await Promise.all([...Array.from({ length: 30 }, () => ask('/heavy')), ask('/health')]);
  server.close();
  expect(order.indexOf('/health')).toBeLessThan(5);
});

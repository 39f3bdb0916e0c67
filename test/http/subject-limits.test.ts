import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LOCAL } from '../../src/access/principal.js';
import { type App, createApp } from '../../src/http/app.js';
import { OPEN_ACCESS } from '../../src/http/plugins/principal.js';
import { AS, testAccess, WHO } from '../support/access.js';
import { silentLog } from '../support/silent-log.js';

const limits = { person: 3, machine: 5 };
let app: App;

function addRoutes(to: App): App {
  to.get('/records', { config: { operation: 'records.read', keepsToScope: true } }, () => ({}));
  to.get('/trails', { config: { operation: 'positions.read', keepsToScope: true } }, () => ({}));
  to.get('/alerts', { config: { operation: 'alerts.read', keepsToScope: true } }, () => ({}));
  to.post('/act', { config: { operation: 'alerts.act', keepsToScope: true } }, () => ({}));
  to.post('/pings', { config: { operation: 'pings.write', keepsToScope: true } }, () => ({}));
  to.get('/me', { config: { operation: 'self' } }, () => ({}));
  return to;
}
beforeEach(async () => {
  app = addRoutes(await createApp({ log: silentLog, access: testAccess, limits }));
});
afterEach(() => app.close());

const ask = (url: string, who = 'https://idp.example#me', as = 'supervisor', remoteAddress = '10.0.0.1') =>
  app.inject({
    method: ['/act', '/pings'].includes(url) ? 'POST' : 'GET',
    url,
    headers: { [AS]: as, [WHO]: who },
    remoteAddress,
  });
async function statusesOf(times: number, ...what: Parameters<typeof ask>): Promise<number[]> {
  const found: number[] = [];
  for (let n = 0; n < times; n++) found.push((await ask(...what)).statusCode);
  return found;
}

describe('how much a subject may ask for', () => {
  test('is one number over all that it asks for, says when it goes on, and is nobody else’s, whatever the address', async () => {
    expect(await statusesOf(2, '/records')).toEqual([200, 200]);
    expect(await statusesOf(2, '/trails')).toEqual([200, 429]);
    const refused = await ask('/records', undefined, undefined, '10.0.0.2');
    expect(refused.json()).toMatchObject({ status: 429, title: 'Too many requests' });
    expect(refused.json().detail).toMatch(/more than 3 requests in a minute by you; it goes on in \d+ s/);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers['content-type']).toBe('application/problem+json');
    // The colleague at the next desk, behind the same address.
    expect(await statusesOf(1, '/records', 'https://idp.example#other')).toEqual([200]);
  });

  test('leaves alerts to whoever used up the rest, and acting on them to whoever used up alerts', async () => {
    await statusesOf(9, '/records');
    expect(await statusesOf(4, '/alerts')).toEqual([200, 200, 200, 429]);
    expect(new Set(await statusesOf(20, '/act'))).toEqual(new Set([200]));
    expect(new Set(await statusesOf(20, '/me'))).toEqual(new Set([200]));
  });

  test('is never too little for a machine’s pings; of the rest a machine has its own number', async () => {
    const machine = 'https://idp.example#import-machine';
    expect(new Set(await statusesOf(20, '/pings', machine, 'service'))).toEqual(new Set([200]));
    expect(await statusesOf(6, '/records', machine, 'service')).toEqual([200, 200, 200, 200, 200, 429]);
  });

  test('is not counted where nobody signs in', async () => {
    await app.close();
    app = addRoutes(await createApp({ log: silentLog, access: OPEN_ACCESS, limits }));
    expect(LOCAL.kind).toBe('local');
    expect(new Set(await statusesOf(20, '/records'))).toEqual(new Set([200]));
  });
});

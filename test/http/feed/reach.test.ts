import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createReach, OWN_REACH, parseNetwork } from '../../../src/http/feed/reach.js';

const ask = (headers: Record<string, string>, remoteAddress = '127.0.0.1') =>
  ({ headers, socket: { remoteAddress } }) as unknown as IncomingMessage;
const host = (name: string) => ask({ host: name });

describe('for which hosts it answers', () => {
  it.each(['127.0.0.1:8080', 'localhost', 'LOCALHOST:1', '[::1]:8080', '192.168.1.7', 'tag.localhost'])(
    '%s always',
    (name) => {
      expect(createReach(OWN_REACH).isHostAllowed(host(name))).toBe(true);
    },
  );

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    '',
    'a b',
    'localhost@evil.example',
    'localhost/x',
    'x:y',
  ])('not %j, which a page may have made point here', (name) =>
    expect(createReach(OWN_REACH).isHostAllowed(host(name))).toBe(false),
  );

  it('names that it was told, and the one of its public address', () => {
    const reach = createReach({ ...OWN_REACH, publicUrl: 'https://tagwatch.example', allowedHosts: ['Tagwatch'] });
    for (const name of ['tagwatch.example', 'tagwatch:8080', 'TAGWATCH'])
      expect(reach.isHostAllowed(host(name))).toBe(true);
    expect(reach.isHostAllowed(ask({}))).toBe(false);
  });

  it('what a proxy tells, where it is trusted', () => {
    const headers = { host: 'inner.example', 'x-forwarded-host': 'tagwatch.example, inner.example' };
    const reach = createReach({
      ...OWN_REACH,
      publicUrl: 'https://tagwatch.example',
      trustedProxies: ['10.0.0.0/8', '::1'],
    });
    for (const proxy of ['10.2.3.4', '::ffff:10.2.3.4', '::1'])
      expect(reach.isHostAllowed(ask(headers, proxy))).toBe(true);
    expect(reach.isHostAllowed(ask(headers, '11.0.0.1'))).toBe(false);
    const evil = { host: 'evil.example', 'x-forwarded-host': 'localhost' };
    expect(reach.isHostAllowed(ask(evil, '127.0.0.1'))).toBe(false);
  });
});

describe('whose pages may use it', () => {
  const reach = createReach({
    ...OWN_REACH,
    publicUrl: 'https://tagwatch.example',
    allowedOrigins: ['https://console.example'],
  });
  it.each([
    [undefined, '127.0.0.1:8080', true],
    ['http://127.0.0.1:8080', '127.0.0.1:8080', true],
    ['https://tagwatch.example', '10.0.0.7:8080', true],
    ['https://console.example', '127.0.0.1:8080', true],
    ['http://127.0.0.1:8081', '127.0.0.1:8080', false],
    ['https://evil.example', '127.0.0.1:8080', false],
    ['http://tagwatch.example', '10.0.0.7:8080', false],
    ['null', '127.0.0.1:8080', false],
    ['', '127.0.0.1:8080', false],
  ])('of %s at %s: %s', (origin, at, may) => {
    expect(reach.isOriginAllowed(ask({ host: at, ...(origin === undefined ? {} : { origin }) }))).toBe(may);
  });
});

it('networks are told from what is none', () => {
  expect(parseNetwork('10.0.0.0/8')).toEqual({ address: '10.0.0.0', prefix: 8, family: 'ipv4' });
  expect(parseNetwork('::1')).toEqual({ address: '::1', prefix: 128, family: 'ipv6' });
  for (const text of ['', 'proxy', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '::/129', '10.0.0'])
    expect(parseNetwork(text)).toBeNull();
});

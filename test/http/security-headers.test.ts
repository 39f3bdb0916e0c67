import { afterEach, describe, expect, test } from 'vitest';
import { type App, createApp } from '../../src/http/app.js';
import { allowPages } from '../../src/http/plugins/security-headers.js';
import { silentLog } from '../support/silent-log.js';

let app: App;
afterEach(() => app.close());

async function start(isSecure: boolean): Promise<void> {
  app = await createApp({ log: silentLog, isSecure });
  app.get('/api/v1/things', { config: { operation: 'public' } }, () => ({}));
  app.get('/api/v1/broken', { config: { operation: 'public' } }, () => {
    throw new Error('broken');
  });
  await app.register(async (scope: App) => {
    allowPages(scope, { 'script-src': ["'self'"] });
    scope.get('/', { config: { operation: 'public' } }, () => 'page');
  });
}

describe('what browsers are told', () => {
  test('of data, errors and what is not there: nothing in it runs, nothing frames it, nobody elsewhere loads it', async () => {
    await start(false);
    for (const url of ['/api/v1/things', '/api/v1/broken', '/api/v1/nowhere', '/nowhere']) {
      const { headers } = await app.inject(url);
      expect([url, headers]).toMatchObject([
        url,
        {
          'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'referrer-policy': 'no-referrer',
          'cross-origin-resource-policy': 'same-origin',
          'cross-origin-opener-policy': 'same-origin',
        },
      ]);
    }
  });

  test('of pages: what they need beyond that, and nothing else', async () => {
    await start(false);
    expect((await app.inject('/')).headers['content-security-policy']).toBe(
      "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none';script-src 'self'",
    );
  });

  test.each([true, false])('to stay with https, where that is how they come: %s', async (isSecure) => {
    await start(isSecure);
    const { headers } = await app.inject('/');
    expect(headers['strict-transport-security']).toBe(isSecure ? 'max-age=31536000' : undefined);
  });
});

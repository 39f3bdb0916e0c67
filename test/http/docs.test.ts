import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, createApp } from '../../src/http/app.js';
import { registerDocs } from '../../src/http/routes/operation/docs.js';
import { silentLog } from '../support/silent-log.js';

let app: App;
beforeAll(async () => {
  app = await createApp({ log: silentLog });
  await registerDocs(app);
  app.get(
    '/api/v1/things',
    { config: { operation: 'self' }, schema: { summary: 'Things', response: { 200: Type.String() } } },
    () => 'things',
  );
});
afterAll(() => app.close());

describe('/docs', () => {
  it('is a page of the API as it is, with every file from this program', async () => {
    const page = await app.inject('/docs');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
    const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      expect(file).not.toMatch(/^(\w+:|\/\/)/);
      expect((await app.inject(new URL(file, 'http://x/docs').pathname)).statusCode, file).toBe(200);
    }
    expect((await app.inject('/docs/json')).json().paths).toHaveProperty('/api/v1/things');
  });

  it('lets the browser load and send nothing elsewhere', async () => {
    const policy = String((await app.inject('/docs')).headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|unsafe|\*/);
    expect((await app.inject('/docs/static/swagger-initializer.js')).body).toMatch(/"validatorUrl":\s*null/);
  });

  it('is no part of the description', async () => {
    const { paths } = (await app.inject('/api/v1/openapi.json')).json();
    expect(Object.keys(paths)).toEqual(['/api/v1/things']);
  });
});

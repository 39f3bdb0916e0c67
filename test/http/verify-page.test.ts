/** The page that verifies packs, as it is served: to everybody, and under a policy that lets its own script alone run. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { writeReadme } from '../../src/evidence/readme-text.js';
import { createApp } from '../../src/http/app.js';
import { registerVerifiers } from '../../src/http/routes/operation/static.js';
import { silentLog } from '../support/silent-log.js';

const fileOf = (name: string) => fileURLToPath(new URL(`../../dist/verify-page/${name}`, import.meta.url));
const FILES = { page: fileOf('tagwatch-verify.html'), command: fileOf('tagwatch-verify.mjs') };

test('the header allows what the page itself allows, by the same hashes, and nothing to be fetched', async () => {
  const app = await createApp({ log: silentLog });
  await registerVerifiers(app, FILES);
  const answer = await app.inject('/verify');
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  const said = String(answer.headers['content-security-policy']).replaceAll(/;(?=\S)/g, '; ');
  const own = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(answer.body)![1]!;
  for (const directive of own.split('; ')) expect(said.split('; ')).toContain(directive);
  expect(own).toMatch(/^default-src 'none'/);
  expect(own).not.toMatch(/unsafe|connect-src/);
  // Nothing in it is loaded from anywhere.
  const outside =
    answer.body.slice(0, answer.body.indexOf('<style>')) +
    answer.body.slice(answer.body.indexOf('</style>'), answer.body.indexOf('<script>'));
  expect(outside).not.toMatch(/\ssrc=|<link/);
  await app.close();
});

test('README.txt of a pack names both, the page by its file too, and what it names is what is served', async () => {
  const about = { packId: 'P-1', edition: 'full', marking: 'OFFICIAL-SENSITIVE', keyId: 'a'.repeat(64) } as const;
  const text = writeReadme([], about).replace(/\s+/g, ' ');
  const [, name, at] = /the page (\S+), which needs no login and no network: .*? serves it at ([^\s,]+),/.exec(text)!;
  const [, program, programAt] = /takes (\S+), which it serves at ([^\s:]+):/.exec(text)!;
  expect([name, program]).toEqual([FILES.page, FILES.command].map((file) => basename(file)));
  const app = await createApp({ log: silentLog });
  await registerVerifiers(app, FILES);
  expect((await app.inject(at!)).body).toBe(readFileSync(FILES.page, 'utf8'));
  expect((await app.inject(programAt!)).body).toBe(readFileSync(FILES.command, 'utf8'));
  await app.close();
});

test('the command is handed out as a file, to everybody', async () => {
  const app = await createApp({ log: silentLog });
  await registerVerifiers(app, FILES);
  const answer = await app.inject('/verify.mjs');
  expect([answer.statusCode, answer.headers['content-disposition']]).toEqual([
    200,
    'attachment; filename="tagwatch-verify.mjs"',
  ]);
  expect(answer.body).toBe(readFileSync(FILES.command, 'utf8'));
  await app.close();
});

/**
 * Rights that change while somebody is connected, from end to end: the built program, a real provider, three browsers, a real socket.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readFeed } from '../support/feed-reader.js';
import { CLIENT_ID, CLIENT_SECRET, MAPPING, type Running, startProvider } from '../support/issuer.js';
import { openBrowser } from '../support/own-browser.js';
import { type Home, makeHome, type Program, startProgram } from '../support/program.js';

let home: Home;
let provider: Running;
let program: Program;
let publicUrl: string;

beforeAll(async () => {
  home = await makeHome();
  publicUrl = `http://127.0.0.1:${home.env['TAGWATCH_PORT']}`;
  provider = await startProvider(publicUrl);
  const at = (name: string) => join(home.env['TAGWATCH_DATA_DIR']!, name);
  writeFileSync(at('client-secret'), CLIENT_SECRET);
  writeFileSync(at('claims.json'), JSON.stringify(MAPPING));
  program = await startProgram({
    ...home,
    env: {
      ...home.env,
      TAGWATCH_PUBLIC_URL: publicUrl,
      TAGWATCH_OIDC_ISSUER: provider.url,
      TAGWATCH_OIDC_CLIENT_ID: CLIENT_ID,
      TAGWATCH_OIDC_CLIENT_SECRET_FILE: at('client-secret'),
      TAGWATCH_CLAIMS_FILE: at('claims.json'),
    },
  });
});
afterAll(async () => {
  await program?.stop();
  await provider?.stop();
  home?.remove();
});

type Browser = ReturnType<typeof openBrowser>;

async function signIn(login: string): Promise<Browser> {
  const browser = openBrowser();
  await browser.signIn(publicUrl, login);
  return browser;
}
async function post(browser: Browser, path: string, body: object) {
  const { response, text } = await browser.ask(`${publicUrl}/api/v1${path}`, {
    method: 'POST',
    headers: { origin: publicUrl, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: JSON.parse(text) };
}
const subjectOf = (login: string) => `${provider.url}#${login}`;
const grant = (login: string, body: object) => ({
  kind: 'grant',
  id: subjectOf(login),
  body: { roles: [], ...body },
  reason: 'a test',
});
function joinFeed(browser: Browser, resume = '') {
  const cookie = [...browser.jarOf(publicUrl)].map(([name, value]) => `${name}=${value}`).join('; ');
  return readFeed(`${publicUrl.replace('http', 'ws')}/api/v1/feed${resume}`, {
    origin: publicUrl,
    headers: { cookie },
  });
}

test('two administrators cannot grant each other; what a third agrees to closes the open socket by 4403, and a block for good', async () => {
  const [one, two, three, alice] = await Promise.all(['admin-1', 'admin-2', 'admin-3', 'alice'].map(signIn));
  const forTwo = await post(one!, '/proposals', grant('admin-2', { roles: ['supervisor'] }));
  const forOne = await post(two!, '/proposals', grant('admin-1', { roles: ['supervisor'] }));
  expect([forTwo.status, forOne.status]).toEqual([200, 200]);
  const approve = (by: Browser, proposalId: string) =>
    post(by, `/proposals/${proposalId}/approve`, { reason: 'agreed' });
  expect((await approve(two!, forTwo.body.proposalId)).status).toBe(403);
  expect((await approve(one!, forOne.body.proposalId)).status).toBe(403);
  for (const [by, roles] of [
    [one!, ['administrator']],
    [two!, ['administrator']],
  ] as const)
    expect((await by.me(publicUrl)).body.roles).toEqual(roles);

  const watching = await joinFeed(alice!);
  const { epoch, seq } = (await watching.heard(({ type }) => type === 'hello')) as { epoch: string; seq: number };
  const change = await post(one!, '/proposals', grant('alice', { roles: ['officer'] }));
  expect((await approve(two!, change.body.proposalId)).status).toBe(200);
  expect((await watching.closed).code).toBe(4403);

  // She connects again, with the rights that she has now; what she saw with others is not resumed.
  const again = await joinFeed(alice!, `?resume=${encodeURIComponent(`${epoch}:${seq}`)}`);
  expect(await again.heard(({ type }) => type === 'snapshot')).toMatchObject({ reason: 'epoch-changed' });
  const block = await post(three!, '/proposals', grant('alice', { isBlocked: true }));
  expect((await approve(two!, block.body.proposalId)).status).toBe(200);
  expect((await again.closed).code).toBe(4403);
  await expect(joinFeed(alice!)).rejects.toThrow('403');
  expect((await alice!.ask(`${publicUrl}/api/v1/alerts`)).response.status).toBe(403);
});

/**
 * Signing in and out as a supervisor does: the real program, a real provider, a real browser. A screenshot is left in the folder
 * that TAGWATCH_SCREENSHOTS names, or in the temporary folder.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLIENT_ID, CLIENT_SECRET, MAPPING, type Running, startProvider } from '../support/issuer.js';
import { type Home, makeHome, type Program, startProgram } from '../support/program.js';
import { launchBrowser, SCREENSHOTS } from './chromium.js';

let home: Home;
let provider: Running;
let program: Program;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  home = await makeHome();
  const publicUrl = `http://127.0.0.1:${home.env['TAGWATCH_PORT']}`;
  provider = await startProvider(publicUrl);
  const folder = home.env['TAGWATCH_DATA_DIR']!;
  const [secretFile, claimsFile] = [join(folder, 'client-secret'), join(folder, 'claims.json')];
  writeFileSync(secretFile, `${CLIENT_SECRET}\n`);
  writeFileSync(claimsFile, JSON.stringify(MAPPING));
  const env = {
    ...home.env,
    TAGWATCH_PUBLIC_URL: publicUrl,
    TAGWATCH_OIDC_ISSUER: provider.url,
    TAGWATCH_OIDC_CLIENT_ID: CLIENT_ID,
    TAGWATCH_OIDC_CLIENT_SECRET_FILE: secretFile,
    TAGWATCH_CLAIMS_FILE: claimsFile,
  };
  program = await startProgram({ ...home, env });
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
  await provider?.stop();
  home?.remove();
});

/** Cookies are of a host whatever the port: the provider's are among them. */
const readCookie = async () =>
  (await page.context().cookies(program.url)).find(({ name }) => name === 'tagwatch-session');
const me = () =>
  page.evaluate(async () => {
    const answer = await fetch('/api/v1/me');
    return { status: answer.status, body: await answer.json() };
  });

test('the console sends to the provider, and comes back live as who signed in', async () => {
  await page.goto(program.url);
  await page.waitForURL(`${provider.url}/**`);
  await page.screenshot({ path: join(SCREENSHOTS, 'sign-in-provider.png') });
  await page.fill('input[name=login]', 'alice');
  await page.fill('input[name=password]', 'x');
  await page.click('button[type=submit]');
  // The provider asks whether Tagwatch may know.
  await page.click('button[type=submit]');
  await page.waitForURL(`${program.url}/`);
  expect((await me()).body).toMatchObject({ subjectId: `${provider.url}#alice`, roles: ['supervisor'] });
  await page.locator('#connection[data-state=live]').waitFor();
  await page.screenshot({ path: join(SCREENSHOTS, 'signed-in.png') });
});

test('no script reads the cookie, and no other site’s page has it sent along', async () => {
  expect(await readCookie()).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
  expect(await page.evaluate<string>('document.cookie')).toBe('');
});

test('nothing inline runs in the console, nothing is loaded from elsewhere, and no page frames it', async () => {
  const blocked = await page.evaluate<{ directives: string[]; title: string }>(`(async () => {
    const found = [];
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => found.push(effectiveDirective));
    const add = (name, give) => document.body.append(Object.assign(document.createElement(name), give));
    add('script', { textContent: 'document.title = "taken over"' });
    add('script', { src: 'https://elsewhere.example/x.js' });
    add('img', { src: 'https://elsewhere.example/x.png' });
    add('iframe', { src: location.href });
    await fetch('https://elsewhere.example/').catch(() => null);
    const wait = () => new Promise((resolve) => setTimeout(resolve, 500));
    // Told one by one; and then whether there are more.
    for (let tries = 0; found.length < 5 && tries < 100; tries++) await wait();
    await wait();
    return { directives: found.sort(), title: document.title };
  })()`);
  expect(blocked.directives).toEqual(['connect-src', 'frame-src', 'img-src', 'script-src-elem', 'script-src-elem']);
  expect(blocked.title).not.toBe('taken over');
  const elsewhere = await browser.newPage();
  await elsewhere.setContent(
    `<iframe src="${program.url}/health/live"></iframe><iframe src="${program.url}/"></iframe>`,
  );
  const framed = () =>
    elsewhere
      .frames()
      .slice(1)
      .map((frame) => frame.url());
  await expect.poll(framed).toEqual(Array(2).fill('chrome-error://chromewebdata/'));
  await elsewhere.close();
});

test('a session that ends elsewhere ends the page’s feed, and it asks to sign in', async () => {
  const cookie = await readCookie();
  const out = await fetch(`${program.url}/auth/sign-out`, {
    method: 'POST',
    headers: { cookie: `${cookie!.name}=${cookie!.value}` },
  });
  expect(out.status).toBe(200);
  // Still signed in there, so it comes back by itself with a new session; the old one is over.
  await expect.poll(async () => (await readCookie())?.value).not.toBe(cookie!.value);
  await page.locator('#connection[data-state=live]').waitFor();
});

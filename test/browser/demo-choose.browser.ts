/** A newcomer's first click: the demonstration as `npm run demo` starts it, in a real browser. */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PEOPLE } from '../../src/demo/sign-in/people.js';
import { type Home, makeHome, type Program, startProgram } from '../support/program.js';
import { CHROMIUM, CHROMIUM_FLAGS } from './chromium.js';

let home: Home;
let program: Program;
let browser: Browser;
let page: Page;
const complaints: string[] = [];
const screenshots = process.env.TAGWATCH_SCREENSHOTS ?? join(tmpdir(), 'tagwatch-screenshots');

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  home = await makeHome();
  program = await startProgram(home, ['demo', '--port', '0']);
  browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS });
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.on('console', (message) => {
    if (message.type() === 'error' && message.text().includes('Content Security Policy'))
      complaints.push(message.text());
  });
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
  home?.remove();
});

const me = () => page.evaluate(async () => (await fetch('/api/v1/me')).json());

test('the page says who can be chosen, and one click is enough', async () => {
  await page.goto(program.url);
  await page.getByRole('heading', { name: 'Who would you like to be?' }).waitFor();
  const buttons = page.getByRole('button');
  expect(await buttons.count()).toBe(PEOPLE.length);
  for (const { name, role, does } of PEOPLE) {
    const text = await page.getByRole('button', { name }).textContent();
    expect(text).toContain(role);
    expect(text).toContain(does);
  }
  await page.screenshot({ path: join(screenshots, 'choose.png') });
  await page.getByRole('button', { name: 'Sam Okafor' }).click();
  await page.waitForURL(`${program.url}/`);
  expect(await me()).toMatchObject({ name: 'Sam Okafor', roles: ['supervisor'] });
  expect(await page.title()).toContain('Tagwatch');
});

test('whoever signs out can be somebody else', async () => {
  const signOut = () => page.evaluate(async () => (await fetch('/auth/sign-out', { method: 'POST' })).status);
  expect(await signOut()).toBe(200);
  await page.goto(program.url);
  await page.getByRole('button', { name: 'Priya Shah' }).click();
  await page.waitForURL(`${program.url}/`);
  expect(await me()).toMatchObject({ name: 'Priya Shah', roles: ['sergeant'] });
});

test('whoever may not see alerts is told so, and what there is instead', async () => {
  await page.evaluate(async () => (await fetch('/auth/sign-out', { method: 'POST' })).status);
  await page.goto(program.url);
  await page.getByRole('button', { name: 'Alex Morgan' }).click();
  await page.waitForURL(`${program.url}/`);
  await page.getByRole('heading', { name: 'No alerts are shown to you' }).waitFor();
  await page.getByText('read tags and their models').waitFor();
  expect(await page.locator('#connection').count()).toBe(0);
  await page.screenshot({ path: join(screenshots, 'no-alerts.png') });
  await page.getByRole('main').getByRole('link', { name: 'Rejected messages' }).click();
  await page.waitForURL(`${program.url}/rejected`);
});

test('the policies of the pages forbid nothing that they do', () => {
  expect(complaints).toEqual([]);
});

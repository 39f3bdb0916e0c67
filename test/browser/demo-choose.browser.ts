import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PEOPLE } from '../../src/demo/sign-in/people.js';
import { type Home, makeHome, type Program, startProgram } from '../support/program.js';
import { launchBrowser, SCREENSHOTS } from './chromium.js';

let home: Home;
let program: Program;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  home = await makeHome();
  program = await startProgram(home, ['demo', '--port', '0']);
  browser = await launchBrowser();
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

/** Signs in by the page on which one chooses. */
async function be(name: string, on: Page): Promise<void> {
  await on.goto(program.url);
  await on.getByRole('button', { name }).click();
  await on.waitForURL(`${program.url}/`);
}

/**
 * In this browser, with no page of the console in it: whose session is over goes to sign in by itself, and would cut off where the test
 * sends the page.
 */
async function signOut(): Promise<void> {
  await page.goto('about:blank');
  expect((await page.request.post(`${program.url}/auth/sign-out`)).status()).toBe(200);
}

const me = () => page.evaluate(async () => (await fetch('/api/v1/me')).json());

test('the page says who can be chosen, and one click is enough', async () => {
  await page.goto(program.url);
  await page.getByRole('heading', { name: 'Who would you like to be?' }).waitFor();
  const buttons = page.getByRole('button');
  await expect.poll(() => buttons.count()).toBe(PEOPLE.length);
  for (const { name, role, does } of PEOPLE) {
    const text = await page.getByRole('button', { name }).textContent();
    expect(text).toContain(role);
    expect(text).toContain(does);
  }
  await page.screenshot({ path: join(SCREENSHOTS, 'choose.png') });
  await page.getByRole('button', { name: 'Sam Okafor' }).click();
  await page.waitForURL(`${program.url}/`);
  expect(await me()).toMatchObject({ name: 'Sam Okafor', roles: ['supervisor'] });
  expect(await page.title()).toContain('Tagwatch');
});

test('whoever signs out can be somebody else', async () => {
  await signOut();
  await be('Priya Shah', page);
  expect(await me()).toMatchObject({ name: 'Priya Shah', roles: ['sergeant'] });
});

test('an alert about a victim’s zone is suspended when a second person agrees, who sees who proposed it and why', async () => {
  const alert = page.locator('.tw-alert', { hasText: 'Protected address, W-001' });
  await alert.waitFor({ timeout: 150_000 });
  await alert.getByRole('link', { name: /Protected address/ }).click();
  const owner = (on: Page) => on.locator('.tw-actions__owner');
  await owner(page).waitFor();
  expect(await page.getByRole('button', { name: /^Suspend/ }).count()).toBe(0);
  await page.keyboard.press('c');
  await page.getByRole('dialog', { name: 'Propose to suspend the alert' }).waitFor();
  await page.keyboard.press('2');
  await page.getByRole('dialog').locator('textarea').fill('the victim is away');
  await page.keyboard.press('Control+Enter');
  await owner(page)
    .getByText(/priya proposes to suspend it until .*: the victim is away$/)
    .waitFor();
  expect(await page.getByRole('button', { name: /^Agree/ }).count()).toBe(0);
  const other = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await be('Sam Okafor', other);
  await other.goto(page.url());
  await other.getByRole('button', { name: /^Agree to the suspension/ }).click();
  const dialog = other.getByRole('dialog', { name: 'Agree to the suspension' });
  await dialog.getByText(/^priya proposes to suspend it until .*: the victim is away\.$/).waitFor();
  await other.screenshot({ path: join(SCREENSHOTS, 'second-person.png') });
  await dialog.getByRole('button', { name: 'Agree to the suspension' }).click();
  for (const each of [page, other])
    await owner(each)
      .getByText(/^Suspended until .* by priya, agreed by sam: the victim is away$/)
      .waitFor();
  await other.context().close();
  await page.keyboard.press('b');
});

test('what happens to alerts goes to the receiver of webhooks, which checks the signatures', async () => {
  await expect.poll(() => program.output()).toMatch(/signature verified: alert\.confirmed \(exclusion, critical\)/);
});

test('whoever may not see alerts is told so, and what there is instead', async () => {
  await signOut();
  await be('Alex Morgan', page);
  await page.getByRole('heading', { name: 'No alerts are shown to you' }).waitFor();
  await page.getByText('read tags and their models').waitFor();
  expect(await page.locator('#connection').count()).toBe(0);
  await page.screenshot({ path: join(SCREENSHOTS, 'no-alerts.png') });
  await page.getByRole('main').getByRole('link', { name: 'Rejected messages' }).click();
  await page.waitForURL(`${program.url}/rejected`);
});

test('the policies of the pages forbid nothing that they do', () => {
  expect(complaints).toEqual([]);
});

import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Home, makeHome, type Program, put, startProgram } from '../support/program.js';
import { findWrong } from './axe.js';
import { CHROMIUM, CHROMIUM_FLAGS, SCREENSHOTS } from './chromium.js';

const WAIT_MS = 60_000;
const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

let home: Home;
let program: Program;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

const heading = () => page.getByRole('heading', { level: 1 }).textContent();
const dialog = () => page.getByRole('dialog');
const rows = () => page.getByRole('region', { name: 'What is to be done' }).locator('tbody tr');

beforeAll(async () => {
  home = await makeHome();
  program = await startProgram(home);
  for (const [n, rating, days] of [
    [1, 'red', 20],
    [2, 'amber', 11],
    [3, 'green', 1],
  ] as const) {
    await put(program.url, `/wearers/W-${n}`, { name: `Wearer number ${n}`, division: 'East' });
    await put(program.url, `/rag-ratings/W-${n}`, { rating, evidence: 'scores', effectiveAt: daysAgo(days) });
  }
  browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${program.url}/desk`);
  await rows().first().waitFor({ timeout: WAIT_MS });
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
  home?.remove();
});

test('what is overdue stands first, with what the rating asks for', async () => {
  expect(await heading()).toBe('Desk: 2 overdue, 3 to do');
  expect((await rows().allTextContents()).map((text) => /Wearer number \d/.exec(text)?.[0])).toEqual([
    'Wearer number 1',
    'Wearer number 1',
    'Wearer number 2',
  ]);
});

test('a task is written, taken and closed by keyboard alone', async () => {
  await page.keyboard.press('n');
  await dialog().waitFor();
  await page.getByLabel('What is to be done, and why').fill('Knock at the new address');
  await page.getByLabel('Until when').fill('2026-01-02T10:00');
  await page.keyboard.press('Enter');
  await dialog().waitFor({ state: 'detached' });
  await rows().filter({ hasText: 'Knock at the new address' }).waitFor();
  expect(await heading()).toBe('Desk: 3 overdue, 4 to do');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await dialog().getByText('Knock at the new address').waitFor();
  await page.keyboard.type('nobody was in');
  await page.keyboard.press('Control+Enter');
  await dialog().waitFor({ state: 'detached' });
  await rows().filter({ hasText: 'Knock at the new address' }).waitFor({ state: 'detached' });
});

test('a review that the rating asks for is closed by a finding, and the next one is due from then', async () => {
  await page.getByRole('button', { name: 'Close review of Wearer number 1' }).click();
  await page.getByLabel('More is needed').check();
  await page.getByLabel('What came of it').fill('two breaches in a week');
  await page.getByLabel('Actions, one a line').fill('visit daily\nask for a curfew');
  await dialog().getByRole('button', { name: 'Close it' }).click();
  await dialog().waitFor({ state: 'detached' });
  await expect.poll(heading).toBe('Desk: 1 overdue, 2 to do');
  await page.getByText('What was done, and minutes').click();
  const told = page.locator('.tw-desk__done tbody tr').first();
  await told.waitFor();
  expect(await told.textContent()).toMatch(
    /Review.*More is needed\. two breaches in a week.*Actions: visit daily; ask for a curfew/,
  );
});

test.each(['light', 'dark'] as const)('axe finds nothing on the page and in its dialogs: %s', async (theme) => {
  await page.emulateMedia({ colorScheme: theme });
  expect(await findWrong(page)).toEqual([]);
  await page.screenshot({ path: join(SCREENSHOTS, `desk-${theme}.png`) });
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await dialog().waitFor();
  expect(await findWrong(page)).toEqual([]);
  await page.screenshot({ path: join(SCREENSHOTS, `desk-close-${theme}.png`) });
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Draw a dip sample' }).click();
  await dialog().waitFor();
  expect(await findWrong(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
});

test('no page threw', () => {
  expect(complaints).toEqual([]);
});

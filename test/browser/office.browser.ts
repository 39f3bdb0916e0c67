/** The office's pages: briefings. */
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Home, makeHome, type Program, put, send, startProgram } from '../support/program.js';
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

beforeAll(async () => {
  home = await makeHome();
  program = await startProgram(home);
  const { url } = program;
  for (const [n, division] of [
    [1, 'East'],
    [2, 'East'],
    [3, 'West'],
  ] as const)
    await put(url, `/wearers/W-${n}`, { name: `Wearer number ${n}`, division });
  await put(url, '/rag-ratings/W-1', { rating: 'red', evidence: 'scores', effectiveAt: daysAgo(0.5) });
  await put(url, '/rag-ratings/W-3', { rating: 'amber', evidence: 'scores', effectiveAt: daysAgo(0.5) });
  await put(url, '/memberships/W-2', { cohort: 'FLEX', effectiveAt: daysAgo(0.5) });
  await put(url, '/zones/Z-1', {
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [1.08, 51.28] },
    properties: { name: 'Home of number 1', radiusMetres: 60 },
  });
  await put(url, '/orders/O-1', { wearerId: 'W-1', type: 'hdc', startsAt: daysAgo(10) });
  await put(url, '/tags/T-1', {});
  await put(url, '/activations/A-1', { tagId: 'T-1', wearerId: 'W-1', fittedAt: daysAgo(10) });
  await put(url, '/conditions/C-1', {
    orderId: 'O-1',
    kind: 'curfew',
    zoneId: 'Z-1',
    startsAt: daysAgo(10),
    schedule: {
      timeZone: 'Europe/London',
      windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '19:00', to: '07:00' }],
    },
  });
  browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    timezoneId: 'America/New_York',
  });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
  home?.remove();
});

const section = (name: RegExp) => page.getByRole('region', { name });

test('a briefing is made by keyboard, tells of its division, and stands there for the next who looks', async () => {
  await page.goto(`${program.url}/briefings`);
  await page.getByText('None has been made yet.').waitFor({ timeout: WAIT_MS });
  await page.getByLabel('Division').selectOption('East');
  await page.getByRole('button', { name: 'Make it, since the last one' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /^Daily briefing, East/ }).waitFor({ timeout: WAIT_MS });
  expect(await section(/^RAG changes: 1/).textContent()).toMatch(/Wearer number 1 \(W-1\)not rated → red/);
  expect(await section(/^Selected and de-selected: 1/).textContent()).toContain('not of the cohort → FLEX');
  expect(await section(/^Conditions in force tonight/).textContent()).toContain('To be at Home of number 1');
  expect(await page.getByRole('article').textContent()).not.toContain('Wearer number 3');
  await page.getByRole('button', { name: 'Make it, since the last one' }).click();
  await section(/^RAG changes: 0/).waitFor({ timeout: WAIT_MS });
  const { body } = await send(program.url, 'GET', '/briefings');
  const [second, first] = (body as { items: { from: string; to: string; division: string }[] }).items;
  expect([second!.from, second!.division]).toEqual([first!.to, 'East']);
  await page.getByLabel('Which one').selectOption({ index: 1 });
  await section(/^RAG changes: 1/).waitFor({ timeout: WAIT_MS });
});

test('as a file it says what it is for', async () => {
  await page.getByText('Save as PDF').click();
  await page.getByLabel('What it is for').fill('parade');
  await page.getByLabel('Who gets it').fill('the early turn');
  const [file] = await Promise.all([
    page.waitForEvent('download', { timeout: WAIT_MS }),
    page.getByRole('button', { name: 'Save', exact: true }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^briefing-\d+\.pdf$/);
  await page.getByText('Save as PDF').click();
});

test('printed it is the briefing alone', async () => {
  await page.emulateMedia({ media: 'print' });
  expect(await page.getByRole('button', { name: 'Make it, since the last one' }).isVisible()).toBe(false);
  expect(await section(/^RAG changes/).isVisible()).toBe(true);
  await page.screenshot({ path: join(SCREENSHOTS, 'briefings-print.png'), fullPage: true });
  await page.emulateMedia({ media: 'screen' });
});

test.each(['light', 'dark'] as const)('axe finds nothing: %s', async (theme) => {
  await page.emulateMedia({ colorScheme: theme });
  expect(await findWrong(page)).toEqual([]);
  await page.screenshot({ path: join(SCREENSHOTS, `briefings-${theme}.png`) });
});

test('no page threw', () => {
  expect(complaints).toEqual([]);
});

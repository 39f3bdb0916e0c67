/** The office's pages: briefings and statistics. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { RECALL_QUESTIONS } from '../../src/wire/recall.js';
import type { Statistics } from '../../src/wire/statistics.js';
import { type Home, makeHome, type Program, put, send, startProgram } from '../support/program.js';
import { findWrong } from './axe.js';
import { launchBrowser, SCREENSHOTS } from './chromium.js';

const WAIT_MS = 60_000;
const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

let home: Home;
let program: Program;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

/** Of the exclusion zone, when it is confirmed. */
const findAlert = () =>
  vi.waitFor(async () => {
    const { body } = await send(program.url, 'GET', '/alerts');
    const found = (
      body as { items: { alertId: string; etag: string; kind: string; confirmedAt?: string }[] }
    ).items.find(({ kind, confirmedAt }) => kind === 'exclusion' && confirmedAt !== undefined);
    if (found === undefined) throw new Error('no exclusion is confirmed yet');
    return found;
  }, WAIT_MS);

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
  await put(url, '/zones/Z-2', {
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [1.1, 51.3] },
    properties: { name: 'High Street', radiusMetres: 300 },
  });
  await put(url, '/conditions/C-2', { orderId: 'O-1', kind: 'exclusion', zoneId: 'Z-2', startsAt: daysAgo(10) });
  const fixes = [4, 3, 2, 1].map((minutes, sequence) => ({
    tagId: 'T-1',
    sequence,
    fixedAt: new Date(Date.now() - minutes * 60_000).toISOString(),
    latitude: 51.3,
    longitude: 1.1,
    accuracyMetres: 5,
  }));
  await send(url, 'POST', '/pings', fixes);
  const { alertId, etag } = await findAlert();
  await send(url, 'POST', `/alerts/${alertId}/dispose`, { disposition: 'gps-drift' }, { 'if-match': etag });
  const form = Object.fromEntries(RECALL_QUESTIONS.map(({ name }) => [name, 'said']));
  const request = { wearerId: 'W-1', orderId: 'O-1', alertIds: [alertId], form, state: 'requested' };
  await put(url, '/recalls/R-1', request);
  await vi.waitFor(async () => {
    const [from, to] = [daysAgo(1), daysAgo(-1)];
    const { body } = await send(url, 'GET', `/statistics?${new URLSearchParams({ from, to })}`);
    expect((body as Statistics).all.decided).toBe(1);
  }, WAIT_MS);
  browser = await launchBrowser();
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
  await expect.poll(() => section(/^RAG changes: 1/).textContent()).toMatch(/Wearer number 1 \(W-1\)not rated → red/);
  await expect.poll(() => section(/^Selected and de-selected: 1/).textContent()).toContain('not of the cohort → FLEX');
  await expect.poll(() => section(/^Conditions in force tonight/).textContent()).toContain('To be at Home of number 1');
  const dealt = /Already dealt with: recall requested, \w{3} \d+ \w{3,4} \d\d:\d\d/;
  await expect.poll(() => section(/^Already dealt with: 1/).textContent()).toMatch(dealt);
  expect(
    await section(/^Alerts since the last one/)
      .getByText('gps drift')
      .textContent(),
  ).toMatch(dealt);
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
  await expect.poll(() => page.getByRole('button', { name: 'Make it, since the last one' }).isVisible()).toBe(false);
  await expect.poll(() => section(/^RAG changes/).isVisible()).toBe(true);
  await page.screenshot({ path: join(SCREENSHOTS, 'briefings-print.png'), fullPage: true });
  await page.emulateMedia({ media: 'screen' });
});

test.each(['light', 'dark'] as const)('axe finds nothing: %s', async (theme) => {
  await page.emulateMedia({ colorScheme: theme });
  expect(await findWrong(page)).toEqual([]);
  await page.screenshot({ path: join(SCREENSHOTS, `briefings-${theme}.png`) });
});

test('statistics tell counts with what they are of', async () => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByText('Schemes: Briefings', { exact: true }).click();
  await page.getByRole('link', { name: 'Statistics' }).click();
  await page.getByRole('heading', { name: /^Performance report, all divisions/ }).waitFor({ timeout: WAIT_MS });
  const report = page.getByRole('article', { name: 'Performance report' });
  await expect.poll(() => report.textContent()).toMatch(/False1 of 1 decided/);
  await expect
    .poll(() => report.textContent())
    .toMatch(/From then to closedhalf of them within [\d.]+ min.*\(n = 1 of \d+\)/);
  await expect.poll(() => section(/^By zone$/).textContent()).toMatch(/High Street1011 of 10 of 1GPS drift 1/);
  expect(await page.locator('main').textContent()).not.toContain('%');
  await page.getByLabel('Of which time').getByLabel('Division').selectOption('West');
  await page.getByRole('heading', { name: /^Performance report, West/ }).waitFor({ timeout: WAIT_MS });
  await expect.poll(() => report.textContent()).toMatch(/False– decided/);
  await page.getByLabel('Of which time').getByLabel('Division').selectOption('');
});

test('before and after are told side by side, with their unknown', async () => {
  await page.getByLabel('Whom').selectOption('W-1');
  await page.getByLabel('Days', { exact: true }).fill('3');
  await page.getByLabel('before and after', { exact: true }).fill(daysAgo(4).slice(0, 10));
  await page.keyboard.press('Enter');
  const table = page.getByRole('table', { name: /^Wearer number 1: 3 days before and after/ });
  await table.waitFor({ timeout: WAIT_MS });
  await expect.poll(() => table.getByRole('row', { name: 'Days on tag' }).textContent()).toBe('Days on tag33');
  await expect
    .poll(() => table.getByRole('row', { name: 'Unknown' }).textContent())
    .toMatch(
      // An hour more or less where the clocks change.
      /^Unknown3[567] h3[567] h$/,
    );
  await page.getByLabel('before and after', { exact: true }).fill(daysAgo(1).slice(0, 10));
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByRole('alert').getByText('The days after are not over yet.').waitFor({ timeout: WAIT_MS });
});

test.each(['light', 'dark'] as const)('axe finds nothing in the statistics: %s', async (theme) => {
  await page.emulateMedia({ colorScheme: theme });
  expect(await findWrong(page)).toEqual([]);
  await page.screenshot({ path: join(SCREENSHOTS, `statistics-${theme}.png`), fullPage: true });
});

test('no page threw', () => {
  expect(complaints).toEqual([]);
});

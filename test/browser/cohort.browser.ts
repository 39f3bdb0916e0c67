/** The cohort of five hundred: the trend, the columns that somebody wants, print; and how long it takes, which is reported. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Home, makeHome, type Program, send, startProgram } from '../support/program.js';
import { findWrong } from './axe.js';
import { launchBrowser, SCREENSHOTS } from './chromium.js';

const WAIT_MS = 60_000;
const DAY_MS = 86_400_000;
const WEARERS = 500;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

let home: Home;
let program: Program;
let browser: Browser;
let page: Page;
const complaints: string[] = [];
const rows = () => page.locator('.tw-cohort tbody tr');
const heads = () => page.locator('.tw-cohort thead th').allTextContents();

/** Everybody has a curfew at one home, and has worn a tag for fifty days. */
function recordsOf(n: number): object[] {
  const id = String(n).padStart(3, '0');
  const startsAt = daysAgo(50);
  return [
    { kind: 'wearer', id: `W-${id}`, body: { name: `Wearer ${id}`, division: n % 2 === 0 ? 'East' : 'West' } },
    { kind: 'tag', id: `T-${id}`, body: {} },
    { kind: 'order', id: `O-${id}`, body: { wearerId: `W-${id}`, type: 'hdc', startsAt } },
    { kind: 'activation', id: `A-${id}`, body: { tagId: `T-${id}`, wearerId: `W-${id}`, fittedAt: startsAt } },
    {
      kind: 'condition',
      id: `C-${id}`,
      body: {
        orderId: `O-${id}`,
        kind: 'curfew',
        zoneId: 'Z-1',
        startsAt,
        schedule: {
          timeZone: 'Europe/London',
          windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '19:00', to: '07:00' }],
        },
      },
    },
  ];
}

beforeAll(async () => {
  home = await makeHome();
  program = await startProgram(home);
  const zone = {
    kind: 'zone',
    id: 'Z-1',
    body: {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [1.08, 51.28] },
      properties: { name: 'Home', radiusMetres: 60 },
    },
  };
  const lines = [zone, ...Array.from({ length: WEARERS }, (_, n) => recordsOf(n)).flat()];
  const imported = await fetch(`${program.url}/api/v1/records/import?wait=false`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => JSON.stringify(line)).join('\n'),
  });
  expect([imported.status, imported.ok ? '' : await imported.text()]).toEqual([expect.toBeOneOf([200, 202]), '']);
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
  home?.remove();
});

test('five hundred rows are there, sorted and searched at once', async () => {
  const asked = performance.now();
  const answer = await send(program.url, 'GET', '/cohort?limit=500');
  const answeredMs = performance.now() - asked;
  expect((answer.body as { items: unknown[] }).items).toHaveLength(WEARERS);
  const opened = performance.now();
  await page.goto(`${program.url}/cohort`);
  await page.getByRole('heading', { name: `Cohort: ${WEARERS} wearers` }).waitFor({ timeout: WAIT_MS });
  const openedMs = performance.now() - opened;
  await expect.poll(() => rows().count()).toBe(WEARERS);
  /** Until two frames after: what was pressed is painted. */
  const pressed = (press: string) =>
    page.evaluate<number>(`new Promise((done) => {
      const from = performance.now();
      ${press};
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - from)));
    })`);
  const sortedMs = await pressed(
    "[...document.querySelectorAll('.tw-cohort thead button')].find((one) => one.textContent === 'Who').click()",
  );
  await expect.poll(() => rows().first().textContent()).toContain('Wearer 000');
  const search = "document.querySelector('.tw-cohort__filters input[type=search]')";
  const searchedMs = await pressed(
    `${search}.value = 'wearer 499'; ${search}.dispatchEvent(new Event('input', { bubbles: true }))`,
  );
  await expect.poll(() => rows().count()).toBe(1);
  await page.getByLabel('Name, id, reference or division').fill('');
  const whole = (ms: number) => Math.round(ms);
  process.stdout.write(
    `${WEARERS} wearers: answered in ${whole(answeredMs)} ms, page there in ${whole(openedMs)} ms, ` +
      `sorted and painted in ${whole(sortedMs)} ms, searched in ${whole(searchedMs)} ms\n`,
  );
});

test('a trend is told against the 28 days before, with the unknown of both', async () => {
  // Fifty days on the tag: twenty-two nights of the 28 days before, and nothing was heard in any.
  const trend = await rows().first().locator('.tw-cohort__trend li').allTextContents();
  expect(trend.slice(0, 3)).toEqual(['Violations 0 → 0', 'Unreasonable 0 → 0 min', 'Kept 0 → 0 min']);
  expect(trend[3]).toMatch(/^Unknown 26[345] → 33[567] h$/);
});

test('the columns that somebody does not want stay away, also after a reload; by keyboard', async () => {
  const all = await heads();
  await page.getByText('Columns', { exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Battery').focus();
  await page.keyboard.press('Space');
  await page.getByLabel('Visit due').focus();
  await page.keyboard.press('Space');
  const fewer = all.filter((one) => one !== 'Battery' && one !== 'Visit due');
  expect(await heads()).toEqual(fewer);
  await expect.poll(() => rows().first().locator('td').count()).toBe(fewer.length - 1);
  await page.reload();
  await page.getByText('Columns: 2 not shown').waitFor({ timeout: WAIT_MS });
  expect(await heads()).toEqual(fewer);
  await page.getByText('Columns: 2 not shown').click();
  await page.getByLabel('Battery').check();
  await page.getByLabel('Visit due').check();
  expect(await heads()).toEqual(all);
});

test('printed it is the table alone, with the columns that are shown', async () => {
  await page.emulateMedia({ media: 'print' });
  await expect.poll(() => page.getByText('Columns', { exact: true }).isVisible()).toBe(false);
  await expect.poll(() => page.getByRole('button', { name: 'Print' }).isVisible()).toBe(false);
  await expect.poll(() => rows().first().isVisible()).toBe(true);
  const pdf = await page.pdf({ format: 'A4', landscape: true, path: join(SCREENSHOTS, 'cohort-print.pdf') });
  expect(pdf.length).toBeGreaterThan(10_000);
  await page.emulateMedia({ media: 'screen' });
});

test.each(['light', 'dark'] as const)('axe finds nothing: %s', async (theme) => {
  await page.emulateMedia({ colorScheme: theme });
  // Of a few rows: five hundred are five hundred times the same.
  await page.getByLabel('Name, id, reference or division').fill('W-00');
  expect(await findWrong(page)).toEqual([]);
  await page.screenshot({ path: join(SCREENSHOTS, `cohort-500-${theme}.png`) });
});

test('no page threw', () => {
  expect(complaints).toEqual([]);
});

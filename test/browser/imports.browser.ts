/** A CSV of another system, by the console: columns are guessed and changed, rows previewed, and nothing written before it is confirmed. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Home, makeHome, type Program, put, send, startProgram } from '../support/program.js';
import { findWrongInBoth } from './axe.js';
import { launchBrowser, SCREENSHOTS } from './chromium.js';
import { intercept } from './intercept.js';

const WAIT_MS = 60_000;
let home: Home;
let program: Program;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

const CSV =
  '\uFEFFCode;Full name;Police force;District\r\nW-1;"Kerr; Adam";kent;East\r\nW-2;Bea Low;;\r\nW-3;Cem Oz;kent;West\r\n;Nobody;;\r\n';
const file = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
const preview = () => page.getByRole('region', { name: 'Preview' });
const rows = async () =>
  (await preview().locator('tbody tr').all()).length === 0
    ? []
    : await preview()
        .locator('tbody tr')
        .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
const standing = async (path: string) => await send(program.url, 'GET', path);

beforeAll(async () => {
  home = await makeHome();
  program = await startProgram(home);
  await put(program.url, '/wearers/W-1', { name: 'Adam Kerr', force: 'kent', schemes: ['iom'] });
  await put(program.url, '/wearers/W-2', { name: 'Bea Low' });
  await put(program.url, '/rag-ratings/W-1', { rating: 'red', evidence: 'scores' });
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${program.url}/imports`);
  await page.getByRole('heading', { name: 'Imports' }).waitFor({ timeout: WAIT_MS });
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
  home?.remove();
});

test('columns are guessed by name; the id, which nobody could guess, is asked for', async () => {
  await page.getByLabel('File', { exact: true }).setInputFiles(file('cohort.csv', CSV));
  await page.getByText('Say which column is the wearer id: without it no row is read.').waitFor({ timeout: WAIT_MS });
  await expect.poll(() => page.getByLabel('Name').inputValue()).toBe('1');
  await expect.poll(() => page.getByLabel('Division').inputValue()).toBe('3');
  await expect.poll(() => page.getByLabel('Schemes').inputValue()).toBe('');
  expect(await findWrongInBoth(page)).toEqual([]);
});

test('a preview says row by row what becomes of it, and nothing is written', async () => {
  await page.getByLabel('Wearer id').selectOption('Code');
  await page.getByRole('heading', { name: 'Preview: 1 new, 1 changed, 1 as they stand, 1 refused' }).waitFor({
    timeout: WAIT_MS,
  });
  expect(await rows()).toEqual([
    ['5', '–', 'Refused', 'it has no id'],
    ['4', 'W-3', 'New', 'Name Cem Oz; Force kent; Division West'],
    ['2', 'W-1', 'Changed', 'Name from Adam Kerr to Kerr; Adam; Division East'],
    ['3', 'W-2', 'As it stands', ''],
  ]);
  expect((await standing('/wearers/W-3')).status).toBe(404);
  await page.screenshot({ path: join(SCREENSHOTS, 'imports-preview.png') });
  expect(await findWrongInBoth(page)).toEqual([]);
});

test('what is confirmed, by keyboard, is written; what the file does not have stays', async () => {
  await page.getByRole('button', { name: 'Write 2 records' }).press('Enter');
  await page.getByText('Written: 1 new, 1 changed.').waitFor({ timeout: WAIT_MS });
  await page.getByRole('heading', { name: 'Preview: 0 new, 0 changed, 3 as they stand, 1 refused' }).waitFor();
  expect((await standing('/wearers/W-1')).body).toMatchObject({
    name: 'Kerr; Adam',
    division: 'East',
    schemes: ['iom'],
    version: 2,
    changeReason: 'imported from cohort.csv',
  });
  expect((await standing('/rag-ratings/W-1')).body).toMatchObject({ rating: 'red', version: 1 });
  expect((await standing('/wearers/W-3')).body).toMatchObject({ name: 'Cem Oz', version: 1 });
});

test('orders are refused at their line, by the title of the column', async () => {
  await page.getByLabel('What it lists').selectOption('Orders');
  await page
    .getByLabel('File', { exact: true })
    .setInputFiles(
      file('orders.csv', 'Order ref,Wearer,Order type,From,To\nO-1,W-3,HDC,01/12/2026,soon\nO-2,W-3,hdc,01/12/2026,\n'),
    );
  await page.getByRole('heading', { name: 'Preview: 1 new, 0 changed, 0 as they stand, 1 refused' }).waitFor({
    timeout: WAIT_MS,
  });
  const [refused] = await rows();
  expect(refused?.slice(0, 3)).toEqual(['2', 'O-1', 'Refused']);
  expect(refused?.[3]).toMatch(/^To: /);
  await page.getByRole('button', { name: 'Write 1 record' }).click();
  await page.getByText('Written: 1 new, 0 changed.').waitFor({ timeout: WAIT_MS });
  await page.screenshot({ path: join(SCREENSHOTS, 'imports-written.png') });
  expect((await standing('/orders/O-2')).body).toMatchObject({ wearerId: 'W-3', startsAt: '2026-12-01T00:00:00.000Z' });
});

test('where no answer comes, nothing is claimed: the file is read again and shows what is there', async () => {
  await page.getByLabel('What it lists').selectOption('Wearers');
  await page.getByLabel('File', { exact: true }).setInputFiles(file('late.csv', 'id,name\nW-9,Ida\nW-10,Jo\n'));
  await page.getByRole('heading', { name: 'Preview: 2 new, 0 changed, 0 as they stand' }).waitFor({ timeout: WAIT_MS });
  // It is written, and the answer lost.
  await intercept(page, '**/records/import', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await page.getByRole('button', { name: 'Write 2 records' }).click();
  await page.getByRole('heading', { name: 'Preview: 0 new, 0 changed, 2 as they stand' }).waitFor({ timeout: WAIT_MS });
  await page
    .getByRole('alert')
    .getByText(/^No answer came: it may or may not be written\./)
    .waitFor({ timeout: WAIT_MS });
  expect(await page.getByText('Nothing is written.', { exact: false }).count()).toBe(0);
  expect((await standing('/wearers/W-9')).body).toMatchObject({ name: 'Ida', version: 1 });
  await page.unroute('**/records/import');
});

test('a file that is none is told, and the page did not throw', async () => {
  await page.getByLabel('File', { exact: true }).setInputFiles(file('empty.csv', ''));
  await page
    .getByRole('alert')
    .getByText(/^The file is not read\. .*the file is empty/)
    .waitFor({ timeout: WAIT_MS });
  expect(complaints).toEqual([]);
});

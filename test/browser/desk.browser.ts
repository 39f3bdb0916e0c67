import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Home, makeHome, type Program, put, send, startProgram } from '../support/program.js';
import { findWrong } from './axe.js';
import { launchBrowser, SCREENSHOTS } from './chromium.js';
import { intercept } from './intercept.js';

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
  browser = await launchBrowser();
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    timezoneId: 'America/New_York',
  });
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
  await expect.poll(heading).toBe('Desk: 2 overdue, 3 to do');
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
  // Nobody was preselected: it does not go on without.
  await expect.poll(() => page.getByLabel('Who it is about').inputValue()).toBe('');
  await page.getByLabel('Who it is about').selectOption('W-1');
  await page.getByLabel('What is to be done, and why').press('Enter');
  await dialog().waitFor({ state: 'detached' });
  await rows().filter({ hasText: 'Knock at the new address' }).waitFor();
  await expect.poll(heading).toBe('Desk: 3 overdue, 4 to do');
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
  await expect
    .poll(() => told.textContent())
    .toMatch(/Review.*More is needed\. two breaches in a week.*Actions: visit daily; ask for a curfew/);
});

interface Told {
  readonly items: readonly { readonly taskId: string; readonly subject: string; readonly dueAt?: string }[];
}
const tasksOf = async (subject: string) => {
  const { body } = await send(program.url, 'GET', '/tasks?limit=500');
  return (body as Told).items.filter((task) => task.subject === subject);
};
const subject = () => page.getByLabel('What is to be done, and why');

/** Begins to write a task about somebody. */
async function beginTask(about: string): Promise<void> {
  await page.getByRole('button', { name: 'Write a task' }).click();
  await dialog().waitFor();
  await page.getByLabel('Who it is about').selectOption('W-2');
  await subject().fill(about);
}

test('what is written in a dialog outlives a refresh, also one that fails; the list stays, and says that it is old', async () => {
  await beginTask('Ask the landlord');
  await intercept(page, '**/api/v1/desk?*', (route) => route.fulfill({ status: 503, body: '{}' }));
  // It asks twice a minute.
  await page.getByText(/It is not up to date: the database is away/).waitFor();
  await expect.poll(() => subject().inputValue()).toBe('Ask the landlord');
  expect(await rows().count()).toBeGreaterThan(0);
  await page.screenshot({ path: join(SCREENSHOTS, 'desk-refresh-failed.png') });
  await page.unroute('**/api/v1/desk?*');
  await page.getByText(/It is not up to date/).waitFor({ state: 'detached' });
  await expect.poll(() => subject().inputValue()).toBe('Ask the landlord');
});

test('closed by Escape it is there again when it is opened; left, it is not. No key of the desk acts meanwhile', async () => {
  await page.getByRole('button', { name: 'Leave it' }).focus();
  const focused = () => page.evaluate<string>('document.activeElement.textContent');
  for (const key of ['j', 'k', 'n', '?', 'b']) await page.keyboard.press(key);
  expect([await focused(), await dialog().count()]).toEqual(['Leave it', 1]);
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Write a task' }).click();
  await dialog().waitFor();
  expect([await subject().inputValue(), await page.getByLabel('Who it is about').inputValue()]).toEqual([
    'Ask the landlord',
    'W-2',
  ]);
  await page.getByRole('button', { name: 'Leave it' }).click();
  await page.getByRole('button', { name: 'Write a task' }).click();
  await expect.poll(() => subject().inputValue()).toBe('');
  await page.getByRole('button', { name: 'Leave it' }).click();
});

test('an answer that is lost makes no second task, also where the dialog was closed and the words were changed since', async () => {
  await beginTask('See the employer');
  // The clocks go back: this hour comes twice, and the later one leaves nothing out.
  await page.getByLabel('Until when').fill('2026-10-25T01:30');
  let isLost = true;
  await intercept(page, '**/api/v1/tasks/*', async (route) => {
    if (!isLost || route.request().method() !== 'PUT') return await route.continue();
    await route.fetch();
    await route.abort();
  });
  await page.getByRole('button', { name: 'Write it' }).click();
  await dialog()
    .getByRole('alert')
    .getByText(/did not answer.*it is not there twice/)
    .waitFor();
  expect(await tasksOf('See the employer')).toMatchObject([{ dueAt: '2026-10-25T01:30:00.000Z' }]);
  isLost = false;
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Write a task' }).click();
  await subject().fill('See the employer, and the landlord');
  await page.getByRole('button', { name: 'Write it' }).click();
  await dialog().waitFor({ state: 'detached' });
  expect(await tasksOf('See the employer')).toEqual([]);
  expect(await tasksOf('See the employer, and the landlord')).toHaveLength(1);
  await page.unroute('**/api/v1/tasks/*');
});

test('what somebody else was first with is told in words, where it was pressed', async () => {
  const [task] = await tasksOf('See the employer, and the landlord');
  const row = rows().filter({ hasText: 'See the employer, and the landlord' });
  await row.waitFor();
  // While what was pressed is on its way: a page that had asked in between would show it.
  let isFirst = true;
  await intercept(page, '**/api/v1/tasks/*', async (route) => {
    if (isFirst) {
      isFirst = false;
      await put(program.url, `/tasks/${task!.taskId}`, {
        wearerId: 'W-2',
        kind: 'task',
        subject: 'See the employer, and the landlord',
        status: 'open',
        place: 'The works',
      });
    }
    await route.continue();
  });
  await row.getByRole('button', { name: 'Accept' }).click();
  await row
    .getByRole('alert')
    .getByText(/^It is not accepted\. \S/)
    .waitFor();
  await row.getByText('At The works.').waitFor();
  await page.unroute('**/api/v1/tasks/*');
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

const scene = { latitude: 51.2801, longitude: 1.0801 };
const compact = (atMs: number) => new Date(atMs).toISOString().replaceAll(/[-:T]|\.\d+Z/g, '');

test('a file of crimes with one bad row is matched; one match is qualified, one eliminated, and an elimination is shown', async () => {
  const nowMs = Math.floor(Date.now() / 60_000) * 60_000;
  const fittedAt = new Date(nowMs - 2 * DAY_MS).toISOString();
  await put(program.url, '/tag-models/M-1', { name: 'Model', accuracyConvention: 'r95', intervalSeconds: 60 });
  for (const n of [1, 2, 3]) {
    await put(program.url, `/tags/T-${n}`, { modelId: 'M-1' });
    await put(program.url, `/activations/A-${n}`, { tagId: `T-${n}`, wearerId: `W-${n}`, fittedAt });
  }
  // Two stand there for half an hour; the third is three kilometres away.
  const pings = Array.from({ length: 90 }, (_, minute) => minute).flatMap((minute) =>
    [1, 2, 3].map((n) => ({
      tagId: `T-${n}`,
      fixedAt: new Date(nowMs - (95 - minute) * 60_000).toISOString(),
      latitude: scene.latitude + (n === 3 || minute < 30 || minute > 60 ? 0.03 : 0.0001 * n),
      longitude: scene.longitude,
      accuracyMetres: 8,
    })),
  );
  await send(program.url, 'POST', '/pings', pings);
  const trailOf = async (n: number) => {
    const { body } = await send(program.url, 'GET', `/wearers/W-${n}/trail`);
    return (body as { features: readonly unknown[] }).features.length;
  };
  for (const n of [1, 2, 3]) await expect.poll(() => trailOf(n), { timeout: WAIT_MS }).toBe(90);
  const [from, to] = [nowMs - 60 * 60_000, nowMs - 40 * 60_000];
  const row = (reference: string, until: number) =>
    `Kent,BIAD,Burglary,B-1,${reference},${compact(from)},${compact(until)},,,${scene.latitude},${scene.longitude},WGS84,Window forced`;
  await page.goto(`${program.url}/crimes`);
  await page.getByRole('button', { name: 'Match a file of crimes' }).click();
  await dialog().waitFor();
  expect(await findWrong(page)).toEqual([]);
  await page.screenshot({ path: join(SCREENSHOTS, 'crimes-send.png') });
  await page.getByLabel('CSV, of 13 columns').setInputFiles({
    name: 'november.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`${row('K/1', to)}\n${row('K/2', from - 1_000)}\n`),
  });
  await page.getByLabel('What for').fill('Operation Elm');
  await page.getByLabel('Authority: its reference').fill('CM/77');
  await page.getByLabel('What it covers').fill('Burglaries in the East');
  await page.getByLabel('It holds until, that day too').fill(new Date(nowMs + 30 * DAY_MS).toISOString().slice(0, 10));
  await page.getByLabel('What for').press('Control+Enter');
  const crime = page.locator('.tw-crime').first();
  await crime.waitFor({ timeout: WAIT_MS });
  await expect.poll(heading).toBe('november.csv: who was there');
  await page.getByText('One row could not be used', { exact: true }).click();
  await page.getByText('Line 2: its to is before its from').waitFor();
  await crime.getByText('1 of 3 eliminated').waitFor();
  const match = (n: number) => crime.locator(`[data-wearer-id="W-${n}"]`);
  await expect
    .poll(() => match(1).textContent())
    .toMatch(/^Present: Wearer number 1 – .*nearest \d+ m.*how usual that is|^Present: Wearer number 1 – .*on 0 of/);
  await match(1).getByRole('button', { name: 'Qualify' }).click();
  await page.getByLabel('Why').fill('CCTV shows him at the door');
  await page.getByLabel('Why').press('Control+Enter');
  await match(1)
    .getByText(/^Qualified: to be looked into/)
    .waitFor();
  await match(2).getByRole('button', { name: 'Eliminate' }).click();
  await page.getByLabel('Why').fill('He works next door, the till has him');
  await page.getByLabel('Why').press('Control+Enter');
  await match(2)
    .getByText(/He works next door/)
    .waitFor();
  expect(await findWrong(page)).toEqual([]);
  await page.screenshot({ path: join(SCREENSHOTS, 'crimes.png') });
  await crime.getByLabel('Show what rules out, by wearer id').fill('W-3');
  await crime.getByLabel('Show what rules out, by wearer id').press('Enter');
  await expect.poll(heading).toBe('Eliminated: Wearer number 3, Kent K/1');
  await expect.poll(() => page.locator('main').textContent()).toContain('Run 1 says the same.');
  const told = await page.locator('main').textContent();
  expect(told).toContain('was not within 100 m of it at any moment of that time');
  expect(told).toMatch(/21 good fixes within the time; the last before it .*; the longest time without one 1 min/);
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    expect(await findWrong(page)).toEqual([]);
    await page.screenshot({ path: join(SCREENSHOTS, `crimes-eliminated-${theme}.png`) });
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('link', { name: 'The file of crimes' }).click();
  await crime.waitFor();
  await page.getByRole('button', { name: 'Match again, by what is on record now' }).click();
  await page.getByLabel('Run', { exact: true }).waitFor({ timeout: WAIT_MS });
  await expect.poll(() => page.getByLabel('Run', { exact: true }).locator('option').count()).toBe(2);
  await match(2)
    .getByText(/He works next door/)
    .waitFor();
});

/** What the browser has fetched, by the name of the page. */
const isFetched = (name: string) =>
  page.evaluate<boolean>(
    `performance.getEntriesByType('resource').some((each) => each.name.includes('/assets/${name}-'))`,
  );

test('a page that nobody has opened yet is there while the server is away; one that could not be fetched says so, and is', async () => {
  await page.goto(`${program.url}/register`);
  await page.getByRole('heading', { level: 1 }).waitFor({ timeout: WAIT_MS });
  await expect.poll(() => isFetched('shown-match'), { timeout: WAIT_MS }).toBe(true);
  await page.context().setOffline(true);
  await page.getByText('Evidence', { exact: true }).click();
  await page.getByRole('link', { name: 'Crimes' }).click();
  await page.getByText(/^They are not shown: /).waitFor({ timeout: WAIT_MS });
  await expect.poll(heading).toBe('Crimes, and who was there');
  await page.context().setOffline(false);
  await intercept(page, '**/assets/zones-*', (route) => route.abort());
  await page.goto(`${program.url}/zones`);
  await page.getByText(/^This page could not be fetched/).waitFor({ timeout: WAIT_MS });
  expect(await findWrong(page)).toEqual([]);
  await page.unroute('**/assets/zones-*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'What there is' }).waitFor({ timeout: WAIT_MS });
});

test('no page threw', () => {
  expect(complaints).toEqual([]);
});

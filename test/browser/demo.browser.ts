/**
 * The demonstration as a supervisor sees it: the real program, a real browser. A screenshot is left in the folder that
 * TAGWATCH_SCREENSHOTS names, or in the temporary folder.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AlertItem } from '../../src/alerts/alert.js';
import { type Home, makeHome, type Program, startProgram } from '../support/program.js';
import { findWrong } from './axe.js';
import { CHROMIUM, launchBrowser, SCREENSHOTS } from './chromium.js';
import { intercept } from './intercept.js';

/** More than the demonstration needs (20 s, 90 s): what is late fails by what it says, not by a limit of this test. */
const ALERTS_LIMIT_MS = 150_000;
const MARKUP = '<img src=x onerror="window.wasRun = true"> Ampersand & Co';

let home: Home;
let program: Program;
let browser: Browser;
let page: Page;
let listeningAtMs: number;
/** Everything that the page complained about. */
const complaints: string[] = [];

const confirmed = (text: string) => row(text).locator('.tw-sure', { hasText: 'Confirmed' });
const row = (text: string) => page.locator('.tw-alert', { hasText: text });

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`${program.url}/api/v1${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

beforeAll(async () => {
  if (!existsSync(CHROMIUM))
    throw new Error(`No Chromium at ${CHROMIUM}: install it (apt-get install chromium) or set CHROMIUM`);
  home = await makeHome();
  program = await startProgram(home, ['demo', '--port', '0', '--seed', 'tagwatch', '--no-sign-in']);
  listeningAtMs = Date.now();
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('requestfailed', (request) => {
    // What a page was still asking for when it was left has not failed.
    const why = request.failure()?.errorText;
    if (why !== 'net::ERR_ABORTED') complaints.push(`failed: ${request.url()}, ${why}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400 && response.status() !== 412)
      complaints.push(`${response.status()}: ${response.url()}`);
  });
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
  home?.remove();
});

test('a name that holds markup stays text, also on the map', async () => {
  const { status } = await call('PUT', '/wearers/W-001', { name: MARKUP });
  expect(status).toBe(200);
});

test('the victim-zone alert and the curfew alert come by themselves', async () => {
  await page.goto(program.url);
  await confirmed('Protected address, W-001').waitFor({ timeout: ALERTS_LIMIT_MS });
  const victimMs = Date.now() - listeningAtMs;
  await confirmed('left home during the window').waitFor({ timeout: ALERTS_LIMIT_MS });
  const curfewMs = Date.now() - listeningAtMs;
  process.stdout.write(`victim-zone alert on the page after ${victimMs} ms, curfew alert after ${curfewMs} ms\n`);
  await page.locator('#connection[data-state=live]').waitFor();
  await expect.poll(() => page.locator('#tags').textContent()).toMatch(/^200 tags heard, 0 silent/);
  await expect.poll(() => page.title()).toMatch(/^\(\d+\) Tagwatch$/);
  await row('Protected address, W-001').getByText(MARKUP).waitFor();
  await page.locator('.tw-marker', { hasText: MARKUP }).waitFor();
  await page.screenshot({ path: join(SCREENSHOTS, 'alerts.png') });
});

test('nothing of the header is cut at 1280, and no box lies over a word of its row', async () => {
  const cut = await page.evaluate(`[...document.querySelectorAll('.tw-header *')]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflow !== 'visible')
    .filter((one) => !one.classList.contains('govuk-visually-hidden'))
    .map((one) => one.textContent)`);
  expect(cut).toEqual([]);
  const covered = await page.evaluate(`[...document.querySelectorAll('.tw-alert')].filter((one) => {
    const box = one.querySelector('.tw-mark').getBoundingClientRect();
    const words = document.createRange();
    words.selectNodeContents(one.querySelector('.tw-severity'));
    const { right, top, bottom } = words.getBoundingClientRect();
    return right > box.left && top < box.bottom && bottom > box.top;
  }).map((one) => one.textContent)`);
  expect(covered).toEqual([]);
});

test('the page of an alert says it in a sentence, then in figures; the map shows the fixes it rests on', async () => {
  await row('Protected address, W-001')
    .getByRole('link', { name: /Protected address/ })
    .click();
  await page.waitForURL(/\/alerts\/[^/]+$/);
  const sentence = page.locator('.tw-sentence');
  await expect.poll(() => sentence.textContent()).toContain(`${MARKUP} is`);
  const said = await sentence.textContent();
  expect(said).toMatch(/ inside the exclusion zone Protected address, W-001, since (\d+ \w+, )?\d\d:\d\d:\d\d\.$/);
  await page.getByText('This condition is confirmed by one good fix.').waitFor();
  await expect.poll(() => page.locator('.tw-table').textContent()).toMatch(/\d+ m inside\d+ m/);
  await page.getByText(/^Not to enter Protected address, W-001/).waitFor();
  await page.getByText('confirmed it, critical severity').waitFor();
  await page.locator('.tw-map canvas').waitFor();
  await page.screenshot({ path: join(SCREENSHOTS, 'alert.png') });
  // An address that a colleague was sent shows the same.
  await page.reload();
  await page.locator('.tw-sentence', { hasText: 'Protected address, W-001' }).waitFor();
  await page.getByRole('link', { name: 'Back to the board' }).click();
});

test('the strip of a wearer reaches to now, and of nobody known it is not said that nobody watches him', async () => {
  const other = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    await other.goto(`${program.url}/wearers/W-001`);
    await other.getByText(/^Monitored: Yes/).waitFor();
    await other.locator('.tw-day__alert--confirmed').first().waitFor();
    await other.locator('.tw-day__bar--out').first().waitFor();
    await other
      .getByText(/^Not to enter Protected address, W-001/)
      .first()
      .waitFor();
    await other.getByRole('slider', { name: /^Time on / }).waitFor();
    await other.screenshot({ path: join(SCREENSHOTS, 'wearer.png') });
    await other.goto(`${program.url}/wearers/W-NOBODY`);
    await other.getByRole('heading', { name: 'No wearer W-NOBODY is known here' }).waitFor();
    expect(await other.getByText('NOT MONITORED').count()).toBe(0);
  } finally {
    await other.close();
  }
});

test('the cohort shows first who is not monitored; it is sorted, filtered, saved, and axe finds nothing', async () => {
  for (const theme of ['light', 'dark'] as const) {
    const other = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: theme });
    try {
      await other.goto(program.url);
      await other.getByText('Schemes', { exact: true }).click();
      await other.getByRole('link', { name: 'Cohort' }).click();
      await other.getByRole('heading', { name: /^Cohort: 20[12] wearers, \d+ not monitored$/ }).waitFor();
      const rows = other.locator('.tw-cohort tbody tr');
      await rows.first().getByText(/^No: /).waitFor();
      await other
        .locator('tr', { hasText: 'Martin Vale' })
        .getByText(/^No: ordered, no tag fitted, for \d+ d/)
        .waitFor();
      await other.screenshot({ path: join(SCREENSHOTS, `cohort-${theme}.png`) });
      // The head of the column that it is sorted by and that stays in sight lies over rows: its contrast is left to the eye.
      expect(await findWrong(other, />Who</)).toEqual([]);
      await other.getByLabel('Only who is not monitored').check();
      await expect.poll(async () => await other.getByText(/^Yes, for/).count()).toBe(0);
      await other.getByLabel('Only who is not monitored').uncheck();
      await other.getByRole('combobox', { name: 'RAG' }).selectOption('red');
      await expect.poll(async () => await other.locator('.tw-rag--green').count()).toBe(0);
      await other.getByRole('button', { name: 'Who' }).click();
      await other.locator('th[aria-sort=ascending]', { hasText: 'Who' }).waitFor();
      await other.getByText('Save as a CSV file').click();
      await other.getByLabel('What it is for').fill('briefing');
      await other.getByLabel('Who gets it').fill('the inspector');
      const saved = other.waitForEvent('download');
      await other.getByRole('button', { name: 'Save' }).click();
      expect((await saved).suggestedFilename()).toBe('cohort.csv');
    } finally {
      await other.close();
    }
  }
});

test('who has leave from curfew now stands on the page of what is off', async () => {
  const other = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    await other.goto(`${program.url}/off-now`);
    await other.getByRole('heading', { name: 'Authorised absences 2' }).waitFor();
    const rows = other.getByRole('region', { name: 'Authorised absences' }).locator('tbody tr');
    // Who it is, and not under which order.
    await expect.poll(() => rows.getByRole('link').count()).toBe(2);
    await rows.first().getByText('At the hospital with a child, agreed with probation').waitFor();
  } finally {
    await other.close();
  }
});

test('the map goes where a key sends it', async () => {
  await row('Protected address, W-001')
    .getByRole('link', { name: /Protected address/ })
    .focus();
  const map = (await page.locator('.tw-map__body').boundingBox())!;
  const marker = page.locator('.tw-marker', { hasText: MARKUP });
  await marker.waitFor();
  await page.keyboard.press('m');
  await expect
    .poll(async () => {
      const at = (await marker.boundingBox())!;
      return Math.abs(at.x + at.width / 2 - (map.x + map.width / 2));
    })
    .toBeLessThan(100);
});

test('acknowledging tells who, and the one who was second is told who was first', async () => {
  const victim = row('Protected address, W-001');
  await victim.getByRole('button', { name: /^Acknowledge/ }).click();
  await victim.getByText(/^Acknowledged by local at/).waitFor();
  // Somebody else acknowledges the curfew alert while our click is on its way.
  await intercept(page, '**/acknowledge', async (route) => {
    const alertId = new URL(route.request().url()).pathname.split('/').at(-2)!;
    const { body } = await call('GET', `/alerts/${alertId}`);
    const { etag } = body as unknown as AlertItem;
    const first = await call(
      'POST',
      `/alerts/${alertId}/acknowledge`,
      { note: 'seen elsewhere' },
      { 'if-match': etag },
    );
    expect(first.status).toBe(200);
    await route.continue();
  });
  const curfew = row('left home during the window');
  await curfew.getByRole('button', { name: /^Acknowledge/ }).click();
  await curfew.getByText(/^local was first, at (\d+ \w+, )?\d\d:\d\d:\d\d\./).waitFor();
  await curfew.getByText(/^Acknowledged by local at/).waitFor();
  await page.screenshot({ path: join(SCREENSHOTS, 'acknowledged.png') });
});

test('nothing on the page went wrong, and no markup of the data ran', async () => {
  // The refused acknowledgement is shown in the browser's console as a failed load: that one is meant.
  expect(complaints.filter((complaint) => !complaint.includes('412'))).toEqual([]);
  expect(await page.evaluate('"wasRun" in window')).toBe(false);
});

test('a server that is gone is shown as such', async () => {
  expect(await program.stop()).toBe(0);
  await page.getByText(/^NOT LIVE since/).waitFor();
  await page.screenshot({ path: join(SCREENSHOTS, 'not-live.png') });
});

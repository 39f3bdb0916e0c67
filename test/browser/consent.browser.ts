/** Consent on the page of a wearer: recorded and withdrawn, and what is said of a tag that nothing covers. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Home, makeHome, type Program, put, startProgram } from '../support/program.js';
import { findWrongInBoth } from './axe.js';
import { launchBrowser, SCREENSHOTS } from './chromium.js';

const WAIT_MS = 60_000;
const DAY_MS = 86_400_000;
const FITTED_AT = new Date(Date.now() - 2 * DAY_MS).toISOString();
const ENDED_AT = new Date(Date.now() - DAY_MS).toISOString();

let home: Home;
let program: Program;
let browser: Browser;
let page: Page;
/** Hours below a hatched bar: axe cannot tell what they stand on. */
const HATCHED = /tw-day__hour/;
/** And what stands over several lines in a dialog. */
const UNREADABLE = new RegExp(`${HATCHED.source}|^<p>(This is not undone|A tag whose collection)`);
const complaints: string[] = [];

/** Hours ago, as a form has it: London's time, wherever the browser is. */
const london = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/London', dateStyle: 'short', timeStyle: 'short' });
const localText = (hours: number) => london.format(Date.now() - hours * 3_600_000).replace(' ', 'T');
const consent = () => page.getByRole('region', { name: 'Consent' });
const dialog = () => page.getByRole('dialog');
const shoot = (name: string) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
const show = async (wearerId: string) => {
  await page.goto(`${program.url}/wearers/${wearerId}`);
  await consent().waitFor({ timeout: WAIT_MS });
};

beforeAll(async () => {
  home = await makeHome();
  program = await startProgram(home);
  for (const [name, order] of [
    ['voluntary', { type: 'voluntary' }],
    ['licence', { type: 'licence', endsAt: ENDED_AT }],
  ] as const) {
    const wearerId = `W-${name}`;
    await put(program.url, `/wearers/${wearerId}`, { name: `Wearer, ${name}` });
    await put(program.url, `/tags/T-${name}`, {});
    await put(program.url, `/orders/O-${name}`, { wearerId, startsAt: FITTED_AT, ...order });
    await put(program.url, `/activations/A-${name}`, { tagId: `T-${name}`, wearerId, fittedAt: FITTED_AT });
  }
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, timezoneId: 'America/New_York' });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
  home?.remove();
});

test('a tag that no order covers any more says so, and since when', async () => {
  await show('W-licence');
  await page.getByText(/^NO ORDER OR CONSENT covers this tag, for 1 d/).waitFor({ timeout: WAIT_MS });
  await consent().getByText('No consent to the tag is recorded.').waitFor();
  await shoot('consent-none');
  expect(await findWrongInBoth(page, HATCHED)).toEqual([]);
});

test('consent is recorded by keyboard: the tag is covered, and who recorded it is told', async () => {
  await show('W-voluntary');
  await page.getByText(/^NO ORDER OR CONSENT covers this tag, for 2 d/).waitFor({ timeout: WAIT_MS });
  await consent().getByRole('button', { name: 'Record consent' }).press('Enter');
  await dialog().waitFor();
  expect(await findWrongInBoth(page, UNREADABLE)).toEqual([]);
  await dialog()
    .getByLabel(/^Given when/)
    .fill(localText(2));
  await dialog()
    .getByLabel(/^How it was given/)
    .fill('Signed at the station, file 12');
  await dialog()
    .getByLabel(/^How it was given/)
    .press('Enter');
  await dialog().waitFor({ state: 'detached' });
  await consent()
    .getByText(/^Held since /)
    .waitFor({ timeout: WAIT_MS });
  await consent()
    .getByText(/Signed at the station, file 12\. Recorded by local, /)
    .waitFor();
  await page.getByText(/^NO ORDER OR CONSENT/).waitFor({ state: 'detached' });
});

test('it is withdrawn with a reason and not before it is made: then nothing is collected, and the page says so', async () => {
  await consent().getByRole('button', { name: 'Withdraw consent' }).click();
  const reason = dialog().getByLabel(/^How it was withdrawn/);
  await reason.waitFor();
  expect(await findWrongInBoth(page, UNREADABLE)).toEqual([]);
  await dialog()
    .getByLabel(/^Withdrawn when/)
    .fill('2199-01-01T10:00');
  await reason.fill('Told the officer on the phone');
  await reason.press('Control+Enter');
  await dialog()
    .getByRole('alert')
    .getByText(/is in the future/)
    .waitFor({ timeout: WAIT_MS });
  await shoot('consent-refused');
  await dialog()
    .getByLabel(/^Withdrawn when/)
    .fill(localText(1));
  await reason.press('Control+Enter');
  await dialog().waitFor({ state: 'detached' });
  await consent()
    .getByText(/^Withdrawn /)
    .waitFor({ timeout: WAIT_MS });
  await consent()
    .getByText(/Recorded by local, .*: Told the officer on the phone/)
    .waitFor();
  await page.getByText(/^NOT MONITORED: consent ended, nothing is collected/).waitFor({ timeout: WAIT_MS });
  expect(await consent().getByRole('button', { name: 'Withdraw consent' }).count()).toBe(0);
  await shoot('consent-withdrawn');
  expect(await findWrongInBoth(page, HATCHED)).toEqual([]);
});

test('nothing on the page went wrong', () => {
  expect(complaints).toEqual([]);
});

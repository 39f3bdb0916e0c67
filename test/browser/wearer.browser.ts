import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Home, makeHome, type Program, put, send, startProgram } from '../support/program.js';
import { findWrong } from './axe.js';
import { launchBrowser, SCREENSHOTS } from './chromium.js';
import { CONNECTED } from './connected.js';
import { intercept } from './intercept.js';

const WAIT_MS = 60_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const HOME = { latitude: 51.28, longitude: 1.08 };
/** The newest day on which the clocks went back: as far away as a year. */
const LONG_DAY = findLongDay(new Date());

let home: Home;
let program: Program;
let browser: Browser;
let page: Page;
const complaints: string[] = [];
const shoot = (on: Page, name: string) => on.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });

/** The last Sunday of October that is over by at least a day. */
function findLongDay(now: Date): string {
  const lastSunday = (year: number) => {
    const last = new Date(Date.UTC(year, 9, 31));
    return new Date(last.getTime() - last.getUTCDay() * DAY_MS);
  };
  const ofThisYear = lastSunday(now.getUTCFullYear());
  const day = ofThisYear.getTime() + 2 * DAY_MS < now.getTime() ? ofThisYear : lastSunday(now.getUTCFullYear() - 1);
  return day.toISOString().slice(0, 10);
}

/** A fix a minute, from a distance north of home that a minute's number gives. */
async function hear(fromMs: number, minutes: number, metresAt: (minute: number) => number): Promise<void> {
  const pings = Array.from({ length: minutes }, (_, minute) => ({
    tagId: 'T-1',
    fixedAt: new Date(fromMs + minute * MINUTE_MS).toISOString(),
    latitude: HOME.latitude + metresAt(minute) / 111_195,
    longitude: HOME.longitude,
    accuracyMetres: 8,
    batteryPercent: 80,
    ...(minute === 90 ? { deviceEvents: ['case-tamper'] } : {}),
  }));
  const { status } = await send(program.url, 'POST', '/pings', pings);
  expect(status).toBe(202);
}

async function open(path: string, theme: 'light' | 'dark' = 'light', width = 1280): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: theme });
  const opened = await context.newPage();
  opened.on('pageerror', (error) => complaints.push(error.message));
  await opened.goto(`${program.url}${path}`);
  await opened.locator(CONNECTED).waitFor({ timeout: WAIT_MS });
  return opened;
}

beforeAll(async () => {
  home = await makeHome();
  program = await startProgram(home);
  const longDayMs = Date.parse(`${LONG_DAY}T00:00:00Z`) - HOUR_MS;
  const fittedAt = new Date(longDayMs - DAY_MS).toISOString();
  await put(program.url, '/tag-models/M-1', { name: 'Model', accuracyConvention: 'r68', intervalSeconds: 60 });
  await put(program.url, '/wearers/W-1', { name: 'Adam Kerr', division: 'East' });
  await put(program.url, '/wearer-flags/W-1', { flags: ['visit in pairs'], wanted: 'unlawfully-at-large' });
  await put(program.url, '/wearers/W-2', { name: 'Ben Hale', division: 'East' });
  await put(program.url, '/tags/T-1', { modelId: 'M-1' });
  await put(program.url, '/orders/O-1', { wearerId: 'W-1', type: 'hdc', startsAt: fittedAt });
  await put(program.url, '/activations/A-1', { tagId: 'T-1', wearerId: 'W-1', fittedAt });
  const point = (north: number) => ({
    type: 'Point',
    coordinates: [HOME.longitude, HOME.latitude + north / 111_195],
  });
  const zone = (name: string, north: number) => ({
    type: 'Feature',
    geometry: point(north),
    properties: { name, radiusMetres: 100 },
  });
  await put(program.url, '/zones/Z-home', zone('12 Mill Lane', 0));
  await put(program.url, '/zones/Z-shop', zone('The corner shop', 3_000));
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  await put(program.url, '/conditions/C-home', {
    orderId: 'O-1',
    kind: 'curfew',
    zoneId: 'Z-home',
    startsAt: fittedAt,
    schedule: { timeZone: 'Europe/London', windows: [{ days, from: '19:00', to: '07:00' }] },
  });
  await put(program.url, '/conditions/C-shop', {
    orderId: 'O-1',
    kind: 'exclusion',
    zoneId: 'Z-shop',
    startsAt: fittedAt,
    confirmOn: 'first-fix',
    wording: 'Not to go into the corner shop,\nby day or by night.',
  });
  // On the long day from eight in the morning two hours at home, a walk of an hour and back, a silence, then home.
  const eightMs = Date.parse(`${LONG_DAY}T08:00:00Z`);
  await hear(eightMs, 240, (minute) => (minute < 120 ? 0 : minute < 180 ? 80 * (minute - 120) : 80 * (240 - minute)));
  await hear(eightMs + 6 * HOUR_MS, 120, () => 0);
  // Today, until now.
  await hear(Date.now() - 30 * MINUTE_MS, 30, () => 0);
  browser = await launchBrowser();
  page = await open(`/wearers/W-1?days=2&lastDay=${LONG_DAY}`);
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
  home?.remove();
});

test('who it is, whether anybody is watched, what is in force now and when that changes', async () => {
  await page.getByRole('heading', { name: 'Adam Kerr' }).waitFor();
  await page.getByText('Risk: visit in pairs').waitFor();
  await page.getByText(/^Monitored: Yes/).waitFor();
  const now = page.getByRole('region', { name: 'Conditions now' });
  await now.getByText(/^To be at 12 Mill Lane/).waitFor();
  await now.getByText('Not to enter The corner shop', { exact: true }).waitFor();
  await now.getByText('In the words of the order: “Not to go into the corner shop, by day or by night.”').waitFor();
  await now.getByText('The words of the court are not on record.').waitFor();
  await now.getByText(/^Next change at .*, in /).waitFor();
});

test('that somebody is unlawfully at large stands with each alert, before what it is, and why it comes first', async () => {
  const board = await open('/');
  const row = board.locator('tr.tw-alert', { hasText: 'Adam Kerr' }).first();
  await row.getByText(/Unlawfully at large, since/).waitFor({ timeout: WAIT_MS });
  const text = (await row.locator('td').nth(1).textContent()) ?? '';
  expect(text).toMatch(/^Unlawfully at large, since .*As (high|critical): raised for unlawfully at large$/);
  await shoot(board, 'board-at-large');
  await row.locator('a.tw-alert__title').click();
  await board
    .getByRole('note')
    .getByText(/^Unlawfully at large, since/)
    .waitFor();
  await shoot(board, 'alert-at-large');
  const condition = board.getByRole('region', { name: 'Condition and order' });
  const said = /^The words of the court are not on record\.$|^In the words of the order: “/;
  await condition.locator('.tw-note').getByText(said).scrollIntoViewIfNeeded();
  await shoot(board, 'alert-wording');
  await board.context().close();
});

test('that somebody is wanted is ended and recorded by keyboard, with why and since when, and stands at once for everybody', async () => {
  const shown = await open('/wearers/W-1', 'dark');
  const wanted = shown.getByRole('region', { name: 'Wanted' });
  const dialog = shown.getByRole('dialog');
  const why = dialog.getByLabel(/^Why/);
  const mark = shown.locator('.tw-custody', { hasText: /^(Wanted|Unlawfully at large), since/ });
  await wanted.getByText(/^Unlawfully at large, since .*\. Recorded by local, /).waitFor({ timeout: WAIT_MS });
  await mark.waitFor();
  await wanted.getByRole('button', { name: 'No longer wanted' }).press('Enter');
  await why.fill('Arrested at the station');
  await shoot(shown, 'wanted-end-dark');
  await why.press('Control+Enter');
  await dialog.waitFor({ state: 'detached' });
  await wanted
    .getByText(/^Neither wanted nor unlawfully at large\. Recorded by local, .*: Arrested at the station\.$/)
    .waitFor();
  await mark.waitFor({ state: 'detached' });
  await wanted.getByRole('button', { name: 'Record as wanted' }).press('Enter');
  const since = dialog.getByLabel('Since when (local time)');
  await since.fill('2199-01-01T10:00');
  await why.fill('Recalled, did not come back');
  await why.press('Control+Enter');
  await dialog
    .getByRole('alert')
    .getByText(/is in the future/)
    .waitFor({ timeout: WAIT_MS });
  await shoot(shown, 'wanted-record-dark');
  expect(await findWrong(shown)).toEqual([]);
  await since.fill('2026-01-05T10:00');
  await why.press('Control+Enter');
  await dialog.waitFor({ state: 'detached' });
  await mark.filter({ hasText: /^Wanted, since Mon 5 Jan/ }).waitFor();
  await wanted.getByText(/^Wanted, since Mon 5 Jan.*: Recalled, did not come back\.$/).waitFor();
  await shown.context().close();
  // Of whom nothing was said before, and somebody was first: what they wrote is not overwritten.
  const other = await open('/wearers/W-2');
  await other.getByRole('button', { name: 'Record as wanted' }).click();
  await put(program.url, '/wearer-flags/W-2', { flags: ['dog'] });
  await other.getByRole('dialog').getByLabel(/^Why/).fill('x');
  await other.getByRole('dialog').getByLabel(/^Why/).press('Control+Enter');
  await other.getByRole('dialog').getByRole('alert').waitFor({ timeout: WAIT_MS });
  const kept = (await (await fetch(`${program.url}/api/v1/wearer-flags/W-2`)).json()) as {
    flags: string[];
    version: number;
  };
  expect([kept.flags, kept.version]).toEqual([['dog'], 1]);
  await other.context().close();
  // The flags beside it are as they were; light, too.
  const light = await open('/wearers/W-1');
  await light.getByText('Risk: visit in pairs').waitFor();
  await light
    .getByRole('region', { name: 'Wanted' })
    .getByText(/^Wanted, since Mon 5 Jan/)
    .waitFor({ timeout: WAIT_MS });
  await light.getByRole('region', { name: 'Wanted' }).scrollIntoViewIfNeeded();
  await shoot(light, 'wanted-light');
  expect(await findWrong(light, /tw-day__hour/)).toEqual([]);
  await light.context().close();
});

test('a note is written by keyboard, stays as it was written, and stands before older ones with who and when', async () => {
  const shown = await open('/wearers/W-2', 'dark');
  const notes = shown.getByRole('region', { name: 'Notes on the wearer' });
  await notes.getByText('Nobody has written a note on this wearer.').waitFor({ timeout: WAIT_MS });
  const write = async (text: string) => {
    await notes.getByRole('button', { name: 'Write a note' }).press('Enter');
    const field = shown.getByRole('dialog', { name: 'Write a note on Ben Hale' }).getByLabel('Note', { exact: true });
    await field.pressSequentially(text);
    await shoot(shown, 'note-dark');
    await field.press('Control+Enter');
    await shown.getByRole('dialog').waitFor({ state: 'detached' });
  };
  await write('Rang at 10:40: no answer.');
  await notes.getByText('no answer').waitFor();
  await write('It was 10:50, not 10:40.');
  await expect.poll(() => notes.locator('[data-note-id]').count(), { timeout: WAIT_MS }).toBe(2);
  const [first, second] = await notes.locator('[data-note-id]').allTextContents();
  expect(first).toMatch(/local.*It was 10:50, not 10:40\./);
  expect(second).toMatch(/local.*Rang at 10:40: no answer\./);
  await notes.scrollIntoViewIfNeeded();
  await shoot(shown, 'notes-dark');
  expect(await findWrong(shown, /tw-day__hour/)).toEqual([]);
  await shown.context().close();
});

test('the day on which the clocks went back is as much longer as an hour, and midnight to three has four of them', async () => {
  const rows = page.locator('.tw-day');
  await rows.first().locator('.tw-day__bar--home').first().waitFor();
  await expect.poll(() => rows.first().locator('.tw-day__name').textContent()).toContain('25 h');
  const widthOf = async (index: number) =>
    Number(await rows.nth(index).locator('.tw-day__ground').getAttribute('width'));
  expect((await widthOf(0)) / (await widthOf(1))).toBeCloseTo(25 / 24, 3);
  const hours = rows.first().locator('.tw-day__hour');
  await expect
    .poll(() => hours.allTextContents())
    .toEqual(['00:00', '03:00', '06:00', '09:00', '12:00', '15:00', '18:00', '21:00']);
  const at = async (index: number) => Number(await hours.nth(index).getAttribute('x'));
  expect(((await at(1)) - (await at(0))) / ((await at(2)) - (await at(1)))).toBeCloseTo(4 / 3, 3);
});

test('home, out, UNKNOWN, the violation and what the tag said are drawn, and stand in words', async () => {
  const row = page.locator('.tw-day').first();
  for (const name of ['bar--home', 'bar--out', 'bar--unknown', 'demanded', 'event'])
    await row.locator(`.tw-day__${name}`).first().waitFor();
  await row.locator('.tw-day__alert--confirmed').first().waitFor();
  await expect
    .poll(() => row.getByRole('img').getAttribute('aria-label'))
    .toMatch(/^Sun \d+ Oct, 25 h: the clocks went back: At home .*; Out .*; UNKNOWN .*; \d alerts?\.$/);
  await page.getByText(/^The same in words/).click();
  const words = page.locator('.tw-days__words tbody tr').first();
  await expect.poll(() => words.textContent()).toMatch(/Sun \d+ Oct.*25 h.*\(08:00 to 10:0\d/);
  await words
    .getByRole('link', { name: /The corner shop/ })
    .first()
    .waitFor();
  await words.getByText(/^The tag said case-tamper at 09:30:00/).waitFor();
  await page.getByText(/^The same in words/).click();
});

test('the trail plays by keyboard: the slider says where and when, the gap is UNKNOWN, and stops are in a list', async () => {
  const slider = page.getByRole('slider', { name: /^Time on Sun/ });
  await slider.focus();
  await page.keyboard.press('Home');
  await expect
    .poll(() => slider.getAttribute('aria-valuetext'))
    .toMatch(/^00:00:00: UNKNOWN: not heard yet on this day; heard again at 08:00:00$/);
  await page.getByText(/^2 stops of ten minutes or more/).click();
  await page.getByRole('button', { name: '14:00 to 15:59' }).click();
  await expect
    .poll(() => slider.getAttribute('aria-valuetext'))
    .toMatch(/^14:00:00: 51\.28000, 1\.08000, accurate to 8 m/);
  // Two hours back, by the keys of a slider, lies in the silence.
  await slider.focus();
  for (let step = 0; step < 20; step++) await page.keyboard.press('ArrowLeft');
  await page.getByText(/UNKNOWN for \d h \d+ min: last heard at 11:59:00; heard again at 14:00:00/).waitFor();
  const before = Number(await slider.inputValue());
  await page.getByLabel('Speed').selectOption('300');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect
    .poll(async () => Number(await slider.inputValue()), { timeout: WAIT_MS })
    .toBeGreaterThan(before + MINUTE_MS);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.locator('.tw-map canvas').waitFor();
  await shoot(page, 'wearer-player');
});

test('another day has nothing of the one before: neither its trail and stops nor the instant that was chosen', async () => {
  const slider = page.getByRole('slider', { name: /^Time on Sun/ });
  const stop = page.getByRole('button', { name: '14:00 to 15:59' });
  await stop.click();
  const chosen = await slider.inputValue();
  let letGo = () => {};
  const isHeld = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await intercept(page, '**/trail?*', async (route) => {
    await isHeld;
    await route.continue();
  });
  const days = page.locator('.tw-day').getByRole('button');
  await days.last().click();
  await page.getByText(/^The trail of Sat .* is being looked up/).waitFor();
  expect([await page.getByRole('slider').count(), await stop.count()]).toEqual([0, 0]);
  letGo();
  await page.getByText(/^No position was heard on Sat/).waitFor({ timeout: WAIT_MS });
  await page.unroute('**/trail?*');
  await days.first().click();
  await slider.waitFor({ timeout: WAIT_MS });
  expect(await slider.inputValue()).not.toBe(chosen);
});

test('another stretch stands in the address, and comes back with it; 28 days are drawn', async () => {
  await page.getByLabel('Show', { exact: false }).first().selectOption('28');
  await expect.poll(() => page.url()).toContain('days=28');
  const beganAtMs = Date.now();
  await page.locator('.tw-day').nth(27).waitFor({ timeout: WAIT_MS });
  process.stdout.write(`28 days drawn ${Date.now() - beganAtMs} ms after they were asked for\n`);
  await page.reload();
  await page.locator('.tw-day').nth(27).waitFor({ timeout: WAIT_MS });
  await page.getByRole('button', { name: 'Until today' }).click();
  await expect.poll(() => page.url()).not.toContain('lastDay');
});

test.each(['light', 'dark'] as const)('axe finds nothing, and nothing is cut at 1024: %s', async (theme) => {
  const looked = await open(`/wearers/W-1?days=7&lastDay=${LONG_DAY}`, theme);
  await looked.locator('.tw-day__bar--home').first().waitFor();
  await looked.getByRole('slider', { name: /^Time on/ }).waitFor();
  await shoot(looked, `wearer-${theme}`);
  await looked.getByText(/^The same in words/).click();
  await looked.getByText(/stops? of ten minutes or more/).click();
  expect(await findWrong(looked)).toEqual([]);
  await looked.setViewportSize({ width: 1024, height: 768 });
  // What is drawn has its new width a frame later.
  await expect
    .poll(() => looked.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'))
    .toBe(true);
  const cut = () =>
    looked.evaluate(`[...document.querySelectorAll('.tw-split__text *')]
    .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map((one) => one.outerHTML.slice(0, 100))`);
  await expect.poll(cut).toEqual([]);
  await shoot(looked, `wearer-${theme}-1024`);
  await looked.context().close();
});

test('nothing on the page went wrong', () => {
  expect(complaints).toEqual([]);
});

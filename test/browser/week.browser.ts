/**
 * A sergeant's week, day by day, as two sergeants and an officer live it: the real program, a real provider, a browser context a person.
 * Each step is looked at in its own file too; here they stand on one another.
 */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { toLocalText } from '../../src/console/model/local-instant.js';
import { put, send } from '../support/program.js';
import { SCREENSHOTS } from './chromium.js';
import { type People, startPeople } from './people.js';

const WAIT_MS = 90_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const HOME = { latitude: 51.2787, longitude: 1.0803 };
const SQUARE = { latitude: 51.28, longitude: 1.09 };
const startMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const ago = (ms: number) => new Date(startMs - ms).toISOString();
/** An hour and a half until now, a fix a minute. */
const MINUTES = 90;

let people: People;
let anna: Page;
let bert: Page;
let otis: Page;
const dialog = (page: Page) => page.getByRole('dialog');
const shoot = (name: string, page = anna) => page.screenshot({ path: join(SCREENSHOTS, `week-${name}.png`) });
const open = async (path: string, page = anna) => {
  await page.goto(`${people.url}${path}`);
  await page.locator('main h1').first().waitFor({ timeout: WAIT_MS });
};
/** What the page's own person is answered. */
const told = async <T>(path: string, page = anna): Promise<T> =>
  (await page.evaluate(`fetch('/api/v1${path}').then((answer) => answer.json())`)) as T;
const closeDialog = (page: Page) => dialog(page).waitFor({ state: 'detached', timeout: WAIT_MS });
const deskRow = (text: string, page = anna) =>
  page.getByRole('region', { name: 'What is to be done' }).locator('tbody tr').filter({ hasText: text });

/** Three who wear a tag: one walks through a zone that he may not enter and back, one stays at the market, one switches his off. */
async function fillRecord(url: string): Promise<void> {
  await put(url, '/tag-models/M-1', { name: 'Model', accuracyConvention: 'r68', intervalSeconds: 60 });
  for (const [n, name] of [
    [0, 'Adam Kerr'],
    [1, 'Bea Low'],
    [2, 'Cem Oz'],
  ] as const) {
    await put(url, `/wearers/W-${n}`, { name, force: 'kent', division: 'East' });
    await put(url, `/orders/O-${n}`, { wearerId: `W-${n}`, type: 'licence', startsAt: ago(3 * DAY_MS) });
    await put(url, `/tags/T-${n}`, { modelId: 'M-1' });
    await put(url, `/activations/A-${n}`, { tagId: `T-${n}`, wearerId: `W-${n}`, fittedAt: ago(3 * DAY_MS) });
    await put(url, `/rag-ratings/W-${n}`, { rating: 'amber', evidence: 'scores', effectiveAt: ago(30 * DAY_MS) });
    await put(url, `/memberships/W-${n}`, { cohort: 'FIXED', effectiveAt: ago(30 * DAY_MS) });
  }
  await put(url, '/zones/Z-0', {
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [SQUARE.longitude, SQUARE.latitude] },
    properties: { name: 'Market Square', radiusMetres: 150 },
  });
  await put(url, '/conditions/C-0', { orderId: 'O-0', kind: 'exclusion', zoneId: 'Z-0', startsAt: ago(3 * DAY_MS) });
  const off = { tagId: 'T-2', fixedAt: ago(MINUTES * MINUTE_MS), deviceEvents: ['powered-off'] };
  expect((await send(url, 'POST', '/pings', [off])).status).toBe(202);
  const pings = Array.from({ length: MINUTES }, (_, n) => n).flatMap((n) => [
    {
      tagId: 'T-0',
      fixedAt: ago((MINUTES - n) * MINUTE_MS),
      ...(n >= 20 && n < 50 ? SQUARE : HOME),
      accuracyMetres: 5,
    },
    { tagId: 'T-1', fixedAt: ago((MINUTES - n) * MINUTE_MS), ...SQUARE, accuracyMetres: 5 },
  ]);
  expect((await send(url, 'POST', '/pings', pings)).status).toBe(202);
  for (const n of [0, 1])
    await vi.waitFor(
      async () => {
        const { body } = await send(url, 'GET', `/wearers/W-${n}/trail`);
        expect((body as { features: readonly unknown[] }).features).toHaveLength(MINUTES);
      },
      { timeout: WAIT_MS, interval: 200 },
    );
}

beforeAll(async () => {
  people = await startPeople(fillRecord);
  [anna, bert, otis] = [
    await people.signIn('sergeant-anna'),
    await people.signIn('sergeant-bert'),
    await people.signIn('officer-otis'),
  ];
});
afterAll(async () => await people?.stop());

describe('Monday', () => {
  test('the daily briefing is printed, and its silent tags are the register’s', async () => {
    const register = async () => {
      const { items } = await told<{ items: { kind: string; wearerId: string }[] }>('/register?limit=500');
      return items
        .filter(({ kind }) => ['powered-off', 'unmonitored', 'no-gps'].includes(kind))
        .map(({ wearerId }) => wearerId);
    };
    await expect.poll(register, { timeout: WAIT_MS }).toEqual(['W-2']);
    await open('/briefings');
    await anna.getByRole('button', { name: 'Make it, since the last one' }).click();
    await anna.getByRole('heading', { name: /^Daily briefing/ }).waitFor({ timeout: WAIT_MS });
    const silent = anna.getByRole('region', { name: /^Silent tags: 1/ });
    await silent.getByText('Cem Oz').waitFor();
    expect(await silent.textContent()).not.toMatch(/Adam Kerr|Bea Low/);
    await shoot('monday-briefing');
    await anna.emulateMedia({ media: 'print' });
    await shoot('monday-briefing-printed');
    await anna.emulateMedia({ media: null });
  });

  test('the alert of the night is answered with a reason', async () => {
    await anna.goto(people.url);
    const row = anna.locator('tr.tw-alert', { hasText: 'Adam Kerr' }).filter({ hasText: 'Market Square' }).first();
    await row.waitFor({ timeout: WAIT_MS });
    await row.getByRole('link').first().focus();
    await anna.keyboard.press('d');
    await dialog(anna).waitFor();
    await dialog(anna).getByLabel('Breach confirmed').check();
    await dialog(anna).getByLabel('Note').fill('seen by the patrol, gone when spoken to');
    await dialog(anna).getByRole('button', { name: 'Close the alert' }).click();
    await closeDialog(anna);
    const closed = async () => {
      const { items } = await told<{ items: { kind: string; status: string }[] }>('/alerts?wearerId=W-0&limit=50');
      return items.filter(({ kind }) => kind === 'exclusion').map(({ status }) => status);
    };
    await expect.poll(closed, { timeout: WAIT_MS }).toEqual(['closed']);
  });

  test('amber to red is proposed, and a second person agrees', async () => {
    await open('/wearers/W-0');
    await anna.getByRole('button', { name: 'Propose a rating' }).click();
    await dialog(anna).getByLabel('red').check();
    await dialog(anna).getByLabel('What it rests on').fill('at the market again');
    await dialog(anna)
      .getByRole('button', { name: /^Propose/ })
      .click();
    await closeDialog(anna);
    await open('/proposals', bert);
    await bert.getByRole('button', { name: 'Agree to RAG rating of Adam Kerr' }).click({ timeout: WAIT_MS });
    await dialog(bert).getByRole('button', { name: 'Agree' }).click();
    await bert.getByText('RAG rating of Adam Kerr is in force.').waitFor({ timeout: WAIT_MS });
  });
});

describe('Tuesday', () => {
  test('a task goes to an officer, who takes it and replies', async () => {
    await open('/desk');
    await anna.getByRole('button', { name: 'Write a task' }).click();
    await anna.getByLabel('Who it is about').selectOption('W-0');
    await anna.getByLabel('What is to be done, and why').fill('Ask the stallholders who he met');
    await anna.getByLabel(/^Who does it/).fill('otis');
    await dialog(anna).getByRole('button', { name: 'Write it' }).click();
    await closeDialog(anna);
    await open('/desk', otis);
    const row = deskRow('Ask the stallholders', otis);
    await row.getByRole('button', { name: 'Accept' }).click({ timeout: WAIT_MS });
    await row.getByText('accepted').waitFor({ timeout: WAIT_MS });
    await row.getByRole('button', { name: /^Close/ }).click();
    await otis.getByLabel('What came of it').fill('nobody; he bought fruit');
    await dialog(otis).getByRole('button', { name: 'Close it' }).click();
    await closeDialog(otis);
    await row.waitFor({ state: 'detached', timeout: WAIT_MS });
  });

  test('a file of crimes with one bad row: one match is qualified, one eliminated', async () => {
    const compact = (ms: number) => ago(ms).replaceAll(/[-:T]|\.\d+Z/g, '');
    const row = (reference: string, from: number, to: number) =>
      `Kent,TFP,Theft from the person,B-1,${reference},${compact(from)},${compact(to)},,,${SQUARE.latitude},${SQUARE.longitude},WGS84,`;
    const [from, to] = [60 * MINUTE_MS, 45 * MINUTE_MS];
    await open('/crimes');
    await anna.getByRole('button', { name: 'Match a file of crimes' }).click();
    await anna.getByLabel('CSV, of 13 columns').setInputFiles({
      name: 'market.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`${row('K/1', from, to)}\n${row('K/2', to, from)}\n`),
    });
    await anna.getByLabel('What for').fill('Thefts at the market');
    await anna.getByLabel('Authority: its reference').fill('CM/77');
    await anna.getByLabel('What it covers').fill('Market Square');
    await anna.getByLabel('It holds until, that day too').fill(ago(-30 * DAY_MS).slice(0, 10));
    await dialog(anna).getByRole('button', { name: 'Match' }).click();
    const match = (n: number) => anna.locator(`.tw-crime [data-wearer-id="W-${n}"]`);
    await match(0).waitFor({ timeout: WAIT_MS });
    await anna.getByText('one row could not be used').first().waitFor();
    for (const [n, button, reason] of [
      [0, 'Qualify', 'a witness names him'],
      [1, 'Eliminate', 'she keeps the stall'],
    ] as const) {
      await match(n).getByRole('button', { name: button }).click();
      await anna.getByLabel('Why').fill(reason);
      await dialog(anna).getByRole('button', { name: button }).click();
      await closeDialog(anna);
      await match(n).getByText(new RegExp(reason)).waitFor({ timeout: WAIT_MS });
    }
    await shoot('tuesday-crimes');
  });
});

describe('Wednesday', () => {
  test('a voluntary tag comes by a file; its consent is recorded and withdrawn: collection stops, what there was stays', async () => {
    const importFile = async (what: string, name: string, csv: string) => {
      await open('/imports');
      await anna.getByLabel('What it lists').selectOption({ label: what });
      await anna
        .getByLabel('File', { exact: true })
        .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(csv) });
      await anna.getByRole('heading', { name: 'Preview: 1 new, 0 changed, 0 as they stand, 0 refused' }).waitFor({
        timeout: WAIT_MS,
      });
      await anna.getByRole('button', { name: 'Write 1 record' }).click();
      await anna.getByText('Written: 1 new, 0 changed.').waitFor({ timeout: WAIT_MS });
    };
    const day = ago(DAY_MS).slice(0, 10).split('-').reverse().join('/');
    await importFile('Wearers', 'wearers.csv', 'Wearer id,Name,Force,Division\nW-9,Dana Voll,kent,East\n');
    await importFile('Orders', 'orders.csv', `Order id,Wearer id,Type,Starts at\nO-9,W-9,voluntary,${day}\n`);
    await open('/wearers/W-9');
    const consent = anna.getByRole('region', { name: 'Consent' });
    await consent.getByRole('button', { name: 'Record consent' }).click();
    await dialog(anna)
      .getByLabel(/^How it was given/)
      .fill('Signed at the station');
    await dialog(anna)
      .getByLabel(/^How it was given/)
      .press('Enter');
    await closeDialog(anna);
    await consent.getByText(/^Held since /).waitFor({ timeout: WAIT_MS });
    await consent.getByRole('button', { name: 'Withdraw consent' }).click();
    const reason = dialog(anna).getByLabel(/^How it was withdrawn/);
    await reason.fill('Told the officer');
    await reason.press('Control+Enter');
    await closeDialog(anna);
    await consent.getByText(/^Withdrawn /).waitFor({ timeout: WAIT_MS });
    await consent.getByText(/Told the officer/).waitFor();
    await shoot('wednesday-consent');
  });

  test('a zone is rehearsed over 28 days and published by a second person', async () => {
    await open('/zones');
    await anna.getByRole('button', { name: 'A zone' }).click();
    await anna.getByLabel('What the place is called').fill('The market');
    await anna.getByLabel('Of whom').selectOption('O-1');
    await anna.getByRole('button', { name: 'Show the draft' }).click();
    await anna.getByRole('heading', { name: 'A new zone' }).waitFor();
    await anna.getByLabel('Shape').selectOption('circle');
    await anna.getByLabel('Radius, metres').fill('200');
    await anna.getByLabel('Centre: latitude, longitude').fill(`${SQUARE.latitude}, ${SQUARE.longitude}`);
    await anna.getByText(/^It is a zone of/).waitFor();
    await anna.getByLabel('Begins (local time)').fill(toLocalText(startMs - 2 * DAY_MS));
    await anna.getByRole('button', { name: 'Rehearse', exact: true }).click();
    await anna.getByText(/^Over 28 days of 1 wearer \(90 pings\) it would have raised/).waitFor({ timeout: WAIT_MS });
    await anna.getByText(/^Bea Low is .*inside the exclusion zone The market/).waitFor();
    await shoot('wednesday-rehearsed');
    await anna.getByLabel('Begins (local time)').fill(toLocalText(Date.now()));
    await anna.getByLabel('Reason').fill('She has no business there any more');
    await anna.getByRole('button', { name: 'Propose' }).click();
    await anna.getByText('The market waits for a second person.').waitFor({ timeout: WAIT_MS });
    await open('/proposals', bert);
    await bert.getByRole('button', { name: 'Agree to The market …' }).click({ timeout: WAIT_MS });
    await dialog(bert).getByRole('button', { name: 'Agree', exact: true }).click();
    await bert.getByText('The market is in force.').waitFor({ timeout: WAIT_MS });
  });
});

describe('Thursday', () => {
  test('an intelligence record 1-A-P is disseminated', async () => {
    await open('/intelligence');
    await anna.getByRole('button', { name: 'Record intelligence' }).click({ timeout: WAIT_MS });
    const field = (label: string | RegExp) => dialog(anna).getByLabel(label);
    await field('Who it is about').selectOption('W-1');
    await field('Source').selectOption('1');
    await field('How it is known').selectOption('A');
    await field('Handling').selectOption('P');
    await field('What is known').fill('She sells for another');
    await field('What is known').press('Enter');
    await closeDialog(anna);
    await anna.getByRole('button', { name: 'Disseminate 1-A-P' }).click({ timeout: WAIT_MS });
    await field('To whom').fill('Kent intelligence unit');
    await field('For what purpose').fill('thefts at the market');
    await field('For what purpose').press('Enter');
    await closeDialog(anna);
    await anna.getByText(/^Kent intelligence unit, .*: thefts at the market$/).waitFor({ timeout: WAIT_MS });
  });

  test('of what was closed a dip sample is drawn; it fails, and a task comes of it', async () => {
    await open('/desk');
    await anna.getByRole('button', { name: 'Draw a dip sample' }).click();
    await dialog(anna).getByRole('button', { name: 'Draw' }).click();
    await closeDialog(anna);
    const sample = anna
      .getByRole('region', { name: 'What is to be done' })
      .locator('tbody tr')
      .filter({ has: anna.getByRole('cell', { name: 'Dip sample', exact: true }) });
    await sample.first().waitFor({ timeout: WAIT_MS });
    await sample
      .first()
      .getByRole('button', { name: /^Close/ })
      .click();
    await dialog(anna).getByLabel('Not as it should be').check();
    await anna.getByLabel('What came of it').fill('the victim was not told');
    await anna.getByLabel(/^Actions, one a line/).fill('tell her, and write it on the alert');
    await dialog(anna).getByRole('button', { name: 'Close it' }).click();
    await closeDialog(anna);
    await anna.getByRole('button', { name: 'Write a task' }).click();
    await anna.getByLabel('Who it is about').selectOption('W-0');
    await anna.getByLabel('What is to be done, and why').fill('Tell her: from the dip sample');
    await dialog(anna).getByRole('button', { name: 'Write it' }).click();
    await closeDialog(anna);
    await deskRow('Tell her: from the dip sample').waitFor({ timeout: WAIT_MS });
    await shoot('thursday-desk');
  });
});

describe('Friday', () => {
  const closeTask = async (kind: string, wearerId: string, subject: string, said: () => Promise<void>) => {
    await anna.getByRole('button', { name: 'Write a task' }).click();
    await anna.getByLabel('Who it is about').selectOption(wearerId);
    await anna.getByLabel('Kind', { exact: true }).last().selectOption({ label: kind });
    await anna.getByLabel('What is to be done, and why').fill(subject);
    await dialog(anna).getByRole('button', { name: 'Write it' }).click();
    await closeDialog(anna);
    await deskRow(subject)
      .getByRole('button', { name: /^Close/ })
      .click({ timeout: WAIT_MS });
    await said();
    await dialog(anna).getByRole('button', { name: 'Close it' }).click();
    await closeDialog(anna);
  };

  test('the panel de-selects one, with minutes; a debrief is held; a review that was due is closed', async () => {
    await open('/desk');
    await closeTask('Panel', 'W-2', 'Panel of the week', async () => {
      await dialog(anna).getByLabel('De-selected').check();
      await anna.getByLabel(/^Who attended/).fill('DS Anna\nProbation');
      await anna.getByLabel('What came of it').fill('He moves to another force');
    });
    await closeTask('Debrief', 'W-0', 'The night at the market', async () => {
      await anna.getByLabel('What went well').fill('the patrol was there in six minutes');
      await anna.getByLabel('What failed').fill('the victim was not told');
      await anna.getByLabel('The cause').fill('no number on record');
      await anna.getByLabel('What came of it').fill('the number is recorded');
    });
    await anna.getByRole('button', { name: 'Close review of Bea Low' }).click({ timeout: WAIT_MS });
    await dialog(anna).getByLabel('More is needed').check();
    await anna.getByLabel('What came of it').fill('agreed by the inspector');
    await dialog(anna).getByRole('button', { name: 'Close it' }).click();
    await closeDialog(anna);
    await open('/wearers/W-2');
    await anna.getByRole('button', { name: 'Select or de-select' }).click();
    await dialog(anna).getByLabel(/^FREE/).check();
    await dialog(anna).getByLabel(/^Why/).fill('de-selected by the panel');
    await dialog(anna).getByRole('button', { name: 'Write it' }).click();
    await closeDialog(anna);
    await open('/desk');
    await anna.getByText('What was done, and minutes').click();
    await anna.locator('.tw-desk__done', { hasText: 'He moves to another force' }).waitFor({ timeout: WAIT_MS });
    await shoot('friday-minutes');
  });

  test('the weekly briefing tells the week, and leaves as a PDF', async () => {
    await open('/briefings');
    await anna.getByLabel('Period', { exact: true }).selectOption('weekly');
    await anna.getByRole('button', { name: 'Make it, since the last one' }).click();
    await anna.getByRole('heading', { name: /^Weekly briefing/ }).waitFor({ timeout: WAIT_MS });
    const article = anna.getByRole('article');
    await article.getByText(/→ red/).first().waitFor();
    await expect.poll(() => article.textContent()).toMatch(/FREE/);
    await shoot('friday-briefing');
    await anna.getByText('Save as PDF').click();
    await anna.getByLabel('What it is for').fill('the weekly meeting');
    await anna.getByLabel('Who gets it').fill('the partners of the scheme');
    const [file] = await Promise.all([
      anna.waitForEvent('download', { timeout: WAIT_MS }),
      anna.getByRole('button', { name: 'Save', exact: true }).click(),
    ]);
    await file.saveAs(join(SCREENSHOTS, 'week-briefing.pdf'));
    expect(people.complaints).toEqual([]);
  });
});

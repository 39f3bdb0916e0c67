/** What is judged of a wearer, on the wearer's page: a rating that one sergeant proposes and another one agrees to, MAPPA, the cohort. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { put } from '../support/program.js';
import { findWrongInBoth } from './axe.js';
import { SCREENSHOTS } from './chromium.js';
import { type People, startPeople } from './people.js';

const WAIT_MS = 60_000;
const DAY_MS = 86_400_000;
/** A paragraph over several lines in a dialog, which axe cannot read. */
const UNREADABLE = /^<p>(amber|Not rated) now/;

let people: People;
let anna: Page;
let bert: Page;

const section = (page: Page) => page.getByRole('region', { name: 'Rating and management' });
const dialog = (page: Page) => page.getByRole('dialog');
const shoot = (page: Page, name: string) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
const show = async (page: Page) => {
  await page.goto(`${people.url}/wearers/W-0`);
  await section(page).waitFor({ timeout: WAIT_MS });
};

beforeAll(async () => {
  people = await startPeople(async (url) => {
    await put(url, '/wearers/W-0', { name: 'Adam Kerr', force: 'kent', division: 'East' });
    const effectiveAt = new Date(Date.now() - 20 * DAY_MS).toISOString();
    await put(url, '/rag-ratings/W-0', { rating: 'amber', evidence: 'scores of the panel', effectiveAt });
  });
  [anna, bert] = [await people.signIn('sergeant-anna'), await people.signIn('sergeant-bert')];
});
afterAll(async () => await people?.stop());

test('amber to red is proposed by keyboard, and waits: the rating stays', async () => {
  await show(anna);
  await section(anna)
    .getByText(/^RAG amber from .*: scores of the panel\. Written by local\./)
    .waitFor({ timeout: WAIT_MS });
  await section(anna).getByRole('button', { name: 'Propose a rating' }).press('Enter');
  await dialog(anna).waitFor();
  expect(await findWrongInBoth(anna, UNREADABLE)).toEqual([]);
  // Nothing is chosen for whoever rates: without a rating it does not go on.
  await dialog(anna).getByLabel('What it rests on').fill('two breaches in a week');
  await dialog(anna).getByLabel('What it rests on').press('Enter');
  await dialog(anna).getByLabel('red').press('Space');
  await dialog(anna)
    .getByLabel(/^Next review/)
    .fill('2126-01-05T10:00');
  await shoot(anna, 'rag-propose');
  await dialog(anna).getByLabel('What it rests on').press('Enter');
  await dialog(anna).waitFor({ state: 'detached' });
  const waiting = section(anna).getByRole('article', { name: 'RAG rating of Adam Kerr' });
  await waiting.getByText(/Proposed by sergeant-anna .*: from amber to red/).waitFor({ timeout: WAIT_MS });
  await waiting.getByText('Rating: from amber to red.').waitFor();
  await waiting.getByText('Evidence: from scores of the panel to two breaches in a week.').waitFor();
  // Nobody agrees to what they have proposed.
  expect(await waiting.getByRole('button', { name: /^Agree/ }).count()).toBe(0);
  await section(anna)
    .getByText(/^RAG amber/)
    .waitFor();
  await shoot(anna, 'rag-waits');
  expect(await findWrongInBoth(anna)).toEqual([]);
});

test('a second sergeant agrees: it is in force, and the history says who proposed and who agreed', async () => {
  await bert.goto(`${people.url}/proposals`);
  await bert.getByRole('button', { name: 'Agree to RAG rating of Adam Kerr' }).click({ timeout: WAIT_MS });
  await dialog(bert).getByRole('button', { name: 'Agree' }).click();
  await bert.getByText('RAG rating of Adam Kerr is in force.').waitFor({ timeout: WAIT_MS });
  await show(anna);
  await section(anna)
    .getByText(
      /^RAG red from .*: two breaches in a week\. Proposed by sergeant-anna, agreed by sergeant-bert\. Next review/,
    )
    .waitFor({ timeout: WAIT_MS });
  expect(await section(anna).getByRole('article').count()).toBe(0);
  await section(anna).getByText('Ratings before: 1').click();
  await section(anna)
    .getByText(/^amber from .*: scores of the panel\. Written by local\./)
    .waitFor();
  await shoot(anna, 'rag-agreed');
  expect(await findWrongInBoth(anna)).toEqual([]);
});

test('what does not fit together is told in the dialog; MAPPA and the cohort are written with who and why', async () => {
  await section(anna).getByRole('button', { name: 'Change MAPPA' }).click();
  await dialog(anna).getByLabel('Category').selectOption('2');
  await dialog(anna).getByLabel('Why').fill('agreed at the meeting');
  await dialog(anna).getByRole('button', { name: 'Write it' }).click();
  await dialog(anna)
    .getByRole('alert')
    .getByText(/^level a category goes with a level/)
    .waitFor({ timeout: WAIT_MS });
  await dialog(anna).getByLabel('Level').selectOption('3');
  expect(await findWrongInBoth(anna)).toEqual([]);
  await dialog(anna).getByRole('button', { name: 'Write it' }).click();
  await section(anna)
    .getByText(/^MAPPA: category 2, level 3 from .*, by sergeant-anna: agreed at the meeting\.$/)
    .waitFor({ timeout: WAIT_MS });
  await section(anna).getByRole('button', { name: 'Select or de-select' }).click();
  await dialog(anna).getByLabel('FIXED').check();
  await dialog(anna).getByLabel(/^Why/).fill('selected by the panel');
  expect(await findWrongInBoth(anna)).toEqual([]);
  await dialog(anna).getByRole('button', { name: 'Write it' }).click();
  await section(anna)
    .getByText(/^Cohort: FIXED .*, by sergeant-anna: selected by the panel\.$/)
    .waitFor({ timeout: WAIT_MS });
  await anna.getByText(/RAG red · MAPPA category 2, level 3 · FIXED/).waitFor({ timeout: WAIT_MS });
  await shoot(anna, 'judged');
});

test('a supervisor reads what is judged, and is offered nothing to write', async () => {
  const sam = await people.signIn('sam');
  await show(sam);
  await section(sam)
    .getByText(/^RAG red/)
    .waitFor({ timeout: WAIT_MS });
  expect(await section(sam).getByRole('button').count()).toBe(0);
});

test('handed over to another force, the wearer stays until a sergeant there accepts, and then is theirs', async () => {
  await section(anna).getByRole('button', { name: 'Hand over' }).click();
  await dialog(anna).getByLabel('To which force').fill('essex');
  await dialog(anna).getByLabel('Why', { exact: true }).fill('he moves to Colchester');
  expect(await findWrongInBoth(anna, /^<p>The wearer stays/)).toEqual([]);
  await shoot(anna, 'transfer');
  await dialog(anna).getByLabel('Why', { exact: true }).press('Control+Enter');
  await section(anna).getByRole('article', { name: 'Transfer of Adam Kerr' }).waitFor({ timeout: WAIT_MS });
  const eve = await people.signIn('sergeant-eve-essex');
  await eve.goto(`${people.url}/wearers/W-0`);
  await eve.getByText('No wearer W-0 is known here').waitFor({ timeout: WAIT_MS });
  await eve.goto(`${people.url}/proposals`);
  const waiting = eve.getByRole('article', { name: 'Transfer of W-0' });
  await waiting.getByText('Force: from kent to essex.').waitFor({ timeout: WAIT_MS });
  await waiting.getByText(/^As before: Name Adam Kerr/).waitFor();
  await shoot(eve, 'transfer-waits');
  expect(await findWrongInBoth(eve)).toEqual([]);
  await eve.getByRole('button', { name: 'Agree to Transfer of W-0' }).click();
  await dialog(eve).getByRole('button', { name: 'Agree' }).click();
  await eve.getByText('Transfer of W-0 is in force.').waitFor({ timeout: WAIT_MS });
  await show(eve);
  await section(eve)
    .getByText(/^RAG red/)
    .waitFor({ timeout: WAIT_MS });
  await anna.goto(`${people.url}/wearers/W-0`);
  await anna.getByText('No wearer W-0 is known here').waitFor({ timeout: WAIT_MS });
  expect(people.complaints).toEqual([]);
});

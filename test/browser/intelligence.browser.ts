/** Intelligence on the console: recorded, graded 3x5x2, disseminated, and read by whom it is for alone. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { put } from '../support/program.js';
import { findWrongInBoth } from './axe.js';
import { SCREENSHOTS } from './chromium.js';
import { type People, startPeople } from './people.js';

const WAIT_MS = 60_000;
/** Over several lines in a dialog, which axe cannot read. */
const UNREADABLE = /^<p>(On these conditions|It may be passed)/;

let people: People;
let anna: Page;

const dialog = (page: Page) => page.getByRole('dialog');
const shoot = (page: Page, name: string) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
const field = (words: string | RegExp) => dialog(anna).getByLabel(words);
const show = async (page: Page, path: string) => {
  await page.goto(`${people.url}${path}`);
  await page.getByRole('button', { name: 'Record intelligence' }).waitFor({ timeout: WAIT_MS });
};

beforeAll(async () => {
  people = await startPeople(async (url) => {
    for (const n of [0, 1]) await put(url, `/wearers/W-${n}`, { name: `Wearer number ${n}`, force: 'kent' });
  });
  anna = await people.signIn('sergeant-anna');
});
afterAll(async () => await people?.stop());

test('what a grade does not go with is told at its field, and what was written stays', async () => {
  await show(anna, '/intelligence');
  await anna.getByText('No intelligence is recorded.').waitFor();
  await anna.getByRole('button', { name: 'Record intelligence' }).press('Enter');
  await field('Who it is about').selectOption('W-1');
  await field('Source').selectOption('1');
  await field('How it is known').selectOption('A');
  await field('Handling').selectOption('C');
  await field('What is known').fill('Meets a man in the park on Thursdays');
  expect(await findWrongInBoth(anna, UNREADABLE)).toEqual([]);
  await field('What is known').press('Enter');
  await dialog(anna)
    .getByRole('alert')
    .getByText(/^handling conditions are of handling C, which needs them/)
    .waitFor({ timeout: WAIT_MS });
  const conditions = field(/^Conditions/);
  await expect.poll(() => conditions.getAttribute('aria-invalid')).toBe('true');
  expect(await anna.evaluate('document.activeElement.name')).toBe('handlingConditions');
  expect(await field('Source').getAttribute('aria-invalid')).toBeNull();
  await shoot(anna, 'intelligence-refused');
});

test('an intelligence record 1-A-P is written and disseminated: who has it, when and for what', async () => {
  await field('Handling').selectOption('P');
  await field('What is known').press('Enter');
  await dialog(anna).waitFor({ state: 'detached' });
  const report = anna.getByRole('article', { name: /^1-A-P, received / });
  await report.getByText('source reliable, known directly, may be passed on lawfully').waitFor({ timeout: WAIT_MS });
  await report.getByText('Disseminated to nobody.').waitFor();
  await report.getByRole('button', { name: 'Disseminate 1-A-P' }).press('Enter');
  await field('To whom').fill('Kent intelligence unit');
  await field('For what purpose').fill('patrols of the park');
  expect(await findWrongInBoth(anna, UNREADABLE)).toEqual([]);
  await field('For what purpose').press('Enter');
  await dialog(anna).waitFor({ state: 'detached' });
  await report.getByText(/^Kent intelligence unit, .*: patrols of the park$/).waitFor({ timeout: WAIT_MS });
  await report.getByText(/^Written by sergeant-anna, /).waitFor();
  await shoot(anna, 'intelligence');
  expect(await findWrongInBoth(anna)).toEqual([]);
});

test('it is corrected with a reason, and who has it stays; on the page of the wearer it stands, too', async () => {
  await show(anna, '/wearers/W-1');
  const own = anna.getByRole('region', { name: 'Intelligence' });
  await own.getByRole('button', { name: 'Correct 1-A-P' }).click();
  await field('How it is known').selectOption('B');
  await field(/^Why it is corrected/).fill('he had it from a friend');
  await field(/^Why it is corrected/).press('Control+Enter');
  await dialog(anna).waitFor({ state: 'detached' });
  const report = own.getByRole('article', { name: /^1-B-P, received / });
  await report.getByText(/^Kent intelligence unit, /).waitFor({ timeout: WAIT_MS });
  await report.getByText(/: he had it from a friend$/).waitFor();
  await show(anna, '/wearers/W-0');
  await own.getByText('No intelligence is recorded.').waitFor();
});

test('an officer has it of the wearers who are assigned, a supervisor not at all', async () => {
  const officer = await people.signIn('officer-olga');
  await show(officer, '/intelligence');
  await officer.getByText('No intelligence is recorded.').waitFor({ timeout: WAIT_MS });
  const sam = await people.signIn('sam');
  await sam.goto(`${people.url}/intelligence`);
  await sam.getByText('Your roles do not include intelligence.').waitFor({ timeout: WAIT_MS });
  expect(await sam.getByRole('link', { name: 'Intelligence' }).count()).toBe(0);
  await sam.goto(`${people.url}/wearers/W-1`);
  await sam.getByRole('heading', { name: 'Wearer number 1' }).waitFor({ timeout: WAIT_MS });
  expect(await sam.getByRole('region', { name: 'Intelligence' }).count()).toBe(0);
  expect(people.complaints).toEqual([]);
});

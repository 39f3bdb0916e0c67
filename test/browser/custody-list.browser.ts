/** A list of who is in custody: matches proposed, confirmed and refused one by one by a person. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { put } from '../support/program.js';
import { findWrongInBoth } from './axe.js';
import { SCREENSHOTS } from './chromium.js';
import { type People, startPeople } from './people.js';

const WAIT_MS = 60_000;
let people: People;
let anna: Page;

const LIST = [
  'Prisoner,DOB,PNC,Reception date,Establishment',
  '"KERR, Adam",01/02/1990,01/123456A,01/11/2026,HMP Elmley',
  'Bea Low,,,02/11/2026 14:30,',
  'Nobody Known,,,02/11/2026,',
  'Bea Low,,,,',
].join('\n');
const row = (name: string | RegExp) => anna.getByRole('article', { name });
const periods = () =>
  anna.evaluate<{ items: readonly { wearerId: string; startsAt: string; author: string; changeReason: string }[] }>(
    "fetch('/api/v1/custody-periods').then((answer) => answer.json())",
  );

beforeAll(async () => {
  people = await startPeople(async (url) => {
    await put(url, '/wearers/W-1', {
      name: 'Adam Kerr',
      force: 'kent',
      dateOfBirth: '1990-02-01',
      pncId: '2001/0123456A',
    });
    for (const n of [2, 3]) await put(url, `/wearers/W-${n}`, { name: 'Bea Low', force: 'kent' });
  });
  anna = await people.signIn('sergeant-anna');
  await anna.goto(`${people.url}/custody-list`);
  await anna.getByLabel('File').waitFor({ timeout: WAIT_MS });
});
afterAll(async () => await people?.stop());

test('whom each row may be is proposed with what it rests on, and nobody is in custody by it', async () => {
  await anna.getByLabel('File').setInputFiles({ name: 'elmley.csv', mimeType: 'text/csv', buffer: Buffer.from(LIST) });
  await anna.getByRole('heading', { name: '2 of 3 rows may be somebody of ours' }).waitFor({ timeout: WAIT_MS });
  await row(/^Line 2/)
    .getByText('by PNC and name and date of birth')
    .waitFor();
  await expect.poll(() => row(/^Line 2/).textContent()).toMatch(/Strong: Adam Kerr \(W-1\)/);
  await row(/^Line 3/)
    .getByText('It may be any of 2: which one, the list does not say.')
    .waitFor();
  await anna.getByText('Line 5: it does not say from when.').waitFor();
  expect((await periods()).items).toEqual([]);
  await anna.screenshot({ path: join(SCREENSHOTS, 'custody-list.png') });
  expect(await findWrongInBoth(anna)).toEqual([]);
});

test('what is confirmed, by keyboard, is written with who and by what; what is refused is not', async () => {
  await row(/^Line 2/)
    .getByRole('button', { name: 'Confirm Adam Kerr' })
    .press('Enter');
  await row(/^Line 2/)
    .getByText('Confirmed: in custody on record.')
    .waitFor({ timeout: WAIT_MS });
  await row(/^Line 3/)
    .getByRole('button', { name: 'Refuse Bea Low (W-2)' })
    .press('Enter');
  await anna.getByRole('dialog').getByLabel('Why it is somebody else').fill('another date of birth');
  await anna.getByRole('dialog').getByLabel('Why it is somebody else').press('Control+Enter');
  await row(/^Line 3/)
    .getByText('Refused: not this wearer.')
    .waitFor();
  const { items } = await periods();
  const [held, refused] = ['W-1', 'W-2'].map((id) => items.find(({ wearerId }) => wearerId === id));
  expect(items).toHaveLength(2);
  // What is refused is a period that never was, with who and why.
  expect(refused).toMatchObject({
    startsAt: '2026-11-02T14:30:00.000Z',
    endsAt: '2026-11-02T14:30:00.000Z',
    author: expect.stringMatching(/#sergeant-anna$/),
    changeReason: 'another date of birth (refused; custody list elmley.csv, line 3)',
  });
  expect(held).toMatchObject({
    wearerId: 'W-1',
    startsAt: '2026-11-01T00:00:00.000Z',
    author: expect.stringMatching(/#sergeant-anna$/),
    changeReason:
      'custody list elmley.csv, line 2, HMP Elmley: confirmed, strong match by PNC and name and date of birth',
  });
  await anna.screenshot({ path: join(SCREENSHOTS, 'custody-list-decided.png') });
  expect(await findWrongInBoth(anna)).toEqual([]);
});

test('read once more, who is in custody on record is told so, and not offered a second time', async () => {
  await anna.getByLabel('File').setInputFiles({ name: 'again.csv', mimeType: 'text/csv', buffer: Buffer.from(LIST) });
  await row(/^Line 2/)
    .getByText(/In custody on record since Sun 1 Nov/)
    .waitFor({ timeout: WAIT_MS });
  expect(
    await row(/^Line 2/)
      .getByRole('button', { name: /^Confirm/ })
      .count(),
  ).toBe(0);
  // One that was refused is said to be, and not proposed again; the other one still is.
  await row(/^Line 3/)
    .getByText(/^Not Bea Low \(W-2\), said sergeant-anna, .*: another date of birth/)
    .waitFor();
  const offers = await row(/^Line 3/)
    .getByRole('button')
    .allTextContents();
  expect(offers).toEqual(['Confirm Bea Low (W-3)', 'Refuse Bea Low (W-3)']);
  const sam = await people.signIn('sam');
  await sam.goto(`${people.url}/custody-list`);
  await sam.getByText('Your roles do not include custody.').waitFor({ timeout: WAIT_MS });
  expect(people.complaints).toEqual([]);
});

/** The risk management plan, warnings and conditions on the wearer's page: written by keyboard, changed, and every version there. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { put } from '../support/program.js';
import { findWrongInBoth } from './axe.js';
import { SCREENSHOTS } from './chromium.js';
import { type People, startPeople } from './people.js';

const WAIT_MS = 60_000;
const SINCE = '2026-01-01T00:00:00Z';
const ENDS = '2040-12-31T23:59:59.000Z';
/** A paragraph over several lines in a dialog, which axe cannot read. */
const UNREADABLE = /^<p>/;

let people: People;
let anna: Page;

const section = (name: string) => anna.getByRole('region', { name, exact: true });
const dialog = () => anna.getByRole('dialog');
const shoot = (name: string) => anna.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
const recordOf = async (path: string) => (await anna.request.get(`${people.url}/api/v1${path}`)).json();

beforeAll(async () => {
  people = await startPeople(async (url) => {
    await put(url, '/wearers/W-0', {
      name: 'Adam Kerr',
      force: 'kent',
      division: 'East',
      pncId: '2001/0123456A',
      visorId: '77',
    });
    await put(url, '/orders/O-0', { wearerId: 'W-0', type: 'licence', startsAt: SINCE });
    await put(url, '/zones/Z-0', {
      type: 'Feature',
      properties: { name: 'Town centre', radiusMetres: 300 },
      geometry: { type: 'Point', coordinates: [1.08, 51.28] },
    });
    const condition = { orderId: 'O-0', kind: 'exclusion', zoneId: 'Z-0', startsAt: SINCE, endsAt: ENDS };
    await put(url, '/conditions/C-0', condition);
    await put(url, '/wearer-flags/W-0', { flags: ['dog'], wanted: 'wanted' });
  });
  anna = await people.signIn('sergeant-anna');
  await anna.goto(`${people.url}/wearers/W-0`);
  await section('Risk management plan').waitFor({ timeout: WAIT_MS });
});
afterAll(async () => await people?.stop());

test('the numbers of other systems stand on the page', async () => {
  await anna.getByText('PNC 2001/0123456A · ViSOR 77').waitFor({ timeout: WAIT_MS });
});

test('a plan is written by keyboard, part by part, with what is done about each condition', async () => {
  const plan = section('Risk management plan');
  await plan.getByText('No risk management plan is recorded.').waitFor();
  await plan.getByRole('button', { name: 'Write a plan' }).press('Enter');
  await dialog().waitFor();
  expect(await findWrongInBoth(anna, UNREADABLE)).toEqual([]);
  for (const part of ['Supervision', 'Monitoring and control', 'Interventions and treatment', 'Victim safety'])
    await dialog().getByLabel(part).fill(`${part}: as agreed`);
  await dialog().getByLabel('Contingency').fill('Recall.');
  await dialog().getByLabel('What is done about: Not to enter Town centre, at any time.').fill('Patrols know.');
  await dialog().getByLabel('Its words').first().fill('No alcohol.');
  await dialog().getByLabel('What is done about it').first().fill('Tested weekly.');
  await dialog().getByLabel('Why').fill('first plan');
  await shoot('risk-plan-form');
  await dialog().getByLabel('Why').press('Control+Enter');
  await dialog().waitFor({ state: 'detached' });
  await plan.getByText(/^Version 1 from .*, by sergeant-anna: first plan\./).waitFor({ timeout: WAIT_MS });
  await plan.getByText('Victim safety: as agreed').waitFor();
  await plan.getByText('No alcohol.').waitFor();
});

test('a change is another version; the one before stands as it was, and an action is a task', async () => {
  const plan = section('Risk management plan');
  await plan.getByRole('button', { name: 'Change the plan' }).click();
  await dialog().getByLabel('Contingency').fill('Recall at once.');
  await dialog().getByLabel('Why').fill('the panel asked for it');
  await dialog().getByLabel('Why').press('Control+Enter');
  await dialog().waitFor({ state: 'detached' });
  await plan.getByText(/^Version 2 from .*: the panel asked for it\./).waitFor({ timeout: WAIT_MS });
  await plan.getByText('Plans before: 1').click();
  await plan.getByText(/^Version 1, from .*: first plan$/).click();
  await plan.getByText('Recall.', { exact: true }).waitFor();
  await plan.getByRole('button', { name: 'Add an action' }).click();
  await dialog().getByLabel('What is to be done, and why').fill('fit an alarm');
  await dialog().getByRole('button', { name: 'Write it' }).click();
  await dialog().waitFor({ state: 'detached' });
  await plan.getByRole('row', { name: /fit an alarm.*open/ }).waitFor({ timeout: WAIT_MS });
  await plan.scrollIntoViewIfNeeded();
  await shoot('risk-plan');
  expect(await findWrongInBoth(anna)).toEqual([]);
});

test('warnings are changed with their history, and that somebody is wanted stays', async () => {
  const flags = section('Warnings and restriction');
  await flags.getByRole('button', { name: 'Change the warnings' }).click();
  await dialog().getByLabel('What whoever meets this wearer has to know, one a line').fill('dog\nvisit in pairs');
  await dialog().getByLabel('Why').fill('seen on the visit');
  await dialog().getByLabel('Why').press('Control+Enter');
  await dialog().waitFor({ state: 'detached' });
  await flags.getByText('dog; visit in pairs').waitFor({ timeout: WAIT_MS });
  await flags.getByText('Changes of them: 1').click();
  await flags.getByText(/^dog, from .*, by local/).waitFor();
  expect(await recordOf('/wearer-flags/W-0')).toMatchObject({ wanted: 'wanted', changeReason: 'seen on the visit' });
  await shoot('flags');
});

test('a standing condition is changed: another version with the words of the court, and why', async () => {
  const conditions = section('Conditions on record');
  await conditions.getByRole('button', { name: 'Change … Not to enter Town centre' }).click();
  await dialog().getByLabel('In the words of the order').fill('Not to enter the town centre.');
  await dialog().getByLabel('Why').fill('the order came');
  await shoot('condition-change');
  expect(await findWrongInBoth(anna, UNREADABLE)).toEqual([]);
  await dialog().getByLabel('Why').press('Control+Enter');
  await dialog().waitFor({ state: 'detached' });
  await conditions.getByText('The condition is changed.').waitFor({ timeout: WAIT_MS });
  await conditions.getByText('Versions: 2').click();
  await conditions.getByText(/^2, from .*, by sergeant-anna: the order came\./).waitFor({ timeout: WAIT_MS });
  expect(await recordOf('/conditions/C-0')).toMatchObject({
    version: 2,
    wording: 'Not to enter the town centre.',
    kind: 'exclusion',
    // Untouched: with its seconds, which the field does not show.
    endsAt: ENDS,
  });
});

test('whoever is named alone knows of the wearer, from then on, with who and why', async () => {
  const flags = section('Warnings and restriction');
  await flags.getByRole('button', { name: 'Restrict' }).click();
  const { subjectId } = await recordOf('/me');
  await dialog()
    .getByLabel(/^Persons as they sign in/)
    .fill(subjectId);
  await dialog().getByLabel('Why').fill('known to staff');
  await dialog().getByLabel('Why').press('Control+Enter');
  await dialog().waitFor({ state: 'detached' });
  await flags.getByText('These persons alone may know of this wearer: sergeant-anna.').waitFor({ timeout: WAIT_MS });
  expect(await recordOf('/wearers/W-0')).toMatchObject({
    restrictedTo: [subjectId],
    visorId: '77',
    changeReason: 'known to staff',
  });
});

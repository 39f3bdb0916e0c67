/** Patterns on their page: nothing without an authority; marked as inferred; all that the map and the strip show in words; gone when the authority is. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { localDate, localInstant } from '../../src/simulator/days.js';
import { put, send } from '../support/program.js';
import { findWrongInBoth } from './axe.js';
import { SCREENSHOTS } from './chromium.js';
import { type People, startPeople } from './people.js';

const WAIT_MS = 60_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const HOME = { latitude: 51.28, longitude: 1.08 };
const CAFE_METRES = 3_000;
/** Numbers and hours in the strip: axe cannot tell what they stand on, and a person has looked. */
const IN_A_DRAWING = /tw-pattern-number|tw-day__hour/;
/** The two days before today. */
const [LAST, BEFORE] = [1, 2].map((days) => localDate(Date.now() - days * DAY_MS)) as [string, string];

let people: People;
let anna: Page;

const dialog = () => anna.getByRole('dialog');
const shoot = (name: string) => anna.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });

/** A fix every two minutes from a local time of a day until before another, so many metres north of home. */
const fixes = (tagId: string, date: string, from: string, until: string, metres: number) => {
  const fromMs = localInstant(date, from);
  const count = Math.floor((localInstant(date, until) - fromMs) / (2 * MINUTE_MS));
  return Array.from({ length: count }, (_, n) => ({
    tagId,
    fixedAt: new Date(fromMs + n * 2 * MINUTE_MS).toISOString(),
    latitude: HOME.latitude + metres / 111_195,
    longitude: HOME.longitude,
    accuracyMetres: 8,
  }));
};

beforeAll(async () => {
  people = await startPeople(async (url) => {
    const fittedAt = new Date(Date.now() - 10 * DAY_MS).toISOString();
    for (const [n, name] of [
      [0, 'Adam Kerr'],
      [1, 'Bela Moss'],
      [2, 'Cora Finn'],
    ] as const) {
      await put(url, `/wearers/W-${n}`, { name, force: 'kent', division: 'East' });
      await put(url, `/tags/T-${n}`, {});
      await put(url, `/activations/A-${n}`, { tagId: `T-${n}`, wearerId: `W-${n}`, fittedAt });
    }
    await put(url, '/orders/O-0', { wearerId: 'W-0', type: 'hdc', startsAt: fittedAt });
    await put(url, '/zones/Z-home', {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [HOME.longitude, HOME.latitude] },
      properties: { name: '4 Mill Lane', radiusMetres: 80 },
    });
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
    await put(url, '/conditions/C-0', {
      orderId: 'O-0',
      kind: 'curfew',
      zoneId: 'Z-home',
      schedule: { timeZone: 'Europe/London', windows: [{ days, from: '22:00', to: '06:00' }] },
      startsAt: fittedAt,
    });
    const pings = [BEFORE, LAST].flatMap((date) => [
      ...fixes('T-0', date, '00:00', '09:00', 0),
      ...fixes('T-0', date, '09:30', '11:00', CAFE_METRES),
      ...fixes('T-0', date, '11:30', '13:00', 0),
      // Nothing for two hours: no stop, though they are at the same place before and after.
      ...fixes('T-0', date, '15:00', '23:58', 0),
    ]);
    const other = fixes('T-1', LAST, '10:00', '10:30', CAFE_METRES + 30);
    expect((await send(url, 'POST', '/pings', [...pings, ...other])).status).toBe(202);
    // Until the last of each is on record: a start later reads what this one has written.
    for (const [wearerId, since] of [
      ['W-0', '23:50'],
      ['W-1', '10:25'],
    ] as const) {
      const from = new Date(localInstant(LAST, since)).toISOString();
      await vi.waitFor(
        async () => {
          const { body } = await send(url, 'GET', `/wearers/${wearerId}/trail?from=${from}`);
          expect((body as { features: readonly unknown[] }).features.length).toBeGreaterThan(0);
        },
        { timeout: WAIT_MS, interval: 200 },
      );
    }
  });
  anna = await people.signIn('sergeant-anna');
});
afterAll(async () => await people?.stop());

test('from the cohort and the wearer one comes to the page, and without an authority nothing is looked for', async () => {
  await anna.goto(`${people.url}/cohort`);
  await anna.getByRole('link', { name: 'Patterns of Adam Kerr' }).waitFor({ timeout: WAIT_MS });
  await anna.goto(`${people.url}/wearers/W-0`);
  await anna.getByRole('link', { name: /^Patterns: stops/ }).press('Enter');
  await anna.getByRole('heading', { name: 'Patterns of Adam Kerr' }).waitFor({ timeout: WAIT_MS });
  await anna.getByText('No authority of yours covers this wearer').waitFor({ timeout: WAIT_MS });
  expect(await anna.getByRole('table').count()).toBe(0);
});

test('an authority is put on record by keyboard; stops are told with their usual places, silences and why they ended', async () => {
  await anna.getByRole('button', { name: 'Under another authority' }).press('Enter');
  await dialog().getByLabel('Its reference').fill('PA/12');
  await dialog().getByLabel('What for').fill('Review of the plan');
  await dialog().getByLabel('What it covers').fill('Stops and company, this month');
  await dialog()
    .getByLabel(/^Of which wearers/)
    .fill('W-0 W-1');
  await dialog()
    .getByLabel(/^It holds until/)
    .fill(localDate(Date.now() + 30 * DAY_MS));
  expect(await findWrongInBoth(anna, IN_A_DRAWING)).toEqual([]);
  await dialog().getByLabel('Its reference').press('Enter');
  await dialog().waitFor({ state: 'detached' });
  await anna.getByText('Inferred, not observed.').waitFor({ timeout: WAIT_MS });
  await anna.getByText('Silence is no stop: where nothing was heard, nobody can say where they were.').waitFor();
  await anna.getByText(/by the authority PA\/12: Review of the plan; Stops and company, this month; until/).waitFor();
  // Home from midnight, the café, home, and home again after the silence: of two days, which midnight joins.
  const stops = anna.getByRole('table', { name: /^7 stops, the first first/ });
  await stops.waitFor({ timeout: WAIT_MS });
  const rows = stops.getByRole('row');
  await expect.poll(() => rows.nth(2).textContent()).toContain('usual place 2');
  await expect.poll(() => rows.nth(3).textContent()).toContain('nothing was heard after it');
  await anna.getByRole('region', { name: 'Usual place 1' }).waitFor();
  const hours = anna.getByRole('table', { name: 'Place 2 by hour of the local day' });
  // There at ten on both days, of both that were observed, whichever days of the week they are.
  const weekend = [BEFORE, LAST].map((date) => [0, 6].includes(new Date(`${date}T12:00:00Z`).getUTCDay()));
  for (const isWeekend of new Set(weekend)) {
    const count = weekend.filter((each) => each === isWeekend).length;
    const cell = hours
      .getByRole('row')
      .nth(isWeekend ? 2 : 1)
      .getByRole('cell')
      .nth(10);
    await expect.poll(() => cell.textContent()).toBe(`${count}/${count}`);
  }
  await anna.getByText(/By the address of C-0 \(zone Z-home\)\./).waitFor();
  await expect
    .poll(() => anna.getByRole('img', { name: /13:00|12:58 to 15:00 nothing heard that is good enough/ }).count())
    .toBe(2);
  await anna.locator('.tw-pattern-place').first().waitFor({ timeout: WAIT_MS });
  await shoot('patterns');
  expect(await findWrongInBoth(anna, IN_A_DRAWING)).toEqual([]);
  // What the map shows is gone to by a key.
  await anna.getByRole('button', { name: 'Show place 2 on the map' }).press('Enter');
});

test('two are compared: how near, with what error, and what could not be compared', async () => {
  await anna.getByLabel('Id of the other wearer').fill('W-2');
  await anna.getByLabel('Id of the other wearer').press('Enter');
  await anna.getByRole('alert').getByText('The authority PA/12 does not cover W-2.').waitFor({ timeout: WAIT_MS });
  await anna.getByLabel('Id of the other wearer').fill('W-1');
  await anna.getByLabel('Id of the other wearer').press('Enter');
  const together = anna.getByRole('region', { name: 'Together with Bela Moss' });
  await together.getByText('Inferred, not observed.').waitFor({ timeout: WAIT_MS });
  await together.getByRole('table', { name: 'Within 100 m of each other once, 28 min in all' }).waitFor();
  await together.getByText('30 m, give or take 19 m').waitFor();
  await together
    .getByText(/^Compared over 28 min; not over the rest: .* Bela Moss was not seen, .* neither was seen\.$/)
    .waitFor();
  await together.scrollIntoViewIfNeeded();
  await shoot('patterns-together');
  expect(await findWrongInBoth(anna, IN_A_DRAWING)).toEqual([]);
});

test('it is saved for a purpose and printed without what is pressed, and is gone when the authority has run out', async () => {
  await anna.getByText('Save the stops as a CSV file').click();
  const form = anna.locator('details', { hasText: 'Save the stops as a CSV file' });
  await form.getByLabel('What it is for').fill('review');
  await form.getByLabel('Who gets it').fill('panel');
  const [download] = await Promise.all([
    anna.waitForEvent('download'),
    form.getByRole('button', { name: 'Save' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('W-0-stops.csv');
  await anna.emulateMedia({ media: 'print' });
  await expect.poll(() => anna.getByRole('button', { name: 'Print' }).isVisible()).toBe(false);
  await expect.poll(() => anna.getByText('Inferred, not observed.').first().isVisible()).toBe(true);
  await anna.emulateMedia({ media: 'screen' });
  // The page's clock goes on, and the server is asked nothing.
  await anna.clock.install();
  await anna.clock.fastForward(40 * DAY_MS);
  await anna
    .getByText(/^The authority PA\/12 ran out at .*: nothing is shown by it any more\.$/)
    .waitFor({ timeout: WAIT_MS });
  expect(await anna.getByRole('table').count()).toBe(0);
  expect(people.complaints).toEqual([]);
});

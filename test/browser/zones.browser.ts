/**
 * Zones and conditions as two sergeants and an administrator make them: drawn by mouse and typed, tried over past tracks, proposed by one
 * and agreed to by another, and obeyed by the engine. The real program, a real provider, a browser context a person: the browsers stand
 * in New York, the zones are of Europe/London.
 */
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fromLocalText, toLocalText } from '../../src/console/model/local-instant.js';
import { put, send } from '../support/program.js';
import { findWrong } from './axe.js';
import { SCREENSHOTS } from './chromium.js';
import { intercept } from './intercept.js';
import { type People, startPeople } from './people.js';

const WAIT_MS = 60_000;
const HOUR_MS = 3_600_000;
const HOME = { latitude: 51.2787, longitude: 1.0803 };
/** Where the wearer was for the last hours: far from home, and within what is drawn. */
const AWAY = { latitude: 51.28, longitude: 1.09 };
const SQUARE = '51.281, 1.088\n51.279, 1.088\n51.279, 1.092\n51.281, 1.092';

let people: People;
/** Who proposes, who agrees to what is of one wearer, and who to what is of all. */
let anna: Page;
let bert: Page;
let admin: Page;
const shoot = (page: Page, name: string) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });

async function fillRecord(url: string): Promise<void> {
  const fittedAt = new Date(Date.now() - 5 * HOUR_MS).toISOString();
  await put(url, '/tag-models/M-1', { name: 'Model', accuracyConvention: 'r68', intervalSeconds: 60 });
  for (const n of [0, 1]) {
    await put(url, `/wearers/W-${n}`, { name: `Wearer number ${n}`, force: 'kent', division: 'East' });
    await put(url, `/orders/O-${n}`, { wearerId: `W-${n}`, type: 'hdc', startsAt: fittedAt });
    await put(url, `/tags/T-${n}`, { modelId: 'M-1' });
    await put(url, `/activations/A-${n}`, { tagId: `T-${n}`, wearerId: `W-${n}`, fittedAt });
  }
  const pings = Array.from({ length: 200 }, (_, minute) => ({
    tagId: 'T-0',
    fixedAt: new Date(Date.now() - minute * 60_000).toISOString(),
    ...AWAY,
    accuracyMetres: 5,
  })).reverse();
  expect((await send(url, 'POST', '/pings', pings)).status).toBe(202);
  await vi.waitFor(async () => expect((await send(url, 'GET', '/wearers/W-0/position')).status).toBe(200), {
    timeout: WAIT_MS,
    interval: 200,
  });
}

async function openZones(page: Page): Promise<void> {
  await page.goto(`${people.url}/zones`);
  await page.getByRole('heading', { name: 'What there is' }).waitFor({ timeout: WAIT_MS });
}

/** From the list to the editor, by a wizard. */
async function begin(page: Page, wizard: string, name: string, more: () => Promise<void> = async () => {}) {
  await page.getByRole('button', { name: wizard }).click();
  await page.getByLabel('What the place is called').fill(name);
  await more();
  await page.getByRole('button', { name: 'Show the draft' }).click();
  await page.getByRole('heading', { name: 'A new zone' }).waitFor();
}

const corners = (page: Page) => page.getByLabel('Corners: latitude, longitude, one a line');
const linesOf = async (field: Locator) => (await field.inputValue()).split('\n').filter(Boolean);
const ofWhom = (page: Page) => page.getByLabel('Of whom');

beforeAll(async () => {
  people = await startPeople(fillRecord);
  [anna, bert, admin] = [
    await people.signIn('sergeant-anna'),
    await people.signIn('sergeant-bert'),
    await people.signIn('admin-ada'),
  ];
});
afterAll(async () => await people?.stop());

describe('a zone is drawn', () => {
  test('by mouse: corners are clicked, dragged, moved by keys and taken out, and stand as text', async () => {
    await openZones(anna);
    // What draws the ground is late: until it is there, a hand is faster than the map.
    let letGo = () => {};
    const isHeld = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await intercept(anna, '**/maplibre-gl-worker*', async (route) => {
      await isHeld;
      await route.continue();
    });
    await begin(anna, 'A zone', 'The market', async () => {
      await expect.poll(() => ofWhom(anna).inputValue()).toBe('');
      await ofWhom(anna).selectOption({ label: 'Wearer number 0 (W-0), Home Detention Curfew, O-0' });
    });
    const map = anna.locator('.tw-draw__map');
    await map.locator('canvas').waitFor();
    const { x, y, width, height } = (await map.boundingBox())!;
    const click = (east: number, south: number) => anna.mouse.click(x + width * east, y + height * south);
    for (const [east, south] of [
      [0.3, 0.3],
      [0.3, 0.7],
      [0.6, 0.7],
      [0.6, 0.3],
    ] as const)
      await click(east, south);
    await expect.poll(async () => (await linesOf(corners(anna))).length).toBe(4);
    await anna.getByText(/^It is a zone of [\d.]+ km²/).waitFor();
    const before = await linesOf(corners(anna));
    const first = anna.getByRole('button', { name: /^Corner 1:/ });
    const placed = (await first.boundingBox())!;
    const ground = anna.waitForResponse('**/maplibre-gl-worker*');
    letGo();
    await ground;
    // Nor does it go anywhere with what is typed beside it.
    await anna.getByLabel('Id', { exact: true }).press('End');
    await anna.keyboard.type('-b');
    await anna.waitForTimeout(2_000);
    expect(await first.boundingBox()).toEqual(placed);
    await anna.unroute('**/maplibre-gl-worker*');
    const { x: left, y: top } = placed;
    await anna.mouse.move(left + 8, top + 8);
    await anna.mouse.down();
    await anna.mouse.move(left - 30, top - 20, { steps: 4 });
    await anna.mouse.up();
    await expect.poll(async () => (await linesOf(corners(anna)))[0]).not.toBe(before[0]);
    expect((await linesOf(corners(anna))).slice(1)).toEqual(before.slice(1));
    await anna.getByRole('button', { name: /^Corner 2:/ }).focus();
    await anna.keyboard.press('ArrowUp');
    await expect.poll(async () => (await linesOf(corners(anna)))[1]).not.toBe(before[1]);
    await shoot(anna, 'zones-drawn');
    await anna.getByRole('button', { name: /^Corner 4:/ }).focus();
    await anna.keyboard.press('Delete');
    await expect.poll(async () => (await linesOf(corners(anna))).length).toBe(3);
  });

  test('typed: what is no place, and what is no zone, is told while it is typed', async () => {
    await corners(anna).fill(`${SQUARE}\nnorth of the river`);
    await anna.getByText('Line 5 is no place').waitFor();
    await corners(anna).fill('51.281, 1.088\n51.279, 1.092\n51.281, 1.092\n51.279, 1.088');
    await anna
      .getByText(/^Wrong: /)
      .first()
      .waitFor();
    await shoot(anna, 'zones-wrong');
    await corners(anna).fill(SQUARE);
    await anna.getByText(/^It is a zone of/).waitFor();
    await anna.getByText(/^Wrong: /).waitFor({ state: 'detached' });
    // What is typed is what is seen, wherever the map was.
    await corners(anna).fill('54.97, -1.62\n54.96, -1.62\n54.96, -1.6');
    await expect.poll(() => anna.getByRole('button', { name: /^Corner \d:/ }).count()).toBe(3);
    await corners(anna).fill(SQUARE);
    await expect.poll(() => anna.getByRole('button', { name: /^Corner \d:/ }).count()).toBe(4);
    const map = (await anna.locator('.tw-draw__map').boundingBox())!;
    for (const corner of await anna.getByRole('button', { name: /^Corner \d:/ }).all()) {
      const { x, y } = (await corner.boundingBox())!;
      expect(x > map.x && x < map.x + map.width && y > map.y && y < map.y + map.height).toBe(true);
    }
  });

  test('as a circle with a ring that warns, and from a file of several', async () => {
    await anna.getByLabel('Shape').selectOption('circle');
    await anna.getByLabel('Radius, metres').fill('300');
    await anna.getByLabel('Warning ring (buffer), metres').fill('100');
    await anna.getByLabel('Centre: latitude, longitude').fill('51.28, 1.09');
    await anna.getByText('It is a zone of 0.28 km²').waitFor();
    const ring = [1.088, 1.092].flatMap((east) => [51.279, 51.281].map((north) => [east, north]));
    const square = [ring[0], ring[2], ring[3], ring[1], ring[0]];
    const feature = (name: string, id: string) => ({
      type: 'Feature',
      id,
      properties: { name },
      geometry: { type: 'Polygon', coordinates: [square] },
    });
    const file = { type: 'FeatureCollection', features: [feature('The park', 'P-1'), feature('The mall', 'P-2')] };
    await anna.getByText('Read it from a file').click();
    await anna.getByLabel('File', { exact: true }).setInputFiles({
      name: 'places.geojson',
      mimeType: 'application/geo+json',
      buffer: Buffer.from(JSON.stringify(file)),
    });
    await anna.getByRole('button', { name: 'Take The mall' }).click();
    await expect.poll(() => anna.getByLabel('Name', { exact: true }).inputValue()).toBe('The mall');
    await expect.poll(() => anna.getByLabel('Shape').inputValue()).toBe('polygon');
    expect(await linesOf(corners(anna))).toHaveLength(4);
    // Of whom it is was said before, and is not of the file.
    await expect.poll(() => ofWhom(anna).inputValue()).toBe('O-0');
  });
});

describe('it is tried over past tracks', () => {
  const rehearse = async () => {
    await anna.getByRole('button', { name: 'Rehearse', exact: true }).click();
    await anna.getByText(/^Over 2 days of 1 wearer \(200 pings\) it would have raised/).waitFor({ timeout: WAIT_MS });
  };

  test('what it would have raised is told in sentences and by hour, in local time', async () => {
    await corners(anna).fill(SQUARE);
    await anna.getByLabel('Days', { exact: true }).fill('2');
    const longAgo = toLocalText(Date.now() - 4 * HOUR_MS);
    await anna.getByLabel('Begins (local time)').fill(longAgo);
    await rehearse();
    await anna.getByText(/^Wearer number 0 is .*inside the exclusion zone The mall/).waitFor();
    const hours = anna.getByRole('region', { name: 'Alerts by weekday and hour' });
    const counts = await hours.locator('td').allTextContents();
    expect(counts.filter((text) => text !== '·').length).toBeGreaterThan(0);
    await shoot(anna, 'zones-rehearsed');
  });

  test('its result does not stand beside another state of the draft', async () => {
    await anna.getByLabel('Grace, minutes').fill('7');
    await anna.getByText('The draft has changed since it was rehearsed').waitFor();
    expect(await anna.getByText(/it would have raised/).count()).toBe(0);
    expect(await anna.getByRole('region', { name: 'Alerts by weekday and hour' }).count()).toBe(0);
    await anna.getByLabel('Grace, minutes').fill('');
    await rehearse();
  });
});

describe('it is put before a second person', () => {
  test('an answer that is lost makes no second proposal', async () => {
    let asked = 0;
    await intercept(anna, '**/api/v1/proposals', async (route) => {
      if (route.request().method() !== 'POST') return await route.continue();
      asked++;
      if (asked > 1) return await route.continue();
      // The server takes it; nobody hears.
      await route.fetch();
      await route.abort();
    });
    await anna.getByLabel('Reason').fill('She works at the mall');
    await anna.getByRole('button', { name: 'Propose' }).click();
    await anna.getByText(/The server did not answer.*it is not there twice/).waitFor();
    await anna.getByRole('button', { name: 'Propose' }).click();
    await anna.getByText('The mall waits for a second person.').waitFor();
    await anna.unroute('**/api/v1/proposals');
    expect(asked).toBe(2);
    await anna.getByRole('button', { name: 'Withdraw The mall …' }).waitFor();
    await expect.poll(() => anna.getByRole('article', { name: 'The mall', exact: true }).count()).toBe(1);
    expect(await anna.getByRole('button', { name: /^Agree to/ }).count()).toBe(0);
  });

  test('the second one reads it in words, agrees, and it is in force; then what a change changes, from what to what', async () => {
    await openZones(bert);
    const waiting = bert.getByRole('article', { name: 'The mall', exact: true });
    await waiting.getByText(/^Zone The mall \(Z-[\w-]+\): new$/).waitFor();
    // Whose order it is comes by an answer of its own.
    await waiting.getByText('Of whom: Wearer number 0 (W-0), Home Detention Curfew, O-0.').waitFor();
    const text = await waiting.textContent();
    expect(text).toContain('Proposed by sergeant-anna');
    expect(text).toContain('She works at the mall');
    expect(text).toContain('What: Not to enter The mall, at any time.');
    expect(text).toContain('4 corners at 51.281, 1.088;');
    expect(text).not.toMatch(/[{}"]/);
    await shoot(bert, 'zones-waiting');
    await bert.getByRole('button', { name: 'Agree to The mall …' }).click();
    await bert.getByRole('dialog').getByRole('button', { name: 'Agree', exact: true }).click();
    await bert.getByText('The mall is in force.').waitFor({ timeout: WAIT_MS });
    const row = bert.getByRole('row', { name: /The mall/ });
    await row.getByText('Wearer number 0: Not to enter The mall, at any time.').waitFor();

    await openZones(anna);
    await anna.getByRole('button', { name: 'The mall', exact: true }).click();
    await anna.getByRole('heading', { name: 'Change The mall' }).waitFor();
    await anna.getByLabel('Warning ring (buffer), metres').fill('150');
    await anna.getByLabel('Priority').selectOption('high');
    await anna.getByLabel('Reason').fill('He waits outside');
    await anna.getByRole('button', { name: 'Propose' }).click();
    await anna.getByText('The mall waits for a second person.').waitFor();
    await openZones(bert);
    await waiting.getByText('Warning ring: from nothing said to 150 m.').waitFor();
    await waiting.getByText('Priority: from standard to high.').waitFor();
    await waiting.getByText(/^As before: Name The mall; Where 4 corners at/).waitFor();
    await shoot(bert, 'zones-change');
  });

  test('what was decided meanwhile is told in the dialog, in words', async () => {
    await bert.getByRole('button', { name: 'Agree to The mall …' }).click();
    const dialog = bert.getByRole('dialog');
    await dialog.waitFor();
    await anna.getByRole('button', { name: 'Withdraw The mall …' }).click();
    await anna.getByRole('dialog').getByLabel('Why').fill('It is enough as it is');
    await anna.getByRole('dialog').getByRole('button', { name: 'Withdraw', exact: true }).click();
    await anna.getByText('The mall is not put in force.').waitFor();
    await dialog.getByRole('button', { name: 'Agree', exact: true }).click();
    await dialog.getByRole('alert').getByText('This proposal was decided meanwhile.').waitFor();
    await bert.keyboard.press('Escape');
  });
});

test('a curfew by its wizard, by keyboard alone: agreed to by another, and the engine obeys', async () => {
  await openZones(anna);
  await anna.getByRole('button', { name: 'Home Detention Curfew' }).focus();
  await anna.keyboard.press('Enter');
  await ofWhom(anna).focus();
  await anna.getByRole('button', { name: 'Show the draft' }).focus();
  await anna.keyboard.press('Enter');
  // Nobody is preselected: the form does not go on without.
  expect(await anna.getByRole('heading', { name: 'A new zone' }).count()).toBe(0);
  await ofWhom(anna).selectOption('O-0');
  await anna.getByLabel('What the place is called').fill('12 Canal Terrace');
  await anna.getByLabel('Where it is: latitude, longitude').fill(`${HOME.latitude}, ${HOME.longitude}`);
  await anna.getByLabel(/^First night/).fill(toLocalText(Date.now() - 48 * HOUR_MS).slice(0, 10));
  const begins = anna.getByLabel('Begins (local time)');
  // By the clock of the zones, wherever the browser stands.
  const saidMs = fromLocalText(await begins.inputValue(), 'later')!;
  expect(Math.abs(saidMs - Date.now())).toBeLessThan(HOUR_MS / 2);
  await begins.fill(toLocalText(Date.now() - 3 * HOUR_MS));
  await anna.getByRole('button', { name: 'Show the draft' }).focus();
  await anna.keyboard.press('Enter');
  await anna.getByLabel('From', { exact: true }).fill(toLocalText(Date.now() - 2 * HOUR_MS).slice(11));
  await anna.getByLabel('To', { exact: true }).fill(toLocalText(Date.now() + 2 * HOUR_MS).slice(11));
  await anna.getByLabel('Reason').fill('As the order says');
  await anna.keyboard.press('Enter');
  await anna.getByText('12 Canal Terrace waits for a second person.').waitFor();
  await openZones(bert);
  await bert.getByRole('button', { name: 'Agree to 12 Canal Terrace …' }).focus();
  await bert.keyboard.press('Enter');
  await bert.getByRole('dialog').waitFor();
  await bert.keyboard.press('Enter');
  await bert.getByText('12 Canal Terrace is in force.').waitFor({ timeout: WAIT_MS });
  await bert.goto(people.url);
  await bert.locator('tr.tw-alert', { hasText: 'Curfew' }).first().waitFor({ timeout: WAIT_MS });
  await shoot(bert, 'zones-obeyed');
});

test('what is of all wearers has to be chosen, and goes to an administrator, who reaches it', async () => {
  await openZones(anna);
  await begin(anna, 'Exclusion round an address', 'Stade Primary School', async () => {
    await ofWhom(anna).selectOption({ label: 'All wearers (an administrator agrees)' });
    await anna.getByLabel('Where it is: latitude, longitude').fill('51.3, 1.1');
  });
  await anna.getByLabel('Reason').fill('Letter of the school');
  await anna.getByRole('button', { name: 'Propose' }).click();
  await anna.getByText('Stade Primary School waits for a second person.').waitFor();
  await admin.goto(people.url);
  await admin.getByRole('link', { name: 'To agree' }).click();
  const waiting = admin.getByRole('article', { name: 'Stade Primary School' });
  await waiting.getByText('Of whom: all wearers.').waitFor({ timeout: WAIT_MS });
  await shoot(admin, 'proposals-administrator');
  await admin.getByRole('button', { name: 'Agree to Stade Primary School …' }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Agree', exact: true }).click();
  await admin.getByText('Stade Primary School is in force.').waitFor({ timeout: WAIT_MS });
});

test('what is not answered is told as not known: neither as all wearers nor as none', async () => {
  for (const [path, told] of [
    ['orders', 'Order O-0, of whom is not known here'],
    ['conditions', 'not known: the database is away'],
  ] as const) {
    const pattern = `**/api/v1/${path}?*`;
    await intercept(anna, pattern, (route) => route.fulfill({ status: 503, body: '{}' }));
    await openZones(anna);
    await anna
      .getByRole('row', { name: /The mall/ })
      .getByText(told)
      .waitFor();
    if (path === 'orders') {
      await anna.getByRole('button', { name: 'A zone' }).click();
      await anna.getByText('Whose orders there are is not known: the database is away.').waitFor();
    }
    await anna.unroute(pattern);
  }
});

test.each(['light', 'dark'] as const)(
  'axe finds nothing in the list, a wizard, the editor and what waits: %s',
  async (theme) => {
    await anna.emulateMedia({ colorScheme: theme });
    await admin.emulateMedia({ colorScheme: theme });
    const found: Record<string, string[]> = {};
    await openZones(anna);
    found['list'] = await findWrong(anna);
    await shoot(anna, `zones-list-${theme}`);
    await anna.getByRole('button', { name: 'Match day' }).click();
    found['wizard'] = await findWrong(anna);
    await shoot(anna, `zones-wizard-${theme}`);
    await anna.getByRole('button', { name: 'Leave it' }).click();
    await anna.getByRole('button', { name: 'The mall', exact: true }).click();
    await anna.getByText(/^It is a zone of/).waitFor();
    found['editor'] = await findWrong(anna);
    await shoot(anna, `zones-editor-${theme}`);
    await anna.getByLabel('Reason').fill(`In ${theme}`);
    await anna.getByLabel('Warning ring (buffer), metres').fill(theme === 'light' ? '20' : '30');
    await anna.getByRole('button', { name: 'Propose' }).click();
    await anna.getByRole('button', { name: 'Withdraw The mall …' }).first().waitFor();
    found['waiting'] = await findWrong(anna);
    await anna.getByRole('button', { name: 'Withdraw The mall …' }).first().click();
    await anna.getByRole('dialog').getByText('Warning ring').waitFor();
    found['dialog'] = await findWrong(anna, /<(p|li|strong)/);
    await shoot(anna, `zones-decide-${theme}`);
    await anna.keyboard.press('Escape');
    await admin.goto(`${people.url}/proposals`);
    await admin.getByRole('heading', { name: 'Waits for a second person' }).waitFor();
    found['proposals'] = await findWrong(admin);
    expect(found).toEqual({ list: [], wizard: [], editor: [], waiting: [], dialog: [], proposals: [] });
  },
);

test('nothing went wrong in a page', () => {
  expect(people.complaints).toEqual([]);
});

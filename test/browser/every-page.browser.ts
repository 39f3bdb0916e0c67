/**
 * Every page of the console, by the table of its addresses, on the demonstration as a newcomer has it: within ten minutes each has
 * something on it and none shows that it is empty; axe finds nothing on any, in either theme; and a picture of each is left behind at
 * 1280 by 800. An address without an entry here fails. Then what else a page can be: dialogs, menus, nothing there, nothing answered.
 */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PAGE_ADDRESSES } from '../../src/wire/console-pages.js';
import { type Home, makeHome, type Program, startProgram } from '../support/program.js';
import { findWrongInBoth } from './axe.js';
import { launchBrowser, SCREENSHOTS } from './chromium.js';

/** As the issue has it. What is there earlier is found earlier: nothing waits for its end. */
const FULL_MS = 10 * 60_000;
const LOOK_AGAIN_MS = 3_000;
const AXE_MS = 300_000;

/** What a page says where there is nothing, in any words of the console. */
const EMPTY =
  /^(None has been|No (pack|file|intelligence|shift|alert|message)\b.*(asked for|matched|recorded|handed over yet|known)|Nothing (was rejected|is held|waits for|is unresolved|was raised|is to be done|was done|has been signed)|Nobody (is suspended|has leave|acknowledged)|They are not shown|Not known yet)/;

type PersonId = 'Priya Shah' | 'Alex Morgan';
interface Visit {
  readonly as: PersonId;
  /** Where it is not the address itself; null: there is nothing of its kind yet. */
  readonly find?: (page: Page) => Promise<string | null>;
  /** What has to be on it. */
  readonly has: string | RegExp;
  /** A part of it that stands there also where there is nothing. */
  readonly mayBeEmpty?: RegExp;
  /** What axe cannot read and a person can. */
  readonly unreadable?: RegExp;
}

const first =
  (path: string, of: (item: Readonly<Record<string, string>>) => string) =>
  async (page: Page): Promise<string | null> => {
    const { items } = await page.evaluate<{ items: Readonly<Record<string, string>>[] }>(
      `fetch('/api/v1${path}').then((answer) => answer.json())`,
    );
    return items[0] === undefined ? null : of(items[0]);
  };

const VISITS: Readonly<Record<string, Visit>> = {
  '/': { as: 'Priya Shah', has: /Protected address/ },
  '/alerts/:alertId': {
    as: 'Priya Shah',
    find: first('/alerts?wearerId=W-001', ({ alertId }) => `/alerts/${alertId}`),
    has: /inside the exclusion zone/,
  },
  '/wearers/:wearerId': {
    as: 'Priya Shah',
    find: async () => '/wearers/W-002',
    has: /Works nights at the bakery/,
    // Of one wearer not everything is recorded: there are conditions, days, alerts and a note.
    mayBeEmpty: /^(No|Nothing|Nobody)\b/,
  },
  '/packs': { as: 'Priya Shah', has: /Remand hearing/ },
  '/crimes': { as: 'Priya Shah', has: /Vehicle crime/ },
  '/patterns': {
    as: 'Priya Shah',
    find: async () => '/patterns?wearerId=W-002',
    has: /inferred/i,
    unreadable: /tw-day__hour/,
  },
  '/recalls/:recallId': {
    as: 'Priya Shah',
    find: first('/recalls', ({ recallId }) => `/recalls/${recallId}`),
    has: /Conditions breached/,
  },
  '/register': { as: 'Priya Shah', has: /^Register: \d+ unresolved$/ },
  '/off-now': { as: 'Priya Shah', has: /A new charger is on its way/ },
  '/alarm-health': { as: 'Priya Shah', has: /Worst sources/i },
  '/handover': { as: 'Priya Shah', has: /Quiet night/ },
  '/rejected': { as: 'Alex Morgan', has: /latitude/i },
  '/cohort': { as: 'Priya Shah', has: /^Cohort: 202 wearers/, unreadable: />Who</ },
  '/zones': { as: 'Priya Shah', has: /Canterbury district and coast/, mayBeEmpty: /^Nothing waits/ },
  '/desk': { as: 'Priya Shah', has: /Is the tag charged every night/ },
  '/custody-list': { as: 'Priya Shah', has: /custody/i },
  '/imports': { as: 'Priya Shah', has: /CSV/ },
  '/intelligence': { as: 'Priya Shah', has: /retail park on Fridays/ },
  '/briefings': { as: 'Priya Shah', has: /^Of 202 wearers\. Made by/ },
  '/statistics': { as: 'Priya Shah', has: /^Performance report/ },
  '/recalls': { as: 'Priya Shah', has: /draft/i },
  '/proposals': { as: 'Priya Shah', has: /Two late returns/ },
  '/keys': { as: 'Alex Morgan', has: /fingerprint|SHA-256/i },
};

/** What axe cannot read through: a text over several lines in a dialog, and what lies under an open menu. */
const IN_DIALOG = /tw-dialog__what|<span><strong>/;
const UNDER_MENU = /tw-age|tw-sub/;
const ALERT = '/alerts/:alertId';

interface State {
  /** An address of the table above, or another one. */
  readonly at: string;
  readonly as?: PersonId;
  readonly before?: (page: Page) => Promise<unknown>;
  readonly come?: (page: Page) => Promise<unknown>;
  /** What is there then. */
  readonly has: string | RegExp;
  readonly unreadable?: RegExp;
}

const press =
  (...keys: readonly string[]) =>
  async (page: Page): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
const click = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name }).first().click();
const openMenu = (words: string) => (page: Page) => page.locator('summary', { hasText: words }).click();
const cannotFetch = (file: string) => (page: Page) => page.route(`**/assets/${file}-*`, (route) => route.abort());
const loseFeed = async (page: Page): Promise<void> => {
  await page.routeWebSocket('**/api/v1/feed**', (socket) => void socket.close());
};

const STATES: Readonly<Record<string, State>> = {
  'the menu of schemes': { at: '/', come: openMenu('Schemes'), has: 'Statistics', unreadable: UNDER_MENU },
  // Of the board it would lie over half a button, and axe would say that what is left is too small.
  'the menu of evidence': {
    at: '/register',
    come: openMenu('Evidence'),
    has: 'Recalls',
    unreadable: /^<(h1|p|caption|th|td|a)\b/,
  },
  'the menu of records': { at: '/', come: openMenu('Records'), has: 'To agree', unreadable: UNDER_MENU },
  'the keys': { at: '/', come: press('?'), has: 'Single keys' },
  'a row that is chosen': { at: '/', come: press('j'), has: /Protected address/ },
  'rows that are marked': { at: '/', come: press('j', 'x'), has: '1 marked' },
  'the map in words': { at: '/', come: click('In words'), has: /Protected address/ },
  // Nothing has come, and that is not none.
  'without a connection': { at: '/', before: loseFeed, has: /^Register …/ },
  'closing an alert': { at: ALERT, come: press('d'), has: /^Leave/, unreadable: IN_DIALOG },
  'proposing to suspend one': { at: ALERT, come: press('c'), has: /^Leave/, unreadable: IN_DIALOG },
  'a contact with the victim': { at: ALERT, come: press('v'), has: /^Leave/, unreadable: IN_DIALOG },
  'a note on one': { at: ALERT, come: press('w'), has: /^Leave/, unreadable: IN_DIALOG },
  'giving one to somebody': { at: ALERT, come: press('i'), has: /^Leave/, unreadable: IN_DIALOG },
  'asking for a review of one': { at: ALERT, come: press('r'), has: /^Leave/, unreadable: IN_DIALOG },
  'a pack of one': { at: ALERT, come: press('p'), has: 'Which edition?', unreadable: IN_DIALOG },
  'a pack that says nothing': {
    at: ALERT,
    come: async (page) => {
      await page.keyboard.press('p');
      for (const said of ['What it is for', 'Who gets it']) await page.getByLabel(said).fill(' ');
      await page.keyboard.press('Enter');
    },
    has: 'A pack says what it is for and who gets it.',
    unreadable: IN_DIALOG,
  },
  'a form that cannot be fetched': {
    at: ALERT,
    before: cannotFetch('pack-dialog'),
    come: press('p'),
    has: /form could not be fetched/,
  },
  'a page that cannot be fetched': { at: '/register', before: cannotFetch('register'), has: /could not be fetched/ },
  'no such alert': { at: '/alerts/none', has: 'This alert cannot be shown' },
  'no such wearer': { at: '/wearers/nobody', has: /No wearer nobody is known/ },
  'no pack': { at: '/packs?wearerId=W-100', has: 'No pack has been asked for.' },
  // Last: what one chose on the board is chosen the next time.
  'nothing in hand': { at: '/?tab=mine', has: 'You have nothing in hand.' },
  'a division with nothing': { at: '/?tab=in-hand&division=Nowhere', has: /^Clear$/ },
  'nothing for who sees no alerts': { at: '/', as: 'Alex Morgan', has: 'No alerts are shown to you' },
};

let home: Home;
let program: Program;
let browser: Browser;
let listeningAtMs: number;
const pages = new Map<PersonId, Page>();
const complaints: string[] = [];

async function be(name: PersonId): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  await page.goto(program.url);
  await page.getByRole('button', { name }).click();
  await page.waitForURL(`${program.url}/`);
  return page;
}

beforeAll(async () => {
  home = await makeHome();
  program = await startProgram(home, ['demo', '--port', '0']);
  listeningAtMs = Date.now();
  browser = await launchBrowser();
  for (const name of ['Priya Shah', 'Alex Morgan'] as const) pages.set(name, await be(name));
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
  home?.remove();
});

test('every address of the console is visited here', () => {
  expect(Object.keys(VISITS).sort()).toEqual(['/', ...PAGE_ADDRESSES].sort());
});

test('the page on which one chooses who to be: axe finds nothing', async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(program.url);
  await page.getByRole('heading', { name: 'Who would you like to be?' }).waitFor();
  expect(await findWrongInBoth(page)).toEqual([]);
  await page.close();
});

/** What of the page says that it is empty. */
const emptyWords = async (page: Page): Promise<string[]> => {
  const said = await page.locator('#main p, #main caption, #main li').allInnerTexts();
  return said.map((text) => text.trim()).filter((text) => EMPTY.test(text));
};

test.each(Object.entries(VISITS))(
  '%s: something true on it within ten minutes, axe in both themes, a picture',
  { timeout: FULL_MS + AXE_MS },
  async (address, { as, find, has, mayBeEmpty, unreadable }) => {
    const page = pages.get(as)!;
    let missing: string[] = [];
    for (;;) {
      const path = find === undefined ? address : await find(page);
      missing = path === null ? ['nothing of its kind is there yet'] : [];
      if (path !== null) {
        await page.goto(`${program.url}${path}`);
        const isThere = await page
          .locator('#main')
          .getByText(has)
          .first()
          .waitFor({ timeout: 10_000 })
          .then(
            () => true,
            () => false,
          );
        missing = isThere
          ? (await emptyWords(page)).filter((text) => mayBeEmpty?.test(text) !== true)
          : [`${has} is not on it`];
      }
      if (missing.length === 0 || Date.now() - listeningAtMs > FULL_MS) break;
      await page.waitForTimeout(LOOK_AGAIN_MS);
    }
    const name = address === '/' ? 'board' : address.slice(1).replaceAll(/[/:]+/g, '-');
    // Streets come after words.
    await page.waitForTimeout(1_000);
    await page.screenshot({ path: join(SCREENSHOTS, `page-${name}.png`) });
    expect(missing).toEqual([]);
    expect(await findWrongInBoth(page, unreadable)).toEqual([]);
    const isWide = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
    expect(isWide).toBe(false);
  },
);

test.each(Object.entries(STATES))(
  '%s: axe in both themes, a picture',
  { timeout: AXE_MS },
  async (name, { at, as = 'Priya Shah', before, come, has, unreadable }) => {
    const page = await pages.get(as)!.context().newPage();
    page.on('pageerror', (error) => complaints.push(`${name}: ${error.message}`));
    await before?.(page);
    const path = (await VISITS[at]?.find?.(pages.get(as)!)) ?? at;
    await page.goto(`${program.url}${path}`);
    if (come !== undefined) {
      await page.locator('#connection[data-state=live]').waitFor();
      await page.locator('#main').getByText(VISITS[at]!.has).first().waitFor();
      await come(page);
    }
    await page.getByText(has).and(page.locator(':visible')).first().waitFor();
    await page.screenshot({ path: join(SCREENSHOTS, `state-${name.replaceAll(' ', '-')}.png`) });
    expect(await findWrongInBoth(page, unreadable)).toEqual([]);
    await page.close();
  },
);

test.each(Object.entries(VISITS))(
  '%s, while the record does not answer: axe in both themes',
  { timeout: AXE_MS },
  async (address, { as, find, unreadable }) => {
    const path = find === undefined ? address : await find(pages.get(as)!);
    const page = await pages.get(as)!.context().newPage();
    page.on('pageerror', (error) => complaints.push(`${address}, not answered: ${error.message}`));
    await page.route(
      (url) => url.pathname.startsWith('/api/v1/') && url.pathname !== '/api/v1/me',
      (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"status":503}' }),
    );
    await page.goto(`${program.url}${path}`);
    await page.locator('#main').getByRole('heading').first().waitFor();
    await page.screenshot({ path: join(SCREENSHOTS, `unanswered-${address.slice(1).replaceAll(/[/:]+/g, '-')}.png`) });
    expect(await findWrongInBoth(page, unreadable)).toEqual([]);
    await page.close();
  },
);

test('no page threw', () => {
  expect(complaints).toEqual([]);
});

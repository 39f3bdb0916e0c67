/** What a shift begins with: sounds, notices of the desktop, the menus of the header, and the screen on the wall. */
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Home, makeHome, type Program, put, send, startProgram } from '../support/program.js';
import { findWrongInBoth } from './axe.js';
import { launchBrowser, SCREENSHOTS } from './chromium.js';
import { CONNECTED } from './connected.js';

const WAIT_MS = 60_000;
/** One by one, each in an alert of its own. */
const PAINTED = { from: 10, count: 60 };
/** Come while the socket is lost. */
const MEANWHILE = [71, 72, 73] as const;
const WEARERS = 80;
const LOST_MS = 60_000;
const [VICTIM, SQUARE] = [
  { latitude: 51.27, longitude: 1.07 },
  { latitude: 51.28, longitude: 1.08 },
];

let home: Home;
let program: Program;
let browser: Browser;
const complaints: string[] = [];

/** What is played and told is kept as it leaves the page; the browser plays and tells it all the same. */
const LISTEN = `
  window.tones = [];
  window.notices = [];
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (at) { window.tones.push(this.frequency.value); return start.call(this, at); };
  const Real = window.Notification;
  window.Notification = class extends Real {
    constructor(title, options) { super(title, options); window.notices.push([title, options.body]); }
  };
  window.isAway = false;
  Object.defineProperty(document, 'hidden', { get: () => window.isAway });
`;

const TOLD = 'told that sound is blocked';
/**
 * Whatever the test asks of the page counts as a touch of it: so the page clicks by itself when the board is live, says on its console
 * what came of it, and is asked nothing before.
 */
const CLICK_BY_ITSELF = `
  let isClicked = false;
  const look = () => {
    const button = document.querySelector('[data-sound]');
    const isLive = document.querySelector('${CONNECTED}') !== null;
    if (button?.dataset.sound === 'blocked') console.info('${TOLD}');
    else if (!isClicked && isLive && button) { isClicked = true; button.click(); }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true });
`;

async function openBoard(use: (context: BrowserContext) => Promise<unknown> = async () => {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await use(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.addInitScript(LISTEN);
  await page.goto(program.url);
  await page.locator(CONNECTED).waitFor({ timeout: WAIT_MS });
  return page;
}

async function enter(n: number, at: { readonly latitude: number; readonly longitude: number }): Promise<void> {
  const ping = { tagId: `T-${n}`, fixedAt: new Date().toISOString(), ...at, accuracyMetres: 5 };
  expect((await send(program.url, 'POST', '/pings', [ping])).status).toBe(202);
}

const tonesOf = (page: Page) => page.evaluate<number[]>('window.tones');
/** All of one sound is asked of the browser at once. */
async function heard(page: Page): Promise<number[]> {
  await expect.poll(() => tonesOf(page), { timeout: WAIT_MS }).not.toEqual([]);
  return await tonesOf(page);
}
const forget = (page: Page) => page.evaluate('window.tones.length = 0');
const rowOf = (page: Page, n: number) => page.locator('tr.tw-alert', { hasText: `Wearer number ${n}` });

beforeAll(async () => {
  home = await makeHome();
  program = await startProgram(home);
  const startsAt = new Date(Date.now() - 3_600_000).toISOString();
  await put(program.url, '/tag-models/M-1', { name: 'Model', accuracyConvention: 'r68', intervalSeconds: 60 });
  const lines = Array.from({ length: WEARERS }, (_, n) => [
    { kind: 'wearer', id: `W-${n}`, body: { name: `Wearer number ${n}` } },
    { kind: 'tag', id: `T-${n}`, body: { modelId: 'M-1' } },
    { kind: 'activation', id: `A-${n}`, body: { tagId: `T-${n}`, wearerId: `W-${n}`, fittedAt: startsAt } },
  ]).flat();
  const taken = await fetch(`${program.url}/api/v1/records/import`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => JSON.stringify(line)).join('\n'),
  });
  expect(taken.ok).toBe(true);
  for (const [id, at, priority] of [
    ['victim', VICTIM, 'victim'],
    ['square', SQUARE, 'standard'],
  ] as const) {
    await put(program.url, `/zones/Z-${id}`, {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [at.longitude, at.latitude] },
      properties: { name: `The ${id}`, radiusMetres: 200, priority },
    });
    const body = { appliesTo: 'all-wearers', kind: 'exclusion', zoneId: `Z-${id}`, confirmOn: 'first-fix', startsAt };
    await put(program.url, `/conditions/C-${id}`, body);
  }
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
  home?.remove();
});

test('nothing sounds before the shift is started; then a test tone, and each severity by its own', async () => {
  const page = await openBoard((context) => context.grantPermissions(['notifications']));
  const button = page.locator('.tw-head-button[data-sound]');
  await expect.poll(() => button.getAttribute('data-sound')).toBe('off');
  await expect.poll(() => button.locator('.tw-dot').count()).toBe(1);
  await enter(0, SQUARE);
  await rowOf(page, 0).waitFor({ timeout: WAIT_MS });
  expect(await tonesOf(page)).toEqual([]);
  await button.click();
  await page.locator('[data-sound=on]', { hasText: /^Sound on$/ }).waitFor();
  expect(await button.locator('.tw-dot').count()).toBe(0);
  expect(await heard(page)).not.toEqual([]);
  await forget(page);
  await enter(1, SQUARE);
  await rowOf(page, 1).waitFor({ timeout: WAIT_MS });
  const ordinary = await heard(page);
  await forget(page);
  await enter(2, VICTIM);
  await rowOf(page, 2).waitFor({ timeout: WAIT_MS });
  const critical = await heard(page);
  expect(critical.length).toBeGreaterThan(ordinary.length);
  expect(Math.min(...critical)).toBeGreaterThan(Math.max(...ordinary));
  // As long as nobody has it, it sounds again by itself.
  await forget(page);
  await expect.poll(() => tonesOf(page), { timeout: WAIT_MS }).toEqual(critical);
  await rowOf(page, 2)
    .getByRole('button', { name: /^Acknowledge/ })
    .click();
  await rowOf(page, 2)
    .getByText(/^Acknowledged by/)
    .waitFor();
  await page.context().close();
});

test('a notice of the desktop says how severe and what, and neither who nor where; only while nobody looks', async () => {
  const page = await openBoard((context) => context.grantPermissions(['notifications']));
  await page.locator('[data-sound]').click();
  await page.locator('[data-sound=on]').waitFor();
  await enter(3, VICTIM);
  await rowOf(page, 3).waitFor({ timeout: WAIT_MS });
  expect(await page.evaluate('window.notices')).toEqual([]);
  await page.evaluate('window.isAway = true');
  await enter(4, VICTIM);
  await expect.poll(() => page.evaluate('window.notices'), { timeout: WAIT_MS }).toHaveLength(1);
  expect(await page.evaluate('window.notices')).toEqual([['Critical alert', 'In an exclusion zone']]);
  await page.context().close();
});

test('a browser that refuses notices, or sound, is told as such in the header', async () => {
  const refused = await openBoard((context) => context.clearPermissions());
  await refused.locator('[data-sound]').click();
  await refused.getByRole('button', { name: 'Sound on, no notices: plays a test tone' }).waitFor();
  await refused.context().close();
  // Nobody has touched the page, also no test: the browser lets it play nothing.
  const strict = await launchBrowser('--autoplay-policy=document-user-activation-required');
  const untouched = await strict.newPage({ viewport: { width: 1280, height: 800 } });
  await untouched.addInitScript(LISTEN);
  await untouched.addInitScript(CLICK_BY_ITSELF);
  const told = untouched.waitForEvent('console', {
    predicate: (message) => message.text() === TOLD,
    timeout: WAIT_MS,
  });
  await untouched.goto(program.url);
  await told;
  await untouched.locator('[data-sound=blocked]', { hasText: 'No sound' }).waitFor({ timeout: WAIT_MS });
  await expect.poll(() => untouched.locator('[data-sound=blocked] .tw-dot').count()).toBe(1);
  expect(await tonesOf(untouched)).toEqual([]);
  expect(await findWrongInBoth(untouched)).toEqual([]);
  await strict.close();
});

/** The sound of the machine begins when the test lets it. */
const SLOW_SOUND = `
  window.AudioContext = class extends AudioContext {
    constructor() { super(); void this.suspend(); }
    resume() { return new Promise((done) => { window.letPlay = () => done(super.resume()); }); }
  };
`;
const TEST_TONE_HERTZ = 784;

test('where sound begins later than a page waits for it, the header says so until then, and the test tone is played', async () => {
  const page = await openBoard((context) => context.addInitScript(SLOW_SOUND));
  await page.locator('[data-sound]').click();
  await page.locator('[data-sound=blocked]').waitFor();
  // It waits for a second.
  await page.waitForTimeout(2_000);
  expect(await tonesOf(page)).not.toContain(TEST_TONE_HERTZ);
  await page.evaluate('window.letPlay()');
  await page.locator('[data-sound=on]').waitFor();
  await expect.poll(() => tonesOf(page)).toContain(TEST_TONE_HERTZ);
  await page.context().close();
});

test('who cannot be heard stands on the page of the alarms’ health, until the shift is started', async () => {
  const page = await openBoard((context) => context.grantPermissions(['notifications']));
  // It is asked for every quarter of a minute, of what each api writes as often.
  await page.goto(`${program.url}/alarm-health`);
  const figure = page.getByRole('row', { name: /^Supervisors who can be heard/ });
  await figure.getByText('0 of 1', { exact: true }).waitFor();
  await page.getByText(/^local: silent since .*, the shift is not started\.$/).waitFor();
  expect(await findWrongInBoth(page)).toEqual([]);
  await page.screenshot({ path: join(SCREENSHOTS, 'alarm-health-sound.png') });
  await page.locator('[data-sound]').click();
  await figure.getByText('1 of 1', { exact: true }).waitFor();
  expect(await page.getByText(/^local: silent since/).count()).toBe(0);
  await page.context().close();
});

test('a menu of pages opens by a key, closes by Escape and by going elsewhere, and says where one is', async () => {
  const page = await openBoard();
  const menu = page.locator('.tw-menu', { hasText: 'Schemes' });
  await menu.locator('summary').focus();
  await page.keyboard.press('Enter');
  await menu.getByRole('link', { name: 'Desk' }).waitFor();
  // What lies under the open menu cannot be read, and axe says so.
  expect(await findWrongInBoth(page, /tw-age|tw-sub/)).toEqual([]);
  await page.keyboard.press('Escape');
  await menu.getByRole('link', { name: 'Desk' }).waitFor({ state: 'hidden' });
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/desk');
  await menu.getByText('Schemes: Desk').waitFor();
  await menu.getByRole('link', { name: 'Desk' }).waitFor({ state: 'hidden' });
  await page.context().close();
});

test.each([
  [1920, 1080],
  [3840, 2160],
])(
  'on a wall of %d by %d capitals are two hundredths of its height, nothing is cut, and axe finds nothing',
  async (width, height) => {
    const page = await openBoard();
    await page.getByRole('button', { name: /^Wall screen/ }).click();
    await page.setViewportSize({ width, height });
    await page.getByRole('button', { name: 'Leave the wall screen' }).waitFor();
    // The page hears of its new size a moment later.
    const letters = () =>
      page.evaluate<number>("document.querySelector('.tw-alert__title').getBoundingClientRect().height");
    await expect.poll(async () => (await letters()) / height).toBeGreaterThan(0.02);
    const outside = await page.evaluate(`[...document.querySelectorAll('.tw-header__now > *, .tw-nav > *, .tw-tabs a')]
    .map((one) => one.getBoundingClientRect()).filter(({ right, bottom }) => right > innerWidth || bottom > innerHeight).length`);
    expect(outside).toBe(0);
    await expect.poll(() => page.getByRole('navigation', { name: 'Pages' }).getByRole('link').count()).toBe(1);
    expect(await findWrongInBoth(page)).toEqual([]);
    await page.waitForTimeout(1_500);
    await page.screenshot({ path: join(SCREENSHOTS, `wall-${width}.png`) });
    // It is kept for this screen.
    await page.reload();
    await page.getByRole('button', { name: 'Leave the wall screen' }).click();
    await page.getByRole('button', { name: /^Wall screen/ }).waitFor();
    await page.context().close();
  },
);

/** How busy the machine was: no figure says anything without it. */
const atLoad = (): string => `, at a load of ${loadavg()[0]?.toFixed(0)}`;
const share = (list: readonly number[], part: number): string => {
  const sorted = [...list].sort((a, b) => a - b);
  return (sorted[Math.ceil(part * (sorted.length - 1))] ?? Number.NaN).toFixed(0);
};

test('a ping becomes a row: how long each takes is told, and how much of it is the browser’s', async () => {
  const page = await openBoard();
  // When the feed told of somebody, and when their row was there and the frame after it was drawn: by the clock of this machine.
  await page.evaluate(`{
    window.painted = {};
    const look = () => {
      for (const row of document.querySelectorAll('.tw-dock tr.tw-alert')) {
        const [, n] = /Wearer number (\\d+)/.exec(row.textContent) ?? [];
        if (n === undefined || window.painted[n] !== undefined) continue;
        window.painted[n] = 0;
        requestAnimationFrame(() => setTimeout(() => { window.painted[n] = performance.timeOrigin + performance.now(); }));
      }
    };
    new MutationObserver(look).observe(document.querySelector('.tw-dock'), { childList: true, subtree: true, characterData: true });
  }`);
  const tookMs: number[] = [];
  for (let n = PAINTED.from; n < PAINTED.from + PAINTED.count; n++) {
    const sentAtMs = Date.now();
    await enter(n, VICTIM);
    const at = () => page.evaluate<number>(`window.painted[${n}] ?? 0`);
    await expect.poll(at, { timeout: WAIT_MS, interval: 20 }).toBeGreaterThan(0);
    tookMs.push((await at()) - sentAtMs);
  }
  process.stdout.write(
    `ping sent → row painted, ${tookMs.length} of them, ms: p50 ${share(tookMs, 0.5)}, p95 ${share(tookMs, 0.95)}, p99 ${share(tookMs, 0.99)}${atLoad()}\n`,
  );
  await page.context().close();
});

test('sixty seconds without the socket: nothing missed, nothing doubled; how long it takes to catch up is told', async () => {
  const sockets: WebSocketRoute[] = [];
  let isCut = false;
  let openedAtMs = 0;
  const page = await openBoard((context) =>
    context.routeWebSocket('**/api/v1/feed**', (socket) => {
      if (isCut) return void socket.close();
      openedAtMs = Date.now();
      socket.connectToServer();
      sockets.push(socket);
    }),
  );
  isCut = true;
  await Promise.all(sockets.map((socket) => socket.close({ code: 1001, reason: 'cut' })));
  await page.locator('#connection[data-state=lost]').waitFor();
  const cutAtMs = Date.now();
  for (const n of MEANWHILE) await enter(n, VICTIM);
  await page.waitForTimeout(LOST_MS - (Date.now() - cutAtMs));
  await expect.poll(() => page.locator('#connection').getAttribute('data-state')).toBe('lost');
  isCut = false;
  // Connected within the second, no seconds are told: `1 min`.
  await page.getByText(/^Connected again after 1 min( \d+ s)?: 3 new alerts/).waitFor({ timeout: WAIT_MS });
  process.stdout.write(
    `60 s without the socket: caught up ${Date.now() - openedAtMs} ms after it was there again${atLoad()}\n`,
  );
  // The bar says it at once, and rows come with the next frame.
  for (const n of MEANWHILE) await expect.poll(() => rowOf(page, n).count()).toBe(1);
  await page.context().close();
});

test('the first load: how long until the board is live and shows its alerts is told', async () => {
  const tookMs: number[] = [];
  for (let load = 0; load < 5; load++) {
    // A profile that has nothing yet, each time.
    const fresh = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await fresh.newPage();
    const beganAtMs = Date.now();
    await page.goto(program.url, { waitUntil: 'commit' });
    await page.locator(CONNECTED).waitFor({ timeout: WAIT_MS });
    await page.locator('tr.tw-alert').first().waitFor({ timeout: WAIT_MS });
    tookMs.push(Date.now() - beganAtMs);
    await fresh.close();
  }
  process.stdout.write(`first load → live and alerts shown, ms: ${tookMs.join(', ')}${atLoad()}\n`);
});

test('no page threw', () => {
  expect(complaints).toEqual([]);
});

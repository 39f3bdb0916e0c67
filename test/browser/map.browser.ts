/**
 * The live map on the real program: who is picked, followed and measured; streets and names below; twelve thousand that move, as the
 * feed would tell of them. What is measured is printed; a time is a limit nowhere.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inventBaseMap } from '../../src/demo/base-map.js';
import { TOWN } from '../../src/simulator/places.js';
import { type Home, makeHome, type Program, put, send, startProgram } from '../support/program.js';
import { findWrong } from './axe.js';
import { launchBrowser, SCREENSHOTS } from './chromium.js';
import { CONNECTED } from './connected.js';

const WAIT_MS = 60_000;
const MOVING = 12_000;
/** So many changes are told, one a second. */
const CHANGES = 8;
const SQUARE = { latitude: TOWN.latitude, longitude: TOWN.longitude };

let folder: string;
let home: Home;
let program: Program;
let browser: Browser;
const complaints: string[] = [];
const shoot = (on: Page, name: string) => on.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
const report = (text: string) => process.stdout.write(`${text}\n`);

interface Place {
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracyMetres?: number;
}

async function hear(tagId: string, at: Place, agoMs = 0) {
  const fixedAt = new Date(Date.now() - agoMs).toISOString();
  const { status } = await send(program.url, 'POST', '/pings', [{ tagId, fixedAt, accuracyMetres: 8, ...at }]);
  expect(status).toBe(202);
}

/**
 * The sockets of the page are kept, so that what a feed says can be said to it. Of every frame it is kept how long its scripts ran, and how
 * long the page then was the browser's: what it draws, and without a graphics card reads back.
 */
const KEEP_SOCKETS = `
  window.scriptMs = [];
  window.nativeMs = [];
  const requestFrame = window.requestAnimationFrame.bind(window);
  let frameAt = -1;
  window.requestAnimationFrame = (run) => requestFrame((at) => {
    const began = performance.now();
    if (at !== frameAt) {
      frameAt = at;
      window.scriptMs.push(0);
      const behind = new MessageChannel();
      const script = window.scriptMs.length - 1;
      behind.port1.onmessage = () => window.nativeMs.push(performance.now() - began - window.scriptMs[script]);
      behind.port2.postMessage(null);
    }
    run(at);
    window.scriptMs[window.scriptMs.length - 1] += performance.now() - began;
  });
  window.sockets = [];
  window.WebSocket = class extends window.WebSocket {
    constructor(...given) { super(...given); window.sockets.push(this); }
  };
`;

async function openBoard(theme: 'light' | 'dark' = 'light', width = 1280): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: theme });
  const opened = await context.newPage();
  opened.on('pageerror', (error) => complaints.push(error.message));
  await opened.addInitScript(KEEP_SOCKETS);
  await opened.goto(program.url);
  await opened.locator(CONNECTED).waitFor({ timeout: WAIT_MS });
  await opened.locator('.tw-map canvas').waitFor({ timeout: WAIT_MS });
  await opened.getByText(/^[1-9]\d* tags? heard/).waitFor({ timeout: WAIT_MS });
  return opened;
}

async function clickMiddle(on: Page, east = 0): Promise<void> {
  const { x, y, width, height } = (await on.locator('.tw-map__holder').boundingBox())!;
  await on.mouse.click(x + width / 2 + east, y + height / 2);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-map-'));
  const baseMap = join(folder, 'base.geojson');
  writeFileSync(baseMap, JSON.stringify(inventBaseMap()));
  home = await makeHome({ TAGWATCH_BASE_MAP_FILE: baseMap });
  program = await startProgram(home);
  const fittedAt = new Date(Date.now() - 3_600_000).toISOString();
  await put(program.url, '/tag-models/M-1', { name: 'Model', accuracyConvention: 'r68', intervalSeconds: 60 });
  for (const n of [1, 2]) {
    await put(program.url, `/wearers/W-${n}`, { name: `Wearer number ${n}` });
    await put(program.url, `/tags/T-${n}`, { modelId: 'M-1' });
    await put(program.url, `/activations/A-${n}`, { tagId: `T-${n}`, wearerId: `W-${n}`, fittedAt });
  }
  await put(program.url, '/zones/Z-1', {
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [SQUARE.longitude, SQUARE.latitude + 0.01] },
    properties: { name: 'Market Square', radiusMetres: 150, bufferMetres: 200 },
  });
  await put(program.url, '/conditions/C-1', {
    appliesTo: 'all-wearers',
    kind: 'exclusion',
    zoneId: 'Z-1',
    confirmOn: 'first-fix',
    startsAt: fittedAt,
  });
  for (const minute of [9, 6, 3, 0])
    await hear('T-2', { ...SQUARE, latitude: SQUARE.latitude - minute / 1e4 }, minute * 60_000);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
  home?.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('a click picks somebody: the trail of the last hour, and followed they stay in the middle', async () => {
  const page = await openBoard();
  const picked = page.getByRole('region', { name: 'Picked on the map' });
  await expect
    .poll(async () => {
      await clickMiddle(page);
      return picked.count();
    })
    .toBe(1);
  await picked.getByRole('link', { name: 'Wearer number 2' }).waitFor();
  const trail = page.waitForResponse('**/trail?**');
  await picked.getByRole('button', { name: 'Trail of the last hour' }).click();
  expect((await trail).status()).toBe(200);
  await picked.getByRole('button', { name: 'Follow' }).click();
  await hear('T-2', { ...SQUARE, longitude: SQUARE.longitude + 0.004, accuracyMetres: 9 });
  await picked.getByText(/accurate to 9 m$/).waitFor();
  // Let go when the map has gone there, and found again in the middle, where the one who moved has been kept.
  await page.waitForTimeout(3_000);
  await picked.getByRole('button', { name: 'Let go' }).click();
  await expect
    .poll(async () => {
      await clickMiddle(page);
      return picked.count();
    })
    .toBe(1);
  await shoot(page, 'map-picked');
  expect(await findWrong(page)).toEqual([]);
  await page.context().close();
});

test('a line over the map measures, and is gone when that is over', async () => {
  const page = await openBoard();
  await page.getByRole('button', { name: 'Measure' }).click();
  await page.getByText('Click on two places or more.').waitFor();
  await clickMiddle(page, -100);
  await clickMiddle(page, 100);
  await page.getByText(/^[\d.]+ k?m over 2 places$/).waitFor();
  await page.getByRole('button', { name: 'Measure' }).click();
  expect(await page.getByText(/over 2 places/).count()).toBe(0);
  await page.context().close();
});

test.each(['light', 'dark'] as const)(
  'in words it is told by the nearest place, and axe finds nothing: %s',
  async (theme) => {
    await hear('T-1', { ...SQUARE, latitude: SQUARE.latitude + 0.01 });
    const page = await openBoard(theme);
    await page.locator('.tw-marker', { hasText: 'Wearer number 1' }).waitFor({ timeout: WAIT_MS });
    await shoot(page, `map-${theme}`);
    await page.getByRole('button', { name: 'In words' }).click();
    const words = page.getByRole('region', { name: 'The map in words' });
    await words
      .getByText(/Town centre/)
      .first()
      .waitFor();
    await expect
      .poll(() => words.locator('tbody tr').first().textContent())
      .toMatch(/^Wearer number 1.*: In an exclusion zone/);
    expect(await findWrong(page)).toEqual([]);
    await page.setViewportSize({ width: 1024, height: 768 });
    await expect
      .poll(() => page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'))
      .toBe(true);
    await page.getByRole('button', { name: 'In words' }).click();
    await page.context().close();
  },
);

test('twelve thousand that move: clusters, and how long each change and frame takes is told', async () => {
  const page = await openBoard();
  await page.evaluate(`{
    const socket = window.sockets.at(-1);
    window.takeMs = [];
    window.framesMs = [];
    let last = performance.now();
    const frame = (now) => { window.framesMs.push(now - last); last = now; requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
    let round = 0;
    window.tell = () => {
      const at = new Date().toISOString();
      for (let from = 0; from < ${MOVING}; from += 1000) {
        const items = Array.from({ length: 1000 }, (_, i) => {
          const n = from + i;
          const angle = n * 2.399963 + round * 0.01;
          const away = 0.07 * Math.sqrt(n / ${MOVING});
          return { wearerId: 'W-m' + n, tagId: 'T-m' + n, activationId: 'A-m' + n, fixedAt: at, receivedAt: at,
            latitude: ${TOWN.latitude} + away * Math.sin(angle), longitude: ${TOWN.longitude} + 1.6 * away * Math.cos(angle),
            accuracyMetres: 8, mechanism: 'GPS', speedKmh: 3, headingDegrees: 0, batteryPercent: 80 };
        });
        const data = JSON.stringify({ type: 'positions', items });
        const began = performance.now();
        socket.dispatchEvent(new MessageEvent('message', { data }));
        window.takeMs.push(performance.now() - began);
      }
      round += 1;
    };
    window.tell();
  }`);
  await page.getByText(/^12,?00[12] tags heard/).waitFor({ timeout: WAIT_MS });
  await page.evaluate('window.telling = setInterval(window.tell, 1000)');
  await page.evaluate(
    "window.framesMs.length = 0; document.querySelector('.tw-map__canvas').measured.drawnMs.length = 0",
  );
  const { x, y, width, height } = (await page.locator('.tw-map__holder').boundingBox())!;
  const [middleX, middleY] = [x + width / 2, y + height / 2];
  const measure = async (name: string) => {
    for (let change = 0; change < CHANGES; change++) {
      await page.mouse.move(middleX, middleY);
      await page.mouse.down();
      await page.mouse.move(middleX + (change % 2 === 0 ? 60 : -60), middleY, { steps: 10 });
      await page.mouse.up();
      await page.waitForTimeout(600);
    }
    const told = await page.evaluate<Record<string, number[]>>(`(() => {
      const { frameMs, changeMs, drawnMs } = document.querySelector('.tw-map__canvas').measured;
      const copy = { take: [...window.takeMs], change: [...changeMs], layer: [...frameMs], drawn: [...drawnMs], frames: [...window.framesMs], script: [...window.scriptMs], native: [...window.nativeMs] };
      for (const list of [window.takeMs, changeMs, frameMs, drawnMs, window.framesMs, window.nativeMs]) list.length = 0;
      window.scriptMs.length = 0;
      return copy;
    })()`);
    const share = (list: number[], part: number) => {
      const sorted = [...list].sort((a, b) => a - b);
      return (sorted[Math.floor(part * (sorted.length - 1))] ?? Number.NaN).toFixed(1);
    };
    const words = Object.entries(told).map(
      ([what, list]) => `${what} p50 ${share(list, 0.5)} p95 ${share(list, 0.95)} (${list.length})`,
    );
    report(`12,000 moving, ${name}, software rendering, ms: ${words.join('; ')}`);
  };
  await measure('clusters, panning');
  await shoot(page, 'map-12000-clusters');
  for (let step = 0; step < 3; step++) await page.getByRole('button', { name: 'Zoom in' }).click();
  await page.waitForTimeout(1_500);
  await measure('each drawn, panning');
  await shoot(page, 'map-12000-points');
  await page.evaluate('clearInterval(window.telling)');
  await page.getByRole('button', { name: 'In words' }).click();
  await page.getByText(/^\d+ wearers in this part of the map/).waitFor();
  await page.context().close();
});

test('no page threw', () => {
  expect(complaints).toEqual([]);
});

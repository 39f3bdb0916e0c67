/**
 * A shift of twelve hours at sixty times its pace, in a real browser on the real program: what of the page grows. Not for every change:
 * `npm run test:soak`, or a shorter one by `TAGWATCH_SOAK_MINUTES`.
 */
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Home, makeHome, type Program, put, send, startProgram } from '../support/program.js';
import { launchBrowser } from './chromium.js';

const MINUTES = Number(process.env.TAGWATCH_SOAK_MINUTES ?? '12');
const PACE = 60;
const WEARERS = 200;
/** As many as 12,000 wearers make in a shift, at this pace. */
const ENTER_A_SECOND = 3;
const STAY_SECONDS = 5;
const WAIT_MS = 60_000;
const INSIDE = { latitude: 51.28, longitude: 1.08 };
const OUTSIDE = { latitude: 51.3, longitude: 1.12 };
const ACTED_ON_LIMIT = 200;

interface Sample {
  readonly atSeconds: number;
  readonly heapBytes: number;
  readonly nodes: number;
  readonly listeners: number;
  /** How late the page was with what it had promised since the sample before, p95: what a key would have waited. */
  readonly lateMs: number;
}
type Grows = 'heapBytes' | 'nodes' | 'listeners' | 'lateMs';

let home: Home;
let program: Program;
let browser: Browser;
let page: Page;
let session: CDPSession;

beforeAll(async () => {
  home = await makeHome();
  program = await startProgram(home);
  const fittedAt = new Date(Date.now() - 3_600_000).toISOString();
  await put(program.url, '/tag-models/M-1', { name: 'Model', accuracyConvention: 'r68', intervalSeconds: 60 });
  const lines = Array.from({ length: WEARERS }, (_, index) => [
    { kind: 'wearer', id: `W-${index}`, body: { name: `Wearer number ${index}`, division: 'East' } },
    { kind: 'tag', id: `T-${index}`, body: { modelId: 'M-1' } },
    { kind: 'activation', id: `A-${index}`, body: { tagId: `T-${index}`, wearerId: `W-${index}`, fittedAt } },
  ]).flat();
  const answer = await fetch(`${program.url}/api/v1/records/import`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => JSON.stringify(line)).join('\n'),
  });
  if (!answer.ok) throw new Error(`The records were not taken: ${answer.status} ${await answer.text()}`);
  await put(program.url, '/zones/Z-1', {
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [INSIDE.longitude, INSIDE.latitude] },
    properties: { name: 'Market Square', radiusMetres: 200 },
  });
  const condition = { kind: 'exclusion', zoneId: 'Z-1', confirmOn: 'first-fix', startsAt: fittedAt };
  await put(program.url, '/conditions/C-1', { appliesTo: 'all-wearers', ...condition });
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(program.url);
  await page.locator('#connection[data-state=live]').waitFor({ timeout: WAIT_MS });
  session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await page.evaluate(`
    window.lateMs = [];
    window.beat = performance.now();
    setInterval(() => { const now = performance.now(); window.lateMs.push(now - window.beat - 50); window.beat = now; }, 50);
  `);
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
  home?.remove();
});

async function measure(beganAtMs: number): Promise<Sample> {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
  const atSeconds = (Date.now() - beganAtMs) / 1000;
  const late = (await page.evaluate<number[]>('window.lateMs.splice(0)')).sort((a, b) => a - b);
  const lateMs = late[Math.floor(0.95 * late.length)] ?? 0;
  return { atSeconds, heapBytes: of('JSHeapUsedSize'), nodes: of('Nodes'), listeners: of('JSEventListeners'), lateMs };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of the straight line through the samples, by a second. */
function slopeOf(samples: readonly Sample[], name: Grows): number {
  const meanX = mean(samples.map(({ atSeconds }) => atSeconds));
  const meanY = mean(samples.map((sample) => sample[name]));
  const along = samples.map((sample) => (sample.atSeconds - meanX) * (sample[name] - meanY));
  return mean(along) / mean(samples.map(({ atSeconds }) => (atSeconds - meanX) ** 2));
}

/** Everybody is heard once in each of these seconds; a few are inside for a while. */
async function sendPings(second: number): Promise<void> {
  const inside = (index: number) =>
    Math.floor(((index - second * ENTER_A_SECOND + WEARERS * 10_000) % WEARERS) / ENTER_A_SECOND) >=
    WEARERS / ENTER_A_SECOND - STAY_SECONDS;
  const fixedAt = new Date().toISOString();
  const pings = Array.from({ length: WEARERS }, (_, index) => ({
    tagId: `T-${index}`,
    fixedAt,
    ...(inside(index) ? INSIDE : OUTSIDE),
    accuracyMetres: 5,
  }));
  expect((await send(program.url, 'POST', '/pings', pings)).status).toBe(202);
}

let lastClosed = '';

/** Closes what is over, as colleagues do. Answers how many. */
async function closeWhatEnded(): Promise<number> {
  const answer = await fetch(`${program.url}/api/v1/alerts?status=open&limit=${ACTED_ON_LIMIT}`);
  const { items } = (await answer.json()) as { items: { alertId: string; etag: string; type: string }[] };
  const alerts = items.filter(({ type }) => type === 'ended').map(({ alertId, etag }) => ({ alertId, etag }));
  if (alerts.length === 0) return 0;
  lastClosed = alerts[0]!.alertId;
  const said = { action: 'dispose', body: { disposition: 'no-action' }, alerts };
  await send(program.url, 'POST', '/alerts/actions', said);
  return alerts.length;
}

/** To an address of the page without loading it anew, which would give everything back. */
const visit = (address: string) =>
  page.evaluate(
    `history.pushState(null, '', ${JSON.stringify(address)}); dispatchEvent(new PopStateEvent('popstate'))`,
  );

/** What whoever sits there does: looks at an alert, at a wearer, at the pages, and comes back. */
const LOOKS: readonly ((second: number) => Promise<unknown>)[] = [
  () => page.keyboard.press('j'),
  () => page.keyboard.press('o'),
  () => visit(`/alerts/${lastClosed}`),
  (second) => visit(`/wearers/W-${second % WEARERS}?days=7`),
  () => page.getByRole('link', { name: /^Register/ }).click(),
  () => page.getByRole('link', { name: 'Off now' }).click(),
  () => page.getByRole('link', { name: 'Alarms' }).click(),
  () => page.getByRole('link', { name: 'Handover' }).click(),
  async () => {
    await page.getByText('Schemes', { exact: true }).click();
    await page.getByRole('link', { name: 'Cohort', exact: true }).click();
  },
  () => page.keyboard.press('b'),
  () => page.getByRole('button', { name: 'In words' }).click(),
  () => page.getByRole('button', { name: 'In words' }).click(),
  () => page.keyboard.press('?'),
  () => page.keyboard.press('Escape'),
];

test('a shift leaves the page as it was: heap, nodes and listeners do not grow with the hours', async () => {
  const beganAtMs = Date.now();
  const seconds = MINUTES * 60;
  const samples: Sample[] = [];
  let closed = 0;
  for (let second = 0; second < seconds; second++) {
    await sendPings(second);
    closed += await closeWhatEnded();
    await LOOKS[second % LOOKS.length]!(second);
    // Each time on the board with nothing open, so that what is compared is alike.
    if (second % LOOKS.length === LOOKS.length - 1) samples.push(await measure(beganAtMs));
    const leftMs = beganAtMs + (second + 1) * 1000 - Date.now();
    if (leftMs > 0) await page.waitForTimeout(leftMs);
  }
  // The book fills up to its bounds first.
  const steady = samples.slice(Math.floor(samples.length / 3));
  const shiftSeconds = (12 * 3_600) / PACE;
  const grown = {
    heapMegabytes: (slopeOf(steady, 'heapBytes') * shiftSeconds) / 1_048_576,
    nodes: slopeOf(steady, 'nodes') * shiftSeconds,
    listeners: slopeOf(steady, 'listeners') * shiftSeconds,
    lateMs: slopeOf(steady, 'lateMs') * shiftSeconds,
  };
  const last = samples.at(-1)!;
  process.stdout.write(
    `${MINUTES} min at ${PACE} times the pace, ${closed} alerts closed, ${samples.length} samples; by their slopes a shift grows by ` +
      `${grown.heapMegabytes.toFixed(1)} MB of heap (now ${(last.heapBytes / 1_048_576).toFixed(1)}), ${Math.round(grown.nodes)} nodes ` +
      `(now ${last.nodes}), ${Math.round(grown.listeners)} listeners (now ${last.listeners}); the page is late by p95 ` +
      `${Math.round(mean(steady.map(({ lateMs }) => lateMs)))} ms, growing by ${Math.round(grown.lateMs)} ms a shift\n`,
  );
  expect(closed).toBeGreaterThan(0);
  expect(grown.heapMegabytes).toBeLessThan(20);
  expect(grown.nodes).toBeLessThan(2_000);
  expect(grown.listeners).toBeLessThan(500);
});

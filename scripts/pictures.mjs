/**
 * The pictures of the README and of the tour, of the demonstration at one fixed hour: `node scripts/pictures.mjs`, after `npm run build`,
 * with a Chromium (`CHROMIUM` says where). It takes about two minutes, and leaves them in docs/pictures/.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'docs', 'pictures');
const clock = join(root, 'test', 'support', 'fast-clock.mjs');
/** A Friday evening, before curfews begin. */
const BEGINS_AT_MS = Date.UTC(2026, 10, 27, 18, 40);
const WAIT_MS = 180_000;

const aheadMs = BEGINS_AT_MS - Date.now();
const demo = spawn(
  process.execPath,
  [join(root, 'dist', 'main.js'), 'demo', '--no-sign-in', '--port', '0', '--seed', 'tagwatch'],
  {
    env: {
      ...process.env,
      NODE_OPTIONS: `--import ${pathToFileURL(clock).href}`,
      TEST_CLOCK_AHEAD_MS: String(aheadMs),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
const ended = once(demo, 'exit');

async function findAddress() {
  for await (const line of createInterface({ input: demo.stdout })) {
    const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error('The demonstration ended before it listened.');
}

const address = await findAddress();
demo.stdout.resume();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
});
try {
  mkdirSync(folder, { recursive: true });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(WAIT_MS);
  // The page's clock as well: it says so where the computer's is wrong.
  await context.addInitScript(
    `globalThis.process = { env: { TEST_CLOCK_AHEAD_MS: ${JSON.stringify(String(aheadMs))} } };\n${readFileSync(clock, 'utf8')}\ndelete globalThis.process;`,
  );
  const page = await context.newPage();
  const take = async (name) => {
    // Streets come after words.
    await page.waitForTimeout(1_500);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    process.stdout.write(`docs/pictures/${name}.png\n`);
  };
  const open = async (path, ready) => {
    await page.goto(`${address}${path}`);
    await ready().first().waitFor();
  };

  await page.goto(address);
  await page.locator('.tw-alert', { hasText: 'Protected address, W-001' }).waitFor();
  const curfew = page.locator('.tw-alert', { hasText: 'left home during the window' });
  await curfew.locator('.tw-sure', { hasText: 'Confirmed' }).waitFor();
  await take('board');
  await page
    .locator('.tw-alert', { hasText: 'Protected address, W-001' })
    .getByRole('link', { name: /Protected address/ })
    .click();
  await page.locator('.tw-map canvas').waitFor();
  await page.getByRole('button', { name: 'Make a pack' }).waitFor();
  await take('alert');
  await open('/wearers/W-001', () => page.locator('.tw-day__alert--confirmed'));
  await take('wearer');
  await open('/cohort', () => page.getByRole('heading', { name: /^Cohort: \d+ wearers/ }));
  await page.locator('.tw-cohort tbody tr').first().waitFor();
  await take('cohort');
  await open('/register', () => page.getByRole('heading', { name: /register/i }));
  await take('register');
  await open('/zones', () => page.getByRole('heading', { name: 'Zones and conditions' }));
  await take('zones');
  await open('/desk', () => page.getByRole('heading').first());
  await take('desk');
} finally {
  await browser.close();
  demo.kill('SIGTERM');
  await ended;
}

/**
 * The pictures of the README and the tour, from the demonstration as it runs, on an evening that is always the same one:
 *
 *   npm run pictures [-- --only NAME,...]
 *
 * Both clocks, the program's and the browser's, are put to `EVENING` and then run as the machine's. Needs Chromium (`CHROMIUM`, or
 * /usr/bin/chromium), and takes some three minutes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const EVENING = '2026-11-20T21:12:00Z';
const LIMIT_MS = 120_000;
const SIZE = { width: 1280, height: 800 };
const FLAGS = ['--headless', '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

const VICTIM = 'Protected address, W-001';
const heading = (page, name) => page.getByRole('heading', { name }).first().waitFor();
const row = (page, text) => page.locator('.tw-alert', { hasText: text }).first();
/** The map has its tiles and markers a moment after the page has its words. */
const settle = (page) => page.waitForTimeout(2_000);

async function openAlert(page) {
  await page.goto('/');
  await row(page, VICTIM)
    .getByRole('link', { name: /Protected address/ })
    .click();
  await page.locator('.tw-sentence').waitFor();
}

/** Name of the file, who looks, and how they come there. In the order of the tour. */
const PICTURES = [
  ['choose', null, async (page) => heading(page, 'Who would you like to be?')],
  [
    'board',
    'sam',
    async (page) => {
      await row(page, VICTIM).locator('.tw-sure', { hasText: 'Confirmed' }).waitFor();
      await row(page, 'left home during the window').waitFor();
    },
  ],
  ['alert', 'sam', openAlert],
  ['wearer', 'sam', async (page) => page.goto('/wearers/W-001')],
  ['register', 'sam', async (page) => page.goto('/register')],
  ['alarm-health', 'sam', async (page) => page.goto('/alarm-health')],
  ['handover', 'sam', async (page) => page.goto('/handover')],
  ['cohort', 'priya', async (page) => page.goto('/cohort')],
];

/** Starts the demonstration with its clock put to the evening; answers its address and what ends it. */
async function startDemo(root, aheadMs) {
  const clock = pathToFileURL(join(root, 'test', 'support', 'fast-clock.mjs')).href;
  const demo = spawn(process.execPath, [join(root, 'dist', 'main.js'), 'demo', '--port', '0'], {
    env: { ...process.env, NODE_OPTIONS: `--import ${clock}`, TEST_CLOCK_AHEAD_MS: String(aheadMs) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(demo, 'exit');
  const url = await new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`the demonstration did not listen in ${LIMIT_MS} ms`)), LIMIT_MS);
    let output = '';
    demo.stdout.on('data', (chunk) => {
      output += chunk;
      const found = /tagwatch listening on (http:\S+)/.exec(output)?.[1];
      if (found === undefined) return;
      clearTimeout(limit);
      resolve(found);
    });
    demo.once('exit', (code) => reject(new Error(`the demonstration ended with ${code}:\n${output}`)));
  });
  return {
    url,
    async stop() {
      demo.kill('SIGTERM');
      await ended;
    },
  };
}

/** A page of one person, signed in, whose clock is the program's. */
async function openAs(browser, url, personId, signInAs, aheadMs) {
  const context = await browser.newContext({ viewport: SIZE, baseURL: url, locale: 'en-GB' });
  await context.addInitScript((ahead) => {
    const RealDate = Date;
    globalThis.Date = class extends RealDate {
      constructor(...parts) {
        if (parts.length === 0) super(RealDate.now() + ahead);
        else super(...parts);
      }
      static now() {
        return RealDate.now() + ahead;
      }
    };
  }, aheadMs);
  const page = await context.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  // The browser keeps cookies by the machine's clock: it is given one that has no end.
  if (personId !== null) {
    const cookie = await signInAs(url, personId);
    const at = cookie.indexOf('=');
    await context.addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url }]);
  }
  await page.goto('/');
  return page;
}

/** Writes `docs/pictures/NAME.png`, all or those that are named. */
export async function makePictures(root, argv) {
  const { values } = parseArgs({ args: argv, options: { only: { type: 'string' } } });
  const only = values.only?.split(',');
  const unknown = only?.filter((name) => !PICTURES.some(([known]) => known === name)) ?? [];
  if (unknown.length > 0) {
    process.stderr.write(
      `There is no picture ${unknown.join(', ')}. Known: ${PICTURES.map(([name]) => name).join(', ')}.\n`,
    );
    return 2;
  }
  const folder = join(root, 'docs', 'pictures');
  mkdirSync(folder, { recursive: true });
  const aheadMs = Date.parse(EVENING) - Date.now();
  const { signInAs } = await import(pathToFileURL(join(root, 'dist', 'demo', 'sign-in', 'sign-in-as.js')).href);
  const demo = await startDemo(root, aheadMs);
  let browser;
  try {
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
    const pages = new Map();
    for (const [name, who, show] of PICTURES) {
      if (only !== undefined && !only.includes(name)) continue;
      if (!pages.has(who)) pages.set(who, await openAs(browser, demo.url, who, signInAs, aheadMs));
      const page = pages.get(who);
      await show(page);
      await settle(page);
      await page.screenshot({ path: join(folder, `${name}.png`) });
      process.stdout.write(`docs/pictures/${name}.png\n`);
    }
  } finally {
    await browser?.close();
    await demo.stop();
  }
  return 0;
}

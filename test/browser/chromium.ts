/** The browser of the tests, and where they leave what it showed: the folder that TAGWATCH_SCREENSHOTS names, or one among the temporary. */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

export const SCREENSHOTS = process.env.TAGWATCH_SCREENSHOTS ?? join(tmpdir(), 'tagwatch-screenshots');
mkdirSync(SCREENSHOTS, { recursive: true });

export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

/** As in `vitest.config.ts`: a time only ends what hangs, where a wait gives none of its own; Playwright's is half a minute. */
const WAIT_MS = 120_000;

export async function launchBrowser(...flags: readonly string[]): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_FLAGS, ...flags] });
  browser.on('context', (context) => context.setDefaultTimeout(WAIT_MS));
  return browser;
}

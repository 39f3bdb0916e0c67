/** The real program with a real provider, and a browser context a person: who takes a second person has one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { CLIENT_ID, CLIENT_SECRET, MAPPING, startProvider } from '../support/issuer.js';
import { makeHome, startProgram } from '../support/program.js';
import { launchBrowser } from './chromium.js';

export interface People {
  readonly url: string;
  readonly browser: Browser;
  /** What a page threw, and whose. */
  readonly complaints: readonly string[];
  /** `sergeant-anna`, as the provider of the tests reads names; a browser that stands in New York. */
  signIn(name: string): Promise<Page>;
  stop(): Promise<void>;
}

/** `fill`: puts on record what there is before anybody signs in. */
export async function startPeople(fill: (url: string) => Promise<void>): Promise<People> {
  const folder = mkdtempSync(join(tmpdir(), 'tagwatch-people-'));
  const home = await makeHome();
  const open = await startProgram(home);
  await fill(open.url);
  await open.stop();
  const publicUrl = `http://127.0.0.1:${home.env['TAGWATCH_PORT']}`;
  const provider = await startProvider(publicUrl);
  const [secretFile, claimsFile] = [join(folder, 'client-secret'), join(folder, 'claims.json')];
  writeFileSync(secretFile, `${CLIENT_SECRET}\n`);
  writeFileSync(claimsFile, JSON.stringify(MAPPING));
  const env = {
    ...home.env,
    TAGWATCH_PUBLIC_URL: publicUrl,
    TAGWATCH_OIDC_ISSUER: provider.url,
    TAGWATCH_OIDC_CLIENT_ID: CLIENT_ID,
    TAGWATCH_OIDC_CLIENT_SECRET_FILE: secretFile,
    TAGWATCH_CLAIMS_FILE: claimsFile,
  };
  const program = await startProgram({ ...home, env });
  const browser = await launchBrowser();
  const complaints: string[] = [];

  async function signIn(name: string): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      colorScheme: 'light',
      timezoneId: 'America/New_York',
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(`${name}: ${error.message}`));
    await page.goto(program.url);
    await page.fill('input[name=login]', name);
    await page.fill('input[name=password]', 'x');
    await page.click('button[type=submit]');
    await page.click('button[type=submit]');
    await page.waitForURL(`${program.url}/`);
    return page;
  }

  return {
    url: program.url,
    browser,
    complaints,
    signIn,
    async stop() {
      await browser.close();
      await program.stop();
      await provider.stop();
      home.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

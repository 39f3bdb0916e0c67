/**
 * An officer's way from an alert to evidence that somebody else has checked, by keyboard: the real program, a real provider, a real
 * browser. How long each step takes is printed; a time is a limit nowhere. Screenshots are left in the folder that
 * TAGWATCH_SCREENSHOTS names, or in the temporary folder.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { strFromU8, unzipSync } from 'fflate';
import type { Browser, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readContainer } from '../../src/evidence/container.js';
import { MANIFEST } from '../../src/evidence/manifest.js';
import { readManifest } from '../../src/evidence/read-manifest.js';
import { PAGE_ADDRESSES } from '../../src/wire/console-pages.js';
import { CLIENT_ID, CLIENT_SECRET, MAPPING, type Running, startProvider } from '../support/issuer.js';
import { type Home, makeHome, type Program, put, send, startProgram } from '../support/program.js';
import { findWrong, findWrongInBoth } from './axe.js';
import { launchBrowser, SCREENSHOTS } from './chromium.js';
import { CONNECTED } from './connected.js';
import { intercept } from './intercept.js';

const WAIT_MS = 60_000;
const SQUARE = { latitude: 51.28, longitude: 1.08 };
const report = (text: string) => process.stdout.write(`${text}\n`);

let home: Home;
let provider: Running;
let program: Program;
let browser: Browser;
let page: Page;
let folder: string;
/** Of the officer's own wearer, newest first, and of somebody else's. */
let own: string[];
let others: string[];
const complaints: string[] = [];
const shoot = (name: string) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });

/** Three wearers of Kent go into a zone that nobody may enter, W-0 twice. */
async function fillRecord(url: string): Promise<void> {
  const fittedAt = new Date(Date.now() - 3_600_000).toISOString();
  await put(url, '/tag-models/M-1', { name: 'Model', accuracyConvention: 'r68', intervalSeconds: 60 });
  for (const n of [0, 1]) {
    await put(url, `/wearers/W-${n}`, { name: `Wearer number ${n}`, force: 'kent', division: 'East' });
    await put(url, `/tags/T-${n}`, { modelId: 'M-1' });
    await put(url, `/rag-ratings/W-${n}`, { rating: 'amber', evidence: 'scores', nextReviewAt: fittedAt });
    await put(url, `/activations/A-${n}`, { tagId: `T-${n}`, wearerId: `W-${n}`, fittedAt });
  }
  await put(url, '/orders/O-0', { wearerId: 'W-0', type: 'licence', startsAt: fittedAt });
  await put(url, '/zones/Z-1', {
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [SQUARE.longitude, SQUARE.latitude] },
    properties: { name: 'Market Square', radiusMetres: 200 },
  });
  const square = { kind: 'exclusion', zoneId: 'Z-1', confirmOn: 'first-fix', startsAt: fittedAt };
  await put(url, '/conditions/C-1', { appliesTo: 'all-wearers', ...square });
  const minutes = Array.from({ length: 30 }, (_, n) => n);
  const pings = [0, 1].flatMap((n) =>
    minutes.map((minute) => ({
      tagId: `T-${n}`,
      fixedAt: new Date(Date.now() - (30 - minute) * 60_000).toISOString(),
      ...SQUARE,
      // In, out for ten minutes, and in again.
      latitude: SQUARE.latitude + (minute > 8 && minute < 20 ? 0.01 : 0),
      longitude: SQUARE.longitude + minute * 0.0001,
      accuracyMetres: 5,
    })),
  );
  expect((await send(url, 'POST', '/pings', pings)).status).toBe(202);
  const idsOf = async (wearerId: string): Promise<string[]> => {
    const { body } = await send(url, 'GET', `/alerts?wearerId=${wearerId}`);
    return (body as { items: { alertId: string }[] }).items.map(({ alertId }) => alertId);
  };
  await vi.waitFor(
    async () => {
      [own, others] = [await idsOf('W-0'), await idsOf('W-1')];
      expect([own.length, others.length]).toEqual([2, 2]);
    },
    { timeout: WAIT_MS, interval: 200 },
  );
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-officer-'));
  home = await makeHome();
  const open = await startProgram(home);
  await fillRecord(open.url);
  await open.stop();
  const publicUrl = `http://127.0.0.1:${home.env['TAGWATCH_PORT']}`;
  provider = await startProvider(publicUrl);
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
  program = await startProgram({ ...home, env });
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
  await provider?.stop();
  home?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const dialog = () => page.getByRole('dialog', { name: 'Make an evidence pack' });

/** By keyboard: which edition, what for, who gets it. */
async function sayAndSend(edition: '1' | '2' | '3', purpose: string, recipient: string): Promise<void> {
  await dialog().waitFor();
  await page.getByRole('radio', { name: /Full/ }).focus();
  await page.keyboard.press(edition);
  await page.keyboard.press('Tab');
  await page.keyboard.type(purpose);
  await page.keyboard.press('Tab');
  await page.keyboard.type(recipient);
  await page.keyboard.press('Enter');
}

async function save(download: Promise<Download>, name: string): Promise<string> {
  const file = join(folder, name);
  await (await download).saveAs(file);
  return file;
}

test('alert → pack → download → verified elsewhere, without a network: the officer’s way, timed', async () => {
  const steps: string[] = [];
  let sinceMs = Date.now();
  const step = (name: string) => {
    steps.push(`${name} ${Date.now() - sinceMs} ms`);
    sinceMs = Date.now();
  };
  await page.goto(program.url);
  await page.fill('input[name=login]', 'officer-olga');
  await page.fill('input[name=password]', 'x');
  await page.click('button[type=submit]');
  await page.click('button[type=submit]');
  await page.locator(CONNECTED).waitFor({ timeout: WAIT_MS });
  step('signed in');
  await page.goto(`${program.url}/alerts/${own[0]}`);
  await page.getByRole('button', { name: 'Make a pack' }).waitFor({ timeout: WAIT_MS });
  await shoot('officer-alert');
  step('alert');
  await page.keyboard.press('p');
  await dialog().waitFor();
  await shoot('officer-make-a-pack');
  await sayAndSend('1', 'recall', 'Recall team');
  await dialog().getByText('Ready').waitFor({ timeout: WAIT_MS });
  step('pack made');
  await shoot('officer-pack-ready');
  const file = page.waitForEvent('download');
  await dialog()
    .getByRole('link', { name: /^Download the pack/ })
    .focus();
  await page.keyboard.press('Enter');
  const pack = await save(file, 'pack.zip');
  const keys = page.waitForEvent('download');
  await dialog().getByRole('link', { name: 'the public keys' }).click();
  const keysFile = await save(keys, 'keys.json');
  step('downloaded');
  const verifyPage = join(folder, 'verify.html');
  writeFileSync(verifyPage, await (await fetch(`${program.url}/verify`)).text());
  const elsewhere = await browser.newContext({ offline: true });
  const verify = await elsewhere.newPage();
  await verify.goto(pathToFileURL(verifyPage).href);
  await verify.setInputFiles('#keys', keysFile);
  await verify.setInputFiles('#pack', pack);
  await verify.locator('#outcome', { hasText: /^(Verified|Not verified)/ }).waitFor();
  expect(await verify.textContent('#outcome')).toBe('Verified');
  await expect.poll(() => verify.locator('#answers').textContent()).toContain('the engine finds the same');
  step('verified');
  await elsewhere.close();
  report(`officer’s way: ${steps.join(', ')}`);
});

test('it stands among the packs, with who, when, why, for whom, its size and its hash', async () => {
  await dialog()
    .getByRole('link', { name: /^All packs of/ })
    .click();
  await page.getByRole('heading', { name: 'Evidence packs of Wearer number 0' }).waitFor();
  const row = page.locator('tr[data-pack-id]');
  await row.first().waitFor();
  await expect.poll(() => row.count()).toBe(1);
  const text = await row.textContent();
  for (const said of [
    'Wearer number 0',
    'one alert',
    'by The officer-olga',
    'recall',
    'for Recall team',
    'Full',
    'OFFICIAL-SENSITIVE',
    'Under legal hold',
  ])
    expect(text).toContain(said);
  expect(text).toMatch(/Download, [\d.]+ [kM]B.*SHA-256 [0-9a-f]{64}/);
  const holds = page.locator('tr[data-hold-id]');
  await holds.first().waitFor();
  await expect.poll(() => holds.count()).toBe(1);
  await expect
    .poll(() => holds.textContent())
    .toMatch(/Wearer number 0.*\d{4} to .*Placed by officer-olga.*recall.*By pack/);
  await shoot('packs');
});

test('of a wearer and a period, from the page of the wearer; wearer-safe', async () => {
  await page.getByRole('link', { name: 'The wearer', exact: true }).click();
  await page.getByRole('button', { name: 'Make a pack' }).click();
  await page.getByLabel('From').waitFor();
  await shoot('officer-period');
  await sayAndSend('3', 'to show him', 'the wearer');
  await dialog().getByText('Ready').waitFor({ timeout: WAIT_MS });
  const file = page.waitForEvent('download');
  await dialog()
    .getByRole('link', { name: /^Download the pack/ })
    .click();
  const pack = await save(file, 'safe.zip');
  const manifest = readManifest(readContainer(readFileSync(pack)).find(({ name }) => name === MANIFEST)!.bytes);
  expect(manifest).toMatchObject({ edition: 'wearer-safe', purpose: 'to show him', recipient: 'the wearer' });
  expect(manifest.alerts.map(({ alertId }) => alertId).sort()).toEqual([...own].sort());
  await dialog().getByRole('button', { name: 'Close' }).click();
});

test('of alerts that are marked on the board: of one wearer, who is chosen; of others’ wearers it says why not', async () => {
  await page.goto(program.url);
  const rows = page.locator('tr.tw-alert');
  await expect.poll(() => rows.count(), { timeout: WAIT_MS }).toBe(4);
  await page.evaluate("document.querySelectorAll('.tw-mark').forEach((box) => box.checked || box.click())");
  await page.getByText('4 marked').waitFor();
  await page.keyboard.press('p');
  await dialog().getByText('These are alerts of 2 wearers').waitFor();
  await shoot('officer-several');
  await dialog().getByRole('radio', { name: 'Wearer number 1: 2 alerts' }).check();
  await sayAndSend('2', 'hearing', 'Magistrates');
  await dialog()
    .getByRole('alert')
    .getByText(/assigned to you/)
    .waitFor();
  await dialog().getByRole('radio', { name: 'Wearer number 0: 2 alerts' }).check();
  await dialog().getByRole('button', { name: 'Make the pack' }).click();
  await dialog().getByText('Ready').waitFor({ timeout: WAIT_MS });
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  expect(others).toHaveLength(2);
});

test('and on to a request for recall, by keyboard: answered from the record, refused while an answer is missing, dealt with then everywhere', async () => {
  const beganAtMs = Date.now();
  await page.goto(`${program.url}/alerts/${own[0]}`);
  await page.getByRole('link', { name: /^Ask for recall/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Recall: Wearer number 0' }).waitFor({ timeout: WAIT_MS });
  await expect.poll(() => page.getByLabel('Conditions breached').inputValue()).toMatch(/^Licence, order O-0/);
  await expect.poll(() => page.getByLabel('What led to this request').inputValue()).toContain(`Alert ${own[0]}`);
  await page.getByLabel('Conditions breached').focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' Condition 5(ix) of the licence.');
  await shoot('recall-new');
  await page.getByRole('button', { name: 'Request', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page
    .getByRole('alert')
    .getByText(/“Risk of serious harm” is asked/)
    .waitFor();
  await shoot('recall-missing');
  await page.getByLabel('Risk of serious harm').focus();
  await page.keyboard.type('High to the public, by the assessment of the probation service.');
  await page.getByLabel('Not to be disclosed to the wearer').fill('A neighbour told of it.');
  // It is written, and nobody hears: sent again it is the same request.
  await intercept(page, '**/api/v1/recalls/*', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await page.getByRole('button', { name: 'Request', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page
    .getByRole('alert')
    .getByText(/did not answer.*it is not there twice/)
    .waitFor();
  await page.unroute('**/api/v1/recalls/*');
  await page.getByRole('button', { name: 'Request', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Request about Wearer number 0: Requested' }).waitFor({ timeout: WAIT_MS });
  report(`from the alert to the request, by keyboard: ${Date.now() - beganAtMs} ms`);
  await page.getByText('Save as Word files').click();
  await page.getByLabel('Who gets it').fill('PPCS');
  for (const [button, name, said, hidden] of [
    ['The form', 'form.docx', 'Condition 5(ix)', 'A neighbour'],
    ['Not to be disclosed to the wearer', 'apart.docx', 'A neighbour', 'Condition 5(ix)'],
  ] as const) {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: button }).click();
    const body = strFromU8(unzipSync(readFileSync(await save(download, name)))['word/document.xml']!);
    expect([name, body.includes(said), body.includes(hidden)]).toEqual([name, true, false]);
  }
  const risk = page.getByLabel('Risk of serious harm');
  const stood = await risk.inputValue();
  await risk.fill(`${stood} And to staff.`);
  await page.getByRole('radio', { name: 'It was sent' }).check();
  await page.getByLabel('To whom').fill('PPCS, by e-mail');
  await page.getByRole('button', { name: 'Record it' }).click();
  // A step is taken on what stands: what is written and not saved is asked about, and is not lost.
  await page.getByText(/The form has changes that are not saved.*No step is recorded/).waitFor();
  await shoot('recall-unsaved');
  await expect.poll(() => risk.inputValue()).toBe(`${stood} And to staff.`);
  await page.getByRole('button', { name: 'Save the changes' }).click();
  await page.getByText(/^It stands as it was sent/).waitFor({ state: 'detached' });
  await expect.poll(() => page.getByRole('button', { name: 'Take the changes back' }).count()).toBe(0);
  await expect.poll(() => risk.inputValue()).toBe(`${stood} And to staff.`);
  await page.getByRole('radio', { name: 'It was sent' }).check();
  await page.getByLabel('To whom').fill('PPCS, by e-mail');
  await page.getByRole('button', { name: 'Record it' }).click();
  await page.getByRole('heading', { name: 'Request about Wearer number 0: Sent' }).waitFor({ timeout: WAIT_MS });
  await page.getByText('It stands as it was sent.').waitFor();
  // By what they are, not by their ids.
  await page.getByRole('link', { name: /^In an exclusion zone: Market Square, \w+ \d+ \w+ \d\d:\d\d:\d\d$/ }).waitFor();
  await shoot('recall-sent');
  const dealt = page.getByText(/^Already dealt with: recall sent/);
  for (const path of [`/alerts/${own[0]}`, '/wearers/W-0', '/cohort', '/desk', '/register', '/']) {
    await page.goto(`${program.url}${path}`);
    await dealt.first().waitFor({ timeout: WAIT_MS });
    if (path === '/desk' || path === '/register') await shoot(`recall-dealt-with${path.replace('/', '-')}`);
  }
  await shoot('recall-dealt-with');
  await page.goto(`${program.url}/recalls`);
  await page.locator('tr[data-recall-id]', { hasText: 'Wearer number 0' }).getByText('Sent').waitFor();
  await expect.poll(() => page.locator('tr[data-recall-id]').count()).toBe(1);
});

test.each(['light', 'dark'] as const)(
  'axe finds nothing in a request, new or sent, nor in their list: %s',
  async (theme) => {
    await page.emulateMedia({ colorScheme: theme });
    const found: Record<string, string[]> = {};
    await page.goto(`${program.url}/recalls`);
    await page.locator('tr[data-recall-id]').first().waitFor();
    found['list'] = await findWrong(page);
    await page.locator('tr[data-recall-id] a', { hasText: 'Sent' }).click();
    await page.getByText('It stands as it was sent.').waitFor();
    found['sent'] = await findWrong(page, /<textarea/);
    await shoot(`recall-${theme}`);
    await page.goto(`${program.url}/recalls/new?wearerId=W-0`);
    await page.getByRole('button', { name: 'Save as a draft' }).waitFor();
    found['new'] = await findWrong(page, /<textarea/);
    expect(found).toEqual({ list: [], sent: [], new: [] });
  },
);

test.each(['light', 'dark'] as const)(
  'axe finds nothing in the dialog, in what it tells, and on the page: %s',
  async (theme) => {
    await page.emulateMedia({ colorScheme: theme });
    const found: Record<string, string[]> = {};
    await page.goto(`${program.url}/wearers/W-0`);
    await page.getByRole('button', { name: 'Make a pack' }).click();
    await dialog().waitFor();
    found['period'] = await findWrong(page, /tw-dialog__what|<span><strong>/);
    await shoot(`pack-dialog-${theme}`);
    await page.keyboard.press('Escape');
    await page.goto(`${program.url}/alerts/${own[0]}`);
    await page.getByRole('button', { name: 'Make a pack' }).click();
    await dialog().waitFor();
    await sayAndSend('1', 'recall', 'Recall team');
    await dialog().getByText('Ready').waitFor({ timeout: WAIT_MS });
    found['ready'] = await findWrong(page, /tw-pack__hash|^<p>Anybody can check/);
    await shoot(`pack-ready-${theme}`);
    await page.goto(`${program.url}/packs`);
    await page.locator('tr[data-pack-id]').first().waitFor();
    found['packs'] = await findWrong(page);
    await shoot(`packs-${theme}`);
    await page.goto(`${program.url}/keys`);
    await page.locator('[data-key-id]').waitFor();
    found['keys'] = await findWrong(page);
    await shoot(`keys-${theme}`);
    expect(found).toEqual({ period: [], ready: [], packs: [], keys: [] });
  },
);

test('the form of a pack that could not be fetched says so, is left by Escape, and is there on another try', async () => {
  await intercept(page, '**/assets/pack-dialog-*', (route) => route.abort());
  await page.goto(`${program.url}/alerts/${own[0]}`);
  await page.getByRole('button', { name: 'Make a pack' }).click();
  const said = dialog().getByRole('alert');
  await said.waitFor();
  expect(await findWrongInBoth(page)).toEqual([]);
  await shoot('pack-not-fetched');
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  await page.keyboard.press('p');
  await said.waitFor();
  await page.unroute('**/assets/pack-dialog-*');
  await dialog().getByRole('button', { name: 'Try again' }).click();
  await dialog().getByRole('radio', { name: /Full/ }).waitFor();
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
});

test('the public keys on paper: what verify takes, with fingerprint and time, and nothing that is pressed', async () => {
  await page.goto(`${program.url}/packs`);
  await page.getByRole('link', { name: 'The public keys on paper' }).click();
  await page.locator('[data-key-id]').waitFor({ timeout: WAIT_MS });
  const { body } = await send(program.url, 'GET', '/keys');
  const { keys } = body as { keys: { keyId: string; publicKey: string; validFrom: string }[] };
  expect(keys).toHaveLength(1);
  const shown = page.locator('[data-key-id]');
  await expect.poll(() => shown.count()).toBe(1);
  const text = (await shown.textContent()) ?? '';
  expect(text.replaceAll(' ', '')).toContain(keys[0]!.keyId);
  expect(text).toContain(keys[0]!.publicKey.trim());
  // The service made it by itself: no register says when.
  expect(keys[0]!.validFrom).toBe('1970-01-01T00:00:00.000Z');
  expect(text).toContain('Valid fromthe first: when it was made is not on record');
  expect(text).not.toContain('1970');
  await page.emulateMedia({ media: 'print' });
  await expect.poll(() => page.getByRole('button', { name: 'Print' }).isVisible()).toBe(false);
  await expect.poll(() => page.getByText('Handed over by').isVisible()).toBe(true);
  await expect.poll(() => shown.isVisible()).toBe(true);
  // Also out of a dark room: light text on paper is none.
  await page.evaluate("document.documentElement.dataset.theme = 'dark'");
  const colour = "getComputedStyle(document.querySelector('[data-key-id] dd')).color";
  expect(await page.evaluate(colour)).toBe('rgb(11, 12, 12)');
  await shoot('keys-print');
  await page.emulateMedia({ media: 'screen' });
});

test('a hold is placed by hand on the wearer’s page, and lifted by two administrators', async () => {
  const signIn = async (name: string): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
    const own = await context.newPage();
    own.on('pageerror', (error) => complaints.push(`${name}: ${error.message}`));
    await own.goto(program.url);
    await own.fill('input[name=login]', name);
    await own.fill('input[name=password]', 'x');
    await own.click('button[type=submit]');
    await own.click('button[type=submit]');
    await own.waitForURL(`${program.url}/`);
    return own;
  };
  const rowOf = (on: Page) => on.locator('tr[data-hold-id]', { hasText: 'Reference CR/12/26' });
  const sam = await signIn('sergeant-sam');
  await sam.goto(`${program.url}/wearers/W-1`);
  const holds = sam.getByRole('region', { name: 'Legal holds' });
  await holds.getByText('Nothing is held.').waitFor({ timeout: WAIT_MS });
  await holds.getByRole('button', { name: 'Place a hold' }).press('Enter');
  const placing = sam.getByRole('dialog', { name: 'Place a legal hold on Wearer number 1' });
  await placing.getByLabel('Why').fill('A complaint about the arrest');
  await placing.getByLabel(/^Reference/).fill('CR/12/26');
  await placing.getByLabel(/^What is held: from/).fill('2026-01-05T10:00');
  await placing.getByLabel(/^To be reviewed by/).fill('2099-01-05T10:00');
  await sam.screenshot({ path: join(SCREENSHOTS, 'hold-place.png') });
  expect(await findWrong(sam)).toEqual([]);
  await placing.getByLabel('Why').press('Control+Enter');
  await placing.waitFor({ state: 'detached' });
  const said = /from 5 Jan 2026 on.*Placed by sergeant-sam.*complaint.*To be reviewed by 5 Jan 2099/;
  await expect.poll(() => rowOf(sam).textContent(), { timeout: WAIT_MS }).toMatch(said);
  expect(await sam.getByRole('button', { name: 'Have it lifted' }).count()).toBe(0);
  await holds.scrollIntoViewIfNeeded();
  await sam.screenshot({ path: join(SCREENSHOTS, 'hold-placed.png') });
  expect(await findWrong(sam, /tw-day__hour/)).toEqual([]);
  const [ada, alf] = [await signIn('admin-ada'), await signIn('admin-alf')];
  await ada.getByRole('link', { name: 'Holds', exact: true }).click();
  await rowOf(ada).getByRole('button', { name: 'Have it lifted' }).press('Enter');
  const lifting = ada.getByRole('dialog', { name: /^Have the hold on .* lifted$/ });
  await lifting.getByLabel(/^Why/).fill('The complaint is closed');
  await ada.screenshot({ path: join(SCREENSHOTS, 'hold-lift.png') });
  await lifting.getByLabel(/^Why/).press('Control+Enter');
  await ada.getByText('The lifting waits for a second administrator: until then it holds.').waitFor();
  expect(await findWrong(ada)).toEqual([]);
  await alf.getByRole('link', { name: 'To agree' }).click();
  await alf.getByRole('button', { name: /^Agree to / }).click();
  await alf.getByRole('dialog').getByRole('button', { name: 'Agree', exact: true }).click();
  await alf.getByText(/is in force\.$/).waitFor({ timeout: WAIT_MS });
  await sam.reload();
  await expect
    .poll(() => rowOf(sam).textContent(), { timeout: WAIT_MS })
    .toMatch(/Lifted by admin-a\w+.*: The complaint is closed.*It was held for: A complaint/);
  for (const one of [sam, ada, alf]) await one.context().close();
});

test('every address of the console’s pages is answered with the console, also without having been there before', async () => {
  for (const address of ['/', ...PAGE_ADDRESSES]) {
    const answer = await fetch(`${program.url}${address.replace(/:\w+/, 'x')}`);
    expect([address, answer.status, answer.headers.get('content-type')]).toEqual([
      address,
      200,
      expect.stringContaining('text/html'),
    ]);
  }
});

test('nothing went wrong in the page', () => {
  expect(complaints).toEqual([]);
});

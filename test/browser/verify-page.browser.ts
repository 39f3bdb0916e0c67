/**
 * The page that verifies packs, from a disk and with the network off, as a defence lawyer has it: it answers as the command does, of a
 * pack as it was made and of every kind of changed one. Screenshots are left in the folder that TAGWATCH_SCREENSHOTS names, or in the
 * temporary folder.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPack } from '../../src/evidence/build-pack.js';
import { type PackFile, readContainer, writeContainer } from '../../src/evidence/container.js';
import { SIGNATURE, TIME_STAMP } from '../../src/evidence/manifest.js';
import { NODE_CRYPTO } from '../../src/evidence/node-crypto.js';
import { readCertificates } from '../../src/evidence/time-stamp/certificate.js';
import { answersOf } from '../../src/evidence/verdict-words.js';
import { type PackVerdict, verifyPack } from '../../src/evidence/verify-pack.js';
import { makeSigningKey, readSigningKey, type SigningKey } from '../../src/signing-key.js';
import { movePing, resignPack } from '../support/changed-pack.js';
import { makeModel, ORDER, trust } from '../support/pack.js';
import { makeAuthority } from '../support/time-stamp-authority.js';
import { findWrongInBoth } from './axe.js';
import { launchBrowser, SCREENSHOTS } from './chromium.js';

const PAGE = fileURLToPath(new URL('../../dist/verify-page/tagwatch-verify.html', import.meta.url));
let folder: string;
let browser: Browser;
let page: Page;
let key: SigningKey;
let pack: Uint8Array;
let engine: string;
const fetched: string[] = [];
const errors: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-verify-page-'));
  makeSigningKey(join(folder, 'key.pem'));
  key = readSigningKey(join(folder, 'key.pem'));
  browser = await launchBrowser();
  const context = await browser.newContext({ offline: true, viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.on('request', (request) => fetched.push(request.url()));
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(pathToFileURL(PAGE).href);
  engine = (await page.textContent('#engine'))!;
  pack = await buildPack(makeModel(), { ...ORDER, program: { ...ORDER.program, engine } }, key);
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const giveKey = (name = 'key.pem.pub') => page.setInputFiles('#keys', join(folder, name));

/** What the page answers. */
async function give(zip: Uint8Array): Promise<{ readonly outcome: string; readonly answers: string[][] }> {
  await page.setInputFiles('#pack', { name: 'pack.zip', mimeType: 'application/zip', buffer: Buffer.from(zip) });
  await page.locator('#outcome', { hasNotText: 'Checking' }).waitFor();
  const [questions, texts] = await Promise.all([
    page.locator('#answers th').allTextContents(),
    page.locator('#answers td:last-child').allTextContents(),
  ]);
  return {
    outcome: (await page.textContent('#outcome'))!,
    answers: questions.map((question, i) => [question, texts[i]!]),
  };
}

const byCommand = (zip: Uint8Array): PackVerdict => verifyPack(zip, [trust(key)], { crypto: NODE_CRYPTO, engine });
const inWords = (verdict: PackVerdict) => answersOf(verdict).map(({ question, text }) => [question, text]);

test('without a key the signature is not checked, and nothing is verified', async () => {
  const { outcome, answers } = await give(pack);
  expect(outcome).toBe('Not verified');
  expect(answers.find(([question]) => question === 'Signature')![1]).toMatch(/^not checked/);
});

test('a private key is refused, with the reason', async () => {
  await giveKey('key.pem');
  await page.locator('#keys-said', { hasText: 'it is a private key' }).waitFor();
});

test('a pack as it was made is verified, each question by itself', async () => {
  await giveKey();
  await page.locator('#keys-said', { hasText: key.keyId }).waitFor();
  const { outcome, answers } = await give(pack);
  expect(outcome).toBe('Verified');
  expect(answers).toEqual(inWords(byCommand(pack)));
  expect(answers.map(([question]) => question)).toEqual([
    'Contents',
    'Signature',
    'Trust',
    'Time',
    'Container',
    'Re-run',
  ]);
  expect(await findWrongInBoth(page)).toEqual([]);
  await page.screenshot({ path: join(SCREENSHOTS, 'verify-page-good.png') });
});

test('a time stamp is told, and with the certificate of its authority it is believed', async () => {
  const authority = makeAuthority(join(folder, 'authority'));
  const signature = readContainer(pack).find(({ name }) => name === SIGNATURE)!.bytes;
  const stamped = { name: TIME_STAMP, bytes: authority.reply(authority.query(signature)) };
  const zip = writeContainer([...readContainer(pack), stamped], ORDER.madeAtMs);
  const timeOf = ({ answers }: { answers: string[][] }) => answers.find(([question]) => question === 'Time')![1];
  expect(timeOf(await give(zip))).toMatch(
    /Example Time Stamps.*; whether that authority is one to trust was not checked/,
  );
  await page.click('summary');
  await page.setInputFiles('#authorities', join(folder, 'key.pem.pub'));
  await page.locator('#authorities-said', { hasText: 'no certificate' }).waitFor();
  await page.setInputFiles('#authorities', authority.rootFile);
  await page.locator('#authorities-said', { hasText: 'Trusted: Example Root' }).waitFor();
  const { outcome, answers } = await give(zip);
  const authorities = readCertificates(readFileSync(authority.rootFile, 'utf8'));
  expect([outcome, answers]).toEqual([
    'Verified',
    inWords(verifyPack(zip, [trust(key)], { crypto: NODE_CRYPTO, engine, authorities })),
  ]);
  expect(timeOf({ answers })).toMatch(/^it was there at .*: Example Time Stamps, policy/);
  await page.screenshot({ path: join(SCREENSHOTS, 'verify-page-time.png'), fullPage: true });
});

test('signed again with one ping moved: all is as signed, and the engine does not find the same', async () => {
  const { outcome, answers } = await give(resignPack(pack, key, 'inputs.ndjson', movePing));
  expect(outcome).toBe('Not verified');
  expect(answers.find(([question]) => question === 'Signature')![1]).toMatch(/^good/);
  expect(answers.find(([question]) => question === 'Re-run')![1]).toMatch(/DIFFERS/);
  await page.screenshot({ path: join(SCREENSHOTS, 'verify-page-differs.png') });
});

test('of every changed pack it answers as the command does', async () => {
  const rest = (change: (files: PackFile[]) => PackFile[]) =>
    writeContainer(change(readContainer(pack)), ORDER.madeAtMs);
  const first = readContainer(pack)[0]!;
  const more = { name: 'more.txt', bytes: new Uint8Array(3) };
  const text = Buffer.from(pack).toString('latin1');
  const changed: Uint8Array[] = [
    rest((files) => files.filter(({ name }) => name !== 'track.csv')),
    rest((files) => [...files, more]),
    rest((files) => files.map((file) => ({ ...file, name: file.name.replace('.gpx', '.xml') }))),
    rest((files) => files.map((file) => (file.name === 'track.gpx' ? { ...file, bytes: first.bytes } : file))),
    rest((files) => files.reverse()),
    Buffer.from(text.replaceAll('track.kml', 'track.gpx'), 'latin1'),
    Buffer.concat([pack, Buffer.from('x')]),
    pack.slice(0, pack.byteLength / 2),
    new Uint8Array(0),
    // Bytes all over it, its headers and its end among them.
    ...Array.from({ length: 24 }, (_, i) => {
      const flipped = pack.slice();
      const at = i < 6 ? i * 5 : pack.byteLength - 1 - Math.floor(((i - 6) / 18) * (pack.byteLength - 40));
      flipped[at]! ^= 1 << (i % 8);
      return flipped;
    }),
  ];
  for (const zip of changed) {
    const verdict = byCommand(zip);
    expect(await give(zip)).toEqual({ outcome: 'Not verified', answers: inWords(verdict) });
  }
});

describe('a large pack', () => {
  let large: Uint8Array;
  beforeAll(async () => {
    const order = { ...ORDER, program: { ...ORDER.program, engine } };
    large = await buildPack(makeModel({ count: 4_000, everyMs: 30_000 }), order, key);
  });

  /** What the heading and the line below it say, as often as the page has a turn while it checks. */
  const watch = () =>
    page.evaluate<string[]>(`new Promise((resolve) => {
      const seen = new Set();
      const textOf = (id) => document.getElementById(id).textContent;
      const look = () => {
        seen.add(textOf('outcome') + ' ' + textOf('part'));
        if (document.getElementById('answers').childElementCount === 0) setTimeout(look, 1);
        else resolve([...seen]);
      };
      document.getElementById('pack').addEventListener('change', () => setTimeout(look, 1), { once: true });
    })`);

  test('the page tells how far it is, and can be given another pack meanwhile', async () => {
    const said = watch();
    const { outcome, answers } = await give(large);
    expect([outcome, answers]).toEqual(['Verified', inWords(byCommand(large))]);
    // Of a page that stands still nothing would be seen between.
    const seen = await said;
    for (const words of [/^Checking … the files/, /^Checking … the engine repeats alert 1 of \d/])
      expect(seen).toEqual(expect.arrayContaining([expect.stringMatching(words)]));
    await page.setInputFiles('#pack', { name: 'large.zip', mimeType: 'application/zip', buffer: Buffer.from(large) });
    const { outcome: second } = await give(new Uint8Array(0));
    expect([second, await page.locator('#file').textContent()]).toEqual([
      'Not verified',
      expect.stringMatching(/^pack.zip/),
    ]);
  });

  test('without threads the page answers the same', async () => {
    const context = await browser.newContext({ offline: true });
    const bare = await context.newPage();
    await bare.addInitScript(() => {
      Reflect.deleteProperty(globalThis, 'Worker');
    });
    await bare.goto(pathToFileURL(PAGE).href);
    await bare.setInputFiles('#keys', join(folder, 'key.pem.pub'));
    await bare.setInputFiles('#pack', { name: 'pack.zip', mimeType: 'application/zip', buffer: Buffer.from(pack) });
    await bare.locator('#outcome', { hasText: /^Verified$/ }).waitFor();
    await context.close();
  });
});

test('it asked for nothing but itself, and nothing went wrong in it', () => {
  // Its threads run its own script, out of memory.
  expect(fetched.filter((url) => !url.startsWith('blob:'))).toEqual([pathToFileURL(PAGE).href]);
  expect(errors).toEqual([]);
});

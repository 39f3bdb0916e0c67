/** The time stamp of a pack, by an authority that is openssl's: asked for, kept, verified as openssl does, and refused where it does not fit. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPack } from '../../src/evidence/build-pack.js';
import { buildPackBeside } from '../../src/evidence/build-pack-thread.js';
import { readContainer, writeContainer } from '../../src/evidence/container.js';
import { SIGNATURE, TIME_STAMP } from '../../src/evidence/manifest.js';
import { NODE_CRYPTO } from '../../src/evidence/node-crypto.js';
import type { PackCrypto } from '../../src/evidence/pack-crypto.js';
import { PORTABLE_CRYPTO } from '../../src/evidence/portable-crypto.js';
import { createStamping } from '../../src/evidence/time-stamp/ask-authority.js';
import { readCertificates } from '../../src/evidence/time-stamp/certificate.js';
import { verifyTimeStamp } from '../../src/evidence/time-stamp/verify-time-stamp.js';
import { verdictInWords } from '../../src/evidence/verdict-words.js';
import { verifyPack } from '../../src/evidence/verify-pack.js';
import { makeSigningKey, readSigningKey, type SigningKey } from '../../src/signing-key.js';
import { ENGINE, makeModel, ORDER, trust } from '../support/pack.js';
import { type Authority, type KeyKind, makeAuthority, serveAuthority } from '../support/time-stamp-authority.js';

const COMMAND = fileURLToPath(new URL('../../dist/verify-page/tagwatch-verify.mjs', import.meta.url));
const CRYPTOS: readonly (readonly [string, PackCrypto])[] = [
  ['by Node', NODE_CRYPTO],
  ['as in a browser', PORTABLE_CRYPTO],
];
const STAMPED = Buffer.from('a signature');

let folder: string;
let key: SigningKey;
let authority: Authority;
let stranger: Authority;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-time-stamp-'));
  makeSigningKey(join(folder, 'key.pem'));
  key = readSigningKey(join(folder, 'key.pem'));
  authority = makeAuthority(join(folder, 'authority'));
  stranger = makeAuthority(join(folder, 'stranger'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rootsOf = ({ rootFile }: Authority) => readCertificates(readFileSync(rootFile, 'utf8'));

/** What a pack gets of an authority that answers so, and why it gets nothing. */
async function ask(answer: (request: Uint8Array) => Uint8Array | null, bytes: Uint8Array = STAMPED) {
  const server = await serveAuthority(answer);
  const { stamp, whyNot } = createStamping(server.url);
  const stamped = await stamp(bytes);
  await server.stop();
  return { stamped, why: whyNot() };
}

describe.each<KeyKind>(['rsa', 'P-256', 'P-384'])('an authority with a key of %s', (kind) => {
  test('its time is believed by whoever trusts its root, or itself, and by nobody else; openssl says the same', async () => {
    const own = makeAuthority(join(folder, kind), { kind });
    const before = Date.now();
    const { stamped, why } = await ask(own.reply);
    expect(why).toBeNull();
    const itself = readCertificates(readFileSync(own.certificateFile, 'utf8'));
    for (const [, crypto] of CRYPTOS) {
      const verify = (authorities: ReturnType<typeof rootsOf>, bytes: Uint8Array = STAMPED) =>
        verifyTimeStamp(stamped!, bytes, { authorities, crypto });
      const said = verify(rootsOf(own));
      expect(said).toMatchObject({ outcome: 'good', authority: 'Example Time Stamps', policy: '1.2.3.4.1' });
      // It tells whole seconds.
      if ('atMs' in said) expect(said.atMs).toBeGreaterThanOrEqual(Math.floor(before / 1_000) * 1_000);
      expect(verify(itself).outcome).toBe('good');
      expect(verify([])).toEqual({ ...said, outcome: 'not-checked' });
      // Another root of the same name.
      expect(verify(rootsOf(stranger))).toMatchObject({
        outcome: 'bad',
        why: expect.stringMatching(/does not go back/),
      });
      for (const roots of [rootsOf(own), []])
        expect(verify(roots, Buffer.from('another'))).toMatchObject({
          outcome: 'bad',
          why: 'it is a time stamp of something else',
        });
    }
    writeFileSync(join(folder, 'stamped'), STAMPED);
    writeFileSync(join(folder, 'answer.tsr'), stamped!);
    const argv = ['ts', '-verify', '-in', join(folder, 'answer.tsr'), '-data', join(folder, 'stamped'), '-CAfile'];
    expect(execFileSync('openssl', [...argv, own.rootFile], { stdio: 'pipe' }).toString()).toContain('OK');
    expect(() => execFileSync('openssl', [...argv, stranger.rootFile], { stdio: 'pipe' })).toThrow();
  });
});

test.each(CRYPTOS)(
  '%s: whatever bit of the answer is changed, it is not believed, or says the same',
  async (_, crypto) => {
    const { stamped } = await ask(authority.reply);
    const checks = { authorities: rootsOf(authority), crypto };
    const said = verifyTimeStamp(stamped!, STAMPED, checks);
    const others: unknown[] = [];
    for (let at = 0; at < stamped!.byteLength; at++) {
      const changed = Uint8Array.from(stamped!);
      changed[at]! ^= 1 << (at % 8);
      const now = verifyTimeStamp(changed, STAMPED, checks);
      if (now.outcome !== 'bad' && JSON.stringify(now) !== JSON.stringify(said)) others.push([at, now]);
      expect(verifyTimeStamp(stamped!.subarray(0, at), STAMPED, checks).outcome).toBe('bad');
    }
    expect(others).toEqual([]);
  },
);

describe('is not kept', () => {
  test.each<[string, () => (request: Uint8Array) => Uint8Array | null, RegExp]>([
    ['of another hash', () => () => authority.reply(authority.query(Buffer.from('another'))), /another question/],
    ['with another nonce', () => () => authority.reply(authority.query(STAMPED)), /another question/],
    ['of an authority whose certificate had run out', () => expired().reply, /was not valid then/],
    ['where it is refused', () => () => authority.reply(Buffer.from('3003020101', 'hex')), /refused|cannot/],
    ['where nothing is answered', () => () => null, /answers 500/],
    ['where it is no time stamp', () => () => Buffer.from('<html>'), /DER/],
    ['where it does not end', () => () => Buffer.alloc(70_000), /more than a time stamp/],
  ])('%s', async (_, answer, said) => {
    const { stamped, why } = await ask(answer());
    expect([stamped, why]).toEqual([null, expect.stringMatching(said)]);
  });

  test('where nobody listens', async () => {
    const server = await serveAuthority(() => null);
    await server.stop();
    const { stamp, whyNot } = createStamping(server.url);
    expect([await stamp(STAMPED), whyNot()]).toEqual([null, expect.stringMatching(/ECONNREFUSED|bad port/)]);
  });
});

const expired = () => makeAuthority(join(folder, 'expired'), { validity: ['20200101000000Z', '20210101000000Z'] });

test('of an authority whose certificate had run out it is not believed, whoever kept it', () => {
  const own = expired();
  const answer = own.reply(own.query(STAMPED));
  for (const [, crypto] of CRYPTOS)
    for (const authorities of [rootsOf(own), []])
      expect(verifyTimeStamp(answer, STAMPED, { authorities, crypto })).toMatchObject({
        outcome: 'bad',
        why: expect.stringMatching(/was not valid then: it is from 2020-01-01T00:00:00.000Z to 2021-01-01/),
      });
});

test('a certificate says whether it is for time stamps, and whether it certifies others', () => {
  const plain = makeAuthority(join(folder, 'plain'), { use: 'plain' });
  const read = (file: string) => readCertificates(readFileSync(file, 'utf8'))[0]!;
  expect(read(plain.certificateFile)).toMatchObject({ isForTimeStamps: false, isAuthority: false });
  expect(read(authority.certificateFile)).toMatchObject({ isForTimeStamps: true, isAuthority: false });
  expect(read(authority.rootFile)).toMatchObject({ isForTimeStamps: false, isAuthority: true, name: 'Example Root' });
  expect(() => readCertificates('-----BEGIN PUBLIC KEY-----')).toThrow('no certificate');
});

describe('a pack', () => {
  const model = makeModel();
  const { terms: _, ...rest } = model;
  const source = { ...rest, track: model.track.map(({ fix }) => fix) };
  const build = (timeStampUrl: string) =>
    buildPackBeside(
      { source, order: ORDER, keyFile: join(folder, 'key.pem'), timeStampUrl },
      new AbortController().signal,
    );
  const verify = (zip: Uint8Array, crypto: PackCrypto = NODE_CRYPTO, authorities = rootsOf(authority)) =>
    verifyPack(zip, [trust(key)], { crypto, engine: ENGINE, authorities });

  test('has it, and is verified with it, by the command and by hand; with another one, or what was cut off, it says so', async () => {
    const server = await serveAuthority(authority.reply);
    const { file, notStamped } = await build(server.url);
    await server.stop();
    expect(notStamped).toBeNull();
    for (const [, crypto] of CRYPTOS) {
      const verdict = verify(file, crypto);
      expect([verdict.verified, verdict.time.outcome, verdict.container]).toEqual([true, 'good', 'as-made']);
      expect(verdictInWords(verdict).join('\n')).toMatch(
        /Time: +it was there at \d{4}\S+, \d+ days after the time that it says itself: Example Time Stamps, policy 1\.2\.3\.4\.1\n/,
      );
      expect(verify(file, crypto, [])).toMatchObject({ verified: true, time: { outcome: 'not-checked' } });
      expect(verify(file, crypto, rootsOf(stranger))).toMatchObject({ verified: false, time: { outcome: 'bad' } });
    }
    const files = readContainer(file);
    const made = (change: typeof files) => writeContainer(change, ORDER.madeAtMs);
    const another = authority.reply(authority.query(STAMPED));
    const changed = files.map((one) => (one.name === TIME_STAMP ? { ...one, bytes: another } : one));
    expect(verify(made(changed))).toMatchObject({ verified: false, contents: [], time: { outcome: 'bad' } });
    const cut = files.filter(({ name }) => name !== TIME_STAMP);
    expect(verify(made(cut))).toMatchObject({ verified: true, time: { outcome: 'not-stamped' } });

    const [zip, pub] = [join(folder, 'pack.zip'), join(folder, 'key.pem.pub')];
    writeFileSync(zip, file);
    for (const { name, bytes } of files) writeFileSync(join(folder, name), bytes);
    writeFileSync(join(folder, 'authority.pem'), readFileSync(authority.rootFile));
    const argv = [COMMAND, zip, '--keys', pub];
    // The engine that is built in is another than the one that the model names: what it finds is no question here.
    const { stdout } = spawnSync(process.execPath, [...argv, '--authority', authority.rootFile], { encoding: 'utf8' });
    expect(stdout).toMatch(/Time: +it was there at .*: Example Time Stamps/);
    const line = readFileSync(join(folder, 'README.txt'), 'utf8').match(/openssl ts -verify .*/)![0];
    expect(execFileSync('sh', ['-c', line], { cwd: folder, stdio: 'pipe' }).toString()).toContain('Verification: OK');
    expect(files.some(({ name }) => name === SIGNATURE)).toBe(true);
  });

  test('is made all the same where the authority is away, has none, and is byte for byte one without', async () => {
    const server = await serveAuthority(() => null);
    const { file, notStamped } = await build(server.url);
    await server.stop();
    expect(notStamped).toContain('500');
    expect(verify(file)).toMatchObject({ verified: true, time: { outcome: 'not-stamped' } });
    expect(Buffer.from(file).equals(await buildPack(model, ORDER, key))).toBe(true);
  });
});

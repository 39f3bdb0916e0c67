/** What a wearer-safe pack withholds can be shown, by the full one alone, to be what it was. */
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evidence } from '../../src/cli/evidence.js';
import { buildPack } from '../../src/evidence/build-pack.js';
import { readContainer } from '../../src/evidence/container.js';
import { NODE_CRYPTO } from '../../src/evidence/node-crypto.js';
import { PORTABLE_CRYPTO } from '../../src/evidence/portable-crypto.js';
import { verifyPack } from '../../src/evidence/verify-pack.js';
import { makeSigningKey, readSigningKey, type SigningKey } from '../../src/signing-key.js';
import { movePing, resignPack } from '../support/changed-pack.js';
import { ENGINE, makeModel, ORDER, trust } from '../support/pack.js';

const WITHHELD = [
  'alert.json',
  'record.json',
  'zone.geojson',
  'track.csv',
  'track.geojson',
  'track.gpx',
  'track.kml',
  'inputs.ndjson',
];
let folder: string;
let key: SigningKey;
let full: Uint8Array;
let safe: Uint8Array;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-commitments-'));
  makeSigningKey(join(folder, 'key.pem'));
  key = readSigningKey(join(folder, 'key.pem'));
  // Another pack, made at another time for somebody else.
  full = await buildPack(makeModel(), { ...ORDER, packId: 'another', madeAtMs: ORDER.madeAtMs + 60_000 }, key);
  safe = await buildPack(makeModel(), { ...ORDER, edition: 'wearer-safe' }, key);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const filesOf = (zip: Uint8Array) => new Map(readContainer(zip).map(({ name, bytes }) => [name, Buffer.from(bytes)]));
const verify = (zip: Uint8Array, beside: Uint8Array, crypto = NODE_CRYPTO) =>
  verifyPack(zip, [trust(key)], { crypto, engine: ENGINE, full: beside });

test.each([NODE_CRYPTO, PORTABLE_CRYPTO])('beside the full pack every file is as it was', (crypto) => {
  const verdict = verify(safe, full, crypto);
  expect(verdict.commitments).toEqual(WITHHELD.map((name) => ({ name, outcome: 'same' })));
  expect(verdict.verified).toBe(true);
});

test('it is the HMAC of each file by the salt of the full pack, as openssl has it by the words of README.txt', () => {
  const held = filesOf(full);
  const salt = held.get('commitments.salt')!.toString().trim();
  const { files } = JSON.parse(filesOf(safe).get('commitments.json')!.toString());
  expect(files).toEqual(
    WITHHELD.map((name) => ({
      name,
      hmac: createHmac('sha256', Buffer.from(salt, 'hex')).update(held.get(name)!).digest('hex'),
    })),
  );
  for (const [name, bytes] of held) writeFileSync(join(folder, name), bytes);
  const loop = held
    .get('README.txt')!
    .toString()
    .match(/for file in [\s\S]*?done/)![0];
  const said = execFileSync('sh', ['-c', loop], { cwd: folder, encoding: 'utf8' }).trim().split('\n');
  expect(said.length).toBe(5);
  for (const line of said) expect(files.map(({ hmac }: { hmac: string }) => hmac)).toContain(line.split('= ')[1]);
});

test('the salt is in no other edition, is another one for another wearer’s alerts or key, and the wearer-safe pack tells nothing by it', async () => {
  const salt = filesOf(full).get('commitments.salt')!.toString();
  const court = filesOf(await buildPack(makeModel(), { ...ORDER, edition: 'court' }, key));
  for (const files of [court, filesOf(safe)]) {
    expect([...files.keys()]).not.toContain('commitments.salt');
    for (const bytes of files.values()) expect(bytes.includes(salt.trim())).toBe(false);
  }
  makeSigningKey(join(folder, 'other.pem'));
  const other = await buildPack(makeModel(), ORDER, readSigningKey(join(folder, 'other.pem')));
  const later = await buildPack(makeModel({ startMs: Date.parse('2026-11-21T20:00:00Z') }), ORDER, key);
  const salts = [full, other, later].map((zip) => filesOf(zip).get('commitments.salt')!.toString());
  expect(new Set(salts).size).toBe(3);
});

test.each<[string, () => Uint8Array, unknown]>([
  [
    'one whose inputs were changed, and signed again',
    () => resignPack(full, key, 'inputs.ndjson', movePing),
    WITHHELD.map((name) => ({ name, outcome: name === 'inputs.ndjson' ? 'differs' : 'same' })),
  ],
  [
    'one with another salt',
    () => resignPack(full, key, 'commitments.salt', () => `${'0'.repeat(64)}\n`),
    WITHHELD.map((name) => ({ name, outcome: 'differs' })),
  ],
  ['a salt that is none', () => resignPack(full, key, 'commitments.salt', () => 'x'), expect.stringMatching(/no salt/)],
  ['a wearer-safe one', () => safe, expect.stringMatching(/no salt/)],
  ['no pack', () => new Uint8Array(0), expect.any(String)],
])('beside %s it is not verified, and says which', (_, beside, said) => {
  const verdict = verify(safe, beside());
  expect([verdict.commitments, verdict.verified]).toEqual([said, false]);
});

test('the command compares them, and says of a full pack that it withholds nothing', async () => {
  const [safeFile, fullFile] = [join(folder, 'safe.zip'), join(folder, 'full.zip')];
  writeFileSync(safeFile, safe);
  writeFileSync(fullFile, full);
  const run = async (...argv: string[]) => {
    const lines: string[] = [];
    const say = (line: string) => void lines.push(line);
    const never = () => Promise.reject(new Error('it needs none'));
    const code = await evidence(['verify', ...argv, '--keys', join(folder, 'key.pem.pub')], {
      openDatabase: never,
      audit: never,
      keyFile: '',
      timeStampUrl: null,
      nowMs: Date.now,
      user: 'officer',
      program: { version: '0.1.0', engine: ENGINE },
      out: say,
      err: say,
    });
    return { code, text: lines.join('\n') };
  };
  const compared = await run(safeFile, '--full', fullFile);
  expect([compared.code, compared.text]).toEqual([
    0,
    expect.stringMatching(/Withheld: +the full pack holds what is withheld here as it was: alert.json, /),
  ]);
  const none = await run(fullFile, '--full', fullFile);
  expect([none.code, none.text]).toEqual([3, expect.stringMatching(/NOT COMPARED: it holds no commitments/)]);
});

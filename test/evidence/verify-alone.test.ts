/** A pack on a machine that has Node, the pack and a key, and nothing else: no Tagwatch, no `node_modules`, no network. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPack } from '../../src/evidence/build-pack.js';
import { makeSigningKey, readSigningKey, type SigningKey } from '../../src/signing-key.js';
import { movePing, resignPack } from '../support/changed-pack.js';
import { makeModel, ORDER } from '../support/pack.js';

const COMMAND = fileURLToPath(new URL('../../dist/verify-page/tagwatch-verify.mjs', import.meta.url));
let folder: string;
let machine: string;
let key: SigningKey;
let pack: Uint8Array;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-key-'));
  machine = mkdtempSync(join(tmpdir(), 'tagwatch-alone-'));
  makeSigningKey(join(folder, 'key.pem'));
  key = readSigningKey(join(folder, 'key.pem'));
  // The engine that is in the command is the built one.
  const built = new URL('../../dist/start/engine-version.js', import.meta.url).href;
  const { readEngineVersion }: typeof import('../../src/start/engine-version.js') = await import(built);
  pack = await buildPack(makeModel(), { ...ORDER, program: { version: '0.1.0', engine: readEngineVersion() } }, key);
  copyFileSync(COMMAND, join(machine, 'tagwatch-verify.mjs'));
  copyFileSync(join(folder, 'key.pem.pub'), join(machine, 'public.pem'));
});
afterAll(() => {
  for (const each of [folder, machine]) rmSync(each, { recursive: true, force: true });
});

function verify(zip: Uint8Array, ...more: readonly string[]): { readonly code: number | null; readonly said: string } {
  writeFileSync(join(machine, 'pack.zip'), zip);
  expect(readdirSync(machine).sort()).toEqual(['pack.zip', 'public.pem', 'tagwatch-verify.mjs']);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tagwatch-verify.mjs', 'pack.zip', ...more], {
    cwd: machine,
    // Neither a home nor a path on which anything would be found.
    env: {},
    encoding: 'utf8',
  });
  return { code: status, said: stdout + stderr };
}

test('it is verified, and the engine finds the same', () => {
  const { code, said } = verify(pack, '--keys', 'public.pem');
  expect([code, said]).toEqual([0, expect.stringMatching(/the engine finds the same\nVERIFIED\.\n$/)]);
});

test('one that was changed and signed again by whoever has the key is not', () => {
  const { code, said } = verify(resignPack(pack, key, 'inputs.ndjson', movePing), '--keys', 'public.pem');
  expect([code, said]).toEqual([
    3,
    expect.stringMatching(/DIFFERS: the engine does not find the same.*\nNOT VERIFIED\.\n$/s),
  ]);
});

test('without a key it says that the signature was not checked', () => {
  const { code, said } = verify(pack);
  expect([code, said]).toEqual([3, expect.stringMatching(/not checked: the public key was not given/)]);
});

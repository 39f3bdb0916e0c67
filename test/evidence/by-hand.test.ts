/** What README.txt tells a third party to do, done: with sha256sum and openssl alone. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPack } from '../../src/evidence/build-pack.js';
import { readContainer } from '../../src/evidence/container.js';
import { makeSigningKey, readSigningKey } from '../../src/signing-key.js';
import { makeModel, ORDER } from '../support/pack.js';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-by-hand-'));
  makeSigningKey(join(folder, 'key.pem'));
  const pack = await buildPack(makeModel(), ORDER, readSigningKey(join(folder, 'key.pem')));
  for (const { name, bytes } of readContainer(pack)) writeFileSync(join(folder, name), bytes);
  writeFileSync(join(folder, 'public.pem'), readFileSync(join(folder, 'key.pem.pub')));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The lines of README.txt that are commands. */
function commands(): string[] {
  const lines = readFileSync(join(folder, 'README.txt'), 'utf8').split('\n');
  return lines.map((line) => line.trim()).filter((line) => /^(openssl|sha256sum|grep) /.test(line));
}

const run = (command: string) => execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });

test('every command of README.txt says what the page says it does', () => {
  const [keyId, signature, list, files, ...ofOthers] = commands();
  // Of a pack with a time stamp, and of a wearer-safe one: `time-stamp.test.ts`, `commitments.test.ts`.
  expect(ofOthers.filter((command) => !/^openssl (ts|dgst) /.test(command))).toEqual([]);
  expect(readFileSync(join(folder, 'README.txt'), 'utf8')).toContain(run(keyId!).split(' ')[0]);
  expect(run(signature!)).toContain('Signature Verified Successfully');
  expect(run(list!)).toMatch(/^[0-9a-f]{64}\n$/);
  const checked = run(files!).trim().split('\n');
  expect(checked.length).toBeGreaterThan(7);
  for (const line of checked) expect(line).toMatch(/: OK$/);
});

test('of a manifest that was changed they say so', () => {
  const manifest = join(folder, 'manifest.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('officer', 'offixer'));
  expect(() => run(commands()[1]!)).toThrow();
});

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keyIdOf, makeSigningKey, readPublicKey } from '../src/signing-key.js';
import { openSigningKey } from '../src/start/signing-key.js';
import { createRememberingLog } from './support/silent-log.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tagwatch-key-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test('a key is made once in the data folder, for its owner alone, and told; its public half stands beside it', () => {
  const logger = createRememberingLog();
  const first = openSigningKey({ signingKeyFile: null, dataDir }, logger)();
  const second = openSigningKey({ signingKeyFile: null, dataDir }, logger)();
  expect(second.keyId).toBe(first.keyId);
  expect(logger.entries).toHaveLength(1);
  const file = join(dataDir, 'signing-key.pem');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(keyIdOf(readPublicKey(readFileSync(`${file}.pub`)))).toBe(first.keyId);
  expect(() => makeSigningKey(file)).toThrow('EEXIST');
});

test('one that is named is never made, and has to be a key that others cannot read', () => {
  const signingKeyFile = join(dataDir, 'named.pem');
  const open = () => openSigningKey({ signingKeyFile, dataDir }, createRememberingLog());
  expect(open).toThrow(`TAGWATCH_SIGNING_KEY_FILE: there is no file ${signingKeyFile}`);
  expect(existsSync(signingKeyFile)).toBe(false);
  makeSigningKey(signingKeyFile);
  open();
  chmodSync(signingKeyFile, 0o640);
  expect(open).toThrow('chmod 600');
  chmodSync(signingKeyFile, 0o600);
  writeFileSync(signingKeyFile, 'nothing');
  expect(open).toThrow(`${signingKeyFile} cannot be used`);
});

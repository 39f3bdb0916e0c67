/** `tagwatch keys`: the key that signs, and the register of those that ever did. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keys } from '../../src/cli/keys.js';
import { readRegister, registerFileOf } from '../../src/evidence/key-register.js';
import { NODE_CRYPTO } from '../../src/evidence/node-crypto.js';
import { readTrustedKeys } from '../../src/evidence/trusted-keys.js';
import { makeSigningKey, readSigningKey } from '../../src/signing-key.js';

let folder: string;
let file: string;
let day = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-keys-'));
  file = join(folder, 'signing.pem');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function call(...argv: string[]): { code: number; text: string } {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  day++;
  const now = () => new Date(Date.UTC(2026, 0, day)).toISOString();
  const code = keys(argv, { keyFile: file, now, out: say, err: say });
  return { code, text: lines.join('\n') };
}

test('made once, for its owner alone, and listed', () => {
  const { code, text } = call('make');
  expect(code).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const { keyId } = readSigningKey(file);
  expect(text).toContain(keyId);
  expect(call('list').text).toContain(keyId);
  expect(call('print').text).toContain(readFileSync(`${file}.pub`, 'utf8').trim());
  const again = call('make');
  expect([again.code, again.text]).toEqual([1, expect.stringContaining('is there already')]);
  expect(readSigningKey(file).keyId).toBe(keyId);
});

test('rotated: another one signs, the one before is trusted for its time, and its private part is gone', () => {
  call('make');
  const before = readSigningKey(file);
  expect(call('rotate').code).toBe(0);
  const after = readSigningKey(file);
  expect(after.keyId).not.toBe(before.keyId);
  const register = readTrustedKeys(readFileSync(registerFileOf(file), 'utf8'), NODE_CRYPTO);
  expect(register.map(({ keyId }) => keyId)).toEqual([before.keyId, after.keyId]);
  // Both hold while the one takes the other's place: what signs then is trusted, whichever it read.
  expect(Date.parse(register[0]!.validTo!)).toBeGreaterThanOrEqual(Date.parse(register[1]!.validFrom));
  expect(register[1]!.validTo).toBeUndefined();
  expect(existsSync(`${file}.next`)).toBe(false);
  expect(readFileSync(`${file}.pub`, 'utf8').trim()).toBe(register[1]!.publicKey.trim());
});

test('revoked by the beginning of its id, with a reason, once', () => {
  call('make');
  const { keyId } = readSigningKey(file);
  expect(call('revoke', keyId.slice(0, 12)).code).toBe(2);
  expect(call('revoke', 'ffffffffffffffffffffff', '--reason', 'lost').code).toBe(1);
  expect(call('revoke', keyId.slice(0, 12), '--reason', 'the laptop was stolen').code).toBe(0);
  expect(readRegister(file)[0]).toMatchObject({ keyId, reason: 'the laptop was stolen' });
  const { validFrom, revokedAt } = readRegister(file)[0]!;
  expect(Date.parse(revokedAt!)).toBeGreaterThanOrEqual(Date.parse(validFrom));
  expect(call('revoke', keyId, '--reason', 'again').code).toBe(1);
});

test('a key that others may read signs nothing, and it is said what to do', () => {
  call('make');
  chmodSync(file, 0o640);
  const { code, text } = call('rotate');
  expect([code, text]).toEqual([1, expect.stringMatching(/may be read or written by others \(640\). chmod 600/)]);
});

test('a key that tagwatch serve made is trusted, rotated and revoked like any other', () => {
  makeSigningKey(file);
  const { keyId } = readSigningKey(file);
  expect(readRegister(file)).toMatchObject([{ keyId }]);
  expect(call('rotate').code).toBe(0);
  expect(readRegister(file)).toHaveLength(2);
  expect(call('revoke', keyId, '--reason', 'it lay in a backup').code).toBe(0);
  expect(readRegister(file)[0]).toMatchObject({ keyId, reason: 'it lay in a backup' });
});

test('a private key is taken for no public one', () => {
  call('make');
  expect(() => readTrustedKeys(readFileSync(file, 'utf8'), NODE_CRYPTO)).toThrow(/private key/);
});

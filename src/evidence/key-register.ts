/** The signing key and, beside it, the register of every key that ever signed: what `tagwatch keys` changes. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { makeSigningKey, readSigningKey } from '../signing-key.js';
import { NODE_CRYPTO } from './node-crypto.js';
import { readTrustedKeys, type TrustedKey, writeTrustedKeys } from './trusted-keys.js';

/** Public: whoever verifies gets it. */
export const registerFileOf = (keyFile: string): string => `${keyFile}.trusted.json`;

/** Of a key that `tagwatch serve` made there is none yet: it is trusted from ever on. */
export function readRegister(keyFile: string): readonly TrustedKey[] {
  const register = registerFileOf(keyFile);
  const file = existsSync(register) ? register : `${keyFile}.pub`;
  if (!existsSync(file)) return [];
  try {
    return readTrustedKeys(readFileSync(file, 'utf8'), NODE_CRYPTO);
  } catch (error) {
    throw new Error(`${file} cannot be used: ${error instanceof Error ? error.message : error}`);
  }
}

/** At once or not at all. */
function writeRegister(keyFile: string, keys: readonly TrustedKey[]): void {
  const file = registerFileOf(keyFile);
  writeFileSync(`${file}.new`, writeTrustedKeys(keys), { mode: 0o644 });
  renameSync(`${file}.new`, file);
}

function toTrusted(keyFile: string, now: string): TrustedKey {
  const { keyId, publicKey } = readSigningKey(keyFile);
  return { keyId, publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string, validFrom: now };
}

/** Makes the first key. Throws where there is one. */
export function makeKey(keyFile: string, now: string): TrustedKey {
  if (existsSync(keyFile)) throw new Error(`${keyFile} is there already: "tagwatch keys rotate" makes the next one`);
  // Before, because the new key's public part would be taken for one that was there.
  const before = readRegister(keyFile);
  makeSigningKey(keyFile);
  const made = toTrusted(keyFile, now);
  writeRegister(keyFile, [...before, made]);
  return made;
}

/**
 * Makes the next key and destroys the private part of the one before, which stays trusted for what it signed until now. Cut off
 * anywhere, the key that signs is in the register.
 */
export function rotateKey(keyFile: string, now: () => string): TrustedKey {
  const before = readSigningKey(keyFile);
  const next = `${keyFile}.next`;
  for (const left of [next, `${next}.pub`]) rmSync(left, { force: true });
  makeSigningKey(next);
  const made = toTrusted(next, now());
  const all = readRegister(keyFile);
  writeRegister(keyFile, [...all, made]);
  renameSync(next, keyFile);
  renameSync(`${next}.pub`, `${keyFile}.pub`);
  // Until the file is the next one's, a recorder signs with the one before.
  const validTo = now();
  const ended = (key: TrustedKey): TrustedKey => (key.keyId === before.keyId ? { ...key, validTo } : key);
  writeRegister(keyFile, [...all.map(ended), made]);
  return made;
}

/** From now on nothing that it signed is trusted. Throws where the register does not hold it. */
export function revokeKey(keyFile: string, keyId: string, reason: string, now: string): TrustedKey {
  const keys = readRegister(keyFile);
  const found = keys.filter((key) => key.keyId.startsWith(keyId));
  const [key] = found;
  if (key === undefined) throw new Error(`there is no key ${keyId} in ${registerFileOf(keyFile)}`);
  if (found.length > 1) throw new Error(`several keys begin with ${keyId}: give more of it`);
  if (key.revokedAt !== undefined) throw new Error(`key ${key.keyId} was revoked at ${key.revokedAt} already`);
  const revoked = { ...key, revokedAt: now, reason };
  writeRegister(
    keyFile,
    keys.map((each) => (each === key ? revoked : each)),
  );
  return revoked;
}

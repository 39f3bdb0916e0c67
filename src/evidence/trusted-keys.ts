/** The public keys that packs are trusted by: a file of those that ever signed, each with the time over which it did. */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { PackCrypto } from './pack-crypto.js';

const Instant = Type.String({ format: 'date-time' });
const TrustedKeySchema = Type.Object({
  keyId: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  /** SPKI, PEM. */
  publicKey: Type.String(),
  validFrom: Instant,
  validTo: Type.Optional(Instant),
  revokedAt: Type.Optional(Instant),
  reason: Type.Optional(Type.String()),
});
export type TrustedKey = Static<typeof TrustedKeySchema>;
const Register = Compile(Type.Object({ keys: Type.Array(TrustedKeySchema) }));

/** What is known of the key that signed. */
export type Trust = 'trusted' | 'unknown-key' | 'not-yet-valid' | 'no-longer-valid' | 'revoked';

/**
 * By the time that the pack tells of itself. Of a revoked key nothing is trusted whatever its date: who has the key writes the date.
 */
export function trustOf(key: TrustedKey | undefined, madeAt: string): Trust {
  if (key === undefined) return 'unknown-key';
  if (key.revokedAt !== undefined) return 'revoked';
  const madeAtMs = Date.parse(madeAt);
  if (madeAtMs < Date.parse(key.validFrom)) return 'not-yet-valid';
  if (key.validTo !== undefined && madeAtMs > Date.parse(key.validTo)) return 'no-longer-valid';
  return 'trusted';
}

/** The keys in a text: a register as `tagwatch keys` keeps it, or one public key as PEM. Throws, saying why, where it is neither. */
export function readTrustedKeys(text: string, { keyIdOf }: Pick<PackCrypto, 'keyIdOf'>): readonly TrustedKey[] {
  if (text.trimStart().startsWith('-----BEGIN')) {
    if (text.includes('PRIVATE KEY'))
      throw new Error('it is a private key: give the public one, and to nobody this one');
    return [{ keyId: keyIdOf(text), publicKey: text, validFrom: new Date(0).toISOString() }];
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('it is neither a PEM nor JSON');
  }
  if (!Register.Check(value))
    throw new Error('it is no register of keys: {"keys": [{"keyId", "publicKey", "validFrom", …}]}');
  for (const { keyId, publicKey } of value.keys) {
    if (keyIdOf(publicKey) !== keyId) throw new Error(`the key that it calls ${keyId} is another one`);
  }
  return value.keys;
}

export const writeTrustedKeys = (keys: readonly TrustedKey[]): string => `${JSON.stringify({ keys }, null, 2)}\n`;

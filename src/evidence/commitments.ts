/**
 * What a wearer-safe pack says of the files that it withholds, without telling anything of them: an HMAC-SHA-256 of each, by a salt that the
 * full edition holds. Whoever has both can show that nothing was changed meanwhile; who has the first alone cannot try addresses until one fits.
 */
import { toCanonicalBytes } from '../canonical-json.js';
import type { PackFile } from './container.js';
import type { PackCrypto } from './pack-crypto.js';

/** In the wearer-safe edition. */
export const COMMITMENTS = 'commitments.json';
/** In the full edition: the salt, hexadecimal. */
export const SALT = 'commitments.salt';

const BLOCK_BYTES = 64;

/** RFC 2104, of a key no longer than a block. */
export function hmac(key: Uint8Array, bytes: Uint8Array, { hash }: Pick<PackCrypto, 'hash'>): Uint8Array {
  const padded = (pad: number, rest: Uint8Array) => {
    const block = new Uint8Array(BLOCK_BYTES + rest.byteLength).fill(pad, 0, BLOCK_BYTES);
    for (const [i, byte] of key.entries()) block[i] = byte ^ pad;
    block.set(rest, BLOCK_BYTES);
    return block;
  };
  return hash('sha256', padded(0x5c, hash('sha256', padded(0x36, bytes))));
}

export const toHex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

export function writeCommitments(withheld: readonly PackFile[], salt: Uint8Array, crypto: PackCrypto): Uint8Array {
  const files = withheld.map(({ name, bytes }) => ({ name, hmac: toHex(hmac(salt, bytes, crypto)) }));
  return toCanonicalBytes({ algorithm: 'HMAC-SHA-256', files });
}

export const writeSalt = (salt: Uint8Array): Uint8Array => new TextEncoder().encode(`${toHex(salt)}\n`);

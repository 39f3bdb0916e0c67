/**
 * What a wearer-safe pack says of the files that it withholds, without telling anything of them: an HMAC-SHA-256 of each, by a salt that the
 * full edition holds. Whoever has both can show that nothing was changed meanwhile; who has the first alone cannot try addresses until one fits.
 */
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { toCanonicalBytes } from '../canonical-json.js';
import type { PackFile } from './container.js';
import type { PackCrypto } from './pack-crypto.js';

/** In the wearer-safe edition. */
export const COMMITMENTS = 'commitments.json';
/** In the full edition: the salt, hexadecimal. */
export const SALT = 'commitments.salt';

const Hex = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Schema = Type.Object({
  algorithm: Type.Literal('HMAC-SHA-256'),
  files: Type.Array(Type.Object({ name: Type.String({ maxLength: 100 }), hmac: Hex }), { maxItems: 32 }),
});
const Checked = Compile(Schema);

const BLOCK_BYTES = 64;
const SALT_TEXT = /^[0-9a-f]{64}\n$/;

/** RFC 2104, of a key no longer than a block. */
function hmac(key: Uint8Array, bytes: Uint8Array, { hash }: Pick<PackCrypto, 'hash'>): Uint8Array {
  const padded = (pad: number, rest: Uint8Array) => {
    const block = new Uint8Array(BLOCK_BYTES + rest.byteLength).fill(pad, 0, BLOCK_BYTES);
    for (const [i, byte] of key.entries()) block[i] = byte ^ pad;
    block.set(rest, BLOCK_BYTES);
    return block;
  };
  return hash('sha256', padded(0x5c, hash('sha256', padded(0x36, bytes))));
}

const toHex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const fromHex = (text: string): Uint8Array =>
  Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));

export function writeCommitments(withheld: readonly PackFile[], salt: Uint8Array, crypto: PackCrypto): Uint8Array {
  const files = withheld.map(({ name, bytes }) => ({ name, hmac: toHex(hmac(salt, bytes, crypto)) }));
  return toCanonicalBytes({ algorithm: 'HMAC-SHA-256', files });
}

export const writeSalt = (salt: Uint8Array): Uint8Array => new TextEncoder().encode(`${toHex(salt)}\n`);

/** Of a file that is withheld: what the full edition holds is what was committed to; it is something else; it is not there. */
export interface CommitmentAnswer {
  readonly name: string;
  readonly outcome: 'same' | 'differs' | 'missing';
}

/** Throws, saying why, where the first holds no commitments, or the second no salt. */
export function compareCommitments(
  safe: ReadonlyMap<string, Uint8Array>,
  full: ReadonlyMap<string, Uint8Array>,
  crypto: PackCrypto,
): readonly CommitmentAnswer[] {
  const [said, salt] = [safe.get(COMMITMENTS), full.get(SALT)];
  if (said === undefined)
    throw new Error('it holds no commitments: it is of another edition, or was made before there were any');
  const saltText = salt === undefined ? '' : new TextDecoder().decode(salt);
  if (!SALT_TEXT.test(saltText))
    throw new Error('the other pack holds no salt: it is not a full one, or was made before there were any');
  const value: unknown = JSON.parse(new TextDecoder().decode(said));
  if (!Checked.Check(value)) throw new Error(`${COMMITMENTS} is not as one is written`);
  return value.files.map(({ name, hmac: committed }) => {
    const bytes = full.get(name);
    if (bytes === undefined) return { name, outcome: 'missing' };
    return { name, outcome: toHex(hmac(fromHex(saltText.trim()), bytes, crypto)) === committed ? 'same' : 'differs' };
  });
}

/** Whether a full pack holds what a wearer-safe one committed to; apart from what writes commitments, as a schema takes long to load. */
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { COMMITMENTS, hmac, SALT, toHex } from './commitments.js';
import type { PackCrypto } from './pack-crypto.js';

const Hex = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Schema = Type.Object({
  algorithm: Type.Literal('HMAC-SHA-256'),
  files: Type.Array(Type.Object({ name: Type.String({ maxLength: 100 }), hmac: Hex }), { maxItems: 32 }),
});
const Checked = Compile(Schema);

const SALT_TEXT = /^[0-9a-f]{64}\n$/;

const fromHex = (text: string): Uint8Array =>
  Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));

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

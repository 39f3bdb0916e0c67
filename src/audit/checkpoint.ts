/** Signed checkpoints of the chain: what a database administrator cannot make again after changing it. */
import { type KeyObject, verify } from 'node:crypto';
import { toCanonicalBytes } from '../canonical-json.js';
import type { Checkpoint, SignedCheckpoint } from '../ports/audit.js';
import { keyIdOf, type SigningKey } from '../signing-key.js';

export function signCheckpoint(checkpoint: Omit<Checkpoint, 'keyId'>, key: SigningKey): SignedCheckpoint {
  const said: Checkpoint = { ...checkpoint, keyId: key.keyId };
  return { ...said, signature: key.sign(toCanonicalBytes(said)) };
}

/** Why a checkpoint counts for nothing; null: it is signed by a key that is trusted for its time. */
export type JudgeCheckpoint = (checkpoint: SignedCheckpoint) => string | null;

export const NOT_SIGNED = 'it is not signed by the key that was given';

/** By one key, for all times. */
export const judgeBy =
  (publicKey: KeyObject): JudgeCheckpoint =>
  (checkpoint) =>
    isSignedBy(checkpoint, publicKey) ? null : NOT_SIGNED;

export function isSignedBy({ signature, ...said }: SignedCheckpoint, publicKey: KeyObject): boolean {
  if (said.keyId !== keyIdOf(publicKey)) return false;
  return verify(null, toCanonicalBytes(said), publicKey, Buffer.from(signature, 'base64url'));
}

/** The checkpoint in a file; null where it holds none. */
export function readCheckpoint(text: string): SignedCheckpoint | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const { size, head, root, at, keyId, signature } = value as Record<string, unknown>;
    const isHead =
      head === null ||
      (typeof head === 'object' &&
        head !== undefined &&
        'epoch' in head &&
        'offset' in head &&
        head.offset !== undefined);
    const isOne =
      Number.isSafeInteger(size) &&
      isHead &&
      [root, at, keyId, signature].every((part) => typeof part === 'string') &&
      /^[0-9a-f]{64}$/.test(String(root));
    return isOne ? (value as SignedCheckpoint) : null;
  } catch {
    return null;
  }
}

/** In the order of the chain, whoever lists them. */
export const fileNameOf = ({ size, at }: Checkpoint): string =>
  `audit-${String(size).padStart(12, '0')}-${at.replaceAll(/[-:]/g, '').replace(/\.\d+/, '')}.json`;

/**
 * Bytes of a small pack, flipped, in both editions: none verifies. Twice: each byte of each file that is in it, in a zip that is
 * stored and not deflated, where the contents or the signature must give it away, whatever is said of the container; and each byte of
 * the zip as it was made. One bit of each, in turn. All of them take 20 minutes of a busy machine (`TAGWATCH_EVERY_BYTE=1 npm run test:long`);
 * without being asked every 53rd is, another one for each seed, so that a few dozen commits have been over all. By Node: `verify-pack.test.ts` holds the verifier of the browser against the same.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPack } from '../../src/evidence/build-pack.js';
import { readContainer } from '../../src/evidence/container.js';
import { MANIFEST, SIGNATURE } from '../../src/evidence/manifest.js';
import { NODE_CRYPTO } from '../../src/evidence/node-crypto.js';
import { verifyPack } from '../../src/evidence/verify-pack.js';
import { makeSigningKey, readSigningKey, type SigningKey } from '../../src/signing-key.js';
import { ENGINE, makeModel, ORDER, trust } from '../support/pack.js';

let folder: string;
let key: SigningKey;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-every-byte-'));
  makeSigningKey(join(folder, 'key.pem'));
  key = readSigningKey(join(folder, 'key.pem'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const verify = (zip: Uint8Array) => verifyPack(zip, [trust(key)], { crypto: NODE_CRYPTO, engine: ENGINE });

const STEP = process.env.TAGWATCH_EVERY_BYTE === '1' ? 1 : 53;
const FIRST = Number(process.env.TAGWATCH_SEED ?? 0) % STEP;

/** Where the flip of a byte is not seen; the bytes are as they were in the end. */
function findUnseen(bytes: Uint8Array, isSeen: () => boolean): number[] {
  const unseen: number[] = [];
  for (let at = FIRST; at < bytes.byteLength; at += STEP) {
    const bit = 1 << (Math.floor(at / STEP) % 8);
    bytes[at]! ^= bit;
    if (!isSeen()) unseen.push(at);
    bytes[at]! ^= bit;
  }
  return unseen;
}

describe.each(['full', 'wearer-safe'] as const)('%s', (edition) => {
  let pack: Uint8Array;
  beforeAll(async () => {
    pack = await buildPack(makeModel(), { ...ORDER, edition }, key);
    expect(verify(pack)).toMatchObject({ verified: true, contents: [], signature: 'good' });
  });

  test('bytes of every file in it: the contents are not as they were, or the signature is not of them', () => {
    const unseen: Record<string, number[]> = {};
    const files = readContainer(pack);
    const stored = zipSync(Object.fromEntries(files.map(({ name, bytes }) => [name, bytes])), { level: 0 });
    for (const { name, bytes } of files) {
      const from = Buffer.from(stored.buffer).indexOf(bytes, stored.byteOffset) - stored.byteOffset;
      expect(from).toBeGreaterThan(0);
      unseen[name] = findUnseen(stored.subarray(from, from + bytes.byteLength), () => {
        const { contents, signature, verified } = verify(stored);
        // Of the manifest and its signature nothing else tells: what they list may be as it was.
        const isTold = name === MANIFEST || name === SIGNATURE || contents.includes(`${name} is not as it was`);
        // Where the id of the key is another one there is no key to check by.
        return !verified && isTold && (contents.length > 0 || signature !== 'good');
      });
    }
    expect(Object.keys(unseen).length).toBe(files.length);
    expect(unseen).toEqual(Object.fromEntries(files.map(({ name }) => [name, []])));
  });

  test('bytes of the zip as it was made', () => {
    expect(findUnseen(pack, () => !verify(pack).verified)).toEqual([]);
    expect(verify(pack).verified).toBe(true);
  });
});

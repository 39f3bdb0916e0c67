import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { BEFORE_FIRST, hashLink } from '../../src/audit/chain.js';
import { isSignedBy, judgeBy, readCheckpoint, signCheckpoint } from '../../src/audit/checkpoint.js';
import { type ChainFault, verifyChain } from '../../src/audit/verify.js';
import { toCanonicalBytes } from '../../src/canonical-json.js';
import type { AuditEntry, ChainLink, SignedCheckpoint } from '../../src/ports/audit.js';
import { keyIdOf, type SigningKey } from '../../src/signing-key.js';
import { entryAt } from '../support/audit.js';

function chain(entries: readonly AuditEntry[], epoch = 'e1'): ChainLink[] {
  let previous: Uint8Array = BEFORE_FIRST;
  return entries.map((entry, i) => {
    previous = hashLink(previous, 2 * i, entry);
    return { position: i + 1, epoch, offset: 2 * i, entry, hash: previous };
  });
}

const ten = chain(Array.from({ length: 10 }, (_, i) => entryAt(i + 1)));

async function* pages(links: readonly ChainLink[]): AsyncGenerator<readonly ChainLink[]> {
  for (let i = 0; i < links.length; i += 3) yield links.slice(i, i + 3);
}
const renumber = (links: readonly ChainLink[]) => links.map((link, i) => ({ ...link, position: i + 1 }));
const faultsOf = async (links: readonly ChainLink[]): Promise<readonly ChainFault[]> =>
  (await verifyChain(pages(links), [], null)).faults;

function newKey(): SigningKey & { readonly publicKey: KeyObject } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { keyId: keyIdOf(publicKey), publicKey, sign: (bytes) => sign(null, bytes, privateKey).toString('base64url') };
}
const key = newKey();
const checkpointAt = (size: number, links: readonly ChainLink[] = ten, by = key): SignedCheckpoint => {
  const link = links[size - 1]!;
  const { epoch, offset } = link;
  const root = Buffer.from(link.hash).toString('hex');
  return signCheckpoint({ size, head: { epoch, offset }, root, at: '2026-11-28T10:00:00.000Z' }, by);
};

describe('a chain', () => {
  test('as it was made holds, whatever order its fields come back in', async () => {
    const mixed = ten.map((link) => ({
      ...link,
      entry: Object.fromEntries(Object.entries(link.entry).reverse()) as unknown as AuditEntry,
    }));
    expect(await verifyChain(pages(mixed), [], null)).toMatchObject({ size: 10, writers: 1, faults: [], heldUpTo: 0 });
  });

  test('an entry that was changed is found by its place', async () => {
    const changed = ten.with(4, { ...ten[4]!, entry: { ...ten[4]!.entry, who: 'somebody else' } });
    expect(await faultsOf(changed)).toEqual([{ type: 'changed', position: 5 }]);
  });

  test('so is its place in the log, and a hash', async () => {
    expect(await faultsOf(ten.with(4, { ...ten[4]!, offset: 9 }))).toContainEqual({ type: 'changed', position: 5 });
    const hashes = await faultsOf(ten.with(4, { ...ten[4]!, hash: BEFORE_FIRST }));
    expect(hashes).toEqual([
      { type: 'changed', position: 5 },
      { type: 'changed', position: 6 },
    ]);
  });

  test('entries that were removed are found, also where the others were numbered anew', async () => {
    const removed = ten.toSpliced(4, 2);
    expect(await faultsOf(removed)).toEqual([
      { type: 'removed', from: 5, to: 6 },
      { type: 'lost', writer: 'w1', from: 5, to: 6 },
    ]);
    expect(await faultsOf(renumber(removed))).toContainEqual({ type: 'changed', position: 5 });
  });

  test('so are one that was inserted and two that changed places', async () => {
    const forged: ChainLink = { ...ten[4]!, entry: entryAt(1, { writer: 'forger' }) };
    const found = await faultsOf(renumber(ten.toSpliced(5, 0, forged)));
    expect(found).toContainEqual({ type: 'out-of-order', position: 6 });
    expect(found).toContainEqual({ type: 'changed', position: 6 });
    const swapped = await faultsOf(renumber(ten.with(3, ten[4]!).with(4, ten[3]!)));
    expect(swapped).toContainEqual({ type: 'changed', position: 4 });
    expect(swapped).toContainEqual({ type: 'out-of-order', position: 5 });
  });

  test('a number of a writer that never came is told; one that was kept and came late is none', async () => {
    const numbered = (ns: readonly number[]) => chain(ns.map((n) => entryAt(n)));
    expect(await faultsOf(numbered([1, 2, 5, 3, 4, 6]))).toEqual([]);
    expect(await faultsOf(numbered([1, 2, 5, 9]))).toEqual([
      { type: 'lost', writer: 'w1', from: 3, to: 4 },
      { type: 'lost', writer: 'w1', from: 6, to: 8 },
    ]);
  });

  test('of another log goes on', async () => {
    const entry = entryAt(11);
    const later: ChainLink = { position: 11, epoch: 'e2', offset: 0, entry, hash: hashLink(ten[9]!.hash, 0, entry) };
    expect(await faultsOf([...ten, later])).toEqual([]);
  });
});

describe('a tail', () => {
  const held = [{ name: 'a', checkpoint: checkpointAt(8) }];

  test('that was cut shows by a checkpoint alone', async () => {
    expect(await faultsOf(ten.slice(0, 7))).toEqual([]);
    const { faults, heldUpTo } = await verifyChain(pages(ten.slice(0, 7)), held, judgeBy(key.publicKey));
    expect(faults).toEqual([{ type: 'cut', size: 7, checkpointSize: 8, at: '2026-11-28T10:00:00.000Z' }]);
    expect(heldUpTo).toBe(0);
  });

  test('that was written anew does too', async () => {
    const anew = chain([...ten.slice(0, 6).map(({ entry }) => entry), entryAt(7, { who: null }), entryAt(8)]);
    expect(await faultsOf(anew)).toEqual([]);
    const { faults } = await verifyChain(pages(anew), held, judgeBy(key.publicKey));
    expect(faults).toEqual([{ type: 'rewritten', checkpointSize: 8, at: '2026-11-28T10:00:00.000Z' }]);
  });

  test('that is as it was is held up to the newest checkpoint', async () => {
    const two = [...held, { name: 'b', checkpoint: checkpointAt(3) }];
    expect(await verifyChain(pages(ten), two, judgeBy(key.publicKey))).toMatchObject({
      faults: [],
      heldUpTo: 8,
      checkpointsHeld: 2,
    });
  });

  test.each([
    ['changed afterwards', { ...checkpointAt(8), size: 7 }],
    ['signed by another key', checkpointAt(8, ten, newKey())],
    ['signed by another key in the name of ours', { ...checkpointAt(8, ten, newKey()), keyId: key.keyId }],
    ['no checkpoint', null],
  ])('a checkpoint that is %s counts for nothing and is told', async (_what, checkpoint) => {
    const { faults, heldUpTo } = await verifyChain(pages(ten), [{ name: 'x', checkpoint }], judgeBy(key.publicKey));
    expect([faults.map(({ type }) => type), heldUpTo]).toEqual([['bad-checkpoint'], 0]);
  });

  test('a checkpoint is read from its file as it was signed, and nothing else is', () => {
    const checkpoint = checkpointAt(8);
    const read = readCheckpoint(JSON.stringify(checkpoint, null, 2));
    expect(read).toEqual(checkpoint);
    expect(isSignedBy(read!, key.publicKey)).toBe(true);
    for (const text of ['', '[]', 'null', '{"size":1}', JSON.stringify({ ...checkpoint, root: 'zz' })])
      expect(readCheckpoint(text)).toBeNull();
  });
});

test('canonical bytes are RFC 8785’s', () => {
  expect(Buffer.from(toCanonicalBytes({ b: [1e21, 'é'], a: { z: null, y: 0.1 } })).toString()).toBe(
    '{"a":{"y":0.1,"z":null},"b":[1e+21,"é"]}',
  );
});

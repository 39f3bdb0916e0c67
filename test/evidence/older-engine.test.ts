/**
 * A pack that an older program made, kept as it was: it is verified for ever. `fixtures/older-engine.zip` was made from the model of
 * `support/pack.ts` as it stood on the day when packs began, by that program.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readContainer } from '../../src/evidence/container.js';
import { MANIFEST } from '../../src/evidence/manifest.js';
import { NODE_CRYPTO } from '../../src/evidence/node-crypto.js';
import { readManifest } from '../../src/evidence/read-manifest.js';
import { readTrustedKeys } from '../../src/evidence/trusted-keys.js';
import { verdictInWords } from '../../src/evidence/verdict-words.js';
import { verifyPack } from '../../src/evidence/verify-pack.js';
import { readEngineVersion } from '../../src/start/engine-version.js';

const read = (name: string) => readFileSync(fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url)));
const pack = read('older-engine.zip');
const trusted = readTrustedKeys(read('older-engine.pem').toString(), NODE_CRYPTO);
const { program } = readManifest(readContainer(pack).find(({ name }) => name === MANIFEST)!.bytes);

test('it is verified, and beside “the same” stands that another engine made it, which repeats it, and what is compared', () => {
  const engine = readEngineVersion();
  expect(engine).not.toBe(program.engine);
  const verdict = verifyPack(pack, trusted, { crypto: NODE_CRYPTO, engine });
  expect(verdict).toMatchObject({
    contents: [],
    signature: 'good',
    trust: 'trusted',
    container: 'as-made',
    verified: true,
  });
  expect(verdict.rerun).toEqual([
    {
      alertId: verdict.manifest!.alerts[0]!.alertId,
      outcome: 'same',
      detail: [
        `found by the engine ${program.engine}, repeated by ${engine}; compared are start, end, why it ended, reason and strength of the finding`,
      ],
    },
  ]);
  expect(verdictInWords(verdict).at(-1)).toBe('VERIFIED.');
});

test('by the engine that made it there is nothing to say of another', () => {
  const verdict = verifyPack(pack, trusted, { crypto: NODE_CRYPTO, engine: program.engine });
  expect(verdict.rerun.map(({ outcome, detail }) => [outcome, detail])).toEqual([['same', []]]);
});

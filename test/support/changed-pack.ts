/** Packs as a forger makes them who has the key: changed, and all that hangs on the change made to fit. */
import { toCanonicalBytes } from '../../src/canonical-json.js';
import { toListed } from '../../src/evidence/build-pack.js';
import { readContainer, writeContainer } from '../../src/evidence/container.js';
import { MANIFEST, SIGNATURE } from '../../src/evidence/manifest.js';
import { readManifest } from '../../src/evidence/read-manifest.js';
import type { SigningKey } from '../../src/signing-key.js';

/** The pack with one of its files changed, listed and signed anew. */
export function resignPack(
  pack: Uint8Array,
  key: SigningKey,
  name: string,
  change: (text: string) => string,
): Uint8Array {
  const entries = readContainer(pack).map((file) =>
    file.name === name ? { name, bytes: Buffer.from(change(Buffer.from(file.bytes).toString())) } : file,
  );
  const others = entries.filter((file) => file.name !== MANIFEST && file.name !== SIGNATURE);
  const manifest = readManifest(entries.find((file) => file.name === MANIFEST)!.bytes);
  const bytes = toCanonicalBytes({ ...manifest, files: others.map(toListed) });
  const signature = Buffer.from(key.sign(bytes), 'base64url');
  return writeContainer(
    [...others, { name: MANIFEST, bytes }, { name: SIGNATURE, bytes: signature }],
    Date.parse(manifest.madeAt),
  );
}

/** `inputs.ndjson` with the eighth ping elsewhere. */
export const movePing = (text: string): string =>
  text
    .split('\n')
    .map((line) => (line.includes('"identity":"7"') ? line.replace(/"latitude":53\.\d+/, '"latitude":53.45') : line))
    .join('\n');

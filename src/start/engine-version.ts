/** Which engine this is: a hash of its files, so that a finding that another engine made is not taken for one that was changed. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Of the files as they run, `src` or `dist`, in the order of their names; about 60 files, 5 ms. */
export function readEngineVersion(): string {
  const folder = fileURLToPath(new URL('../engine/', import.meta.url));
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[jt]s$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => name.replaceAll('\\', '/'))
    .sort();
  const hash = createHash('sha256');
  for (const name of names) {
    const bytes = readFileSync(`${folder}/${name}`);
    hash.update(`${name}\0${bytes.byteLength}\0`).update(bytes);
  }
  return hash.digest('hex');
}

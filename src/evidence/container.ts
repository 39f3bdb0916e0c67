/** The zip that a pack is: the same files give the same bytes, so a container can be built again from what is in it and compared. */
import { strToU8, unzipSync } from 'fflate';
import { writeZip, type ZipFile } from '../formats/zip.js';

/** In the order in which they stand. */
export type PackFile = ZipFile;

const MAX_FILES = 32;
const MAX_FILE_BYTES = 64 * 1_048_576;
const MAX_BYTES = 128 * 1_048_576;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export const writeContainer: (files: readonly PackFile[], madeAtMs: number) => Uint8Array = writeZip;

/** Throws, saying why, where it is no zip or holds what no pack holds. */
export function readContainer(zip: Uint8Array): PackFile[] {
  let count = 0;
  let total = 0;
  const names = new Set<string>();
  const files = unzipSync(zip, {
    filter({ name, originalSize }) {
      count += 1;
      total += originalSize;
      if (!NAME.test(name)) throw new Error(`a file's name is ${JSON.stringify(name.slice(0, 100))}`);
      if (names.has(name)) throw new Error(`the file ${name} is in it twice`);
      names.add(name);
      if (count > MAX_FILES) throw new Error(`it holds more than ${MAX_FILES} files`);
      if (originalSize > MAX_FILE_BYTES || total > MAX_BYTES)
        throw new Error('its files are larger than those of a pack');
      return true;
    },
  });
  return Object.entries(files).map(([name, bytes]) => ({ name, bytes }));
}

export function areSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.byteLength !== b.byteLength) return false;
  for (let i = 0; i < a.byteLength; i++) if (a[i] !== b[i]) return false;
  return true;
}

export const toBytes = (text: string): Uint8Array => strToU8(text);

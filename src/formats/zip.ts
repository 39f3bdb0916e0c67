/** A zip whose bytes depend on what goes in alone: fflate deflates by itself, so they are the same under every Node and in every time zone. */
import { zipSync } from 'fflate';

export interface ZipFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** In the order in which they are given; `madeAtMs` is every file's time, in UTC. */
export function writeZip(files: readonly ZipFile[], madeAtMs: number): Uint8Array {
  const at = new Date(madeAtMs);
  // A zip's times have no zone and are taken from local parts.
  const mtime = new Date(
    at.getUTCFullYear(),
    at.getUTCMonth(),
    at.getUTCDate(),
    at.getUTCHours(),
    at.getUTCMinutes(),
    at.getUTCSeconds(),
  );
  return zipSync(Object.fromEntries(files.map(({ name, bytes }) => [name, bytes])), { level: 6, mtime });
}

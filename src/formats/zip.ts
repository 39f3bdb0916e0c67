/** A zip whose bytes depend on what goes in alone: fflate deflates by itself, so they are the same under every Node and in every time zone. */
import { zipSync } from 'fflate';

export interface ZipFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** In the order in which they are given; `madeAtMs` is every file's time, in UTC. */
export function writeZip(files: readonly ZipFile[], madeAtMs: number): Uint8Array {
  const zip = zipSync(Object.fromEntries(files.map(({ name, bytes }) => [name, bytes])), { level: 6, mtime: ANY_TIME });
  setTimes(zip, madeAtMs);
  return zip;
}

/** Replaced: fflate takes a file's time from local parts, and not every one exists where the clocks go forward. */
const ANY_TIME = new Date(2000, 0, 1, 12);

/** In the directory at its end, and before each file (APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16; times as MS-DOS has them, 4.4.6). */
function setTimes(zip: Uint8Array, madeAtMs: number): void {
  const at = new Date(madeAtMs);
  const day = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const set = (offset: number) => {
    view.setUint16(offset, time, true);
    view.setUint16(offset + 2, day, true);
  };
  const end = zip.byteLength - 22;
  let entry = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    set(entry + 12);
    set(view.getUint32(entry + 42, true) + 10);
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(entry + offset, true));
    entry += 46 + name! + extra! + comment!;
  }
}

/** Entries on disk while the log does not take them: a file a writer, a line an entry. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

const ENDING = '.ndjson';
const TAKEN_ENDING = '.taken.ndjson';

export interface KeptFile {
  readonly path: string;
  readonly lines: readonly string[];
}

export interface KeptEntries {
  /** Resolves when the lines are on the disk itself. */
  add(lines: readonly string[]): Promise<void>;
  /** What this writer added is in the log. */
  clear(): Promise<void>;
  /** What others left, who ended before the log was back: no second one takes it. */
  takeLeft(): Promise<readonly KeptFile[]>;
  /** A file that was taken is in the log. */
  remove(path: string): Promise<void>;
}

/** The folder is made when the first entry is kept. */
export function openKeptEntries(directory: string, writer: string): KeptEntries {
  const own = join(directory, `${writer}${ENDING}`);
  let hasOwn = false;
  return {
    async add(lines) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      // By its path each time: whoever takes what was left renames the file.
      const file = await open(own, 'a', 0o600);
      hasOwn = true;
      try {
        await file.appendFile(lines.map((line) => `${line}\n`).join(''));
        await file.datasync();
      } finally {
        await file.close();
      }
    },
    async clear() {
      if (hasOwn) await rm(own, { force: true });
      hasOwn = false;
    },
    async takeLeft() {
      const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
      const files: KeptFile[] = [];
      for (const name of names.filter((each) => each.endsWith(ENDING)).sort()) {
        const path = join(directory, `${name.split('.', 1)[0]}-${randomUUID().slice(0, 8)}${TAKEN_ENDING}`);
        try {
          await rename(join(directory, name), path);
        } catch (error) {
          // Another one was first.
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
          throw error;
        }
        const text = await readFile(path, 'utf8');
        files.push({ path, lines: text.split('\n').filter((line) => line !== '') });
      }
      return files;
    },
    remove: (path) => rm(path, { force: true }),
  };
}

/**
 * Keeps a second process out of the embedded log and the embedded database: two of them in one directory destroy it (PGlite takes
 * no lock of its own). The file names its holder; a holder that is gone is taken over.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Thrown where a live process has the directory; the message names its pid. */
export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse';
}

interface Holder {
  readonly pid: number;
  /** When that process started, in the kernel's own count, where it tells: pids are used again. */
  readonly startedAt: string | null;
}

/** Paths that this very process holds. */
const heldHere = new Set<string>();

/** Start of a process in clock ticks since boot (Linux, `proc(5)`, field 22); null elsewhere or where it is gone. */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program comes second, in parentheses, and may hold blanks and parentheses itself.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether the holder named in the file still runs. Our own pid in a file is that of a process before us. */
function isHeld(holder: Holder): boolean {
  if (holder.pid === process.pid || !isAlive(holder.pid)) return false;
  const start = processStart(holder.pid);
  return start === null || holder.startedAt === null || start === holder.startedAt;
}

function parseHolder(text: string): Holder | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number') return null;
    const startedAt = 'startedAt' in value && typeof value.startedAt === 'string' ? value.startedAt : null;
    return { pid: value.pid, startedAt };
  } catch {
    return null;
  }
}

const TAKEOVER_ATTEMPTS = 5;

/**
 * Takes the lock file at `path` or throws `DirectoryInUse`. Answers how to give it back.
 * The file appears whole (written beside, then linked), so a reader never sees half of it.
 */
export function takeLock(lockPath: string): () => void {
  const path = resolve(lockPath);
  if (heldHere.has(path))
    throw new DirectoryInUse(`${dirname(path)} is in use by process ${process.pid}, which is this one`);
  mkdirSync(dirname(path), { recursive: true });
  const own = JSON.stringify({ pid: process.pid, startedAt: processStart(process.pid) });
  const beside = `${path}.${process.pid}`;
  const aside = `${path}.${process.pid}.old`;
  writeFileSync(beside, own);
  try {
    for (let attempt = 0; attempt < TAKEOVER_ATTEMPTS; attempt++) {
      try {
        publish(beside, path, own);
        heldHere.add(path);
        return () => {
          if (heldHere.delete(path)) rmSync(path, { force: true });
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const found = readIfThere(path);
      if (found === null) continue;
      const holder = parseHolder(found);
      if (holder !== null && isHeld(holder)) {
        throw new DirectoryInUse(
          `${dirname(path)} is in use by process ${holder.pid}. Stop it first, or choose another directory with ` +
            'TAGWATCH_DATA_DIR.',
        );
      }
      putAside(path, aside, found);
    }
    throw new DirectoryInUse(`Could not take the lock ${path}: others keep taking it`);
  } finally {
    rmSync(beside, { force: true });
  }
}

/** Makes the file appear whole and only if there is none; in two steps on file systems that have no links (FAT). */
function publish(beside: string, path: string, content: string): void {
  try {
    linkSync(beside, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    writeFileSync(path, content, { flag: 'wx' });
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Removes the stale file, and that one only: where someone else took it over in between, theirs is put back. */
function putAside(path: string, aside: string, stale: string): void {
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(aside, 'utf8') !== stale) linkSync(aside, path);
  rmSync(aside, { force: true });
}

/** One process at a time in a directory: a lock file that names its holder, taken over when the holder is gone. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LOCK_FILE = 'tagwatch.lock';

/** Tries at a lock that changes hands while we look at it. */
const MAX_TRIES = 10;

interface Holder {
  readonly pid: number;
  /** Tells a process from a later one with the same pid (in a container every program is pid 1); null where unknown. */
  readonly startedAtTicks: string | null;
}

/** Thrown where another live process has the directory; the message names its pid. */
export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse';
}

/** Takes the directory for this process, making it where it is missing. Answers how to give it back. */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const lockFile = join(directory, LOCK_FILE);
  const mine = JSON.stringify({ pid: process.pid, startedAtTicks: startTicks(process.pid) } satisfies Holder);
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    if (createLinked(lockFile, mine)) {
      return () => {
        if (readOrNull(lockFile) === mine) rmSync(lockFile, { force: true });
      };
    }
    const found = readOrNull(lockFile);
    if (found === null) continue;
    const holder = parseHolder(found);
    if (holder && isAlive(holder)) {
      throw new DirectoryInUse(
        `${directory} is in use by process ${holder.pid}. Only one process may have it open: stop that one, or choose another data directory.`,
      );
    }
    removeIfStill(lockFile, found);
  }
  throw new DirectoryInUse(
    `${directory}: its lock file ${LOCK_FILE} keeps changing; another process is starting in it.`,
  );
}

/** Makes the file with its content in one step, so that nobody sees it half written; false where it exists. */
function createLinked(lockFile: string, content: string): boolean {
  const draft = `${lockFile}.${process.pid}`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, lockFile);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Takes a stale lock away, unless someone was faster and it is a new one by now: that one is put back. */
function removeIfStill(lockFile: string, stale: string): void {
  const aside = `${lockFile}.stale.${process.pid}`;
  try {
    renameSync(lockFile, aside);
  } catch {
    return;
  }
  const moved = readOrNull(aside);
  if (moved !== null && moved !== stale) createLinked(lockFile, moved);
  rmSync(aside, { force: true });
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function parseHolder(content: string): Holder | null {
  try {
    const value = JSON.parse(content) as Partial<Holder>;
    return typeof value.pid === 'number' ? { pid: value.pid, startedAtTicks: value.startedAtTicks ?? null } : null;
  } catch {
    return null;
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const ticks = startTicks(holder.pid);
  return ticks === null || holder.startedAtTicks === null || ticks === holder.startedAtTicks;
}

/** When a process began, in clock ticks since boot (field 22 of Linux's /proc/PID/stat); null elsewhere. */
function startTicks(pid: number): string | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  // The second field is the command in parentheses and may hold spaces; field 3 begins behind the last parenthesis.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

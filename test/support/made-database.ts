/**
 * Embedded databases that are made once a run and copied: the making costs a core 5 s, the schema 6 s more, the copy 0.2 s.
 * What tests the making itself opens a folder that is empty.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/store/migrate.js';
import { openPglite } from '../../src/store/pglite.js';
import { silentLog } from './silent-log.js';

const FOLDER = 'TAGWATCH_TEST_DATABASES';
const MAKING_LIMIT_MS = 240_000;

/** `empty` has no schema; `migrated` has this program's. */
export type MadeDatabase = 'empty' | 'migrated';

/**
 * For the runner: a folder of this run, gone at its end, or the one that TAGWATCH_TEST_DATABASES names, which several runs of one build
 * share and which stays. The databases in it are made by whoever needs one first.
 */
export default function prepare(_project: TestProject): () => void {
  const shared = process.env[FOLDER];
  if (shared !== undefined) {
    mkdirSync(shared, { recursive: true });
    return () => {};
  }
  const folder = mkdtempSync(join(tmpdir(), 'tagwatch-databases-'));
  process.env[FOLDER] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Fills `directory` with a database for `openPglite`. */
export async function copyMadeDatabase(kind: MadeDatabase, directory: string): Promise<void> {
  const folder = process.env[FOLDER];
  if (folder === undefined) throw new Error(`${FOLDER} is not set: the runner's global set-up has not run`);
  const made = join(folder, kind);
  if (!existsSync(made)) await make(kind, folder, made);
  cpSync(made, directory, { recursive: true });
}

/** One of the workers makes it, in a place of its own, and the others wait until it stands under its name, or that one has failed. */
async function make(kind: MadeDatabase, folder: string, made: string): Promise<void> {
  const place = join(folder, `${kind}.making`);
  const end = Date.now() + MAKING_LIMIT_MS;
  while (!existsSync(made)) {
    if (Date.now() > end) throw new Error(`The ${kind} test database was not made within ${MAKING_LIMIT_MS} ms`);
    if (take(place)) await makeIn(place, kind, made);
    else await sleep(50);
  }
}

/** Whether nobody else makes it. */
function take(place: string): boolean {
  try {
    mkdirSync(place);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

async function makeIn(place: string, kind: MadeDatabase, made: string): Promise<void> {
  try {
    // Whoever had it before may have finished since this one looked.
    if (existsSync(made)) return;
    if (kind === 'migrated') await copyMadeDatabase('empty', place);
    const db = await openPglite({ directory: place, log: silentLog });
    if (kind === 'migrated') await migrate(db, silentLog);
    await db.close();
    renameSync(place, made);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

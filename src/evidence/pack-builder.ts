/**
 * Builds the packs that were asked for, in that order and one at a time, of all processes on a database together. What a process began
 * and did not end, the next one begins anew.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../ports/clock.js';
import { type Database, DatabaseUnavailable } from '../ports/database.js';
import type { Log } from '../ports/log.js';
import {
  failPack,
  hasWaitingPack,
  keepPackFile,
  notePackStep,
  putPackBack,
  type StoredPack,
  takeWaitingPack,
} from '../store/packs.js';
import { buildPackBeside } from './build-pack-thread.js';
import { gatherPack } from './gather.js';
import type { PackOrder } from './pack-model.js';

export interface PackBuilderDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Log;
  /** The file of the signing key; throws, saying why, where there is none that can be used. */
  readonly keyFile: () => string;
  readonly program: PackOrder['program'];
  /** How often it looks for what another process was asked for, or began and did not end, ms. */
  readonly lookEveryMs: number;
}

export interface PackBuilder {
  /** Something was asked for. */
  wake(): void;
  stop(): Promise<void>;
}

/** One that was begun so often, and each time the process ended with it, is given up: the others wait behind it. */
const MAX_ATTEMPTS = 3;
const PACK_BUILDER_LOCK = 7_402_310_003;

export function startPackBuilder(deps: PackBuilderDeps): PackBuilder {
  const { db, logger, lookEveryMs } = deps;
  const stopping = new AbortController();
  const { signal } = stopping;
  let isAsked = true;
  let running: Promise<void> | null = null;
  /** Begun here, and left because the database was away. */
  const left = new Set<string>();

  async function buildAll(): Promise<void> {
    if (!(await hasWaitingPack(db))) return;
    const lock = await db.tryLock(PACK_BUILDER_LOCK);
    // Somebody else builds, and takes what waits here too.
    if (lock === null) return;
    let isHeld = true;
    void lock.lost.then(() => {
      isHeld = false;
    });
    try {
      while (isHeld && !signal.aborted) {
        for (const packId of left) {
          await putPackBack(db, packId);
          left.delete(packId);
        }
        const pack = await takeWaitingPack(db);
        if (pack === null) break;
        left.add(pack.packId);
        await buildOne(deps, pack, signal);
        left.delete(pack.packId);
      }
    } finally {
      await lock.release();
    }
  }

  async function run(): Promise<void> {
    while (isAsked && !signal.aborted) {
      isAsked = false;
      try {
        await buildAll();
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof DatabaseUnavailable)) logger.error({ err: error }, 'packs could not be built');
      }
    }
  }

  function wake(): void {
    isAsked = true;
    running ??= run().finally(() => {
      running = null;
    });
  }

  const timer = setInterval(wake, lookEveryMs);
  wake();
  return {
    wake,
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}

/** Ends as ready or failed; rejects where the database is away or the program stops, and it is begun again later. */
async function buildOne(deps: PackBuilderDeps, pack: StoredPack, signal: AbortSignal): Promise<void> {
  const { db, clock, logger, program } = deps;
  const { packId, edition, marking, purpose, recipient, requestedBy, requestedName } = pack;
  if (pack.attempts > MAX_ATTEMPTS) {
    logger.error(
      { packId, attempts: MAX_ATTEMPTS },
      'an evidence pack was given up: the program ended with it each time',
    );
    return await failPack(
      db,
      packId,
      `It was begun ${MAX_ATTEMPTS} times, and the program ended each time before it was made. Ask for one of fewer alerts, or of a shorter time.`,
      clock.nowMs(),
    );
  }
  try {
    const nowMs = clock.nowMs();
    const gathered = await db.transaction((tx) => gatherPack(tx, pack.subject, nowMs), 'repeatable read');
    if ('refused' in gathered) return await failPack(db, packId, `${gathered.refused}.`, clock.nowMs());
    const madeBy = requestedName === requestedBy ? requestedBy : `${requestedName} (${requestedBy})`;
    const order = { packId, edition, purpose, recipient, marking, madeAtMs: nowMs, madeBy, program };
    await notePackStep(db, packId, 'writing');
    const file = await buildPackBeside({ source: gathered.source, order, keyFile: deps.keyFile() }, signal);
    const sha256 = createHash('sha256').update(file).digest('hex');
    await keepPackFile(db, packId, { file, sha256, atMs: clock.nowMs() });
    logger.info({ packId, bytes: file.byteLength }, 'an evidence pack was made');
  } catch (error) {
    // The program stops in order: that is no attempt.
    if (signal.aborted) await putPackBack(db, packId).catch(() => {});
    if (signal.aborted || error instanceof DatabaseUnavailable) throw error;
    logger.error({ packId, err: error }, 'an evidence pack could not be made');
    await failPack(db, packId, 'It could not be built: the log of the program says why.', clock.nowMs());
  }
}

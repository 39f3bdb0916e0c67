/**
 * Runs the rehearsals that were asked for, in that order and one at a time, of all processes on a database together. What a process began
 * and did not end, the next one begins anew.
 */
import type { Clock } from '../ports/clock.js';
import { type Database, DatabaseUnavailable } from '../ports/database.js';
import type { Log } from '../ports/log.js';
import type { RecordStore } from '../ports/records.js';
import type { WatchStore } from '../ports/watch.js';
import {
  endRehearsal,
  hasWaitingRehearsal,
  noteRehearsed,
  type StoredRehearsal,
  takeWaitingRehearsal,
} from '../store/rehearsals.js';
import { startRehearsalThread } from './rehearsal-thread.js';
import { runRehearsal } from './run-rehearsal.js';

const REHEARSAL_LOCK = 7_402_310_017;
/** Of one rehearsal: what takes longer is of too many wearers for one. */
const LIMIT_MS = 15 * 60_000;

export interface RehearsalsDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Log;
  readonly store: RecordStore;
  readonly watchStore: WatchStore;
  /** How often it is looked for what another process was asked for, or began and did not end, ms. */
  readonly lookEveryMs: number;
  readonly limitMs?: number;
}

export interface Rehearsals {
  /** Something was asked for. */
  wake(): void;
  stop(): Promise<void>;
}

export function startRehearsals(deps: RehearsalsDeps): Rehearsals {
  const { db, logger, lookEveryMs } = deps;
  const stopping = new AbortController();
  const { signal } = stopping;
  let isAsked = true;
  let running: Promise<void> | null = null;

  async function runAll(): Promise<void> {
    if (!(await hasWaitingRehearsal(db))) return;
    const lock = await db.tryLock(REHEARSAL_LOCK);
    // Somebody else runs them, and takes what waits here too.
    if (lock === null) return;
    let isHeld = true;
    void lock.lost.then(() => {
      isHeld = false;
    });
    try {
      while (isHeld && !signal.aborted) {
        const rehearsal = await takeWaitingRehearsal(db);
        if (rehearsal === null) break;
        await runOne(deps, rehearsal, signal);
      }
    } finally {
      await lock.release();
    }
  }

  async function run(): Promise<void> {
    while (isAsked && !signal.aborted) {
      isAsked = false;
      try {
        await runAll();
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof DatabaseUnavailable)) logger.error({ err: error }, 'rehearsals could not be run');
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

/** Ends it; rejects where the database is away or the program stops, and it is begun again later. */
async function runOne(deps: RehearsalsDeps, rehearsal: StoredRehearsal, signal: AbortSignal): Promise<void> {
  const { db, clock, logger, store, watchStore, limitMs = LIMIT_MS } = deps;
  const { rehearsalId } = rehearsal;
  const fail = (failure: string) => endRehearsal(db, rehearsalId, { state: 'failed', failure }, clock.nowMs());
  const limit = AbortSignal.timeout(limitMs);
  const thread = startRehearsalThread();
  const stop = () => void thread.stop();
  for (const each of [signal, limit]) each.addEventListener('abort', stop, { once: true });
  try {
    const onWearer = async (done: number) => !limit.aborted && (await noteRehearsed(db, rehearsalId, done));
    const result = await runRehearsal({ db, store, watchStore, thread, onWearer }, rehearsal);
    if (result !== null) await endRehearsal(db, rehearsalId, { state: 'ready', result }, clock.nowMs());
    else if (limit.aborted) await fail(TOO_LONG);
  } catch (error) {
    if (signal.aborted || error instanceof DatabaseUnavailable) throw error;
    if (limit.aborted) {
      await fail(TOO_LONG);
      return;
    }
    logger.error({ rehearsalId, err: error }, 'a rehearsal could not be run');
    await fail('It could not be run: the log of the program says why.');
  } finally {
    for (const each of [signal, limit]) each.removeEventListener('abort', stop);
    await thread.stop();
  }
}

const TOO_LONG = 'It took too long: try fewer wearers, or fewer days.';

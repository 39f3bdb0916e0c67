/** The rehearsals that were asked for: each in a thread of its own, within a time. */
import type { Clock } from '../ports/clock.js';
import { DatabaseUnavailable } from '../ports/database.js';
import type { RecordStore } from '../ports/records.js';
import type { WatchStore } from '../ports/watch.js';
import { type QueuedWork, type QueuedWorkDeps, startQueuedWork } from '../store/queued-work.js';
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

export interface RehearsalsDeps extends QueuedWorkDeps {
  readonly clock: Clock;
  readonly store: RecordStore;
  readonly watchStore: WatchStore;
  readonly limitMs?: number;
}

/** Runs the rehearsals that were asked for. */
export function startRehearsals(deps: RehearsalsDeps): QueuedWork {
  const { db } = deps;
  return startQueuedWork<StoredRehearsal>(deps, {
    lock: REHEARSAL_LOCK,
    failure: 'rehearsals could not be run',
    isWaiting: () => hasWaitingRehearsal(db),
    take: () => takeWaitingRehearsal(db),
    work: (rehearsal, signal) => runOne(deps, rehearsal, signal),
  });
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

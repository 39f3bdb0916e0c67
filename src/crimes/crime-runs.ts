/** The runs that were asked for: each in a thread of its own, within a time, and while its authority holds. */
import { setImmediate as turn } from 'node:timers/promises';
import { BASE_RATE_DAYS } from '../matching/base-rate.js';
import type { CrimeResult, Match } from '../matching/match-crimes.js';
import type { Clock } from '../ports/clock.js';
import { DatabaseUnavailable } from '../ports/database.js';
import {
  addResults,
  findBatch,
  type NewResult,
  readCrimes,
  type StoredBatch,
  type StoredCrime,
} from '../store/crime-batches.js';
import { endRun, hasWaitingRun, noteExamined, type StoredRun, takeWaitingRun } from '../store/crime-runs.js';
import { readRecordedFixes } from '../store/match-fixes.js';
import { type QueuedWork, type QueuedWorkDeps, startQueuedWork } from '../store/queued-work.js';
import type { CrimeMatch } from '../wire/crime-batch.js';
import { type PlacedScene, toScene } from './examine.js';
import { toMatchFacts } from './match-facts.js';
import { type MatchingThread, startMatchingThread } from './matching-thread.js';

const CRIMES_LOCK = 7_402_310_023;
/** Of one run: what takes longer is of too many crimes and wearers for one. */
const LIMIT_MS = 60 * 60_000;
const DAY_MS = 86_400_000;
/** Read at a time: what one answer brings is looked at in one turn, and alerts wait for it. */
const DAYS_PER_READ = 2;
/** Results are handed over so many crimes at a time, for the same reason. */
const CRIMES_PER_PIECE = 50;
/** What brings the program down is not begun for ever. */
const MAX_ATTEMPTS = 3;

export interface CrimeRunsDeps extends QueuedWorkDeps {
  readonly clock: Clock;
  readonly limitMs?: number;
}

/** Runs what was asked for. */
export function startCrimeRuns(deps: CrimeRunsDeps): QueuedWork {
  const { db } = deps;
  return startQueuedWork<StoredRun>(deps, {
    lock: CRIMES_LOCK,
    failure: 'crimes could not be matched',
    isWaiting: () => hasWaitingRun(db),
    take: () => takeWaitingRun(db),
    work: (run, signal) => runOne(deps, run, signal),
  });
}

/** Ends it; rejects where the database is away or the program stops, and it is begun again later. */
async function runOne(deps: CrimeRunsDeps, run: StoredRun, signal: AbortSignal): Promise<void> {
  const { db, clock, logger, limitMs = LIMIT_MS } = deps;
  const { batchId } = run;
  const fail = (failure: string) => endRun(db, run, failure, clock.nowMs());
  if (run.attempts > MAX_ATTEMPTS) {
    await fail(`It was begun ${MAX_ATTEMPTS} times and not ended.`);
    return;
  }
  const batch = await findBatch(db, batchId);
  if (batch === null) throw new Error(`there is no batch ${batchId}`);
  if (batch.authority.untilMs <= clock.nowMs()) {
    await fail('Its authority ran out before it was begun.');
    return;
  }
  const crimes = await readCrimes(db, batchId);
  const limit = AbortSignal.timeout(limitMs);
  const thread = startMatchingThread(crimes.map(toScene), {
    radiusMetres: batch.radiusMetres,
    fastestMetresPerSecond: batch.fastestMetresPerSecond,
  });
  const stop = () => void thread.stop();
  for (const each of [signal, limit]) each.addEventListener('abort', stop, { once: true });
  try {
    if (!(await examineAll(deps, { batch, run, crimes, thread }))) {
      await fail('Its authority ran out while it was run.');
      return;
    }
    await db.transaction(async (tx) => {
      for (let from = 0; from < crimes.length; from += CRIMES_PER_PIECE)
        await addResults(tx, run, (await thread.results(from, CRIMES_PER_PIECE)).map(toResult));
      await endRun(tx, run, null, clock.nowMs());
    });
  } catch (error) {
    if (signal.aborted || error instanceof DatabaseUnavailable) throw error;
    if (limit.aborted) {
      await fail('It took too long: match fewer crimes at a time.');
      return;
    }
    logger.error({ batchId, run: run.run, err: error }, 'crimes could not be matched');
    await fail('It could not be run: the log of the program says why.');
  } finally {
    for (const each of [signal, limit]) each.removeEventListener('abort', stop);
    await thread.stop();
  }
}

interface Matched {
  readonly batch: StoredBatch;
  readonly run: StoredRun;
  readonly crimes: readonly StoredCrime[];
  readonly thread: MatchingThread;
}

/** False: its authority ran out meanwhile. */
async function examineAll({ db, clock }: CrimeRunsDeps, { batch, run, crimes, thread }: Matched): Promise<boolean> {
  const stretches = stretchesToRead(crimes.map(toScene));
  for (const [done, wearerId] of run.wearerIds.entries()) {
    if (batch.authority.untilMs <= clock.nowMs()) return false;
    for (const [fromMs, untilMs] of stretches) {
      thread.give(await readRecordedFixes(db, wearerId, fromMs, untilMs));
      await turn();
    }
    await thread.examine(wearerId);
    await noteExamined(db, run, done + 1);
  }
  return true;
}

const toResult = ({ crime: { place }, matches, cannotSay }: CrimeResult<PlacedScene>): NewResult => ({
  place,
  matches: matches.map(toMatch),
  cannotSay,
});

const toMatch = (match: Match): CrimeMatch => ({
  wearerId: match.wearerId,
  ...toMatchFacts(match, match.atRadius),
  daysThere: match.baseRate.daysThere,
  daysKnown: match.baseRate.daysKnown,
});

/**
 * Around each crime: a day on either side, so that it is known where somebody came from and went to, and the days before of which the base
 * rate is made. In order of time, none twice, a few days each.
 */
export function stretchesToRead(
  scenes: readonly PlacedScene[],
): readonly (readonly [fromMs: number, untilMs: number])[] {
  const days = new Set<number>();
  for (const { fromMs, toMs } of scenes) {
    const last = Math.floor((toMs + DAY_MS) / DAY_MS);
    for (let day = Math.floor(fromMs / DAY_MS) - BASE_RATE_DAYS; day <= last; day++) days.add(day);
  }
  const stretches: [fromMs: number, untilMs: number][] = [];
  for (const day of [...days].sort((a, b) => a - b)) {
    const newest = stretches.at(-1);
    const fromMs = day * DAY_MS;
    if (newest !== undefined && newest[1] === fromMs && fromMs - newest[0] < DAYS_PER_READ * DAY_MS)
      newest[1] = fromMs + DAY_MS;
    else stretches.push([fromMs, fromMs + DAY_MS]);
  }
  return stretches;
}

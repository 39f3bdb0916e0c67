/**
 * Work that was asked for and waits in the database: done in that order and one at a time, of all processes on a database together. What a
 * process began and did not end, the next one begins anew.
 */
import { type Database, DatabaseUnavailable } from '../ports/database.js';
import type { Log } from '../ports/log.js';

/** How often it is looked for what another process was asked for, or began and did not end, ms. */
const LOOK_EVERY_MS = 30_000;

export interface QueuedWorkDeps {
  readonly db: Database;
  readonly logger: Log;
  /** 30 s where it is not said, ms. */
  readonly lookEveryMs?: number;
}

export interface Queue<Job> {
  /** Of the advisory lock that whoever works holds. */
  readonly lock: number;
  /** What is logged where it cannot go on. */
  readonly failure: string;
  isWaiting(): Promise<boolean>;
  /** The next one, marked as begun; null: there is none. */
  take(): Promise<Job | null>;
  /** Ends it, well or not; rejects where the database is away or the program stops, and it is begun again later. */
  work(job: Job, signal: AbortSignal): Promise<void>;
}

export interface QueuedWork {
  /** Something was asked for. */
  wake(): void;
  stop(): Promise<void>;
}

export function startQueuedWork<Job>(
  { db, logger, lookEveryMs = LOOK_EVERY_MS }: QueuedWorkDeps,
  queue: Queue<Job>,
): QueuedWork {
  const stopping = new AbortController();
  const { signal } = stopping;
  let isAsked = true;
  let running: Promise<void> | null = null;

  async function workOff(): Promise<void> {
    if (!(await queue.isWaiting())) return;
    const lock = await db.tryLock(queue.lock);
    // Somebody else works, and takes what waits here too.
    if (lock === null) return;
    let isHeld = true;
    void lock.lost.then(() => {
      isHeld = false;
    });
    try {
      while (isHeld && !signal.aborted) {
        const job = await queue.take();
        if (job === null) break;
        await queue.work(job, signal);
      }
    } finally {
      await lock.release();
    }
  }

  async function run(): Promise<void> {
    while (isAsked && !signal.aborted) {
      isAsked = false;
      try {
        await workOff();
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof DatabaseUnavailable)) logger.error({ err: error }, queue.failure);
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

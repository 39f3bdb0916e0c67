/**
 * Deletes what is older than the force keeps it, as far as nothing holds it: one process at a time, in small steps, each in the audit
 * before the next one begins. Whole days, so that a tag has one entry a day.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { AuditTrail } from '../../ports/audit.js';
import type { Clock } from '../../ports/clock.js';
import { type Database, DatabaseBusy, DatabaseUnavailable, type Queryable } from '../../ports/database.js';
import type { Log } from '../../ports/log.js';
import type { Deletion, RetentionStore } from '../../ports/retention.js';

const RETENTION_LOCK = 7_402_310_006;
const DAY_MS = 86_400_000;
const RUN_EVERY_MS = 3_600_000;
/** A day of a tag, and what came late of it. */
const ROWS_A_STEP = 2_000;
/** Between two steps, so that what is recorded does not wait for the disk: 48,000 tags take an hour. */
const PAUSE_MS = 50;
const UNTOLD_A_READ = 100;

export interface RetentionDeps {
  readonly db: Database;
  readonly store: RetentionStore;
  readonly audit: Pick<AuditTrail, 'append'>;
  readonly clock: Clock;
  readonly logger: Log;
  /** What is older is deleted. */
  readonly days: number;
  readonly rowsAStep?: number;
  readonly pauseMs?: number;
}

export interface Retention {
  stop(): Promise<void>;
}

/** Once at the start and every hour. */
export function startRetention(deps: RetentionDeps): Retention {
  const stopping = new AbortController();
  const { signal } = stopping;
  const { logger } = deps;
  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        await runRetention(deps, signal);
      } catch (error) {
        // One that is too slow is told as well: it would be so each hour.
        if (!signal.aborted && (!(error instanceof DatabaseUnavailable) || error instanceof DatabaseBusy))
          logger.error({ err: error }, 'what is too old could not be deleted; it is tried again in an hour');
      }
      await delay(RUN_EVERY_MS, undefined, { signal, ref: false }).catch(() => {});
    }
  }
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Tells how many rows it deleted: none where another process is at it. Rejects where the database or the audit does. */
export async function runRetention(deps: RetentionDeps, signal?: AbortSignal): Promise<number> {
  const { db, store, clock, logger, days, rowsAStep = ROWS_A_STEP, pauseMs = PAUSE_MS } = deps;
  const lock = await db.tryLock(RETENTION_LOCK);
  if (lock === null) return 0;
  let isHeld = true;
  void lock.lost.then(() => {
    isHeld = false;
  });
  const goesOn = () => isHeld && signal?.aborted !== true;
  const olderThanMs = Math.floor(clock.nowMs() / DAY_MS - days) * DAY_MS;
  let total = 0;
  /** Until a step finds less than it may take. */
  async function workOff(
    step: (tx: Queryable, at: { olderThanMs: number; nowMs: number; limit: number }) => Promise<number>,
  ) {
    for (let deleted = 1; deleted > 0 && goesOn(); ) {
      deleted = await db.transaction((tx) => step(tx, { olderThanMs, nowMs: clock.nowMs(), limit: rowsAStep }));
      total += deleted;
      if (deleted === 0) return;
      await tellAll(deps);
      if (pauseMs > 0) await delay(pauseMs);
    }
  }
  try {
    // What a process deleted that ended before it said so.
    await tellAll(deps);
    for (let tagId: string | null = null; goesOn(); ) {
      const next: string | null = await store.nextTagWithPings(db, tagId, olderThanMs);
      if (next === null) break;
      tagId = next;
      await workOff((tx, at) => store.deletePings(tx, { ...at, tagId: next }));
    }
    await workOff((tx, at) => store.deleteRejected(tx, at));
  } finally {
    await lock.release();
  }
  if (total > 0)
    logger.info({ deleted: total, olderThan: new Date(olderThanMs).toISOString() }, 'what was too old was deleted');
  return total;
}

/** Every deletion that has no entry in the audit gets one; again where a process ended between the entry and its note. */
async function tellAll({ db, store, audit, clock, days }: RetentionDeps): Promise<void> {
  for (;;) {
    const untold = await store.listUntold(db, UNTOLD_A_READ);
    for (const deletion of untold) {
      await audit.append(toFacts(deletion, clock.nowMs(), days));
      await store.noteTold(db, deletion.n, clock.nowMs());
    }
    if (untold.length < UNTOLD_A_READ) return;
  }
}

function toFacts({ n, what, tagId, fromMs, toMs, deleted, wearerIds }: Deletion, nowMs: number, days: number) {
  const iso = (atMs: number) => new Date(atMs).toISOString();
  return {
    what: 'retention',
    act: 'erasure',
    when: iso(nowMs),
    who: null,
    ...(tagId === null ? {} : { subjectId: tagId, subjectType: 'tag' }),
    wearerIds,
    outcome: 'done',
    rowCount: deleted,
    purpose: `older than ${days} days: from ${iso(fromMs)} to ${iso(toMs)}`,
    operationId: what === 'ping' ? 'retention of pings' : 'retention of rejected messages',
    correlationId: `retention-${n}`,
  } as const;
}

/**
 * Judges the past again where the engine asked for it: one request at a time, when its tag has been quiet, it re-runs the engine
 * over what is stored and sends the difference to the record back to the engine, as a `history` input. A request is done when a
 * re-run finds nothing that is not on record: so it may be cut off anywhere, and what was refused or overtaken is compared anew.
 * Several may run; each request is one's for a while.
 */
import type { HeardMessage, HistoricChange } from '../../engine/inputs.js';
import { GAP_LIMIT_MS, HORIZON_MS } from '../../engine/thresholds.js';
import type { TagWatch } from '../../engine/types.js';
import { suspendedUntilMs } from '../../engine/watch/compile.js';
import type { Clock } from '../../ports/clock.js';
import { type Database, DatabaseUnavailable } from '../../ports/database.js';
import { type EventLog, LogUnavailable, type NewRecord } from '../../ports/event-log.js';
import type { Log } from '../../ports/log.js';
import type { DueRequest, ReconcileStore } from '../../ports/reconcile.js';
import type { RecordTables } from '../../ports/record-tables.js';
import { ALERTS, appendInTurns, type HistoryRecord, INPUTS, inputRecord } from '../../ports/topics.js';
import type { WatchStore } from '../../ports/watch.js';
import { horizonOf } from '../../watchlist/watch-builder.js';
import { type AlertsEnd, watchAlertsEnd } from '../alerts-end.js';
import { ALERT_READER } from '../recorder/sinks.js';
import { readKnownShared, readKnownWatch } from './known-watch.js';
import { type OrderedShared, prepareShared } from './ordered-rerun.js';
import { RUN_LIMITS, type RunLimits, type RunResult, runReconciliation } from './reconcile-run.js';

export interface ReconcilerOptions extends RunLimits {
  /** No newer request of the activation for so long: its upload is over. */
  readonly quietMs: number;
  /** A trickle of requests does not put it off for longer than this. */
  readonly waitLimitMs: number;
  /** How often it looks whether one is due. */
  readonly pollMs: number;
  /** Who has taken a request in hand has it for so long. */
  readonly leaseMs: number;
  /** When it looks again whether what was sent stands on record: first, and at most (it doubles). */
  readonly checkFirstMs: number;
  readonly checkLimitMs: number;
  /** After so many times in hand it waits until somebody asks again. */
  readonly maxAttempts: number;
  /** Changes of one `history` input: a record stays well below a megabyte. */
  readonly maxChanges: number;
}

export const RECONCILER_DEFAULTS: ReconcilerOptions = {
  ...RUN_LIMITS,
  quietMs: 60_000,
  waitLimitMs: 15 * 60_000,
  pollMs: 2_000,
  leaseMs: 5 * 60_000,
  checkFirstMs: 3_000,
  checkLimitMs: 5 * 60_000,
  maxAttempts: 30,
  maxChanges: 100,
};

/** A suspension may be lifted before its end: looked for at least so often. */
const SUSPENDED_CHECK_MS = 3_600_000;
/** How often and how long it waits for the recorder of alerts before it puts a request back. */
const RECORD_LOOKS = 20;
const RECORD_LOOK_MS = 100;
/** Behind what was deleted: a re-run begins half an hour before, and a gap is no finding of its own. */
const KEPT_MARGIN_MS = HORIZON_MS + 2 * GAP_LIMIT_MS;
/**
 * What a tag said of its strap and case is sent to the engine so often while it is not on record: after that it was told, and is
 * forgotten. The engine keeps fewer (`DEVICE_MARKS`).
 */
const TAMPER_TRIES = 3;
const MAX_TAMPERS = 100;
/** Waiting for log or database, at most. */
const BACKOFF_LIMIT_MS = 10_000;

/** Numbers for the metrics. `sent`: a difference went to the engine; `agreed`: the record holds what was found. */
export interface ReconcilerCounters {
  reconciled(outcome: 'sent' | 'agreed' | 'gone' | 'failed', seconds: number): void;
}

export interface ReconcilerDeps {
  readonly log: EventLog;
  readonly db: Database;
  readonly store: ReconcileStore;
  readonly watchStore: WatchStore;
  readonly tables: Pick<RecordTables, 'readPosition'>;
  readonly clock: Clock;
  readonly logger: Log;
  readonly epoch: string;
  readonly counters?: ReconcilerCounters;
  readonly options?: Partial<ReconcilerOptions>;
}

export interface Reconciler {
  /** Requests that wait; rejects where the database is away. */
  waiting(): Promise<number>;
  /** Ends after the re-run under way. */
  stop(): Promise<void>;
}

export async function startReconciler(deps: ReconcilerDeps): Promise<Reconciler> {
  const { db, store, logger } = deps;
  const options = { ...RECONCILER_DEFAULTS, ...deps.options };
  const alertsEnd = await watchAlertsEnd(deps.log);
  const work = createWork(deps, options, alertsEnd);
  let stopped = false;
  let wake = () => {};
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (stopped) wake();
    });

  async function run(): Promise<void> {
    let backoffMs = options.pollMs;
    while (!stopped) {
      try {
        const worked = await work();
        backoffMs = options.pollMs;
        if (!worked) await sleep(options.pollMs);
      } catch (error) {
        const passes = error instanceof DatabaseUnavailable || error instanceof LogUnavailable;
        if (passes) logger.debug({ err: error }, 'reconciler: waits for log or database');
        else logger.warn({ err: error }, 'reconciler: could not look for requests, will try again');
        await sleep(backoffMs);
        backoffMs = Math.min(2 * backoffMs, BACKOFF_LIMIT_MS);
      }
    }
  }

  const running = run();
  return {
    waiting: () => store.countWaiting(db),
    async stop() {
      stopped = true;
      wake();
      await running;
      await alertsEnd.stop();
    },
  };
}

/** One request's worth of work; false where none was due. Rejects where log or database do, and the request is left to its lease. */
function createWork(deps: ReconcilerDeps, options: ReconcilerOptions, alertsEnd: AlertsEnd) {
  const { log, db, store, clock, logger, counters } = deps;
  let shared: { readonly version: string; readonly prepared: OrderedShared } | null = null;

  /** Prepared once for as long as no shared condition changes; schedules are expanded anew every day. */
  async function readShared(nowMs: number): Promise<OrderedShared> {
    const version = `${await store.readSharedVersion(db)}/${horizonOf(nowMs)}`;
    if (shared?.version !== version) shared = { version, prepared: prepareShared(await readKnownShared(deps, nowMs)) };
    return shared.prepared;
  }

  /** Whether the record holds every alert that the log holds now; the recorder is given a moment. */
  async function isRecordComplete(): Promise<boolean> {
    const end = await alertsEnd.read();
    for (let look = 0; look < RECORD_LOOKS; look++) {
      const place = await deps.tables.readPosition(db, ALERT_READER, { topic: ALERTS, partition: 0 });
      if (end === 0 || (place !== null && place.epoch === deps.epoch && place.nextOffset >= end)) return true;
      await new Promise((resolve) => setTimeout(resolve, RECORD_LOOK_MS));
    }
    return false;
  }

  const checkAt = ({ attempts }: DueRequest): number =>
    clock.nowMs() + Math.min(options.checkFirstMs * 2 ** Math.max(0, attempts - 1), options.checkLimitMs);

  async function send(
    request: DueRequest,
    watch: TagWatch,
    result: RunResult,
    tampers: readonly HeardMessage[],
  ): Promise<'sent' | 'held back'> {
    const nowMs = clock.nowMs();
    const heldUntilMs = (change: HistoricChange) => (change.isNew ? suspendedUntil(watch, change, nowMs) : null);
    const changes = result.changes.filter((change) => heldUntilMs(change) === null);
    if (changes.length === 0 && tampers.length === 0) {
      const untilMs = Math.min(...result.changes.map((change) => heldUntilMs(change)!), nowMs + SUSPENDED_CHECK_MS);
      await store.putBack(db, request, { notBeforeMs: untilMs, attempts: 0 });
      return 'held back';
    }
    const { activationId, tagId } = request;
    const { newestFixAtMs } = result;
    const about = aboutIfOver(watch, nowMs);
    const records: NewRecord[] = [];
    const told = { type: 'history', activationId, tagId, atMs: nowMs, newestFixAtMs } as const;
    for (let from = 0; from < changes.length; from += options.maxChanges) {
      const part = changes.slice(from, from + options.maxChanges);
      records.push(inputRecord({ ...told, changes: part, ...about } satisfies HistoryRecord));
    }
    if (tampers.length > 0)
      records.push(inputRecord({ ...told, changes: [], tampers, ...about } satisfies HistoryRecord));
    await appendInTurns(log, INPUTS, records);
    logger.info(
      {
        activationId,
        tagId,
        changes: changes.length,
        tampers: tampers.length,
        pings: result.pings,
        attempts: request.attempts,
      },
      'reconciler: what the past looks like now was sent to the engine',
    );
    const tampersSent = request.tampersSent + (tampers.length > 0 ? 1 : 0);
    await store.putBack(db, request, { notBeforeMs: checkAt(request), tampersSent });
    return 'sent';
  }

  async function reconcile(request: DueRequest): Promise<'sent' | 'agreed' | 'gone' | 'held back'> {
    const nowMs = clock.nowMs();
    const watch = await readKnownWatch(deps, request.tagId, request.activationId, nowMs);
    if (watch === null) {
      await store.finish(db, request);
      return 'gone';
    }
    // Over what retention has left of that time, what is on record would be taken back.
    const keptFromMs = await store.readKeptFrom(db, request);
    const fromMs = Math.max(request.fromMs, keptFromMs === null ? request.fromMs : keptFromMs + KEPT_MARGIN_MS);
    if (fromMs > request.toMs) {
      await store.finish(db, request);
      logger.warn(
        { activationId: request.activationId },
        'reconciler: that past is not judged again: retention has deleted of it',
      );
      return 'gone';
    }
    const result = await runReconciliation(
      { db, store, limits: options },
      { ...request, fromMs },
      watch,
      await readShared(nowMs),
      nowMs,
    );
    const tampers = request.tampersSent >= TAMPER_TRIES ? [] : await readTampers({ ...request, fromMs }, watch);
    if (result.changes.length > 0 || tampers.length > 0) return await send(request, watch, result, tampers);
    if (result.slicedAtMs !== null) {
      await store.moveStart(db, request, result.slicedAtMs);
      await store.putBack(db, request, { notBeforeMs: nowMs, attempts: 0 });
    } else await store.finish(db, request);
    return 'agreed';
  }

  async function readTampers(request: DueRequest, { activations }: TagWatch): Promise<readonly HeardMessage[]> {
    const { fittedAtMs, removedAtMs } = activations[0]!;
    const fromMs = Math.max(request.fromMs, fittedAtMs);
    const toMs = Math.min(request.toMs, removedAtMs ?? request.toMs);
    return await store.readUntoldTampers(db, { ...request, fromMs, toMs, limit: MAX_TAMPERS });
  }

  async function giveUp(request: DueRequest, lastError: string): Promise<void> {
    logger.error(
      { activationId: request.activationId, tagId: request.tagId, attempts: request.attempts, lastError },
      'reconciler: a request does not come to an end; it waits until somebody asks again',
    );
    await store.putBack(db, request, { notBeforeMs: null, lastError });
  }

  return async function work(): Promise<boolean> {
    const { quietMs, waitLimitMs, leaseMs, maxAttempts } = options;
    const request = await store.claim(db, { nowMs: clock.nowMs(), quietMs, waitLimitMs, leaseMs });
    if (request === null) return false;
    const startedAtMs = clock.nowMs();
    const seconds = () => Math.max(0, clock.nowMs() - startedAtMs) / 1000;
    try {
      if (!(await isRecordComplete())) {
        const attempts = request.attempts - 1;
        await store.putBack(db, request, { notBeforeMs: clock.nowMs() + options.pollMs, attempts });
        return false;
      }
      if (request.attempts > maxAttempts) {
        await giveUp(request, `${maxAttempts} attempts did not bring the record to what is found`);
        counters?.reconciled('failed', seconds());
        return true;
      }
      const outcome = await reconcile(request);
      if (outcome !== 'held back') counters?.reconciled(outcome, seconds());
    } catch (error) {
      if (error instanceof DatabaseUnavailable || error instanceof LogUnavailable) throw error;
      const { activationId, tagId } = request;
      logger.error({ activationId, tagId, err: error }, 'reconciler: a re-run failed; it is tried again');
      counters?.reconciled('failed', seconds());
      await store.putBack(db, request, { notBeforeMs: checkAt(request), lastError: String(error) });
    }
    return true;
  };
}

/** What the engine needs to tell events of an activation that it may have forgotten. */
function aboutIfOver({ activations: [activation] }: TagWatch, nowMs: number): Pick<HistoryRecord, 'about'> {
  if (activation === undefined || activation.removedAtMs === null || activation.removedAtMs > nowMs) return {};
  const { terms, ...about } = activation;
  return { about };
}

/** Until when a new alert of a condition is held back; null: it is not. */
function suspendedUntil(watch: TagWatch, { sayings }: HistoricChange, nowMs: number): number | null {
  const conditionId = sayings[0]?.conditionId ?? null;
  const suspensions = watch.activations[0]?.suspensions ?? [];
  return conditionId === null ? null : suspendedUntilMs({ suspensions }, conditionId, nowMs);
}

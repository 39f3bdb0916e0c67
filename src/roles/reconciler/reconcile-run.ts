/** One reconciliation: reads what is stored of an activation, re-runs the engine over it, compares with the alerts on record. */
import type { HistoricChange } from '../../engine/inputs.js';
import { compareWithRecord, type RecordedEpisode } from '../../engine/past/reconcile.js';
import { AHEAD_LIMIT_MS, GAP_LIMIT_MS, HORIZON_MS, KEPT_FIXES } from '../../engine/thresholds.js';
import type { ReconcileRequest, TagWatch } from '../../engine/types.js';
import type { Queryable } from '../../ports/database.js';
import type { PingCursor, ReconcileStore } from '../../ports/reconcile.js';
import { type OrderedShared, startOrderedRerun } from './ordered-rerun.js';
import { toRecordedEpisode } from './recorded-episode.js';
import { madeAtMsOf } from './rerun.js';

export interface RunLimits {
  /** Pings in memory at once. */
  readonly pagePings: number;
  /** Episodes of one re-run; where there are more the rest is another slice. */
  readonly maxEpisodes: number;
  /** Alerts of one activation that it is compared with. */
  readonly maxAlerts: number;
}

export const RUN_LIMITS: RunLimits = { pagePings: 2_000, maxEpisodes: 5_000, maxAlerts: 20_000 };

export interface RunResult {
  readonly changes: readonly HistoricChange[];
  readonly newestFixAtMs: number;
  readonly pings: number;
  /** Up to where it was compared, where that is not all that was asked; null: it is all. */
  readonly slicedAtMs: number | null;
}

export interface RunDeps {
  readonly db: Queryable;
  readonly store: Pick<ReconcileStore, 'readFindings' | 'readOrderedPings' | 'readPingsBefore'>;
  readonly limits: RunLimits;
}

/** `watch` holds the one activation; `untilMs`: up to when time passes. */
export async function runReconciliation(
  { db, store, limits }: RunDeps,
  request: ReconcileRequest,
  watch: TagWatch,
  shared: OrderedShared,
  untilMs: number,
): Promise<RunResult> {
  const { activationId } = watch.activations[0]!;
  const { tagId } = watch;
  const readRecorded = async (endedAfterMs: number): Promise<RecordedEpisode[]> => {
    const findings = await store.readFindings(db, { activationId, endedAfterMs, limit: limits.maxAlerts + 1 });
    if (findings.length > limits.maxAlerts) throw new Error(`more than ${limits.maxAlerts} alerts to compare with`);
    return findings.map(toRecordedEpisode).filter((one) => one !== null);
  };
  // What was taken back has no end, and is about no time any more.
  const touched = (await readRecorded(request.fromMs - GAP_LIMIT_MS)).filter(
    ({ withdrawn, last }) => !withdrawn && last.episode.startedAtMs <= request.toMs + GAP_LIMIT_MS,
  );
  const read = { tagId, aheadLimitMs: AHEAD_LIMIT_MS };
  const readBefore = (beforeMs: number) => store.readPingsBefore(db, { ...read, beforeMs, limit: KEPT_FIXES });
  const partMs = Math.min(request.fromMs - GAP_LIMIT_MS, ...touched.map(({ last }) => last.episode.startedAtMs));
  // From so long before the last that were sent, however long ago: which of them is the outlier shows by those before.
  const [oldest] = await readBefore(partMs);
  const fromMs = Math.min(partMs, oldest === undefined ? partMs : madeAtMsOf(oldest)) - HORIZON_MS;
  // What was over before may go on into that time, as the end of a violation rests on fixes after it.
  const recorded = await readRecorded(fromMs);

  const rerun = startOrderedRerun(activationId, watch, shared, fromMs);
  const before = await readBefore(fromMs);
  rerun.take(before);
  let count = before.length;
  let slicedAtMs: number | null = null;
  const goesOnOnRecord = touched.some(({ last }) => last.episode.endedAtMs === null);
  for (let after: PingCursor | null = null; ; ) {
    const pings = await store.readOrderedPings(db, { ...read, fromMs, after, limit: limits.pagePings });
    rerun.take(pings);
    count += pings.length;
    const last = pings.at(-1);
    if (last === undefined || pings.length < limits.pagePings) break;
    after = { madeAtMs: madeAtMsOf(last), identity: last.ping.identity };
    if (goesOnOnRecord) continue;
    // What goes on there is told by later pings, and by the live fold's own.
    const toldUntilMs = after.madeAtMs - HORIZON_MS;
    if (toldUntilMs <= request.fromMs || rerun.goesOn(toldUntilMs + GAP_LIMIT_MS)) continue;
    if (toldUntilMs > request.toMs) break;
    if (rerun.size() <= limits.maxEpisodes) continue;
    slicedAtMs = toldUntilMs;
    break;
  }
  const { found, newestFixAtMs } = rerun.finish(slicedAtMs ?? untilMs);
  const toMs = Math.min(request.toMs, slicedAtMs ?? Number.POSITIVE_INFINITY);
  const part = { ...request, toMs };
  return {
    changes: compareWithRecord(found, recorded, part, rerun.canTellOf),
    newestFixAtMs,
    pings: count,
    slicedAtMs,
  };
}

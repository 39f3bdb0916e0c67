/** One reconciliation: reads what is stored of an activation, re-runs the engine over it, compares with the alerts on record. */
import type { HistoricChange } from '../../engine/inputs.js';
import { compareWithRecord } from '../../engine/past/reconcile.js';
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
  const findings = await store.readFindings(db, {
    activationId,
    endedAfterMs: request.fromMs - GAP_LIMIT_MS,
    limit: limits.maxAlerts + 1,
  });
  if (findings.length > limits.maxAlerts) throw new Error(`more than ${limits.maxAlerts} alerts to compare with`);
  const recorded = findings.map(toRecordedEpisode).filter((one) => one !== null);
  const touched = recorded.filter(({ last }) => last.episode.startedAtMs <= request.toMs + GAP_LIMIT_MS);
  const fromMs =
    Math.min(request.fromMs - GAP_LIMIT_MS, ...touched.map(({ last }) => last.episode.startedAtMs)) - HORIZON_MS;

  const rerun = startOrderedRerun(activationId, watch, shared, fromMs);
  const read = { tagId, aheadLimitMs: AHEAD_LIMIT_MS };
  const before = await store.readPingsBefore(db, { ...read, beforeMs: fromMs, limit: KEPT_FIXES });
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

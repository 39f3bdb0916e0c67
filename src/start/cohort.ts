/** The cohort's rows, put together from the record, the watches that it makes, and the live view. */
import type { Database } from '../ports/database.js';
import {
  COHORT_DAYS,
  type JudgedFacts,
  measureStretch,
  toCohortRow,
  type WearerFigures,
} from '../schemes/cohort-row.js';
import { type CohortTime, readCohort } from '../store/cohort.js';
import { watchStore } from '../store/watch.js';
import type { LiveView } from '../views/live-view.js';
import { draftTagWatch } from '../watchlist/watch-builder.js';
import type { CohortRow } from '../wire/cohort.js';

const DAY_MS = 86_400_000;

/** What is on record of some wearers, with what was judged. */
async function readJudged(db: Database, wearerIds: readonly string[], time: CohortTime): Promise<JudgedFacts[]> {
  const { nowMs } = time;
  const records = await readCohort(db, wearerIds, time);
  const tagIds = new Set(records.flatMap(({ activations }) => activations.map(({ tagId }) => tagId)));
  const facts = await watchStore.readTagFacts(db, [...tagIds]);
  // What the engine judges until now: the same builder as its watches come from.
  const watches = facts.tags.map((tag) => draftTagWatch(tag, facts, nowMs).finish(() => 0, 0, nowMs));
  const terms = new Map(
    watches.flatMap(({ activations }) => activations.map((one) => [one.activationId, one.terms] as const)),
  );
  const suspensions = new Map(
    watches.flatMap(({ activations }) => activations.map((one) => [one.activationId, one.suspensions ?? []] as const)),
  );
  return records.map((record) => ({ record, terms, suspensions }));
}

/** What of some wearers is counted over a stretch of time that is over, by their ids. */
export async function readFigures(
  db: Database,
  wearerIds: readonly string[],
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
): Promise<ReadonlyMap<string, WearerFigures>> {
  const judged = await readJudged(db, wearerIds, { fromMs, nowMs: untilMs });
  return new Map(judged.map((facts) => [facts.record.wearerId, measureStretch(facts, fromMs, untilMs)]));
}

export async function readCohortRows(
  db: Database,
  liveView: Pick<LiveView, 'position' | 'activationAt'>,
  wearerIds: readonly string[],
  nowMs: number,
): Promise<CohortRow[]> {
  const judged = await readJudged(db, wearerIds, {
    nowMs,
    fromMs: nowMs - COHORT_DAYS * DAY_MS,
    beforeMs: nowMs - 2 * COHORT_DAYS * DAY_MS,
  });
  return judged.map((facts) => {
    const { record } = facts;
    const { wearerId } = record;
    const live = liveView.position(wearerId);
    const isWatched = record.activations.some(({ tagId, fittedAtMs, removedAtMs }) => {
      if (fittedAtMs > nowMs || (removedAtMs ?? Infinity) <= nowMs) return false;
      const known = liveView.activationAt(tagId, nowMs);
      return typeof known === 'object' && known.wearerId === wearerId;
    });
    const newest =
      live === null
        ? null
        : {
            // A clock that is ahead does not say when the fix was made.
            fixedAtMs: live.clockAheadMs === undefined ? live.ping.fixedAtMs : live.receivedAtMs,
            batteryPercent: live.ping.batteryPercent ?? null,
          };
    return toCohortRow({ ...facts, isWatched, newest }, nowMs);
  });
}

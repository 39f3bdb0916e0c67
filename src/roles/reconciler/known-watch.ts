/** What applies to one activation as far as is known now, read from the record: what a re-run over the past goes by. */
import type { SharedWatch, TagWatch } from '../../engine/types.js';
import type { Queryable } from '../../ports/database.js';
import type { ReconcileStore } from '../../ports/reconcile.js';
import type { TermKey, WatchStore } from '../../ports/watch.js';
import { draftSharedWatch, draftTagWatch, horizonOf } from '../../watchlist/watch-builder.js';

export interface KnownWatchDeps {
  readonly db: Queryable;
  readonly watchStore: WatchStore;
  readonly store: Pick<ReconcileStore, 'readPublications' | 'listSharedConditions'>;
}

const keyOf = (term: TermKey): string =>
  JSON.stringify([term.conditionId, term.conditionVersion, term.zoneId, term.zoneVersion]);

/** By a term's key; what was never published never applied. */
async function publicationsOf({ db, store }: KnownWatchDeps, activationId: string): Promise<(term: TermKey) => number> {
  const published = await store.readPublications(db, activationId);
  const byKey = new Map(published.map(({ term, atMs }) => [keyOf(term), atMs]));
  return (term) => byKey.get(keyOf(term)) ?? Number.POSITIVE_INFINITY;
}

/** The watch of a tag with one activation's own conditions; null where the tag does not have that activation (any more). */
export async function readKnownWatch(
  deps: KnownWatchDeps,
  tagId: string,
  activationId: string,
  nowMs: number,
): Promise<TagWatch | null> {
  const facts = await deps.watchStore.readTagFacts(deps.db, [tagId]);
  const tag = facts.tags[0];
  const activation = tag?.activations.find((each) => each.activationId === activationId);
  if (tag === undefined || activation === undefined) return null;
  const publishedAtMs = await publicationsOf(deps, activationId);
  return draftTagWatch({ ...tag, activations: [activation] }, facts, horizonOf(nowMs)).finish(publishedAtMs, 0, nowMs);
}

/** Every condition that applies to all wearers. */
export async function readKnownShared(deps: KnownWatchDeps, nowMs: number): Promise<SharedWatch[]> {
  const conditionIds = await deps.store.listSharedConditions(deps.db);
  if (conditionIds.length === 0) return [];
  const facts = await deps.watchStore.readSharedFacts(deps.db, conditionIds);
  const publishedAtMs = await publicationsOf(deps, '');
  return facts.conditions.map((each) =>
    draftSharedWatch(each, facts, horizonOf(nowMs)).finish(publishedAtMs, 0, nowMs),
  );
}

/** What an alert rests on, read from the record: its condition with every version, and the pings around it as they came in. */
import type { FindingEvent } from '../alerts/event.js';
import type { SharedWatch, TagWatch } from '../engine/types.js';
import type { Queryable } from '../ports/database.js';
import type { TermKey } from '../ports/watch.js';
import { madeAtMsOf, type RerunInputs } from '../roles/reconciler/rerun.js';
import { publicationKey, readReceivedPings, readTermPublications } from '../store/rerun.js';
import { countDeletedPings } from '../store/retention.js';
import { watchStore } from '../store/watch.js';
import { draftSharedWatch, draftTagWatch, horizonOf } from '../watchlist/watch-builder.js';

/** Read before the alert's start, so that the fold is what it was. */
export const LEAD_IN_MS = 2 * 3_600_000;
/** A device clock may be ahead of its receipt by so much, and its fix is judged when it was received. */
const AHEAD_MS = 86_400_000;
/** Months of pings at one a minute. */
export const MAX_RERUN_PINGS = 200_000;

/** Whose pings an alert rests on, and of which time by the device's clock. `findings`: all of one alert, at least one, oldest first. */
export function restsOn(findings: readonly FindingEvent[]): { tagIds: string[]; fromMs: number; toMs: number } {
  const { tagId, raisedAt } = findings.at(-1)!;
  const startMs = Math.min(...findings.map(({ episode }) => Date.parse(episode.startedAt)));
  return { tagIds: [tagId], fromMs: startMs - LEAD_IN_MS, toMs: Date.parse(raisedAt) };
}

/** In a transaction. Null: the tag, its activation or the condition is not on record any more, or retention deleted of the pings. `findings`: all of one alert, oldest first. */
export async function readRerunInputs(tx: Queryable, findings: readonly FindingEvent[]): Promise<RerunInputs | null> {
  const last = findings.at(-1);
  if (last === undefined) return null;
  const rests = restsOn(findings);
  const untilMs = rests.toMs;
  const watched = await readWatch(tx, last, untilMs);
  if (watched === null) return null;
  if ((await countDeletedPings(tx, rests)) > 0) return null;
  const pings = await readReceivedPings(tx, {
    tagId: last.tagId,
    fromMs: rests.fromMs,
    toMs: untilMs + AHEAD_MS,
    receivedUntilMs: untilMs,
    limit: MAX_RERUN_PINGS + 1,
  });
  const { fittedAtMs, removedAtMs } = watched.watch.activations[0]!;
  // What a tag sent while somebody else wore it is no matter of this alert.
  const isWorn = (atMs: number) => atMs >= fittedAtMs && atMs < (removedAtMs ?? Number.POSITIVE_INFINITY);
  return {
    activationId: last.activationId,
    ...watched,
    pings: pings.filter((ping) => isWorn(madeAtMsOf(ping))),
    untilMs,
  };
}

/** The alert's condition alone, on its activation alone, with all its versions that were published. */
async function readWatch(
  db: Queryable,
  { tagId, activationId, conditionId }: FindingEvent,
  untilMs: number,
): Promise<{ watch: TagWatch; shared: SharedWatch[] } | null> {
  if (conditionId === null) return null;
  // One after another: it is one transaction's session that is asked.
  const facts = await watchStore.readTagFacts(db, [tagId]);
  const sharedFacts = await watchStore.readSharedFacts(db, [conditionId]);
  const published = await readTermPublications(db, conditionId);
  const tag = facts.tags[0];
  const activations = tag?.activations.filter((each) => each.activationId === activationId) ?? [];
  if (tag === undefined || activations.length === 0) return null;
  const own = facts.conditions.filter((each) => each.conditionId === conditionId);
  if (own.length === 0 && sharedFacts.conditions.length === 0) return null;
  const publishedAtMs = (key: TermKey) => published.get(publicationKey(key)) ?? Number.POSITIVE_INFINITY;
  const horizonMs = horizonOf(untilMs);
  const drafted = draftTagWatch({ ...tag, activations }, { ...facts, conditions: own }, horizonMs);
  const watch = drafted.finish(publishedAtMs, 0, untilMs);
  const shared = sharedFacts.conditions.map((each) =>
    draftSharedWatch(each, sharedFacts, horizonMs).finish(publishedAtMs, 0, untilMs),
  );
  return {
    watch: { ...watch, activations: watch.activations.map(withPublishedTerms) },
    shared: shared.map(withPublishedTerms),
  };
}

/** What was never published never applied. */
function withPublishedTerms<Watch extends Pick<SharedWatch, 'terms'>>(watch: Watch): Watch {
  return { ...watch, terms: watch.terms.filter(({ publishedAtMs }) => Number.isFinite(publishedAtMs)) };
}

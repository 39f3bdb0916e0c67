/** One publication: what some tags and shared conditions are to be watched for, from one snapshot of the records into the log. */
import { createHash } from 'node:crypto';
import type { SharedWatch, TagWatch } from '../engine/types.js';
import type { Clock } from '../ports/clock.js';
import type { Database, Queryable } from '../ports/database.js';
import type { EventLog, NewRecord } from '../ports/event-log.js';
import { inputHeaders } from '../ports/record-format.js';
import { appendInTurns, INPUTS, inputRecord } from '../ports/topics.js';
import type {
  ConcernedIds,
  Published,
  TagFacts,
  TermKey,
  WatchFacts,
  WatchSize,
  WatchStore,
  WearerFacts,
} from '../ports/watch.js';
import { countOver, FORGET_AFTER_MS } from './over.js';
import { createScheduleExpansion, type ExpandSchedule } from './schedule.js';
import { draftSharedWatch, draftTagWatch, horizonOf, type WatchDraft } from './watch-builder.js';
import { buildWearerWatch, saidBy, untaggedOf } from './wearer-watch.js';

/** The largest watch a record's change may lead to (`wire.md`). */
export const MAX_WATCH_BYTES = 1_000_000;
/** What is still sent: a watch grows by its schedule from day to day. Below what Kafka takes by default, with its envelope. */
const MAX_SENT_BYTES = 1_040_000;
/** How many tags are read in one snapshot and appended in one call: some megabytes at most for ordinary watches. */
export const CHUNK_TARGETS = 100;
/** Of how many tags one statement counts how large their watches are: a second or two of the database at most. */
const COUNTED_TAGS = 1_000;

export interface Concerned {
  readonly kind: Published['kind'];
  readonly ids: readonly string[];
}

const encoder = new TextEncoder();

interface Built extends Omit<Published, 'sequence'> {
  /** As it is sent, to so many partitions: of most of many nothing has changed, and nothing is. */
  records(partitions: number): NewRecord[];
}

interface DraftedTarget {
  readonly id: string;
  readonly type: 'watch' | 'shared';
  readonly draft: WatchDraft<TagWatch | SharedWatch>;
}

/** Reads the facts of some targets and drafts the watch of each. */
async function draftTargets(
  store: WatchStore,
  db: Queryable,
  { kind, ids }: Concerned & { readonly kind: 'tag' | 'condition' },
  nowMs: number,
): Promise<DraftedTarget[]> {
  const horizonMs = horizonOf(nowMs);
  const expand = createScheduleExpansion();
  if (kind === 'tag') {
    const facts = await store.readTagFacts(db, ids);
    return facts.tags.map((tag) => {
      return { id: tag.tagId, type: 'watch', draft: draftWhatIsJudged(tag, facts, nowMs, expand) };
    });
  }
  const facts = await store.readSharedFacts(db, ids);
  return facts.conditions.map((condition) => {
    const draft = draftSharedWatch(condition, facts, horizonMs, expand);
    return { id: condition.conditionId, type: 'shared', draft };
  });
}

/**
 * The watch of a tag without the activations that are over for long, and without as many more of those that are over as do not fit
 * beside what goes on: no wearer's zones are refused because of those of the wearers before.
 */
export function draftWhatIsJudged(
  tag: TagFacts,
  facts: WatchFacts,
  nowMs: number,
  expand?: ExpandSchedule,
): WatchDraft<TagWatch> {
  const draft = draftTagWatch(tag, facts, horizonOf(nowMs), expand);
  const over = countOver(tag, nowMs);
  let count = countOver(tag, nowMs - FORGET_AFTER_MS);
  const isTooLarge = (): boolean => bytesOf('watch', sized(draft.without(count), nowMs)) > MAX_WATCH_BYTES;
  while (count < over && isTooLarge()) count++;
  return draft.without(count);
}

/** As large as it can be. */
const sized = <W>(draft: WatchDraft<W>, nowMs: number): W => draft.finish(() => nowMs, Number.MAX_SAFE_INTEGER, nowMs);

/** As a record of the inputs. `watch` is JSON. */
const envelope = (type: DraftedTarget['type'], watch: string): string => `{"type":"${type}","${type}":${watch}}`;

const encodeWatch = (type: DraftedTarget['type'], watch: string): Uint8Array => encoder.encode(envelope(type, watch));

const bytesOf = (type: DraftedTarget['type'], watch: TagWatch | SharedWatch): number =>
  encodeWatch(type, JSON.stringify(watch)).byteLength;

/** More than any one of them takes, with what is between two: ids have 64 characters at most, a number has 24. */
const NAMED_BYTES = 1_000;
const EDGE_BYTES = 25;
const POINT_BYTES = 54;
const RING_BYTES = 8;

/** No less than it takes as JSON: of most watches that says enough, without reading and writing what stands in them. */
export const boundBytes = ({ named, edges, points, rings }: Omit<WatchSize, 'kind' | 'id'>): number =>
  named * NAMED_BYTES + edges * EDGE_BYTES + points * POINT_BYTES + rings * RING_BYTES;

/** Every tag of a model may be concerned, and no statement is to take longer than one may. */
function* inParts({ tagIds, conditionIds, wearerIds }: ConcernedIds): Generator<ConcernedIds> {
  if (conditionIds.length > 0) yield { tagIds: [], conditionIds, wearerIds };
  for (let i = 0; i < tagIds.length; i += COUNTED_TAGS) {
    yield { tagIds: tagIds.slice(i, i + COUNTED_TAGS), conditionIds: [], wearerIds };
  }
}

/** Watches that a change would make too large, by what is in the transaction that makes it. Larger first. */
export async function measureWatches(
  store: WatchStore,
  tx: Queryable,
  targets: Parameters<WatchStore['resolveTargets']>[1],
  nowMs: number,
): Promise<{ kind: Published['kind']; id: string; bytes: number }[]> {
  const concerned = await store.resolveTargets(tx, targets);
  const doubtful: WatchSize[] = [];
  for (const part of inParts(concerned)) {
    const sizes = await store.countSizes(tx, part, horizonOf(nowMs));
    doubtful.push(...sizes.filter((size) => boundBytes(size) > MAX_WATCH_BYTES));
  }
  const tooLarge: { kind: Published['kind']; id: string; bytes: number }[] = [];
  for (const kind of ['condition', 'tag'] as const) {
    const ids = doubtful.flatMap((each) => (each.kind === kind ? [each.id] : []));
    // One by one: each of them is large.
    for (const id of ids) {
      for (const { type, draft } of await draftTargets(store, tx, { kind, ids: [id] }, nowMs)) {
        const bytes = bytesOf(type, sized(draft, nowMs));
        if (bytes > MAX_WATCH_BYTES) tooLarge.push({ kind, id, bytes });
      }
    }
  }
  return tooLarge.sort((a, b) => b.bytes - a.bytes);
}

/** The targets in parts that are read and sent at once. */
export function chunk({ tagIds, conditionIds, wearerIds }: ConcernedIds): Concerned[] {
  const parts: Concerned[] = [];
  for (const [kind, all] of [
    ['condition', conditionIds],
    ['tag', tagIds],
    ['wearer', wearerIds],
  ] as const) {
    for (let i = 0; i < all.length; i += CHUNK_TARGETS) parts.push({ kind, ids: all.slice(i, i + CHUNK_TARGETS) });
  }
  return parts;
}

/** Builds from one repeatable-read snapshot; terms that are new are on record, with their time, before they are sent. */
async function build(
  deps: Pick<PublicationDeps, 'db' | 'store' | 'clock'>,
  concerned: Concerned,
): Promise<{ built: Built[]; sequence: number }> {
  const { db, store, clock } = deps;
  const nowMs = clock.nowMs();
  return db.transaction(async (tx) => {
    const sequence = await store.beginPublication(tx);
    const { kind, ids } = concerned;
    if (kind === 'wearer') return { built: await buildWearers(store, tx, ids, sequence, nowMs), sequence };
    const drafted = await draftTargets(store, tx, { kind, ids }, nowMs);
    const keys = drafted.flatMap(({ draft }) => draft.keys);
    const times = await store.recordTerms(tx, keys, nowMs);
    const publishedAtMs = new Map<TermKey, number>(keys.map((key, i) => [key, times[i] as number]));
    const timeOf = (key: TermKey) => publishedAtMs.get(key) as number;
    const built = drafted.map(({ id, type, draft }): Built => {
      // Without sequence and time, which differ in every publication.
      const text = JSON.stringify(draft.finish(timeOf, 0, 0));
      return {
        kind,
        id,
        contentHash: hashOf(envelope(type, text)),
        records: (partitions) => toRecords(id, type, dated(text, sequence, nowMs), partitions),
      };
    });
    return { built, sequence };
  }, 'repeatable read');
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** How a watch without sequence and time begins, behind its id; within an id's text each quotation mark would be escaped. */
const UNDATED = '"sequence":0,"publishedAtMs":0,';

/** The JSON of a watch that was finished without sequence and time, with them: written once, as it is some thousand numbers long. */
function dated(text: string, sequence: number, nowMs: number): string {
  const at = text.indexOf(UNDATED);
  if (at < 0) throw new Error('a watch does not begin with its id, its sequence and its time');
  return `${text.slice(0, at)}"sequence":${sequence},"publishedAtMs":${nowMs},${text.slice(at + UNDATED.length)}`;
}

async function buildWearers(
  store: WatchStore,
  tx: Queryable,
  ids: readonly string[],
  sequence: number,
  nowMs: number,
): Promise<Built[]> {
  const facts = await store.readWearerFacts(tx, ids);
  const custody = await store.readCustody(tx, ids);
  return facts.map((each): Built => {
    const wearer = buildWearerWatch(each, custody.get(each.wearerId) ?? [], sequence, nowMs);
    const contentHash = hashOf(JSON.stringify(saidBy(wearer)));
    return { kind: 'wearer', id: each.wearerId, contentHash, records: () => [inputRecord({ type: 'wearer', wearer })] };
  });
}

/** Those of whom there is something to be told, or was: of most there never is, and a change of theirs waits for nothing. */
async function findToldWearers(
  { db, store, clock }: Pick<PublicationDeps, 'db' | 'store' | 'clock'>,
  ids: readonly string[],
): Promise<string[]> {
  const facts = await store.readWearerFacts(db, ids);
  const published = await store.readPublished(db, 'wearer', ids);
  const nowMs = clock.nowMs();
  const isTold = (each: WearerFacts) => untaggedOf(each, nowMs).length > 0 || published.has(each.wearerId);
  return facts.filter(isTold).map(({ wearerId }) => wearerId);
}

export interface PublicationDeps {
  readonly db: Database;
  readonly log: EventLog;
  readonly store: WatchStore;
  readonly clock: Clock;
  /** Called with the publication's sequence before anything is sent under it. */
  readonly announce: (sequence: number) => Promise<void>;
}

export interface PublicationResult {
  /** How many watches went into the log. */
  readonly sent: number;
  readonly unchanged: number;
  /** What could not be sent, because the log does not take records of this size. */
  readonly tooLarge: readonly { readonly kind: Published['kind']; readonly id: string; readonly bytes: number }[];
}

/** Builds and sends what changed. Rejects where the database or the log is away: then any of it may have been sent. */
export async function publish(deps: PublicationDeps, asked: Concerned, partitions: number): Promise<PublicationResult> {
  const { db, log, store, clock } = deps;
  const { kind } = asked;
  const ids = kind === 'wearer' ? await findToldWearers(deps, asked.ids) : asked.ids;
  if (ids.length === 0) return { sent: 0, unchanged: asked.ids.length, tooLarge: [] };
  const { built, sequence } = await build(deps, { kind, ids });
  const before = await store.readPublished(db, kind, ids);
  const changed = built
    .filter(({ id, contentHash }) => before.get(id) !== contentHash)
    .map((each) => ({ ...each, records: each.records(partitions) }))
    .map((each) => ({ ...each, bytes: each.records[0]!.value!.byteLength }));
  const tooLarge = changed.filter(({ bytes }) => bytes > MAX_SENT_BYTES);
  const sent = changed.filter(({ bytes }) => bytes <= MAX_SENT_BYTES);
  if (sent.length > 0) {
    await deps.announce(sequence);
    await appendInTurns(
      log,
      INPUTS,
      sent.flatMap(({ records }) => records),
    );
    const published = sent.map(({ id, contentHash }) => ({ kind, id, contentHash, sequence }));
    await store.recordPublished(db, published, clock.nowMs());
  }
  return {
    sent: sent.length,
    unchanged: built.length - changed.length,
    tooLarge: tooLarge.map(({ kind, id, bytes }) => ({ kind, id, bytes })),
  };
}

/** One record for a tag's watch, one for each partition for what concerns every tag. `watch` is JSON. */
function toRecords(id: string, type: DraftedTarget['type'], watch: string, partitions: number): NewRecord[] {
  const value = encodeWatch(type, watch);
  const headers = inputHeaders(type);
  if (type === 'watch') return [{ key: id, value, headers }];
  return Array.from({ length: partitions }, (_, partition) => ({ key: id, value, partition, headers }));
}

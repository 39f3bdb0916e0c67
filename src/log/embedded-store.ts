/** Records on disk in LMDB: topics, append, read, committed offsets. Who reads what is `embedded-groups.ts`. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import {
  type LogBatch,
  type LogRecord,
  LogUnavailable,
  type NewRecord,
  type TopicPartition,
  type TopicSpec,
} from '../ports/event-log.js';
import { partitionOfKey } from '../ports/murmur2.js';
import { settlesWithin } from './backoff.js';
import { decodeRecord, encodeRecord, readAppendedAtMs } from './embedded-record.js';
import { hearWrite, settleWrite } from './embedded-write.js';

/** A batch ends with the record that reaches one of these. */
const BATCH_RECORDS = 1_000;
const BATCH_BYTES = 4 * 1024 * 1024;

/** Removals in one transaction of a sweep, so that it never holds up the event loop for long. */
const SWEEP_BATCH_RECORDS = 1_000;

/** LMDB takes keys of at most 1,978 bytes: longer ones are indexed by their digest. */
const LONGEST_PLAIN_KEY = 400;

/** LMDB never answers for a flush that failed (a full disk): an append gives up on it after this long. */
const APPEND_LIMIT_MS = 30_000;

type RecordKey = [topic: string, partition: number, offset: number];
type NewestKey = [topic: string, partition: number, key: string];

/** Where the newest record of a key stands in a compacted topic; `deletedAtMs` where that is a tombstone. */
interface Newest {
  readonly offset: number;
  readonly deletedAtMs: number | null;
}

interface PartitionState extends TopicPartition {
  /** The offset of the next append. */
  nextOffset: number;
  /** One past the last record that is on disk: readers see no further. */
  endOffset: number;
  readonly watchers: Set<() => void>;
}

interface TopicState {
  readonly spec: TopicSpec;
  readonly partitions: readonly PartitionState[];
}

export interface EmbeddedStore {
  /** Makes a topic, or gives an existing one the retention that is asked for. Throws where a fixed partition count differs. */
  ensureTopic(spec: TopicSpec): Promise<'created' | 'existed'>;
  /** Partitions of a topic; undefined where there is none. */
  partitionCount(topic: string): number | undefined;
  append(topic: string, records: readonly NewRecord[]): Promise<{ partition: number; offset: number }[]>;
  /** What stands at or after `fromOffset` and before `limitOffset`; null where that is the end. */
  read(at: TopicPartition, fromOffset: number, limitOffset?: number): LogBatch | null;
  bounds(at: TopicPartition): { startOffset: number; endOffset: number };
  /** Calls back after each append to the partition is readable; answers how to end that. */
  watch(at: TopicPartition, onAppend: () => void): () => void;
  committed(group: string, at: TopicPartition): number | undefined;
  /** Visible at once, on disk a moment later: a crash may forget the last ones, never invent one. */
  commit(group: string, at: TopicPartition, offset: number): Promise<void>;
  /** Drops what retention allows, and tombstones older than `tombstoneRetentionMs`. */
  sweep(nowMs: number, tombstoneRetentionMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens or makes the store in a directory that nobody else has open. `nowMs` stamps appends. */
export function openEmbeddedStore(directory: string, nowMs: () => number): EmbeddedStore {
  // Batching by turns of the event loop makes a promise of its own that nobody is given: refused, it would end the program.
  const env: RootDatabase = open({
    path: join(directory, 'log.mdb'),
    maxDbs: 8,
    noSubdir: true,
    eventTurnBatching: false,
  });
  const specs: Database<TopicSpec, string> = env.openDB({ name: 'topics' });
  const records: Database<Buffer, RecordKey> = env.openDB({ name: 'records', encoding: 'binary' });
  const ends: Database<number, [string, number]> = env.openDB({ name: 'ends' });
  const newest: Database<Newest, NewestKey> = env.openDB({ name: 'newest' });
  const commits: Database<number, [string, string, number]> = env.openDB({ name: 'commits' });
  const committedNow = new Map<string, number>();
  const topics = new Map<string, TopicState>();
  let closed = false;

  for (const { value: spec } of specs.getRange()) topics.set(spec.topic, openTopic(spec));

  function openTopic(spec: TopicSpec): TopicState {
    const partitions = Array.from({ length: spec.partitions }, (_, partition): PartitionState => {
      const endOffset = ends.get([spec.topic, partition]) ?? 0;
      return { topic: spec.topic, partition, nextOffset: endOffset, endOffset, watchers: new Set() };
    });
    return { spec, partitions };
  }

  function partitionState(at: TopicPartition): PartitionState {
    const state = topics.get(at.topic)?.partitions[at.partition];
    if (!state) throw new RangeError(`There is no partition ${at.partition} of ${at.topic} in this log.`);
    return state;
  }

  function choosePartition(topic: TopicState, record: NewRecord): PartitionState {
    const count = topic.partitions.length;
    const partition =
      record.partition ?? (record.key === null ? Math.floor(Math.random() * count) : partitionOfKey(record.key, count));
    return partitionState({ topic: topic.spec.topic, partition });
  }

  /** Removes the older record of the key, in the transaction that adds the newer one. */
  function compactBehind(state: PartitionState, record: NewRecord, offset: number, appendedAtMs: number): void {
    if (record.key === null) return;
    const key: NewestKey = [state.topic, state.partition, indexKey(record.key)];
    const older = newest.get(key);
    if (older) hearWrite(records.remove([state.topic, state.partition, older.offset]));
    hearWrite(newest.put(key, { offset, deletedAtMs: record.value === null ? appendedAtMs : null }));
  }

  async function append(topicName: string, batch: readonly NewRecord[]) {
    if (closed) throw new LogUnavailable('The embedded log is closed.');
    const topic = topics.get(topicName);
    if (!topic) throw new LogUnavailable(`There is no topic ${topicName} in this log.`);
    if (batch.length === 0) return [];
    const appendedAtMs = nowMs();
    const targets = batch.map((record) => choosePartition(topic, record));
    const offsets = targets.map((state) => state.nextOffset++);
    const encoded = batch.map((record) => encodeRecord(record, appendedAtMs));
    const compacted = topic.spec.cleanup === 'compact';
    const write = () => {
      for (const state of new Set(targets)) hearWrite(ends.put([state.topic, state.partition], state.nextOffset));
      batch.forEach((record, at) => {
        const state = targets[at]!;
        if (compacted) compactBehind(state, record, offsets[at]!, appendedAtMs);
        hearWrite(records.put([state.topic, state.partition, offsets[at]!], encoded[at]!));
      });
    };
    await settleWrite(withinLimit(compacted ? env.transaction(write).then(() => env.flushed) : flushedBatch(write)));
    if (!closed) publishEnds(targets, offsets);
    return targets.map((state, at) => ({ partition: state.partition, offset: offsets[at]! }));
  }

  /** `flushed` is asked for in the same turn: later, it would speak of a later transaction and wait for that as well. */
  function flushedBatch(write: () => void): Promise<unknown> {
    return Promise.all([env.batch(write), env.flushed]);
  }

  /** Lets readers see what is on disk now. */
  function publishEnds(targets: readonly PartitionState[], offsets: readonly number[]): void {
    // A read transaction from before the commit would find nothing up to the new end, and readers would skip it.
    env.resetReadTxn();
    targets.forEach((state, at) => {
      state.endOffset = Math.max(state.endOffset, offsets[at]! + 1);
    });
    for (const state of new Set(targets)) for (const notify of [...state.watchers]) notify();
  }

  function recordRange(at: TopicPartition, fromOffset: number, limitOffset: number) {
    return records.getRange({
      start: [at.topic, at.partition, fromOffset],
      end: [at.topic, at.partition, limitOffset],
      snapshot: false,
    });
  }

  return {
    async ensureTopic(spec) {
      const existing = topics.get(spec.topic);
      const count = existing?.partitions.length ?? spec.partitions;
      if (existing && spec.fixedPartitions && count !== spec.partitions) {
        throw new Error(
          `Topic ${spec.topic} has ${count} partitions and must have ${spec.partitions}: states stand by partition number.`,
        );
      }
      const kept: TopicSpec = { ...spec, partitions: count };
      await settleWrite(Promise.all([specs.put(spec.topic, kept), env.flushed]));
      topics.set(spec.topic, existing ? { spec: kept, partitions: existing.partitions } : openTopic(kept));
      return existing ? 'existed' : 'created';
    },

    partitionCount: (topic) => topics.get(topic)?.partitions.length,

    append,

    read(at, fromOffset, limitOffset = Number.MAX_SAFE_INTEGER) {
      const { endOffset } = partitionState(at);
      const limit = Math.min(endOffset, limitOffset);
      if (fromOffset >= limit) return null;
      const found: LogRecord[] = [];
      let bytes = 0;
      let nextOffset = limit;
      for (const { key, value } of recordRange(at, fromOffset, limit)) {
        found.push(decodeRecord(at, key[2], value));
        bytes += value.length;
        if (found.length < BATCH_RECORDS && bytes < BATCH_BYTES) continue;
        nextOffset = key[2] + 1;
        break;
      }
      return { topic: at.topic, partition: at.partition, records: found, nextOffset, endOffset };
    },

    bounds(at) {
      const { endOffset } = partitionState(at);
      for (const key of records.getKeys({
        start: [at.topic, at.partition, 0],
        end: [at.topic, at.partition, endOffset],
        limit: 1,
      })) {
        return { startOffset: key[2], endOffset };
      }
      return { startOffset: endOffset, endOffset };
    },

    watch(at, onAppend) {
      const { watchers } = partitionState(at);
      watchers.add(onAppend);
      return () => watchers.delete(onAppend);
    },

    committed: (group, at) =>
      committedNow.get(JSON.stringify([group, at.topic, at.partition])) ?? commits.get([group, at.topic, at.partition]),

    async commit(group, at, offset) {
      if (closed) return;
      committedNow.set(JSON.stringify([group, at.topic, at.partition]), offset);
      await settleWrite(commits.put([group, at.topic, at.partition], offset));
    },

    async sweep(atMs, tombstoneRetentionMs) {
      for (const { spec, partitions } of [...topics.values()]) {
        for (const state of partitions) {
          if (spec.cleanup === 'compact') await sweepTombstones(state, atMs - tombstoneRetentionMs);
          else if (spec.retentionMs !== undefined) await sweepOld(state, atMs - spec.retentionMs);
        }
      }
    },

    async close() {
      closed = true;
      await env.close();
    },
  };

  async function sweepOld(state: PartitionState, beforeMs: number): Promise<void> {
    for (;;) {
      if (closed) return;
      const old: RecordKey[] = [];
      for (const { key, value } of recordRange(state, 0, state.endOffset)) {
        if (old.length === SWEEP_BATCH_RECORDS || readAppendedAtMs(value) >= beforeMs) break;
        old.push(key);
      }
      if (old.length === 0) return;
      await settleWrite(
        env.batch(() => {
          for (const key of old) hearWrite(records.remove(key));
        }),
      );
      env.resetReadTxn();
    }
  }

  async function sweepTombstones(state: PartitionState, beforeMs: number): Promise<void> {
    if (closed) return;
    const old: { key: NewestKey; offset: number }[] = [];
    for (const { key, value } of newest.getRange({
      start: [state.topic, state.partition, ''],
      end: [state.topic, state.partition + 1, ''],
    })) {
      if (old.length === SWEEP_BATCH_RECORDS) break;
      if (value.deletedAtMs !== null && value.deletedAtMs < beforeMs) old.push({ key, offset: value.offset });
    }
    if (old.length === 0) return;
    const removed = env.transaction(() => {
      for (const { key, offset } of old) {
        // The key may have come back since.
        if (newest.get(key)?.offset !== offset) continue;
        hearWrite(newest.remove(key));
        hearWrite(records.remove([state.topic, state.partition, offset]));
      }
    });
    await settleWrite(removed);
    env.resetReadTxn();
    if (old.length === SWEEP_BATCH_RECORDS) await sweepTombstones(state, beforeMs);
  }
}

async function withinLimit(written: Promise<unknown>): Promise<void> {
  if (!(await settlesWithin(written, APPEND_LIMIT_MS)))
    throw new Error(`no answer from the disk in ${APPEND_LIMIT_MS} ms`);
  await written;
}

function indexKey(key: string): string {
  return key.length <= LONGEST_PLAIN_KEY ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`;
}

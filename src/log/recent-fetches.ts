/**
 * What a consumer of this process has just fetched, for those that read the same partitions with more patience: they are given it
 * instead of asking the broker for it, and decoding it, again. It holds only what somebody has still to take.
 */
import type { LogRecord, TopicPartition } from '../ports/event-log.js';

/** What stands in a partition from `fromOffset` up to `nextOffset`; there may be nothing in between but holes. */
export interface Fetched extends TopicPartition {
  readonly fromOffset: number;
  readonly nextOffset: number;
  readonly records: readonly LogRecord[];
  /** One past the last offset of the partition that may be read. */
  readonly endOffset: number;
}

/** Of all partitions together: who is further behind asks the broker. */
const MAX_BYTES = 8 * 1024 * 1024;
/** What is handed over at once, unless a single fetch was larger. */
const MAX_BYTES_AT_ONCE = 1024 * 1024;

export interface RecentFetches {
  /** A consumer begins to read a partition; returns how to end it. */
  join(at: TopicPartition, patienceMs: number): () => void;
  /** Remembers what a consumer of this patience has fetched, where others have more. */
  keep(fetched: Fetched, patienceMs: number): void;
  /** What stands from this offset on, as far as it is at hand; null: nothing. */
  take(at: TopicPartition, fromOffset: number): Fetched | null;
}

interface Kept {
  readonly fetched: Fetched;
  readonly bytes: number;
  /** How many are to take it yet. */
  takers: number;
}

interface Partition {
  /** Of those that read it, patience in ms. */
  readonly readers: number[];
  /** Each begins where the one before it ends. */
  kept: Kept[];
}

export function createRecentFetches(maxBytes = MAX_BYTES): RecentFetches {
  const partitions = new Map<string, Partition>();
  /** Oldest first. */
  const all = new Set<Kept>();
  let bytesHeld = 0;

  function drop(partition: Partition, count: number): void {
    for (const one of partition.kept.splice(0, count)) {
      all.delete(one);
      bytesHeld -= one.bytes;
    }
  }

  function makeRoom(): void {
    while (bytesHeld > maxBytes) {
      const [oldest] = all;
      const partition = partitions.get(keyOf(oldest!.fetched))!;
      drop(partition, partition.kept.indexOf(oldest!) + 1);
    }
  }

  return {
    join(at, patienceMs) {
      const key = keyOf(at);
      const partition = partitions.get(key) ?? { readers: [], kept: [] };
      partitions.set(key, partition);
      partition.readers.push(patienceMs);
      return () => {
        partition.readers.splice(partition.readers.indexOf(patienceMs), 1);
        // Who has gone may have been the one that was to take it.
        drop(partition, partition.kept.length);
        if (partition.readers.length === 0) partitions.delete(key);
      };
    },

    keep(fetched, patienceMs) {
      const partition = partitions.get(keyOf(fetched));
      const takers = partition?.readers.filter((patience) => patience > patienceMs).length ?? 0;
      if (partition === undefined || takers === 0) return;
      if (partition.kept.at(-1)?.fetched.nextOffset !== fetched.fromOffset) drop(partition, partition.kept.length);
      const bytes = fetched.records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
      const one = { fetched, bytes, takers };
      partition.kept.push(one);
      all.add(one);
      bytesHeld += bytes;
      makeRoom();
    },

    take(at, fromOffset) {
      const partition = partitions.get(keyOf(at));
      const first = partition?.kept.findIndex(
        ({ fetched }) => fetched.fromOffset <= fromOffset && fromOffset < fetched.nextOffset,
      );
      if (partition === undefined || first === undefined || first < 0) return null;
      const taken: Kept[] = [];
      let bytes = 0;
      for (const one of partition.kept.slice(first)) {
        bytes += one.bytes;
        if (taken.length > 0 && bytes > MAX_BYTES_AT_ONCE) break;
        taken.push(one);
      }
      const records = taken.flatMap(({ fetched }) => fetched.records).filter(({ offset }) => offset >= fromOffset);
      const { topic, partition: number, nextOffset, endOffset } = taken.at(-1)!.fetched;
      for (const one of taken) one.takers--;
      // In their order: what all have taken stands first.
      const over = partition.kept.findIndex(({ takers }) => takers > 0);
      drop(partition, over < 0 ? partition.kept.length : over);
      return { topic, partition: number, fromOffset, nextOffset, records, endOffset };
    },
  };
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

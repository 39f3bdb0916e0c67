/**
 * What a consumer of this process has just fetched, for those that read the same partitions with more patience: they are given it
 * instead of asking the broker for it, and decoding it, again. It holds what one of them has still to come by, and no more than `MAX_BYTES`:
 * where each of them is they say themselves, whoever gave them what lies before it.
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
/** What a record takes beside its value, with key and headers, and a fetch without its records: about, bytes. */
const RECORD_BYTES = 400;
const FETCH_BYTES = 400;

/** A consumer that reads a partition. */
export interface RecentReader {
  /** What stands from this offset on, as far as it is at hand; null: nothing. */
  take(fromOffset: number): Fetched | null;
  /** Whether a less patient consumer has still to fetch what stands from this offset on, so that it will be at hand. */
  willCome(fromOffset: number): boolean;
  /** It has what lies before this offset, or passes it by; it may go back. */
  moveTo(offset: number): void;
  /** It reads the partition no more. */
  leave(): void;
}

export interface RecentFetches {
  /** A consumer begins to read a partition, at its start. */
  join(at: TopicPartition, patienceMs: number): RecentReader;
  /** Remembers what a consumer of this patience has fetched, where others have more. */
  keep(fetched: Fetched, patienceMs: number): void;
  /** What is held at the moment, of all partitions together. */
  held(): { readonly fetches: number; readonly bytes: number };
}

interface Kept {
  readonly fetched: Fetched;
  /** Which it is of all that were ever kept. */
  readonly nth: number;
  readonly bytes: number;
  /** Of who fetched it: it is for those that have more. */
  readonly patienceMs: number;
}

interface Place {
  readonly patienceMs: number;
  offset: number;
}

interface Partition {
  /** Where those are that read it. */
  readonly places: Set<Place>;
  /** Each begins where the one before it ends. */
  readonly kept: Kept[];
}

export function createRecentFetches(maxBytes = MAX_BYTES): RecentFetches {
  const partitions = new Map<string, Partition>();
  let everKept = 0;
  let bytesHeld = 0;

  function drop({ kept }: Partition, count: number): void {
    for (const { bytes } of kept.splice(0, count)) bytesHeld -= bytes;
  }

  /** In their order: what everybody has stands first. */
  function dropPassed(partition: Partition): void {
    const waiting = partition.kept.findIndex(({ fetched, patienceMs }) =>
      [...partition.places].some((place) => place.patienceMs > patienceMs && place.offset < fetched.nextOffset),
    );
    drop(partition, waiting < 0 ? partition.kept.length : waiting);
  }

  function makeRoom(): void {
    // Not by a set of all, oldest first: what goes through a set or map soon outlives it (`UnderWay`).
    const nthOf = ({ kept }: Partition) => kept[0]?.nth ?? Number.POSITIVE_INFINITY;
    while (bytesHeld > maxBytes) {
      drop(
        [...partitions.values()].reduce((oldest, one) => (nthOf(one) < nthOf(oldest) ? one : oldest)),
        1,
      );
    }
  }

  function take({ kept }: Partition, fromOffset: number): Fetched | null {
    const first = kept.findIndex(({ fetched }) => fetched.fromOffset <= fromOffset && fromOffset < fetched.nextOffset);
    if (first < 0) return null;
    const taken: Fetched[] = [];
    let bytes = 0;
    for (const one of kept.slice(first)) {
      bytes += one.bytes;
      if (taken.length > 0 && bytes > MAX_BYTES_AT_ONCE) break;
      taken.push(one.fetched);
    }
    const records = taken.flatMap((fetched) => fetched.records).filter(({ offset }) => offset >= fromOffset);
    return { ...taken.at(-1)!, fromOffset, records };
  }

  return {
    join(at, patienceMs) {
      const key = keyOf(at);
      const partition = partitions.get(key) ?? { places: new Set(), kept: [] };
      partitions.set(key, partition);
      const place: Place = { patienceMs, offset: 0 };
      partition.places.add(place);
      return {
        take: (fromOffset) => take(partition, fromOffset),
        willCome: (fromOffset) =>
          [...partition.places].some((other) => other.patienceMs < patienceMs && other.offset <= fromOffset),
        moveTo(offset) {
          place.offset = offset;
          dropPassed(partition);
        },
        leave() {
          partition.places.delete(place);
          dropPassed(partition);
          if (partition.places.size === 0) partitions.delete(key);
        },
      };
    },

    keep(fetched, patienceMs) {
      const partition = partitions.get(keyOf(fetched));
      if (partition === undefined || fetched.nextOffset <= fetched.fromOffset) return;
      if (partition.kept.at(-1)?.fetched.nextOffset !== fetched.fromOffset) drop(partition, partition.kept.length);
      const bytes = bytesOf(fetched);
      partition.kept.push({ fetched, nth: everKept++, bytes, patienceMs });
      bytesHeld += bytes;
      dropPassed(partition);
      makeRoom();
    },

    held: () => ({
      fetches: [...partitions.values()].reduce((sum, { kept }) => sum + kept.length, 0),
      bytes: bytesHeld,
    }),
  };
}

const bytesOf = ({ records }: Fetched): number =>
  records.reduce((sum, { value }) => sum + RECORD_BYTES + (value?.length ?? 0), FETCH_BYTES);

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

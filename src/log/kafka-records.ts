/** One fetch request, and what its answer means. */
import type { Cluster, IHeaders } from 'kafkajs';
import type { LogRecord, TopicPartition } from '../ports/event-log.js';
import { errorType } from './kafka-client.js';
import { fetchRaw, type RawPartition, type RawRecord } from './kafka-undeclared.js';
import type { Fetched } from './recent-fetches.js';

/** At most so much of one partition in one answer, unless a single batch is larger. */
const PARTITION_BYTES = 1024 * 1024;
const ANSWER_BYTES = 16 * 1024 * 1024;

/** Records of aborted transactions are not shown (a supplier may use them). */
const READ_COMMITTED = 1;

export interface Wanted extends TopicPartition {
  readonly fromOffset: number;
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Asks one broker for several partitions that it leads. Throws kafkajs's errors. Where compaction has left nothing up to the end,
 * the answer ends there.
 */
export async function fetchFrom(
  cluster: Cluster,
  nodeId: string,
  wanted: readonly Wanted[],
  maxWaitTime: number,
): Promise<Fetched[]> {
  const answers = await askFor(cluster, nodeId, wanted, maxWaitTime);
  return await Promise.all(
    answers.map(async (answer) => {
      if (!isSilent(answer)) return answer;
      // Beside others it may be silent only because the answer was full; alone it gets at least its first batch.
      const alone = wanted.length === 1 ? answer : (await askFor(cluster, nodeId, [answer], 0))[0]!;
      return isSilent(alone) ? { ...alone, nextOffset: alone.endOffset } : alone;
    }),
  );
}

/** Whether there should be something to read, and nothing came. */
function isSilent({ fromOffset, nextOffset, endOffset }: Fetched): boolean {
  return nextOffset === fromOffset && fromOffset < endOffset;
}

async function askFor(
  cluster: Cluster,
  nodeId: string,
  wanted: readonly Wanted[],
  maxWaitTime: number,
): Promise<Fetched[]> {
  const broker = await cluster.findBroker({ nodeId });
  const topics = groupByTopic(wanted);
  const { responses } = await fetchRaw(broker, {
    maxWaitTime,
    minBytes: 1,
    maxBytes: ANSWER_BYTES,
    isolationLevel: READ_COMMITTED,
    topics: topics.map(([topic, entries]) => ({
      topic,
      partitions: entries.map(({ partition, fromOffset }) => ({
        partition,
        fetchOffset: String(fromOffset),
        maxBytes: PARTITION_BYTES,
      })),
    })),
  });
  return responses.flatMap(({ topicName, partitions }) =>
    partitions.map((raw) => {
      const asked = wanted.find(({ topic, partition }) => topic === topicName && partition === raw.partition)!;
      return decodePartition(asked, raw);
    }),
  );
}

function decodePartition({ topic, partition, fromOffset }: Wanted, raw: RawPartition): Fetched {
  const visible = withoutAborted(raw).filter(
    ({ offset, isControlRecord }) => !isControlRecord && Number(offset) >= fromOffset,
  );
  const last = raw.messages.at(-1);
  return {
    topic,
    partition,
    fromOffset,
    // A batch may end after its last record: compaction removes records and leaves the batch its bounds.
    nextOffset: last ? Math.max(fromOffset, endOfBatch(last)) : fromOffset,
    records: visible.map((record) => toLogRecord(topic, partition, record)),
    endOffset: Number(raw.lastStableOffset),
  };
}

function endOfBatch({ offset, batchContext }: RawRecord): number {
  return batchContext ? Number(batchContext.firstOffset) + batchContext.lastOffsetDelta + 1 : Number(offset) + 1;
}

/** An aborted transaction reaches from its first offset to the producer's next control record. */
function withoutAborted({ messages, abortedTransactions }: RawPartition): readonly RawRecord[] {
  if (!abortedTransactions?.length) return messages;
  const upcoming = abortedTransactions.toSorted((a, b) => Number(a.firstOffset) - Number(b.firstOffset));
  const aborted = new Set<string>();
  return messages.filter(({ offset, isControlRecord, batchContext }) => {
    while (upcoming[0] && Number(upcoming[0].firstOffset) <= Number(offset)) aborted.add(upcoming.shift()!.producerId);
    if (!batchContext) return true;
    if (isControlRecord) aborted.delete(batchContext.producerId);
    return !(batchContext.inTransaction && aborted.has(batchContext.producerId));
  });
}

function toLogRecord(topic: string, partition: number, record: RawRecord): LogRecord {
  return {
    topic,
    partition,
    offset: Number(record.offset),
    appendedAtMs: Number(record.timestamp),
    key: record.key === null ? null : record.key.toString(),
    value: record.value,
    headers: toHeaders(record.headers),
  };
}

/** A header that stands several times has its last value. */
function toHeaders(headers: IHeaders | undefined): Readonly<Record<string, string>> {
  const entries = Object.entries(headers ?? {});
  if (entries.length === 0) return NO_HEADERS;
  return Object.fromEntries(
    entries.map(([name, value]) => [name, (Array.isArray(value) ? value.at(-1) : value)?.toString() ?? '']),
  );
}

function groupByTopic(wanted: readonly Wanted[]): [string, Wanted[]][] {
  const groups = new Map<string, Wanted[]>();
  for (const each of wanted) {
    const group = groups.get(each.topic);
    if (group) group.push(each);
    else groups.set(each.topic, [each]);
  }
  return [...groups];
}

/** Who leads each of the partitions: `null` for those that nobody leads at the moment. */
export function findLeaders<T extends TopicPartition>(cluster: Cluster, at: readonly T[]): Map<string | null, T[]> {
  const byLeader = new Map<string | null, T[]>();
  for (const each of at) {
    const metadata = cluster.findTopicPartitionMetadata(each.topic).find((one) => one.partitionId === each.partition);
    const leader = metadata && metadata.leader >= 0 ? String(metadata.leader) : null;
    const group = byLeader.get(leader);
    if (group) group.push(each);
    else byLeader.set(leader, [each]);
  }
  return byLeader;
}

export interface Bounds {
  readonly startOffset: number;
  readonly endOffset: number;
}

/** A broker may name itself leader of a new topic before it has taken the lead: asked again this often, after so long, ms. */
const BOUNDS_TRIES = 20;
const BOUNDS_RETRY_MS = 100;

/** First retained offset and one past the last of each partition, in the order asked. Throws kafkajs's errors. */
export async function fetchBounds(cluster: Cluster, at: readonly TopicPartition[]): Promise<Bounds[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await askBounds(cluster, at);
    } catch (error) {
      if (attempt === BOUNDS_TRIES || !LEADING_CHANGES.has(errorType(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, BOUNDS_RETRY_MS));
      await cluster.refreshMetadata();
    }
  }
}

const LEADING_CHANGES: ReadonlySet<string> = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
]);

async function askBounds(cluster: Cluster, at: readonly TopicPartition[]): Promise<Bounds[]> {
  const topics = groupByTopic(at.map((each) => ({ ...each, fromOffset: 0 })));
  const ask = async (fromBeginning: boolean) => {
    const answers = await cluster.fetchTopicsOffset(
      topics.map(([topic, entries]) => ({
        topic,
        partitions: entries.map(({ partition }) => ({ partition })),
        fromBeginning,
      })),
    );
    return (each: TopicPartition) => {
      const answer = answers.find(({ topic }) => topic === each.topic);
      const found = answer?.partitions.find(({ partition }) => partition === each.partition);
      if (!found) throw new Error(`Partition ${each.partition} of ${each.topic} has no leader at the moment`);
      return Number(found.offset);
    };
  };
  const [starts, ends] = await Promise.all([ask(true), ask(false)]);
  return at.map((each) => ({ startOffset: starts(each), endOffset: ends(each) }));
}

/** Reading partitions once, to their end as it was at the call. */
import type { Cluster } from 'kafkajs';
import { type LogBatch, LogUnavailable, type TopicPartition } from '../ports/event-log.js';
import { backoffDelayMs } from './backoff.js';
import {
  connectCluster,
  dropCluster,
  errorType,
  type KafkaContext,
  orUnavailable,
  repairCluster,
  toUnavailable,
} from './kafka-client.js';
import { type Bounds, fetchBounds, fetchFrom, findLeaders } from './kafka-records.js';
import { openCluster } from './kafka-undeclared.js';

interface Progress extends TopicPartition {
  fromOffset: number;
  readonly endOffset: number;
}

/** Hands over every record that stood before the end. Rejects with what `onBatch` rejects with, or `LogUnavailable`. */
export async function readToEnd(
  context: KafkaContext,
  at: readonly TopicPartition[],
  onBatch: (batch: LogBatch) => void | Promise<void>,
): Promise<void> {
  if (at.length === 0) return;
  const { timings } = context;
  const cluster = openCluster(context);
  try {
    const topics = [...new Set(at.map(({ topic }) => topic))];
    const connected = connectCluster(cluster, topics).then(() => fetchBounds(cluster, at));
    const bounds: Bounds[] = await orUnavailable('bounds', timings.answerLimitMs, connected);
    let left = at.map(({ topic, partition }, i): Progress => {
      const { startOffset, endOffset } = bounds[i]!;
      return { topic, partition, fromOffset: startOffset, endOffset };
    });
    for (;;) {
      left = left.filter(({ fromOffset, endOffset }) => fromOffset < endOffset);
      if (left.length === 0) return;
      await readOnce(context, cluster, left, onBatch);
    }
  } finally {
    dropCluster(cluster);
  }
}

/** One round over the leaders; tries again, for `answerLimitMs` without any answer, when one does not answer. */
async function readOnce(
  { log, timings }: KafkaContext,
  cluster: Cluster,
  left: readonly Progress[],
  onBatch: (batch: LogBatch) => void | Promise<void>,
): Promise<void> {
  const limitAtMs = Date.now() + timings.answerLimitMs;
  for (let failures = 0; ; failures++) {
    const answers = await fetchRound(cluster, left, timings.fetchWaitMs).catch((error: unknown) => ({ error }));
    if (Array.isArray(answers)) {
      for (const { topic, partition, records, nextOffset, endOffset } of answers) {
        const progress = left.find((each) => each.topic === topic && each.partition === partition)!;
        const before = records.filter(({ offset }) => offset < progress.endOffset);
        if (before.length > 0) await onBatch({ topic, partition, records: before, nextOffset, endOffset });
        progress.fromOffset = nextOffset;
      }
      return;
    }
    const { error } = answers;
    if (Date.now() > limitAtMs) throw toUnavailable('reading to the end', error);
    log.debug({ error: errorType(error), failures }, 'Kafka did not answer a fetch; it is tried again');
    const delayMs = backoffDelayMs({ firstMs: timings.retryFirstMs, maxMs: timings.retryMaxMs }, failures);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await repairCluster(cluster, error);
    await moveToStart(cluster, left, error);
  }
}

async function fetchRound(cluster: Cluster, left: readonly Progress[], waitMs: number) {
  const rounds = [...findLeaders(cluster, left)].map(async ([leader, own]) => {
    if (leader === null) throw new LogUnavailable('Kafka: nobody leads a partition at the moment');
    return await fetchFrom(cluster, leader, own, waitMs);
  });
  return (await Promise.all(rounds)).flat();
}

/** Retention may drop what we were about to read. */
async function moveToStart(cluster: Cluster, left: readonly Progress[], error: unknown): Promise<void> {
  if (errorType(error) !== 'OFFSET_OUT_OF_RANGE') return;
  const bounds = await fetchBounds(cluster, left).catch(() => null);
  left.forEach((progress, i) => {
    if (bounds) progress.fromOffset = Math.max(progress.fromOffset, bounds[i]!.startOffset);
  });
}

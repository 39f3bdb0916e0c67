/** What a broker that hangs, or a clock that is set back, does to those who read: a cluster in memory, as kafkajs has it. */
import type { Kafka } from 'kafkajs';
import { expect, it, vi } from 'vitest';
import { DEFAULT_TIMINGS } from '../../src/log/kafka-client.js';
import { startFetching } from '../../src/log/kafka-fetching.js';
import { createRecentFetches } from '../../src/log/recent-fetches.js';
import { silentLog } from '../support/silent-log.js';

const HANGS_MS = 300;
const PATIENCE_MS = 50;
const [A, B] = [0, 1].map((partition) => ({ topic: 'inputs', partition })) as [Place, Place];
interface Place {
  readonly topic: string;
  readonly partition: number;
}
interface Asked {
  readonly topics: readonly {
    readonly partitions: readonly { readonly partition: number; readonly fetchOffset: number }[];
  }[];
  readonly maxWaitTime: number;
}
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function fetchingFrom(cluster: object, timings = DEFAULT_TIMINGS) {
  const recent = createRecentFetches();
  const deps = { log: silentLog, timings, recent, kafka: {} as Kafka };
  return { recent, ...startFetching(deps, cluster as Parameters<typeof startFetching>[1], PATIENCE_MS) };
}

it('a broker that hangs holds up the bounds of its own partitions alone', async () => {
  const boundsOf = async (partition: number) => {
    if (partition === A.partition) return { partition, offset: '7' };
    await sleep(HANGS_MS);
    throw Object.assign(new Error('no answer'), { name: 'KafkaJSRequestTimeoutError' });
  };
  const requests: number[] = [];
  const cluster = {
    findTopicPartitionMetadata: () => [A, B].map(({ partition }) => ({ partitionId: partition, leader: partition })),
    // All leaders are asked, and the slowest is waited for.
    fetchTopicsOffset: async (topics: readonly { topic: string; partitions: readonly Place[] }[]) => {
      requests.push(topics.flatMap(({ partitions }) => partitions).length);
      return await Promise.all(
        topics.map(async ({ topic, partitions }) => ({
          topic,
          partitions: await Promise.all(partitions.map(({ partition }) => boundsOf(partition))),
        })),
      );
    },
    refreshMetadata: async () => {},
  };
  const { source, stop } = fetchingFrom(cluster, { ...DEFAULT_TIMINGS, answerLimitMs: HANGS_MS });
  const [healthy, same, hung] = await Promise.allSettled([A, A, B].map((at) => source.bounds(at)));
  stop();
  expect(hung!.status).toBe('rejected');
  expect(healthy).toMatchObject({ status: 'fulfilled', value: { endOffset: 7 } });
  expect(same).toEqual(healthy);
  // Each broker's are one request, for either end of a partition.
  expect(new Set(requests)).toEqual(new Set([1]));
});

it('who was given what another fetched asks by itself once that one fetches no more, whatever the clock says meanwhile', async () => {
  let asked = 0;
  const broker = {
    async fetch({ topics, maxWaitTime }: Asked) {
      const { partitions } = topics[0]!;
      if (partitions.some(({ partition }) => partition === A.partition)) asked++;
      await sleep(maxWaitTime);
      const answers = partitions.map(({ partition, fetchOffset }) => ({
        partition,
        lastStableOffset: fetchOffset,
        messages: [],
      }));
      return { responses: [{ topicName: A.topic, partitions: answers }] };
    },
  };
  const cluster = {
    findTopicPartitionMetadata: () => [A, B].map(({ partition }) => ({ partitionId: partition, leader: 1 })),
    findBroker: async () => broker,
  };
  const { recent, source, stop } = fetchingFrom(cluster);
  const other = recent.join(A, 2);
  let position = 0;
  const read = () => {
    for (let batch = source.read(A, position); batch !== null; batch = source.read(A, position)) {
      position = batch.nextOffset;
    }
  };
  source.watch(A, read);
  read();
  for (let end = 0; end < 10; end++) {
    recent.keep({ ...A, fromOffset: end, nextOffset: end + 1, endOffset: end + 1, records: [] }, 2);
    other.moveTo(end + 1);
    await sleep(PATIENCE_MS);
  }
  await expect.poll(() => position).toBe(10);
  const now = Date.now;
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000);
  const before = asked;
  try {
    for (let looks = 0; asked === before && looks < 1_000; looks++) await sleep(20);
  } finally {
    clock.mockRestore();
    stop();
  }
  expect(asked).toBeGreaterThan(before);
});

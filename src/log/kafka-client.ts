/**
 * kafkajs 2.2.4 as this adapter uses it. Its consumer cannot be given partitions, cannot wait before it rejoins or fetches,
 * delivers what it fetched before a rebalance, and restarts itself by rules of its own; so we use what lies under it: the
 * `Cluster` that it hands to partition assigners (a public type) and that cluster's brokers, for one request each.
 */
import { createRequire } from 'node:module';
import { type Cluster, Kafka, type logCreator, Partitioners } from 'kafkajs';
import { LogDenied, LogUnavailable } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import { UnderWay } from '../under-way.js';
import { type KafkaSecurity, openSocket, toKafkaConfig } from './kafka-security.js';
import type { RecentFetches } from './recent-fetches.js';

/** Every time limit of the adapter, in ms. */
export interface KafkaTimings {
  /** Until a TCP connection stands. */
  readonly connectionLimitMs: number;
  /** Until a request is answered. */
  readonly requestLimitMs: number;
  /** Until an append, with its retries, is given up: `LogUnavailable`. */
  readonly appendLimitMs: number;
  /** Until anything else that is asked for (topics, bounds, ping) is given up. */
  readonly answerLimitMs: number;
  readonly heartbeatIntervalMs: number;
  /** A member that is not heard for so long has lost its partitions. */
  readonly sessionLimitMs: number;
  /** How long the others wait for a member that has to give partitions up. */
  readonly rebalanceLimitMs: number;
  /** How long `onLeaving` may take when partitions are given up, and again the batches under way, and again `onRevoked`. */
  readonly revokeLimitMs: number;
  /** How long the broker holds a fetch that finds nothing. */
  readonly fetchWaitMs: number;
  /** How often the number of partitions is looked up again. */
  readonly metadataIntervalMs: number;
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
}

export const DEFAULT_TIMINGS: KafkaTimings = {
  connectionLimitMs: 3_000,
  requestLimitMs: 10_000,
  appendLimitMs: 10_000,
  answerLimitMs: 10_000,
  heartbeatIntervalMs: 500,
  sessionLimitMs: 10_000,
  rebalanceLimitMs: 60_000,
  revokeLimitMs: 20_000,
  fetchWaitMs: 200,
  metadataIntervalMs: 30_000,
  retryFirstMs: 100,
  retryMaxMs: 5_000,
};

/** What the parts of the adapter share. */
export interface KafkaContext {
  readonly kafka: Kafka;
  readonly log: Log;
  readonly timings: KafkaTimings;
  readonly recent: RecentFetches;
}

/** Tries within one call of kafkajs; the loops that go on for ever are ours. */
const KAFKAJS_RETRIES = 2;

/** Each connection makes one. */
const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as {
  readonly prototype: object;
};

/** From now on connections keep the requests that wait for their answers in an `UnderWay`, where kafkajs has a `Map`. */
function keepRequestsUnderWay(): void {
  Object.defineProperty(RequestQueue.prototype, 'inflight', {
    configurable: true,
    set(this: object) {
      Object.defineProperty(this, 'inflight', { value: new UnderWay() });
    },
  });
}

export function createKafka(
  brokers: readonly string[],
  clientId: string,
  security: KafkaSecurity,
  log: Log,
  timings: KafkaTimings,
): Kafka {
  keepRequestsUnderWay();
  return new Kafka({
    ...toKafkaConfig(security),
    brokers: [...brokers],
    clientId,
    connectionTimeout: timings.connectionLimitMs,
    requestTimeout: timings.requestLimitMs,
    retry: { retries: KAFKAJS_RETRIES, initialRetryTime: timings.retryFirstMs, maxRetryTime: timings.retryMaxMs },
    logCreator: createLogCreator(log),
    socketFactory: openSocket,
  });
}

/**
 * kafkajs says ERROR for an ordinary rebalance and for every try at a broker that is away. What matters reaches us as an
 * error, and is said by whoever called, so all of its own words are for debugging.
 */
function createLogCreator(log: Log): logCreator {
  return () =>
    ({ namespace, label, log: { message, timestamp: _, logger: __, ...fields } }) =>
      log.debug({ kafkajs: namespace, level: label, ...fields }, message);
}

/** Connects, and learns the topics; throws kafkajs's errors. */
export async function connectCluster(cluster: Cluster, topics: readonly string[]): Promise<void> {
  await cluster.connect();
  await cluster.addMultipleTargetTopics([...topics]);
  await cluster.refreshMetadataIfNecessary();
}

/** What can be done after an error before the next try: forget what is closed, connect, learn who leads now. */
export async function repairCluster(cluster: Cluster, error: unknown): Promise<void> {
  const { name, host, port } = error as { name?: string; host?: string; port?: number };
  try {
    if (name === 'KafkaJSConnectionClosedError' && host !== undefined && port !== undefined) {
      cluster.removeBroker({ host, port });
    }
    await cluster.connect();
    await cluster.refreshMetadata();
  } catch {
    // Still away: the next try says so.
  }
}

/** Ends connections without waiting for anybody. */
export function dropCluster(cluster: Cluster): void {
  cluster.disconnect().catch(() => {});
}

/** kafkajs's word for what a broker answered, such as REBALANCE_IN_PROGRESS; otherwise the error's name. */
export function errorType(error: unknown): string {
  const { type, name } = error as { type?: string; name?: string };
  return type ?? name ?? 'unknown';
}

/** The number of partitions by topic, as the cluster knows them now; 0 where a topic is not there. */
export function knownPartitions(cluster: Cluster, topics: readonly string[]): Map<string, number> {
  return new Map(topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length]));
}

/** The same promise, or a rejection with `LogUnavailable` when it takes too long or rejects. */
export async function orUnavailable<T>(what: string, limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LogUnavailable(`Kafka: ${what}: no answer in ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    throw toUnavailable(what, error);
  } finally {
    clearTimeout(timer);
  }
}

/** What a broker answered, under whatever kafkajs wrapped around it. */
export function brokerErrorType(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error && !(error as { type?: string }).type ? brokerErrorType(cause) : errorType(error);
}

const DENIALS: ReadonlySet<string> = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
]);

export function toUnavailable(what: string, error: unknown): LogUnavailable {
  if (error instanceof LogUnavailable) return error;
  if (DENIALS.has(brokerErrorType(error))) {
    return new LogDenied(`Kafka: ${what}: this client is not allowed to (${brokerErrorType(error)}): grant it`, {
      cause: error,
    });
  }
  return new LogUnavailable(`Kafka: ${what}: ${(error as Error).message}`, { cause: error });
}

/** Kafka's own partitioner, said outright because kafkajs warns where nothing is said. We name partitions ourselves. */
export const { DefaultPartitioner } = Partitioners;

/** The log on Kafka. Nothing is connected before it is needed, and nothing fails for good because a broker is away. */
import { randomUUID } from 'node:crypto';
import { type Consumer, type EventLog, LogUnavailable } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import { type Appender, createAppender } from './kafka-appender.js';
import { createKafka, DEFAULT_TIMINGS, type KafkaContext, type KafkaTimings } from './kafka-client.js';
import { startConsumer } from './kafka-consumer.js';
import { readToEnd } from './kafka-read.js';
import { type KafkaSecurity, NO_SECURITY } from './kafka-security.js';
import { createTopics } from './kafka-topics.js';
import { createRecentFetches } from './recent-fetches.js';

export { DEFAULT_TIMINGS, type KafkaTimings } from './kafka-client.js';

export interface KafkaLogOptions {
  /** HOST:PORT of some brokers. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly log: Log;
  /** Without TLS and as nobody where not given. */
  readonly security?: KafkaSecurity;
  /** Where they differ from `DEFAULT_TIMINGS`. */
  readonly timings?: Partial<KafkaTimings>;
}

/** Never fails: what needs the broker while it is away rejects with `LogUnavailable` within its limit, or waits for it. */
export function connectKafka(options: KafkaLogOptions): EventLog {
  const { brokers, clientId, log, security = NO_SECURITY, timings: given } = options;
  const timings: KafkaTimings = { ...DEFAULT_TIMINGS, ...given };
  // Brokers tell clients apart by this name in their logs and quotas.
  const kafka = createKafka(brokers, `${clientId}-${randomUUID().slice(0, 8)}`, security, log, timings);
  const context: KafkaContext = { kafka, log, timings, recent: createRecentFetches() };
  const topics = createTopics(context);
  const appenders = new Map<string, Appender>();
  const consumers = new Set<Consumer>();
  let closing: Promise<void> | null = null;

  function assertOpen(): void {
    if (closing) throw new LogUnavailable('The Kafka log is closed.');
  }

  /** A producer for each topic: a request of alerts does not wait behind a megabyte of pings. */
  function appenderOf(topic: string): Appender {
    const known = appenders.get(topic);
    if (known) return known;
    const created = createAppender(context, topic, () => topics.countPartitions(topic));
    appenders.set(topic, created);
    return created;
  }

  async function close(): Promise<void> {
    await Promise.all([...consumers].map((consumer) => consumer.stop()));
    await Promise.all([...appenders.values()].map((appender) => appender.close()));
    await topics.close();
  }

  return {
    async ensureTopics(specs) {
      assertOpen();
      await topics.ensure(specs);
    },

    async partitionCount(topic) {
      assertOpen();
      return topics.countPartitions(topic);
    },

    async append(topic, records) {
      assertOpen();
      return records.length === 0 ? [] : appenderOf(topic).append(records);
    },

    async consume(options) {
      assertOpen();
      const consumer = startConsumer(context, options);
      consumers.add(consumer);
      return {
        async stop() {
          await consumer.stop();
          consumers.delete(consumer);
        },
      };
    },

    async readToEnd(at, onBatch) {
      assertOpen();
      await readToEnd(context, at, onBatch);
    },

    async ping() {
      assertOpen();
      await topics.ping();
    },

    close() {
      closing ??= close();
      return closing;
    },
  };
}

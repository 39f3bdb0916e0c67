/** Topics on Kafka: what there is, and making what is missing. */
import type { Admin, ITopicConfig } from 'kafkajs';
import { LogUnavailable, type TopicSpec } from '../ports/event-log.js';
import { errorType, type KafkaContext, orUnavailable } from './kafka-client.js';

/** A wearer's watch has up to 1 MB; a batch of one such record has to fit with room to spare. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/**
 * What was written within this time is kept beside what is newer: of two states the one that holds more wins, whichever stands last, and a
 * worker that did not know yet that its partition was gone may have written the older one last. Within it the owner, or who takes over
 * from it after a crash, reads both and writes the older one over.
 */
const COMPACTION_LAG_MS = 900_000;

/** The broker's own default: one on a single node, what its operator chose elsewhere. */
const BROKER_DEFAULT_REPLICATION = -1;

/** How long a number of partitions is believed; it grows seldom, and ours never does. */
const COUNT_VALID_MS = 300_000;

export interface Topics {
  ensure(specs: readonly TopicSpec[]): Promise<void>;
  /** Throws an Error for a topic that is not there, `LogUnavailable` where Kafka does not say. */
  countPartitions(topic: string): Promise<number>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** How often new topics are asked about, ms. */
const LEADER_RETRY_MS = 50;
const NOT_YET: ReadonlySet<string> = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE']);

export function createTopics({ kafka, timings }: KafkaContext): Topics {
  const counts = new Map<string, { count: Promise<number>; askedAtMs: number }>();
  let admin: Promise<Admin> | null = null;

  /** One connection for all questions; thrown away after an error, because a broken one may not heal. */
  async function ask<T>(what: string, question: (admin: Admin) => Promise<T>): Promise<T> {
    admin ??= connect();
    const own = admin;
    try {
      return await orUnavailable(what, timings.answerLimitMs, own.then(question));
    } catch (error) {
      if (admin === own) admin = null;
      own.then((old) => old.disconnect()).catch(() => {});
      throw error;
    }
  }

  async function connect(): Promise<Admin> {
    const created = kafka.admin();
    await created.connect();
    return created;
  }

  /** The number of partitions, or null for a topic that is not there. */
  function lookUp(topic: string): Promise<number | null> {
    return ask(`partitions of ${topic}`, async (client) => {
      try {
        const { topics } = await client.fetchTopicMetadata({ topics: [topic] });
        return topics[0]?.partitions.length ?? null;
      } catch (error) {
        if (errorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return null;
        throw error;
      }
    });
  }

  /** Waits until every partition of new topics has a leader: what is asked of one before is refused. */
  async function untilLed(topics: readonly string[]): Promise<void> {
    const deadlineMs = Date.now() + timings.answerLimitMs;
    for (;;) {
      const isLed = await ask('leaders of new topics', async (client) => {
        try {
          const found = await client.fetchTopicMetadata({ topics: [...topics] });
          return found.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
        } catch (error) {
          if (NOT_YET.has(errorType(error))) return false;
          throw error;
        }
      });
      if (isLed) return;
      if (Date.now() > deadlineMs) throw new LogUnavailable('Kafka: new topics have no leaders yet');
      await new Promise((resolve) => setTimeout(resolve, LEADER_RETRY_MS));
    }
  }

  async function count(topic: string): Promise<number> {
    const found = await lookUp(topic);
    if (found === null) throw new Error(`There is no topic ${topic} in this log.`);
    return found;
  }

  return {
    async ensure(specs) {
      const existing = new Set(await ask('list of topics', (client) => client.listTopics()));
      const missing = specs.filter(({ topic }) => !existing.has(topic));
      if (missing.length > 0) {
        await ask('making topics', async (client) => {
          try {
            // kafkajs's own waiting gives up at once where the broker does not know the new topic yet.
            const topics = missing.map(toTopicConfig);
            await client.createTopics({ topics, waitForLeaders: false, timeout: timings.answerLimitMs });
          } catch (error) {
            if (!wereMadeMeanwhile(error)) throw error;
          }
        });
        await untilLed(missing.map(({ topic }) => topic));
      }
      for (const { topic, partitions, fixedPartitions } of specs) {
        if (!fixedPartitions) continue;
        const found = await count(topic);
        if (found !== partitions) {
          throw new Error(
            `Topic ${topic} has ${found} partitions and must have ${partitions}: states stand by partition number.`,
          );
        }
      }
    },

    countPartitions(topic) {
      const known = counts.get(topic);
      if (known && Date.now() - known.askedAtMs < COUNT_VALID_MS) return known.count;
      const asked = { count: count(topic), askedAtMs: Date.now() };
      counts.set(topic, asked);
      asked.count.catch(() => {
        if (counts.get(topic) === asked) counts.delete(topic);
      });
      return asked.count;
    },

    async ping() {
      await ask('ping', (client) => client.describeCluster());
    },

    async close() {
      const last = admin;
      admin = null;
      await last?.then((client) => client.disconnect()).catch(() => {});
    },
  };
}

function toTopicConfig({ topic, partitions, cleanup, retentionMs }: TopicSpec): ITopicConfig {
  const config: Record<string, string> = {
    'cleanup.policy': cleanup,
    // By a supplier's time, records of 2008 would expire at once.
    'message.timestamp.type': 'LogAppendTime',
    'max.message.bytes': String(MAX_BATCH_BYTES),
  };
  if (cleanup === 'compact') config['min.compaction.lag.ms'] = String(COMPACTION_LAG_MS);
  if (cleanup === 'delete' && retentionMs !== undefined) config['retention.ms'] = String(retentionMs);
  return {
    topic,
    numPartitions: partitions,
    replicationFactor: BROKER_DEFAULT_REPLICATION,
    configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
  };
}

/** Another process may make the same topics at the same time. */
function wereMadeMeanwhile(error: unknown): boolean {
  const errors: readonly unknown[] = (error as { errors?: readonly unknown[] }).errors ?? [];
  return errors.length > 0 && errors.every((each) => errorType(each) === 'TOPIC_ALREADY_EXISTS');
}

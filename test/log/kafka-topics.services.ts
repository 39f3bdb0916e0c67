/** How Tagwatch's own topics are made on a real broker. */
import { randomUUID } from 'node:crypto';
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { expect, it } from 'vitest';
import { connectKafka } from '../../src/log/kafka.js';
import { withTopicPrefix } from '../../src/log/prefixed.js';
import { OWN_TOPICS, STATES } from '../../src/ports/topics.js';
import { sharedKafkaBrokers } from '../support/services.js';
import { silentLog } from '../support/silent-log.js';

it('compaction leaves the newest quarter of an hour of the states alone: a zombie’s older one displaces none', async () => {
  const prefix = `${randomUUID()}.`;
  const brokers = sharedKafkaBrokers();
  const log = withTopicPrefix(connectKafka({ brokers, clientId: 'topics', log: silentLog }), prefix);
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  try {
    await log.ensureTopics(OWN_TOPICS);
    await admin.connect();
    const configNames = ['cleanup.policy', 'min.compaction.lag.ms'];
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: prefix + STATES, configNames }],
    });
    const entries = resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]);
    expect(Object.fromEntries(entries)).toEqual({ 'cleanup.policy': 'compact', 'min.compaction.lag.ms': '900000' });
  } finally {
    await admin.disconnect();
    await log.close();
  }
});

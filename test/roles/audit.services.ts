import { randomUUID } from 'node:crypto';
import { connectKafka } from '../../src/log/kafka.js';
import { withTopicPrefix } from '../../src/log/prefixed.js';
import { OWN_TOPICS } from '../../src/ports/topics.js';
import { openTestPostgres } from '../support/database.js';
import { sharedKafkaBrokers } from '../support/services.js';
import { silentLog } from '../support/silent-log.js';
import { auditSuite } from './audit-suite.js';

/** Topics of its own in the shared Kafka. */
async function openKafkaLog() {
  const kafka = connectKafka({
    brokers: sharedKafkaBrokers(),
    clientId: 'audit-test',
    log: silentLog,
    timings: { retryFirstMs: 20 },
  });
  const log = withTopicPrefix(kafka, `audit-${randomUUID().slice(0, 8)}.`);
  await log.ensureTopics(OWN_TOPICS);
  return { log, dispose: async () => await log.close() };
}

auditSuite('Kafka, PostGIS', openTestPostgres, openKafkaLog);

import { randomUUID } from 'node:crypto';
import { afterAll } from 'vitest';
import { connectKafka } from '../../src/log/kafka.js';
import { withTopicPrefix } from '../../src/log/prefixed.js';
import { OWN_TOPICS } from '../../src/pipeline/topics.js';
import { openTestPostgres } from '../support/database.js';
import { sharedKafkaBrokers } from '../support/services.js';
import { silentLog } from '../support/silent-log.js';
import { publisherSuite } from './publisher.suite.js';
import { recordsSuite } from './records.suite.js';

let opened: ReturnType<typeof openTestPostgres> | null = null;
const openDatabase = async () => {
  opened ??= openTestPostgres();
  return (await opened).db;
};
afterAll(async () => (await opened)?.stop());

/** Topics of its own on the Kafka that all tests share. */
const openLog = async () => {
  const brokers = sharedKafkaBrokers();
  const kafka = connectKafka({ brokers, clientId: 'records', log: silentLog, timings: { retryFirstMs: 20 } });
  const log = withTopicPrefix(kafka, `records-${randomUUID()}.`);
  await log.ensureTopics(OWN_TOPICS);
  return { log, dispose: () => log.close() };
};

recordsSuite('Kafka and PostGIS', async () => {
  const { log, dispose } = await openLog();
  return { db: await openDatabase(), log, stop: dispose };
});

publisherSuite(
  'Kafka and PostGIS',
  async () => ({ db: await openDatabase(), openLog }),
  async (db) => {
    const { rowCount } = await db.query(
      `select pg_terminate_backend(pid) from pg_locks join pg_database on pg_database.oid = pg_locks.database
       where locktype = 'advisory' and datname = current_database() and pid <> pg_backend_pid()`,
    );
    return rowCount;
  },
);

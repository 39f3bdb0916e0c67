import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectKafka } from '../../src/log/kafka.js';
import { withTopicPrefix } from '../../src/log/prefixed.js';
import type { Database } from '../../src/ports/database.js';
import { INPUTS, inputRecord, OWN_TOPICS } from '../../src/ports/topics.js';
import { startRecorder } from '../../src/roles/recorder/recorder.js';
import { migrate } from '../../src/store/migrate.js';
import { connectPostgres } from '../../src/store/postgres.js';
import { recordTables } from '../../src/store/recording.js';
import { openEmptyPostgres } from '../support/database.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { pingAt, TEST_START_MS } from '../support/pings.js';
import { type OwnServices, sharedKafkaBrokers, startOwnServices } from '../support/services.js';
import { createRememberingLog, silentLog } from '../support/silent-log.js';
import { recorderSuite } from './recorder-suite.js';

/** Topics of its own in the shared Kafka. */
async function openKafkaLog() {
  const kafka = connectKafka({
    brokers: sharedKafkaBrokers(),
    clientId: 'recorder-test',
    log: silentLog,
    timings: { retryFirstMs: 20 },
  });
  const log = withTopicPrefix(kafka, `recorder-${randomUUID().slice(0, 8)}.`);
  await log.ensureTopics(OWN_TOPICS);
  return { log, dispose: async () => await log.close() };
}

recorderSuite('Kafka, PostGIS', openEmptyPostgres, openKafkaLog);

describe('Recorder: PostGIS killed and back', () => {
  let services: OwnServices;
  let db: Database;
  let kept: TestLog;

  beforeAll(async () => {
    services = await startOwnServices(['postgres']);
    db = connectPostgres({ url: services.databaseUrl(), log: silentLog });
    await migrate(db, silentLog);
    kept = await openTestLog();
  });
  afterAll(async () => {
    await db?.close();
    await kept?.dispose();
    await services?.dispose();
  });

  it('writes every ping once, says that it waited, and asks nobody to act', async () => {
    const logger = createRememberingLog();
    let recorded = 0;
    let look = () => {};
    const until = async (count: number) =>
      await new Promise<void>((resolve) => {
        look = () => recorded >= count && resolve();
        look();
      });
    const recorder = await startRecorder({
      log: kept.log,
      db,
      tables: recordTables,
      clock: { nowMs: () => TEST_START_MS },
      logger,
      epoch: 'one',
      limits: { retryFirstMs: 50, retryLimitMs: 200, rowsPerTransaction: 10 },
      counters: {
        pingsRecorded(_fitted, count) {
          recorded += count;
          look();
        },
      },
    });
    const append = async (tagId: string) =>
      await kept.log.append(
        INPUTS,
        Array.from({ length: 500 }, (_, second) =>
          inputRecord({ type: 'ping', ping: pingAt(tagId, second), receivedAtMs: TEST_START_MS }),
        ),
      );
    await append('T-1');
    await until(100);
    await services.stop('postgres', 'kill');
    await append('T-2');
    await expect.poll(() => recorder.databaseAwaySinceMs()).not.toBeNull();
    await services.start('postgres');
    // A count is lost where the answer to a commit was: the rows tell.
    const count = async () =>
      (await db.query<{ count: number }>('select count(*) as count from ping', [])).rows[0]?.count;
    await expect.poll(count).toBe(1_000);
    expect(recorder.databaseAwaySinceMs()).toBeNull();
    await recorder.stop();
    expect(logger.entries.filter(({ level }) => level === 'error')).toEqual([]);
    expect(logger.entries.map(({ level }) => level)).toContain('warn');
  });
});

/** Partitions of Tagwatch's topics that end with a transaction's marker: everybody who reads to the end comes there. */
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { afterEach, expect, it } from 'vitest';
import { connectKafka } from '../../src/log/kafka.js';
import { withTopicPrefix } from '../../src/log/prefixed.js';
import { ALERTS, INPUTS, OWN_TOPICS, STATES } from '../../src/ports/topics.js';
import { startEngine } from '../../src/roles/engine/engine-worker.js';
import { startAlertLog } from '../../src/views/alert-log.js';
import { startLiveView } from '../../src/views/live-view.js';
import { noEngineCounters } from '../support/counters.js';
import { sharedKafkaBrokers } from '../support/services.js';
import { silentLog } from '../support/silent-log.js';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

it('engine, alert log and live view come to the end of what ends with a marker', async () => {
  const prefix = `${randomUUID()}.`;
  const log = withTopicPrefix(
    connectKafka({ brokers: sharedKafkaBrokers(), clientId: 'marked', log: silentLog }),
    prefix,
  );
  ending.push(() => log.close());
  await log.ensureTopics(OWN_TOPICS);
  const producer = new Kafka({ brokers: [...sharedKafkaBrokers()], logLevel: logLevel.NOTHING }).producer({
    transactionalId: prefix,
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  ending.push(() => producer.disconnect());
  const transaction = await producer.transaction();
  for (const topic of [STATES, INPUTS, ALERTS]) {
    await transaction.send({ topic: prefix + topic, messages: [{ key: 'k', value: 'foreign', partition: 0 }] });
  }
  await transaction.abort();

  const clock = { nowMs: () => Date.now() };
  const options = { tickEveryMs: 60_000 };
  const engine = await startEngine({ log, clock, logger: silentLog, counters: noEngineCounters, options });
  ending.push(() => engine.stop());
  const alertLog = await startAlertLog({ log, logger: silentLog, epoch: 'e' });
  ending.push(() => alertLog.stop());
  const liveView = await startLiveView({ log, logger: silentLog });
  ending.push(() => liveView.stop());
  await alertLog.caughtUp;
  await liveView.caughtUp;
  await expect.poll(() => engine.isReady()).toBe(true);
});

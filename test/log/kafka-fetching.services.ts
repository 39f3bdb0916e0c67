/** What a fetch that waits at the broker holds up, and what not. The broker may hold one for longer than a test has. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectKafka } from '../../src/log/kafka.js';
import type { EventLog } from '../../src/ports/event-log.js';
import { createCollector } from '../support/collecting.js';
import { sharedKafkaBrokers } from '../support/services.js';
import { silentLog } from '../support/silent-log.js';

const encoder = new TextEncoder();
let log: EventLog;

beforeAll(() => {
  const timings = { fetchWaitMs: 60_000, requestLimitMs: 70_000 };
  log = connectKafka({ brokers: sharedKafkaBrokers(), clientId: 'fetching', log: silentLog, timings });
});
// What waits at the broker when a consumer stops ends with its connection.
afterAll(() => log?.close());

it('a partition whose buffer was full is fetched again, although a fetch of idle ones waits for something to come', async () => {
  const topic = `fetching-${randomUUID()}`;
  await log.ensureTopics([{ topic, partitions: 2, cleanup: 'delete', fixedPartitions: true }]);
  const append = (value: string) => log.append(topic, [{ key: null, value: encoder.encode(value), partition: 0 }]);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let entered = () => {};
  const inside = new Promise<void>((resolve) => {
    entered = resolve;
  });
  const collector = createCollector({
    async onBatch() {
      entered();
      await held;
    },
  });
  await append('being handled');
  await log.consume({ group: null, topics: [topic], commit: false, handler: collector.handler });
  await inside;
  await append('in the buffer');
  // What is fetched from now on is of the other partition alone.
  await new Promise((resolve) => setTimeout(resolve, 300));
  release();
  await collector.until(() => collector.records.length === 2);
  await append('after that');
  await collector.until(() => collector.records.length === 3);
  expect(collector.values()).toEqual(['being handled', 'in the buffer', 'after that']);
});

it('who is more patient is given what another consumer has fetched: all of it, once, in its order, and again where it is sought', async () => {
  const topic = `fetching-${randomUUID()}`;
  await log.ensureTopics([{ topic, partitions: 3, cleanup: 'delete', fixedPartitions: true }]);
  const quick = createCollector({});
  const patient = createCollector({});
  await log.consume({ group: null, topics: [topic], commit: false, patienceMs: 1, handler: quick.handler });
  await log.consume({ group: null, topics: [topic], commit: false, patienceMs: 30, handler: patient.handler });
  const appended = Array.from({ length: 600 }, (_, nth) => ({ value: `${nth}`, partition: nth % 3 }));
  for (const { value, partition } of appended) {
    await log.append(topic, [{ key: null, value: encoder.encode(value), partition }]);
  }
  const ofPartition = (values: readonly (string | null)[], partition: number) =>
    values.filter((value) => Number(value) % 3 === partition);
  for (const collector of [quick, patient]) {
    await collector.until(() => collector.records.length >= appended.length);
    for (const partition of [0, 1, 2]) {
      const expected = appended.filter((one) => one.partition === partition).map(({ value }) => value);
      expect(ofPartition(collector.values(), partition)).toEqual(expected);
    }
  }
  patient.control().seek({ topic, partition: 1 }, 150);
  await patient.until(() => patient.records.length >= appended.length + 50);
  expect(patient.values().slice(appended.length)).toEqual(
    Array.from({ length: 50 }, (_, nth) => `${(150 + nth) * 3 + 1}`),
  );
});

it('bounds that are asked for together are each of their own partition, and of one that is not there they fail alone', async () => {
  const topic = `fetching-${randomUUID()}`;
  await log.ensureTopics([{ topic, partitions: 3, cleanup: 'delete', fixedPartitions: true }]);
  const collector = createCollector({});
  await log.consume({ group: null, topics: [topic], commit: false, handler: collector.handler });
  for (const partition of [1, 2, 2]) await log.append(topic, [{ key: null, value: encoder.encode('one'), partition }]);
  await collector.until(() => collector.records.length === 3);
  const { bounds } = collector.control();
  const told = await Promise.allSettled([0, 2, 1, 2, 7].map((partition) => bounds({ topic, partition })));
  expect(told.slice(0, 4).map((one) => one.status === 'fulfilled' && one.value)).toEqual(
    [0, 2, 1, 2].map((endOffset) => ({ startOffset: 0, endOffset })),
  );
  expect(told[4]!.status).toBe('rejected');
});

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
}, 20_000);

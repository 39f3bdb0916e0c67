/** What a broker refuses for good: single records that are too large, topics that may not be written to. Others go on. */
import { randomUUID } from 'node:crypto';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  Kafka,
  logLevel,
  ResourcePatternTypes,
} from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectKafka } from '../../src/log/kafka.js';
import { type EventLog, LogDenied, type NewRecord, RecordsRefused } from '../../src/ports/event-log.js';
import { makeTopic } from '../support/kafka-topic.js';
import { sharedKafkaBrokers } from '../support/services.js';
import { createRememberingLog } from '../support/silent-log.js';

const kafka = new Kafka({ brokers: [...sharedKafkaBrokers()], clientId: 'operator', logLevel: logLevel.NOTHING });
const admin = kafka.admin();
const said = createRememberingLog();
let log: EventLog;

beforeAll(async () => {
  await admin.connect();
  log = connectKafka({ brokers: sharedKafkaBrokers(), clientId: 'refusals', log: said });
});
afterAll(async () => {
  await log?.close();
  await admin.disconnect();
});

async function newTopic(config: Readonly<Record<string, string>> = {}): Promise<string> {
  const topic = `refusals-${randomUUID()}`;
  await makeTopic(admin, topic, config);
  return topic;
}
const record = (name: string, bytes: number, partition = 0): NewRecord => ({
  key: name,
  value: Buffer.alloc(bytes, name),
  partition,
});
async function keysIn(topic: string): Promise<string[]> {
  const keys: string[] = [];
  await log.readToEnd(
    [0, 1].map((partition) => ({ topic, partition })),
    ({ records }) => {
      for (const { key } of records) keys.push(key!);
    },
  );
  return keys;
}

it('names the records that are too large, and has all of the others, of this call and of those beside it', async () => {
  const topic = await newTopic({ 'max.message.bytes': '20000' });
  // What is in a request that the broker refuses in part may come twice; once that is known of a topic nothing does.
  await log.append(
    topic,
    Array.from({ length: 100 }, (_, i) => record(`first-${i}`, 1_000, i % 2)),
  );
  const before = await keysIn(topic);
  expect(new Set(before).size).toBe(100);
  const mixed = [
    record('a', 100),
    record('large', 30_000),
    record('b', 100, 1),
    record('larger', 2_000_000),
    record('c', 9),
  ];
  const others = Array.from({ length: 5 }, (_, n) =>
    log.append(
      topic,
      Array.from({ length: 40 }, (_, i) => record(`other-${n}-${i}`, 1_000, i % 2)),
    ),
  );
  const refusal = await log.append(topic, mixed).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(RecordsRefused);
  expect((refusal as RecordsRefused).refused).toEqual([1, 3]);
  const places = (await Promise.all(others)).flat();
  expect(new Set(places.map(({ partition, offset }) => `${partition}/${offset}`)).size).toBe(200);
  const keys = (await keysIn(topic)).filter((key) => !key.startsWith('first'));
  expect(keys).toHaveLength(203);
  for (const key of ['a', 'b', 'c']) expect(keys).toContain(key);
});

it('tells once that a topic may not be written to, goes on with others, and with this one when it is allowed', async () => {
  const [denied, free] = [await newTopic(), await newTopic()];
  const acl = {
    resourceType: AclResourceTypes.TOPIC,
    resourceName: denied,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: 'User:ANONYMOUS',
    host: '*',
    operation: AclOperationTypes.WRITE,
    permissionType: AclPermissionTypes.DENY,
  };
  await admin.createAcls({ acl: [acl] });
  // The broker learns of it a moment later, as of its end below.
  while (await log.append(denied, [record('k', 10)]).catch(() => null));
  for (let attempt = 0; attempt < 3; attempt++) {
    await expect(log.append(denied, [record('k', 10)])).rejects.toBeInstanceOf(LogDenied);
    await log.append(free, [record('k', 10)]);
  }
  const told = said.entries.filter(({ level }) => level === 'error');
  expect(told.map(({ fields }) => fields)).toEqual([expect.objectContaining({ topic: denied })]);
  await admin.deleteAcls({ filters: [acl] });
  while (!(await log.append(denied, [record('k', 10)]).catch(() => null)));
  expect(await keysIn(free)).toHaveLength(3);
});

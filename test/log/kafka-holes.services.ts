/** Offsets at which there is no record to see: transaction markers, aborted records, what retention or an operator removed. */
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectKafka } from '../../src/log/kafka.js';
import type { EventLog, LogRecord } from '../../src/ports/event-log.js';
import { createCollector } from '../support/collecting.js';
import { makeTopic } from '../support/kafka-topic.js';
import { sharedKafkaBrokers } from '../support/services.js';
import { silentLog } from '../support/silent-log.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

describe('EventLog on Kafka, where there is no record at an offset', () => {
  let log: EventLog;
  let kafka: Kafka;
  let topic: string;

  beforeAll(() => {
    log = connectKafka({ brokers: sharedKafkaBrokers(), clientId: 'holes', log: silentLog });
    kafka = new Kafka({ brokers: [...sharedKafkaBrokers()], clientId: 'supplier', logLevel: logLevel.NOTHING });
  });
  afterAll(() => log?.close());
  beforeEach(async () => {
    topic = `holes-${randomUUID()}`;
    await log.ensureTopics([{ topic, partitions: 1, cleanup: 'delete', fixedPartitions: true }]);
  });

  const append = (value: string) => log.append(topic, [{ key: 'k', value: encoder.encode(value) }]);
  const texts = (records: readonly LogRecord[]) => records.map(({ value }) => decoder.decode(value!));

  async function readAll(): Promise<string[]> {
    const found: LogRecord[] = [];
    await log.readToEnd([{ topic, partition: 0 }], ({ records }) => {
      found.push(...records);
    });
    return texts(found);
  }

  async function withTransactions(
    work: (send: (value: string, end: 'commit' | 'abort') => Promise<void>) => Promise<void>,
  ) {
    const producer: Producer = kafka.producer({
      transactionalId: randomUUID(),
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    try {
      await work(async (value, end) => {
        const transaction = await producer.transaction();
        await transaction.send({ topic, messages: [{ key: 'k', value }] });
        await transaction[end]();
      });
    } finally {
      await producer.disconnect();
    }
  }

  it('shows what suppliers committed, not what they aborted, and comes to an end behind their markers', async () => {
    const collector = createCollector();
    const consumer = await log.consume({
      group: `g-${topic}`,
      topics: [topic],
      commit: true,
      handler: collector.handler,
    });
    await append('before');
    await withTransactions(async (send) => {
      await send('committed', 'commit');
      await send('aborted', 'abort');
      await send('committed too', 'commit');
      await send('aborted at the end', 'abort');
    });
    expect(await readAll()).toEqual(['before', 'committed', 'committed too']);
    await append('after');
    const expected = ['before', 'committed', 'committed too', 'after'];
    await collector.until(() => collector.records.length === expected.length);
    expect(texts(collector.records)).toEqual(expected);
    await consumer.stop();
  });

  it('tells a reader that it has come over a marker at the end, and over aborted records from their middle', async () => {
    await append('before');
    await withTransactions(async (send) => {
      await send('committed', 'commit');
      await send('aborted at the end', 'abort');
    });
    const endOffset = 5;
    for (const fromOffset of [0, 2, 3, 4]) {
      const collector = createCollector({
        onAssigned: async (_, control) => control.seek({ topic, partition: 0 }, fromOffset),
      });
      const consumer = await log.consume({ group: null, topics: [topic], commit: false, handler: collector.handler });
      await collector.until(() => collector.batches.at(-1)?.nextOffset === endOffset);
      expect(texts(collector.records)).toEqual(['before', 'committed'].slice(fromOffset));
      await consumer.stop();
    }
  });

  it('comes to the end of a partition whose last records compaction removed', async () => {
    const admin = kafka.admin();
    await admin.connect();
    topic = `compacted-${randomUUID()}`;
    await makeTopic(admin, topic, {
      'cleanup.policy': 'compact',
      'segment.ms': '200',
      'min.cleanable.dirty.ratio': '0.001',
      'delete.retention.ms': '0',
    });
    try {
      for (const partition of [0, 1])
        await log.append(topic, [{ key: 'kept', value: encoder.encode('kept'), partition }]);
      await log.append(topic, [{ key: 'gone', value: encoder.encode('gone'), partition: 0 }]);
      // Each append behind a segment's age closes that segment; what closes the last of them is a tombstone as well.
      const pairs = Array.from({ length: 2 }, (_, partition) => ({ topic, partition }));
      let holes = 0;
      while (holes === 0) {
        await log.append(topic, [{ key: 'gone', value: null, partition: 0 }]);
        await new Promise((resolve) => setTimeout(resolve, 500));
        const offsets: number[] = [];
        await log.readToEnd(pairs, ({ partition, records }) => {
          if (partition === 0) offsets.push(...records.map(({ offset }) => offset));
        });
        const [bounds] = (await admin.fetchTopicOffsets(topic)).filter(({ partition }) => partition === 0);
        // Compaction has been there: there are holes. Reading from within one comes to the end as well.
        holes = Number(bounds!.high) - offsets.length;
        const collector = createCollector({
          onAssigned: async (_, control) => control.seek({ topic, partition: 0 }, 1),
        });
        const consumer = await log.consume({ group: null, topics: [topic], commit: false, handler: collector.handler });
        await collector.until(() =>
          collector.batches.some((b) => b.partition === 0 && b.nextOffset >= Number(bounds!.high)),
        );
        await consumer.stop();
      }
    } finally {
      await admin.disconnect();
    }
  });

  it('begins at the first record that is left, and goes there when what it was about to read is removed', async () => {
    for (let i = 0; i < 10; i++) await append(String(i));
    const admin = kafka.admin();
    await admin.connect();
    // kafkajs wants to know the topic before it removes anything from it.
    await admin.fetchTopicOffsets(topic);
    const removeBefore = (offset: number) =>
      admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
    try {
      await removeBefore(4);
      expect(await readAll()).toEqual(['4', '5', '6', '7', '8', '9']);
      let resumeAt = () => {};
      const paused = createCollector({
        async onAssigned(_, control) {
          control.seek({ topic, partition: 0 }, 2);
          control.pause({ topic, partition: 0 });
          resumeAt = () => control.resume({ topic, partition: 0 });
        },
      });
      const consumer = await log.consume({ group: null, topics: [topic], commit: false, handler: paused.handler });
      await paused.until(() => paused.assignments.length === 1);
      await removeBefore(7);
      resumeAt();
      await paused.until(() => paused.records.length === 3);
      expect(paused.values()).toEqual(['7', '8', '9']);
      expect(await paused.control().bounds({ topic, partition: 0 })).toEqual({ startOffset: 7, endOffset: 10 });
      await consumer.stop();
    } finally {
      await admin.disconnect();
    }
  });

  it('reads a log that was made anew from its start, although its position lies behind the end', async () => {
    await append('of the new log');
    const collector = createCollector({
      async onAssigned(_, control) {
        control.seek({ topic, partition: 0 }, 1_000);
      },
    });
    const consumer = await log.consume({ group: null, topics: [topic], commit: false, handler: collector.handler });
    await collector.until(() => collector.records.length === 1);
    expect(collector.values()).toEqual(['of the new log']);
    await consumer.stop();
  });
});

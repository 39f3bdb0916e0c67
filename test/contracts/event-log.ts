/** What every `EventLog` does, whatever it stands on. Run by `event-log.embedded.test.ts` and `event-log.kafka.services.ts`. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type ConsumeOptions,
  type Consumer,
  type EventLog,
  LogUnavailable,
  type NewRecord,
  type Revocation,
  type TopicPartition,
  type TopicSpec,
} from '../../src/ports/event-log.js';
import { createCollector } from '../support/collecting.js';

export interface EventLogUnderTest {
  readonly log: EventLog;
  dispose(): Promise<void>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const bytes = (text: string) => encoder.encode(text);
const record = (key: string | null, value: string | null, more: Partial<NewRecord> = {}): NewRecord => ({
  key,
  value: value === null ? null : bytes(value),
  ...more,
});
const numbered = (count: number, from = 0, more: Partial<NewRecord> = {}) =>
  Array.from({ length: count }, (_, i) => record(`k${(from + i) % 17}`, String(from + i), more));
const sequence = (count: number, from = 0) => Array.from({ length: count }, (_, i) => String(from + i));

/** Runs the contract against what `open` opens. */
export function eventLogContract(name: string, open: () => Promise<EventLogUnderTest>): void {
  describe(`EventLog on ${name}`, () => {
    let subject: EventLogUnderTest;
    let log: EventLog;
    let consumers: Consumer[] = [];

    beforeAll(async () => {
      subject = await open();
      log = subject.log;
    });
    afterEach(async () => {
      await Promise.all(consumers.map((consumer) => consumer.stop()));
      consumers = [];
    });
    afterAll(() => subject?.dispose());

    async function makeTopic(more: Partial<TopicSpec> = {}): Promise<string> {
      const topic = `contract-${randomUUID()}`;
      await log.ensureTopics([{ topic, partitions: 1, cleanup: 'delete', fixedPartitions: true, ...more }]);
      return topic;
    }

    async function consume(options: Partial<ConsumeOptions> & Pick<ConsumeOptions, 'topics' | 'handler'>) {
      const consumer = await log.consume({ group: `group-${randomUUID()}`, commit: false, ...options });
      consumers.push(consumer);
      return consumer;
    }

    async function stop(consumer: Consumer): Promise<void> {
      consumers = consumers.filter((other) => other !== consumer);
      await consumer.stop();
    }

    async function readAll(topic: string, partitions: readonly number[] = [0]) {
      const collector = createCollector();
      await log.readToEnd(
        partitions.map((partition) => ({ topic, partition })),
        (batch) => collector.handler.onBatch(batch, {} as never),
      );
      return collector;
    }

    describe('topics', () => {
      it('makes missing topics and leaves existing ones', async () => {
        const topic = await makeTopic({ partitions: 3 });
        expect(await log.partitionCount(topic)).toBe(3);
        await log.ensureTopics([{ topic, partitions: 3, cleanup: 'delete', fixedPartitions: true }]);
        expect(await log.partitionCount(topic)).toBe(3);
      });

      it('refuses another count where it is fixed, naming topic and counts; otherwise lives with it', async () => {
        const topic = await makeTopic({ partitions: 2 });
        const asked = { topic, partitions: 5, cleanup: 'delete', fixedPartitions: true } as const;
        await expect(log.ensureTopics([asked])).rejects.toThrow(new RegExp(`${topic}.*2.*5`));
        await log.ensureTopics([{ ...asked, fixedPartitions: false }]);
        expect(await log.partitionCount(topic)).toBe(2);
      });

      it('knows nothing of a topic that is not there', async () => {
        await expect(log.partitionCount(`missing-${randomUUID()}`)).rejects.toThrow(/missing-/);
        await expect(log.append(`missing-${randomUUID()}`, [record('k', 'v')])).rejects.toBeInstanceOf(LogUnavailable);
      });

      it('answers a ping', async () => {
        await log.ping();
      });
    });

    describe('append', () => {
      it('answers where each record stands, in the order of the call', async () => {
        const topic = await makeTopic({ partitions: 3 });
        const records = Array.from({ length: 300 }, (_, i) => record(`tag-${i}`, String(i)));
        const places = await log.append(topic, records);
        expect(places).toHaveLength(300);
        const { records: read } = await readAll(topic, [0, 1, 2]);
        for (const { partition, offset, value } of read) {
          expect(places[Number(decoder.decode(value!))]).toEqual({ partition, offset });
        }
        expect(read).toHaveLength(300);
        expect(await log.append(topic, [])).toEqual([]);
      });

      it('keeps the order of calls that were made one behind the other without waiting', async () => {
        const topic = await makeTopic();
        await Promise.all(Array.from({ length: 50 }, (_, call) => log.append(topic, numbered(20, call * 20))));
        const { records, values } = await readAll(topic);
        expect(values()).toEqual(sequence(1_000));
        const offsets = records.map(({ offset }) => offset);
        expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
      });

      it("puts keys where Kafka's murmur2 puts them", async () => {
        const topic = await makeTopic({ partitions: 12 });
        // As Java's producer has them for twelve partitions; `test/log/murmur2.test.ts` has the hash itself.
        const known = { 'T-000123': 8, 'T-000124': 2, 'W-17': 5, ключ: 8 };
        const places = await log.append(
          topic,
          Object.keys(known).map((key) => record(key, 'v')),
        );
        expect(places.map(({ partition }) => partition)).toEqual(Object.values(known));
      });

      it('puts a record into the partition that it names', async () => {
        const topic = await makeTopic({ partitions: 4 });
        const places = await log.append(topic, [
          record('k', 'a', { partition: 3 }),
          record('k', 'b', { partition: 1 }),
          record(null, 'c', { partition: 3 }),
        ]);
        expect(places.map(({ partition }) => partition)).toEqual([3, 1, 3]);
      });

      it('refuses a record for a partition that is not there', async () => {
        const topic = await makeTopic({ partitions: 2 });
        await expect(log.append(topic, [record('k', 'v', { partition: 2 })])).rejects.toThrow(/partition 2/);
        expect(await log.append(topic, [record('k', 'v', { partition: 1 })])).toEqual([{ partition: 1, offset: 0 }]);
      });

      it('keeps null keys, null and empty values, headers and the append time', async () => {
        const topic = await makeTopic();
        const beforeMs = Date.now();
        await log.append(topic, [
          record(null, 'no key'),
          record('gone', null),
          record('empty', ''),
          record('häders', 'v', { headers: { reason: 'too-old', näme: 'wärt' } }),
        ]);
        const { records } = await readAll(topic);
        expect(records.map(({ key, value }) => [key, value && decoder.decode(value)])).toEqual([
          [null, 'no key'],
          ['gone', null],
          ['empty', ''],
          ['häders', 'v'],
        ]);
        expect(records[0]!.headers).toEqual({});
        expect(records[3]!.headers).toEqual({ reason: 'too-old', näme: 'wärt' });
        // A broker has a clock of its own; it is on the same machine in every test.
        for (const { appendedAtMs } of records) {
          expect(appendedAtMs).toBeGreaterThanOrEqual(beforeMs - 1_000);
          expect(appendedAtMs).toBeLessThanOrEqual(Date.now() + 1_000);
        }
      });

      it('takes records of 1 MB, several at once, and gives them back whole', async () => {
        const topic = await makeTopic();
        const big = Array.from({ length: 6 }, (_, i) => Buffer.alloc(1_000_000 + i, i + 1));
        await log.append(
          topic,
          big.map((value, i) => ({ key: `big-${i}`, value })),
        );
        const { records } = await readAll(topic);
        expect(records).toHaveLength(6);
        records.forEach(({ value }, i) => {
          expect(Buffer.compare(Buffer.from(value!), big[i]!)).toBe(0);
        });
      });
    });

    describe('consume', () => {
      it('delivers each partition in order, from its first record, and what is appended later', async () => {
        const topic = await makeTopic({ partitions: 3 });
        await log.append(topic, numbered(500));
        const collector = createCollector();
        await consume({ topics: [topic], handler: collector.handler });
        await collector.until(() => collector.records.length === 500);
        await log.append(topic, numbered(500, 500));
        await collector.until(() => collector.records.length === 1_000);
        for (const partition of [0, 1, 2]) {
          const own = collector.records.filter((each) => each.partition === partition);
          expect(own.map(({ offset }) => offset)).toEqual(sequence(own.length).map(Number));
          const numbers = own.map(({ value }) => Number(decoder.decode(value!)));
          expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        }
        for (const batch of collector.batches) {
          expect(batch.endOffset).toBeGreaterThan(batch.records.at(-1)!.offset);
          expect(batch.records.every(({ partition }) => partition === batch.partition)).toBe(true);
        }
      });

      it('delivers nothing before onAssigned has resolved', async () => {
        const topic = await makeTopic();
        await log.append(topic, numbered(10));
        let release = () => {};
        const held = new Promise<void>((resolve) => {
          release = resolve;
        });
        let entered = () => {};
        const inside = new Promise<void>((resolve) => {
          entered = resolve;
        });
        const order: string[] = [];
        const collector = createCollector({
          async onAssigned(assignment) {
            expect(assignment).toEqual([{ topic, partition: 0 }]);
            entered();
            await held;
            order.push('assigned');
          },
          async onBatch() {
            order.push('batch');
          },
        });
        const consuming = consume({ topics: [topic], handler: collector.handler });
        await inside;
        // Enough round trips for a fetch that nobody held back to have come in.
        await readAll(topic);
        await readAll(topic);
        expect(order).toEqual([]);
        release();
        await consuming;
        await collector.until(() => collector.records.length === 10);
        expect(order[0]).toBe('assigned');
        expect(collector.values()).toEqual(sequence(10));
      });

      it('tries onAssigned again when it rejects', async () => {
        const topic = await makeTopic();
        await log.append(topic, numbered(3));
        let tries = 0;
        const collector = createCollector({
          async onAssigned() {
            if (++tries === 1) throw new Error('the first try fails');
          },
        });
        await consume({ topics: [topic], handler: collector.handler });
        await collector.until(() => collector.records.length === 3);
        expect(tries).toBeGreaterThanOrEqual(2);
      });

      it('starts at what was sought in onAssigned', async () => {
        const topic = await makeTopic({ partitions: 2 });
        await log.append(topic, numbered(100, 0, { partition: 0 }));
        await log.append(topic, numbered(100, 100, { partition: 1 }));
        const collector = createCollector({
          async onAssigned(_, control) {
            control.seek({ topic, partition: 1 }, 60);
            // Of a partition that this member does not have: nothing happens.
            control.seek({ topic, partition: 7 }, 3);
          },
        });
        await consume({ topics: [topic], handler: collector.handler });
        await collector.until(() => collector.records.length === 140);
        const offsets = collector.records.filter(({ partition }) => partition === 1).map(({ offset }) => offset);
        expect(offsets).toEqual(sequence(40, 60).map(Number));
      });

      it('seeks back and forth while running, before any later delivery', async () => {
        const topic = await makeTopic();
        await log.append(topic, numbered(50));
        let soughtAt = -1;
        const collector = createCollector({
          async onBatch(batch, control) {
            if (soughtAt >= 0 || batch.records.at(-1)!.offset < 49) return;
            soughtAt = collector.records.length + batch.records.length;
            control.seek({ topic, partition: 0 }, 20);
          },
        });
        await consume({ topics: [topic], handler: collector.handler });
        await collector.until(() => soughtAt >= 0 && collector.records.length === soughtAt + 30);
        expect(collector.values().slice(soughtAt)).toEqual(sequence(30, 20));
        collector.control().seek({ topic, partition: 0 }, 50);
        await log.append(topic, [record('k', 'after')]);
        await collector.until(() => collector.values().at(-1) === 'after');
        expect(collector.records).toHaveLength(soughtAt + 31);
      });

      it('goes on from the committed offset where commit is on', async () => {
        const topic = await makeTopic();
        const group = `group-${randomUUID()}`;
        await log.append(topic, numbered(20));
        const first = createCollector();
        const consumer = await consume({ group, topics: [topic], commit: true, handler: first.handler });
        await first.until(() => first.records.length === 20);
        await stop(consumer);
        await log.append(topic, numbered(5, 20));
        const second = createCollector();
        await consume({ group, topics: [topic], commit: true, handler: second.handler });
        await second.until(() => second.values().at(-1) === '24');
        expect(second.values()).toEqual(sequence(5, 20));
      });

      it('goes on from the committed offset of each of many partitions that were handled at once', async () => {
        const [partitions, group] = [12, `group-${randomUUID()}`];
        const topic = await makeTopic({ partitions });
        const inEach = (from: string) =>
          Array.from({ length: 3 * partitions }, (_, n) => ({
            ...record(null, `${from} ${n}`),
            partition: n % partitions,
          }));
        const later = inEach('later').map(({ value }) => new TextDecoder().decode(value!));
        const first = createCollector();
        const consumer = await consume({ group, topics: [topic], commit: true, handler: first.handler });
        for (let round = 0; round < 5; round++) await log.append(topic, inEach(`round ${round}`));
        await first.until(() => first.records.length === 15 * partitions);
        await stop(consumer);
        await log.append(topic, inEach('later'));
        const second = createCollector();
        await consume({ group, topics: [topic], commit: true, handler: second.handler });
        await second.until(() => second.records.length === later.length);
        expect(second.values().sort()).toEqual(later.sort());
      });

      it('starts over at the first record where commit is off', async () => {
        const topic = await makeTopic();
        const group = `group-${randomUUID()}`;
        await log.append(topic, numbered(20));
        for (let round = 0; round < 2; round++) {
          const collector = createCollector();
          const consumer = await consume({ group, topics: [topic], handler: collector.handler });
          await collector.until(() => collector.records.length === 20);
          expect(collector.values()).toEqual(sequence(20));
          await stop(consumer);
        }
      });

      it('holds back what is paused, and delivers it after resume without a hole', async () => {
        const topic = await makeTopic({ partitions: 2 });
        const held = { topic, partition: 0 };
        const collector = createCollector({
          async onAssigned(_, control) {
            control.pause(held);
          },
        });
        await consume({ topics: [topic], handler: collector.handler });
        await collector.until(() => collector.assignments.length > 0);
        await log.append(topic, numbered(10, 0, { partition: 0 }));
        await log.append(topic, numbered(10, 100, { partition: 1 }));
        await collector.until(() => collector.records.length >= 10);
        expect(collector.records.every(({ partition }) => partition === 1)).toBe(true);
        collector.control().resume(held);
        await collector.until(() => collector.records.length === 20);
        expect(collector.values().slice(10)).toEqual(sequence(10));
        collector.control().pause(held);
        await log.append(topic, numbered(5, 10, { partition: 0 }));
        await log.append(topic, numbered(5, 110, { partition: 1 }));
        await collector.until(() => collector.records.filter(({ partition }) => partition === 1).length === 15);
        collector.control().resume(held);
        await collector.until(() => collector.records.length === 30);
        const own = collector.records.filter(({ partition }) => partition === 0);
        expect(own.map(({ offset }) => offset)).toEqual(sequence(15).map(Number));
      });

      it('delivers a batch again, from the same record, when the handler rejects', async () => {
        const topic = await makeTopic();
        await log.append(topic, numbered(10));
        const tried: number[] = [];
        const collector = createCollector({
          async onBatch(batch) {
            tried.push(batch.records[0]!.offset);
            if (tried.length <= 2) throw new Error('rejected by the test');
          },
        });
        await consume({ topics: [topic], commit: true, handler: collector.handler });
        await collector.until(() => collector.records.length === 10);
        expect(tried.slice(0, 3)).toEqual([0, 0, 0]);
        expect(collector.values()).toEqual(sequence(10));
      });

      it('tells bounds and the last heartbeat', async () => {
        const topic = await makeTopic({ partitions: 2 });
        await log.append(topic, numbered(7, 0, { partition: 0 }));
        const collector = createCollector();
        await consume({ topics: [topic], handler: collector.handler });
        await collector.until(() => collector.records.length === 7);
        const control = collector.control();
        expect(await control.bounds({ topic, partition: 0 })).toEqual({ startOffset: 0, endOffset: 7 });
        expect(await control.bounds({ topic, partition: 1 })).toEqual({ startOffset: 0, endOffset: 0 });
        expect(Math.abs(Date.now() - control.lastHeartbeatAtMs())).toBeLessThan(30_000);
      });

      it('tells onRevoked, after the batch under way, when it is stopped', async () => {
        const topic = await makeTopic();
        await log.append(topic, numbered(10));
        const order: string[] = [];
        let entered = () => {};
        const inside = new Promise<void>((resolve) => {
          entered = resolve;
        });
        let release = () => {};
        const held = new Promise<void>((resolve) => {
          release = resolve;
        });
        const collector = createCollector({
          async onBatch() {
            entered();
            await held;
            order.push('batch');
          },
          async onRevoked() {
            order.push('revoked');
          },
        });
        const consumer = await consume({ topics: [topic], handler: collector.handler });
        await inside;
        const stopped = stop(consumer);
        release();
        await stopped;
        expect(order).toEqual(['batch', 'revoked']);
        expect(collector.revocations).toEqual([[{ topic, partition: 0 }]]);
      });
    });

    describe('groups', () => {
      it('shares partitions so that equal numbers of both topics are together, and hands them over', async () => {
        const topics = [await makeTopic({ partitions: 6 }), await makeTopic({ partitions: 6, cleanup: 'compact' })];
        const group = `group-${randomUUID()}`;
        const first = createCollector();
        const second = createCollector();
        const consumer = await consume({ group, topics, handler: first.handler });
        await first.until(() => first.owned().length === 12);
        await consume({ group, topics, handler: second.handler });
        await second.until(() => second.owned().length === 6);
        await first.until(() => first.owned().length === 6);
        const numbers = [first, second].map((member) =>
          topics.map((topic) =>
            member
              .owned()
              .filter((at) => at.topic === topic)
              .map(({ partition }) => partition)
              .sort(),
          ),
        );
        for (const [left, right] of numbers) expect(left).toEqual(right);
        expect(numbers.flatMap(([own]) => own!).sort()).toEqual([0, 1, 2, 3, 4, 5]);

        for (const partition of [0, 1, 2, 3, 4, 5]) {
          await log.append(topics[0]!, [record('k', `before-${partition}`, { partition })]);
        }
        const together = () => [...first.values(), ...second.values()];
        const all = (prefix: string) => [0, 1, 2, 3, 4, 5].map((partition) => `${prefix}-${partition}`);
        await Promise.race([first, second].map((member) => member.until(() => together().length >= 6)));
        expect(together().sort()).toEqual(all('before'));

        await stop(consumer);
        await second.until(() => second.owned().length === 12);
        for (const partition of [0, 1, 2, 3, 4, 5]) {
          await log.append(topics[0]!, [record('k', `after-${partition}`, { partition })]);
        }
        const seenAfter = () => second.values().filter((value) => value!.startsWith('after'));
        await second.until(() => seenAfter().length === 6);
        expect(seenAfter().sort()).toEqual(all('after'));
      });

      it('leaves alone what stays with a member while others come and go', async () => {
        const topic = await makeTopic({ partitions: 4 });
        const group = `group-${randomUUID()}`;
        const first = createCollector();
        const second = createCollector();
        await log.append(
          topic,
          [0, 1, 2, 3].flatMap((partition) => numbered(10, 0, { partition })),
        );
        await consume({ group, topics: [topic], handler: first.handler });
        await first.until(() => first.records.length === 40);
        const consumer = await consume({ group, topics: [topic], handler: second.handler });
        await second.until(() => second.owned().length === 2);
        const kept = first.owned().map(({ partition }) => partition);
        expect(first.assignments.map((added) => added.length)).toEqual([4]);
        expect(first.revocations.map((revoked) => revoked.length)).toEqual([2]);
        for (const partition of kept) await log.append(topic, numbered(5, 10, { partition }));
        // Without positions of its own, an assignment that began anew would read everything again.
        await first.until(() => first.records.length === 50);
        for (const partition of kept) {
          const own = first.records.filter((each) => each.partition === partition);
          expect(own.map(({ offset }) => offset)).toEqual(sequence(15).map(Number));
        }
        await stop(consumer);
        await first.until(() => first.owned().length === 4);
        expect(first.assignments[1]).toEqual(first.revocations[0]);
        expect(first.revocations).toHaveLength(1);
      });

      it('goes on with what stays while something is given up, and gives that to nobody before', async () => {
        const topic = await makeTopic({ partitions: 2 });
        const group = `group-${randomUUID()}`;
        let release = () => {};
        const held = new Promise<void>((resolve) => {
          release = resolve;
        });
        let entered: (how: Revocation) => void = () => {};
        const inside = new Promise<Revocation>((resolve) => {
          entered = resolve;
        });
        const first = createCollector({
          async onRevoked(_revoked, _control, how) {
            entered(how);
            await held;
          },
        });
        const second = createCollector();
        await consume({ group, topics: [topic], handler: first.handler });
        await first.until(() => first.owned().length === 2);
        const joining = consume({ group, topics: [topic], handler: second.handler });
        expect(await inside).toBe('given-up');
        await log.append(
          topic,
          [0, 1].flatMap((partition) => numbered(3, 0, { partition })),
        );
        await first.until(() => first.records.length === 3);
        expect(second.owned()).toEqual([]);
        release();
        await joining;
        await second.until(() => second.records.length === 3);
        expect(first.records).toHaveLength(3);
        expect([...first.owned(), ...second.owned()].map(({ partition }) => partition).sort()).toEqual([0, 1]);
      });

      it('delivers what is to be given up until that is prepared, and gives it to nobody before', async () => {
        const topic = await makeTopic({ partitions: 2 });
        const group = `group-${randomUUID()}`;
        let release = () => {};
        const prepared = new Promise<void>((resolve) => {
          release = resolve;
        });
        let enter: (leaving: readonly TopicPartition[]) => void = () => {};
        const entered = new Promise<readonly TopicPartition[]>((resolve) => {
          enter = resolve;
        });
        const first = createCollector({
          async onLeaving(leaving) {
            enter(leaving);
            await prepared;
          },
        });
        const second = createCollector();
        await consume({ group, topics: [topic], handler: first.handler });
        await first.until(() => first.owned().length === 2);
        const joining = consume({ group, topics: [topic], handler: second.handler });
        const leaving = await entered;
        expect(leaving).toHaveLength(1);
        const [{ partition }] = leaving as [TopicPartition];
        await log.append(topic, numbered(3, 0, { partition }));
        await first.until(() => first.records.length === 3);
        expect(first.revocations).toEqual([]);
        expect(second.owned()).toEqual([]);
        release();
        await joining;
        await second.until(() => second.owned().length === 1);
        expect(first.revocations).toEqual([[{ topic, partition }]]);
        expect(second.owned()).toEqual([{ topic, partition }]);
      });

      it('loses nothing of what was committed while members come and go', async () => {
        const topic = await makeTopic({ partitions: 4 });
        const group = `group-${randomUUID()}`;
        const collectors = [createCollector(), createCollector(), createCollector()];
        const seen = () => new Set(collectors.flatMap((collector) => collector.values()));
        const open = (at: number) =>
          consume({ group, topics: [topic], commit: true, handler: collectors[at]!.handler });
        const first = await open(0);
        let appended = 0;
        const append = async (count: number) => {
          await log.append(topic, numbered(count, appended));
          appended += count;
        };
        await append(200);
        await collectors[0]!.until(() => seen().size >= 50);
        const second = await open(1);
        await append(200);
        await stop(first);
        await append(200);
        await open(2);
        await stop(second);
        await append(200);
        await collectors[2]!.until(() => seen().size === 800);
      });

      it('gives a consumer without a group every partition, besides all others', async () => {
        const topic = await makeTopic({ partitions: 3 });
        await log.append(topic, numbered(60));
        const collectors = [createCollector(), createCollector()];
        for (const { handler } of collectors) await consume({ group: null, topics: [topic], handler });
        for (const collector of collectors) {
          await collector.until(() => collector.records.length === 60);
          expect(collector.owned()).toHaveLength(3);
        }
      });

      it('keeps groups apart', async () => {
        const topic = await makeTopic();
        await log.append(topic, numbered(10));
        const collectors = [createCollector(), createCollector()];
        for (const { handler } of collectors) await consume({ topics: [topic], commit: true, handler });
        for (const collector of collectors) {
          await collector.until(() => collector.records.length === 10);
          expect(collector.values()).toEqual(sequence(10));
        }
      });
    });

    describe('readToEnd', () => {
      it('reads several partitions, empty ones among them, each in order', async () => {
        const topic = await makeTopic({ partitions: 4 });
        await log.append(topic, numbered(1_500, 0, { partition: 1 }));
        await log.append(topic, numbered(5, 1_500, { partition: 3 }));
        const { records, values } = await readAll(topic, [0, 1, 2, 3]);
        expect(records.filter(({ partition }) => partition === 1).map(({ offset }) => offset)).toEqual(
          sequence(1_500).map(Number),
        );
        expect(values().toSorted((a, b) => Number(a) - Number(b))).toEqual(sequence(1_505));
      });

      it('reads nothing of empty partitions, and only the partitions asked for', async () => {
        const topic = await makeTopic({ partitions: 2 });
        expect((await readAll(topic, [0, 1])).records).toEqual([]);
        await log.append(topic, numbered(3, 0, { partition: 0 }));
        await log.append(topic, numbered(3, 3, { partition: 1 }));
        expect((await readAll(topic, [1])).values()).toEqual(sequence(3, 3));
        expect((await readAll(topic, [])).records).toEqual([]);
      });

      it('holds the newest record of every key of a compacted topic, tombstones at the end among them', async () => {
        const topic = await makeTopic({ cleanup: 'compact' });
        for (let round = 0; round < 3; round++) {
          await log.append(topic, [record('a', `a${round}`), record('b', `b${round}`), record('c', `c${round}`)]);
        }
        await log.append(topic, [record('b', null), record('c', null)]);
        const newest = new Map((await readAll(topic)).records.map(({ key, value }) => [key, value]));
        expect(decoder.decode(newest.get('a')!)).toBe('a2');
        expect(newest.get('b') ?? null).toBeNull();
        await log.append(topic, [record('b', 'again')]);
        const later = new Map((await readAll(topic)).records.map(({ key, value }) => [key, value]));
        expect(decoder.decode(later.get('b')!)).toBe('again');
        expect(later.get('c') ?? null).toBeNull();
      });

      it('returns although records go on being appended, with all that was there at the call', async () => {
        const topic = await makeTopic();
        await log.append(topic, numbered(2_000));
        let running = true;
        let appended = 2_000;
        const appending = (async () => {
          for (; running; appended += 50) await log.append(topic, numbered(50, appended));
        })();
        const { values } = await readAll(topic);
        running = false;
        await appending;
        expect(values().slice(0, 2_000)).toEqual(sequence(2_000));
      });

      it('rejects with what the handler rejects with', async () => {
        const topic = await makeTopic();
        await log.append(topic, numbered(3));
        const reading = log.readToEnd([{ topic, partition: 0 }], () => Promise.reject(new Error('of the test')));
        await expect(reading).rejects.toThrow('of the test');
      });
    });

    it('closes under load: what was acknowledged is whole, the rest is rejected with LogUnavailable', async () => {
      const other = await open();
      const topic = `contract-${randomUUID()}`;
      await other.log.ensureTopics([{ topic, partitions: 1, cleanup: 'delete', fixedPartitions: true }]);
      const collector = createCollector();
      await other.log.consume({ group: null, topics: [topic], commit: false, handler: collector.handler });
      const outcomes: Promise<unknown>[] = [];
      for (let i = 0; i < 200; i++) outcomes.push(other.log.append(topic, numbered(10, i * 10)));
      await collector.until(() => collector.records.length > 0);
      const closed = other.log.close();
      outcomes.push(other.log.append(topic, numbered(1)));
      const [settled] = await Promise.all([Promise.allSettled(outcomes), closed]);
      expect(settled.at(-1)!.status).toBe('rejected');
      for (const outcome of settled) {
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(LogUnavailable);
      }
      await expect(other.log.ping()).rejects.toBeInstanceOf(LogUnavailable);
      await other.log.close();
      await other.dispose();
    });
  });
}

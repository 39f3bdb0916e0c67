/** What intake tells of how far it has read, over the embedded log: behind the pings, to every partition. */
import { afterEach, expect, it } from 'vitest';
import { PING_PARSERS } from '../../src/formats/pings/ping-message.js';
import type { EventLog } from '../../src/ports/event-log.js';
import { type InputFormat, readInputs } from '../../src/ports/ping-records.js';
import { INPUT_PARTITIONS, INPUTS, type InputRecord } from '../../src/ports/topics.js';
import { startIntake } from '../../src/roles/intake/intake.js';
import { createCollector } from '../support/collecting.js';
import { openTestLog } from '../support/embedded-log.js';
import { createRememberingLog } from '../support/silent-log.js';

const TOPIC = 'tagwatch.pings';
const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

const ping = (tagId: string, sequence: number) =>
  Buffer.from(JSON.stringify({ tagId, sequence, fixedAt: '2026-11-22T18:03:11Z', latitude: 51.28, longitude: 1.08 }));

async function open(inputFormat: InputFormat = 'columns') {
  const { log, dispose } = await openTestLog();
  ending.push(dispose);
  await log.ensureTopics([{ topic: TOPIC, partitions: 2, cleanup: 'delete', fixedPartitions: false }]);
  const collector = createCollector();
  const reader = await log.consume({ group: null, topics: [INPUTS], commit: false, handler: collector.handler });
  ending.push(reader.stop);
  let skewMs = 0;
  const clock = { nowMs: () => Date.now() + skewMs };
  const start = async (of: EventLog = log) => {
    const intake = await startIntake({
      log: of,
      topics: [{ topic: TOPIC, format: 'tagwatch' as const }],
      parse: (format, value, at) => PING_PARSERS[format](value, at),
      clock,
      logger: createRememberingLog(),
      counters: { pingsTaken: () => {}, pingRejected: () => {} },
      inputFormat,
      tellSuppliersEveryMs: 20,
    });
    ending.push(intake.stop);
    return intake;
  };
  const inputs = (): { partition: number; input: InputRecord }[] =>
    collector.records.flatMap((record) =>
      readInputs(record).map(({ input }) => ({ partition: record.partition, input })),
    );
  const told = () =>
    inputs().flatMap(({ partition, input }) => (input.type === 'supplier' ? [{ partition, ...input }] : []));
  const passMs = (ms: number) => {
    skewMs += ms;
  };
  /** Everything that is in the log by now has come here. */
  const caughtUp = async () => {
    const partitions = Array.from({ length: INPUT_PARTITIONS }, (_, partition) => ({ topic: INPUTS, partition }));
    let there = 0;
    await log.readToEnd(partitions, ({ records }) => {
      there += records.length;
    });
    await collector.until(() => collector.records.length >= there);
  };
  return { log, start, inputs, told, passMs, caughtUp };
}

it('tells every partition how far each partition of a topic is read, behind the pings that came before', async () => {
  const world = await open();
  const beganAtMs = Date.now();
  await world.start();
  for (let i = 0; i < 20; i++)
    await world.log.append(TOPIC, [{ key: null, partition: i % 2, value: ping(`T-${i}`, i) }]);
  const appendedAtMs = Date.now();
  // One of its partitions may be read that far before the other is read at all.
  const ofBoth = () =>
    world.told().filter(({ read }) => read.length === 2 && read.every((each) => each.readThroughMs > appendedAtMs));
  await expect.poll(() => new Set(ofBoth().map(({ partition }) => partition)).size).toBe(INPUT_PARTITIONS);
  const [known] = ofBoth();
  expect(known).toMatchObject({ source: TOPIC, read: [{ partition: 0 }, { partition: 1 }] });
  expect(known!.lastAtMs).toBeGreaterThanOrEqual(beganAtMs - 1_000);
  for (let partition = 0; partition < INPUT_PARTITIONS; partition++) {
    const own = world.inputs().filter((each) => each.partition === partition);
    for (const from of [0, 1]) {
      const isReadThrough = (each: { readonly partition: number; readonly readThroughMs: number }) =>
        each.partition === from && each.readThroughMs > appendedAtMs;
      const through = own.findIndex(({ input }) => input.type === 'supplier' && input.read.some(isReadThrough));
      expect(through).toBeGreaterThanOrEqual(0);
      const behind = own.slice(through).flatMap(({ input }) => (input.type === 'ping' ? [input.ping.sequence] : []));
      expect(behind.filter((sequence) => sequence! % 2 === from)).toEqual([]);
    }
  }
  expect(world.inputs().flatMap(({ input }) => (input.type === 'ping' ? [input.source] : []))).toEqual(
    Array.from({ length: 20 }, () => TOPIC),
  );
});

it('does not say that it has read what it could not write', async () => {
  const world = await open();
  let isFull = false;
  const full: EventLog = {
    ...world.log,
    append: async (topic, records) => {
      if (isFull && records.some(({ key }) => key !== null)) throw new Error('the log is full');
      return await world.log.append(topic, records);
    },
  };
  await world.start(full);
  await world.log.append(TOPIC, [{ key: null, partition: 0, value: ping('T-1', 1) }]);
  await expect.poll(() => world.told().length).toBeGreaterThan(0);
  isFull = true;
  await new Promise((resolve) => setTimeout(resolve, 20));
  const [place] = await world.log.append(TOPIC, [{ key: null, partition: 0, value: ping('T-1', 2) }]);
  expect(place!.offset).toBe(1);
  const fullAtMs = Date.now();
  world.passMs(3_600_000);
  const before = world.told().length;
  await expect.poll(() => world.told().length).toBeGreaterThan(before + 3 * INPUT_PARTITIONS);
  const ofFirst = world.told().flatMap(({ read }) => read.filter(({ partition }) => partition === 0));
  expect(Math.max(...ofFirst.map(({ readThroughMs }) => readThroughMs))).toBeLessThanOrEqual(fullAtMs);
  isFull = false;
});

it('after a restart a partition of which nothing comes is read after a minute', async () => {
  const world = await open();
  const first = await world.start();
  await world.log.append(TOPIC, [{ key: null, partition: 0, value: ping('T-1', 1) }]);
  await expect.poll(() => world.told().length).toBeGreaterThan(0);
  await first.stop();
  await world.caughtUp();
  const before = world.told().length;
  await world.start();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(world.told().length).toBe(before);
  world.passMs(61_000);
  await expect.poll(() => world.told().at(-1)?.read).toMatchObject([{ partition: 0 }, { partition: 1 }]);
});

it('says nothing of it for the time of an upgrade: an older program would not go past it', async () => {
  const world = await open('single');
  await world.start();
  await world.log.append(TOPIC, [{ key: null, partition: 0, value: ping('T-1', 1) }]);
  await expect.poll(() => world.inputs()).toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(world.told()).toEqual([]);
});

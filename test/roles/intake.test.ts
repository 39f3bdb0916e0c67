import { afterEach, beforeEach, expect, it } from 'vitest';
import { PING_PARSERS } from '../../src/formats/pings/ping-message.js';
import {
  type Consumer,
  type EventLog,
  LogDenied,
  type LogRecord,
  LogUnavailable,
  RecordsRefused,
} from '../../src/ports/event-log.js';
import { readInputs } from '../../src/ports/ping-records.js';
import { decodeJson, INPUTS, REJECTED, type RejectedRecord } from '../../src/ports/topics.js';
import { type IntakeResult, startIntake } from '../../src/roles/intake/intake.js';
import { createCollector } from '../support/collecting.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { createRememberingLog } from '../support/silent-log.js';

const SUPPLIER = 'tagwatch.pings';
const NOW_MS = Date.UTC(2026, 10, 22, 18, 3, 12);
const PING = { tagId: 'T-1', fixedAt: '2026-11-22T18:03:11Z', latitude: 51.28, longitude: 1.08 };
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

let test: TestLog;
let readers: Consumer[];
beforeEach(async () => {
  test = await openTestLog();
  readers = [];
  await test.log.ensureTopics([
    { topic: SUPPLIER, partitions: 2, cleanup: 'delete', retentionMs: 86_400_000, fixedPartitions: false },
  ]);
});
afterEach(async () => {
  for (const reader of readers) await reader.stop();
  await test.dispose();
});

/** Runs intake and waits until inputs and rejected hold so many records. */
async function run(
  expected: { inputs: number; rejected: number },
  log: EventLog = test.log,
  parse: (format: 'tagwatch', value: Uint8Array, receivedAtMs: number) => readonly IntakeResult[] = (
    format,
    value,
    at,
  ) => PING_PARSERS[format](value, at),
) {
  const counted: string[] = [];
  const logger = createRememberingLog();
  const [inputs, rejected] = [createCollector(), createCollector()];
  readers.push(
    await test.log.consume({ group: null, topics: [INPUTS], commit: false, handler: inputs.handler }),
    await test.log.consume({ group: null, topics: [REJECTED], commit: false, handler: rejected.handler }),
  );
  const intake = await startIntake({
    log,
    topics: [{ topic: SUPPLIER, format: 'tagwatch' as const }],
    parse,
    clock: { nowMs: () => NOW_MS },
    logger,
    counters: {
      pingsTaken: (count) => void counted.push(...Array.from({ length: count }, () => 'taken')),
      pingRejected: (reason) => void counted.push(reason),
    },
  });
  const found = () =>
    inputs.records.flatMap((record) => readInputs(record).map(({ input }) => ({ partition: record.partition, input })));
  await inputs.until(() => found().length >= expected.inputs);
  await rejected.until(() => rejected.records.length >= expected.rejected);
  await intake.stop();
  const decode = <T>(records: readonly LogRecord[]) => records.map(({ value }) => decodeJson<T>(value!));
  return {
    inputs: found().map(({ partition, input }) => ({ key: input.type === 'ping' && input.ping.tagId, partition })),
    pings: found().map(({ input }) => input),
    rejected: decode<RejectedRecord>(rejected.records),
    counted: counted.sort(),
    logger,
  };
}

it('copies pings by tag, keeps what cannot be used, and goes on behind it', async () => {
  const places = await test.log.append(SUPPLIER, [
    { key: 'anything', partition: 0, value: json({ ...PING, sequence: 1, accuracyMetres: 5 }) },
    { key: null, partition: 0, value: Buffer.from('{"tagId":') },
    { key: null, partition: 0, value: Buffer.from([0xff, 0xfe]) },
    { key: null, partition: 0, value: null },
    { key: null, partition: 0, value: json([{ ...PING, sequence: 2 }, { ...PING, latitude: 91 }, 'x']) },
    { key: null, partition: 1, value: json({ ...PING, tagId: 'T-2', deviceEvents: ['strap-tamper', 'sim-removed'] }) },
    { key: null, partition: 1, value: json([]) },
  ]);
  const { inputs, pings, rejected, counted } = await run({ inputs: 3, rejected: 6 });

  const partitionOf = new Map(inputs.map(({ key, partition }) => [key, partition]));
  expect(inputs.every(({ key, partition }) => partition === partitionOf.get(key))).toBe(true);
  const ofFirst = pings.filter((input) => input.type === 'ping' && input.ping.tagId === 'T-1');
  expect(ofFirst).toMatchObject([
    { type: 'ping', receivedAtMs: NOW_MS, ping: { sequence: 1 } },
    { type: 'ping', receivedAtMs: NOW_MS, ping: { sequence: 2, position: { accuracyMetres: null } } },
  ]);
  expect(rejected.map(({ reason }) => reason).sort()).toEqual([
    'device-event-unknown',
    'empty',
    'latitude-out-of-range',
    'not-an-object',
    'not-json',
    'not-json',
  ]);
  const unreadable = rejected.find(
    ({ from }) => 'offset' in from && from.offset === places[1]!.offset && from.partition === 0,
  )!;
  expect(unreadable).toMatchObject({ from: { topic: SUPPLIER, partition: 0 }, tagId: null });
  expect(Buffer.from(unreadable.payload, 'base64').toString()).toBe('{"tagId":');
  const outOfRange = rejected.find(({ reason }) => reason === 'latitude-out-of-range')!;
  expect(JSON.parse(Buffer.from(outOfRange.payload, 'base64').toString())).toMatchObject({ latitude: 91 });
  expect(counted.filter((item) => item === 'taken')).toHaveLength(3);
  expect(counted).toHaveLength(9);
});

it('does not repeat after a restart what was committed, and loses nothing that was not', async () => {
  await test.log.append(SUPPLIER, [{ key: null, partition: 0, value: json({ ...PING, sequence: 1 }) }]);
  await run({ inputs: 1, rejected: 0 });
  await test.log.append(SUPPLIER, [{ key: null, partition: 0, value: json({ ...PING, sequence: 2 }) }]);
  const { pings } = await run({ inputs: 2, rejected: 0 });
  expect(pings.map((input) => input.type === 'ping' && input.ping.sequence)).toEqual([1, 2]);
});

it('tries a batch again while the log is away', async () => {
  await test.log.append(SUPPLIER, [
    { key: null, partition: 0, value: json({ ...PING, sequence: 1 }) },
    { key: null, partition: 0, value: Buffer.from('no') },
  ]);
  let failures = 3;
  const log: EventLog = {
    ...test.log,
    append: async (topic, records) => {
      // The second and third failure come after the inputs have been taken.
      if (failures > 0 && (failures === 3 || topic === REJECTED)) {
        failures -= 1;
        throw new LogUnavailable('no broker');
      }
      return await test.log.append(topic, records);
    },
  };
  const { pings, rejected, counted } = await run({ inputs: 3, rejected: 1 }, log);
  const identities = pings.map((input) => input.type === 'ping' && input.ping.identity);
  expect([...new Set(identities)]).toEqual([expect.stringMatching(/^s:1:/)]);
  expect(rejected).toHaveLength(1);
  expect(counted).toEqual(['not-json', 'taken']);
});

/** As Kafka does with a topic whose records may not be larger than this. */
const withLimit = (limitBytes: number): EventLog => ({
  ...test.log,
  async append(topic, records) {
    const refused = records.flatMap(({ value }, i) => (topic === INPUTS && value!.length > limitBytes ? [i] : []));
    const places = await test.log.append(
      topic,
      records.filter((_, i) => !refused.includes(i)),
    );
    if (refused.length > 0) throw new RecordsRefused('too large', refused);
    return places;
  },
});

it('keeps as rejected what the log does not take, tells it, and goes on with the others', async () => {
  const ping = (sequence: number) => json({ ...PING, sequence, tagId: sequence === 2 ? 'T'.repeat(100) : 'T-1' });
  await test.log.append(
    SUPPLIER,
    [1, 2, 3].map((sequence) => ({ key: null, partition: 0, value: ping(sequence) })),
  );
  const { pings, rejected, logger } = await run({ inputs: 2, rejected: 1 }, withLimit(450));
  expect(pings.map((input) => input.type === 'ping' && input.ping.sequence)).toEqual([1, 3]);
  expect(rejected).toMatchObject([{ reason: 'refused-by-log', tagId: 'T'.repeat(100), from: { topic: INPUTS } }]);
  expect(logger.entries.filter(({ level }) => level === 'error')).toHaveLength(1);
});

it('does not hold up pings, nor send them again and again, where what is rejected may not be kept', async () => {
  const send = (value: Uint8Array) => test.log.append(SUPPLIER, [{ key: null, partition: 0, value }]);
  await send(json({ ...PING, sequence: 1 }));
  await send(Buffer.from('no'));
  await send(json({ ...PING, sequence: 2 }));
  const log: EventLog = {
    ...test.log,
    append: async (topic, records) => {
      if (topic === REJECTED) throw new LogDenied('not allowed');
      return await test.log.append(topic, records);
    },
  };
  const { pings, logger } = await run({ inputs: 2, rejected: 0 }, log);
  expect(pings.map((input) => input.type === 'ping' && input.ping.sequence)).toEqual([1, 2]);
  expect(logger.entries.filter(({ level }) => level === 'error')).toMatchObject([{ fields: { lost: 1 } }]);
});

it('keeps a message over which a parser fails, without quoting it in the log', async () => {
  await test.log.append(SUPPLIER, [{ key: null, partition: 0, value: Buffer.from('secret') }]);
  const failing = () => {
    throw new Error('cannot read secret');
  };
  const { rejected, logger } = await run({ inputs: 0, rejected: 1 }, test.log, failing);
  expect(rejected).toMatchObject([{ reason: 'parser-failed', payload: Buffer.from('secret').toString('base64') }]);
  expect(logger.entries.filter(({ level }) => level === 'error')).toHaveLength(1);
  expect(JSON.stringify(logger.entries)).not.toContain('secret');
});

it("reads Traccar's forwarded positions where the topic is Traccar's", async () => {
  const position = {
    attributes: { sat: 7 },
    fixTime: '2026-11-22T18:03:11.000+00:00',
    valid: true,
    latitude: 51.28,
    longitude: 1.08,
    accuracy: 0.0,
  };
  await test.log.append(SUPPLIER, [
    // Traccar's key is its own row id.
    { key: '7', value: json({ position, device: { uniqueId: 'T-1' } }) },
    { key: '7', value: json(PING) },
  ]);
  const { inputs, pings, rejected } = await run({ inputs: 1, rejected: 1 }, test.log, (_format, value, at) =>
    PING_PARSERS.traccar(value, at),
  );
  expect(inputs).toMatchObject([{ key: 'T-1' }]);
  expect(pings).toMatchObject([{ ping: { tagId: 'T-1', satellites: 7, position: { accuracyMetres: null } } }]);
  expect(rejected).toMatchObject([{ reason: 'not-a-position', tagId: null }]);
});

it('lets an element that is nested too deeply cost itself alone', async () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  const one = { ...PING, accuracyMetres: 5 };
  const text = `[${JSON.stringify({ ...one, sequence: 1 })},{"x":"[\\"]","a":${deep}} , ${JSON.stringify({ ...one, sequence: 2 })}]`;
  await test.log.append(SUPPLIER, [
    { key: null, partition: 0, value: Buffer.from(text) },
    { key: null, partition: 0, value: Buffer.from(deep) },
    { key: null, partition: 0, value: Buffer.from(`{"tagId":"T-1","fixedAt":"2026-11-22T18:03:11Z","a":${deep}}`) },
  ]);
  const { pings, rejected, logger } = await run({ inputs: 2, rejected: 3 });
  expect(pings.map((input) => input.type === 'ping' && input.ping.sequence)).toEqual([1, 2]);
  // A list that holds nothing but lists is one whose element is too deep.
  expect(rejected.map(({ reason }) => reason)).toEqual(['json-too-deep', 'json-too-deep', 'json-too-deep']);
  expect(Buffer.from(rejected[0]!.payload, 'base64').toString()).toBe(`{"x":"[\\"]","a":${deep}}`);
  expect(logger.entries.filter(({ level }) => level === 'error')).toEqual([]);
});

it('does not read what Tagwatch itself writes', async () => {
  const deps = {
    log: test.log,
    parse: () => [],
    clock: { nowMs: () => NOW_MS },
    logger: createRememberingLog(),
    counters: { pingsTaken() {}, pingRejected() {} },
  };
  for (const topic of [INPUTS, REJECTED]) {
    await expect(startIntake({ ...deps, topics: [{ topic, format: 'tagwatch' }] })).rejects.toThrow(/own topic/);
  }
});

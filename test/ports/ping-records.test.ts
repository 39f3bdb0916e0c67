import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceEvent, Ping } from '../../src/engine/types.js';
import { createPingAppender } from '../../src/http/routes/pings/shared-append.js';
import { type EventLog, type LogRecord, LogUnavailable, RecordsRefused } from '../../src/ports/event-log.js';
import {
  appendPings,
  INPUT_FORMATS,
  MAX_PINGS_A_RECORD,
  type ReceivedPing,
  readInputs,
  UnknownFormat,
} from '../../src/ports/ping-records.js';
import { INPUT_FORMAT } from '../../src/ports/record-format.js';
import { encodeJson, INPUT_PARTITIONS, INPUTS } from '../../src/ports/topics.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { runs } from '../support/random.js';

let test: TestLog;
beforeAll(async () => {
  test = await openTestLog();
});
afterAll(async () => await test?.dispose());

const reading = fc.option(fc.double({ min: 0, max: 200, noNaN: true }).map((value) => value + 0));
const received: fc.Arbitrary<ReceivedPing> = fc
  .record({
    tagId: fc.constantFrom('T-1', 'T-2', 'T-3', '\u{1F4A5}', 'a,b'),
    identity: fc.string({ minLength: 1 }),
    sequence: fc.option(fc.nat()),
    fixedAtMs: fc.integer({ min: 0, max: 4e12 }),
    position: fc.option(
      fc.record({
        latitude: fc.double({ min: -90, max: 90, noNaN: true }).map((value) => value + 0),
        longitude: fc.double({ min: -180, max: 180, noNaN: true }).map((value) => value + 0),
        accuracyMetres: reading,
        mechanism: fc.constantFrom('GPS', 'RF', 'LBS', 'WIFI'),
      }),
    ),
    deviceEvents: fc.subarray<DeviceEvent>(['strap-tamper', 'battery-low', 'jamming']),
    speedKmh: reading,
    headingDegrees: reading,
    altitudeMetres: reading,
    satellites: fc.option(fc.nat(40)),
    batteryPercent: reading,
    positionIgnored: fc.option(fc.constantFrom('zero-position', 'latitude-out-of-range'), { nil: undefined }),
    // Of a receipt after its append no more is believed.
    receivedAtMs: fc.integer({ min: 0, max: Date.now() }),
  })
  .map(({ receivedAtMs, positionIgnored, ...ping }) => ({
    receivedAtMs,
    ping: { ...ping, ...(positionIgnored === undefined ? {} : { positionIgnored }) } as Ping,
  }));

/** What one log has gained since the last call, in the order of each partition. */
const seen = new Map<number, number>();
async function gained() {
  const all = Array.from({ length: INPUT_PARTITIONS }, (_, partition) => ({ topic: INPUTS, partition }));
  const inputs: { partition: number; position: number; next: number; record: number; one: ReceivedPing }[] = [];
  await test.log.readToEnd(all, ({ records }) => {
    for (const record of records) {
      if (record.offset < (seen.get(record.partition) ?? 0)) continue;
      seen.set(record.partition, record.offset + 1);
      for (const { input, position, next } of readInputs(record)) {
        if (input.type !== 'ping') throw new Error(input.type);
        const { type: _, ...one } = input;
        inputs.push({ partition: record.partition, position, next, record: record.offset, one });
      }
    }
  });
  return inputs;
}

describe('pings in the log', () => {
  it.each(INPUT_FORMATS)(
    'come out as they went in, in the order of each tag, each at a place of its own: %s',
    async (format) => {
      await fc.assert(
        fc.asyncProperty(fc.array(received, { minLength: 1, maxLength: 40 }), async (pings) => {
          expect(await appendPings(test.log, pings, format)).toEqual([]);
          const inputs = await gained();
          for (const tagId of new Set(pings.map(({ ping }) => ping.tagId))) {
            const isOfTag = ({ ping }: ReceivedPing) => ping.tagId === tagId;
            expect(inputs.map(({ one }) => one).filter(isOfTag)).toEqual(pings.filter(isOfTag));
          }
          for (const [index, { partition, position, next, record }] of inputs.entries()) {
            expect(Math.floor(position)).toBe(record);
            const after = inputs[index + 1];
            if (after?.partition === partition) expect(after.position).toBe(next);
            else expect(next).toBe(record + 1);
          }
        }),
        { numRuns: runs(40) },
      );
    },
  );

  it('share a record a partition, and never more than fit into one', async () => {
    const pings = Array.from({ length: 2 * MAX_PINGS_A_RECORD + 1 }, (_, nth) => pingOf('T-1', nth));
    await appendPings(test.log, pings, 'columns');
    expect(new Set((await gained()).map(({ record }) => record)).size).toBe(3);
  });

  it('are refused one by one where the log does not take their record, and the others go in', async () => {
    const long = pingOf('T'.repeat(3_000), 1);
    const others = Array.from({ length: 9 }, (_, nth) => pingOf('T-1', nth));
    const inOnePartition: EventLog = { ...refusing(2_000), partitionCount: async () => 1 };
    const pings = [...others.slice(0, 4), long, ...others.slice(4)];
    expect(await appendPings(inOnePartition, pings, 'columns')).toEqual([long]);
    expect((await gained()).map(({ one }) => one)).toEqual(others);
  });

  it('of a newer form are not passed over as rubbish', () => {
    const at = { topic: INPUTS, partition: 0, offset: 7, appendedAtMs: 0, key: null, headers: {} };
    const newer = encodeJson({ type: 'pings', format: 2, count: 1 });
    expect(() => readInputs({ ...at, value: newer })).toThrow(UnknownFormat);
    // A type that this program does not know is a newer program's where its format says so, and somebody else's where not.
    const unknown = encodeJson({ type: 'other' });
    expect(() => readInputs({ ...at, value: unknown, headers: { format: String(INPUT_FORMAT + 1) } })).toThrow(
      UnknownFormat,
    );
    expect(() => readInputs({ ...at, value: unknown, headers: { format: '1' } })).toThrow(/no known type/);
    const torn = encodeJson({ type: 'pings', format: 1, count: 2, tagId: ['T-1'], fixedAtMs: 0, identity: 'a' });
    expect(() => readInputs({ ...at, value: torn })).toThrow(/1 of 2 in the column tagId/);
    for (const value of [encodeJson(null), encodeJson({ type: 'other' }), Buffer.from('no'), null]) {
      expect(() => readInputs({ ...at, value })).toThrow();
    }
  });
});

describe('the appender of many callers', () => {
  it('puts together what comes while an append is under way, and answers each when its own is in', async () => {
    let appends = 0;
    const counting: EventLog = {
      ...test.log,
      append(topic, records) {
        appends++;
        return test.log.append(topic, records);
      },
    };
    const append = createPingAppender(counting, 'columns');
    const pings = Array.from({ length: 200 }, (_, nth) => pingOf(`T-${nth % 5}`, nth));
    await Promise.all(pings.map((one) => append([one])));
    const inputs = (await gained()).map(({ one }) => one);
    expect(inputs).toHaveLength(200);
    for (let tag = 0; tag < 5; tag++) {
      const sequences = inputs.flatMap(({ ping }) => (ping.tagId === `T-${tag}` ? [ping.sequence] : []));
      expect(sequences).toEqual([...sequences].sort((a, b) => a! - b!));
    }
    expect(appends).toBeLessThan(20);
  });

  it('waits for those who were answered, who send again, so that they go together', async () => {
    const { log, sizes } = noting();
    const append = createPingAppender(log, 'columns');
    const callers = Array.from({ length: 16 }, async (_, caller) => {
      for (let turn = 0; turn < 10; turn++) await append([pingOf(`T-${caller}`, turn)]);
    });
    await Promise.all(callers);
    expect(sizes).toEqual(Array.from({ length: 10 }, () => 16));
    await gained();
  });

  it('hears those who have sent again while the thread was busy for longer than it waits', async () => {
    const { log, sizes } = noting();
    const append = createPingAppender(log, 'columns');
    const [CALLERS, TURNS, BUSY_MS] = [16, 5, 40];
    const pairs = await openPairs(CALLERS);
    let answered = 0;
    const callers = pairs.map(async ({ ours, theirs }, caller) => {
      for (let turn = 0; turn < TURNS; turn++) {
        await append([pingOf(`T-${caller}`, turn)]);
        const heard = once(ours, 'data');
        theirs.write('again');
        // When all of them lie in the sockets nobody is heard for a while.
        if (++answered % CALLERS === 0) for (const untilMs = Date.now() + BUSY_MS; Date.now() < untilMs; );
        await heard;
      }
    });
    await Promise.all(callers);
    for (const { ours, theirs } of pairs) for (const socket of [ours, theirs]) socket.destroy();
    expect(sizes).toEqual(Array.from({ length: TURNS }, () => CALLERS));
    await gained();
  });

  it('fails whom it concerns: all of an append that failed, and of a refused ping its own caller', async () => {
    const one = createPingAppender(refusing(2_000), 'columns');
    const told = await Promise.allSettled([
      one([pingOf('T-1', 1)]),
      one([pingOf('T-1', 2)]),
      one([pingOf('T'.repeat(3_000), 3)]),
    ]);
    expect(told.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect((told[2] as PromiseRejectedResult).reason).toBeInstanceOf(RecordsRefused);
    await gained();

    let isAway = true;
    const failing: EventLog = {
      ...test.log,
      append: (topic, records) =>
        isAway ? Promise.reject(new LogUnavailable('away')) : test.log.append(topic, records),
    };
    const append = createPingAppender(failing, 'columns');
    const failed = await Promise.allSettled([append([pingOf('T-1', 1)]), append([pingOf('T-2', 1)])]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isAway = false;
    await append([pingOf('T-1', 4)]);
    expect((await gained()).map(({ one: { ping } }) => ping.sequence)).toEqual([4]);
  });
});

/** The log, and how many pings each append had. */
function noting(): { readonly log: EventLog; readonly sizes: number[] } {
  const sizes: number[] = [];
  const log: EventLog = {
    ...test.log,
    append(topic, records) {
      sizes.push(records.flatMap((record) => readInputs({ ...record, topic, offset: 0 } as LogRecord)).length);
      return test.log.append(topic, records);
    },
  };
  return { log, sizes };
}

/** Connections and their other ends. */
async function openPairs(count: number): Promise<{ readonly ours: Socket; readonly theirs: Socket }[]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const pairs: { ours: Socket; theirs: Socket }[] = [];
  for (let nth = 0; nth < count; nth++) {
    const theirs = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [ours] = (await once(server, 'connection')) as [Socket];
    pairs.push({ ours, theirs });
  }
  server.close();
  return pairs;
}

function pingOf(tagId: string, sequence: number): ReceivedPing {
  const position = { latitude: 51, longitude: 1, accuracyMetres: 8, mechanism: 'GPS' } as const;
  const none = { speedKmh: null, headingDegrees: null, altitudeMetres: null, satellites: null, batteryPercent: null };
  const ping = { tagId, identity: `s:${sequence}`, sequence, fixedAtMs: sequence * 1_000, position, deviceEvents: [] };
  return { ping: { ...ping, ...none }, receivedAtMs: 1_000 };
}

/** As Kafka does with a topic whose records may not be larger than this. */
const refusing = (limitBytes: number): EventLog => ({
  ...test.log,
  async append(topic, records) {
    const refused = records.flatMap(({ value }, nth) => (value!.length > limitBytes ? [nth] : []));
    const places = await test.log.append(
      topic,
      records.filter((_, nth) => !refused.includes(nth)),
    );
    if (refused.length > 0) throw new RecordsRefused('too large', refused);
    return places;
  },
});

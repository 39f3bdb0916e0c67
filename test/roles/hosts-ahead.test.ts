/** Hosts whose clocks run ahead: of the times that they write no more is believed than what the log has reached. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LogRecord, NewRecord } from '../../src/ports/event-log.js';
import { readInputs } from '../../src/ports/ping-records.js';
import { ALERTS, decodeJson, INPUTS, type InputRecord, inputRecord, partitionInput } from '../../src/ports/topics.js';
import { createInputsFolding } from '../../src/roles/engine/inputs-folding.js';
import type { OwnedPartition } from '../../src/roles/engine/owned-partition.js';
import { emptyFold } from '../../src/roles/engine/partition-fold.js';
import { inputSink } from '../../src/roles/recorder/sinks.js';
import type { World } from '../engine/random-world.js';
import { createWorld, DRIVEN } from '../engine/shortcut-worlds.js';
import { faraway, middle, pingAt, term, watch, zone } from '../scenarios/world.js';
import { noEngineCounters } from '../support/counters.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { silentLog } from '../support/silent-log.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const START_MS = Date.parse('2026-03-01T12:00:00Z');
const PARTITION = 3;

let test: TestLog;
beforeAll(async () => {
  test = await openTestLog();
});
afterAll(async () => await test.dispose());

/** What a host appends, and when the log takes it. */
interface Appended {
  readonly atMs: number;
  readonly input: InputRecord;
}

/** The same of a host whose clock is so far ahead: every time that it writes is later. */
function byHostAhead({ atMs, input }: Appended, aheadMs: number): Appended {
  if (aheadMs === 0) return { atMs, input };
  switch (input.type) {
    case 'ping':
      return { atMs, input: { ...input, receivedAtMs: input.receivedAtMs + aheadMs } };
    case 'tick':
      return { atMs, input: { ...input, atMs: input.atMs + aheadMs } };
    case 'watch':
      return { atMs, input: { ...input, watch: { ...input.watch, publishedAtMs: atMs + aheadMs } } };
    case 'shared':
      return { atMs, input: { ...input, shared: { ...input.shared, publishedAtMs: atMs + aheadMs } } };
    default:
      throw new Error(input.type);
  }
}

function toRecord({ input }: Appended): NewRecord {
  if (input.type === 'tick') return partitionInput(input, PARTITION);
  if (input.type === 'shared') return { key: null, value: Buffer.from(JSON.stringify(input)), headers: {} };
  return inputRecord(input as Parameters<typeof inputRecord>[0]);
}

const asRead = (appended: readonly Appended[]): LogRecord[] =>
  appended.map((each, offset): LogRecord => {
    const { key, value, headers = {} } = toRecord(each);
    return { topic: INPUTS, partition: PARTITION, offset, appendedAtMs: each.atMs, key, value, headers };
  });

/** What the engine appends to the alert log, and what the recorder is to write of the pings. */
async function play(appended: readonly Appended[]) {
  const { log } = test;
  const endOf = async () => (await alertsFrom(0)).length;
  const from = await endOf();
  const records = asRead(appended);
  const entry = {
    fold: emptyFold(PARTITION),
    isNewerTold: false,
    pending: [],
    pendingEvents: [],
    pendingRequests: new Map(),
    pendingCounts: [],
    heldSinceMs: null,
  } as unknown as OwnedPartition;
  const clock = { nowMs: Date.now };
  const folding = createInputsFolding({ log, clock, logger: silentLog, counters: noEngineCounters });
  const end = records.length;
  await folding.take(entry, { topic: INPUTS, partition: PARTITION, records, nextOffset: end, endOffset: end });
  const sink = inputSink({ epoch: 'e', clock, counters: {}, limits: {}, days: new Set() } as never);
  return { alerts: await alertsFrom(from), rows: records.flatMap((record) => sink.read(record)) };
}

async function alertsFrom(from: number): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  await test.log.readToEnd([{ topic: ALERTS, partition: 0 }], ({ records }) => {
    for (const { value } of records) found.push(decodeJson<Record<string, unknown>>(value!));
  });
  return found.slice(from);
}

/** These worlds' schedules may have no end, or a last window that never closes: neither goes into the log. */
function withEnds<W>(watch: W): W {
  const toEnd = (key: string, value: unknown) => {
    if (key === 'windows' && Array.isArray(value)) return value.slice(0, value.length - (value.length % 2));
    return value === Infinity ? START_MS + 400 * 24 * HOUR_MS : value;
  };
  return JSON.parse(JSON.stringify(watch, toEnd)) as W;
}

/** Every record of a host that is right says the very time of its append. */
function appendedOf({ first, steps }: World): Appended[] {
  const appended: Appended[] = [];
  const startMs = steps[0]!.atMs;
  appended.push({ atMs: startMs, input: { type: 'watch', watch: withEnds({ ...first, publishedAtMs: startMs }) } });
  let clockMs = startMs;
  for (const step of steps) {
    for (let atMs = Math.ceil((clockMs + 1) / MINUTE_MS) * MINUTE_MS; atMs < step.atMs; atMs += MINUTE_MS)
      appended.push({ atMs, input: { type: 'tick', atMs } });
    const atMs = Math.max(clockMs, step.atMs);
    clockMs = atMs;
    if ('shared' in step)
      appended.push({ atMs, input: { type: 'shared', shared: withEnds({ ...step.shared, publishedAtMs: atMs }) } });
    else if ('watch' in step)
      appended.push({ atMs, input: { type: 'watch', watch: withEnds({ ...step.watch, publishedAtMs: atMs }) } });
    else if (step.input.type === 'ping') appended.push({ atMs, input: { ...step.input, receivedAtMs: atMs } });
  }
  return appended;
}

it('whichever hosts are ahead, and however far: the same alerts and the same rows, byte for byte', async () => {
  let said = 0;
  const played = fc.record({
    seed: fc.integer({ min: 0 }),
    isDriven: fc.boolean(),
    aheads: fc.array(fc.constantFrom(0, 0, MINUTE_MS, 3 * HOUR_MS, 40 * 24 * HOUR_MS), { minLength: 1, maxLength: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(played, async ({ seed, isDriven, aheads }) => {
      const right = appendedOf(isDriven ? createWorld(String(seed), DRIVEN) : createWorld(String(seed)));
      const ahead = right.map((each, at) => byHostAhead(each, aheads[at % aheads.length]!));
      const [asRight, asAhead] = [await play(right), await play(ahead)];
      expect(asAhead).toEqual(asRight);
      said += asRight.alerts.length;
    }),
    { numRuns: 10 },
  );
  expect(said).toBeGreaterThan(20);
});

it('one ping by a host three hours ahead: a curfew that is being broken goes on being broken, and the record has it at its append', async () => {
  const windows = [START_MS + 10 * MINUTE_MS, START_MS + 2 * HOUR_MS];
  const curfew = term('curfew', zone(), { windows, windowsUntilMs: START_MS + 24 * HOUR_MS });
  const first = { ...watch([zone()], [curfew]), publishedAtMs: START_MS };
  const fix = (minute: number, at = faraway): Appended => {
    const receivedAtMs = START_MS + minute * MINUTE_MS + 2 * SECOND_MS;
    return {
      atMs: receivedAtMs,
      input: { type: 'ping', ping: pingAt(START_MS + minute * MINUTE_MS, at), receivedAtMs },
    };
  };
  const before = Array.from({ length: 30 }, (_, minute) => fix(minute));
  const after = [fix(31), fix(32), fix(33, middle), fix(34, middle), fix(35, middle)];
  const begins: Appended = { atMs: START_MS, input: { type: 'watch', watch: first } };
  const right = await play([begins, ...before, fix(30), ...after]);
  expect(right.alerts.map(({ type, reason }) => [type, reason])).toEqual([
    ['confirmed', 'late-home'],
    ['ended', 'late-home'],
  ]);
  const ahead = [begins, ...before, byHostAhead(fix(30), 3 * HOUR_MS), ...after];
  expect(await play(ahead)).toEqual(right);
  const row = readInputs(asRead(ahead)[31]!)[0]!.input;
  expect(row).toMatchObject({ receivedAtMs: fix(30).atMs });
});

it('a condition published by a host three hours ahead applies from when the log took it, however often it is published', async () => {
  const windows = [START_MS + 10 * MINUTE_MS, START_MS + 4 * HOUR_MS];
  const curfew = { windows, windowsUntilMs: START_MS + 24 * HOUR_MS, startsAtMs: START_MS };
  const published = (minute: number, sequence: number, publishedAtMs: number): Appended => {
    const terms = [term('curfew', zone(), { ...curfew, publishedAtMs })];
    const atMs = START_MS + minute * MINUTE_MS;
    return {
      atMs,
      input: { type: 'watch', watch: { ...watch([zone()], terms), sequence, publishedAtMs: atMs } },
    };
  };
  const tick = (minute: number): Appended => {
    const atMs = START_MS + minute * MINUTE_MS;
    return { atMs, input: { type: 'tick', atMs } };
  };
  // Nothing is heard: the opening of the window is unknown, and is told once.
  const world = (publishedAtMs: number) => [
    published(0, 1, publishedAtMs),
    tick(12),
    published(30, 2, publishedAtMs),
    tick(31),
    tick(35),
  ];
  const right = await play(world(START_MS));
  expect(right.alerts.map(({ type, kind }) => [type, kind])).toEqual([['suspected', 'unknown-at-edge']]);
  expect(await play(world(START_MS + 3 * HOUR_MS))).toEqual(right);
});

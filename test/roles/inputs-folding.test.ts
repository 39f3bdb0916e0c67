/**
 * What the records of a partition are folded to. Hosts whose clocks run ahead: of the times that they write no more is believed than what
 * the log has reached. What throws for one tag: everything else of the record is judged.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialState } from '../../src/engine/advance.js';
import type { Ping, TagWatch, Zone } from '../../src/engine/types.js';
import type { LogRecord, NewRecord } from '../../src/ports/event-log.js';
import { appendPings, readInputs } from '../../src/ports/ping-records.js';
import {
  ALERTS,
  decodeJson,
  INPUT_PARTITIONS,
  INPUTS,
  type InputRecord,
  inputRecord,
  partitionInput,
  REJECTED,
  type RejectedRecord,
} from '../../src/ports/topics.js';
import { createInputsFolding } from '../../src/roles/engine/inputs-folding.js';
import type { OwnedPartition } from '../../src/roles/engine/owned-partition.js';
import { emptyFold, type PartitionFold, restoreState } from '../../src/roles/engine/partition-fold.js';
import { inputSink } from '../../src/roles/recorder/sinks.js';
import type { World } from '../engine/random-world.js';
import { createWorld, DRIVEN } from '../engine/shortcut-worlds.js';
import { faraway, middle, pingAt, term, watch, zone } from '../scenarios/world.js';
import { noEngineCounters } from '../support/counters.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { runs } from '../support/random.js';
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

/** What stands in the only partition of a topic. */
async function contentsOf<T>(topic: string): Promise<T[]> {
  const found: T[] = [];
  await test.log.readToEnd([{ topic, partition: 0 }], ({ records }) => {
    for (const { value } of records) found.push(decodeJson<T>(value!));
  });
  return found;
}

/** Folds records as the engine's worker does; answers what it appended. */
async function take(records: readonly LogRecord[], fold: PartitionFold = emptyFold(PARTITION)) {
  const { log } = test;
  const [alertsBefore, rejectedBefore] = [await contentsOf(ALERTS), await contentsOf(REJECTED)];
  const nothing = { pending: [], pendingEvents: [], pendingRejects: [], pendingRequests: new Map(), pendingCounts: [] };
  const entry = { fold, isNewerTold: false, heldSinceMs: null, ...nothing } as unknown as OwnedPartition;
  const counters = noEngineCounters;
  const folding = createInputsFolding({ log, clock: { nowMs: Date.now }, logger: silentLog, counters });
  const nextOffset = records.length;
  await folding.take(entry, { topic: INPUTS, partition: PARTITION, records, nextOffset, endOffset: nextOffset });
  const alerts = await contentsOf<Record<string, unknown>>(ALERTS);
  const rejected = await contentsOf<RejectedRecord>(REJECTED);
  return { alerts: alerts.slice(alertsBefore.length), rejected: rejected.slice(rejectedBefore.length) };
}

/** What the engine appends, and what the recorder is to write of the pings. */
async function play(appended: readonly Appended[]) {
  const records = asRead(appended);
  const sink = inputSink({ epoch: 'e', clock: {}, counters: {}, limits: {}, days: new Set() } as never);
  return { ...(await take(records)), rows: records.flatMap((record) => sink.read(record)) };
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
    { numRuns: runs(10) },
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

const WITHOUT_EDGES: Zone = zone({ shape: { type: 'polygons', polygons: [] } });

/** Tags that each have one exclusion about the middle; what is wrong with the watch of one of them. */
const BROKEN: Readonly<Record<string, (watch: TagWatch) => TagWatch>> = {
  'a zone is not there': (watch) => ({ ...watch, zones: {} }),
  'a zone has no edges': (watch) => ({ ...watch, zones: { 'Z-1@1': WITHOUT_EDGES } }),
};

describe.each(Object.keys(BROKEN))('what cannot be compiled of one tag: %s', (what) => {
  const exclusion = term('exclusion', zone());
  const watchOf = (tag: number): TagWatch => ({
    ...watch([zone()], [exclusion], { tagId: `T-${tag}` }, { activationId: `A-${tag}`, wearerId: `W-${tag}` }),
    silentAfterSeconds: 3_600,
  });
  const pingOf = (tag: number, minute: number): Ping => ({
    ...pingAt(START_MS + minute * MINUTE_MS, middle),
    tagId: `T-${tag}`,
  });
  /** Four minutes of some tags in one record, and ticks two hours later: each is in the zone, and then silent. */
  async function recordsOf(tags: readonly number[]): Promise<LogRecord[]> {
    const pings = [1, 2, 3, 4].flatMap((minute) => tags.map((tag) => pingOf(tag, minute)));
    const received = pings.map((ping) => ({ ping, receivedAtMs: ping.fixedAtMs + SECOND_MS }));
    const { log } = test;
    const inOne: typeof log = { ...log, partitionCount: async () => 1 };
    const all = Array.from({ length: INPUT_PARTITIONS }, (_, partition) => ({ topic: INPUTS, partition }));
    const before = new Map<number, number>();
    await log.readToEnd(all, (batch) => void before.set(batch.partition, batch.nextOffset));
    expect(await appendPings(inOne, received, 'columns')).toEqual([]);
    const found: LogRecord[] = [];
    await log.readToEnd(all, ({ partition, records }) => {
      found.push(...records.filter(({ offset }) => offset >= (before.get(partition) ?? 0)));
    });
    expect(found).toHaveLength(1);
    const ticks = Array.from({ length: 8 }, (_, minute): Appended => {
      const atMs = START_MS + 2 * HOUR_MS + minute * MINUTE_MS;
      return { atMs, input: { type: 'tick', atMs } };
    });
    return [found[0]!, ...asRead(ticks)].map((record, offset) => ({ ...record, offset: 100 + offset }));
  }
  const ofTags = (alerts: readonly Record<string, unknown>[]) =>
    alerts.map(({ tagId, kind, type }) => [tagId, kind, type]);

  it('the others of its record and of every tick are judged, and it is kept with its reason', async () => {
    const fold = emptyFold(PARTITION);
    for (const tag of [1, 2, 3]) {
      const whole = watchOf(tag);
      // As an older program may have left it.
      const broken = tag === 2 ? BROKEN[what]!(whole) : whole;
      restoreState(fold, { type: 'watch', watch: broken, appliedOffset: 0 });
      const at = { activationId: `A-${tag}`, tagId: `T-${tag}`, appliedOffset: 0, nextDueAtMs: 0, lastPing: null };
      restoreState(fold, { type: 'activation', state: initialState(`A-${tag}`), ...at });
    }
    const { alerts, rejected } = await take(await recordsOf([1, 2, 3]), fold);
    const sorted = ofTags(alerts).sort();
    expect(sorted).toEqual(
      ['T-1', 'T-3'].flatMap((tagId) => [
        [tagId, 'exclusion', 'confirmed'],
        [tagId, 'exclusion', 'suspected'],
        [tagId, 'unmonitored', 'confirmed'],
      ]),
    );
    expect(rejected.length).toBeGreaterThanOrEqual(4);
    for (const one of rejected) expect(one).toMatchObject({ reason: 'engine-fault' });
    expect(rejected.slice(0, 4).map(({ tagId }) => tagId)).toEqual(['T-2', 'T-2', 'T-2', 'T-2']);
  });

  it('a watch that is published so leaves the one before in force, and one that is right takes the place of a broken one', async () => {
    const fold = emptyFold(PARTITION);
    const at = (watch: TagWatch): Appended => ({ atMs: START_MS, input: { type: 'watch', watch } });
    const broken = { ...BROKEN[what]!(watchOf(2)), sequence: 2 };
    const published = asRead([at(watchOf(1)), at(watchOf(2)), at(broken), at(watchOf(3))]);
    const { alerts, rejected } = await take([...published, ...(await recordsOf([1, 2, 3]))], fold);
    expect(new Set(alerts.map(({ tagId }) => tagId))).toEqual(new Set(['T-1', 'T-2', 'T-3']));
    expect(rejected).toMatchObject([{ reason: 'engine-fault', tagId: 'T-2' }]);
    const restored = emptyFold(PARTITION);
    restoreState(restored, { type: 'watch', watch: broken, appliedOffset: 0 });
    const mended = asRead([at(watchOf(1)), at({ ...watchOf(2), sequence: 3 })]);
    const again = await take([...mended, ...(await recordsOf([2]))], restored);
    expect(ofTags(again.alerts)).toContainEqual(['T-2', 'exclusion', 'confirmed']);
  });
});

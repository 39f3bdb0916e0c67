/** A supplier that is away, and one that is read late: over all partitions of the inputs, in memory. */
import { describe, expect, it } from 'vitest';
import type { EngineEvent, Ping, TagWatch } from '../../src/engine/types.js';
import { partitionOfKey } from '../../src/ports/murmur2.js';
import { type StateRecord, stateKey, stateRecord } from '../../src/ports/states.js';
import { INPUT_PARTITIONS, type InputRecord, STATES, SUPPLIERS_TOLD_IN } from '../../src/ports/topics.js';
import { takeCheckpoint } from '../../src/roles/engine/checkpoint.js';
import { emptyFold, foldInput, type PartitionFold } from '../../src/roles/engine/partition-fold.js';
import { createStatesRestore } from '../../src/roles/engine/states-restore.js';

const TOPIC = 'tagwatch.pings';
const START_MS = Date.parse('2026-03-01T12:00:00Z');
const MINUTE_MS = 60_000;
const SILENT_AFTER_SECONDS = 900;

function watchOf(tagId: string, intervalSeconds: number): TagWatch {
  return {
    tagId,
    sequence: 1,
    publishedAtMs: START_MS,
    accuracyConvention: 'r95',
    defaultAccuracyMetres: null,
    intervalSeconds,
    silentAfterSeconds: Math.max(SILENT_AFTER_SECONDS, 3 * intervalSeconds),
    activations: [
      { activationId: `A-${tagId}`, wearerId: `W-${tagId}`, fittedAtMs: START_MS, removedAtMs: null, terms: [] },
    ],
    zones: {},
  };
}

function pingOf(tagId: string, atMs: number): Ping {
  return {
    tagId,
    identity: `s:${atMs}`,
    sequence: null,
    fixedAtMs: atMs,
    position: { latitude: 51 + (atMs % 7) / 1000, longitude: 1, accuracyMetres: 8, mechanism: 'GPS' },
    deviceEvents: [],
    speedKmh: null,
    headingDegrees: null,
    altitudeMetres: null,
    satellites: null,
    batteryPercent: null,
  };
}

const fail = ({ error }: { readonly error: unknown }) => {
  throw error;
};

/** All partitions, each with its own offsets, as engines would own them. `restarts`: every state goes through its checkpoint then. */
class World {
  readonly events: EngineEvent[] = [];
  readonly tagIds: readonly string[];
  private readonly topics = Array.from({ length: INPUT_PARTITIONS }, () => new Map<string, StateRecord>());
  private folds: PartitionFold[] = Array.from({ length: INPUT_PARTITIONS }, (_, partition) => emptyFold(partition));

  constructor(tags: number, intervalSeconds = 300) {
    this.tagIds = Array.from({ length: tags }, (_, i) => `T-${i}`);
    for (const tagId of this.tagIds)
      this.give(partitionOfKey(tagId, INPUT_PARTITIONS), { type: 'watch', watch: watchOf(tagId, intervalSeconds) });
  }

  give(partition: number, input: InputRecord): void {
    const fold = this.folds[partition]!;
    const { events, counted } = foldInput(fold, input, fold.position, fail);
    this.events.push(...events);
    for (const record of counted ?? []) this.give(SUPPLIERS_TOLD_IN, record);
  }

  giveAll(input: InputRecord): void {
    for (const { partition } of this.folds) this.give(partition, input);
  }

  hear(tagIds: readonly string[], atMs: number, source?: string): void {
    const by = source === undefined ? {} : { source };
    for (const tagId of tagIds)
      this.give(partitionOfKey(tagId, INPUT_PARTITIONS), {
        type: 'ping',
        receivedAtMs: atMs,
        ping: pingOf(tagId, atMs),
        ...by,
      });
  }

  read(readThroughMs: number, lastAtMs: number | null, partition = 0): void {
    this.giveAll({ type: 'supplier', source: TOPIC, read: [{ partition, readThroughMs }], lastAtMs });
  }

  tick(atMs: number): void {
    this.giveAll({ type: 'tick', atMs });
  }

  restart(): void {
    this.folds = this.folds.map((fold) => {
      const { partition } = fold;
      const topic = this.topics[partition]!;
      for (const record of takeCheckpoint(fold)) topic.set(stateKey(record), record);
      const states = createStatesRestore();
      [...topic.values()].forEach((record, offset) => {
        const { key, value, headers = {} } = stateRecord(record, partition);
        states.take({ topic: STATES, partition, offset, appendedAtMs: 0, key, value, headers });
      });
      const restored = emptyFold(partition);
      states.finish(restored);
      return restored;
    });
  }

  said(): string[] {
    return this.events.map(({ type, kind, reason, coversTags, episode, raisedAtMs }) =>
      [minutesOf(raisedAtMs), type, kind, reason, coversTags, `since ${minutesOf(episode.startedAtMs)}`]
        .filter((each) => each !== undefined)
        .join(' '),
    );
  }
}

const minutesOf = (ms: number): number => (ms - START_MS) / MINUTE_MS;

/** Every minute: who is heard every five, how far it was read, a tick. */
function run(
  world: World,
  fromMinute: number,
  toMinute: number,
  heard: (minute: number) => readonly string[],
  lastMinute?: number,
) {
  for (let minute = fromMinute; minute <= toMinute; minute++) {
    const atMs = START_MS + minute * MINUTE_MS;
    if (minute % 5 === 0) world.hear(heard(minute), atMs, TOPIC);
    world.read(atMs, START_MS + (lastMinute ?? minute) * MINUTE_MS);
    world.tick(atMs);
  }
}

describe('a supplier that is away', () => {
  it('20 minutes over 5,000 tags: one alert with how many it covers, then those that are still silent', () => {
    for (const restarts of [false, true]) {
      const world = new World(5_000);
      const all = world.tagIds;
      run(world, 0, 10, () => all);
      if (restarts) world.restart();
      run(world, 11, 25, () => [], 10);
      if (restarts) world.restart();
      run(world, 26, 30, () => [], 10);
      expect(world.said()).toEqual(['22 confirmed supplier-silent silent 5000 since 10']);
      expect(world.events[0]).toMatchObject({ severity: 'high', wearerId: `supplier/${TOPIC}`, conditionId: null });
      // 37 of them do not come back with it.
      const back = all.slice(37);
      run(world, 31, 34, () => back);
      if (restarts) world.restart();
      run(world, 35, 60, () => back);
      const ofSupplier = world.said().filter((each) => each.includes('supplier-silent'));
      expect(ofSupplier.slice(1)).toEqual(['36 ended supplier-silent silent 5000 since 10']);
      const silent = world.said().filter((each) => each.includes('unmonitored'));
      expect(silent).toEqual(Array.from({ length: 37 }, () => '36 confirmed unmonitored silent since 10'));
      const unmonitored = world.events.filter(({ kind }) => kind === 'unmonitored');
      expect(new Set(unmonitored.map(({ tagId }) => tagId))).toEqual(new Set(all.slice(0, 37)));
    }
  });

  it('is told once, however long it is away; and again when it was back and goes once more', () => {
    const world = new World(30);
    run(world, 0, 10, () => world.tagIds);
    run(world, 11, 200, () => [], 10);
    run(world, 201, 203, () => []);
    run(world, 204, 260, () => [], 203);
    expect(world.said().filter((each) => each.includes('supplier-silent'))).toEqual([
      '22 confirmed supplier-silent silent 30 since 10',
      '206 ended supplier-silent silent 30 since 10',
      '215 confirmed supplier-silent silent 30 since 203',
    ]);
  });

  it('48 hours without a word: the supplier alone is told, and every tag when it is back without them', () => {
    const world = new World(20);
    run(world, 0, 10, () => world.tagIds);
    run(world, 11, 10 + 48 * 60, () => [], 10);
    expect(world.said()).toEqual(['22 confirmed supplier-silent silent 20 since 10']);
    run(world, 11 + 48 * 60, 30 + 48 * 60, () => []);
    expect(world.events.filter(({ kind }) => kind === 'unmonitored')).toHaveLength(20);
    expect(
      world.events
        .filter(({ kind, type }) => kind === 'unmonitored' && type === 'confirmed')
        .every(({ episode }) => minutesOf(episode.startedAtMs) === 10),
    ).toBe(true);
  });

  it('says nothing where no tag is heard of by it, and counts those that are worn alone', () => {
    const world = new World(12);
    run(world, 0, 10, () => world.tagIds);
    world.hear(world.tagIds.slice(0, 10), START_MS + 10.5 * MINUTE_MS, 'http');
    run(world, 11, 22, () => [], 10);
    expect(world.said()).toEqual(['22 confirmed supplier-silent silent 2 since 10']);
    const none = new World(3);
    none.read(START_MS, START_MS);
    run(none, 1, 14, () => [], 0);
    expect(none.said()).toEqual([]);
  });

  it('of few tags that send every quarter of an hour does not come and go, and is told when they have missed two', () => {
    for (const restarts of [false, true]) {
      const world = new World(2, 900);
      const [one, other] = world.tagIds;
      const heardAt = (minute: number) => (minute % 15 === 0 ? [one!] : minute % 15 === 1 ? [other!] : []);
      const pass = (fromMinute: number, untilMinute: number, lastMinute?: number) => {
        for (let minute = fromMinute; minute <= untilMinute; minute++) {
          const atMs = START_MS + minute * MINUTE_MS;
          if (lastMinute === undefined) world.hear(heardAt(minute), atMs, TOPIC);
          const usual = minute - ((minute % 15) - Math.min(minute % 15, 1));
          world.read(atMs, START_MS + (lastMinute ?? usual) * MINUTE_MS);
          world.tick(atMs);
          if (restarts && minute % 7 === 0) world.restart();
        }
      };
      pass(0, 301);
      expect(world.said()).toEqual([]);
      pass(302, 400, 301);
      expect(world.said()).toEqual(['331 confirmed supplier-silent silent 2 since 301']);
    }
  });

  it('tells what was counted by then where a partition has no owner, and more when it has', () => {
    const world = new World(500);
    run(world, 0, 10, () => world.tagIds);
    const inputs = Array.from({ length: 15 }, (_, i) => START_MS + (11 + i) * MINUTE_MS);
    for (const atMs of inputs) {
      for (let partition = 0; partition < INPUT_PARTITIONS; partition++) {
        if (partition === 3 && atMs < START_MS + 24 * MINUTE_MS) continue;
        world.give(partition, {
          type: 'supplier',
          source: TOPIC,
          read: [{ partition: 0, readThroughMs: atMs }],
          lastAtMs: START_MS + 10 * MINUTE_MS,
        });
        world.give(partition, { type: 'tick', atMs });
      }
    }
    const [first, second, ...others] = world.events;
    expect(others).toEqual([]);
    expect([first, second].map((event) => [event!.type, event!.revision])).toEqual([
      ['confirmed', 1],
      ['amended', 2],
    ]);
    expect(first!.coversTags).toBeLessThan(500);
    expect(second!.coversTags).toBe(500);
  });
});

describe('a lag of intake', () => {
  it('is no silence of its tags: they are judged no further than was read, and told when it was', () => {
    const world = new World(40);
    const [away, ...others] = world.tagIds;
    run(world, 0, 10, () => world.tagIds);
    // Nothing is read for 13 minutes; the clock goes on.
    for (let minute = 11; minute <= 23; minute++) world.tick(START_MS + minute * MINUTE_MS);
    expect(world.said()).toEqual([]);
    run(world, 24, 40, (minute) => (minute === 24 ? [] : others));
    expect(world.events.map(({ kind, tagId }) => [kind, tagId])).toEqual([['unmonitored', away]]);
  });

  it('that lasts is told once, for all of its tags; not where the program was away itself', () => {
    const world = new World(40);
    run(world, 0, 10, () => world.tagIds);
    for (let minute = 11; minute <= 90; minute++) world.tick(START_MS + minute * MINUTE_MS);
    expect(world.said()).toEqual(['27 confirmed supplier-silent not-read 40 since 10']);
    run(world, 91, 100, () => world.tagIds);
    expect(world.said().slice(1)).toEqual(['96 ended supplier-silent not-read 40 since 10']);
    // Of a program that was away five hours nobody is silent who sends again by Kafka or HTTP.
    const off = new World(40);
    run(off, 0, 10, () => off.tagIds);
    off.hear(off.tagIds.slice(0, 20), START_MS + 10 * MINUTE_MS + 1, 'http');
    off.restart();
    for (let minute = 300; minute <= 303; minute++) off.tick(START_MS + minute * MINUTE_MS);
    off.hear(off.tagIds.slice(0, 19), START_MS + 304 * MINUTE_MS, 'http');
    off.hear(off.tagIds.slice(20), START_MS + 304 * MINUTE_MS, TOPIC);
    run(off, 304, 312, () => []);
    expect(off.said()).toEqual(['305 confirmed unmonitored silent since 10.000016666666667']);
  });

  it('one partition of the topic that is read late holds back all of its tags: any may be in it', () => {
    const world = new World(10);
    const others = world.tagIds.slice(1);
    world.read(START_MS + 5 * MINUTE_MS, null, 7);
    run(world, 0, 12, () => world.tagIds);
    run(world, 13, 19, () => others);
    expect(world.said()).toEqual([]);
  });
});

describe('tags without a supplier', () => {
  it('fed by HTTP alone, and those never heard of, are judged up to the tick; the latter not while the others are read late', () => {
    const world = new World(3);
    const [byHttp, byTopic, never] = world.tagIds;
    for (let minute = 0; minute <= 30; minute++) {
      const atMs = START_MS + minute * MINUTE_MS;
      if (minute === 0) world.hear([byHttp!], atMs, 'http');
      world.hear([byTopic!], atMs, TOPIC);
      if (minute < 8 || minute > 20) world.read(atMs, atMs);
      world.tick(atMs);
    }
    expect(world.events.map(({ tagId, reason, raisedAtMs }) => [tagId, reason, minutesOf(raisedAtMs)])).toEqual([
      [byHttp, 'silent', 15],
      [never, 'never-heard', 21],
    ]);
  });
});

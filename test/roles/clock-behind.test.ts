/** A clock that runs behind is told beside the other tags of its supplier, by the partition that folds them all. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineEvent, Ping, TagWatch } from '../../src/engine/types.js';
import type { StateRecord } from '../../src/ports/states.js';
import type { InputRecord } from '../../src/ports/topics.js';
import { takeCheckpoint } from '../../src/roles/engine/checkpoint.js';
import { emptyFold, foldInput, type PartitionFold, restoreState } from '../../src/roles/engine/partition-fold.js';
import { runs } from '../support/random.js';

const START_MS = Date.parse('2026-03-01T12:00:00Z');
const MINUTE_MS = 60_000;

function watchOf(tag: number): TagWatch {
  return {
    tagId: `T-${tag}`,
    sequence: 1,
    publishedAtMs: START_MS - MINUTE_MS,
    accuracyConvention: 'r68',
    defaultAccuracyMetres: null,
    intervalSeconds: 60,
    activations: [
      {
        activationId: `A-${tag}`,
        wearerId: `W-${tag}`,
        fittedAtMs: START_MS - 86_400_000,
        removedAtMs: null,
        terms: [],
      },
    ],
    zones: {},
  };
}

function pingOf(tag: number, fixedAtMs: number): Ping {
  return {
    tagId: `T-${tag}`,
    identity: `${tag}-${fixedAtMs}`,
    fixedAtMs,
    position: { longitude: 1.08, latitude: 51.28, accuracyMetres: 8, mechanism: 'GPS' },
    batteryPercent: 80,
    deviceEvents: [],
  } as unknown as Ping;
}

/** What tags send, each minute, in order of receipt: `lateMs` of each by its number and the minute at which it is made. */
function world(tags: number, minutes: number, lateMs: (tag: number, minute: number) => number, source = 'supplier') {
  const pings: Extract<InputRecord, { type: 'ping' }>[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    for (let tag = 0; tag < tags; tag++) {
      const madeAtMs = START_MS + minute * MINUTE_MS + tag * 500;
      const receivedAtMs = madeAtMs + 2_000 + lateMs(tag, minute);
      pings.push({ type: 'ping', ping: pingOf(tag, madeAtMs), receivedAtMs, source });
    }
  }
  pings.sort((a, b) => a.receivedAtMs - b.receivedAtMs);
  const watches = Array.from({ length: tags }, (_, tag): InputRecord => ({ type: 'watch', watch: watchOf(tag) }));
  return [...watches, ...pings];
}

const onFault = ({ error }: { error: unknown }): never => {
  throw error;
};

function foldAll(records: readonly InputRecord[], fold: PartitionFold = emptyFold(0)): EngineEvent[] {
  return records.flatMap((record, offset) => foldInput(fold, record, offset, onFault).events);
}

const clocks = (events: readonly EngineEvent[]) =>
  events
    .filter(({ kind }) => kind === 'clock-behind')
    .map(({ type, tagId, clockBehindMs }) => [type, tagId, clockBehindMs && Math.round(clockBehindMs / MINUTE_MS)]);

describe('a clock that runs behind', () => {
  it('is told of the one tag that is late by the same time while the others are not, once', () => {
    const events = foldAll(world(8, 240, (tag) => (tag === 3 ? 40 * MINUTE_MS : 0)));
    expect(clocks(events)).toEqual([['suspected', 'T-3', 40]]);
  });

  it('two of them do not hide each other', () => {
    const late = [12, 0, 0, 0, 0, 0, 0, 0, 30];
    const events = foldAll(world(9, 180, (tag) => late[tag]! * MINUTE_MS));
    expect(clocks(events).sort()).toEqual([
      ['suspected', 'T-0', 12],
      ['suspected', 'T-8', 30],
    ]);
  });

  it('a supplier that is late with all is no clock, and one that is late as well does not hide it', () => {
    const lateFrom = (minute: number) => (minute >= 60 && minute < 200 ? 25 * MINUTE_MS : 0);
    expect(clocks(foldAll(world(8, 300, (_, minute) => lateFrom(minute))))).toEqual([]);
    // What it dates 40 minutes back it sends with the others.
    const late = (tag: number, minute: number) =>
      tag === 3 ? 40 * MINUTE_MS + lateFrom(minute + 40) : lateFrom(minute);
    const one = foldAll(world(8, 300, late));
    expect(clocks(one)).toEqual([['suspected', 'T-3', 40]]);
  });

  it('four in ten of a supplier’s tags late together are a part of it, and no clocks', () => {
    expect(clocks(foldAll(world(10, 200, (tag) => (tag < 4 ? 30 * MINUTE_MS : 0))))).toEqual([]);
  });

  it('beside fewer than five others nothing is said, nor beside those of another supplier', () => {
    const late = (tag: number) => (tag === 0 ? 40 * MINUTE_MS : 0);
    expect(clocks(foldAll(world(5, 200, late)))).toEqual([]);
    const records = world(12, 200, late).map((record) =>
      record.type === 'ping' && Number(record.ping.tagId.slice(2)) > 4 ? { ...record, source: 'another' } : record,
    );
    expect(clocks(foldAll(records))).toEqual([]);
  });
});

describe('any world', () => {
  const lateMinutes = fc.integer({ min: 0, max: 60 });

  it('no tag is told of where all of a supplier come equally late, however that changes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 6, max: 20 }),
        fc.array(fc.tuple(lateMinutes, fc.integer({ min: 20, max: 90 })), { minLength: 1, maxLength: 4 }),
        (tags, spells) => {
          const lateByMinute = spells.flatMap(([late, minutes]) => Array<number>(minutes).fill(late));
          const late = (_: number, minute: number) => lateByMinute[minute]! * MINUTE_MS;
          expect(clocks(foldAll(world(tags, lateByMinute.length, late)))).toEqual([]);
        },
      ),
      { numRuns: runs(40) },
    );
  });

  it('one that is behind alone is told of, with by how much, whatever the jitter on the way', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 6, max: 20 }),
        fc.integer({ min: 11, max: 90 }),
        lateMinutes,
        fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 7, maxLength: 50 }),
        (tags, behind, supplier, jitterMs) => {
          const jitter = (tag: number, minute: number) => jitterMs[(minute * 31 + tag * 17) % jitterMs.length]!;
          // One message in some is not held up.
          const quiet = jitterMs.map((ms, i) => (i % 7 === 0 ? 0 : ms));
          const late = (tag: number, minute: number) =>
            supplier * MINUTE_MS +
            (tag === 0 ? behind * MINUTE_MS + quiet[minute % quiet.length]! : jitter(tag, minute) % 40_000);
          const told = clocks(foldAll(world(tags, 200, late)));
          expect(told).toHaveLength(1);
          expect(told[0]!.slice(0, 2)).toEqual(['suspected', 'T-0']);
          expect(Math.abs((told[0]![2] as number) - behind)).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: runs(25) },
    );
  });

  it('wherever the worker dies, the same is told', () => {
    const records = world(8, 150, (tag, minute) =>
      tag === 3 ? (minute < 110 ? 40 : 0) * MINUTE_MS : ((minute * 7) % 5) * 20_000,
    );
    const whole = foldAll(records).map((event) => JSON.stringify(event));
    expect(clocks(foldAll(records))).toHaveLength(2);
    fc.assert(
      fc.property(fc.nat({ max: records.length - 1 }), fc.nat({ max: 300 }), fc.boolean(), (at, more, isTorn) => {
        const fold = emptyFold(0);
        const told = new Set<string>();
        const states = new Map<string, StateRecord>();
        const take = (by: PartitionFold, from: number, to: number) => {
          for (let offset = from; offset < Math.min(to, records.length); offset++)
            for (const event of foldInput(by, records[offset]!, offset, onFault).events)
              told.add(JSON.stringify(event));
        };
        const keep = (each: StateRecord) =>
          states.set(
            each.type === 'activation' ? each.activationId : each.type === 'watch' ? each.watch.tagId : each.type,
            JSON.parse(JSON.stringify(each)),
          );
        take(fold, 0, at);
        for (const each of takeCheckpoint(fold)) keep(each);
        take(fold, at, at + more);
        // It dies in the middle of writing: what closes the checkpoint is not in.
        if (isTorn) for (const each of takeCheckpoint(fold)) if (each.type !== 'through') keep(each);
        const restored = emptyFold(0);
        for (const each of states.values()) restoreState(restored, each);
        take(restored, restored.position, records.length);
        expect([...told].sort()).toEqual([...whole].sort());
      }),
      { numRuns: runs(30) },
    );
  });
});

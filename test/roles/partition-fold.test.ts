/** However often a worker dies, and wherever in its checkpoint: the same events (guarantee 2). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ping, SharedWatch, TagWatch, Term, Zone } from '../../src/engine/types.js';
import { type StateRecord, stateRecord } from '../../src/ports/states.js';
import { type InputRecord, STATES } from '../../src/ports/topics.js';
import { type Rotation, startRotation, takeCheckpoint, takeSlice } from '../../src/roles/engine/checkpoint.js';
import { emptyFold, foldInput, type PartitionFold } from '../../src/roles/engine/partition-fold.js';
import { noticeState, noticeTombstone } from '../../src/roles/engine/states-notice.js';
import { createStatesRestore } from '../../src/roles/engine/states-restore.js';
import { runs } from '../support/random.js';

const START_MS = Date.parse('2026-03-01T12:00:00Z');
const MINUTE_MS = 60_000;

function circle(zoneId: string, longitude: number): Zone {
  return {
    zoneId,
    version: 1,
    priority: 'standard',
    bufferMetres: null,
    shape: { type: 'circle', longitude, latitude: 51.28, radiusMetres: 300 },
  };
}

function term(conditionId: string, zone: Zone, kind: Term['kind'], extra: Partial<Term> = {}): Term {
  return {
    conditionId,
    conditionVersion: 1,
    zoneKey: `${zone.zoneId}@1`,
    kind,
    confirmOn: 'belief',
    graceMs: 0,
    startsAtMs: START_MS - 86_400_000,
    endsAtMs: null,
    endsBecause: null,
    publishedAtMs: START_MS,
    windows: null,
    windowsUntilMs: null,
    ...extra,
  };
}

const OWN = circle('Z-OWN', 1.08);
const SHARED = circle('Z-SHARED', 1.1);

function tagWatch(tag: number, sequence: number, atMs: number): TagWatch {
  const opensAtMs = START_MS + 20 * MINUTE_MS;
  return {
    tagId: `T-${tag}`,
    sequence,
    publishedAtMs: atMs,
    accuracyConvention: 'r95',
    defaultAccuracyMetres: null,
    intervalSeconds: 60,
    activations: [
      {
        activationId: `A-${tag}`,
        wearerId: `W-${tag}`,
        fittedAtMs: START_MS - 86_400_000,
        removedAtMs: sequence > 2 ? START_MS + 50 * MINUTE_MS : null,
        terms: [
          term('C-EXCLUSION', OWN, 'exclusion'),
          term('C-CURFEW', OWN, 'curfew', {
            windows: [opensAtMs, opensAtMs + 15 * MINUTE_MS],
            windowsUntilMs: opensAtMs + 86_400_000,
          }),
        ],
      },
    ],
    zones: { 'Z-OWN@1': OWN },
  };
}

function sharedWatch(sequence: number, atMs: number): SharedWatch {
  return {
    conditionId: 'C-SHARED',
    sequence,
    publishedAtMs: atMs,
    terms: [term('C-SHARED', SHARED, 'exclusion', { publishedAtMs: atMs })],
    zones: { 'Z-SHARED@1': SHARED },
  };
}

function ping(tag: number, fixedAtMs: number, longitude: number): Ping {
  return {
    tagId: `T-${tag}`,
    identity: `s:${fixedAtMs}`,
    sequence: null,
    fixedAtMs,
    position: { latitude: 51.28, longitude, accuracyMetres: 8, mechanism: 'GPS' },
    deviceEvents: [],
    speedKmh: null,
    headingDegrees: null,
    altitudeMetres: null,
    satellites: null,
    batteryPercent: null,
  };
}

/** One minute of a partition: pings of two tags somewhere, on time or late, a tick, now and then a watch. */
const minute = fc.record({
  places: fc.tuple(fc.constantFrom(1.08, 1.09, 1.1, null), fc.constantFrom(1.08, 1.09, 1.1, null)),
  watch: fc.constantFrom<'own' | 'shared' | null>(null, null, null, null, null, null, null, 'own', 'shared'),
  lateMinutes: fc.constantFrom(0, 0, 0, 0, 3, 7, 25, 50),
});

function toInputs(
  minutes: readonly { places: readonly (number | null)[]; watch: 'own' | 'shared' | null; lateMinutes: number }[],
): InputRecord[] {
  const inputs: InputRecord[] = [0, 1].map((tag) => ({ type: 'watch', watch: tagWatch(tag, 1, START_MS) }));
  let sequence = 1;
  minutes.forEach(({ places, watch, lateMinutes }, index) => {
    const atMs = START_MS + index * MINUTE_MS;
    if (watch !== null) sequence += 1;
    if (watch === 'own') inputs.push({ type: 'watch', watch: tagWatch(index % 2, sequence, atMs) });
    if (watch === 'shared') inputs.push({ type: 'shared', shared: sharedWatch(sequence, atMs) });
    places.forEach((longitude, tag) => {
      if (longitude === null) return;
      const fixedAtMs = atMs + tag * 1_000 - lateMinutes * (MINUTE_MS - 7_000);
      inputs.push({ type: 'ping', receivedAtMs: atMs + 2_000, ping: ping(tag, fixedAtMs, longitude) });
    });
    inputs.push({ type: 'tick', atMs: atMs + 30_000 });
  });
  return inputs;
}

const never = () => {
  throw new Error('the fold met a fault');
};

/** The topic before compaction. */
function restore(topic: readonly StateRecord[]): PartitionFold {
  const fold = emptyFold(0);
  const states = createStatesRestore();
  topic.forEach((record, offset) => {
    const { key, value, headers } = stateRecord(record, 0);
    states.take({ topic: STATES, partition: 0, offset, appendedAtMs: 0, key, value, headers: headers ?? {} });
  });
  states.finish(fold);
  return fold;
}

function foldAll(
  fold: PartitionFold,
  inputs: readonly InputRecord[],
  from: number,
  to: number,
  found: Map<string, string>,
) {
  for (let offset = from; offset < to; offset++)
    for (const event of foldInput(fold, inputs[offset]!, offset, never).events) {
      const text = JSON.stringify(event);
      const before = found.get(event.eventId);
      if (before !== undefined) expect(text).toBe(before);
      found.set(event.eventId, text);
    }
}

describe('the fold of a partition', () => {
  it('yields the same events over crashes anywhere, in the middle of a checkpoint, and over older states of a zombie', () => {
    fc.assert(
      fc.property(
        fc.array(minute, { minLength: 30, maxLength: 70 }),
        fc.array(fc.tuple(fc.nat(400), fc.nat(400), fc.nat(12), fc.nat(300)), { maxLength: 5 }),
        (minutes, crashes) => {
          const inputs = toInputs(minutes);
          const straight = new Map<string, string>();
          foldAll(emptyFold(0), inputs, 0, inputs.length, straight);

          const topic: StateRecord[] = [];
          const found = new Map<string, string>();
          let fold = emptyFold(0);
          for (const [checkpointAt, diesAt, written, zombieFrom] of crashes) {
            const until = Math.min(inputs.length, fold.position + checkpointAt);
            foldAll(fold, inputs, fold.position, until, found);
            const records = structuredClone(takeCheckpoint(fold));
            // Events are appended before a checkpoint; a crash leaves the first few of its records in the topic.
            topic.push(...records.slice(0, written));
            if (written >= records.length) foldAll(fold, inputs, until, Math.min(inputs.length, until + diesAt), found);
            // Somebody who lost the partition long ago writes what it held then, and the owner dies before it sees that.
            topic.push(...topic.slice(zombieFrom, zombieFrom + written));
            fold = restore(topic);
          }
          foldAll(fold, inputs, fold.position, inputs.length, found);
          expect(found).toEqual(straight);
        },
      ),
      { numRuns: runs(60) },
    );
  });

  it('yields the same events where records hold many pings, over crashes also in the middle of a record', () => {
    fc.assert(
      fc.property(
        fc.array(minute, { minLength: 30, maxLength: 60 }),
        fc.array(fc.tuple(fc.nat(200), fc.nat(12), fc.nat(3)), { maxLength: 5 }),
        (minutes, crashes) => {
          const inputs = toInputs(minutes);
          const straight = new Map<string, string>();
          foldAll(emptyFold(0), inputs, 0, inputs.length, straight);

          // Pings that follow one another stand in one record, whosever they are.
          const records: InputRecord[][] = [];
          for (const input of inputs) {
            const last = records.at(-1);
            if (input.type === 'ping' && last?.[0]?.type === 'ping') last.push(input);
            else records.push([input]);
          }
          const topic: StateRecord[] = [];
          const found = new Map<string, string>();
          let fold = emptyFold(0);
          const foldRecords = (until: number, places = Infinity) => {
            for (let offset = fold.position; offset < until; offset++) {
              const held = records[offset]!;
              held.slice(0, offset === until - 1 ? places : held.length).forEach((input, place) => {
                const next = place + 1 < held.length ? offset + (place + 1) / 4_096 : offset + 1;
                for (const event of foldInput(fold, input, offset + place / 4_096, never, next).events) {
                  expect(found.get(event.eventId) ?? JSON.stringify(event)).toBe(JSON.stringify(event));
                  found.set(event.eventId, JSON.stringify(event));
                }
              });
            }
          };
          for (const [further, written, places] of crashes) {
            foldRecords(Math.min(records.length, fold.position + further));
            const states = structuredClone(takeCheckpoint(fold));
            topic.push(...states.slice(0, written));
            // It goes on, and dies somewhere in a record.
            if (written >= states.length) foldRecords(Math.min(records.length, fold.position + 5), places);
            fold = restore(topic);
          }
          foldRecords(records.length);
          expect(found).toEqual(straight);
        },
      ),
      { numRuns: runs(60) },
    );
  });

  it('yields the same events over crashes anywhere in a round of slices, with inputs folded between them', () => {
    const life = fc.record({
      before: fc.nat(150),
      size: fc.integer({ min: 1, max: 4 }),
      between: fc.nat(30),
      written: fc.integer({ min: 0, max: 14 }),
      after: fc.nat(60),
      zombieFrom: fc.nat(300),
      zombieRecords: fc.nat(6),
    });
    fc.assert(
      fc.property(
        fc.array(minute, { minLength: 30, maxLength: 70 }),
        fc.array(life, { minLength: 1, maxLength: 6 }),
        (minutes, lives) => {
          const inputs = toInputs(minutes);
          const straight = new Map<string, string>();
          foldAll(emptyFold(0), inputs, 0, inputs.length, straight);

          const topic: StateRecord[] = [];
          const found = new Map<string, string>();
          let fold = emptyFold(0);
          const goOn = (count: number) =>
            foldAll(fold, inputs, fold.position, Math.min(inputs.length, fold.position + count), found);
          for (const { before, size, between, written, after, zombieFrom, zombieRecords } of lives) {
            goOn(before);
            let rotation: Rotation | null = startRotation(fold);
            let left = written;
            while (rotation !== null && left > 0) {
              const { records, isLast } = takeSlice(fold, rotation, size);
              topic.push(...structuredClone(records.slice(0, left)));
              left -= Math.max(1, records.length);
              goOn(between);
              if (isLast) rotation = startRotation(fold);
            }
            goOn(after);
            topic.push(...topic.slice(zombieFrom, zombieFrom + zombieRecords));
            fold = restore(topic);
          }
          foldAll(fold, inputs, fold.position, inputs.length, found);
          expect(found).toEqual(straight);
        },
      ),
      { numRuns: runs(150) },
    );
  });

  it('has something to yield: the world of this test raises alerts of every kind in it', () => {
    const minutes = Array.from({ length: 60 }, (_, index) => ({
      places: [index < 10 ? 1.08 : index < 40 ? 1.1 : null, 1.09] as (number | null)[],
      watch: index === 25 ? ('shared' as const) : null,
      lateMinutes: 0,
    }));
    const found = new Map<string, string>();
    const inputs = toInputs(minutes);
    foldAll(emptyFold(0), inputs, 0, inputs.length, found);
    const kinds = [...found.values()].map((text) => (JSON.parse(text) as { conditionId: string }).conditionId);
    expect(new Set(kinds)).toEqual(new Set(['C-EXCLUSION', 'C-CURFEW', 'C-SHARED']));
  });

  it('ignores a watch with a lower sequence, and tells a ping nobody is fitted with', () => {
    const fold = emptyFold(0);
    const at = (offset: number, record: InputRecord) => foldInput(fold, record, offset, never);
    const fix: InputRecord = { type: 'ping', receivedAtMs: START_MS, ping: ping(0, START_MS, 1.09) };
    expect(at(0, fix).notJudged).toBe('unknown-tag');
    at(1, { type: 'watch', watch: tagWatch(0, 5, START_MS) });
    at(2, { type: 'watch', watch: { ...tagWatch(0, 4, START_MS), activations: [] } });
    expect(at(3, fix).notJudged).toBe(null);
    const early = START_MS - 10 * 86_400_000;
    expect(at(4, { type: 'ping', receivedAtMs: START_MS, ping: ping(0, early, 1.09) }).notJudged).toBe('not-fitted');
  });

  it('asks for the past: of a ping beyond the horizon, of a condition that began before the newest fix; and passes it by', () => {
    const fold = emptyFold(0);
    let offset = 0;
    const give = (record: InputRecord) => foldInput(fold, record, offset++, never);
    const fix = (tag: number, minute: number) =>
      give({ type: 'ping', receivedAtMs: START_MS, ping: ping(tag, START_MS + minute * MINUTE_MS, 1.09) });
    give({ type: 'watch', watch: tagWatch(0, 1, START_MS) });
    give({ type: 'watch', watch: tagWatch(1, 1, START_MS) });
    expect(fix(0, 0).reconcile).toEqual([]);
    const at = (minute: number) => START_MS + minute * MINUTE_MS;
    const asked = { type: 'reconcile', activationId: 'A-0', tagId: 'T-0' } as const;
    expect(fix(0, -40).reconcile).toEqual([{ ...asked, fromMs: at(-40), toMs: at(-40), baseAtMs: at(-30) }]);
    const position = fold.position;
    expect(give({ ...asked, fromMs: at(-40), toMs: at(-40), baseAtMs: at(-30) }).events).toEqual([]);
    expect(fold.position).toBe(position + 1);

    const own = tagWatch(0, 2, at(1));
    const [first] = own.activations;
    const more = term('C-MORE', OWN, 'exclusion', { startsAtMs: at(-20), publishedAtMs: at(1) });
    const backdated = { ...own, activations: [{ ...first!, terms: [...first!.terms, more] }] };
    expect(give({ type: 'watch', watch: backdated }).reconcile).toEqual([
      { ...asked, fromMs: at(-20), toMs: at(0), baseAtMs: at(0) },
    ]);
    // The world's shared condition began a day ago. Nobody has heard from the other tag: there is nothing to judge.
    expect(give({ type: 'shared', shared: sharedWatch(1, at(2)) }).reconcile).toEqual([
      { ...asked, fromMs: START_MS - 86_400_000, toMs: at(0), baseAtMs: at(0) },
    ]);
    expect(give({ type: 'shared', shared: sharedWatch(2, at(2)) }).reconcile).toEqual([]);
  });

  it('tells a history the same again after a crash, and not at all for an activation that is not there', () => {
    const inputs = toInputs(Array.from({ length: 20 }, () => ({ places: [1.09, 1.09], watch: null, lateMinutes: 0 })));
    const topic: StateRecord[] = [];
    const fold = emptyFold(0);
    const found = new Map<string, string>();
    foldAll(fold, inputs, 0, inputs.length, found);
    topic.push(...structuredClone(takeCheckpoint(fold)));
    const startedAtMs = START_MS - 60 * MINUTE_MS;
    const saying = {
      type: 'suspected',
      kind: 'exclusion',
      severity: 'high',
      strength: 'suspected',
      conditionId: 'C-EXCLUSION',
      conditionVersion: 1,
      zoneId: 'Z-OWN',
      zoneVersion: 1,
      episode: { startedAtMs, endedAtMs: startedAtMs + MINUTE_MS },
      foundAtMs: startedAtMs,
      delayedByMs: 0,
      explanation: { rule: 'belief', fixes: [], thresholds: {} },
    } as const;
    const history: InputRecord = {
      type: 'history',
      activationId: 'A-0',
      tagId: 'T-0',
      atMs: START_MS + 21 * MINUTE_MS,
      newestFixAtMs: 0,
      changes: [{ alertId: 'a', revision: 2, isNew: false, sayings: [saying] }],
    };
    const told = foldInput(fold, history, inputs.length, never).events;
    expect(told).toMatchObject([
      { alertId: 'a', revision: 3, historic: true, wearerId: 'W-0', raisedAtMs: history.atMs },
    ]);
    expect(foldInput(restore(topic), history, inputs.length, never).events).toEqual(told);
    const other = { ...history, activationId: 'A-9' };
    expect(foldInput(fold, other, inputs.length + 1, never).events).toEqual([]);
  });

  it('tells of an activation whose state is broken, on its quiet pings too, and goes on with the others', () => {
    const fold = emptyFold(0);
    const faults: (string | null)[] = [];
    let offset = 0;
    const give = (record: InputRecord) =>
      foldInput(fold, record, offset++, ({ activationId }) => faults.push(activationId));
    const minuteOf = (tag: number, minutes: number) => {
      const fixedAtMs = START_MS + minutes * MINUTE_MS;
      return give({ type: 'ping', receivedAtMs: fixedAtMs, ping: ping(tag, fixedAtMs, 1.09) });
    };
    for (const tag of [0, 1]) give({ type: 'watch', watch: tagWatch(tag, 1, START_MS) });
    for (const minutes of [1, 2, 3]) for (const tag of [0, 1]) minuteOf(tag, minutes);
    Object.assign(fold.activations.get('A-0')!.state, { ring: null });
    for (const minutes of [4, 5]) for (const tag of [0, 1]) minuteOf(tag, minutes);
    expect(faults).toEqual(['A-0', 'A-0']);
    expect(fold.activations.get('A-1')!.state.ringCount).toBe(5);
  });

  it('a changed watch of which one activation’s state is broken tells what the others of it are told', () => {
    const fold = emptyFold(0);
    const faults: (string | null)[] = [];
    let offset = 0;
    const give = (record: InputRecord) =>
      foldInput(fold, record, offset++, ({ activationId }) => faults.push(activationId)).events;
    const first = tagWatch(0, 1, START_MS);
    const worn = first.activations[0]!;
    const removedAtMs = START_MS + 30 * MINUTE_MS;
    const later = { ...worn, activationId: 'A-LATER', wearerId: 'W-LATER', fittedAtMs: removedAtMs };
    const watch = { ...first, activations: [{ ...worn, removedAtMs }, later] };
    give({ type: 'watch', watch });
    for (const minutes of [1, 2, 3]) {
      const fixedAtMs = START_MS + minutes * MINUTE_MS;
      give({ type: 'ping', receivedAtMs: fixedAtMs, ping: ping(0, fixedAtMs, 1.08) });
    }
    // Behind the first in the watch, so that the first has moved when it is met.
    Object.assign(fold.activations.get('A-LATER')!.state, { ring: null, ringCount: 1, snapshots: null });
    const atMs = START_MS + 4 * MINUTE_MS;
    const activations = watch.activations.map((each) => ({ ...each, terms: [] }));
    const told = give({ type: 'watch', watch: { ...watch, sequence: 2, publishedAtMs: atMs, activations } });
    expect(told).toMatchObject([
      { type: 'ended', kind: 'exclusion', activationId: 'A-0', endedBecause: 'version-changed' },
    ]);
    expect(new Set(faults)).toEqual(new Set(['A-LATER']));
  });

  it('a shared zone that meets a broken state is told to the others who are in it', () => {
    const fold = emptyFold(0);
    const faults: (string | null)[] = [];
    let offset = 0;
    const give = (record: InputRecord) =>
      foldInput(fold, record, offset++, ({ activationId }) => faults.push(activationId)).events;
    for (const tag of [0, 1, 2]) give({ type: 'watch', watch: tagWatch(tag, 1, START_MS) });
    for (const minutes of [1, 2, 3, 4]) {
      const fixedAtMs = START_MS + minutes * MINUTE_MS;
      for (const tag of [0, 1, 2]) give({ type: 'ping', receivedAtMs: fixedAtMs, ping: ping(tag, fixedAtMs, 1.1) });
    }
    Object.assign(fold.activations.get('A-1')!.state, { ring: null, snapshots: null });
    const told = give({ type: 'shared', shared: sharedWatch(1, START_MS + 5 * MINUTE_MS) });
    expect(new Set(told.map(({ activationId }) => activationId))).toEqual(new Set(['A-0', 'A-2']));
    expect(new Set(faults)).toEqual(new Set(['A-1']));
  });

  it('notices a state that a zombie wrote over a newer one, and writes it again', () => {
    const fold = emptyFold(0);
    foldInput(fold, { type: 'watch', watch: tagWatch(0, 1, START_MS) }, 0, never);
    const older = structuredClone(takeCheckpoint(fold));
    foldInput(fold, { type: 'ping', receivedAtMs: START_MS, ping: ping(0, START_MS, 1.09) }, 1, never);
    const newer = structuredClone(takeCheckpoint(fold));
    expect(newer.some(({ type }) => type === 'activation')).toBe(true);
    for (const record of newer) expect(noticeState(fold, record)).toBe(false);
    expect(takeCheckpoint(fold)).toEqual([]);
    const zombie = older.filter(({ type }) => type !== 'watch');
    for (const record of zombie) expect(noticeState(fold, record)).toBe(true);
    expect(takeCheckpoint(fold).map(({ type }) => type)).toEqual(['activation', 'through']);
    expect(noticeTombstone(fold, 'activation/A-0')).toBe(true);
    expect(noticeTombstone(fold, 'activation/A-9')).toBe(false);
    expect(takeCheckpoint(fold).map(({ type }) => type)).toEqual(['activation', 'through']);
  });
});

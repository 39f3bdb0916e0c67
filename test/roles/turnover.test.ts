/** Tags that are fitted and removed over and over: what is over leaves memory and states, and nothing is lost or told twice. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineEvent, Ping, TagWatch, Term, Zone } from '../../src/engine/types.js';
import { type StateRecord, stateKey } from '../../src/ports/states.js';
import type { InputRecord, ReconcileRecord } from '../../src/ports/topics.js';
import { returnCheckpoint, takeCheckpoint } from '../../src/roles/engine/checkpoint.js';
import { forgetOrphans } from '../../src/roles/engine/forget.js';
import { emptyFold, foldInput, type PartitionFold, restoreState } from '../../src/roles/engine/partition-fold.js';
import { FORGET_AFTER_MS } from '../../src/watchlist/over.js';
import { runs } from '../support/random.js';

const START_MS = Date.parse('2026-03-01T12:00:00Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

const zoneOf = (wearer: number): Zone => ({
  zoneId: `Z-${wearer}`,
  version: 1,
  priority: 'standard',
  bufferMetres: null,
  shape: { type: 'circle', longitude: 1.08, latitude: 51.28, radiusMetres: 300 },
});

interface Wearing {
  readonly wearer: number;
  readonly fittedAtMs: number;
  readonly removedAtMs: number | null;
}

/** A tag's watch with everybody who wears it, each under an exclusion from the same place. */
function watchOf(tag: number, sequence: number, publishedAtMs: number, worn: readonly Wearing[]): TagWatch {
  return {
    tagId: `T-${tag}`,
    sequence,
    publishedAtMs,
    accuracyConvention: 'r95',
    defaultAccuracyMetres: null,
    intervalSeconds: 60,
    activations: worn.map(({ wearer, fittedAtMs, removedAtMs }) => ({
      activationId: `A-${wearer}`,
      wearerId: `W-${wearer}`,
      fittedAtMs,
      removedAtMs,
      terms: [exclusion(wearer, fittedAtMs)],
    })),
    zones: Object.fromEntries(worn.map(({ wearer }) => [`Z-${wearer}@1`, zoneOf(wearer)])),
  };
}

const exclusion = (wearer: number, fittedAtMs: number): Term => ({
  conditionId: `C-${wearer}`,
  conditionVersion: 1,
  zoneKey: `Z-${wearer}@1`,
  kind: 'exclusion',
  confirmOn: 'belief',
  graceMs: 0,
  startsAtMs: START_MS - HOUR_MS,
  endsAtMs: null,
  endsBecause: null,
  publishedAtMs: fittedAtMs,
  windows: null,
  windowsUntilMs: null,
});

function pingOf(tag: number, fixedAtMs: number, longitude: number): InputRecord & { ping: Ping } {
  return {
    type: 'ping',
    receivedAtMs: fixedAtMs + 1_000,
    ping: {
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
    },
  };
}

const INSIDE = 1.08;
const OUTSIDE = 1.1;

/** Each of some tags is worn by one wearer after the other, two hours each, in the zone in the middle of it. */
function turnover(tags: number, rounds: number, left: 'in' | 'out'): InputRecord[] {
  const inputs: InputRecord[] = [];
  let sequence = 0;
  const worn = new Map<number, Wearing[]>();
  for (let round = 0; round < rounds; round++) {
    const fittedAtMs = START_MS + round * 3 * HOUR_MS;
    for (let tag = 0; tag < tags; tag++) {
      const wearer = { wearer: round * tags + tag, fittedAtMs, removedAtMs: null };
      worn.set(tag, [...(worn.get(tag) ?? []), wearer]);
      inputs.push({ type: 'watch', watch: watchOf(tag, ++sequence, fittedAtMs, worn.get(tag)!) });
    }
    for (let minute = 1; minute < 20; minute++) {
      const atMs = fittedAtMs + minute * MINUTE_MS;
      const isIn = minute >= 5 && (left === 'in' || minute < 12);
      for (let tag = 0; tag < tags; tag++) inputs.push(pingOf(tag, atMs, isIn ? INSIDE : OUTSIDE));
      inputs.push({ type: 'tick', atMs: atMs + 2_000 });
    }
    const removedAtMs = fittedAtMs + 2 * HOUR_MS;
    for (let tag = 0; tag < tags; tag++) {
      worn.set(tag, [...worn.get(tag)!.slice(0, -1), { ...worn.get(tag)!.at(-1)!, removedAtMs }]);
      inputs.push({ type: 'watch', watch: watchOf(tag, ++sequence, removedAtMs, worn.get(tag)!) });
    }
    for (let minute = 1; minute < 4; minute++) inputs.push({ type: 'tick', atMs: removedAtMs + minute * MINUTE_MS });
  }
  return inputs;
}

const never = () => {
  throw new Error('the fold met a fault');
};

function give(fold: PartitionFold, inputs: readonly InputRecord[], offset = fold.position) {
  const events: EngineEvent[] = [];
  const reconcile: ReconcileRecord[] = [];
  inputs.forEach((input, i) => {
    const folded = foldInput(fold, input, offset + i, never);
    events.push(...folded.events);
    reconcile.push(...folded.reconcile);
  });
  return { events, reconcile };
}

/** Days in which nobody is fitted. */
const quietDays = (fromMs: number, days: number): InputRecord[] =>
  Array.from({ length: days * 24 }, (_, hour) => ({ type: 'tick', atMs: fromMs + (hour + 1) * HOUR_MS }));

/** The topic as compaction leaves it. */
function compact(topic: Map<string, StateRecord>, records: readonly StateRecord[]): void {
  for (const record of structuredClone(records)) {
    topic.delete(stateKey(record));
    if (record.type !== 'gone') topic.set(stateKey(record), record);
  }
}

function restore(topic: ReadonlyMap<string, StateRecord>): PartitionFold {
  const fold = emptyFold(0);
  for (const record of topic.values()) restoreState(fold, structuredClone(record));
  forgetOrphans(fold);
  return fold;
}

describe('turnover of tags', () => {
  it('leaves nothing of what is over in memory or in the states, and tells every wearer’s breach once', () => {
    const [tags, rounds] = [20, 30];
    const fold = emptyFold(0);
    const topic = new Map<string, StateRecord>();
    const alerts = new Set<string>();
    const most = { activations: 0, topic: 0, zones: 0 };
    const inputs = turnover(tags, rounds, 'out');
    for (let from = 0; from < inputs.length; from += 50) {
      for (const { alertId } of give(fold, inputs.slice(from, from + 50)).events) alerts.add(alertId);
      compact(topic, takeCheckpoint(fold));
      most.activations = Math.max(most.activations, fold.activations.size);
      most.topic = Math.max(most.topic, topic.size);
      for (const { watch } of fold.tags.values()) most.zones = Math.max(most.zones, watch.zones.length);
    }
    expect(alerts.size).toBe(tags * rounds);
    // A day's worth: eight rounds of three hours, and the one that begins.
    const bound = 10 * tags;
    expect(most.activations).toBeLessThanOrEqual(bound);
    expect(most.topic).toBeLessThanOrEqual(bound + tags + 1);
    expect(most.zones).toBeLessThanOrEqual(10);

    give(fold, quietDays(START_MS + rounds * 3 * HOUR_MS, 4));
    compact(topic, takeCheckpoint(fold));
    expect([fold.activations.size, fold.tags.size, fold.gone.size]).toEqual([0, 0, 0]);
    expect([...topic.keys()]).toEqual(['through']);
  });

  it('a tag that cannot be compiled goes as well, and keeps no other', () => {
    const fold = emptyFold(0);
    const over = { fittedAtMs: START_MS, removedAtMs: START_MS + HOUR_MS };
    for (const tag of [1, 2, 3]) {
      const watch = watchOf(tag, 1, START_MS, [{ wearer: tag, ...over }]);
      // As an older program may have left it.
      restoreState(fold, { type: 'watch', watch: tag === 2 ? { ...watch, zones: {} } : watch, appliedOffset: 0 });
    }
    fold.position = 1;
    give(fold, quietDays(START_MS + HOUR_MS, 4));
    expect([...fold.tags.keys()]).toEqual([]);
  });

  it('yields the same events over crashes anywhere, also in the middle of a checkpoint', () => {
    const inputs = [...turnover(2, 4, 'in'), ...quietDays(START_MS + 12 * HOUR_MS, 3)];
    const told = (events: readonly EngineEvent[]) =>
      events.map((event) => [event.eventId, JSON.stringify(event)] as const);
    const straight = new Map(told(give(emptyFold(0), inputs).events));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(80), fc.nat(80), fc.nat(12)), { maxLength: 6 }), (crashes) => {
        const topic = new Map<string, StateRecord>();
        const found = new Map<string, string>();
        let fold = emptyFold(0);
        const fold1 = (until: number) => {
          for (const [id, text] of told(give(fold, inputs.slice(fold.position, until)).events)) {
            expect(found.get(id) ?? text).toBe(text);
            found.set(id, text);
          }
        };
        for (const [checkpointAt, diesAt, written] of crashes) {
          const until = Math.min(inputs.length, fold.position + checkpointAt);
          fold1(until);
          const records = takeCheckpoint(fold);
          compact(topic, records.slice(0, written));
          if (written >= records.length) fold1(Math.min(inputs.length, until + diesAt));
          fold = restore(topic);
        }
        fold1(inputs.length);
        expect(found).toEqual(straight);
        // Where it died between `through` and the tombstones, the next tick forgets anew.
        give(fold, [{ type: 'tick', atMs: fold.tickAtMs + HOUR_MS }]);
        compact(topic, takeCheckpoint(fold));
        compact(topic, takeCheckpoint(restore(topic)));
        expect([...topic.keys()]).toEqual(['through']);
      }),
      { numRuns: runs(60) },
    );
  });

  it('lets nobody who was forgotten wear the tag again after a crash between `through` and the tombstones', () => {
    // The state in the topic is from while it was worn: nothing of its end was written before all of it was forgotten.
    const fold = emptyFold(0);
    const topic = new Map<string, StateRecord>();
    const inputs = turnover(1, 1, 'in');
    const removal = inputs.findLastIndex(({ type }) => type === 'watch');
    give(fold, inputs.slice(0, removal));
    compact(topic, takeCheckpoint(fold));
    give(fold, [...inputs.slice(removal), ...quietDays(START_MS + 3 * HOUR_MS, 3)]);
    const records = takeCheckpoint(fold);
    compact(topic, records.slice(0, records.findIndex(({ type }) => type === 'through') + 1));
    const again = restore(topic);
    expect(again.activations.size).toBe(0);
    const late = pingOf(0, again.tickAtMs + MINUTE_MS, OUTSIDE);
    expect(give(again, [late, { type: 'tick', atMs: late.ping.fixedAtMs + 1_000 }]).events).toEqual([]);
    expect(again.tags.size).toBe(0);
    compact(topic, takeCheckpoint(again));
    expect([...topic.keys()]).toEqual(['through']);
  });

  it('keeps what a checkpoint that was not written held of a tag that is forgotten', () => {
    const fold = emptyFold(0);
    give(fold, [...turnover(1, 1, 'out'), ...quietDays(START_MS + 3 * HOUR_MS, 3)]);
    const records = takeCheckpoint(fold);
    returnCheckpoint(fold, records);
    expect(takeCheckpoint(fold)).toEqual(records);
  });

  it('asks the record about a ping of an activation that is forgotten, also when its tag is', () => {
    const fold = emptyFold(0);
    give(fold, turnover(1, 2, 'out'));
    const late = pingOf(0, START_MS + 90 * MINUTE_MS, INSIDE);
    const asked = { type: 'reconcile', activationId: null, tagId: 'T-0' } as const;
    const at = late.ping.fixedAtMs;
    give(fold, [{ type: 'tick', atMs: START_MS + 2 * HOUR_MS + FORGET_AFTER_MS }]);
    expect(fold.activations.size).toBe(1);
    expect(give(fold, [late]).reconcile).toEqual([{ ...asked, fromMs: at, toMs: at, baseAtMs: at }]);
    expect(fold.activations.size).toBe(1);
    // Nobody had it between the two.
    expect(give(fold, [pingOf(0, START_MS + 5.5 * HOUR_MS, INSIDE)]).reconcile).toEqual([]);
    give(fold, quietDays(START_MS + 30 * HOUR_MS, 3));
    expect(fold.tags.size).toBe(0);
    expect(give(fold, [late]).reconcile).toEqual([{ ...asked, fromMs: at, toMs: at, baseAtMs: at }]);
    expect(give(fold, [pingOf(0, fold.tickAtMs - HOUR_MS, INSIDE)]).reconcile).toEqual([]);
  });

  it('tells what the reconciler found of a forgotten activation from what it says of it', () => {
    const fold = emptyFold(0);
    give(fold, quietDays(START_MS, 2));
    const episode = { startedAtMs: START_MS, endedAtMs: START_MS + MINUTE_MS };
    const saying = {
      type: 'suspected',
      kind: 'exclusion',
      severity: 'high',
      strength: 'suspected',
      conditionId: 'C-7',
      conditionVersion: 1,
      zoneId: 'Z-7',
      zoneVersion: 1,
      episode,
      foundAtMs: START_MS,
      delayedByMs: 0,
      explanation: { rule: 'belief', fixes: [], thresholds: {} },
    } as const;
    const history: InputRecord = {
      type: 'history',
      activationId: 'A-7',
      tagId: 'T-0',
      atMs: fold.tickAtMs,
      newestFixAtMs: START_MS,
      changes: [{ alertId: 'a', revision: 0, isNew: true, sayings: [saying] }],
    };
    expect(give(fold, [history]).events).toEqual([]);
    const about = { activationId: 'A-7', wearerId: 'W-7', fittedAtMs: START_MS, removedAtMs: START_MS + HOUR_MS };
    const told = give(fold, [{ ...history, about }]).events;
    expect(told).toMatchObject([{ alertId: 'a', revision: 1, historic: true, wearerId: 'W-7', tagId: 'T-0' }]);
    expect(fold.activations.size).toBe(0);
  });

  it('ends what goes on at the removal where a watch leaves the activation out at once', () => {
    const fold = emptyFold(0);
    const before = turnover(1, 1, 'in').slice(0, -4);
    const [raised] = give(fold, before).events;
    const removedAtMs = START_MS + 21 * MINUTE_MS;
    const second = { wearer: 9, fittedAtMs: removedAtMs, removedAtMs: null };
    const watch = { ...watchOf(0, 99, removedAtMs + MINUTE_MS, [second]), overUntilMs: removedAtMs };
    const { events } = give(fold, [{ type: 'watch', watch }]);
    expect(events).toMatchObject([
      { alertId: raised?.alertId, type: 'ended', endedBecause: 'tag-removed', episode: { endedAtMs: removedAtMs } },
    ]);
    expect([...fold.activations.keys()]).toEqual(['A-9']);
    expect(give(fold, [pingOf(0, removedAtMs - 30_000, INSIDE)]).reconcile).toMatchObject([{ activationId: null }]);
  });

  it('does not take an activation from the tag that has it', () => {
    const fold = emptyFold(0);
    give(fold, turnover(1, 1, 'in').slice(0, -4));
    const faults: (string | null)[] = [];
    const moved = watchOf(1, 99, START_MS + HOUR_MS, [{ wearer: 0, fittedAtMs: START_MS, removedAtMs: null }]);
    const { ringCount } = fold.activations.get('A-0')!.state;
    const folded = foldInput(fold, { type: 'watch', watch: moved }, fold.position, ({ activationId }) =>
      faults.push(activationId),
    );
    expect([folded.events, faults]).toEqual([[], ['A-0']]);
    expect(fold.activations.get('A-0')).toMatchObject({ tagId: 'T-0', state: { ringCount } });
  });
});

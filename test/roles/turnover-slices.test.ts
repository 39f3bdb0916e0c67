/** Tags that change hands while rounds of states are written in slices, and crashes anywhere: nothing is told otherwise than without them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineEvent, TagWatch, Term } from '../../src/engine/types.js';
import type { LogRecord } from '../../src/ports/event-log.js';
import { type StateRecord, stateRecord } from '../../src/ports/states.js';
import { type InputRecord, STATES } from '../../src/ports/topics.js';
import { type Rotation, startRotation, takeSlice } from '../../src/roles/engine/checkpoint.js';
import { forgetOrphans } from '../../src/roles/engine/forget.js';
import { emptyFold, foldInput, type PartitionFold } from '../../src/roles/engine/partition-fold.js';
import { createStatesRestore } from '../../src/roles/engine/states-restore.js';
import { FORGET_AFTER_MS } from '../../src/watchlist/over.js';
import { pingAt, TEST_START_MS } from '../support/pings.js';
import { runs } from '../support/random.js';

const MINUTE_MS = 60_000;
const TAGS = 2;

interface Wearing {
  readonly activationId: string;
  readonly fittedAtMs: number;
  readonly removedAtMs: number | null;
}

const termOf = ({ activationId, fittedAtMs }: Wearing): Term => ({
  conditionId: `C-${activationId}`,
  conditionVersion: 1,
  zoneKey: 'Z@1',
  kind: 'exclusion',
  confirmOn: 'belief',
  graceMs: 0,
  startsAtMs: TEST_START_MS - MINUTE_MS,
  endsAtMs: null,
  endsBecause: null,
  publishedAtMs: fittedAtMs,
  windows: null,
  windowsUntilMs: null,
});

function watchOf(tagId: string, sequence: number, publishedAtMs: number, worn: readonly Wearing[]): InputRecord {
  const watch: TagWatch = {
    tagId,
    sequence,
    publishedAtMs,
    accuracyConvention: 'r95',
    defaultAccuracyMetres: null,
    intervalSeconds: 60,
    activations: worn.map((wearing) => ({ ...wearing, wearerId: wearing.activationId, terms: [termOf(wearing)] })),
    zones: {
      'Z@1': {
        zoneId: 'Z',
        version: 1,
        priority: 'standard',
        bufferMetres: null,
        shape: { type: 'circle', longitude: 1.08, latitude: 51.28, radiusMetres: 300 },
      },
    },
  };
  return { type: 'watch', watch };
}

type Step =
  | { readonly step: 'fit' | 'remove' | 'publish'; readonly tag: number }
  | { readonly step: 'ping'; readonly tag: number; readonly agoMinutes: number; readonly isIn: boolean }
  | { readonly step: 'wait'; readonly minutes: number };

const tag = fc.nat(TAGS - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ step: fc.constantFrom('fit', 'remove', 'publish'), tag }) },
  {
    weight: 8,
    arbitrary: fc.record({
      step: fc.constant('ping'),
      tag,
      agoMinutes: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.nat(30), fc.nat(3_000)),
      isIn: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      step: fc.constant('wait'),
      minutes: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 5 }) }, fc.integer({ min: 60, max: 1_600 })),
    }),
  },
);

/** What the log holds after these steps: each takes half a minute, and a tick comes after each wait. */
function inputsOf(steps: readonly Step[]): InputRecord[] {
  const inputs: InputRecord[] = [];
  const worn = new Map<number, Wearing[]>();
  let atMs = TEST_START_MS;
  let count = 0;
  const publish = (of: number) => inputs.push(watchOf(`T-${of}`, ++count, atMs, worn.get(of) ?? []));
  for (const each of steps) {
    atMs += MINUTE_MS / 2;
    switch (each.step) {
      case 'wait':
        atMs += each.minutes * MINUTE_MS;
        inputs.push({ type: 'tick', atMs });
        break;
      case 'ping': {
        const second = (atMs - TEST_START_MS) / 1_000 - each.agoMinutes * 60;
        const ping = pingAt(`T-${each.tag}`, second, {}, { longitude: each.isIn ? 1.08 : 1.1, latitude: 51.28 });
        inputs.push({ type: 'ping', ping, receivedAtMs: atMs });
        break;
      }
      default: {
        const before = worn.get(each.tag) ?? [];
        const last = before.at(-1);
        const isWorn = last !== undefined && last.removedAtMs === null;
        if (each.step === 'remove' && isWorn)
          worn.set(each.tag, [...before.slice(0, -1), { ...last, removedAtMs: atMs }]);
        if (each.step === 'fit' && !isWorn)
          worn.set(each.tag, [...before, { activationId: `A-${++count}`, fittedAtMs: atMs, removedAtMs: null }]);
        publish(each.tag);
      }
    }
  }
  // All that was to be told is told, and all that is over is forgotten.
  for (let hour = 1; hour <= 4; hour++) inputs.push({ type: 'tick', atMs: atMs + hour * (FORGET_AFTER_MS / 2) });
  return inputs;
}

const never = ({ error }: { error: unknown }) => {
  throw error;
};

const textsOf = (events: readonly EngineEvent[]) =>
  events.map((event) => [event.eventId, JSON.stringify(event)] as const);

function restore(topic: readonly LogRecord[]): PartitionFold {
  const fold = emptyFold(0);
  const restoring = createStatesRestore();
  for (const record of topic) restoring.take(record);
  restoring.finish(fold);
  forgetOrphans(fold);
  return fold;
}

/** A crash between the close of a round and the tombstone of a tag: what comes late for it is asked of the record all the same. */
const TOMBSTONE_LOST: [Step[], { steps: ({ fold: number } | { slice: number })[]; lost: number }[]] = [
  [
    { step: 'publish', tag: 0 },
    { step: 'wait', minutes: 1_440 },
    { step: 'ping', tag: 0, agoMinutes: 1_441, isIn: false },
  ],
  [{ steps: [{ fold: 2 }, { slice: 1 }], lost: 1 }],
];

describe('forgetting while rounds are written in slices', () => {
  it('yields the same events over crashes anywhere', () => {
    const lives = fc.array(
      fc.record({
        steps: fc.array(
          fc.oneof(
            fc.record({ fold: fc.integer({ min: 1, max: 20 }) }),
            fc.record({ slice: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constant(100)) }),
          ),
          { maxLength: 25 },
        ),
        /** Of the records of its last slice, so many are lost. */
        lost: fc.nat(3),
      }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), lives, (steps, all) => {
        const inputs = inputsOf(steps);
        const straight = new Map<string, string>();
        const asked = new Set<string>();
        const plain = emptyFold(0);
        inputs.forEach((input, offset) => {
          const { events, reconcile } = foldInput(plain, input, offset, never);
          for (const [id, text] of textsOf(events)) straight.set(id, text);
          for (const request of reconcile) asked.add(JSON.stringify(request));
        });
        const topic: LogRecord[] = [];
        const append = (records: readonly StateRecord[]) => {
          for (const record of structuredClone(records)) {
            const { key, value, headers } = stateRecord(record, 0);
            const at = { topic: STATES, partition: 0, offset: topic.length, appendedAtMs: 0 };
            topic.push({ ...at, key, value, headers: { ...headers } });
          }
        };
        const found = new Map<string, string>();
        const askedOver = new Set<string>();
        const go = (fold: PartitionFold, until: number) => {
          for (let offset = fold.position; offset < until; offset++) {
            const { events, reconcile } = foldInput(fold, inputs[offset]!, offset, never);
            for (const request of reconcile) askedOver.add(JSON.stringify(request));
            for (const [id, text] of textsOf(events)) {
              expect(found.get(id) ?? text).toBe(text);
              found.set(id, text);
            }
          }
        };
        for (const life of all) {
          const fold = restore(topic);
          let rotation: Rotation | null = null;
          let written: readonly StateRecord[] = [];
          for (const each of life.steps) {
            if ('fold' in each) {
              go(fold, Math.min(inputs.length, fold.position + each.fold));
              continue;
            }
            rotation ??= startRotation(fold);
            if (rotation === null) continue;
            const { records, isLast } = takeSlice(fold, rotation, each.slice);
            append(records);
            written = records;
            if (isLast) rotation = null;
          }
          topic.length -= Math.min(life.lost, written.length);
        }
        const last = restore(topic);
        go(last, inputs.length);
        expect([...found].sort()).toEqual([...straight].sort());
        expect([...asked].filter((request) => !askedOver.has(request))).toEqual([]);
      }),
      { numRuns: runs(150), examples: [TOMBSTONE_LOST] },
    );
  });
});

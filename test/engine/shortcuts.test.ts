import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ActivationState } from '../../src/engine/advance.js';
import type { EngineEvent } from '../../src/engine/types.js';
import { instant, play, type Step } from '../scenarios/scenario.js';
import { faraway, middle, type Place, pingAt, term, watch, zone } from '../scenarios/world.js';
import { runs } from '../support/random.js';
import { type World, worlds } from './random-world.js';
import { createWorld, DRIVEN } from './shortcut-worlds.js';

const bytes = (value: unknown): string => JSON.stringify(value);

/** A state without what may differ: when the next tick is due may be too early with shortcuts, never too late. */
function withoutDue({ nextDueAtMs: _, ...state }: ActivationState): unknown {
  return state;
}

function expectSameBytes({ first, steps }: World): readonly EngineEvent[] {
  const plain = play(first, steps, 'every', false, { plain: true });
  for (const [ticks, throughJson] of [['every', false] as const, ['due', false] as const, ['due', true] as const]) {
    const fast = play(first, steps, ticks, throughJson);
    expect(bytes(fast.events)).toBe(bytes(plain.events));
    expect(bytes(withoutDue(fast.state))).toBe(bytes(withoutDue(plain.state)));
  }
  return plain.events;
}

test('shortcuts change no byte of the events and the state, in small worlds', () => {
  fc.assert(
    fc.property(worlds({ changes: true, watching: true }), (world) => {
      expectSameBytes(world);
    }),
    { numRuns: runs(200) },
  );
});

test('shortcuts change no byte of the events and the state, in worlds of small zones that are driven through', () => {
  let crossings = 0;
  fc.assert(
    fc.property(fc.integer({ min: 0 }), (seed) => {
      const events = expectSameBytes(createWorld(String(seed), DRIVEN));
      crossings += events.filter(
        ({ type, explanation }) => type === 'suspected' && explanation.rule === 'crossing',
      ).length;
    }),
    { numRuns: runs(70) },
  );
  expect(crossings).toBeGreaterThan(20);
});

test('shortcuts change no byte of the events and the state, in worlds of many zones at any latitude', () => {
  let events = 0;
  fc.assert(
    fc.property(fc.integer({ min: 0 }), (seed) => {
      events += expectSameBytes(createWorld(String(seed))).length;
    }),
    // The order in which episodes were found once stood in the state.
    { numRuns: runs(70), examples: [[1_091_215_317]] },
  );
  expect(events).toBeGreaterThan(200);
});

test('an alert that was taken back at the start another now has stays where it was settled', () => {
  const square = zone();
  const first = watch([square], [term('exclusion', square)]);
  const fix = (time: string, at: Place, accuracyMetres: number, afterMs = 2_000): Step => {
    const fixedAtMs = instant('2026-06-10', time);
    const ping = pingAt(fixedAtMs, at, { accuracyMetres });
    return { atMs: fixedAtMs + afterMs, input: { type: 'ping', ping, receivedAtMs: fixedAtMs + afterMs } };
  };
  const steps = [
    fix('12:00:00', faraway, 8),
    fix('12:01:00', middle, 8),
    fix('12:02:00', faraway, 8),
    fix('12:03:00', faraway, 8),
    fix('12:04:00', middle, 8),
    fix('12:05:00', middle, 8),
    // The more accurate of two fixes of one instant counts: the second visit turns out to have begun with the first.
    fix('12:02:00', middle, 4, 240_000),
    fix('12:03:00', middle, 4, 190_000),
    fix('12:07:00', middle, 8),
    fix('12:08:00', middle, 8),
    fix('12:09:00', middle, 8),
  ];
  expect(expectSameBytes({ first, steps }).map(({ type }) => type)).toEqual([
    'suspected',
    'withdrawn',
    'suspected',
    'confirmed',
    'amended',
  ]);
});

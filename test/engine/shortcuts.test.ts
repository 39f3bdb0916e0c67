import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ActivationState } from '../../src/engine/advance.js';
import type { EngineEvent } from '../../src/engine/types.js';
import { play } from '../scenarios/scenario.js';
import { type World, worlds } from './random-world.js';
import { createWorld } from './shortcut-worlds.js';

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
    fc.property(worlds({ changes: true }), (world) => {
      expectSameBytes(world);
    }),
    { numRuns: 200 },
  );
});

test('shortcuts change no byte of the events and the state, in worlds of many zones at any latitude', () => {
  let events = 0;
  fc.assert(
    fc.property(fc.integer({ min: 0 }), (seed) => {
      events += expectSameBytes(createWorld(String(seed))).length;
    }),
    // The order in which episodes were found once stood in the state.
    { numRuns: 70, examples: [[1_091_215_317]] },
  );
  expect(events).toBeGreaterThan(200);
});

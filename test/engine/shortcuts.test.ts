import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ActivationState } from '../../src/engine/advance.js';
import { play } from '../scenarios/scenario.js';
import { worlds } from './random-world.js';

const bytes = (value: unknown): string => JSON.stringify(value);

/** A state without what may differ: when the next tick is due may be too early with shortcuts, never too late. */
function withoutDue({ nextDueAtMs: _, ...state }: ActivationState): unknown {
  return state;
}

test('shortcuts change no byte of the events and the state', () => {
  fc.assert(
    fc.property(worlds({ changes: true }), ({ first, steps }) => {
      const plain = play(first, steps, 'every', false, { plain: true });
      for (const ticks of ['every', 'due'] as const) {
        const fast = play(first, steps, ticks);
        expect(bytes(fast.events)).toBe(bytes(plain.events));
        expect(bytes(withoutDue(fast.state))).toBe(bytes(withoutDue(plain.state)));
      }
    }),
    { numRuns: 300 },
  );
});

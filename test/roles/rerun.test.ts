import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EngineEvent } from '../../src/engine/types.js';
import { findAlert, rerun, type StoredPing } from '../../src/roles/reconciler/rerun.js';
import { START_MS, worlds } from '../engine/random-world.js';
import { play, type Step } from '../scenarios/scenario.js';
import { runs } from '../support/random.js';

test('what the engine said of any world, late fixes and all, is said again over what was stored', () => {
  const delays = fc.array(fc.integer({ min: 500, max: 1_800_000 }), { minLength: 60, maxLength: 60 });
  let found = 0;
  fc.assert(
    fc.property(worlds({ changes: false }), delays, ({ first, steps }, delaysMs) => {
      fc.pre(first.activations[0]!.terms.every((term) => term.publishedAtMs <= START_MS));
      const pings = steps
        .flatMap((step) => ('input' in step && step.input.type === 'ping' ? [step.input.ping] : []))
        .map((ping, i): StoredPing => ({ ping, receivedAtMs: ping.fixedAtMs + delaysMs[i]! }))
        .sort((a, b) => a.receivedAtMs - b.receivedAtMs);
      const untilMs = steps.at(-1)!.atMs + 1_800_000;
      const live: Step[] = pings.map((each) => ({ atMs: each.receivedAtMs, input: { type: 'ping', ...each } }));
      const { events } = play(first, [...live, { atMs: untilMs, input: { type: 'tick', atMs: untilMs } }], 'every');
      const again = rerun({ activationId: 'A-1', watch: first, shared: [], pings, untilMs });
      const last = new Map<string, EngineEvent>(events.map((event) => [event.alertId, event]));
      for (const event of last.values()) {
        if (event.type === 'withdrawn') continue;
        found++;
        const same = findAlert(again, event);
        expect(same?.last.episode).toEqual(event.episode);
        expect(same?.last.endedBecause).toBe(event.endedBecause);
      }
    }),
    { numRuns: runs(200) },
  );
  expect(found).toBeGreaterThan(50);
});

test('of a clock that ran ahead and of schedules that ran out as well, in the order in which all came in', () => {
  let found = 0;
  fc.assert(
    fc.property(worlds({ changes: false, watching: true }), ({ first, steps }) => {
      fc.pre(first.activations[0]!.terms.every((term) => term.publishedAtMs <= START_MS));
      const pings = steps.flatMap((step) => ('input' in step && step.input.type === 'ping' ? [step.input] : []));
      const untilMs = steps.at(-1)!.atMs;
      const { events } = play(first, steps, 'every');
      const again = rerun({ activationId: 'A-1', watch: first, shared: [], pings, untilMs });
      const last = new Map<string, EngineEvent>(events.map((event) => [event.alertId, event]));
      for (const event of last.values()) {
        if (event.type === 'withdrawn') continue;
        if (event.kind === 'clock-ahead') found++;
        expect(findAlert(again, event)?.last.episode).toEqual(event.episode);
      }
    }),
    { numRuns: runs(200) },
  );
  expect(found).toBeGreaterThan(10);
});

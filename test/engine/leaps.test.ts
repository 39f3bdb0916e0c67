/** Tracks full of leaps that no wearer makes: in whatever order their fixes come, the same of them are evidence. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  AGREEING_FIXES,
  HORIZON_FIXES,
  HORIZON_MS,
  KEPT_FIXES,
  SNAPSHOT_EVERY_FIXES,
} from '../../src/engine/thresholds.js';
import type { Ping } from '../../src/engine/types.js';
import { type Played, play, type Step } from '../scenarios/scenario.js';
import { circle, middle, pingAt, place, term, watch, zone } from '../scenarios/world.js';
import { runs } from '../support/random.js';
import { finalIntervals, foldOf } from './outcome.js';
import { START_MS } from './random-world.js';

const square = zone();
const far = circle('Z-far', place(60_000), 500);
const tag = watch(
  [square, far],
  [term('exclusion', square), term('exclusion', far, { conditionId: 'C-far', confirmOn: 'first-fix' })],
);

const run = fc.record({
  at: fc.constantFrom(middle, place(300), place(60_000), place(61_000), place(0, -60_000)),
  times: fc.constantFrom(1, 1, 2, 2, 3, 4),
});

/** Two in three at one of two places that are not reached from each other, so that little is evidence. */
const lone = fc.record({
  at: fc.constantFrom(middle, place(60_000), place(60_000), place(0, -60_000), place(0, -60_000)),
  times: fc.constant(1),
});

/** `everyMs` apart, and each so much later than it was made. */
function tracks(leap: typeof run, everyMs: readonly number[], longest: number, maxDelayMs: number) {
  const fix = fc.record({ afterMs: fc.constantFrom(...everyMs), delayMs: fc.integer({ min: 500, max: maxDelayMs }) });
  return fc
    .tuple(
      fc.array(leap, { minLength: longest / 3, maxLength: longest }),
      fc.array(fix, { minLength: longest, maxLength: longest }),
    )
    .map(([runs, fixes]) => {
      let atMs = START_MS;
      const places = runs.flatMap(({ at, times }) => Array.from({ length: times }, () => at)).slice(0, longest);
      return places.map((at, i) => {
        atMs += fixes[i]!.afterMs;
        return { ping: pingAt(atMs, at), delayMs: fixes[i]!.delayMs };
      });
    });
}

function playIn(order: readonly { ping: Ping; receivedAtMs: number }[]): Played {
  const steps = order.map(({ ping, receivedAtMs }): Step => {
    return { atMs: receivedAtMs, input: { type: 'ping', ping, receivedAtMs } };
  });
  const atMs = steps.at(-1)!.atMs + 3_600_000;
  return play(tag, [...steps, { atMs, input: { type: 'tick', atMs } }], 'due');
}

const KINDS = [
  ['at a ping a minute', tracks(run, [60_000, 60_000, 200_000], 60, HORIZON_MS)],
  ['with little evidence', tracks(lone, [60_000, 200_000], 60, HORIZON_MS)],
  ['at a ping every two seconds', tracks(run, [2_000], 240, 160_000)],
] as const;

test.each(KINDS)('%s: the same fold, the same intervals, and a state no larger than it may be', (_, track) => {
  let waited = 0;
  fc.assert(
    fc.property(track, (fixes) => {
      const inOrder = fixes.map(({ ping }) => ({ ping, receivedAtMs: ping.fixedAtMs + 500 }));
      const shuffled = fixes.map(({ ping, delayMs }) => ({ ping, receivedAtMs: ping.fixedAtMs + delayMs }));
      shuffled.sort((a, b) => a.receivedAtMs - b.receivedAtMs);
      const [sorted, played] = [playIn(inOrder), playIn(shuffled)];
      expect(foldOf(played.state)).toEqual(foldOf(sorted.state));
      expect(finalIntervals(played.events)).toEqual(finalIntervals(sorted.events));
      expect(new Set(played.events.map((event) => event.eventId)).size).toBe(played.events.length);
      const { ringCount, setAside, snapshots } = played.state;
      const most = HORIZON_FIXES + SNAPSHOT_EVERY_FIXES + KEPT_FIXES + AGREEING_FIXES - 1;
      expect(ringCount).toBeLessThanOrEqual(most);
      expect(setAside.length).toBeLessThan(ringCount);
      waited += snapshots.filter((snapshot) => snapshot.waiting.length > 0).length;
    }),
    { numRuns: runs(100) },
  );
  expect(waited).toBeGreaterThan(30);
});

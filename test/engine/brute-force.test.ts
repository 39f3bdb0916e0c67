/** The engine against the brute force: 100,000 pings here, millions in `brute-force.long.ts`. */
import { expect, test } from 'vitest';
import { seededRandom } from '../support/random.js';
import { compareWorld, compareWorlds, emptyTally } from './brute-force-runs.js';

const PINGS = 100_000;

const { random, seed } = seededRandom();

test(`the same events in order, the same alerts out of order (TAGWATCH_SEED=${seed})`, () => {
  const { tally, differing } = compareWorlds(random, PINGS);
  expect(differing, `TAGWATCH_SEED=${seed}`).toEqual([]);
  expect(tally.late).toBeGreaterThan(PINGS / 50);
  expect(tally.events).toBeGreaterThan(PINGS / 50);
});

test('custody begins or ends over an alert that is over at an edge no fix has passed: it is said by the tick of then', () => {
  expect(compareWorld(2041713393, emptyTally())).toEqual([]);
});

/** The engine against the brute force: 100,000 pings here, millions in `brute-force.long.ts`. */
import { expect, test } from 'vitest';
import { seededRandom } from '../support/random.js';
import { compareWorlds } from './brute-force-runs.js';

const PINGS = 100_000;

const { random, seed } = seededRandom();

test(`the same events in order, the same alerts out of order (TAGWATCH_SEED=${seed})`, () => {
  const { tally, differing } = compareWorlds(random, PINGS);
  expect(differing, `TAGWATCH_SEED=${seed}`).toEqual([]);
  expect(tally.late).toBeGreaterThan(PINGS / 50);
  expect(tally.events).toBeGreaterThan(PINGS / 50);
});

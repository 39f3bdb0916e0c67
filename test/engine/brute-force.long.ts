/**
 * The engine against the brute force over two million pings, or TAGWATCH_LONG_PINGS (100,000 take a core a minute at most); what is
 * printed says what happened in them.
 */
import { expect, test } from 'vitest';
import { seededRandom } from '../support/random.js';
import { compareWorlds } from './brute-force-runs.js';

const PINGS = Number(process.env.TAGWATCH_LONG_PINGS ?? 2_000_000);

const { random, seed } = seededRandom();

test(`${PINGS} pings: the same events, the same alerts (TAGWATCH_SEED=${seed})`, () => {
  const { tally, differing } = compareWorlds(random, PINGS);
  expect(differing, `TAGWATCH_SEED=${seed}`).toEqual([]);
  expect(tally.late).toBeGreaterThan(PINGS / 50);
  // What the engine can say of zones, each by each of its rules, was said often.
  const said = (what: string) => [...tally.byRule].reduce((sum, [key, n]) => sum + (key.startsWith(what) ? n : 0), 0);
  for (const kind of ['exclusion', 'inclusion', 'restriction', 'curfew']) {
    for (const type of ['suspected', 'confirmed', 'amended', 'ended', 'withdrawn']) {
      expect(said(`${kind} ${type}`), `${kind} ${type}`).toBeGreaterThan(PINGS / 20_000);
    }
  }
  for (const type of ['suspected', 'amended', 'ended', 'withdrawn']) {
    expect(said(`unknown-at-edge ${type}`), type).toBeGreaterThan(PINGS / 20_000);
  }
  process.stdout.write(`${tally.pings} pings, ${tally.late} of them late, ${tally.events} events (seed ${seed})\n`);
});

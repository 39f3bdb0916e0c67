/** What 28 days at a fix a minute take, of the pure part. It is printed, and no time is a limit. */
import { expect, it } from 'vitest';
import { listHours } from '../../src/patterns/local-hours.js';
import { inOrder, listSeen } from '../../src/patterns/pattern-fix.js';
import { DEFAULT_STOP_RULE, findStops } from '../../src/patterns/stops.js';
import { compareTracks, DEFAULT_TOGETHER_RULE } from '../../src/patterns/together.js';
import { listUsualPlaces } from '../../src/patterns/usual-places.js';
import { localInstant } from '../../src/simulator/days.js';
import { STREET } from '../../src/simulator/surroundings.js';
import { createLocalClock, LOCAL_TIME_ZONE } from '../../src/watchlist/local-time.js';
import { datesFrom, endOf, fixesOf, ORDINARY, trackOver } from './pattern-worlds.js';

it('28 days of two people, a fix a minute', () => {
  const dates = datesFrom('2026-05-04', 28);
  const span = { fromMs: localInstant(dates[0]!, '00:00'), untilMs: endOf(dates) };
  const [one, other] = ORDINARY.slice(0, 2).map((wearer) =>
    inOrder(fixesOf(trackOver(wearer, dates), STREET, `speed ${wearer.index}`, span.untilMs)),
  );
  expect(one!.length).toBeGreaterThan(39_000);
  // Of this process alone: the machine may have others to do. The first run compiles, too.
  const timed = <T>(what: string, run: () => T): T => {
    const took: number[] = [];
    for (let nth = 0; nth < 5; nth++) {
      const before = process.cpuUsage();
      run();
      const { user, system } = process.cpuUsage(before);
      took.push(Math.round((user + system) / 1_000));
    }
    process.stdout.write(`${what}: ${took.join(', ')} ms of CPU time\n`);
    return run();
  };
  const stops = timed('stops', () => findStops(one!, span, DEFAULT_STOP_RULE));
  const { toWallMs } = createLocalClock(LOCAL_TIME_ZONE, span.fromMs, span.untilMs);
  const places = timed('usual places', () =>
    listUsualPlaces(stops, listHours(span, toWallMs), listSeen(one!, span, DEFAULT_STOP_RULE.gapMs, true), 75),
  );
  const together = timed('together', () => compareTracks(one!, other!, span, DEFAULT_TOGETHER_RULE));
  expect(stops.length).toBeGreaterThan(28);
  expect(places[0]!.days).toBe(28);
  expect(together.comparedMs).toBeGreaterThan(0.9 * (span.untilMs - span.fromMs));
});

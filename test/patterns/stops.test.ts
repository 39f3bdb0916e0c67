import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GAP_LIMIT_MS } from '../../src/engine/thresholds.js';
import { distanceMetres, inOrder, type PatternFix } from '../../src/patterns/pattern-fix.js';
import { DEFAULT_STOP_RULE, endStops, findStops, foldStops, NO_STOPS, type Stop } from '../../src/patterns/stops.js';
import { localInstant } from '../../src/simulator/days.js';
import { offset } from '../../src/simulator/ground.js';
import { BY_A_WINDOW, OPEN_SKY, STREET, UNDER_TREES } from '../../src/simulator/surroundings.js';
import { datesFrom, endOf, fixesOf, ORDINARY, staysOf, trackOver } from './pattern-worlds.js';

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-05-04T09:00:00Z');
const HERE = { latitude: 51.28, longitude: 1.08 };
const { gapMs } = DEFAULT_STOP_RULE;

/** Minutes after the start, and metres east of a place. */
const fix = (minute: number, east: number, sigmaMetres = 6): PatternFix => ({
  atMs: START_MS + minute * MINUTE_MS,
  ...offset(HERE, east, 0),
  sigmaMetres,
});
const every = (from: number, until: number, east: number, sigma?: number): PatternFix[] =>
  Array.from({ length: until - from + 1 }, (_, n) => fix(from + n, east, sigma));
const span = (untilMinute: number) => ({ fromMs: START_MS, untilMs: START_MS + untilMinute * MINUTE_MS });
const find = (fixes: readonly PatternFix[], untilMinute: number) =>
  findStops(inOrder(fixes), span(untilMinute), DEFAULT_STOP_RULE);
/** From minute, until minute, number of fixes, why it ended. */
const told = (stops: readonly Stop[]) =>
  stops.map(({ fromMs, untilMs, fixes, end }) => [
    (fromMs - START_MS) / MINUTE_MS,
    (untilMs - START_MS) / MINUTE_MS,
    fixes,
    end,
  ]);

describe('a stop', () => {
  it('is ten minutes within 75 m, and ends with the first of two fixes elsewhere', () => {
    expect(told(find([...every(0, 10, 0), ...every(11, 13, 400)], 60))).toEqual([[0, 10, 11, 'moved']]);
    expect(find([...every(0, 9, 0), ...every(10, 13, 400)], 60)).toEqual([]);
  });

  it('is open where they were there when the time ended, and ended by a gap where nothing was heard since', () => {
    expect(told(find(every(0, 30, 0), 40))).toEqual([[0, 30, 31, 'open']]);
    expect(told(find(every(0, 30, 0), 46))).toEqual([[0, 30, 31, 'gap']]);
  });

  it('is two around a silence of more than fifteen minutes, though they are at the same place after it', () => {
    expect(told(find([...every(0, 20, 0), ...every(36, 60, 0)], 60))).toEqual([
      [0, 20, 21, 'gap'],
      [36, 60, 25, 'open'],
    ]);
    expect(find([fix(0, 0), fix(15, 0)], 15), 'two fixes around a silence are no stop').toEqual([]);
    expect(find([...every(0, 4, 0), ...every(15, 20, 0)], 20), 'nor are nine minutes around one').toEqual([]);
    const within = find([...every(0, 20, 0), ...every(35, 60, 0)], 60);
    expect(told(within)).toEqual([[0, 60, 47, 'open']]);
    expect(within[0]!.longestGapMs).toBe(15 * MINUTE_MS);
  });

  it('one fix elsewhere proves nothing, and bridges nothing', () => {
    expect(told(find([...every(0, 10, 0), fix(11, 900), ...every(12, 20, 0)], 20))).toEqual([[0, 20, 20, 'open']]);
    // Heard at minute 10 and then at 26 there, with one elsewhere in between.
    expect(told(find([...every(0, 10, 0), fix(18, 900), ...every(26, 40, 0)], 40))).toEqual([
      [0, 10, 11, 'gap'],
      [26, 40, 15, 'open'],
    ]);
  });

  it('a fix less accurate than the radius says nothing: it neither makes, ends nor bridges a stop', () => {
    expect(find(every(0, 60, 0, 80), 60)).toEqual([]);
    expect(told(find([...every(0, 20, 0), ...every(21, 40, 0, 80), ...every(41, 60, 0)], 60))).toEqual([
      [0, 20, 21, 'gap'],
      [41, 60, 20, 'open'],
    ]);
    expect(told(find([...every(0, 20, 0), ...every(21, 25, 3_000, 80), ...every(26, 40, 0)], 40))).toHaveLength(1);
  });

  it('its place weighs fixes by their accuracy, and is known better the longer it lasts', () => {
    // Half of the fixes are 60 m off and ten times less accurate.
    const fixes = every(0, 40, 0).map((each, n) => (n % 2 === 1 ? fix(n, 60, 60) : each));
    expect(distanceMetres(find(fixes, 40)[0]!, HERE)).toBeLessThan(1);
    const [short, long] = [find(every(0, 10, 0, 20), 10)[0]!, find(every(0, 300, 0, 20), 300)[0]!];
    expect(long.radiusMetres).toBeLessThan(short.radiusMetres / 2);
    // What walls do to all fixes of a place is in none of their accuracies: it is never known to less than this.
    expect(long.radiusMetres).toBeGreaterThan(2.45 * 5);
  });

  it('who walks slowly across a town is at no stop', () => {
    expect(
      find(
        every(0, 120, 0).map((_, n) => fix(n, 70 * n)),
        120,
      ),
    ).toEqual([]);
  });
});

it('whoever walks for days, at a fix in ten seconds and by the widest rule, is gone over a bounded number of times', () => {
  // Every second fix says that they have moved, and goes back over what is near.
  let asked = 0;
  const walk = Array.from({ length: 20_000 }, (_, n) => {
    const at = fix(n / 6, 14 * n, 400);
    return {
      ...at,
      get sigmaMetres() {
        asked += 1;
        return 400;
      },
    };
  });
  findStops(walk, { fromMs: START_MS, untilMs: walk.at(-1)!.atMs }, { radiusMetres: 500, leastMs: 14_400_000, gapMs });
  expect(asked / walk.length).toBeLessThan(1_500);
});

describe('of any fixes', () => {
  /** People who go and stay, with silences: steps of some minutes and metres. */
  const anyFixes = fc
    .array(
      fc.record({
        minutes: fc.oneof({ weight: 12, arbitrary: fc.integer({ min: 1, max: 4 }) }, fc.integer({ min: 5, max: 60 })),
        east: fc.oneof(
          { weight: 8, arbitrary: fc.integer({ min: -30, max: 30 }) },
          fc.integer({ min: -900, max: 900 }),
        ),
        sigmaMetres: fc.integer({ min: 5, max: 120 }),
      }),
      { minLength: 2, maxLength: 150 },
    )
    .map((moves) => {
      let [minute, east] = [0, 0];
      return moves.map((move) => {
        minute += move.minutes;
        if (Math.abs(move.east) > 30) east += move.east;
        return fix(minute, east + (Math.abs(move.east) > 30 ? 0 : move.east), move.sigmaMetres);
      });
    });

  it('no stop has a silence in it, none is shorter than ten minutes, and none runs into another', () => {
    fc.assert(
      fc.property(anyFixes, (fixes) => {
        const stops = findStops(inOrder(fixes), span(20_000), DEFAULT_STOP_RULE);
        stops.forEach((stop, i) => {
          expect(stop.untilMs - stop.fromMs).toBeGreaterThanOrEqual(DEFAULT_STOP_RULE.leastMs);
          if (i > 0) expect(stop.fromMs).toBeGreaterThan(stops[i - 1]!.untilMs);
          const usable = fixes.filter(({ sigmaMetres }) => sigmaMetres <= DEFAULT_STOP_RULE.radiusMetres);
          const within = usable.map(({ atMs }) => atMs).filter((at) => at >= stop.fromMs && at <= stop.untilMs);
          expect([within[0], within.at(-1)]).toEqual([stop.fromMs, stop.untilMs]);
          for (let n = 1; n < within.length; n++) expect(within[n]! - within[n - 1]!).toBeLessThanOrEqual(gapMs);
          expect(stop.longestGapMs).toBeLessThanOrEqual(gapMs);
          const seenMs = within.slice(1).reduce((sum, at, n) => {
            const ms = at - within[n]!;
            return sum + (ms <= GAP_LIMIT_MS ? ms : 0);
          }, 0);
          expect(seenMs).toBeGreaterThanOrEqual(DEFAULT_STOP_RULE.leastMs);
        });
      }),
    );
  });

  it('the order in which they arrived does not matter, nor that some came twice', () => {
    fc.assert(
      fc.property(anyFixes, fc.infiniteStream(fc.nat()), (fixes, order) => {
        const shuffled = [...fixes, ...fixes.slice(0, 5)]
          .map((each) => ({ each, by: order.next().value! }))
          .sort((a, b) => a.by - b.by)
          .map(({ each }) => each);
        expect(find(shuffled, 20_000)).toEqual(find(fixes, 20_000));
      }),
    );
  });

  it('a time that is cut anywhere, and goes on where it was cut, has the stops of the whole', () => {
    fc.assert(
      fc.property(anyFixes, fc.nat(), (fixes, cut) => {
        const ordered = inOrder(fixes);
        const at = cut % ordered.length;
        const before = foldStops(NO_STOPS, ordered.slice(0, at), DEFAULT_STOP_RULE);
        const after = foldStops(before.state, ordered.slice(at), DEFAULT_STOP_RULE);
        const untilMs = span(20_000).untilMs;
        expect([...before.stops, ...after.stops, ...endStops(after.state, untilMs, DEFAULT_STOP_RULE)]).toEqual(
          findStops(ordered, span(20_000), DEFAULT_STOP_RULE),
        );
      }),
    );
  });
});

/** Ends of a stay that a fix a minute and 75 m leave open. */
const EDGE_MS = 4 * MINUTE_MS;

describe.each([
  ['open sky', OPEN_SKY],
  ['street', STREET],
  ['under trees', UNDER_TREES],
  ['by a window', BY_A_WINDOW],
])('against where invented people truly stayed, %s', (name, surroundings) => {
  const dates = datesFrom('2026-05-04', 3);
  const untilMs = endOf(dates);
  const worlds = ORDINARY.slice(0, 12).map((wearer) => {
    const track = trackOver(wearer, dates);
    const fixes = inOrder(fixesOf(track, surroundings, `${name} ${wearer.index}`, untilMs));
    const fromMs = localInstant(dates[0]!, '00:00');
    return {
      wearer,
      fixes,
      stays: staysOf(track, untilMs),
      stops: findStops(fixes, { fromMs, untilMs }, DEFAULT_STOP_RULE),
    };
  });

  it('every stay of a quarter of an hour is found, at its place and time', () => {
    let [stayed, found] = [0, 0];
    for (const { stays, stops } of worlds) {
      for (const stay of stays.filter((each) => each.untilMs - each.fromMs >= 15 * MINUTE_MS)) {
        stayed += 1;
        const own = stops.filter(
          (stop) =>
            stop.fromMs <= stay.fromMs + EDGE_MS &&
            stop.untilMs >= stay.untilMs - EDGE_MS &&
            distanceMetres(stop, stay.at) < 40,
        );
        found += own.length > 0 ? 1 : 0;
      }
    }
    expect(stayed).toBeGreaterThan(100);
    expect(found / stayed).toBeGreaterThan(0.97);
  });

  it('and lies within the radius that is told, in nine of ten', () => {
    let [within, all] = [0, 0];
    for (const { stays, stops } of worlds)
      for (const stop of stops) {
        const truly = stays.find(
          ({ fromMs, untilMs: endMs }) => fromMs <= stop.fromMs + EDGE_MS && endMs >= stop.untilMs - EDGE_MS,
        );
        if (truly === undefined) continue;
        all += 1;
        if (distanceMetres(stop, truly.at) <= stop.radiusMetres) within += 1;
      }
    expect(all).toBeGreaterThan(100);
    expect(within / all).toBeGreaterThan(0.9);
  });

  it('and no stop is told where nobody stayed', () => {
    for (const { stays, stops } of worlds)
      for (const stop of stops) {
        const truly = stays.filter(({ fromMs, untilMs: endMs }) => fromMs < stop.untilMs && endMs > stop.fromMs);
        const stayedMs = truly.reduce(
          (sum, stay) => sum + Math.min(stay.untilMs, stop.untilMs) - Math.max(stay.fromMs, stop.fromMs),
          0,
        );
        expect(stop.untilMs - stop.fromMs - stayedMs).toBeLessThan(2 * EDGE_MS);
      }
  });

  const midnights = dates.map((date) => endOf([date]));

  it('and days asked for one by one have them too, in two parts across a midnight', () => {
    for (const { fixes, stops } of worlds) {
      const byDay = dates.flatMap((date) => {
        const [fromMs, endMs] = [localInstant(date, '00:00'), endOf([date])];
        const own = fixes.filter(({ atMs }) => atMs >= fromMs && atMs < endMs);
        return findStops(own, { fromMs, untilMs: endMs }, DEFAULT_STOP_RULE);
      });
      const joined: Stop[] = [];
      for (const stop of byDay) {
        const last = joined.at(-1);
        const goesOn = last?.end === 'open' && stop.fromMs - last.untilMs <= gapMs && distanceMetres(last, stop) < 75;
        if (goesOn) joined[joined.length - 1] = { ...stop, fromMs: last.fromMs };
        else joined.push(stop);
      }
      expect(joined).toHaveLength(stops.length);
      joined.forEach((stop, i) => {
        const whole = stops[i]!;
        // Less than ten minutes on one side of midnight are no stop of that day.
        const isCut = (atMs: number, otherMs: number) =>
          midnights.some(
            (midnightMs) =>
              Math.abs(atMs - midnightMs) < 2 * MINUTE_MS && Math.abs(otherMs - atMs) < DEFAULT_STOP_RULE.leastMs,
          );
        if (!isCut(stop.fromMs, whole.fromMs)) expect(Math.abs(stop.fromMs - whole.fromMs)).toBeLessThan(EDGE_MS);
        if (isCut(stop.untilMs, whole.untilMs)) return;
        expect(Math.abs(stop.untilMs - whole.untilMs)).toBeLessThan(EDGE_MS);
        expect(stop.end).toBe(whole.end);
      });
    }
  });
});

import { describe, expect, test } from 'vitest';
import type { Term, Zone } from '../../src/engine/types.js';
import { instant, scenario } from './scenario.js';
import { circle, middle, place, shared, term, watch, zone } from './world.js';

const DAY = '2026-06-10';
type Corner = readonly [eastMetres: number, northMetres: number];

const ring = (corners: readonly Corner[]) =>
  [...corners, corners[0]!].map(([east, north]): [number, number] => {
    const { longitude, latitude } = place(east, north);
    return [longitude, latitude];
  });
const box = (west: number, south: number, east: number, north: number) =>
  ring([
    [west, south],
    [east, south],
    [east, north],
    [west, north],
  ]);
const polygons = (shape: readonly (readonly [number, number][])[][], changes: Partial<Zone> = {}) =>
  zone({ shape: { type: 'polygons', polygons: shape }, ...changes });

/** 300 m across, and two places from which a car is on its other side a minute later. */
const square = polygons([[box(-150, -150, 150, 150)]]);
const west = place(-420);
const east = place(420);
const exclusion = (changes: Partial<Term> = {}, of = square) => watch([of], [term('exclusion', of, changes)]);

/** From 12:00:00 to 12:01:00 at 14 m/s: in at a quarter past 19 s, out 21.4 s later. */
const CROSSING = [
  '12:01:02 suspected exclusion 12:00:19- crossing',
  '12:01:02 ended exclusion 12:00:19-12:00:40 complied crossing',
];

describe('a zone of 300 m between two fixes', () => {
  test('a minute apart, at a driving speed: one crossing, suspected and over, with its instants', () => {
    const { events, state } = scenario(DAY, exclusion())
      .at('11:59:00')
      .fix(place(-1200))
      .at('12:00:00')
      .fix(west)
      .at('12:01:00')
      .fix(east)
      .at('12:02:00')
      .fix(place(1200))
      .expect(CROSSING);
    const [raised, ended] = events;
    expect(ended!.alertId).toBe(raised!.alertId);
    expect(ended).toMatchObject({
      revision: 2,
      severity: 'high',
      strength: 'suspected',
      foundAtMs: instant(DAY, '12:01:00'),
      episode: { startedAtMs: instant(DAY, '12:00:19') + 286, endedAtMs: instant(DAY, '12:00:40') + 714 },
      explanation: {
        crossing: { chordMetres: 300.1, depthMetres: 150 },
        thresholds: { gapLimitMs: 300_000, depthSigmas: 6, speedLimitMetresPerSecond: 60 },
      },
    });
    for (const { explanation } of events) {
      expect(explanation.fixes.map((fix) => [fix.fixedAtMs, Math.round(fix.signedDistanceMetres)])).toEqual([
        [instant(DAY, '12:00:00'), 270],
        [instant(DAY, '12:01:00'), 270],
      ]);
    }
    expect(state.open).toEqual([]);
  });

  test('twenty minutes apart: no violation', () => {
    scenario(DAY, exclusion()).at('12:00:00').fix(west).at('12:20:00').fix(east).expect([]);
  });

  test('five minutes apart still counts, a second more does not', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(west)
      .at('12:05:00')
      .fix(east)
      .at('12:10:01')
      .fix(west)
      .expect([
        '12:05:02 suspected exclusion 12:01:36- crossing',
        '12:05:02 ended exclusion 12:01:36-12:03:23 complied crossing',
      ]);
  });

  test('a victim zone, where one fix confirms: suspected as well', () => {
    const home = { ...square, priority: 'victim' as const };
    const { events } = scenario(DAY, exclusion({ confirmOn: 'first-fix' }, home))
      .at('12:00:00')
      .fix(west)
      .at('12:01:00')
      .fix(east)
      .expect(CROSSING);
    expect(events[0]!.severity).toBe('critical');
  });

  test('a shared zone', () => {
    scenario(DAY, watch([], []))
      .at('11:00:00')
      .shared(shared([square], [term('exclusion', square)]))
      .at('12:00:00')
      .fix(west)
      .at('12:01:00')
      .fix(east)
      .expect(CROSSING);
  });

  test('fixes that are no evidence are no ends of a line, and do not stand between', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(west)
      .at('12:00:30')
      .fix(place(0, 700), { mechanism: 'LBS' })
      .at('12:01:00')
      .fix(east)
      .at('12:02:00')
      .fix(west, { mechanism: 'WIFI' })
      .expect(CROSSING);
  });
});

describe('nothing is told', () => {
  const nothing = (
    fixes: readonly (readonly [time: string, east: number, north: number, accuracyMetres?: number])[],
  ) => {
    const played = scenario(DAY, exclusion());
    for (const [time, eastMetres, north, accuracyMetres = 8] of fixes)
      played.at(time).fix(place(eastMetres, north), { accuracyMetres });
    played.expect([]);
  };

  test('faster than any journey', () =>
    nothing([
      ['12:00:00', -420, 0],
      ['12:00:13', 420, 0],
    ]));

  test('a corner that is cut by less than the errors allow', () =>
    nothing([
      ['12:00:00', 90, 200],
      ['12:01:00', 200, 90],
    ]));

  test('deep for good fixes, but not for these', () =>
    nothing([
      ['12:00:00', -420, 0, 65],
      ['12:01:00', 420, 0],
    ]));

  test('past the zone', () =>
    nothing([
      ['12:00:00', -420, 160],
      ['12:01:00', 420, 160],
    ]));
});

describe('parts, holes and circles', () => {
  test('several chords are one crossing, from the first entry to the last exit', () => {
    const parts = polygons([[box(-250, -100, -50, 100)], [box(50, -100, 250, 100)]]);
    const { events } = scenario(DAY, exclusion({}, parts))
      .at('12:00:00')
      .fix(west)
      .at('12:01:00')
      .fix(east)
      .expect([
        '12:01:02 suspected exclusion 12:00:12- crossing',
        '12:01:02 ended exclusion 12:00:12-12:00:47 complied crossing',
      ]);
    expect(events[0]!.explanation.crossing).toEqual({ chordMetres: 400.2, depthMetres: 100 });
  });

  test('into a hole: a fix in it is outside, and the zone about it was passed', () => {
    const holed = polygons([[box(-355, -355, 355, 355), box(-150, -150, 150, 150)]]);
    const { events } = scenario(DAY, exclusion({}, holed))
      .at('12:00:00')
      .fix(west)
      .at('12:01:00')
      .fix(middle)
      .at('12:02:00')
      .fix(middle)
      .expect([
        '12:01:02 suspected exclusion 12:00:09- crossing',
        '12:01:02 ended exclusion 12:00:09-12:00:38 complied crossing',
      ]);
    expect(events[0]!.explanation.crossing!.depthMetres).toBeCloseTo(102.5, 0);
  });

  test('a circle', () => {
    const { events } = scenario(DAY, exclusion({}, circle('Z-1', place(0, 90), 150)))
      .at('12:00:00')
      .fix(west)
      .at('12:01:00')
      .fix(east)
      .expect([
        '12:01:02 suspected exclusion 12:00:21- crossing',
        '12:01:02 ended exclusion 12:00:21-12:00:38 complied crossing',
      ]);
    expect(events[0]!.explanation.crossing!.chordMetres).toBeCloseTo(240, 0);
    expect(events[0]!.explanation.crossing!.depthMetres).toBeCloseTo(60, 0);
  });
});

describe('the schedule and the switch-on', () => {
  const at = (time: string) => instant(DAY, time);

  test('active over the whole passage', () => {
    scenario(DAY, exclusion({ windows: [at('12:00:19'), at('12:00:41')] }))
      .at('12:00:00')
      .fix(west)
      .at('12:01:00')
      .fix(east)
      .expect(CROSSING);
  });

  test.each([
    ['opens', '12:00:30', '13:00:00'],
    ['closes', '11:00:00', '12:00:30'],
  ])('%s on the way: not told, for the line does not tell the second', (_, opens, closes) => {
    scenario(DAY, exclusion({ windows: [at(opens), at(closes)] }))
      .at('12:00:00')
      .fix(west)
      .at('12:01:00')
      .fix(east)
      .expect([]);
  });

  test('a zone that was switched on between the fixes has no crossing that began before', () => {
    const published = (time: string) => ({
      ...exclusion({ startsAtMs: at('08:00:00'), publishedAtMs: at(time) }),
      sequence: 2,
    });
    const between = (time: string) =>
      scenario(DAY, watch([], [])).at('12:00:00').fix(west).at(time).watch(published(time)).at('12:01:00').fix(east);
    between('12:00:25').expect([]);
    between('12:00:15').expect(CROSSING);
  });

  test('a passage shorter than the grace is none', () => {
    scenario(DAY, exclusion({ graceMs: 60_000 }))
      .at('12:00:00')
      .fix(west)
      .at('12:01:00')
      .fix(east)
      .expect([]);
  });
});

describe('fixes inside', () => {
  test('one between, which alone would be taken back: the suspicion stays, with entry and exit', () => {
    const { events } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(west)
      .at('12:00:30')
      .fix(middle)
      .at('12:01:00')
      .fix(east)
      .expect([
        '12:00:32 suspected exclusion 12:00:30- belief',
        '12:01:02 ended exclusion 12:00:19-12:00:40 complied crossing',
      ]);
    expect(new Set(events.map(({ alertId }) => alertId)).size).toBe(1);
    expect(events[1]!.explanation.fixes).toHaveLength(3);
  });

  test('one that went off the way is the outlier it may be', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(west)
      .at('12:01:00')
      .fix(middle)
      .at('12:02:00')
      .fix(west)
      .expect(['12:01:02 suspected exclusion 12:01:00- belief', '12:02:02 withdrawn exclusion 12:01:00- belief']);
  });

  test('taken back only by the second fix outside: still one crossing', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(west)
      .at('12:00:30')
      .fix(middle)
      .at('12:01:00')
      .fix(place(170), { accuracyMetres: 60 })
      .at('12:02:00')
      .fix(east)
      .expect([
        '12:00:32 suspected exclusion 12:00:30- belief',
        '12:02:02 ended exclusion 12:00:19-12:00:56 complied crossing',
      ]);
  });

  test('a doubt that is left of them has no part in what begins after the passage', () => {
    const { events } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(west)
      .at('12:00:30')
      .fix(place(135), { accuracyMetres: 35 })
      .at('12:01:00')
      .fix(place(170), { accuracyMetres: 55 })
      .at('12:02:00')
      .fix(middle)
      .expect([
        '12:01:02 suspected exclusion 12:00:14- crossing',
        '12:01:02 ended exclusion 12:00:14-12:00:42 complied crossing',
        '12:02:02 suspected exclusion 12:02:00- belief',
      ]);
    expect(new Set(events.map(({ alertId }) => alertId)).size).toBe(2);
  });

  test('two confirm, and then there is an episode and no crossing', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(west)
      .at('12:00:30')
      .fix(middle)
      .at('12:01:30')
      .fix(middle)
      .at('12:02:00')
      .stay(east)
      .expect([
        '12:00:32 suspected exclusion 12:00:30- belief',
        '12:01:32 confirmed exclusion 12:00:30- belief',
        '12:03:02 ended exclusion 12:00:30-12:02:00 complied belief',
      ]);
  });
});

describe('a late fix between the two', () => {
  test('that shows another way takes the crossing back', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(west)
      .at('12:01:00')
      .fix(east)
      .at('12:00:30')
      .fix(place(0, 400), { afterMs: 90_000 })
      .expect([...CROSSING, '12:02:00 withdrawn exclusion 12:00:19-12:00:40 crossing']);
  });

  test('on the way makes it no less, and tells the instants better', () => {
    const { events } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(west)
      .at('12:01:00')
      .fix(east)
      .at('12:00:40')
      .fix(middle, { afterMs: 90_000 })
      .expect([...CROSSING, '12:02:10 amended exclusion 12:00:25-12:00:47 complied crossing']);
    expect(new Set(events.map(({ alertId }) => alertId)).size).toBe(1);
  });

  test('two inside make an episode of it: the same alert, confirmed', () => {
    const { events } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(west)
      .at('12:01:00')
      .fix(east)
      .at('12:02:00')
      .fix(east)
      .at('12:00:20')
      .fix(middle, { afterMs: 120_000 })
      .at('12:00:40')
      .fix(middle, { afterMs: 110_000 })
      .expect([
        ...CROSSING,
        '12:02:20 amended exclusion 12:00:12-12:00:34 complied crossing',
        '12:02:30 confirmed exclusion 12:00:20-12:01:00 complied belief',
      ]);
    expect(new Set(events.map(({ alertId }) => alertId)).size).toBe(1);
  });
});

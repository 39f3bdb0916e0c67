import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../src/engine/types.js';
import { scenario } from './scenario.js';
import { circle, middle, place, shared, term, watch, zone } from './world.js';

const DAY = '2026-06-10';
const square = zone();
const exclusion = () => watch([square], [term('exclusion', square)]);
const victim = () => watch([square], [term('exclusion', square, { confirmOn: 'first-fix' })]);
/** Five minutes' and more from the square at 100 m/s. */
const town = place(40_000);
const otherTown = place(0, 40_000);

const idsOf = (events: readonly EngineEvent[]) => new Set(events.map((event) => event.alertId));

describe('a fix that implies an impossible speed', () => {
  test('is no evidence: nothing is raised, and the next one at home goes on as if it had not come', () => {
    const { notJudged } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(town)
      .at('12:01:00')
      .fix(middle)
      .at('12:02:00')
      .fix(town)
      .at('12:03:00')
      .fix(middle)
      .at('12:04:00')
      .fix(middle)
      .at('12:05:00')
      .fix(town)
      .expect([]);
    expect(notJudged).toEqual([null, 'impossible-speed', null, 'impossible-speed', 'impossible-speed', null]);
  });

  test('is judged less the errors of both: two inaccurate fixes a second apart are possible', () => {
    const { notJudged } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(place(1_000), { accuracyMetres: 490 })
      .at('12:00:01')
      .fix(place(2_290), { accuracyMetres: 490 })
      .at('12:00:02')
      .fix(place(5_000), { accuracyMetres: 490 })
      .expect([]);
    expect(notJudged).toEqual([null, null, 'impossible-speed']);
  });

  test('no number of fixes at 0° 0° is an anchor, from anywhere', () => {
    const gulf = (metres: number) => ({ latitude: metres / 111_195, longitude: metres / 111_195 });
    const { notJudged } = scenario(DAY, exclusion())
      .at('11:00:00')
      .fix(gulf(10))
      .at('12:00:00')
      .fix(town)
      .at('12:01:00')
      .fix(gulf(0))
      .at('12:02:00')
      .fix(gulf(900))
      .at('12:03:00')
      .fix(gulf(-400))
      .at('12:04:00')
      .fix(gulf(0))
      .at('12:05:00')
      .fix(town)
      .expect([]);
    expect(notJudged).toEqual(['zero-position', null, ...Array(4).fill('zero-position'), null]);
  });

  test('a fix at 0° 0° is none either where the one before lies beside it', () => {
    const { notJudged } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix({ latitude: 0.012, longitude: 0 })
      .at('12:01:00')
      .fix({ latitude: 0.012, longitude: 0 })
      .at('12:02:00')
      .fix({ latitude: 0.001, longitude: 0 })
      .expect([]);
    expect(notJudged).toEqual([null, null, 'zero-position']);
  });

  test('three that agree are the new anchor, as evidence from the first of them on', () => {
    const { notJudged, events } = scenario(DAY, exclusion())
      .at('12:00:00')
      .stay(town)
      .at('12:02:00')
      .fix(middle)
      .at('12:03:00')
      .fix(middle)
      .at('12:04:00')
      .fix(place(40))
      .at('12:05:00')
      .fix(middle)
      .expect(['12:04:02 confirmed exclusion 12:02:00- belief']);
    expect(notJudged).toEqual([null, null, 'impossible-speed', 'impossible-speed', null, null]);
    expect(events[0]!.explanation.fixes).toHaveLength(2);
  });

  test('an anchor that was the error itself: what it made suspected is taken back by three elsewhere', () => {
    scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(middle)
      .at('12:01:00')
      .stay(town)
      .at('12:03:00')
      .stay(town)
      .expect(['12:00:02 suspected exclusion 12:00:00- belief', '12:03:02 withdrawn exclusion 12:00:00- belief']);
  });

  test('two that do not agree with each other never add up', () => {
    const { notJudged } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(town)
      .at('12:01:00')
      .fix(middle)
      .at('12:02:00')
      .fix(otherTown)
      .at('12:03:00')
      .fix(middle)
      .at('12:04:00')
      .fix(middle)
      .at('12:05:00')
      .fix(otherTown)
      .at('12:06:00')
      .fix(middle)
      .expect([]);
    expect(notJudged.slice(1)).toEqual(Array(6).fill('impossible-speed'));
  });

  test('a wearer on a plane: nothing is evidence until three fixes on the ground agree', () => {
    const flight = Array.from({ length: 20 }, (_, minute) => place(15_000 * (minute + 1)));
    const landed = place(300_000);
    const airport = circle('Z-airport', landed, 2_000);
    const tag = scenario(DAY, watch([airport], [term('exclusion', airport)]))
      .at('12:00:00')
      .fix(place(0));
    for (const [minute, at] of flight.entries()) tag.at(`12:${String(minute + 1).padStart(2, '0')}:00`).fix(at);
    const { notJudged } = tag
      .at('12:21:00')
      .fix(landed)
      .at('12:22:00')
      .fix(landed)
      .at('12:23:00')
      .fix(landed)
      .expect(['12:22:02 confirmed exclusion 12:20:00- belief']);
    expect(notJudged).toEqual([null, ...Array(21).fill('impossible-speed'), null, null]);
  });

  test('after a gap that was long enough to get there a fix is evidence at once', () => {
    const { notJudged } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(town)
      .at('12:20:00')
      .stay(middle)
      .expect(['12:20:02 suspected exclusion 12:20:00- belief', '12:21:02 confirmed exclusion 12:20:00- belief']);
    expect(notJudged).toEqual([null, null, null]);
  });

  test('across the antimeridian it is the shorter way that counts', () => {
    const { notJudged } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix({ latitude: -17, longitude: 179.99 })
      .at('12:01:00')
      .fix({ latitude: -17, longitude: -179.99 })
      .expect([]);
    expect(notJudged).toEqual([null, null]);
  });
});

describe('late fixes', () => {
  const LATE = { afterMs: 300_000 };

  test('one that shows the way makes those that waited evidence', () => {
    const { notJudged } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(place(10_000))
      .at('12:01:00')
      .fix(middle)
      .at('12:01:30')
      .fix(middle)
      // The corrected fix of 12:00:00, more accurate: he was nearer.
      .at('12:00:00')
      .fix(place(5_000), { ...LATE, accuracyMetres: 4 })
      .expect(['12:05:00 confirmed exclusion 12:01:00- belief']);
    expect(notJudged).toEqual([null, 'impossible-speed', 'impossible-speed', null]);
  });

  test('one between that agrees makes three of two', () => {
    const { notJudged } = scenario(DAY, exclusion())
      .at('12:00:00')
      .stay(town)
      .at('12:02:00')
      .fix(middle)
      .at('12:04:00')
      .fix(middle)
      .at('12:03:00')
      .fix(middle, LATE)
      .expect(['12:08:00 confirmed exclusion 12:02:00- belief']);
    expect(notJudged).toEqual([null, null, 'impossible-speed', 'impossible-speed', null]);
  });

  test('one between that does not agree takes the new anchor away, and what rested on it', () => {
    const { notJudged } = scenario(DAY, exclusion())
      .at('12:00:00')
      .stay(town)
      .at('12:02:00')
      .stay(middle)
      .at('12:04:00')
      .fix(middle)
      .at('12:03:30')
      .fix(town, LATE)
      .expect(['12:04:02 confirmed exclusion 12:02:00- belief', '12:08:30 withdrawn exclusion 12:02:00- belief']);
    expect(notJudged).toEqual([null, null, 'impossible-speed', 'impossible-speed', null, null]);
  });

  test('a repeat of a fix that was set aside changes nothing', () => {
    const { notJudged } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(town)
      .at('12:01:00')
      .fix(middle)
      .at('12:01:00')
      .fix(middle, { afterMs: 3_000 })
      .at('12:02:00')
      .fix(town)
      .at('12:01:00')
      .fix(middle, LATE)
      .expect([]);
    expect(notJudged).toEqual([null, 'impossible-speed', 'repeated', null, 'repeated']);
  });
});

describe('in a first-fix zone', () => {
  test('the first is suspected, and taken back when a fix confirms the anchor', () => {
    const { events } = scenario(DAY, victim())
      .at('12:00:00')
      .fix(town)
      .at('12:01:00')
      .fix(middle)
      .at('12:02:00')
      .fix(middle)
      .at('12:03:00')
      .fix(town)
      .expect(['12:01:02 suspected exclusion 12:01:00- first-fix', '12:03:02 withdrawn exclusion 12:01:00- first-fix']);
    expect(events[0]!.explanation).toMatchObject({
      fixes: [{ signedDistanceMetres: -100 }],
      thresholds: { speedLimitMetresPerSecond: 100, leastLikelihoodRatio: 4 },
    });
    expect(events[0]!.explanation.belief).toBeUndefined();
  });

  test('it goes on to be confirmed, with the same start and id, when three agree', () => {
    const { events } = scenario(DAY, victim())
      .at('12:00:00')
      .fix(town)
      .at('12:01:00')
      .fix(middle)
      .at('12:02:00')
      .fix(middle)
      .at('12:03:00')
      .fix(middle)
      .expect(['12:01:02 suspected exclusion 12:01:00- first-fix', '12:03:02 confirmed exclusion 12:01:00- first-fix']);
    expect(idsOf(events).size).toBe(1);
    expect(events.map((event) => event.revision)).toEqual([1, 2]);
  });

  test('it is taken back when the next one is impossible from it, and elsewhere', () => {
    scenario(DAY, victim())
      .at('12:00:00')
      .fix(town)
      .at('12:01:00')
      .fix(middle)
      .at('12:02:00')
      .fix(otherTown)
      .at('12:03:00')
      .fix(middle)
      .expect([
        '12:01:02 suspected exclusion 12:01:00- first-fix',
        '12:02:02 withdrawn exclusion 12:01:00- first-fix',
        '12:03:02 suspected exclusion 12:03:00- first-fix',
      ]);
  });

  test('it is not raised again within a violation that goes on', () => {
    const far = circle('Z-far', town, 500, { priority: 'victim' });
    const both = watch(
      [square, far],
      [
        term('restriction', square, { confirmOn: 'first-fix' }),
        term('exclusion', far, { confirmOn: 'first-fix', conditionId: 'C-far' }),
      ],
    );
    scenario(DAY, both)
      .at('12:00:00')
      .fix(place(1_000))
      .at('12:01:00')
      .fix(town)
      .at('12:02:00')
      .fix(place(1_000))
      .expect([
        '12:00:02 confirmed restriction 12:00:00- first-fix',
        '12:01:02 suspected exclusion 12:01:00- first-fix',
        '12:02:02 withdrawn exclusion 12:01:00- first-fix',
      ]);
  });

  test('its end comes with its interval, and it stays on record while nothing more is known', () => {
    const endsAtMs = Date.parse(`${DAY}T12:10:00Z`);
    const ends = { confirmOn: 'first-fix', endsAtMs, endsBecause: 'order-ended' } as const;
    scenario(DAY, watch([square], [term('exclusion', square, ends)]))
      .at('12:00:00')
      .fix(town)
      .at('12:01:00')
      .fix(middle)
      .at('12:20:00')
      .wait()
      .at('12:21:00')
      .fix(town)
      .expect([
        '12:01:02 suspected exclusion 12:01:00- first-fix',
        '12:10:00 ended exclusion 12:01:00-12:10:00 order-ended edge',
        '12:21:02 withdrawn exclusion 12:01:00-12:10:00 first-fix',
      ]);
  });

  test('a shared one, far from where he was', () => {
    const school = zone({ zoneId: 'Z-school' });
    scenario(DAY, watch([], []))
      .at('12:00:00')
      .shared(shared([school], [term('exclusion', school, { conditionId: 'C-schools', confirmOn: 'first-fix' })]))
      .at('12:01:00')
      .fix(town)
      .at('12:02:00')
      .fix(middle)
      .at('12:03:00')
      .fix(town)
      .expect(['12:02:02 suspected exclusion 12:02:00- first-fix', '12:03:02 withdrawn exclusion 12:02:00- first-fix']);
  });
});

describe('time goes by the fixes that are evidence', () => {
  const home = circle('Z-home', middle, 100);
  const windows = [Date.parse(`${DAY}T19:00:00Z`), Date.parse(`${DAY}T20:00:00Z`)];
  const curfew = () => watch([home], [term('curfew', home, { windows })]);

  test('an impossible fix just after the edge leaves it unknown', () => {
    scenario(DAY, curfew())
      .at('18:50:00')
      .fix(middle)
      .at('19:00:30')
      .fix(place(100_000))
      .at('19:02:00')
      .wait()
      .at('19:04:00')
      .fix(middle)
      .expect([
        '19:01:30 suspected unknown-at-edge 19:00:00- silence',
        '19:04:02 withdrawn unknown-at-edge 19:00:00- silence',
      ]);
  });

  test('an alert at the edge that was taken back, and is found by those that waited, is the same', () => {
    const { events } = scenario(DAY, curfew())
      .at('18:50:00')
      .fix(middle)
      .at('18:57:00')
      .fix(place(1_000))
      .at('18:58:00')
      .fix(place(100_000))
      .at('19:01:00')
      .fix(place(100_000))
      .at('18:57:30')
      .fix(middle, { afterMs: 250_000 })
      .at('19:02:00')
      .fix(place(100_000))
      .expect([
        '19:01:30 suspected curfew 19:00:00- late-home edge',
        '19:01:40 withdrawn curfew 19:00:00- edge',
        '19:02:02 confirmed curfew 19:00:00- late-home edge',
      ]);
    expect(idsOf(events).size).toBe(1);
    expect(events.map((event) => event.revision)).toEqual([1, 2, 3]);
  });

  test('three that agree across the edge say where he was at it', () => {
    scenario(DAY, curfew())
      .at('18:50:00')
      .fix(middle)
      .at('18:59:30')
      .fix(place(100_000))
      .at('19:00:30')
      .fix(place(100_000))
      .at('19:02:00')
      .fix(place(100_000))
      .expect([
        '19:01:30 suspected unknown-at-edge 19:00:00- silence',
        '19:02:02 confirmed curfew 19:00:00- late-home edge',
        '19:02:02 withdrawn unknown-at-edge 19:00:00- silence superseded',
      ]);
  });

  test('what a late fix took back, and those that waited find again, is the same alert, though the records changed meanwhile', () => {
    const other = circle('Z-other', place(20_000), 100);
    const both = watch([square, other], [term('exclusion', square), term('exclusion', other)], { sequence: 2 });
    const { events } = scenario(DAY, exclusion())
      .at('12:00:00')
      .fix(town)
      .at('12:07:00')
      .fix(middle)
      .at('12:08:00')
      .fix(middle)
      .at('12:06:30')
      .fix(town, { afterMs: 100_000 })
      .at('12:08:30')
      .watch(both)
      .at('12:09:00')
      .fix(middle)
      .expect([
        '12:07:02 suspected exclusion 12:07:00- belief',
        '12:08:02 confirmed exclusion 12:07:00- belief',
        '12:08:10 withdrawn exclusion 12:07:00- belief',
        '12:09:02 confirmed exclusion 12:07:00- belief',
      ]);
    expect(idsOf(events).size).toBe(1);
    expect(events.map((event) => event.revision)).toEqual([1, 2, 3, 4]);
  });
});

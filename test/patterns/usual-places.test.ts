import { describe, expect, it } from 'vitest';
import { sumHomeTime } from '../../src/patterns/home-time.js';
import { listHours } from '../../src/patterns/local-hours.js';
import { inOrder, listSeen, listUnseen, type Place } from '../../src/patterns/pattern-fix.js';
import { DEFAULT_STOP_RULE, findStops, type Stop } from '../../src/patterns/stops.js';
import { listUsualPlaces } from '../../src/patterns/usual-places.js';
import { lengthMs } from '../../src/schemes/intervals.js';
import { localInstant } from '../../src/simulator/days.js';
import { distanceMetres, offset } from '../../src/simulator/ground.js';
import { BY_A_WINDOW } from '../../src/simulator/surroundings.js';
import { createLocalClock, LOCAL_TIME_ZONE } from '../../src/watchlist/local-time.js';
import { datesFrom, endOf, fixesOf, ORDINARY, trackOver } from './pattern-worlds.js';

const HERE = { latitude: 51.28, longitude: 1.08 };
const spanOf = (dates: readonly string[]) => ({ fromMs: localInstant(dates[0]!, '00:00'), untilMs: endOf(dates) });
const hoursOf = (dates: readonly string[]) => {
  const span = spanOf(dates);
  return listHours(span, createLocalClock(LOCAL_TIME_ZONE, span.fromMs, span.untilMs).toWallMs);
};
const stopAt = (date: string, from: string, until: string, place: Place): Stop => ({
  ...place,
  fromMs: localInstant(date, from),
  untilMs: localInstant(date, until),
  radiusMetres: 10,
  fixes: 30,
  longestGapMs: 60_000,
  end: 'moved',
});
const at = (hours: readonly { isWeekend: boolean; hour: number }[], isWeekend: boolean, hour: number) =>
  hours.find((each) => each.isWeekend === isWeekend && each.hour === hour);

describe('usual places', () => {
  // Monday to Sunday.
  const week = datesFrom('2026-05-04', 7);
  const pub = offset(HERE, 500, 0);

  it('say on how many days they were there at an hour, of how many on which anybody could tell', () => {
    const stops = [
      stopAt(week[0]!, '19:00', '21:20', pub),
      stopAt(week[2]!, '20:10', '21:02', offset(pub, 20, 10)),
      stopAt(week[5]!, '20:00', '20:30', pub),
      // Once only.
      stopAt(week[1]!, '10:00', '11:00', HERE),
    ];
    // On Thursday and Friday nobody heard of them.
    const seen = [
      [localInstant(week[0]!, '00:00'), localInstant(week[3]!, '00:00')],
      [localInstant(week[5]!, '00:00'), endOf(week)],
    ] as const;
    const places = listUsualPlaces(stops, hoursOf(week), seen, 75);
    expect(places).toHaveLength(1);
    const [place] = places;
    expect(place!.days).toBe(3);
    expect(place!.stops).toHaveLength(3);
    expect(distanceMetres(place!, pub)).toBeLessThan(25);
    expect(at(place!.hours, false, 20)).toMatchObject({ there: 2, observed: 3, days: 5 });
    // Two minutes of an hour are not having been there in it.
    expect(at(place!.hours, false, 21)).toMatchObject({ there: 1, observed: 3, days: 5 });
    expect(at(place!.hours, true, 20)).toMatchObject({ there: 1, observed: 2, days: 2 });
    expect(at(place!.hours, false, 3)).toMatchObject({ there: 0, observed: 3, days: 5 });
  });

  it('are the same in whatever order the stops come', () => {
    const stops = [40, 0, 90, 20, 130, 70].map((east, n) =>
      stopAt(week[n]!, '12:00', n % 2 === 0 ? '13:00' : '12:40', offset(HERE, east, 0)),
    );
    const found = listUsualPlaces(stops, hoursOf(week), [], 75);
    expect(listUsualPlaces([...stops].reverse(), hoursOf(week), [], 75)).toEqual(found);
  });

  it('count an hour that a clock change takes away on no day, and one that it repeats once', () => {
    const spring = hoursOf(['2026-03-29']);
    expect(spring.map(({ hour }) => hour)).not.toContain(1);
    const autumn = hoursOf(['2026-10-25']);
    expect(autumn.filter(({ hour }) => hour === 1)).toHaveLength(2);
    const stops = [stopAt('2026-10-24', '12:00', '13:00', HERE), stopAt('2026-10-25', '00:30', '03:00', HERE)];
    const [place] = listUsualPlaces(stops, hoursOf(['2026-10-24', '2026-10-25']), [], 75);
    expect(at(place!.hours, true, 1)).toMatchObject({ there: 1, days: 2 });
  });

  it('of one night is none, though it has two days; of a stay around the clock it is', () => {
    const night = { ...stopAt('2026-05-04', '22:00', '23:00', HERE), untilMs: localInstant('2026-05-05', '07:00') };
    const hours = hoursOf(['2026-05-04', '2026-05-05', '2026-05-06']);
    expect(listUsualPlaces([night], hours, [], 75)).toEqual([]);
    const next = stopAt('2026-05-05', '22:00', '23:00', HERE);
    expect(listUsualPlaces([night, next], hours, [], 75).map(({ days }) => days)).toEqual([2]);
    const whole = { ...night, untilMs: localInstant('2026-05-06', '09:00') };
    expect(listUsualPlaces([whole], hours, [], 75).map(({ days }) => days)).toEqual([3]);
  });

  it('of invented people is their home first, at every hour at which they keep to it', () => {
    const dates = datesFrom('2026-05-04', 14);
    const span = spanOf(dates);
    for (const wearer of ORDINARY.filter(({ curfew }) => curfew !== null).slice(0, 5)) {
      const fixes = inOrder(fixesOf(trackOver(wearer, dates), BY_A_WINDOW, `usual ${wearer.index}`, span.untilMs));
      const stops = findStops(fixes, span, DEFAULT_STOP_RULE);
      const seen = listSeen(fixes, span, DEFAULT_STOP_RULE.gapMs, true);
      const [home] = listUsualPlaces(stops, hoursOf(dates), seen, DEFAULT_STOP_RULE.radiusMetres);
      expect(distanceMetres(home!, wearer.home)).toBeLessThan(30);
      expect(home!.days).toBe(14);
      for (const isWeekend of [false, true])
        expect(at(home!.hours, isWeekend, 3)).toMatchObject(
          isWeekend ? { there: 4, observed: 4, days: 4 } : { there: 10, observed: 10, days: 10 },
        );
      for (const { there, observed, days } of home!.hours) {
        expect(there).toBeLessThanOrEqual(observed);
        expect(observed).toBeLessThanOrEqual(days);
      }
    }
  });
});

describe('when they were seen', () => {
  it('is between fixes within the gap, those before and after the time among them, and until now', () => {
    const MINUTE_MS = 60_000;
    const span = { fromMs: 0, untilMs: 120 * MINUTE_MS };
    const fixes = [-4, 10, 20, 30, 60, 70, 110].map((minute) => ({
      ...HERE,
      sigmaMetres: 6,
      atMs: minute * MINUTE_MS,
    }));
    const seen = listSeen(fixes, span, 15 * MINUTE_MS, true);
    const minutes = (of: typeof seen) => of.map((each) => each.map((ms) => ms / MINUTE_MS));
    expect(minutes(seen)).toEqual([
      [0, 30],
      [60, 70],
      [110, 120],
    ]);
    expect(minutes(listUnseen(seen, span))).toEqual([
      [30, 60],
      [70, 110],
    ]);
    // Nobody can say of the ends of a time that is over: what lies beside them is too far away.
    const inside = listSeen(fixes.slice(1), span, 15 * MINUTE_MS, false);
    expect([inside[0]![0], inside.at(-1)![1]].map((ms) => ms / MINUTE_MS)).toEqual([10, 70]);
    expect(listSeen([], span, 15 * MINUTE_MS, true)).toEqual([]);
  });
});

describe('time at home', () => {
  const told = ['home', 'out', 'unknown'] as const;

  it('adds up every minute of each day, night and day by themselves, with what nobody knows', () => {
    const dates = ['2026-10-24', '2026-10-25'];
    const span = spanOf(dates);
    const bands = [
      { presence: 'home' as const, fromMs: span.fromMs, untilMs: localInstant('2026-10-24', '09:00') },
      {
        presence: 'out' as const,
        fromMs: localInstant('2026-10-24', '09:00'),
        untilMs: localInstant('2026-10-24', '23:30'),
      },
      {
        presence: 'unknown' as const,
        fromMs: localInstant('2026-10-24', '23:30'),
        untilMs: localInstant('2026-10-25', '06:00'),
      },
      { presence: 'home' as const, fromMs: localInstant('2026-10-25', '06:00'), untilMs: span.untilMs },
    ];
    const days = sumHomeTime(bands, hoursOf(dates), told);
    const HOUR_MS = 3_600_000;
    expect(days).toEqual([
      {
        date: '2026-10-24',
        night: { home: 7 * HOUR_MS, out: 0.5 * HOUR_MS, unknown: 0.5 * HOUR_MS },
        day: { home: 2 * HOUR_MS, out: 14 * HOUR_MS, unknown: 0 },
      },
      {
        // Of 25 hours: the night has one more, of which nobody knows.
        date: '2026-10-25',
        night: { home: 2 * HOUR_MS, out: 0, unknown: 7 * HOUR_MS },
        day: { home: 16 * HOUR_MS, out: 0, unknown: 0 },
      },
    ]);
    const all = days.flatMap(({ night, day }) => [...Object.values(night), ...Object.values(day)]);
    expect(all.reduce((sum, ms) => sum + ms, 0)).toBe(lengthMs([[span.fromMs, span.untilMs]]));
  });
});

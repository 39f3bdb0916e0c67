/** Hours at home. */

import { silence } from '../../simulator/delivery.js';
import { BY_A_WINDOW, STREET } from '../../simulator/surroundings.js';
import { expandSchedule } from '../../watchlist/schedule.js';
import { curfew, HOUR_MS, journey, MINUTE_MS, minutes, ON_FOOT, type Scenario, spot, stageOf } from '../scenario.js';

const OPENS_MS = minutes(7 * 60);
const CLOSES_MS = minutes(19 * 60);
const WINDOW = [OPENS_MS, CLOSES_MS];
const AWAY = spot(600, 150);

/** From seven in the evening to seven in the morning by the clock on the wall, over the night that begins on the date. */
export function nightOf(date: string): readonly number[] {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
  const schedule = { timeZone: 'Europe/London', windows: [{ days, from: '19:00', to: '07:00' }], exceptions: [] };
  const midnightMs = Date.parse(`${date}T23:30Z`);
  return expandSchedule(schedule, midnightMs, midnightMs + MINUTE_MS)[0]!.windows;
}

/** Out for the last quarter of an hour of the night, whatever its length: an hour's error either way shows. */
function clockChange(name: string, date: string, hours: number): Scenario {
  return {
    name: `clocks-change-${name}`,
    happens: `The clocks change in a night of ${hours} hours; he leaves a quarter of an hour before it ends and is out for the rest of the day.`,
    provable: 'Being out before its end, and nothing after it.',
    violations: 1,
    stage: (random) => {
      const window = nightOf(date);
      const [opensMs, closesMs] = [window[0]!, window[1]!];
      const leavesMs = closesMs - 15 * MINUTE_MS;
      const track = journey(AWAY, opensMs - 2 * HOUR_MS)
        .until(opensMs - HOUR_MS / 2)
        .to(spot(5, 5), ON_FOOT);
      const homeMs = track.nowMs();
      return stageOf(random, {
        conditions: [curfew(window)],
        track: track.until(leavesMs).to(AWAY, ON_FOOT).done(),
        around: [
          { fromMs: 0, surroundings: STREET },
          { fromMs: homeMs, surroundings: BY_A_WINDOW },
          { fromMs: leavesMs, surroundings: STREET },
        ],
        fromMs: opensMs - 2 * HOUR_MS,
        toMs: closesMs + 2 * HOUR_MS,
      });
    },
  };
}

export const CURFEWS: readonly Scenario[] = [
  {
    name: 'late-home-by-3-min',
    happens: 'Walks home and comes in three minutes after the curfew began.',
    provable: 'Being out when it began: fixes from the street, well away.',
    violations: 1,
    stage: (random) => {
      const walkMs = (Math.hypot(AWAY.east - 50, 150) / ON_FOOT) * 1000;
      const track = journey(AWAY, OPENS_MS - HOUR_MS)
        .until(OPENS_MS + 3 * MINUTE_MS - walkMs)
        .to(spot(0), ON_FOOT);
      return stageOf(random, {
        conditions: [curfew(WINDOW)],
        track: track.done(),
        around: [
          { fromMs: 0, surroundings: STREET },
          { fromMs: track.nowMs(), surroundings: BY_A_WINDOW },
        ],
        fromMs: OPENS_MS - HOUR_MS,
        toMs: OPENS_MS + HOUR_MS,
      });
    },
  },
  {
    name: 'left-during',
    happens: 'Leaves the house in the middle of the night for 20 minutes.',
    provable: 'The absence.',
    violations: 1,
    stage: (random) => {
      const leavesMs = OPENS_MS + 4 * HOUR_MS;
      const track = journey(spot(5, 5), OPENS_MS - HOUR_MS)
        .until(leavesMs)
        .to(spot(500, 0), ON_FOOT);
      track.until(leavesMs + 14 * MINUTE_MS).to(spot(5, 5), ON_FOOT);
      return stageOf(random, {
        conditions: [curfew(WINDOW)],
        track: track.done(),
        around: [
          { fromMs: 0, surroundings: BY_A_WINDOW },
          { fromMs: leavesMs, surroundings: STREET },
          { fromMs: track.nowMs(), surroundings: BY_A_WINDOW },
        ],
        fromMs: OPENS_MS - HOUR_MS,
        toMs: OPENS_MS + 7 * HOUR_MS,
      });
    },
  },
  {
    name: 'out-for-the-whole-window',
    happens: 'Stays with a friend 600 m away all night.',
    provable: 'The absence.',
    violations: 1,
    stage: (random) =>
      stageOf(random, {
        conditions: [curfew(WINDOW)],
        track: journey(AWAY, OPENS_MS - HOUR_MS).done(),
        around: BY_A_WINDOW,
        fromMs: OPENS_MS - HOUR_MS,
        toMs: CLOSES_MS + HOUR_MS / 2,
      }),
  },
  {
    name: 'silent-at-the-edge',
    happens:
      'The tag falls silent away from home half an hour before the curfew, and is heard again an hour into it, at home.',
    provable: 'Nothing: nobody saw where he was when it began.',
    violations: 1,
    stage: (random) => {
      const homeMs = OPENS_MS + 40 * MINUTE_MS;
      const track = journey(AWAY, OPENS_MS - HOUR_MS)
        .until(homeMs)
        .to(spot(0), ON_FOOT);
      return stageOf(random, {
        conditions: [curfew(WINDOW)],
        track: track.done(),
        around: STREET,
        fromMs: OPENS_MS - HOUR_MS,
        toMs: OPENS_MS + 2 * HOUR_MS,
        deliver: (all) => silence(all, OPENS_MS - HOUR_MS / 2, OPENS_MS + HOUR_MS),
      });
    },
  },
  {
    name: 'out-at-the-end',
    happens: 'Leaves for work a quarter of an hour before the curfew ends.',
    provable: 'Being out before its end.',
    violations: 1,
    stage: (random) => {
      const leavesMs = CLOSES_MS - 15 * MINUTE_MS;
      const track = journey(spot(3, -4), CLOSES_MS - 4 * HOUR_MS)
        .until(leavesMs)
        .to(AWAY, ON_FOOT);
      return stageOf(random, {
        conditions: [curfew(WINDOW)],
        track: track.done(),
        around: [
          { fromMs: 0, surroundings: BY_A_WINDOW },
          { fromMs: leavesMs, surroundings: STREET },
        ],
        fromMs: CLOSES_MS - 4 * HOUR_MS,
        toMs: CLOSES_MS + HOUR_MS / 2,
      });
    },
  },
  {
    name: 'next-door-but-three',
    happens: 'Spends the evening of a curfew by a window 60 m from his own fence.',
    provable: 'Seldom: fixes of that accuracy reach over to his house.',
    violations: 1,
    stage: (random) => {
      const track = journey(spot(5, 5), OPENS_MS - HOUR_MS)
        .until(OPENS_MS + HOUR_MS)
        .to(spot(110, 0), ON_FOOT);
      track.until(OPENS_MS + 3 * HOUR_MS).to(spot(5, 5), ON_FOOT);
      return stageOf(random, {
        conditions: [curfew(WINDOW)],
        track: track.done(),
        around: BY_A_WINDOW,
        fromMs: OPENS_MS - HOUR_MS,
        toMs: OPENS_MS + 5 * HOUR_MS,
      });
    },
  },
  clockChange('spring-night', '2026-03-28', 11),
  clockChange('autumn-night', '2026-10-24', 13),
];

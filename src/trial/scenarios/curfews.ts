/** Hours at home. */
import { silence } from '../../simulator/delivery.js';
import { BY_A_WINDOW, STREET } from '../../simulator/surroundings.js';
import { curfew, HOUR_MS, journey, MINUTE_MS, minutes, ON_FOOT, type Scenario, spot, stageOf } from '../scenario.js';

const OPENS_MS = minutes(7 * 60);
const CLOSES_MS = minutes(19 * 60);
const WINDOW = [OPENS_MS, CLOSES_MS];
const AWAY = spot(600, 150);

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
];

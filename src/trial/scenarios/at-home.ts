/** Nobody leaves: what is confirmed here is false. */
import { silence } from '../../simulator/delivery.js';
import type { Random } from '../../simulator/random.js';
import {
  BY_A_WINDOW,
  CANYON,
  controlled,
  DEEP_INDOORS,
  type Surroundings,
  UNDER_TREES,
} from '../../simulator/surroundings.js';
import {
  curfew,
  exclusion,
  HOUR_MS,
  inclusion,
  journey,
  minutes,
  polygon,
  rectangle,
  type Scenario,
  spot,
  stageOf,
} from '../scenario.js';

const NIGHT_HOURS = 10;

/** Somewhere in the house, and now and then somewhere else in it. */
export function potter(random: Random, fromMs: number, toMs: number) {
  const somewhere = () => spot(random.between(-8, 8), random.between(-8, 8));
  const track = journey(somewhere(), fromMs);
  for (let atMs = fromMs; atMs < toMs; atMs += random.between(20, 120) * 60_000) track.until(atMs).to(somewhere(), 0.8);
  return track.done();
}

function night(name: string, happens: string, around: Surroundings): Scenario {
  const [fromMs, toMs] = [minutes(0), minutes(NIGHT_HOURS * 60)];
  return {
    name,
    happens,
    provable: 'Nothing: the wearer is at home.',
    violations: 0,
    stage: (random) =>
      stageOf(random, { conditions: [inclusion()], track: potter(random, fromMs, toMs), around, fromMs, toMs }),
  };
}

const controls = [10, 20, 40, 60, 100, 150].map((r68) =>
  night(
    `night-at-home-${r68}`,
    `A night at home, honest fixes of r68 ${r68} m whose errors stay alike for 5 minutes.`,
    controlled(r68, 300),
  ),
);

export const AT_HOME: readonly Scenario[] = [
  ...controls,
  night('home-drift-under-trees', 'A night in a garden flat under trees: fixes drift, with heavy tails.', UNDER_TREES),
  night('home-by-a-window', 'A night in a flat, the tag by a window.', BY_A_WINDOW),
  night('home-in-the-basement', 'A night deep indoors: poor fixes, a third of them missing.', DEEP_INDOORS),
  night(
    'home-in-a-canyon',
    'A night in a street of high houses: offsets across the street and jumps of 30 to 120 m.',
    CANYON,
  ),
  {
    name: 'home-within-town-centre-exclusion',
    happens: 'Lives in a hole of the town-centre zone, 120 m square, and stays there overnight.',
    provable: 'Nothing: the wearer is where he may be.',
    violations: 0,
    stage: (random) => {
      const [fromMs, toMs] = [minutes(0), minutes(NIGHT_HOURS * 60)];
      const area = polygon(rectangle(spot(0), 1200, 1200), rectangle(spot(0), 120, 120));
      return stageOf(random, {
        conditions: [exclusion(area)],
        track: potter(random, fromMs, toMs),
        around: BY_A_WINDOW,
        fromMs,
        toMs,
      });
    },
  },
  {
    name: 'flat-battery-overnight',
    happens: 'At home all night in a curfew; the battery is flat from 23:00 to 05:30.',
    provable: 'Nothing: nobody saw him leave.',
    violations: 0,
    stage: (random) => {
      const [opensMs, closesMs] = [minutes(7 * 60), minutes(19 * 60)];
      const [fromMs, toMs] = [opensMs - HOUR_MS, closesMs + HOUR_MS / 2];
      return stageOf(random, {
        conditions: [curfew([opensMs, closesMs])],
        track: potter(random, fromMs, toMs),
        around: BY_A_WINDOW,
        fromMs,
        toMs,
        deliver: (all) => silence(all, opensMs + 4 * HOUR_MS, closesMs - 1.5 * HOUR_MS),
      });
    },
  },
];

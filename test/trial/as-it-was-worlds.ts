/**
 * Worlds of random fixes, for the rule that stands for the engine as it was. What that engine (commit 9c8a19f) confirmed in each,
 * played as `playEngine` plays it, stands in `as-it-was.json`: neither may change.
 */
import type { Area, Spot } from '../../src/simulator/area.js';
import type { Observation } from '../../src/simulator/observe.js';
import { createRandom, type Random } from '../../src/simulator/random.js';
import { pointAt, type Stage, type TrialCondition } from '../../src/trial/world.js';

export const WORLDS = 60;
const FIXES = 150;
const BEGAN_MS = Date.UTC(2026, 0, 5);

const at = (east: number, north: number): Spot => ({ east, north });
const box = (half: number): Spot[] => [at(-half, -half), at(half, -half), at(half, half), at(-half, half)];
const AREAS: readonly Area[] = [
  { type: 'polygons', polygons: [[box(50)]] },
  { type: 'circle', centre: at(0, 0), radiusMetres: 70 },
  { type: 'polygons', polygons: [[box(200), box(60)]] },
  { type: 'polygons', polygons: [[[at(-90, -80), at(120, -60), at(10, 20), at(60, 130), at(-110, 60)]]] },
];

function conditionOf(random: Random, world: number): TrialCondition {
  const kind = world % 2 === 0 ? 'exclusion' : 'inclusion';
  const area = AREAS[world % AREAS.length]!;
  const victim = world % 6 === 0 ? { priority: 'victim' as const, confirmOn: 'first-fix' as const } : {};
  const opensAtMs = BEGAN_MS + random.whole(10, 60) * 60_000;
  const windows = world % 5 === 4 ? { windows: [opensAtMs, opensAtMs + 3_600_000] } : {};
  return { conditionId: 'C-1', kind, area, ...victim, ...windows };
}

/** A walk to and fro across the boundary, measured well and badly, with gaps. */
export function worldOf(world: number): Stage {
  const random = createRandom('as it was', world);
  const condition = conditionOf(random, world);
  const r68Metres = random.pick([5, 12, 25, 60, 120]);
  let [atMs, east, north] = [BEGAN_MS, random.between(-150, 150), random.between(-150, 150)];
  const observations = Array.from({ length: FIXES }, (_, i): Observation => {
    // The rule has no tick: a window's opening is met by a fix before the engine's own would judge it.
    const isGap = condition.windows === undefined && random.next() < 0.04;
    atMs += isGap ? random.whole(200, 500) * 1000 : random.pick([5, 20, 60, 60, 60, 80]) * 1000;
    east = Math.max(-220, Math.min(220, east + random.between(-25, 25)));
    north = Math.max(-220, Math.min(220, north + random.between(-25, 25)));
    const place = pointAt(
      at(east + (r68Metres / 1.5) * random.gaussian(), north + (r68Metres / 1.5) * random.gaussian()),
    );
    const accuracyMetres = Math.round(r68Metres * random.between(0.7, 1.4));
    return {
      ping: {
        tagId: 'T-1',
        identity: `${i}`,
        sequence: i,
        fixedAtMs: atMs,
        position: { ...place, accuracyMetres, mechanism: 'GPS' },
        deviceEvents: [],
        speedKmh: null,
        headingDegrees: null,
        altitudeMetres: null,
        satellites: null,
        batteryPercent: null,
      },
      receivedAtMs: atMs + 3_000,
      truth: { atMs, at: place, r95Metres: 0, correlationS: 0, isFaulty: false },
    };
  });
  return {
    conditions: [condition],
    track: [{ at: observations[0]!.truth.at, atMs: BEGAN_MS }],
    fromMs: BEGAN_MS,
    toMs: atMs + 600_000,
    observations,
  };
}

/** The four workloads, as data, and one run of one of them. */
import { createRandom } from '../../src/simulator/random.js';
import { type Agreement, checkEvents, compareSides } from './agreement.js';
import {
  compileWorld,
  createEngineDesign,
  createFairDesign,
  createNaiveDesign,
  type Design,
  turfWorld,
} from './designs.js';
import { createPlayer, measure, type Player, type Speed, settledBytes } from './measure.js';
import { createTracks, PATTERNS, type Pattern } from './tracks.js';
import { createWorld, type WorldOptions } from './world.js';

export const SEED = 'tagwatch-bench-1';

export type WorkloadName = 'A' | 'B' | 'C' | 'D';

interface Workload {
  readonly title: string;
  /** Of the tags that were asked for, this share: zones of 5,000 vertices for 20,000 tags would be 8 GB in any design. */
  readonly tagShare: number;
  readonly world: Omit<WorldOptions, 'seed' | 'tags'>;
}

const OWN = { ownZones: 5, vertices: 60, ownRadiusMetres: [100, 2_000] } as const;
const NO_SHARED = { sharedZones: 0, sharedRadiusMetres: [30, 150] } as const;

export const WORKLOADS: Readonly<Record<WorkloadName, Workload>> = {
  A: { title: '5 own zones of 60 vertices', tagShare: 1, world: { ...OWN, ...NO_SHARED } },
  B: { title: 'A and 1,000 shared zones', tagShare: 1, world: { ...OWN, ...NO_SHARED, sharedZones: 1_000 } },
  C: { title: 'A and 10,000 shared zones', tagShare: 1, world: { ...OWN, ...NO_SHARED, sharedZones: 10_000 } },
  D: {
    title: '5 own zones of 5,000 vertices',
    tagShare: 0.01,
    world: { ...OWN, ...NO_SHARED, vertices: 5_000, ownRadiusMetres: [1_000, 5_000] },
  },
};

export interface PatternResult {
  readonly pattern: Pattern;
  readonly agreement: Agreement;
  readonly speeds: Readonly<Record<Design['name'], Speed>>;
  /** The engine's state of one tag after the run, its history with it. */
  readonly bytesPerTagState: number;
}

export interface WorkloadResult {
  readonly name: WorkloadName;
  readonly title: string;
  readonly tags: number;
  readonly zones: number;
  /** What one prepared zone with its condition takes, per design. */
  readonly bytesPerZone: { readonly tagwatch: number; readonly turf: number };
  /** What one tag takes in the engine, states apart: its prepared zones and conditions. */
  readonly bytesPerTagWatch: number;
  readonly patterns: readonly PatternResult[];
}

/** Seconds are per design and pattern. */
export function runWorkload(name: WorkloadName, tags: number, seconds: number): WorkloadResult {
  const workload = WORKLOADS[name];
  const count = Math.max(10, Math.round(tags * workload.tagShare));
  const world = createWorld({ seed: SEED, tags: count, ...workload.world });
  const zones = count * workload.world.ownZones + workload.world.sharedZones;
  const tagIds = world.tags.map((tag) => tag.tagId);
  const order = shuffled(count);

  const empty = settledBytes();
  const compiled = compileWorld(world);
  const compiledBytes = settledBytes() - empty;
  const turf = turfWorld(world);
  const turfBytes = settledBytes() - compiledBytes - empty;

  const patterns = PATTERNS.map((pattern): PatternResult => {
    const tracks = createTracks(world, pattern, SEED);
    const compared = compareSides(world, turf, tracks);
    const differences = [...compared.differences, ...checkEvents(world, compiled, tracks)];
    const beforeBytes = settledBytes();
    const engine = createEngineDesign(compiled);
    const player = createPlayer(engine, tracks, tagIds, order);
    playHour(player, count);
    const bytesPerTagState = (settledBytes() - beforeBytes) / count;
    const players = [
      player,
      createPlayer(createFairDesign(turf), tracks, tagIds, order),
      createPlayer(createNaiveDesign(turf), tracks, tagIds, order),
    ];
    const [tagwatch, fair, naive] = measure(players, seconds);
    return {
      pattern,
      agreement: { ...compared, differences },
      speeds: { tagwatch: tagwatch!, fair: fair!, naive: naive! },
      bytesPerTagState,
    };
  });
  return {
    name,
    title: workload.title,
    tags: count,
    zones,
    bytesPerZone: { tagwatch: compiledBytes / zones, turf: turfBytes / zones },
    bytesPerTagWatch: compiledBytes / count,
    patterns,
  };
}

/**
 * An hour of everybody, so that the states hold what they hold in service before they are weighed. A function of its own: the
 * last batch has to be let go by then.
 */
function playHour({ design, next }: Player, tags: number): void {
  for (let minutes = 0; minutes < 60; ) {
    const batch = next();
    design.run(batch);
    minutes += batch.inputs.length / tags;
  }
}

/** The numbers 0 to n − 1 in an order that does not follow memory: neighbours in time are not neighbours in it. */
function shuffled(n: number): Int32Array {
  const random = createRandom(SEED, 'order');
  const order = Int32Array.from({ length: n }, (_, index) => index);
  for (let i = n - 1; i > 0; i--) {
    const j = random.whole(0, i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

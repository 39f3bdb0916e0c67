/** What a tag measures along a true track: one observation each interval, with the truth beside it. */
import type { AccuracyConvention, DeviceEvent, Ping } from '../engine/types.js';
import { offset, type Point } from './ground.js';
import { createErrorProcess, type Displacement, type ErrorModel, r95Of } from './position-error.js';
import type { Random } from './random.js';
import type { Surroundings } from './surroundings.js';
import { locate, type Track } from './track.js';

/** A ping with what nobody but the simulator knows. */
export interface Observation {
  readonly ping: Ping;
  readonly receivedAtMs: number;
  readonly truth: {
    /** When and where it was made. */
    readonly atMs: number;
    readonly at: Point;
    /** The radius that holds 95 of a hundred errors of this kind, and how long errors stay alike. */
    readonly r95Metres: number;
    readonly correlationS: number;
    /** It is wrong by more than its surroundings explain: a jump, a faulty receiver. */
    readonly isFaulty: boolean;
  };
}

export interface TagSettings {
  readonly tagId: string;
  readonly intervalS: number;
  /** Of the interval, either way. */
  readonly jitterS: number;
  readonly accuracyConvention: AccuracyConvention;
  /** From a fix to its receipt. */
  readonly latencyS: readonly [from: number, to: number];
}

export const TAG: TagSettings = {
  tagId: 'T-1',
  intervalS: 60,
  jitterS: 2,
  accuracyConvention: 'r68',
  latencyS: [2, 9],
};

/** From an instant on, until the next one. In order of time; the first holds for what is before it. */
export interface SurroundingsFrom {
  readonly fromMs: number;
  readonly surroundings: Surroundings;
}

export interface Watched {
  readonly track: Track;
  readonly surroundings: readonly SurroundingsFrom[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly tag?: Partial<TagSettings>;
}

/** What an accuracy told varies by, as a share of it. */
const TOLD_SPREAD = 0.15;
const MS = 1000;

/** In order of time; receipt follows the fix. */
export function observe(random: Random, { track, surroundings, fromMs, toMs, tag: changes }: Watched): Observation[] {
  const tag = { ...TAG, ...changes };
  const errors = createErrorProcess(random);
  const shifts = createErrorProcess(random);
  const jumps = createJumps(random);
  const observations: Observation[] = [];
  let sequence = 0;
  let part = 0;
  for (let dueMs = fromMs; dueMs < toMs; dueMs += tag.intervalS * MS) {
    const jitterMs = tag.jitterS === 0 ? 0 : Math.round(random.between(-tag.jitterS, tag.jitterS) * MS);
    const atMs = Math.max(fromMs, dueMs + jitterMs);
    while (part + 1 < surroundings.length && surroundings[part + 1]!.fromMs <= atMs) part++;
    const around = surroundings[part]!.surroundings;
    const error = errors.at(atMs, around);
    const shift = around.offset === null ? NONE : shifts.at(atMs, shiftModel(around.offset));
    const jump = jumps.at(atMs, around.jumps);
    sequence++;
    if (around.lostShare > 0 && random.next() < around.lostShare) continue;
    const { at, speedKmh, headingDegrees } = locate(track, atMs);
    const place = offset(at, error.east + shift.east + jump.east, error.north + shift.north + jump.north);
    const r95Metres = totalR95(around);
    const told = tag.accuracyConvention === 'r68' ? totalR68(around) : r95Metres;
    observations.push({
      ping: {
        tagId: tag.tagId,
        identity: `${sequence}`,
        sequence,
        fixedAtMs: atMs,
        position: {
          latitude: place.latitude,
          longitude: place.longitude,
          accuracyMetres: tell(random, told, around),
          mechanism: around.mechanism,
        },
        deviceEvents: [],
        speedKmh,
        headingDegrees,
        altitudeMetres: null,
        satellites: null,
        batteryPercent: null,
      },
      receivedAtMs: atMs + Math.round(random.between(tag.latencyS[0], tag.latencyS[1]) * MS),
      truth: {
        atMs,
        at,
        r95Metres,
        correlationS: around.offset === null ? around.correlationS : around.offset.correlationS,
        isFaulty: jump !== NONE,
      },
    });
  }
  return observations;
}

const NONE: Displacement = { east: 0, north: 0 };

/** The control tells its accuracy exactly; a real receiver knows it only about. */
function tell(random: Random, metres: number, { tailDegrees }: ErrorModel): number {
  if (tailDegrees === null) return metres;
  return Math.round(10 * metres * Math.exp(TOLD_SPREAD * random.gaussian())) / 10;
}

const R68_IN_SIGMAS = Math.sqrt(-2 * Math.log(0.32));
const R95_IN_SIGMAS = Math.sqrt(-2 * Math.log(0.05));

const shiftModel = ({ sigmaMetres, correlationS }: NonNullable<Surroundings['offset']>): ErrorModel => ({
  r68Metres: sigmaMetres * R68_IN_SIGMAS,
  correlationS,
  tailDegrees: null,
});

function totalR68({ r68Metres, offset: shift }: Surroundings): number {
  return shift === null ? r68Metres : Math.hypot(r68Metres, shift.sigmaMetres * R68_IN_SIGMAS);
}

function totalR95(around: Surroundings): number {
  const { offset: shift } = around;
  return shift === null ? r95Of(around) : Math.hypot(r95Of(around), shift.sigmaMetres * R95_IN_SIGMAS);
}

/** Jumps begin at random, rest where they are for a while, and are over. */
function createJumps(random: Random) {
  let untilMs = Number.NEGATIVE_INFINITY;
  let nextMs = Number.NaN;
  let jump = NONE;
  return {
    at(atMs: number, model: Surroundings['jumps']): Displacement {
      if (model === null) return NONE;
      const wait = () => (-Math.log(1 - random.next()) * 3_600_000) / model.perHour;
      if (Number.isNaN(nextMs)) nextMs = atMs + wait();
      if (atMs >= nextMs) {
        untilMs = atMs - Math.log(1 - random.next()) * model.meanS * MS;
        nextMs = untilMs + wait();
        const bearing = random.between(0, 2 * Math.PI);
        const metres = random.between(model.fromMetres, model.toMetres);
        jump = { east: metres * Math.sin(bearing), north: metres * Math.cos(bearing) };
      }
      return atMs <= untilMs ? jump : NONE;
    },
  };
}

/** The same with other things in its ping. */
export function withPing(observation: Observation, changes: Partial<Ping>): Observation {
  return { ...observation, ping: { ...observation.ping, ...changes } };
}

/** Device events at the ping that is next after an instant. */
export function withDeviceEvents(
  observations: readonly Observation[],
  atMs: number,
  ...events: DeviceEvent[]
): Observation[] {
  const index = observations.findIndex(({ ping }) => ping.fixedAtMs >= atMs);
  return observations.map((each, i) => (i === index ? withPing(each, { deviceEvents: events }) : each));
}

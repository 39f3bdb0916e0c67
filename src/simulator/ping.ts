/** What a tag would send at an instant: the true place, moved by noise that keeps to the accuracy it claims. */
import { offset, type Point } from './ground.js';
import { createRandom } from './random.js';
import { locate, type Track } from './track.js';

/** A ping as `POST /api/v1/pings` takes it. */
export interface WirePing {
  readonly tagId: string;
  readonly sequence: number;
  readonly fixedAt: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracyMetres: number;
  readonly mechanism: 'GPS';
  readonly speedKmh: number;
  readonly headingDegrees?: number;
  readonly satellites: number;
  readonly batteryPercent: number;
}

/** r95 of a two-dimensional normal distribution in standard deviations of one axis: sqrt(-2 ln 0.05). */
const R95_IN_SIGMAS = 2.448;
/** No error is larger than this: the demonstration's own outliers are scripted, so that their truth is known. */
const LARGEST_ERROR_IN_SIGMAS = 3.5;
/** Errors of neighbouring fixes are alike: the drift goes from one random place to the next in so long. */
const DRIFT_MS = 90_000;
/** Of the variance, what drifts; the rest is new at every fix. */
const DRIFT_SHARE = 0.7;

/** Standard normal error of one axis; the drift's share is blended so that its variance stays 1 between the knots. */
function drift(seed: string, axis: string, atMs: number): number {
  const knot = Math.floor(atMs / DRIFT_MS);
  const angle = ((atMs - knot * DRIFT_MS) / DRIFT_MS) * (Math.PI / 2);
  const at = (index: number) => createRandom(seed, axis, 'drift', index).gaussian();
  return Math.cos(angle) * at(knot) + Math.sin(angle) * at(knot + 1);
}

/** The measured place: `r95Metres` is the radius that holds 95 of 100 errors. */
export function measure(at: Point, r95Metres: number, seed: string, atMs: number): Point {
  const own = createRandom(seed, 'fix', atMs);
  const error = (axis: string) =>
    Math.sqrt(DRIFT_SHARE) * drift(seed, axis, atMs) + Math.sqrt(1 - DRIFT_SHARE) * own.gaussian();
  const east = error('east');
  const north = error('north');
  const size = Math.hypot(east, north);
  const scale = (r95Metres / R95_IN_SIGMAS) * (size > LARGEST_ERROR_IN_SIGMAS ? LARGEST_ERROR_IN_SIGMAS / size : 1);
  return offset(at, east * scale, north * scale);
}

export interface SimulatedTag {
  readonly tagId: string;
  readonly seed: string;
  /** Sequence 0 is here. */
  readonly countsFromMs: number;
  readonly batteryPercent: number;
}

const BATTERY_PERCENT_PER_HOUR = 2.5;
const round = (value: number, digits: number) => Number(value.toFixed(digits));

/** The ping of one instant. `displaced` is a lone bad fix: this far off in this direction, at the same claimed accuracy. */
export function pingAt(tag: SimulatedTag, track: Track, atMs: number, displaced?: Point): WirePing {
  const { at, speedKmh, headingDegrees } = locate(track, atMs);
  const random = createRandom(tag.seed, 'quality', atMs);
  // In motion the sky is open; indoors the circle is wider.
  const accuracyMetres = round(speedKmh > 1 ? random.between(4, 9) : random.between(6, 14), 1);
  const place = displaced ?? measure(at, accuracyMetres, tag.seed, atMs);
  const hours = (atMs - tag.countsFromMs) / 3_600_000;
  return {
    tagId: tag.tagId,
    sequence: Math.floor((atMs - tag.countsFromMs) / 1000),
    fixedAt: new Date(atMs).toISOString(),
    latitude: place.latitude,
    longitude: place.longitude,
    accuracyMetres,
    mechanism: 'GPS',
    speedKmh: round(Math.max(0, speedKmh * random.between(0.9, 1.1)), 1),
    ...(headingDegrees === null ? {} : { headingDegrees: Math.round(headingDegrees) % 360 }),
    satellites: random.whole(6, 12),
    batteryPercent: Math.round(100 - ((100 - tag.batteryPercent + hours * BATTERY_PERCENT_PER_HOUR) % 75)),
  };
}

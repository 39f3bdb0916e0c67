/** What a tag would send at an instant: the true place, moved by noise that keeps to the accuracy it claims. */
import { offset, type Point } from './ground.js';
import { type ErrorProcess, R68_SHARE, R95_SHARE, radiusOf } from './position-error.js';
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

/** No error is larger than this: the demonstration's own outliers are scripted, so that their truth is known. */
const LARGEST_ERROR_IN_R95 = 1.43;
/** Neighbouring fixes err alike. */
const CORRELATION_S = 60;
const R68_PER_R95 = radiusOf(R68_SHARE, null) / radiusOf(R95_SHARE, null);

/** The measured place: `r95Metres` is the radius that holds 95 of 100 errors. */
export function measure(at: Point, r95Metres: number, errors: ErrorProcess, atMs: number): Point {
  const model = { r68Metres: r95Metres * R68_PER_R95, correlationS: CORRELATION_S, tailDegrees: null };
  const { east, north } = errors.at(atMs, model);
  const scale = Math.min(1, (LARGEST_ERROR_IN_R95 * r95Metres) / Math.hypot(east, north));
  return offset(at, east * scale, north * scale);
}

export interface SimulatedTag {
  readonly tagId: string;
  readonly seed: string;
  readonly errors: ErrorProcess;
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
  const place = displaced ?? measure(at, accuracyMetres, tag.errors, atMs);
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

/** Pings as a supplier sends them: tags that walk about, a fix a minute each, in order; the same for every run. */
import { createRandom } from '../../src/simulator/random.js';

export interface PathPing {
  readonly tagId: string;
  readonly sequence: number;
  readonly fixedAt: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracyMetres: number;
  readonly speedKmh: number;
  readonly satellites: number;
  readonly batteryPercent: number;
}

const MINUTE_MS = 60_000;
/** About 70 m a minute: a walk. */
const STEP_DEGREES = 0.0006;
/** Of all tags together: well away from the zone of those who enter. */
const ORIGIN = { latitude: 51.4, longitude: 1.2 };

export const tagOf = (index: number): string => `T-path-${index}`;

/** Where a tag begins. */
export function startOf(index: number): { latitude: number; longitude: number } {
  return {
    latitude: ORIGIN.latitude + (index % 100) * 0.002,
    longitude: ORIGIN.longitude + Math.floor(index / 100) * 0.002,
  };
}

/** `count` pings of `tags` tags in turn, the last of each `endsAtMs`; `sequence` begins with `firstSequence`. */
export function* walkingPings(
  tags: number,
  count: number,
  endsAtMs: number,
  firstSequence: number,
): Generator<PathPing> {
  const { next: random } = createRandom('path');
  const places = Array.from({ length: tags }, (_, index) => startOf(index));
  const rounds = Math.ceil(count / tags);
  for (let made = 0; made < count; made++) {
    const index = made % tags;
    const round = Math.floor(made / tags);
    const place = places[index]!;
    place.latitude += (random() - 0.5) * STEP_DEGREES;
    place.longitude += (random() - 0.5) * STEP_DEGREES;
    yield {
      tagId: tagOf(index),
      sequence: firstSequence + round,
      fixedAt: new Date(endsAtMs - (rounds - 1 - round) * MINUTE_MS).toISOString(),
      latitude: Number(place.latitude.toFixed(7)),
      longitude: Number(place.longitude.toFixed(7)),
      accuracyMetres: 8.5,
      speedKmh: 3.1,
      satellites: 9,
      batteryPercent: 81,
    };
  }
}

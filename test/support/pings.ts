/** Pings and watches for tests, with everything that does not matter filled in. */
import type { Activation, Ping, Position, TagWatch } from '../../src/engine/types.js';

export const TEST_START_MS = Date.UTC(2026, 10, 22, 18, 0);

/** A ping with a position, `second` seconds after the start. */
export function pingAt(
  tagId: string,
  second: number,
  fields: Partial<Ping> = {},
  position: Partial<Position> = {},
): Ping {
  return {
    tagId,
    identity: String(second),
    sequence: second,
    fixedAtMs: TEST_START_MS + second * 1_000,
    position: { latitude: 51.28, longitude: 1.08 + second / 10_000, accuracyMetres: 8, mechanism: 'GPS', ...position },
    deviceEvents: [],
    speedKmh: null,
    headingDegrees: null,
    altitudeMetres: null,
    satellites: null,
    batteryPercent: null,
    ...fields,
  };
}

/** A tag's watch: activations as `[wearerId, fittedAtMs, removedAtMs]`, their ids `TAG/WEARER`. */
export function watchOf(
  tagId: string,
  worn: readonly (readonly [wearerId: string, fittedAtMs: number, removedAtMs: number | null])[],
  fields: Partial<TagWatch> = {},
): TagWatch {
  const activations = worn.map(
    ([wearerId, fittedAtMs, removedAtMs]): Activation => ({
      activationId: `${tagId}/${wearerId}`,
      wearerId,
      fittedAtMs,
      removedAtMs,
      terms: [],
    }),
  );
  return {
    tagId,
    sequence: 1,
    publishedAtMs: TEST_START_MS,
    accuracyConvention: 'r68',
    defaultAccuracyMetres: null,
    intervalSeconds: 60,
    activations,
    zones: {},
    ...fields,
  };
}

/**
 * The newest ping with a position, as far as it is told of live, in numbers that are changed in place: an object a ping is four times as
 * large, and lives just long enough to be moved to what is old before the tag's next one takes its place.
 */
import { MECHANISMS, type Position } from '../../engine/types.js';
import type { LastPing, LivePing } from '../../ports/states.js';

/**
 * receivedAtMs, fixedAtMs, latitude, longitude, accuracyMetres, the place of its mechanism in `MECHANISMS`, speedKmh, headingDegrees,
 * batteryPercent; NaN where one is null.
 */
export type HeldPing = number[];

/** Into what was held before, which is changed; null: nothing was. */
export function holdPing(
  before: HeldPing | null,
  { fixedAtMs, speedKmh, headingDegrees, batteryPercent }: Omit<LivePing, 'position'>,
  position: Position,
  receivedAtMs: number,
): HeldPing {
  const { latitude, longitude, accuracyMetres, mechanism } = position;
  const held = [
    receivedAtMs,
    fixedAtMs,
    latitude,
    longitude,
    accuracyMetres ?? Number.NaN,
    MECHANISMS.indexOf(mechanism),
    speedKmh ?? Number.NaN,
    headingDegrees ?? Number.NaN,
    batteryPercent ?? Number.NaN,
  ];
  if (before === null) return held;
  for (let i = 0; i < held.length; i++) before[i] = held[i]!;
  return before;
}

/** As it was stored. */
export const holdLast = ({ ping, receivedAtMs }: LastPing): HeldPing =>
  holdPing(null, ping, ping.position, receivedAtMs);

/** When it was received and when it was fixed, epoch ms. */
export function timesOf(held: HeldPing): { readonly receivedAtMs: number; readonly fixedAtMs: number } {
  return { receivedAtMs: held[0]!, fixedAtMs: held[1]! };
}

const orNull = (value: number | undefined): number | null => (Number.isNaN(value) ? null : value!);

/** As it was given. */
export function lastPingOf(tagId: string, held: HeldPing): LastPing {
  const [, , latitude, longitude, accuracyMetres, mechanism, speedKmh, headingDegrees, batteryPercent] = held;
  const { receivedAtMs, fixedAtMs } = timesOf(held);
  return {
    ping: {
      tagId,
      fixedAtMs,
      position: {
        latitude: latitude!,
        longitude: longitude!,
        accuracyMetres: orNull(accuracyMetres),
        mechanism: MECHANISMS[mechanism!]!,
      },
      speedKmh: orNull(speedKmh),
      headingDegrees: orNull(headingDegrees),
      batteryPercent: orNull(batteryPercent),
    },
    receivedAtMs,
  };
}

/** Spikes: corners so sharp that nobody drew them on purpose, which a slip of the mouse or a bad simplification leaves behind. */

type Ring = readonly (readonly [number, number])[];

export interface Spike {
  /** Index of its tip in the closed ring. */
  readonly at: number;
  readonly longitude: number;
  readonly latitude: number;
  readonly angleDegrees: number;
  /** Of the shorter leg. */
  readonly lengthMetres: number;
  /** Between the legs, at the end of the shorter one. */
  readonly widthMetres: number;
}

/** A wedge of street or river bank is hardly ever sharper. */
export const MAX_SPIKE_ANGLE_DEGREES = 5;
/** A wider one is a piece of land that a fix can be told to lie in. */
export const MAX_SPIKE_WIDTH_METRES = 5;
/** A shorter one is what digitising leaves, and changes nothing. */
export const MIN_SPIKE_LENGTH_METRES = 1;

const METRES_PER_DEGREE = 111_195;

/** The spikes of a closed ring in degrees, those that stick out and those that cut in. */
export function findSpikes(ring: Ring): Spike[] {
  const spikes: Spike[] = [];
  const count = ring.length - 1;
  for (let at = 0; at < count; at++) {
    const [tip, before, after] = [ring[at]!, ring[(at + count - 1) % count]!, ring[(at + 1) % count]!];
    const scaleX = METRES_PER_DEGREE * Math.cos((tip[1] * Math.PI) / 180);
    const leg = (to: readonly [number, number]) =>
      [(to[0] - tip[0]) * scaleX, (to[1] - tip[1]) * METRES_PER_DEGREE] as const;
    const [[ax, ay], [bx, by]] = [leg(before), leg(after)];
    const angle = Math.abs(Math.atan2(ax * by - ay * bx, ax * bx + ay * by));
    const lengthMetres = Math.min(Math.hypot(ax, ay), Math.hypot(bx, by));
    const widthMetres = lengthMetres * Math.sin(angle);
    const angleDegrees = (angle * 180) / Math.PI;
    if (angleDegrees >= MAX_SPIKE_ANGLE_DEGREES || widthMetres >= MAX_SPIKE_WIDTH_METRES) continue;
    if (lengthMetres < MIN_SPIKE_LENGTH_METRES) continue;
    spikes.push({ at, longitude: tip[0], latitude: tip[1], angleDegrees, lengthMetres, widthMetres });
  }
  return spikes;
}

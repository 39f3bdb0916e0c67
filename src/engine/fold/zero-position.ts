/** Where receivers without a fix believe to be. */
import { ZERO_DEGREES } from '../thresholds.js';
import type { Position } from '../types.js';

/** Whether a fix is that of a receiver without one. Several of them agree with each other, and would move the anchor there. */
export function isZeroPosition({ latitude, longitude }: Position): boolean {
  return Math.abs(latitude) < ZERO_DEGREES && Math.abs(longitude) < ZERO_DEGREES;
}

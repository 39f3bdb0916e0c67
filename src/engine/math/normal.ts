/** The error function and the normal distribution. */
import { exp } from './exponential.js';

/** Off by 1.5e-7 at most (Abramowitz and Stegun 7.1.26). */
export function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const value = 1 - poly * exp(-x * x);
  return x < 0 ? -value : value;
}

/** The share of the bell on one side of a line so many σ away. */
export function normal(sigmas: number): number {
  return (1 + erf(sigmas * Math.SQRT1_2)) / 2;
}

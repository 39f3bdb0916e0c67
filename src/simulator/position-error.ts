/**
 * The error of a tag's fixes: correlated in time, with tails heavier than a bell's, and constant over nothing. Each axis is a
 * first-order Gauss-Markov process (AR(1) at the instants of the fixes); one scale for both axes, correlated in the same way, makes
 * the pair a Student t of two dimensions. It knows nothing of how the engine weighs a fix.
 *
 * Gauss-Markov with one time constant is the usual model of what multipath and the rest leave in a fix: Wilson 2001 ("GPS correlation
 * of errors", erols.com/dlwilson/gpscorr.htm: an autocorrelation that bends at about a minute); Sensors 2020, 20(21), 6050 (stationary
 * receivers: Ornstein-Uhlenbeck fits, white noise does not); Joerger & Pervan 2020, tabled in NAVIGATION (code multipath: 10 to 900 s).
 * Tails heavier than normal in towns: arXiv 2603.16420.
 */
import type { Random } from './random.js';

export interface ErrorModel {
  /** The radius that holds 68 of a hundred errors, in truth. */
  readonly r68Metres: number;
  /** After so long e^-1 of an error is left; 0: each error is new. */
  readonly correlationS: number;
  /** Degrees of freedom of the Student t, a whole number; null: normal. */
  readonly tailDegrees: number | null;
}

/** The radius of which the share of errors lies within, for a spread of 1 in each axis. */
export function radiusOf(share: number, tailDegrees: number | null): number {
  if (tailDegrees === null) return Math.sqrt(-2 * Math.log(1 - share));
  return Math.sqrt(tailDegrees * ((1 - share) ** (-2 / tailDegrees) - 1));
}

export const R68_SHARE = 0.68;
export const R95_SHARE = 0.95;

/** The radius that holds 95 of a hundred errors. */
export function r95Of({ r68Metres, tailDegrees }: ErrorModel): number {
  return (r68Metres * radiusOf(R95_SHARE, tailDegrees)) / radiusOf(R68_SHARE, tailDegrees);
}

export interface Displacement {
  east: number;
  north: number;
}

export interface ErrorProcess {
  /** The error at an instant, which goes on from the one before; asked for an earlier instant it begins anew. The object is used again. */
  at(atMs: number, model: ErrorModel): Displacement;
}

/** Where the model changes, what was correlated stays so: only its size and how fast it is forgotten change. */
export function createErrorProcess(random: Random): ErrorProcess {
  let lastMs = Number.NEGATIVE_INFINITY;
  let [x, y] = [0, 0];
  let scales: number[] = [];
  const out: Displacement = { east: 0, north: 0 };
  return {
    at(atMs, model) {
      const kept =
        model.correlationS === 0 || atMs < lastMs ? 0 : Math.exp((lastMs - atMs) / (1000 * model.correlationS));
      const fresh = Math.sqrt(1 - kept * kept);
      lastMs = atMs;
      x = kept * x + fresh * random.gaussian();
      y = kept * y + fresh * random.gaussian();
      let size = model.r68Metres / radiusOf(R68_SHARE, model.tailDegrees);
      if (model.tailDegrees !== null) {
        if (scales.length !== model.tailDegrees) {
          scales = Array.from({ length: model.tailDegrees }, (_, i) => scales[i] ?? random.gaussian());
        }
        let sum = 0;
        for (let i = 0; i < scales.length; i++) {
          const next: number = kept * scales[i]! + fresh * random.gaussian();
          scales[i] = next;
          sum += next * next;
        }
        size *= Math.sqrt(model.tailDegrees / sum);
      }
      out.east = size * x;
      out.north = size * y;
      return out;
    },
  };
}

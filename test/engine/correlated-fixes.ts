/** Fixes of somebody who stands still, with errors that are normal, independent or correlated in time (AR(1)), and what comes of them. */
import type { EngineEvent, TagWatch } from '../../src/engine/types.js';
import { play, type Step } from '../scenarios/scenario.js';
import { type Place, pingAt, place } from '../scenarios/world.js';

export const START_MS = Date.parse('2026-11-26T20:00:00Z');
/** σ in one direction of fixes that say the radius which holds 68 of a hundred. */
const R68_PER_SIGMA = 1.51;

/** Numbers from 0 to 1, neither of them, by the congruential generator of the field cases. */
export function createUniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return (state + 0.5) / 4_294_967_296;
  };
}

/** Normal with mean 0 and σ 1, by Box and Muller. */
export function createNormal(uniform: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

export interface Still {
  readonly at: { readonly east: number; readonly north: number };
  readonly r68Metres: number;
  readonly count: number;
  readonly everyMs?: number;
  /** The time in which the correlation of errors falls to 1/e; 0: they are independent. */
  readonly correlationMs?: number;
  readonly seed: number;
  readonly startMs?: number;
}

/** Steps for `play`: each fix received as it is made. */
export function standStill({ at, r68Metres, count, everyMs = 60_000, ...more }: Still): Step[] {
  const { correlationMs = 0, seed, startMs = START_MS } = more;
  const normal = createNormal(createUniform(seed));
  const sigma = r68Metres / R68_PER_SIGMA;
  const kept = correlationMs === 0 ? 0 : Math.exp(-everyMs / correlationMs);
  const news = Math.sqrt(1 - kept * kept);
  let [east, north] = [sigma * normal(), sigma * normal()];
  return Array.from({ length: count }, (_, i) => {
    if (i > 0) [east, north] = [kept * east + news * sigma * normal(), kept * north + news * sigma * normal()];
    return fixStep(startMs + i * everyMs, place(at.east + east, at.north + north), r68Metres);
  });
}

export function fixStep(atMs: number, at: Place, accuracyMetres: number): Step {
  return { atMs, input: { type: 'ping', ping: pingAt(atMs, at, { accuracyMetres }), receivedAtMs: atMs } };
}

export interface Outcome {
  readonly confirmed: number;
  readonly ended: number;
  /** Which fix confirmed first, from 1; null: none. */
  readonly byFix: number | null;
  readonly events: readonly EngineEvent[];
}

export function outcomeOf(tag: TagWatch, steps: readonly Step[]): Outcome {
  const { events } = play(tag, steps, 'last');
  const confirmed = events.filter(({ type }) => type === 'confirmed');
  const index = steps.findIndex(({ atMs }) => atMs === confirmed[0]?.raisedAtMs);
  const ended = events.filter(({ type, strength }) => type === 'ended' && strength === 'confirmed').length;
  return { confirmed: confirmed.length, ended, byFix: index < 0 ? null : index + 1, events };
}

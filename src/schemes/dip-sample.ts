/**
 * Which resolved alerts are looked at again: drawn at random, the graver ones more often, and by a seed, so that whoever knows it draws
 * the same ones and nobody chooses. Each has its own number from the seed and its id alone: one more candidate moves no other.
 */
import { sha256Of128Bits } from '../engine/tell/ids.js';
import type { Severity } from '../engine/types.js';
import type { SampleCandidate } from '../ports/task-records.js';

/** How much more often one is drawn than a low one (ours). */
const WEIGHTS: Readonly<Record<Severity, number>> = { critical: 8, high: 4, medium: 2, low: 1 };

/** As much of a digest as a number holds. */
const NUMBER_HEX = 12;
const digestOf = (seed: string, alertId: string): string => sha256Of128Bits(`${seed}\0${alertId}`);

/** Of the same draw the same id, so that drawing it again writes nothing anew. */
export const dipSampleIdOf = (seed: string, alertId: string): string => `DS-${digestOf(seed, alertId).slice(0, 24)}`;

/** In the order in which they are drawn: `u^(1/weight)`, the largest first (Efraimidis and Spirakis 2006). */
export function drawSample<C extends SampleCandidate>(candidates: readonly C[], seed: string, size: number): C[] {
  return candidates
    .map((candidate) => {
      const number = Number.parseInt(digestOf(seed, candidate.alertId).slice(0, NUMBER_HEX), 16) + 0.5;
      return { candidate, key: (number / 16 ** NUMBER_HEX) ** (1 / WEIGHTS[candidate.severity]) };
    })
    .sort((a, b) => b.key - a.key || (a.candidate.alertId < b.candidate.alertId ? -1 : 1))
    .slice(0, size)
    .map(({ candidate }) => candidate);
}

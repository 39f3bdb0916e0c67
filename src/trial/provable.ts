/**
 * What a careful officer could prove from the observations, of a violation that truly happened. He knows how good each fix really
 * is (the simulator does), and where the zone lies; nothing here is the engine's. The rule:
 *
 * - a fix **shows** the violation where the circle that holds 95 of a hundred errors lies wholly on the violating side: the circle of
 *   the fix's true error, or of the accuracy it tells where that is larger, for he has nothing else to go by;
 * - two fixes that show it, at least ten seconds apart and with none between them that shows the contrary, **prove** it, if their
 *   errors are not the same error over again: as far apart in time as errors stay alike, or both clear by twice that circle;
 * - one fix that shows it is enough where the condition says so (`first-fix`).
 *
 * A faulty fix (a jump, a false place), one from Wi-Fi or a cell, one without accuracy, and one that never arrived show nothing.
 */
import { prepareArea, spotOf } from '../simulator/area.js';
import type { Observation } from '../simulator/observe.js';
import { R68_SHARE, R95_SHARE, radiusOf } from '../simulator/position-error.js';
import { isActive, type Violation, violatingMetres } from './truth.js';
import { ORIGIN, type Stage } from './world.js';

const LEAST_APART_MS = 10_000;
/** Clear by so many circles it is no matter whether two errors are alike. */
const BEYOND_DOUBT = 2;
const R95_PER_R68 = radiusOf(R95_SHARE, null) / radiusOf(R68_SHARE, null);

interface Showing {
  readonly atMs: number;
  readonly correlationS: number;
  /** In circles: over 1 it shows the violation, under -1 the contrary. */
  readonly clearBy: number;
}

export function isProvable(stage: Stage, violation: Violation): boolean {
  const condition = stage.conditions.find(({ conditionId }) => conditionId === violation.conditionId)!;
  const area = prepareArea(condition.area);
  const showings: Showing[] = [];
  for (const observation of stage.observations) {
    const { ping, truth, receivedAtMs } = observation;
    if (truth.atMs < violation.fromMs || truth.atMs >= violation.toMs || receivedAtMs > stage.toMs) continue;
    if (!isActive(condition, stage, truth.atMs) || truth.isFaulty) continue;
    const radius = circleOf(observation, stage.accuracyConvention ?? 'r68');
    if (radius === null) continue;
    const metres = violatingMetres(condition, area, spotOf(ORIGIN, ping.position!));
    showings.push({ atMs: truth.atMs, correlationS: truth.correlationS, clearBy: metres / radius });
  }
  showings.sort((a, b) => a.atMs - b.atMs);
  return condition.confirmOn === 'first-fix' ? showings.some(({ clearBy }) => clearBy >= 1) : hasProof(showings);
}

/** The radius of 95 %: the larger of the true one and the one told. */
function circleOf({ ping, truth }: Observation, convention: 'r68' | 'r95'): number | null {
  const { position } = ping;
  if (position === null || position.accuracyMetres === null) return null;
  if (position.mechanism !== 'GPS' && position.mechanism !== 'RF') return null;
  return Math.max(truth.r95Metres, position.accuracyMetres * (convention === 'r68' ? R95_PER_R68 : 1));
}

function hasProof(showings: readonly Showing[]): boolean {
  for (let i = 0; i < showings.length; i++) {
    const first = showings[i]!;
    if (first.clearBy < 1) continue;
    for (let j = i + 1; j < showings.length; j++) {
      const second = showings[j]!;
      if (second.clearBy <= -1) break;
      if (second.clearBy < 1 || second.atMs - first.atMs < LEAST_APART_MS) continue;
      const isNew = second.atMs - first.atMs >= 1000 * Math.max(first.correlationS, second.correlationS);
      if (isNew || Math.min(first.clearBy, second.clearBy) >= BEYOND_DOUBT) return true;
    }
  }
  return false;
}

/** When a condition was truly violated: from the true track, by geometry that is not the engine's. */
import { type PreparedArea, prepareArea, type Spot, spotOf } from '../simulator/area.js';

import { locate } from '../simulator/track.js';
import { ORIGIN, type Stage, type TrialCondition } from './world.js';

export interface Violation {
  readonly conditionId: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Nearer than this to a boundary the track is looked at so often. */
const STEP_MS = 1_000;

/** Whether a condition applies at an instant, for a tag that is worn. */
export function isActive(
  condition: TrialCondition,
  stage: Pick<Stage, 'fittedAtMs' | 'removedAtMs'>,
  atMs: number,
): boolean {
  if (atMs < (condition.startsAtMs ?? -Infinity) || atMs >= (condition.endsAtMs ?? Infinity)) return false;
  if (atMs < (stage.fittedAtMs ?? -Infinity) || atMs >= (stage.removedAtMs ?? Infinity)) return false;
  if ((condition.absences ?? []).some(({ startsAtMs, endsAtMs }) => atMs >= startsAtMs && atMs < endsAtMs))
    return false;
  const { windows } = condition;
  if (windows === undefined) return true;
  for (let i = 0; i < windows.length; i += 2) if (atMs >= windows[i]! && atMs < windows[i + 1]!) return true;
  return false;
}

/** Metres beyond the boundary on the side that violates the condition; negative on the other. */
export function violatingMetres(condition: TrialCondition, area: PreparedArea, { east, north }: Spot): number {
  const signed = area.signedMetres(east, north);
  return condition.kind === 'exclusion' ? -signed : signed;
}

/** The violations of a run, by condition and time. One that its grace excuses is none. */
export function violationsOf(stage: Stage): Violation[] {
  const stops = stopsOf(stage);
  return stage.conditions.flatMap((condition) => {
    const area = prepareArea(condition.area);
    const found: Violation[] = [];
    let fromMs: number | null = null;
    const end = (toMs: number) => {
      if (fromMs !== null && toMs - fromMs > (condition.graceMs ?? 0)) {
        found.push({ conditionId: condition.conditionId, fromMs, toMs });
      }
      fromMs = null;
    };
    let stop = 0;
    for (let atMs = stage.fromMs; atMs < stage.toMs; ) {
      while (stops[stop]! <= atMs) stop++;
      const { at, speedKmh } = locate(stage.track, atMs);
      const metres = violatingMetres(condition, area, spotOf(ORIGIN, at));
      if (metres >= 0 && isActive(condition, stage, atMs)) fromMs ??= atMs;
      else end(atMs);
      // Until it gets to the boundary, or turns, or something begins or ends, nothing changes.
      const freeMs = speedKmh === 0 ? Infinity : (Math.abs(metres) / speedKmh) * 3600;
      atMs = Math.min(stops[stop]!, atMs + Math.max(STEP_MS, freeMs));
    }
    end(stage.toMs);
    return found;
  });
}

/** Every instant at which the track turns or a condition begins or ends, and the end of all. */
function stopsOf(stage: Stage): number[] {
  const edges = stage.conditions.flatMap(({ startsAtMs, endsAtMs, windows, absences }) => [
    startsAtMs ?? stage.fromMs,
    endsAtMs ?? stage.toMs,
    ...(windows ?? []),
    ...(absences ?? []).flatMap((absence) => [absence.startsAtMs, absence.endsAtMs]),
  ]);
  const turns = stage.track.map(({ atMs }) => atMs);
  const worn = [stage.fittedAtMs ?? stage.fromMs, stage.removedAtMs ?? stage.toMs];
  return [...edges, ...turns, ...worn, stage.toMs].filter((atMs) => atMs <= stage.toMs).sort((a, b) => a - b);
}

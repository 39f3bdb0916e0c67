/**
 * A plain rule in the place of the engine: it takes the same observations as they come in and keeps one state a condition. It is
 * given what is easy to have: it takes GPS and RF alone, leaves out what has no position or accuracy and what is older than its
 * newest fix, and knows when each condition applies.
 */
import { type Area, type PreparedArea, prepareArea, type Spot, spotOf } from '../../simulator/area.js';
import type { Observation } from '../../simulator/observe.js';
import type { TrialAlert } from '../alerts.js';
import { isActive, violatingMetres } from '../truth.js';
import { ORIGIN, type Stage, type TrialCondition } from '../world.js';

/** A fix as a rule of one condition sees it. */
export interface SeenFix {
  readonly atMs: number;
  readonly spot: Spot;
  /** Beyond the boundary on the violating side; negative on the other. */
  readonly violatingMetres: number;
  readonly accuracyMetres: number;
}

/** What a rule says after a fix; `edgeAtMs`: a violation it dates at a window's opening. */
export type Saying = 'violation' | 'none';

/** The memory of one rule for one condition. */
export interface Rule {
  /** `isActive`: the condition applies at the fix. Outside of its times a rule may still learn where the wearer is. */
  see(fix: SeenFix, isActive: boolean): Saying;
}

export interface RivalKind {
  readonly name: string;
  readonly title: string;
  start(condition: TrialCondition, area: PreparedArea, shape: Area, stage: Stage): Rule;
}

interface Watched {
  readonly condition: TrialCondition;
  readonly area: PreparedArea;
  readonly rule: Rule;
  open: { startedAtMs: number; confirmedAtMs: number } | null;
}

export function playRival(kind: RivalKind, stage: Stage): TrialAlert[] {
  const watched = stage.conditions.map((condition): Watched => {
    const area = prepareArea(condition.area);
    return { condition, area, rule: kind.start(condition, area, condition.area, stage), open: null };
  });
  const alerts: TrialAlert[] = [];
  const close = (each: Watched, endedAtMs: number | null, endedByFixes: boolean) => {
    const { startedAtMs, confirmedAtMs } = each.open!;
    const { conditionId, kind: conditionKind } = each.condition;
    alerts.push({
      conditionId,
      kind: conditionKind,
      startedAtMs,
      endedAtMs,
      endedByFixes,
      confirmedAtMs,
      confirmedFixAtMs: startedAtMs,
      withdrawn: false,
    });
    each.open = null;
  };
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const observation of stage.observations) {
    const fix = usable(observation);
    if (fix === null || fix.atMs <= newestMs || observation.receivedAtMs > stage.toMs) continue;
    newestMs = fix.atMs;
    for (const each of watched) {
      const { condition, area, rule } = each;
      const applies = isActive(condition, stage, fix.atMs);
      const seen: SeenFix = { ...fix, violatingMetres: violatingMetres(condition, area, fix.spot) };
      const saying = rule.see(seen, applies);
      if (!applies) {
        if (each.open !== null) close(each, fix.atMs, false);
      } else if (saying === 'violation') {
        each.open ??= { startedAtMs: fix.atMs, confirmedAtMs: observation.receivedAtMs };
      } else if (each.open !== null) close(each, fix.atMs, true);
    }
  }
  for (const each of watched) if (each.open !== null) close(each, null, false);
  return alerts;
}

function usable({ ping }: Observation): Omit<SeenFix, 'violatingMetres'> | null {
  const { position, fixedAtMs } = ping;
  if (position === null || position.accuracyMetres === null) return null;
  if (position.mechanism !== 'GPS' && position.mechanism !== 'RF') return null;
  return { atMs: fixedAtMs, spot: spotOf(ORIGIN, position), accuracyMetres: position.accuracyMetres };
}

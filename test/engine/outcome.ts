/** What is left at the end, whatever way it came about. */
import type { ActivationState } from '../../src/engine/advance.js';
import { keptFixes } from '../../src/engine/fold/horizon.js';
import type { AlertKind, EngineEvent } from '../../src/engine/types.js';

/** Counted from messages as they come, so not the same in another order (SPEC, "What a tag says of itself"). */
const BY_ARRIVAL: ReadonlySet<AlertKind> = new Set(['no-gps', 'jamming', 'never-moves', 'unmonitored']);

/** What stands at the end: the last word of every alert that was not withdrawn, without its ids. */
export function finalIntervals(events: readonly EngineEvent[]) {
  const last = new Map(events.map((event) => [event.alertId, event]));
  return [...last.values()]
    .filter((event) => event.type !== 'withdrawn' && !BY_ARRIVAL.has(event.kind))
    .map(({ conditionId, conditionVersion, zoneId, zoneVersion, kind, ...event }) => ({
      key: `${conditionId}@${conditionVersion}/${zoneId}@${zoneVersion} ${kind}`,
      conditionId,
      kind,
      strength: event.strength,
      ...event.episode,
      endedBecause: event.endedBecause,
      reason: event.reason,
      isCrossing: event.explanation.rule === 'crossing',
    }))
    .sort((a, b) => a.startedAtMs - b.startedAtMs || (a.key < b.key ? -1 : 1));
}

/** What the fixes made, without when they came. */
export function foldOf(state: ActivationState): unknown {
  const { waiting, open } = state;
  const byTerm = [...open].sort((a, b) => (a.termKey < b.termKey ? -1 : 1));
  return { fixes: keptFixes(state), waiting, open: byTerm };
}

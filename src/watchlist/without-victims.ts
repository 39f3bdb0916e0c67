/** What is told of a watch to whom zones of victims are kept from. */
import type { WatchFacts } from '../ports/watch.js';

/** Without the conditions whose zone is a victim's, was or is to be, and without the absences that name one of those. */
export function withoutVictims(facts: WatchFacts): WatchFacts {
  const isVictims = (zoneId: string) =>
    facts.zones.get(zoneId)?.some(({ zone }) => zone.priority === 'victim') === true;
  const kept = new Set(
    facts.conditions.flatMap(({ conditionId, versions }) =>
      versions.some(({ zoneId }) => isVictims(zoneId)) ? [conditionId] : [],
    ),
  );
  if (kept.size === 0) return facts;
  return {
    ...facts,
    conditions: facts.conditions.filter(({ conditionId }) => !kept.has(conditionId)),
    ...(facts.absences && {
      absences: facts.absences.filter(({ conditionIds }) => !conditionIds?.some((id) => kept.has(id))),
    }),
  };
}

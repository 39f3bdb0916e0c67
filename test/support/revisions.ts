import type { EngineEvent } from '../../src/engine/types.js';

/** Every alert is numbered from 1 without a hole: begun anew, or told twice, it would be dropped as a repeat by every reader. */
export function expectRevisionsToFollow(
  events: readonly Pick<EngineEvent, 'eventId' | 'alertId' | 'revision'>[],
): void {
  const revisions = new Map<string, number>();
  for (const { alertId, revision } of events) {
    const before = revisions.get(alertId) ?? 0;
    if (revision !== before + 1) throw new Error(`Alert ${alertId}: revision ${revision} is told after ${before}`);
    revisions.set(alertId, revision);
  }
  const ids = new Set(events.map((event) => event.eventId));
  if (ids.size < events.length) throw new Error(`${events.length - ids.size} events have the id of another`);
}

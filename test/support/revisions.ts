import { expect } from 'vitest';
import type { EngineEvent } from '../../src/engine/types.js';

/** Every alert is numbered from 1 without a hole: begun anew, or told twice, it would be dropped as a repeat by every reader. */
export function expectRevisionsToFollow(
  events: readonly Pick<EngineEvent, 'eventId' | 'alertId' | 'revision'>[],
): void {
  const revisions = new Map<string, number>();
  for (const { alertId, revision } of events) {
    expect(revision).toBe((revisions.get(alertId) ?? 0) + 1);
    revisions.set(alertId, revision);
  }
  expect(new Set(events.map((event) => event.eventId)).size).toBe(events.length);
}

/** Alert events for tests: findings and actions with everything that does not matter filled in. */
import type { ActionEvent, FindingEvent } from '../../src/alerts/event.js';

export function instantAt(minute: number): string {
  return new Date(Date.UTC(2026, 10, 22, 18, 0) + minute * 60_000).toISOString();
}

/** A finding; revision 1 is `suspected` and later ones `confirmed` unless said otherwise. */
export function finding(fields: Partial<FindingEvent> = {}): FindingEvent {
  const alertId = fields.alertId ?? 'A-1';
  const revision = fields.revision ?? 1;
  return {
    eventId: `${alertId}-${revision}`,
    alertId,
    revision,
    type: revision === 1 ? 'suspected' : 'confirmed',
    kind: 'exclusion',
    severity: 'high',
    wearerId: 'W-1',
    tagId: 'T-1',
    activationId: 'AC-1',
    conditionId: 'C-1',
    conditionVersion: 1,
    zoneId: 'Z-1',
    zoneVersion: 1,
    episode: { startedAt: instantAt(0), endedAt: null },
    foundAt: instantAt(revision),
    raisedAt: instantAt(revision),
    delayedByMs: 0,
    historic: false,
    explanation: { rule: 'two-fixes', fixes: [], thresholds: {} },
    ...fields,
  };
}

/** An action on the version `seen` (revision and actions); disposals say `no-action`. */
export function action(
  type: ActionEvent['type'],
  seen: readonly [revision: number, actions: number],
  fields: Partial<ActionEvent> = {},
): ActionEvent {
  const actor = fields.actor ?? 'local';
  return {
    eventId: `${actor}-${type}-${seen.join('.')}`,
    alertId: 'A-1',
    type,
    wearerId: 'W-1',
    actor,
    at: instantAt(30),
    seen: { revision: seen[0], actions: seen[1] },
    ...(type === 'disposed' ? { disposition: 'no-action' as const } : {}),
    ...fields,
  };
}

import { expect, test } from 'vitest';
import type { Alert } from '../../src/alerts/alert.js';
import { DEFAULT_ESCALATION, dueEscalation, nextEscalation } from '../../src/alerts/escalation.js';
import type { AlertEvent } from '../../src/alerts/event.js';
import { applyEvent } from '../../src/alerts/fold.js';
import { action, finding, instantAt } from './events.js';

const fold = (...events: AlertEvent[]): Alert =>
  events.reduce<Alert | null>((alert, event, seq) => applyEvent(alert, event, seq).alert, null)!;
const climbed = (level: number, to: string) =>
  action('escalated', [1, 0], {
    actor: 'tagwatch',
    eventId: `escalated:${level}`,
    level,
    to,
    at: instantAt(1 + 10 * level),
  });

test('to whom it goes next and when is when it is due, and not before; who has seen it stops it', () => {
  const raised = finding({ severity: 'high' });
  for (const [alert, to, minutes] of [
    [fold(raised), 'supervisor', 10],
    [fold(raised, climbed(1, 'supervisor')), 'sergeant', 30],
  ] as const) {
    const next = nextEscalation(alert, DEFAULT_ESCALATION)!;
    expect(next).toEqual({ to, atMs: Date.parse(instantAt(1 + minutes)) });
    expect(dueEscalation(alert, DEFAULT_ESCALATION, next.atMs - 1)).toBeNull();
    expect(dueEscalation(alert, DEFAULT_ESCALATION, next.atMs)?.to).toBe(to);
  }
  const last = fold(raised, climbed(1, 'supervisor'), climbed(2, 'sergeant'));
  expect(nextEscalation(last, DEFAULT_ESCALATION)).toBeNull();
  expect(nextEscalation(fold(raised, action('acknowledged', [1, 0])), DEFAULT_ESCALATION)).toBeNull();
});

/** An alert as the console knows it after these events. */
import { type Alert, type AlertItem, toAlertItem } from '../../src/alerts/alert.js';
import type { AlertEvent } from '../../src/alerts/event.js';
import { applyEvent } from '../../src/alerts/fold.js';

export function itemOf(...events: readonly AlertEvent[]): AlertItem {
  const alert = events.reduce<Alert | null>((known, event, seq) => applyEvent(known, event, seq).alert, null);
  if (alert === null) throw new Error('these events make no alert');
  return toAlertItem(alert);
}

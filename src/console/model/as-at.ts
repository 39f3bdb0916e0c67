/** An alert as it stood at an instant, from its events by the same fold as the server's. Pure. */
import { type Alert, type AlertItem, toAlertItem } from '../../alerts/alert.js';
import { type AlertEvent, isFinding } from '../../alerts/event.js';
import { applyEvent } from '../../alerts/fold.js';

export const instantOf = (event: AlertEvent): string => (isFinding(event) ? event.raisedAt : event.at);

export interface Stood {
  readonly item: AlertItem;
  /** What had happened by then, in order. */
  readonly events: readonly AlertEvent[];
}

/** `events`: all of them, in the order of the log. Null: nothing had been told by then. */
export function standAt(events: readonly AlertEvent[], atMs: number): Stood | null {
  // By the log's order: an event is in the past of the one that stands behind it, whatever the clocks said.
  const last = events.findLastIndex((event) => Date.parse(instantOf(event)) <= atMs);
  const past = events.slice(0, last + 1);
  const alert = past.reduce<Alert | null>((known, event, seq) => applyEvent(known, event, seq).alert ?? known, null);
  return alert === null ? null : { item: toAlertItem(alert), events: past };
}

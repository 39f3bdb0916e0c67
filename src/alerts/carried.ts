/**
 * What is carried on in `tagwatch.alerts`: an alert that is still unresolved is appended again, whole, long before the records that it
 * is made of expire. So the register that is rebuilt from the log alone is never short, however long nobody acts.
 */
import type { Alert } from './alert.js';
import { type AlertEvent, type Instant, TAGWATCH } from './event.js';

export interface CarriedEvent {
  readonly eventId: string;
  readonly alertId: string;
  readonly type: 'carried';
  readonly wearerId: string;
  readonly actor: string;
  readonly at: Instant;
  /** As it stood when everything up to its `lastSeq` had been read. */
  readonly alert: Alert;
}

/** Everything that stands in the topic. */
export type LoggedEvent = AlertEvent | CarriedEvent;

export const isCarried = (event: LoggedEvent): event is CarriedEvent => event.type === 'carried';

export function carry(alert: Alert, at: Instant): CarriedEvent {
  const { alertId, lastSeq, finding } = alert;
  return {
    eventId: `carried:${alertId}:${lastSeq}`,
    alertId,
    type: 'carried',
    wearerId: finding.wearerId,
    actor: TAGWATCH,
    at,
    alert,
  };
}

/** As those are told who need no more than what changed. */
export const toAlertEvent = (event: LoggedEvent): AlertEvent => (isCarried(event) ? event.alert.finding : event);

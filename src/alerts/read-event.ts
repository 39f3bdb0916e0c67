/** From the JSON of the alert log to an event that this version knows. */
import type { LoggedEvent } from './carried.js';
import { ACTION_TYPES } from './event.js';

const ACTIONS: ReadonlySet<string> = new Set(ACTION_TYPES);

/** Null for what is neither a finding, nor an action, nor what is carried on, that this version knows. */
export function readAlertEvent(content: unknown): LoggedEvent | null {
  const event = content as Partial<LoggedEvent> | null;
  if (typeof event?.alertId !== 'string' || typeof event.eventId !== 'string') return null;
  if (typeof event.wearerId !== 'string' || typeof event.type !== 'string') return null;
  const isFinding = 'revision' in event && Number.isSafeInteger(event.revision) && typeof event.episode === 'object';
  const isAction = ACTIONS.has(event.type) && 'seen' in event && typeof event.seen === 'object';
  const isCarried = event.type === 'carried' && 'alert' in event && event.alert?.alertId === event.alertId;
  return isFinding || isAction || isCarried ? (event as LoggedEvent) : null;
}

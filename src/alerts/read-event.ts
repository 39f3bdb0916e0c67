/** From the JSON of the alert log to an event that this version knows. */
import { ACTION_TYPES, type AlertEvent } from './event.js';

const ACTIONS: ReadonlySet<string> = new Set(ACTION_TYPES);

/** Null for what is neither a finding nor an action that this version knows. */
export function readAlertEvent(content: unknown): AlertEvent | null {
  const event = content as Partial<AlertEvent> | null;
  if (typeof event?.alertId !== 'string' || typeof event.eventId !== 'string') return null;
  if (typeof event.wearerId !== 'string' || typeof event.type !== 'string') return null;
  const isFinding = 'revision' in event && Number.isSafeInteger(event.revision) && typeof event.episode === 'object';
  const isAction = ACTIONS.has(event.type) && 'seen' in event && typeof event.seen === 'object';
  return isFinding || isAction ? (event as AlertEvent) : null;
}

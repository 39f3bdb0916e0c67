/**
 * The tag communicates and has no fix: as it says, or by messages without a fix that can be used over half an hour. Positions by network
 * without a fix are `jamming.ts`. Over with a fix.
 */
import { NO_GPS_AFTER_MS, NO_GPS_MESSAGES } from '../thresholds.js';
import type { Blind, Mark } from './device-state.js';
import type { MarkRule } from './mark-rule.js';

export const noGps: MarkRule = {
  kind: 'no-gps',
  read: ({ deviceEvents }) =>
    deviceEvents.includes('no-gps') ? 'on' : deviceEvents.includes('gps-restored') ? 'off' : null,
  isOverWith: 'fix',
};

/** From when on messages without a fix amount to it; null: they do not. */
export function markNoGps({ sinceMs, messages, byNetwork }: Blind, madeAtMs: number): Mark | null {
  const isSo = madeAtMs - sinceMs >= NO_GPS_AFTER_MS && messages >= NO_GPS_MESSAGES && byNetwork * 2 < messages;
  return isSo ? { atMs: sinceMs, says: 'on' } : null;
}

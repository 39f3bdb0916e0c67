/**
 * Jamming is suspected: as the tag says, or because GPS is lost while positions by network go on coming. That may also be somebody who
 * went into a cellar: of it alone it is a suspicion. Over with a fix some minutes after the device said so last.
 */
import { JAMMING_AFTER_MS, JAMMING_MESSAGES } from '../thresholds.js';
import type { Blind, Mark } from './device-state.js';
import type { MarkRule } from './mark-rule.js';

export const jamming: MarkRule = {
  kind: 'jamming',
  read: ({ deviceEvents }) => (deviceEvents.includes('jamming') ? 'on' : null),
  isOverWith: 'fix',
};

/** From when on positions by network without a fix amount to it; null: they do not. */
export function markJamming({ sinceMs, byNetwork }: Blind, madeAtMs: number): Mark | null {
  const isSo = madeAtMs - sinceMs >= JAMMING_AFTER_MS && byNetwork >= JAMMING_MESSAGES;
  return isSo ? { atMs: sinceMs, says: 'maybe' } : null;
}

/** How an event is named to those who are told of it. */
import { createHash } from 'node:crypto';

/**
 * The same for the same event however often it is delivered; of letters, digits, `_` and `-`. What a person named an action by is only
 * unique for its alert, and may hold what a header may not.
 */
export function idOfEvent({ alertId, eventId }: { readonly alertId: string; readonly eventId: string }): string {
  return `evt_${createHash('sha256').update(`${alertId}\n${eventId}`).digest('base64url')}`;
}

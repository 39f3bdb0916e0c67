/** A request as it is sent: without what the server sets, and without what is not said. Pure. */
import type { RecallContent } from '../../wire/recall.js';

export function toRecallBody(from: RecallContent): RecallContent {
  const { wearerId, orderId, alertIds, form, nonDisclosure, state, sentTo, hearingAt, outcome, outcomeNote } = from;
  const rest = { nonDisclosure, sentTo, hearingAt, outcome, outcomeNote };
  const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined && value !== ''));
  return { wearerId, orderId, alertIds, form, state, ...said };
}

/** A request as it is sent: without what the server sets, and without what is not said. Pure. */
import type { RecallBody } from '../recalls-api.js';

export function toRecallBody(from: RecallBody): RecallBody {
  const { wearerId, orderId, alertIds, form, nonDisclosure, state, sentTo, hearingAt, outcome, outcomeNote } = from;
  const rest = { nonDisclosure, sentTo, hearingAt, outcome, outcomeNote };
  const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined && value !== ''));
  return { wearerId, orderId, alertIds, form, state, ...said };
}

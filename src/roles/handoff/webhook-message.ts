/**
 * An event of the alert log as a receiver is told of it (`wire.md`, "Hand-off"): what happened to which alert, by ids. Why the engine
 * found it, where the wearer was, what people wrote and who they are stays here: who has a need to know reads it, by their own rights.
 */
import { toAlertItem } from '../../alerts/alert.js';
import { isFinding } from '../../alerts/event.js';
import { floodKeyOf, repeatKeyOf, sourceOf } from '../../alerts/grouping.js';
import type { AcceptedEvent } from '../../alerts/register.js';
import { idOfEvent } from './event-id.js';

export interface WebhookMessage {
  /** The same for the same event however often it is delivered; of letters, digits, `_` and `-`. */
  readonly id: string;
  readonly body: string;
}

export function toWebhookMessage({ seq, event, alert }: AcceptedEvent): WebhookMessage {
  const item = toAlertItem(alert);
  const timestamp = isFinding(event) ? event.raisedAt : event.at;
  const data = {
    seq,
    alertId: item.alertId,
    revision: item.revision,
    wearerId: item.wearerId,
    tagId: item.tagId,
    conditionId: item.conditionId,
    zoneId: item.zoneId,
    kind: item.kind,
    reason: item.reason,
    severity: item.severity,
    strength: item.strength,
    status: item.status,
    etag: item.etag,
    raisedAt: item.raisedAt,
    episode: item.episode,
    historic: item.historic,
    inCustody: item.inCustody,
    disposition: item.disposition,
    suspendedUntil: item.suspension?.until,
    escalation: item.escalation === undefined ? undefined : { level: item.escalation.level, to: item.escalation.to },
    supersededBy: item.supersededBy,
    groups: { flood: floodKeyOf(item), repeat: repeatKeyOf(item), source: sourceOf(item) },
  };
  return { id: idOfEvent(event), body: JSON.stringify({ type: `alert.${event.type}`, timestamp, data }) };
}

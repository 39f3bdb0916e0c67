/**
 * That nobody has seen an alert, as the one is told by e-mail to whom it climbs (`wire.md`, "Hand-off"): since when, how severe, and
 * where to read the rest. Mail is kept and passed on without Tagwatch's knowing: no wearer, no place and no kind of alert is in it.
 */
import type { AcceptedEvent } from '../../alerts/register.js';
import { idOfEvent } from './event-id.js';

export interface MailMessage {
  /** The same for the same event however often it is sent: what came twice is known by it. */
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
}

const TIME = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});
const words = (instant: string): string => TIME.format(Date.parse(instant));

/** Of an `escalated` event. `domain`: of whom it is sent by; `publicUrl`: of the console, null where it is not known. */
export function toMailMessage(
  { event, alert }: AcceptedEvent,
  { domain, publicUrl }: { readonly domain: string; readonly publicUrl: string | null },
): MailMessage {
  const { severity } = alert.finding;
  const role = alert.escalation?.to ?? 'next';
  const at = alert.escalation?.at ?? alert.raisedAt;
  const since = alert.waitingSince ?? alert.raisedAt;
  const { alertId } = event;
  const where = publicUrl === null ? `It is alert ${alertId}.` : `${publicUrl}/alerts/${encodeURIComponent(alertId)}`;
  return {
    messageId: `<${idOfEvent(event)}@${domain}>`,
    subject: `Tagwatch: nobody has seen an alert of ${severity} severity`,
    text: [
      `An alert of ${severity} severity has waited since ${words(since)} and nobody had seen it by ${words(at)}: so it is passed on to the ${role}.`,
      `Whom it is about and what was found is not sent by e-mail. Sign in to read it, and to see whether somebody has taken it since:\n${where}`,
      'Tagwatch sends this by itself; nobody reads what is answered.',
    ].join('\n\n'),
  };
}

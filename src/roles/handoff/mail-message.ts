/**
 * That nobody has seen an alert, or several, as the one is told by e-mail to whom they climb (`wire.md`, "Hand-off"): since when, how
 * severe, and where to read the rest. Mail is kept and passed on without Tagwatch's knowing: no wearer, no place and no kind of alert is
 * in it.
 */
import { createHash } from 'node:crypto';
import { toGrouped } from '../../alerts/alarm-health.js';
import type { Alert } from '../../alerts/alert.js';
import { groupAlerts } from '../../alerts/grouping.js';
import type { AcceptedEvent } from '../../alerts/register.js';
import { idOfEvent } from './event-id.js';

export interface MailMessage {
  /** The same for the same events however often it is sent: what came twice is known by it, and nothing more is taken for it. */
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
}

/** Rows that a mail names; of the rest it says how many there are. */
const ROWS_LIMIT = 50;
/** A fold of all that a mail tells, whenever it was raised. */
const ALL = { fromMs: 0, toMs: null };

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
const waitingSince = (alert: Alert): string => alert.waitingSince ?? alert.raisedAt;
const ENDS = 'Tagwatch sends this by itself; nobody reads what is answered.';

/**
 * Of `escalated` events, one at least, in the order of the log. `domain`: of whom it is sent by; `publicUrl`: of the console, null where
 * it is not known.
 */
export function toMailMessage(
  climbed: readonly AcceptedEvent[],
  { domain, publicUrl }: { readonly domain: string; readonly publicUrl: string | null },
): MailMessage {
  const ids = climbed.map(({ event }) => idOfEvent(event));
  const id = ids.length === 1 ? ids[0]! : `evs_${createHash('sha256').update(ids.join('\n')).digest('base64url')}`;
  // One that climbed twice meanwhile is one alert, as it was last.
  const alerts = [...new Map(climbed.map(({ alert }) => [alert.alertId, alert])).values()];
  const pageOf = (alertId: string) =>
    publicUrl === null ? `alert ${alertId}` : `${publicUrl}/alerts/${encodeURIComponent(alertId)}`;
  const told = alerts.length === 1 ? tellOne(alerts[0]!, pageOf) : tellMany(alerts, pageOf);
  return { messageId: `<${id}@${domain}>`, ...told };
}

type Told = Pick<MailMessage, 'subject' | 'text'>;

function tellOne(alert: Alert, pageOf: (alertId: string) => string): Told {
  const { severity } = alert.finding;
  const role = alert.escalation?.to ?? 'next';
  const at = alert.escalation?.at ?? alert.raisedAt;
  return {
    subject: `Tagwatch: nobody has seen an alert of ${severity} severity`,
    text: [
      `An alert of ${severity} severity has waited since ${words(waitingSince(alert))} and nobody had seen it by ${words(at)}: so it is passed on to the ${role}.`,
      `Whom it is about and what was found is not sent by e-mail. Sign in to read it, and to see whether somebody has taken it since:\n${pageOf(alert.alertId)}`,
      ENDS,
    ].join('\n\n'),
  };
}

/** Critical ones first and each by itself, then one row a cause; which cause is not told. */
function tellMany(alerts: readonly Alert[], pageOf: (alertId: string) => string): Told {
  const byId = new Map(alerts.map((alert) => [alert.alertId, alert]));
  const folded = new Map<string, { readonly severity: string; readonly alertIds: readonly string[] }>();
  for (const group of groupAlerts(alerts.map(toGrouped), ALL))
    for (const alertId of group.alertIds) folded.set(alertId, group);
  const rows = new Set(
    alerts.map(({ alertId, finding: { severity } }) => folded.get(alertId) ?? { severity, alertIds: [alertId] }),
  );
  const critical = alerts.filter(({ finding }) => finding.severity === 'critical').length;
  const [first, then] = [[...rows].filter(isCritical), [...rows].filter((row) => !isCritical(row))];
  const named = [...first, ...then].slice(0, ROWS_LIMIT);
  const lines = named.map(({ severity, alertIds }) => {
    const since = alertIds.map((alertId) => waitingSince(byId.get(alertId)!)).sort()[0]!;
    const what = alertIds.length === 1 ? severity : `${alertIds.length} of one cause, ${severity} at worst`;
    return `- ${what}, waiting since ${words(since)}: ${pageOf(alertIds[0]!)}`;
  });
  const unnamed = alerts.length - named.reduce((sum, { alertIds }) => sum + alertIds.length, 0);
  if (unnamed > 0) lines.push(`- and ${unnamed} more, which the register shows`);
  const roles = new Set(alerts.map(({ escalation }) => escalation?.to ?? 'next'));
  return {
    subject: `Tagwatch: nobody has seen ${alerts.length} alerts, ${critical === 0 ? 'none' : critical} of them critical`,
    text: [
      `${alerts.length} alerts have waited for somebody to see them, so they are passed on to the ${[...roles].join(' and the ')}: what came within a minute of the last mail, or while no mail went through, is told in one.`,
      `Whom they are about and what was found is not sent by e-mail. Sign in to read them, and to see whether somebody has taken them since:\n${lines.join('\n')}`,
      ENDS,
    ].join('\n\n'),
  };
}

const isCritical = ({ severity }: { readonly severity: string }): boolean => severity === 'critical';

/** Who has an alert, or what became of it. Pure. */
import { proposalAt } from '../../alerts/act.js';
import { type AlertItem, fromAlertItem } from '../../alerts/alert.js';
import { type EscalationTable, nextEscalation } from '../../alerts/escalation.js';
import { personWords } from './people-words.js';
import { timeOfDay } from './times.js';
import { DISPOSITION_WORDS } from './words.js';

/** The suspension that waits for a second person; null: none does. */
export function proposalWords(item: AlertItem, atMs: number): string | null {
  const proposal = proposalAt(fromAlertItem(item), new Date(atMs).toISOString());
  if (proposal === null) return null;
  const until = timeOfDay(Date.parse(proposal.until), atMs);
  return `${personWords(proposal.by)} proposes to suspend it until ${until}: ${proposal.reason}`;
}

export function ownerWords(item: AlertItem, atMs: number): string {
  const proposed = proposalWords(item, atMs);
  return [standsWords(item, atMs), proposed ?? ''].filter((words) => words !== '').join('. ');
}

/** `It goes to the sergeant at 18:12:00 unless somebody sees it.`; null: it climbs no further. */
export function climbsWords(item: AlertItem, table: EscalationTable, atMs: number): string | null {
  const next = nextEscalation(fromAlertItem(item), table);
  return next === null ? null : `It goes to the ${next.to} at ${timeOfDay(next.atMs, atMs)} unless somebody sees it.`;
}

function standsWords(item: AlertItem, atMs: number): string {
  const at = (instant: string | undefined) =>
    instant === undefined ? '' : ` at ${timeOfDay(Date.parse(instant), atMs)}`;
  const by = (subjectId: string | undefined) => (subjectId === undefined ? 'somebody' : personWords(subjectId));
  if (item.status === 'closed') {
    if (item.disposition === undefined) return `Closed${at(item.closedAt)}: withdrawn before anybody acted on it`;
    return `Closed${at(item.disposedAt)} by ${by(item.disposedBy)}: ${DISPOSITION_WORDS[item.disposition]}`;
  }
  const { suspension } = item;
  if (suspension !== undefined) {
    const until = timeOfDay(Date.parse(suspension.until), atMs);
    const agreed = suspension.approvedBy === undefined ? '' : `, agreed by ${by(suspension.approvedBy)}`;
    return `Suspended until ${until} by ${by(suspension.by)}${agreed}: ${suspension.reason}`;
  }
  if (item.ownedBy !== undefined) {
    const isSeen = item.acknowledgedBy !== undefined;
    return `${isSeen ? 'In hand:' : 'Given to'} ${by(item.ownedBy)}${at(item.ownedAt)}${isSeen ? '' : ', not seen yet'}`;
  }
  if (item.acknowledgedBy !== undefined) return `Acknowledged by ${by(item.acknowledgedBy)}${at(item.acknowledgedAt)}`;
  return item.reopenedAt === undefined ? '' : `Open again${at(item.reopenedAt)}: there is news`;
}

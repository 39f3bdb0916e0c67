/** Who has an alert, or what became of it. Pure. */
import type { AlertItem } from '../../alerts/alert.js';
import { personWords } from './people-words.js';
import { timeOfDay } from './times.js';
import { DISPOSITION_WORDS } from './words.js';

export function ownerWords(item: AlertItem, atMs: number): string {
  const at = (instant: string | undefined) =>
    instant === undefined ? '' : ` at ${timeOfDay(Date.parse(instant), atMs)}`;
  const by = (subjectId: string | undefined) => (subjectId === undefined ? 'somebody' : personWords(subjectId));
  if (item.status === 'closed') {
    if (item.disposition === undefined) return `Closed${at(item.closedAt)}: withdrawn before anybody acted on it`;
    return `Closed${at(item.disposedAt)} by ${by(item.disposedBy)}: ${DISPOSITION_WORDS[item.disposition]}`;
  }
  const { suspension } = item;
  if (suspension !== undefined)
    return `Suspended until ${timeOfDay(Date.parse(suspension.until), atMs)} by ${by(suspension.by)}: ${suspension.reason}`;
  if (item.ownedBy !== undefined) {
    const isSeen = item.acknowledgedBy !== undefined;
    return `${isSeen ? 'In hand:' : 'Given to'} ${by(item.ownedBy)}${at(item.ownedAt)}${isSeen ? '' : ', not seen yet'}`;
  }
  if (item.acknowledgedBy !== undefined) return `Acknowledged by ${by(item.acknowledgedBy)}${at(item.acknowledgedAt)}`;
  return item.reopenedAt === undefined ? '' : `Open again${at(item.reopenedAt)}: there is news`;
}

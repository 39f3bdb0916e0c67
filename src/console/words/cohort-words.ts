/** What the cohort page says. */
import type { CohortRow } from '../../wire/cohort.js';
import { dayAndTime, duration } from './times.js';

export const MISSING_WORDS: Readonly<Record<NonNullable<CohortRow['missing']>, string>> = {
  ordered: 'no order in force',
  fitted: 'ordered, no tag fitted',
  watched: 'fitted, not watched yet',
  charged: 'tag is off',
  fixing: 'tag is not heard',
};

/** `Yes, for 12 d`, `No: tag is not heard, for 1 d`. */
export function monitoredWords(
  { isMonitored, missing, monitoredSince, consentEndedAt, uncoveredSince }: CohortRow,
  atMs: number,
): string {
  // Whatever else is missing: nothing may be collected, however long the tag stays on.
  if (consentEndedAt !== null)
    return `No: consent ended, nothing is collected, for ${duration(atMs - Date.parse(consentEndedAt))}`;
  const since = monitoredSince === null ? '' : `, for ${duration(atMs - Date.parse(monitoredSince))}`;
  const line = isMonitored || missing === null ? `Yes${since}` : `No: ${MISSING_WORDS[missing]}${since}`;
  return uncoveredSince === null ? line : `${line}; no order or consent covers the tag`;
}

/** What somebody has to know of whether a tag that is on may be collected; null: an order or a consent covers it, or none is on. */
export function coverWords({ consentEndedAt, uncoveredSince }: CohortRow, atMs: number): string | null {
  if (consentEndedAt !== null)
    return `CONSENT ENDED ${dayAndTime(Date.parse(consentEndedAt))}: nothing is collected of this tag since then, though it is on.`;
  if (uncoveredSince === null) return null;
  return (
    `NO ORDER OR CONSENT covers this tag, for ${duration(atMs - Date.parse(uncoveredSince))} (since ${dayAndTime(Date.parse(uncoveredSince))}). ` +
    'It is collected all the same: record what covers it, or have it taken off.'
  );
}

/** `95 h 5 min`. */
export function minuteWords(minutes: number): string {
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `4 d overdue`, `in 3 d`. */
export function dueWords(dueAt: string, atMs: number): string {
  const leftMs = Date.parse(dueAt) - atMs;
  const days = Math.floor(Math.abs(leftMs) / 86_400_000);
  if (days === 0) return leftMs < 0 ? 'overdue since today' : 'today';
  return leftMs < 0 ? `${days} d overdue` : `in ${days} d`;
}

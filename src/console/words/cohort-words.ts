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
  { isMonitored, missing, monitoredSince, consentEndedAt }: CohortRow,
  atMs: number,
): string {
  // Whatever else is missing: nothing may be collected, however long the tag stays on.
  if (consentEndedAt !== null)
    return `No: consent ended, nothing is collected, for ${duration(atMs - Date.parse(consentEndedAt))}`;
  const since = monitoredSince === null ? '' : `, for ${duration(atMs - Date.parse(monitoredSince))}`;
  return isMonitored || missing === null ? `Yes${since}` : `No: ${MISSING_WORDS[missing]}${since}`;
}

/** The same, and whether anything covers the tag that is on. */
export const monitoredAndCoverWords = (row: CohortRow, atMs: number): string =>
  `${monitoredWords(row, atMs)}${row.uncoveredSince === null ? '' : '; no order or consent covers the tag'}`;

/** That nothing covers a tag that is on and is collected; null: an order or a consent does. */
export function coverWords({ uncoveredSince }: CohortRow, atMs: number): string | null {
  if (uncoveredSince === null) return null;
  return (
    `NO ORDER OR CONSENT covers this tag, for ${duration(atMs - Date.parse(uncoveredSince))} (since ${dayAndTime(Date.parse(uncoveredSince))}). ` +
    'It is collected all the same: record what covers it, or have it taken off.'
  );
}

const WHOLE_HOURS_FROM_MINUTES = 600;

/** What has changed against the 28 days before, unknown beside it: nothing that is not known says that it went better. */
export function trendWords(row: CohortRow): string[] {
  const { compliance, violations, before } = row;
  const sum = (counts: CohortRow['violations']) => Object.values(counts).reduce((all, count) => all + (count ?? 0), 0);
  const minutes = (words: string, field: 'keptMinutes' | 'unreasonableMinutes' | 'unknownMinutes') => {
    const both = [before.compliance[field], compliance[field]] as const;
    // In one unit, and no longer than a line.
    if (Math.max(...both) < WHOLE_HOURS_FROM_MINUTES) return `${words} ${both[0]} → ${both[1]} min`;
    return `${words} ${Math.round(both[0] / 60)} → ${Math.round(both[1] / 60)} h`;
  };
  const isJudged = compliance.requiredMinutes > 0 || before.compliance.requiredMinutes > 0;
  return [
    `Violations ${sum(before.violations)} → ${sum(violations)}`,
    ...(isJudged
      ? [
          minutes('Unreasonable', 'unreasonableMinutes'),
          minutes('Kept', 'keptMinutes'),
          minutes('Unknown', 'unknownMinutes'),
        ]
      : []),
  ];
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

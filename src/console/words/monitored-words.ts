/** Whether somebody is watched by the tag, as the engine has told. Pure. */
import type { AlertItem } from '../../alerts/alert.js';
import type { CohortRow } from '../../wire/cohort.js';
import { monitoredWords } from './cohort-words.js';
import { dayAndTime, duration } from './times.js';
import { REASON_WORDS } from './words.js';

/** Null: nobody says so. An alert that is closed says it still, where its episode goes on. */
export function unmonitoredWords(alerts: readonly AlertItem[], nowMs: number): string | null {
  const going = alerts.find(
    ({ kind, type, episode }) => kind === 'unmonitored' && type !== 'withdrawn' && episode.endedAt === null,
  );
  if (going === undefined) return null;
  const { reason, episode } = going;
  const sinceMs = Date.parse(episode.startedAt);
  const why = reason === undefined ? '' : `: ${REASON_WORDS[reason]}`;
  return `NOT MONITORED since ${dayAndTime(sinceMs)}, for ${duration(nowMs - sinceMs)}${why}.`;
}

/**
 * The line of the page of a wearer; `warning`: what the engine has told, as above. Null: nobody here can say. Where the consent has ended
 * nothing may be collected: that is why nobody is watched, whatever the tag does.
 */
export function monitoredLine(
  row: CohortRow | null,
  warning: string | null,
  atMs: number,
): { readonly words: string; readonly isGood: boolean } | null {
  const isConsentOver = row !== null && row.consentEndedAt !== null;
  if (warning !== null && !isConsentOver) return { words: warning, isGood: false };
  if (row === null) return null;
  const words = monitoredWords(row, atMs);
  return words.startsWith('No: ')
    ? { words: `NOT MONITORED: ${words.slice(4)}.`, isGood: false }
    : { words: `Monitored: ${words}.`, isGood: true };
}

/** Whether somebody is watched by the tag, as the engine has told. Pure. */
import type { AlertItem } from '../../alerts/alert.js';
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

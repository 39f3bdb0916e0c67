/** What the connection bar says. Pure. */

import type { FeedStatus } from '../../wire/feed-messages.js';
import type { Connection } from '../feed/feed-client.js';
import { STALE_MS } from '../model/map-data.js';
import { dayAndTime, duration, timeOfDay } from './times.js';

/** No new position from anybody for so long is worth a warning: tags ping once a minute. */
export const STALE_DATA_MS = 2 * 60_000;

/** What the bar says. `state` is shown by a sign of its own shape beside the words. */
export function describeConnection(
  connection: Connection,
  newestMs: number | null,
  nowMs: number,
): {
  readonly state: 'live' | 'stale' | 'connecting' | 'catching-up' | 'lost';
  readonly words: string;
  readonly age: string;
} {
  const age = newestMs === null ? 'no positions yet' : `newest position ${duration(nowMs - newestMs)} ago`;
  if (connection.state === 'connecting') return { state: 'connecting', words: 'Connecting …', age };
  if (connection.state === 'catching-up') return { state: 'catching-up', words: 'Catching up …', age };
  if (connection.state === 'reconnecting') {
    const words = `NOT LIVE since ${timeOfDay(connection.sinceMs, nowMs)}, attempt ${connection.attempt}`;
    return { state: 'lost', words, age };
  }
  if (newestMs !== null && nowMs - newestMs > STALE_DATA_MS) {
    return { state: 'stale', words: `${duration(nowMs - newestMs)} behind`, age: 'connected, but no new positions' };
  }
  return { state: 'live', words: 'Live', age };
}

/** What a supervisor is told who was without connection: how many changes came meanwhile, and of how many alerts that are new. */
export function describeMeanwhile(lostForMs: number, newAlerts: number, changes: number): string {
  const away = `Connected again after ${duration(lostForMs)}`;
  if (newAlerts === 0 && changes === 0) return `${away}: nothing came meanwhile.`;
  const alerts = newAlerts === 1 ? '1 new alert' : `${newAlerts} new alerts`;
  const news = changes === 1 ? '1 change of known ones' : `${changes} changes of known ones`;
  return `${away}: ${alerts} and ${news} came meanwhile.`;
}

/** How many tags have a fix of the last minutes, and how many are silent: silence is told, never left out. */
export function countTags(fixedAtMs: Iterable<number>, nowMs: number): string {
  const ages = [...fixedAtMs].map((atMs) => nowMs - atMs);
  const silent = ages.filter((ageMs) => ageMs > STALE_MS).length;
  const heard = ages.length - silent === 1 ? '1 tag heard' : `${ages.length - silent} tags heard`;
  return ages.length === 0 ? '' : `${heard}, ${silent} silent for over ${duration(STALE_MS)}`;
}

/** The record is behind by less while it is busy. */
const LAG_WORTH_TELLING_MS = 60_000;

export interface Miscount {
  readonly server: number;
  readonly page: number;
}

/** What is wrong on the other side, and where this page does not show what the server has, a sentence each. */
export function describeTroubles(
  { database, log, recorderLagMs, silentSuppliers }: FeedStatus,
  miscount: Miscount | null = null,
): string[] {
  const troubles: string[] = [];
  if (miscount !== null)
    troubles.push(
      `The server counts ${miscount.server} unresolved, and this page has ${miscount.page}: the page asks for all of them again. Where this stays, load the page anew.`,
    );
  if (log === 'away') troubles.push('The event log is away: nothing new is judged, and nothing can be acknowledged.');
  const behind = recorderLagMs !== null && recorderLagMs >= LAG_WORTH_TELLING_MS ? duration(recorderLagMs) : null;
  if (database === 'away') {
    const since = behind === null ? '' : ` What came in the last ${behind} is yet to be recorded.`;
    troubles.push(`The database is away: alerts go on; names, zones and tracks may be missing.${since}`);
  } else if (behind !== null) {
    troubles.push(`The record is ${behind} behind: alerts go on; tracks are shorter than they will be.`);
  }
  for (const { topic, lastAt } of silentSuppliers) {
    troubles.push(`Nothing has come from ${topic} since ${dayAndTime(Date.parse(lastAt))}: its tags are not heard.`);
  }
  return troubles;
}

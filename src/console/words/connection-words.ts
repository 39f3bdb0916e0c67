/** What the connection bar says. Pure. */
import type { Connection } from '../feed/feed-client.js';
import { STALE_MS } from '../model/map-data.js';
import { duration, timeOfDay } from './times.js';

/** No new position from anybody for so long is worth a warning: tags ping once a minute. */
export const STALE_DATA_MS = 2 * 60_000;

/** What the bar says. `state` is shown by a sign of its own shape beside the words. */
export function describeConnection(
  connection: Connection,
  newestMs: number | null,
  nowMs: number,
): { readonly state: 'live' | 'stale' | 'connecting' | 'lost'; readonly words: string; readonly age: string } {
  const age = newestMs === null ? 'no positions yet' : `newest position ${duration(nowMs - newestMs)} ago`;
  if (connection.state === 'connecting') return { state: 'connecting', words: 'Connecting …', age };
  if (connection.state === 'reconnecting') {
    const words = `NOT LIVE since ${timeOfDay(connection.sinceMs, nowMs)}, attempt ${connection.attempt}`;
    return { state: 'lost', words, age };
  }
  if (newestMs !== null && nowMs - newestMs > STALE_DATA_MS) {
    return { state: 'stale', words: 'Connected, but no new positions', age };
  }
  return { state: 'live', words: 'Live', age };
}

/** How many tags have a fix of the last minutes, and how many are silent: silence is told, never left out. */
export function countTags(fixedAtMs: Iterable<number>, nowMs: number): string {
  const ages = [...fixedAtMs].map((atMs) => nowMs - atMs);
  const silent = ages.filter((ageMs) => ageMs > STALE_MS).length;
  return ages.length === 0 ? '' : `${ages.length - silent} tags heard, ${silent} silent for over ${duration(STALE_MS)}`;
}

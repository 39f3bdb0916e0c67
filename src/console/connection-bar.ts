/** Whether what is on the page can be trusted: connected or not, since when, and how old the newest data are. */
import type { FeedStatus } from '../feed/messages.js';
import { byId, setText } from './dom.js';
import type { Connection } from './feed-client.js';
import { duration, timeOfDay } from './times.js';

export interface ConnectionBar {
  connection(connection: Connection): void;
  status(status: FeedStatus): void;
  /** Positions that were received at this instant, by the server's clock. */
  heard(receivedAtMs: number): void;
  /** `aheadMs`: the server's clock minus ours. */
  tick(nowMs: number, aheadMs: number): void;
}

/** No new position from anybody for so long is worth a warning: tags ping once a minute. */
export const STALE_DATA_MS = 2 * 60_000;

/** What the bar says. `state` is shown by a sign of its own shape beside the words. */
export function describe(
  connection: Connection,
  newestMs: number | null,
  nowMs: number,
): { readonly state: 'live' | 'stale' | 'connecting' | 'lost'; readonly words: string; readonly age: string } {
  const age = newestMs === null ? 'no positions yet' : `newest position ${duration(nowMs - newestMs)} ago`;
  if (connection.state === 'connecting') return { state: 'connecting', words: 'Connecting …', age };
  if (connection.state === 'reconnecting') {
    const words = `NOT LIVE since ${timeOfDay(connection.sinceMs, nowMs)}: reconnecting, attempt ${connection.attempt}`;
    return { state: 'lost', words, age };
  }
  if (newestMs !== null && nowMs - newestMs > STALE_DATA_MS) {
    return { state: 'stale', words: 'Connected, but no new positions', age };
  }
  return { state: 'live', words: 'Live', age };
}

export function createConnectionBar(): ConnectionBar {
  const bar = byId('connection');
  const words = byId('connection-words');
  const age = byId('data-age');
  const trouble = byId('trouble');
  let connection: Connection = { state: 'connecting' };
  let newestMs: number | null = null;

  return {
    connection(given) {
      connection = given;
    },
    status({ database, log, silentSuppliers }) {
      const troubles = [
        log === 'away' ? 'The event log is away: nothing new is judged, and nothing can be acknowledged.' : null,
        database === 'away' ? 'The database is away: alerts go on; names, zones and tracks may be missing.' : null,
        silentSuppliers.length > 0 ? `No pings from ${silentSuppliers.join(', ')}.` : null,
      ].filter((one) => one !== null);
      trouble.hidden = troubles.length === 0;
      setText(trouble, troubles.join(' '));
    },
    heard(receivedAtMs) {
      newestMs = Math.max(newestMs ?? receivedAtMs, receivedAtMs);
    },
    tick(nowMs, aheadMs) {
      const serverNowMs = nowMs + aheadMs;
      const shifted =
        connection.state === 'reconnecting' ? { ...connection, sinceMs: connection.sinceMs + aheadMs } : connection;
      const said = describe(shifted, newestMs, serverNowMs);
      bar.dataset.state = said.state;
      setText(words, said.words);
      setText(age, said.age);
      setText(byId('clock'), timeOfDay(serverNowMs, serverNowMs));
    },
  };
}

/** Whether what is on the page can be trusted: connected or not, since when, and how old the newest data are. */
import type { FeedStatus, PositionItem } from '../../wire/feed-messages.js';
import type { Connection } from '../feed/feed-client.js';
import { countTags, describeConnection, describeTroubles } from '../words/connection-words.js';
import { dayAndTime } from '../words/times.js';
import { byId, setText } from './dom.js';

export interface ConnectionBar {
  connection(connection: Connection): void;
  status(status: FeedStatus): void;
  heard(items: readonly PositionItem[]): void;
  /** `aheadMs`: the server's clock minus ours. */
  tick(nowMs: number, aheadMs: number): void;
}

export function createConnectionBar(): ConnectionBar {
  const bar = byId('connection');
  const words = byId('connection-words');
  const age = byId('data-age');
  const trouble = byId('trouble');
  let connection: Connection = { state: 'connecting' };
  let newestMs: number | null = null;
  const fixedAtMs = new Map<string, number>();

  return {
    connection(given) {
      connection = given;
    },
    status(status) {
      const troubles = describeTroubles(status);
      trouble.hidden = troubles.length === 0;
      setText(trouble, troubles.join(' '));
    },
    heard(items) {
      for (const { tagId, fixedAt, receivedAt } of items) {
        fixedAtMs.set(tagId, Date.parse(fixedAt));
        newestMs = Math.max(newestMs ?? 0, Date.parse(receivedAt));
      }
    },
    tick(nowMs, aheadMs) {
      const serverNowMs = nowMs + aheadMs;
      const shifted =
        connection.state === 'reconnecting' ? { ...connection, sinceMs: connection.sinceMs + aheadMs } : connection;
      const said = describeConnection(shifted, newestMs, serverNowMs);
      bar.dataset.state = said.state;
      setText(words, said.words);
      setText(age, said.age);
      setText(byId('tags'), countTags(fixedAtMs.values(), serverNowMs));
      setText(byId('clock'), dayAndTime(serverNowMs));
    },
  };
}

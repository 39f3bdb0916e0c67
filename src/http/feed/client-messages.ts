/** What a client says over the feed: whose positions it wants, and whether it can be heard. */
import { randomUUID } from 'node:crypto';
import { Compile } from 'typebox/compile';
import type { Clock } from '../../ports/clock.js';
import {
  CLIENT_MESSAGES,
  CLIENT_MESSAGES_A_MINUTE,
  CLOSE,
  ClientMessageSchema,
  WEARER_IDS_LIMIT,
} from '../../wire/feed-messages.js';
import type { SayOfClient } from './feed-audit.js';
import type { FeedClient } from './feed-client.js';

const MINUTE_MS = 60_000;
const clientMessage = Compile(ClientMessageSchema);

/** Takes them in their order, and closes at one that is none, at too many, or where a subscription cannot be put on record (`onUnsaid`). */
export function takeMessages(
  client: FeedClient,
  say: SayOfClient,
  { clock, onUnsaid }: { readonly clock: Clock; readonly onUnsaid: (error: unknown) => void },
): void {
  const { socket } = client;
  let taking: Promise<void> = Promise.resolve();
  let minuteStartsAtMs = Number.NEGATIVE_INFINITY;
  let messages = 0;
  socket.on('message', (data, isBinary) => {
    const nowMs = clock.nowMs();
    if (nowMs - minuteStartsAtMs >= MINUTE_MS) [minuteStartsAtMs, messages] = [nowMs, 0];
    messages++;
    // What it sends behind its close is not looked at.
    if (messages > CLIENT_MESSAGES_A_MINUTE) {
      socket.close(CLOSE.TOO_MANY, `said more than ${CLIENT_MESSAGES_A_MINUTE} messages within a minute`);
      return;
    }
    taking = taking
      .then(() => takeMessage(client, say, isBinary ? null : String(data), nowMs))
      .catch((error: unknown) => {
        onUnsaid(error);
        socket.close(CLOSE.GOING_AWAY, 'the audit takes no entries; resume');
      });
  });
}

async function takeMessage(client: FeedClient, say: SayOfClient, data: string | null, nowMs: number): Promise<void> {
  const message = data === null ? null : parseJson(data);
  if (!clientMessage.Check(message)) {
    const { wearerIds } = (message ?? {}) as { readonly wearerIds?: unknown };
    const isTooLong = Array.isArray(wearerIds) && wearerIds.length > WEARER_IDS_LIMIT;
    const why = isTooLong ? `names more than ${WEARER_IDS_LIMIT} wearers` : `neither ${CLIENT_MESSAGES.join(' nor ')}`;
    client.socket.close(CLOSE.MALFORMED, why);
    return;
  }
  if (message.type === 'sound') {
    if (client.sound.sound === message.sound) return;
    client.sound = { spanId: randomUUID(), sound: message.sound, fromMs: nowMs };
    return;
  }
  const { positions = false, wearerIds } = message;
  // Before it is sent any; what it does not want any more needs no entry.
  if (positions) await say('subscribe', { wearerIds: wearerIds ?? [] });
  client.wants = positions ? { wearerIds: wearerIds === undefined ? null : new Set(wearerIds) } : null;
  client.needsAllPositions = positions;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

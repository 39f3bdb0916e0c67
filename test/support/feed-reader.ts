/** A plain `ws` client of the feed that writes down what it hears. */
import { WebSocket } from 'ws';
import type { ServerMessage } from '../../src/wire/feed-messages.js';

export interface FeedReader {
  readonly socket: WebSocket;
  readonly messages: ServerMessage[];
  /** The messages of one type. */
  of<T extends ServerMessage['type']>(type: T): Extract<ServerMessage, { type: T }>[];
  /** Resolves with the first message that fits, also one that came before. Rejects when the connection ends without it. */
  heard(fits: (message: ServerMessage) => boolean): Promise<ServerMessage>;
  /** How the connection ended. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** Connects; rejects with `Unexpected server response: STATUS` where the server does not let it in. */
export async function readFeed(
  url: string,
  options: {
    readonly protocol?: string;
    readonly origin?: string;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<FeedReader> {
  const { protocol, origin, headers } = options;
  const socket = new WebSocket(url, protocol === undefined ? [] : [protocol], {
    ...(origin !== undefined && { origin }),
    ...(headers !== undefined && { headers }),
  });
  const messages: ServerMessage[] = [];
  const waiting = new Set<() => void>();
  const look = () => {
    for (const one of [...waiting]) one();
  };
  let isClosed = false;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      isClosed = true;
      resolve({ code, reason: String(reason) });
      look();
    });
  });
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data)) as ServerMessage);
    look();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  return {
    socket,
    messages,
    closed,
    of: <T extends ServerMessage['type']>(type: T) =>
      messages.filter((message): message is Extract<ServerMessage, { type: T }> => message.type === type),
    heard: (fits) =>
      new Promise((resolve, reject) => {
        const one = () => {
          const found = messages.find(fits);
          if (found === undefined && !isClosed) return;
          waiting.delete(one);
          if (found === undefined) reject(new Error('the connection ended without it'));
          else resolve(found);
        };
        waiting.add(one);
        one();
      }),
  };
}

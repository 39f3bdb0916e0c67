/** One connected client: what it has been sent, what it wants, and whether it reads. */
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type { ConnectedConsole } from '../../ports/console-sounds.js';
import { CLOSE } from '../../wire/feed-messages.js';
import type { Identity } from '../plugins/principal.js';

export interface FeedClientLimits {
  /** What may wait to be sent to one client, besides the burst it was sent at its start. */
  readonly bufferedBytes: number;
  /** How long a client may go without taking anything of what waits for it. */
  readonly stalledMs: number;
  /** Pings that may stay unanswered. */
  readonly unansweredPings: number;
}

export const DEFAULT_FEED_CLIENT_LIMITS: FeedClientLimits = {
  bufferedBytes: 4 * 1_048_576,
  stalledMs: 30_000,
  unansweredPings: 3,
};

export interface FeedClient {
  readonly socket: WebSocket;
  readonly identity: Identity;
  /** The last seq it was sent. */
  position: number;
  /** Whether it wants positions, and of whom; null: of every wearer. */
  wants: { readonly wearerIds: ReadonlySet<string> | null } | null;
  /** Whether it can be heard, and since when. */
  sound: Pick<ConnectedConsole, 'spanId' | 'sound' | 'fromMs'>;
  /** Whether it has to be sent all positions once, not only changed ones. */
  needsAllPositions: boolean;
  /** Sends a message, or cuts the client off where too much waits already. */
  send(text: string): void;
  /** As `send`, for the snapshot or the missed events at the start, however large they are. */
  sendBurst(text: string): void;
  /** Pings, and cuts off a client that does not read or is gone. */
  checkAlive(nowMs: number): void;
}

/** `onTooSlow` is told once, before the client is closed with 4008. */
export function createFeedClient(
  socket: WebSocket,
  identity: Identity,
  nowMs: () => number,
  limits: FeedClientLimits,
  onTooSlow: (why: 'buffered' | 'stalled' | 'silent') => void,
): FeedClient {
  let burstBytes = 0;
  let progressAtMs = nowMs();
  let unansweredPings = 0;
  socket.on('pong', () => {
    unansweredPings = 0;
  });

  function cutOff(why: 'buffered' | 'stalled' | 'silent'): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    onTooSlow(why);
    // It gets the code behind what waits for it; ws destroys the socket when it does not answer (30 s).
    socket.close(CLOSE.TOO_SLOW, 'does not read; resume');
  }

  function write(text: string): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount === 0) progressAtMs = nowMs();
    socket.send(text, (error) => {
      if (!error) progressAtMs = nowMs();
    });
  }

  return {
    socket,
    identity,
    position: -1,
    wants: null,
    sound: { spanId: randomUUID(), sound: 'untold', fromMs: nowMs() },
    needsAllPositions: false,
    send(text) {
      write(text);
      if (socket.bufferedAmount <= limits.bufferedBytes) burstBytes = 0;
      else if (socket.bufferedAmount > limits.bufferedBytes + burstBytes) cutOff('buffered');
    },
    sendBurst(text) {
      burstBytes += Buffer.byteLength(text);
      write(text);
    },
    checkAlive(now) {
      if (socket.bufferedAmount > 0 && now - progressAtMs > limits.stalledMs) cutOff('stalled');
      else if (unansweredPings >= limits.unansweredPings) cutOff('silent');
      else if (socket.readyState === WebSocket.OPEN) {
        unansweredPings++;
        socket.ping();
      }
    },
  };
}

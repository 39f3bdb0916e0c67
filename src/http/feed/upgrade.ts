/** What of a request to become a WebSocket decides whether it may, and where its client wants to go on. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Where a client has got to: `EPOCH:SEQ`. Null: it does not ask; a text that is not one names no known epoch. */
export function parseResume(text: string | null): { readonly epoch: string; readonly seq: number } | null {
  if (text === null) return null;
  const match = /^(.{1,100}):(-1|\d{1,15})$/.exec(text);
  return match === null ? { epoch: '', seq: -1 } : { epoch: match[1]!, seq: Number(match[2]) };
}

export interface Refused {
  readonly status: number;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
}

/** Answers a request that does not become a WebSocket, and closes its connection. */
export function refuseUpgrade(socket: Duplex, { status, detail, retryAfterSeconds }: Refused): void {
  const body = JSON.stringify({ title: STATUS_CODES[status], status, detail });
  const retry = retryAfterSeconds === undefined ? '' : `Retry-After: ${retryAfterSeconds}\r\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/problem+json\r\nX-Content-Type-Options: nosniff\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n${retry}Connection: close\r\n\r\n${body}`,
  );
}

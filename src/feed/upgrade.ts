/** What of a request to become a WebSocket decides whether it may, and where its client wants to go on. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Whether a page of this origin may read the feed: none (not a browser), our own (the same host and port), or an allowed one.
 * Cookies are not needed to read, so this is what keeps a foreign page in a supervisor's browser out.
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowedOrigins: readonly string[],
): boolean {
  if (origin === undefined) return true;
  if (allowedOrigins.includes(origin)) return true;
  try {
    return host !== undefined && new URL(origin).host === new URL(`http://${host}`).host;
  } catch {
    return false;
  }
}

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

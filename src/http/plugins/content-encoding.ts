/** Bodies that come compressed (RFC 9110, 8.4). */
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyRequest, RequestPayload } from 'fastify';

class UnsupportedEncoding extends Error {
  readonly statusCode = 415;
}

/**
 * The body without its content encoding: gzip is undone, others are refused with 415. The limit of the endpoint's body holds for
 * what comes out, so a small body that unfolds into a large one ends there.
 */
export function undoContentEncoding(request: FastifyRequest, payload: RequestPayload): RequestPayload {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return payload;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new UnsupportedEncoding('The body has a content encoding that is not undone here; gzip is.');
  }
  const undone: Readable & { receivedEncodedLength?: number } = createGunzip();
  undone.receivedEncodedLength = 0;
  payload.on('data', (chunk: Buffer) => {
    undone.receivedEncodedLength = (undone.receivedEncodedLength ?? 0) + chunk.length;
  });
  payload.on('error', (error) => undone.destroy(error));
  // Whoever reads the body hears of a fault himself; of a body that was refused unread nobody does, and it must end nothing else.
  undone.on('error', () => {});
  return (payload as Readable).pipe(undone as ReturnType<typeof createGunzip>);
}

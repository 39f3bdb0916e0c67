/** Asks a time stamp authority (RFC 3161, over HTTP) for the time at which something was there. */
import { createHash, randomBytes } from 'node:crypto';
import { areSameBytes } from '../container.js';
import { NODE_CRYPTO } from '../node-crypto.js';
import { MAX_ANSWER_BYTES, readTimeStamp, writeTimeStampRequest } from './token.js';
import { checkTimeStamp } from './verify-time-stamp.js';

const ANSWER_TIMEOUT_MS = 10_000;
const NONCE_BYTES = 8;

/** Positive, and without a zero byte before it: one number has one form. */
function makeNonce(): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  nonce[0] = (nonce[0]! & 0x7f) | 0x40;
  return nonce;
}

/** What the authority answered, whole. Rejects, saying why, where it does not answer in 10 s, or not with a time stamp of these bytes. */
export async function askTimeStamp(url: string, bytes: Uint8Array): Promise<Uint8Array> {
  const nonce = makeNonce();
  const request = writeTimeStampRequest(createHash('sha256').update(bytes).digest(), nonce);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
    body: request,
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  if (response.status !== 200) throw new Error(`the time stamp authority answers ${response.status}`);
  const answer = await readBounded(response);
  const stamp = readTimeStamp(answer);
  // An answer of before would tell an earlier time.
  if (stamp.nonce === null || !areSameBytes(stamp.nonce, nonce))
    throw new Error('it is the answer to another question');
  checkTimeStamp(stamp, bytes, NODE_CRYPTO);
  return answer;
}

async function readBounded({ body }: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  if (body === null) throw new Error('the time stamp authority answers nothing');
  for await (const part of body as unknown as AsyncIterable<Uint8Array>) {
    length += part.byteLength;
    if (length > MAX_ANSWER_BYTES) throw new Error('the time stamp authority answers more than a time stamp');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

export interface Stamping {
  stamp(signature: Uint8Array): Promise<Uint8Array | null>;
  /** Why there is no time stamp; null: there is, or none was asked for. */
  whyNot(): string | null;
}

/** For one pack: an authority that does not answer leaves it without a time stamp, and never unmade. `url` null: none is asked. */
export function createStamping(url: string | null): Stamping {
  let why: string | null = null;
  return {
    async stamp(signature) {
      if (url === null) return null;
      try {
        return await askTimeStamp(url, signature);
      } catch (error) {
        const { message, cause } = error as Error;
        why = cause instanceof Error ? `${message}: ${cause.message}` : message;
        return null;
      }
    },
    whyNot: () => why,
  };
}

/** Sends a batch of pings through the front door, again and again until it is answered. */
import { setTimeout as wait } from 'node:timers/promises';
import type { WirePing } from '../formats/track-item.js';

/** A ping that the server refused, by its place in the batch. */
export interface Refusal {
  readonly index: number;
  readonly reason: string;
  readonly detail: string;
}

export type SendOutcome =
  | { readonly kind: 'answered'; readonly accepted: number; readonly rejected: readonly Refusal[] }
  /** The batch has to be cut. */
  | { readonly kind: 'too-large'; readonly detail: string }
  /** It makes no sense to go on: `detail` says why. */
  | { readonly kind: 'failed'; readonly detail: string };

export interface SenderOptions {
  /** Where the program is, without a path. */
  readonly url: string;
  /** How long one batch is tried for. */
  readonly giveUpAfterMs: number;
  /** Told once for each batch that is not answered at once. */
  readonly onTrouble: (detail: string) => void;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
/** A server that takes longer for 5,000 pings is taken for gone. */
const REQUEST_LIMIT_MS = 30_000;
/** Answers after which the same request may succeed; 500 too, since a restart may mend it. */
const PASSING: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

interface Answer {
  readonly status: number;
  readonly retryAfterMs: number;
  readonly text: string;
}

async function post(url: string, body: string): Promise<Answer> {
  const response = await fetch(new URL('/api/v1/pings', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
  });
  const retryAfterMs = Number(response.headers.get('retry-after') ?? 0) * 1_000;
  return { status: response.status, retryAfterMs: retryAfterMs || 0, text: await response.text() };
}

/** Why a request got no answer, in a few words: `fetch` hides it in a cause. */
function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
  return error.name === 'TimeoutError' ? `no answer in ${REQUEST_LIMIT_MS / 1_000} s` : (code ?? message);
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function toOutcome({ status, text }: Answer): SendOutcome {
  const { accepted, rejected, detail, title } = readJson(text);
  if ((status === 202 || status === 422) && typeof accepted === 'number' && Array.isArray(rejected)) {
    return { kind: 'answered', accepted, rejected: rejected as Refusal[] };
  }
  const said = [detail, title].find((each) => typeof each === 'string') ?? 'this is not an answer of Tagwatch';
  return { kind: status === 413 ? 'too-large' : 'failed', detail: `HTTP ${status}: ${said}` };
}

/**
 * One request at a time: while there is no answer, or one that passes (503), the same batch goes out again after a wait of 0.1
 * to 5 s. It may have been taken before; a ping's identity makes that harmless.
 */
export async function sendPings(pings: readonly WirePing[], options: SenderOptions): Promise<SendOutcome> {
  const { url, giveUpAfterMs, onTrouble } = options;
  const body = JSON.stringify(pings);
  const startedAtMs = performance.now();
  for (let attempt = 0; ; attempt++) {
    let trouble: string;
    let retryAfterMs = 0;
    try {
      const answer = await post(url, body);
      if (!PASSING.has(answer.status)) return toOutcome(answer);
      retryAfterMs = answer.retryAfterMs;
      trouble = `HTTP ${answer.status}${answer.status === 503 ? ', not available' : ''}`;
    } catch (error) {
      trouble = describeFailure(error);
    }
    const leftMs = giveUpAfterMs - (performance.now() - startedAtMs);
    if (leftMs <= 0) {
      const seconds = Math.round(giveUpAfterMs / 1_000);
      return { kind: 'failed', detail: `no answer from ${url} for ${seconds} s (${trouble})` };
    }
    if (attempt === 0) onTrouble(trouble);
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(retryAfterMs, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10)));
    await wait(Math.min(waitMs, leftMs));
  }
}

/** One request through the front door, again and again until it is answered. */
import { setTimeout as wait } from 'node:timers/promises';
import { readToken, type Target } from './target.js';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
/** A server that takes longer for 5,000 pings or a zone of 10,000 vertices is taken for gone. */
const REQUEST_LIMIT_MS = 30_000;
/** Answers after which the same request may succeed; 500 too, since a restart may mend it. */
const PASSING: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

export interface Answer {
  readonly status: number;
  readonly etag: string | null;
  readonly text: string;
}

export interface RequestInput {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Below the address of the program, with `/api/v1`. */
  readonly path: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RequestOptions extends Target {
  /** How long one request is tried for. */
  readonly giveUpAfterMs: number;
  /** Told once for each request that is not answered at once. */
  readonly onTrouble: (detail: string) => void;
}

/** Why a request got no answer, in a few words: `fetch` hides it in a cause. */
function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
  return error.name === 'TimeoutError' ? `no answer in ${REQUEST_LIMIT_MS / 1_000} s` : (code ?? message);
}

/**
 * While there is no answer, or one that passes (503), the same request goes out again after a wait of 0.1 to 5 s. It may have been
 * taken before, so it must be one that is harmless twice. `gaveUp`: why there is no answer.
 */
export async function requestUntilAnswered(
  { method, path, body, headers = {} }: RequestInput,
  { url, tokenFile, giveUpAfterMs, onTrouble }: RequestOptions,
): Promise<Answer | { readonly gaveUp: string }> {
  const startedAtMs = performance.now();
  for (let attempt = 0; ; attempt++) {
    let trouble: string;
    let retryAfterMs = 0;
    try {
      const response = await fetch(new URL(path, url), {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(tokenFile !== null && { authorization: `Bearer ${readToken(tokenFile)}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
      });
      const { status } = response;
      const text = await response.text();
      if (!PASSING.has(status)) return { status, etag: response.headers.get('etag'), text };
      retryAfterMs = Number(response.headers.get('retry-after') ?? 0) * 1_000 || 0;
      trouble = `HTTP ${status}${status === 503 ? ', not available' : ''}`;
    } catch (error) {
      trouble = describeFailure(error);
    }
    const leftMs = giveUpAfterMs - (performance.now() - startedAtMs);
    if (leftMs <= 0) {
      return { gaveUp: `no answer from ${url} for ${Math.round(giveUpAfterMs / 1_000)} s (${trouble})` };
    }
    if (attempt === 0) onTrouble(trouble);
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(retryAfterMs, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10)));
    await wait(Math.min(waitMs, leftMs));
  }
}

/** An answer's JSON object; empty where it is none. */
export function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

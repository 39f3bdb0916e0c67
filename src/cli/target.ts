/** The running program that a command sends to, and as whom: `--url` and `--token-file`, the same for every command that sends. */
import { readFileSync } from 'node:fs';
import { isLoopback } from '../start/loopback.js';

export const DEFAULT_URL = 'http://127.0.0.1:8080';
export const TARGET_OPTIONS = { url: { type: 'string' }, 'token-file': { type: 'string' } } as const;
/** Where neither the option nor the variable is set, nothing is said of who asks. */
const TOKEN_VARIABLE = 'TAGWATCH_TOKEN_FILE';
/** What may stand in a header as one (RFC 6750, 2.1). */
const TOKEN = /^[\w.~+/-]+=*$/;

export interface Target {
  /** Without a path. */
  readonly url: string;
  /** The file of a bearer token; null: none is sent. */
  readonly tokenFile: string | null;
}

/** The token as it stands now: whoever renews it writes the file anew. Throws where there is none. */
export function readToken(tokenFile: string): string {
  const text = readFileSync(tokenFile, 'utf8').trim();
  if (!TOKEN.test(text)) throw new Error(`${tokenFile} holds no bearer token`);
  return text;
}

/** What is wrong is added to `errors`. */
export function readTarget(
  given: { readonly url?: string | undefined; readonly 'token-file'?: string | undefined },
  env: Readonly<Record<string, string | undefined>>,
  errors: string[],
): Target {
  const { url = DEFAULT_URL } = given;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    errors.push(`--url is "${url}"; it must be like ${DEFAULT_URL}.`);
  const tokenFile = given['token-file'] ?? (env[TOKEN_VARIABLE]?.trim() || null);
  if (tokenFile === null) return { url, tokenFile };
  const name = given['token-file'] === undefined ? TOKEN_VARIABLE : '--token-file';
  if (parsed?.protocol === 'http:' && !isLoopback(parsed.hostname))
    errors.push(`${name}: a token goes by https alone (http: to this machine); --url is "${url}".`);
  try {
    readToken(tokenFile);
  } catch (error) {
    errors.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { url, tokenFile };
}

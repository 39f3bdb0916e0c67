/** Who asks, where sign-in is configured: by a bearer token, or by the cookie of a session. */
import type { IncomingMessage } from 'node:http';
import { type ClaimsMapping, toMachine } from '../../access/claims.js';
import type { Clock } from '../../ports/clock.js';
import { LogUnavailable } from '../../ports/event-log.js';
import type { Identity } from '../plugins/principal.js';
import type { Provider } from './provider.js';
import type { Sessions } from './sessions.js';

const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;
const READING_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface IdentifyDeps {
  readonly provider: Provider;
  readonly sessions: Sessions;
  readonly mapping: ClaimsMapping;
  readonly clock: Clock;
  readonly publicUrl: string;
  /** Whether all who are signed in are known by now. */
  readonly isCaughtUp: () => boolean;
}

export function createIdentify(deps: IdentifyDeps): (request: IncomingMessage) => Promise<Identity | null> {
  const { provider, sessions, mapping, clock, publicUrl, isCaughtUp } = deps;

  async function identifyBearer(header: string): Promise<Identity | null> {
    const token = BEARER.exec(header)?.[1];
    const claims = token === undefined ? null : await provider.verifyBearer(token);
    if (claims === null) return null;
    const expiresAtMs = Number(claims['exp']) * 1_000;
    return {
      principal: toMachine(claims, mapping),
      check: () => (clock.nowMs() < expiresAtMs ? 'valid' : 'ended'),
    };
  }

  /** A page elsewhere can have a browser send the cookie along, and cannot have it lie about where the request comes from. */
  function isOfOwnPage({ method, headers }: IncomingMessage): boolean {
    const isUpgrade = headers.upgrade !== undefined;
    if (!isUpgrade && READING_METHODS.has(method ?? '')) return true;
    const site = headers['sec-fetch-site'];
    if (site !== undefined && !isUpgrade) return site === 'same-origin';
    return headers.origin === publicUrl;
  }

  return async (request) => {
    // Never both: what a token does not allow, a cookie beside it does not either.
    const { authorization } = request.headers;
    if (authorization !== undefined) return identifyBearer(authorization);
    if (!isCaughtUp()) throw new LogUnavailable('who is signed in is still being read');
    return isOfOwnPage(request) ? sessions.find(request) : null;
  };
}

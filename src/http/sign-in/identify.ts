/** Who asks, where sign-in is configured: by a bearer token, or by the cookie of a session. */
import type { IncomingMessage } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { type ClaimsMapping, toMachine } from '../../access/claims.js';
import { applyGrant, type Grant } from '../../access/grant.js';
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
  readonly findGrant: (subjectId: string) => Grant | undefined;
  /** Whether all who are signed in, and all that was granted, are known by now. */
  readonly isCaughtUp: () => boolean;
}

export function createIdentify(deps: IdentifyDeps): (request: IncomingMessage) => Promise<Identity | null> {
  const { provider, sessions, mapping, clock, publicUrl, findGrant, isCaughtUp } = deps;

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

  /** With what administrators have granted, or taken away: it holds at once, and an open socket is told by its next check. */
  function withGrant(identity: Identity): Identity {
    const readPrincipal = () => applyGrant(identity.principal, findGrant(identity.principal.subjectId));
    const principal = readPrincipal();
    return {
      principal,
      check() {
        const state = identity.check();
        return state === 'valid' && !isDeepStrictEqual(readPrincipal(), principal) ? 'changed' : state;
      },
    };
  }

  return async (request) => {
    if (!isCaughtUp()) throw new LogUnavailable('who is signed in is still being read');
    // Never both: what a token does not allow, a cookie beside it does not either.
    const { authorization } = request.headers;
    const ofCookie = () => (isOfOwnPage(request) ? sessions.find(request) : null);
    const identity = authorization === undefined ? ofCookie() : await identifyBearer(authorization);
    return identity === null ? null : withGrant(identity);
  };
}

/**
 * The OpenID Connect provider: where people are sent to sign in, what comes back, and whose tokens are believed. It may be away:
 * nothing here is asked for a request of somebody who is signed in already.
 */
import {
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import * as client from 'openid-client';
import type { Claims } from '../../access/claims.js';
import { ProviderUnavailable } from './unavailable.js';

/** Clocks differ by less, seconds. */
export const CLOCK_TOLERANCE_SECONDS = 30;
/** No symmetric ones, whose key the provider does not publish, and not `none`. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** After a key that is not known, its keys are asked for anew, but not more often than that. */
const KEYS_COOLDOWN_MS = 5_000;
/** How long its keys are believed while it is away: as long as a session lasts. */
const KEYS_MAX_AGE_MS = 12 * 3_600_000;
const REQUEST_LIMIT_MS = 5_000;
/** A logout token says nothing for longer, seconds. */
const LOGOUT_TOKEN_AGE_SECONDS = 120;
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

export interface ProviderConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The audience of bearer tokens; null: none are taken. */
  readonly apiAudience: string | null;
  /** The origin by which browsers reach this program. */
  readonly publicUrl: string;
}

/** What is remembered of a browser that has been sent to sign in. */
export interface SignInAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface Provider {
  /** Where the browser goes, and what has to come back with it. Rejects with `ProviderUnavailable`. */
  begin(): Promise<{ readonly url: string; readonly attempt: SignInAttempt }>;
  /** The claims of who has come back; null: whatever came is no sign-in. Rejects with `ProviderUnavailable`. */
  complete(query: string, attempt: SignInAttempt): Promise<Claims | null>;
  /** Where the browser goes to sign out there as well; null: the provider has no such page. */
  signOutUrl(): Promise<string | null>;
  /** The claims of a bearer token; null: it is not valid here. Rejects with `ProviderUnavailable`. */
  verifyBearer(token: string): Promise<Claims | null>;
  /** Whose sessions a logout token ends; null: it is none. */
  verifyLogout(token: string): Promise<{ readonly subject: string | null; readonly session: string | null } | null>;
}

export const CALLBACK_PATH = '/auth/callback';

export function createProvider(config: ProviderConfig): Provider {
  const { issuer, clientId, apiAudience } = config;
  const redirectUri = `${config.publicUrl}${CALLBACK_PATH}`;
  let found: Promise<{ readonly configuration: client.Configuration; readonly keys: JWTVerifyGetKey }> | null = null;

  async function discover() {
    // Plain HTTP is for a provider on this machine; the configuration refuses others.
    const execute = issuer.startsWith('http:') ? { execute: [client.allowInsecureRequests] } : {};
    const configuration = await client
      .discovery(new URL(issuer), clientId, undefined, client.ClientSecretBasic(config.clientSecret), {
        ...execute,
        timeout: REQUEST_LIMIT_MS / 1_000,
      })
      .catch((error: unknown) => {
        throw new ProviderUnavailable(`${issuer} does not answer as a provider: ${describe(error)}`);
      });
    const { jwks_uri } = configuration.serverMetadata();
    if (jwks_uri === undefined) throw new ProviderUnavailable(`${issuer} publishes no keys`);
    const keys = createRemoteJWKSet(new URL(jwks_uri), {
      cooldownDuration: KEYS_COOLDOWN_MS,
      cacheMaxAge: KEYS_MAX_AGE_MS,
      timeoutDuration: REQUEST_LIMIT_MS,
    });
    return { configuration, keys };
  }

  async function ask() {
    found ??= discover();
    try {
      return await found;
    } catch (error) {
      found = null;
      throw error;
    }
  }

  /** Null: whatever is wrong with it. */
  async function verify(token: string, options: JWTVerifyOptions): Promise<JWTPayload | null> {
    const { keys } = await ask();
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['iat'],
        ...options,
      });
      return payload;
    } catch (error) {
      if (isOfToken(error)) return null;
      throw new ProviderUnavailable(`the keys of ${issuer} cannot be read: ${describe(error)}`);
    }
  }

  return {
    async begin() {
      const { configuration } = await ask();
      const attempt = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      };
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: 'openid profile',
        code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
        state: attempt.state,
        nonce: attempt.nonce,
      });
      return { url: url.href, attempt };
    },
    async complete(query, { state, nonce, verifier }) {
      const { configuration } = await ask();
      let idToken: string | undefined;
      try {
        const tokens = await client.authorizationCodeGrant(configuration, new URL(`${redirectUri}?${query}`), {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        idToken = tokens.id_token;
      } catch (error) {
        // What the provider or the browser says wrongly is no sign-in; what cannot be reached is away.
        if (error instanceof TypeError) throw new ProviderUnavailable(`${issuer} does not answer: ${describe(error)}`);
        return null;
      }
      return idToken === undefined
        ? null
        : verify(idToken, { audience: clientId, requiredClaims: ['sub', 'exp', 'nonce'] });
    },
    async signOutUrl() {
      const { configuration } = await ask();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return null;
      return client.buildEndSessionUrl(configuration, { post_logout_redirect_uri: `${config.publicUrl}/` }).href;
    },
    async verifyBearer(token) {
      if (apiAudience === null) return null;
      const claims = await verify(token, { audience: apiAudience, requiredClaims: ['sub', 'exp'] });
      // Of an ID token, which tells a client who somebody is and opens nothing.
      return claims === null || 'nonce' in claims || 'at_hash' in claims ? null : claims;
    },
    async verifyLogout(token) {
      const claims = await verify(token, { audience: clientId, maxTokenAge: LOGOUT_TOKEN_AGE_SECONDS });
      const { sub, sid, events } = claims ?? {};
      const isLogout = typeof events === 'object' && events !== null && LOGOUT_EVENT in events;
      if (claims === null || !isLogout || 'nonce' in claims) return null;
      const session = typeof sid === 'string' ? sid : null;
      const subject = sub === undefined ? null : `${issuer}#${sub}`;
      return session === null && subject === null ? null : { subject, session };
    },
  };
}

/** Whether the token is at fault, and not the way to the keys. */
function isOfToken(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false;
  return error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC';
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

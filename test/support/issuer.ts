/** Issuers for tests: a real provider in process, and one whose every token and every key a test makes by itself. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { Provider } from 'oidc-provider';
import type { ClaimsMapping } from '../../src/access/claims.js';

export const CLIENT_ID = 'tagwatch';
export const CLIENT_SECRET = 'a-secret-of-the-tests';
export const AUDIENCE = 'urn:tagwatch';

/** What the providers of the tests say of people, and what it gives. */
export const MAPPING: ClaimsMapping = {
  name: '/name',
  roles: {
    from: ['/roles'],
    values: { 'tw-supervisor': 'supervisor', 'tw-officer': 'officer', 'tw-service': 'service' },
  },
  areas: { from: ['/groups'], values: { kent: { forces: ['kent'], divisions: 'all', schemes: 'all' } } },
  wearerIds: '/wearers',
};

export interface Running {
  readonly url: string;
  readonly server: Server;
  stop(): Promise<void>;
}

export async function listenOn(server: Server, port = 0): Promise<Running> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Everybody may sign in by their name; `alice` supervises Kent. */
export async function startProvider(clientUrl: string): Promise<Running> {
  const server = createServer();
  const running = await listenOn(server);
  const provider = new Provider(running.url, {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        redirect_uris: [`${clientUrl}/auth/callback`],
        post_logout_redirect_uris: [`${clientUrl}/`],
      },
    ],
    claims: { openid: ['sub'], profile: ['name', 'roles', 'groups'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['tests'] },
    findAccount: (_context, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, name: `The ${accountId}`, roles: ['tw-supervisor'], groups: ['kent'] }),
    }),
  });
  server.on('request', provider.callback());
  return running;
}

export interface OwnIssuer extends Running {
  /** Signs with the newest key; `claims` replace what a valid bearer has. */
  sign(claims?: Readonly<Record<string, unknown>>, header?: { typ?: string; kid?: string }): Promise<string>;
  /** Takes the old key away and makes another one. */
  rotate(): Promise<void>;
  /** How often its keys were asked for. */
  keyRequests(): number;
}

export async function startOwnIssuer(nowMs: () => number = Date.now): Promise<OwnIssuer> {
  let asked = 0;
  let n = 0;
  const makeKey = async () => ({ kid: `key-${n++}`, ...(await generateKeyPair('ES256', { extractable: true })) });
  let key = await makeKey();
  const running = await listenOn(
    createServer(async (request, response) => {
      response.setHeader('content-type', 'application/json');
      if (request.url === '/keys') {
        asked++;
        response.end(JSON.stringify({ keys: [{ ...(await exportJWK(key.publicKey)), kid: key.kid, alg: 'ES256' }] }));
        return;
      }
      const { url } = running;
      response.end(
        JSON.stringify({
          issuer: url,
          jwks_uri: `${url}/keys`,
          authorization_endpoint: `${url}/authorize`,
          token_endpoint: `${url}/token`,
        }),
      );
    }),
  );
  return {
    ...running,
    keyRequests: () => asked,
    async rotate() {
      key = await makeKey();
    },
    sign(claims = {}, header = {}) {
      const now = Math.floor(nowMs() / 1_000);
      const payload = { iss: running.url, aud: AUDIENCE, sub: 'machine', iat: now, exp: now + 300, ...claims };
      const defined = Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined));
      return new SignJWT(defined).setProtectedHeader({ alg: 'ES256', kid: key.kid, ...header }).sign(key.privateKey);
    },
  };
}

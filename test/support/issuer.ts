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
    values: {
      'tw-supervisor': 'supervisor',
      'tw-officer': 'officer',
      'tw-sergeant': 'sergeant',
      'tw-service': 'service',
      'tw-administrator': 'administrator',
    },
  },
  areas: {
    from: ['/groups'],
    values: {
      kent: { forces: ['kent'], divisions: 'all', schemes: 'all' },
      essex: { forces: ['essex'], divisions: 'all', schemes: 'all' },
    },
  },
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

const ROLES_BY_NAME = { 'admin-': 'tw-administrator', 'officer-': 'tw-officer', 'sergeant-': 'tw-sergeant' };
const roleOf = (accountId: string): string =>
  Object.entries(ROLES_BY_NAME).find(([begins]) => accountId.startsWith(begins))?.[1] ?? 'tw-supervisor';

/** Everybody may sign in by their name, and supervises Kent (`-essex` at its end: Essex); `admin-`, `officer-` (of W-0) or `sergeant-` at its beginning is that role instead. */
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
    claims: { openid: ['sub'], profile: ['name', 'roles', 'groups', 'wearers'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['tests'] },
    findAccount: (_context, accountId) => ({
      accountId,
      claims: () => ({
        sub: accountId,
        name: `The ${accountId}`,
        roles: [roleOf(accountId)],
        groups: [accountId.endsWith('-essex') ? 'essex' : 'kent'],
        wearers: accountId.startsWith('officer-') ? ['W-0'] : [],
      }),
    }),
  });
  server.on('request', provider.callback());
  return running;
}

export const MACHINE_ID = 'a-machine';

/** A real provider that gives machines tokens for `audience`, signed by `key` (a private JWK) where that is given. */
export async function startMachineProvider({
  audience = AUDIENCE,
  key,
}: {
  readonly audience?: string;
  readonly key?: object;
} = {}): Promise<Running & { readonly tokenUrl: string }> {
  const server = createServer();
  const running = await listenOn(server);
  const alg = key === undefined ? 'RS256' : 'ES256';
  const provider = new Provider(running.url, {
    clients: [
      {
        client_id: MACHINE_ID,
        client_secret: CLIENT_SECRET,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: alg,
      },
    ],
    ...(key !== undefined && { jwks: { keys: [key] } }),
    scopes: ['openid', ...MACHINE_SCOPES],
    extraTokenClaims: () => ({ groups: ['kent'] }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        // Its name has to be an address; what stands in the token is `audience`.
        defaultResource: () => 'urn:resource',
        getResourceServerInfo: () => ({
          scope: MACHINE_SCOPES.join(' '),
          audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 300,
          jwt: { sign: { alg } },
        }),
      },
    },
  });
  server.on('request', provider.callback());
  return { ...running, tokenUrl: `${running.url}/token` };
}

/** What a machine of the tests may ask for. */
const MACHINE_SCOPES = ['pings.write', 'records.read', 'records.write', 'shared.propose'];

/** A token of the machine, as `curl` gets one. */
export async function fetchMachineToken(tokenUrl: string, scope = MACHINE_SCOPES.join(' ')): Promise<string> {
  const answer = await fetch(tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${MACHINE_ID}:${CLIENT_SECRET}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
  });
  const { access_token: token } = (await answer.json()) as { access_token?: string };
  if (token === undefined) throw new Error(`the provider gave no token: ${answer.status}`);
  return token;
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

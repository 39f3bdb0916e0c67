/**
 * The demonstration's OpenID Connect provider: a real one (oidc-provider), in this process and on a port of its own. Who comes to sign
 * in is asked who to be, each time anew.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import type { Configuration, Provider } from 'oidc-provider';
import type { Operation } from '../../access/operations.js';
import { CALLBACK_PATH } from '../../http/sign-in/provider.js';
import { FORCE } from '../../simulator/records.js';
import { choosePolicy, drawChoosePage } from './choose-page.js';
import { createMemoryAdapter } from './memory-adapter.js';
import { findPerson, PEOPLE } from './people.js';

const HOST = '127.0.0.1';
export const CLIENT_ID = 'tagwatch-demo';
export const API_AUDIENCE = 'urn:tagwatch:demo';
/** By which the demonstration itself writes records and sends pings. */
const MACHINE_ID = 'tagwatch-demo-machine';
const MACHINE_OPERATIONS: readonly Operation[] = [
  'records.write',
  'records.read',
  'tags.write',
  'tags.read',
  'absences.write',
  'pings.write',
  'schemes.write',
  'rag.write',
];
const CHOOSE_PATH = '/choose/';
const TOKEN_SECONDS = 3_600;
const BODY_LIMIT_BYTES = 1_024;

export interface DemoProvider {
  readonly issuer: string;
  readonly clientSecret: string;
  /** An access token of the demonstration's own machine. */
  fetchToken(): Promise<string>;
  stop(): Promise<void>;
}

/** The package warns of every Node below 22, on which it runs all the same: not what a newcomer has to read. */
async function importProvider() {
  const { warn } = console;
  console.warn = () => {};
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
}

export async function startDemoProvider(programUrl: string): Promise<DemoProvider> {
  const { Provider, interactionPolicy } = await importProvider();
  const server = createServer();
  server.listen(0, HOST);
  await once(server, 'listening');
  const issuer = `http://${HOST}:${(server.address() as AddressInfo).port}`;
  const [clientSecret, machineSecret] = [randomBytes(24).toString('base64url'), randomBytes(24).toString('base64url')];
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });

  const { Check, base } = interactionPolicy;
  const policy = base();
  // Without it whoever signs out is the same again at once.
  policy
    .get('login')
    ?.checks.add(
      new Check('choose', 'somebody is chosen at each sign-in', ({ oidc }) =>
        oidc.result?.login === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
      ),
    );
  const configuration: Configuration = {
    adapter: createMemoryAdapter(() => Date.now()),
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: clientSecret,
        redirect_uris: [`${programUrl}${CALLBACK_PATH}`],
        post_logout_redirect_uris: [`${programUrl}/`],
      },
      {
        client_id: MACHINE_ID,
        client_secret: machineSecret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'demo', use: 'sig' }] },
    cookies: { keys: [randomBytes(24).toString('base64url')] },
    claims: { openid: ['sub'], profile: ['name', 'roles', 'groups', 'wearers'] },
    conformIdTokenClaims: false,
    ttl: {
      AccessToken: TOKEN_SECONDS,
      IdToken: TOKEN_SECONDS,
      ClientCredentials: TOKEN_SECONDS,
      Session: TOKEN_SECONDS,
      Interaction: TOKEN_SECONDS,
      Grant: TOKEN_SECONDS,
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => API_AUDIENCE,
        getResourceServerInfo: () => ({
          scope: MACHINE_OPERATIONS.join(' '),
          audience: API_AUDIENCE,
          accessTokenFormat: 'jwt',
          accessTokenTTL: TOKEN_SECONDS,
        }),
        useGrantedResource: () => true,
      },
    },
    extraTokenClaims: () => ({ groups: [FORCE] }),
    interactions: { policy, url: (_context, { uid }) => `${CHOOSE_PATH}${uid}` },
    findAccount(_context, personId) {
      const person = findPerson(personId);
      if (person === undefined) return undefined;
      const { name, role, wearerIds } = person;
      return {
        accountId: personId,
        claims: () => ({ sub: personId, name, roles: [role], groups: [FORCE], wearers: [...wearerIds] }),
      };
    },
    // Nobody is asked whether Tagwatch may know who was chosen.
    async loadExistingGrant({ oidc }) {
      const { client, session } = oidc;
      if (client === undefined || session?.accountId === undefined) return undefined;
      const grant = new oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  };
  const provider = new Provider(issuer, configuration);
  const answer = provider.callback();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!request.url?.startsWith(CHOOSE_PATH)) return void answer(request, response);
    choose(provider, programUrl, request, response).catch(() => {
      // The interaction is over: an old page, or one of another browser.
      response.writeHead(303, { location: programUrl }).end();
    });
  });
  return {
    issuer,
    clientSecret,
    async fetchToken() {
      const answered = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${MACHINE_ID}:${machineSecret}`).toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope: MACHINE_OPERATIONS.join(' ') }),
      });
      if (!answered.ok) throw new Error(`the demonstration's provider gave no token: ${await answered.text()}`);
      return ((await answered.json()) as { access_token: string }).access_token;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function choose(
  provider: Provider,
  programUrl: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { session } = await provider.interactionDetails(request, response);
  if (request.method === 'POST') {
    const person = findPerson(new URLSearchParams(await readBody(request)).get('person') ?? '');
    if (person !== undefined) {
      const result = { login: { accountId: person.personId, remember: false } };
      const goOn = await provider.interactionResult(request, response, result, { mergeWithLastSubmission: false });
      if (session !== undefined) await replaceAccount(provider, session.uid, person.personId);
      return void response.writeHead(303, { location: goOn }).end();
    }
  }
  response
    .writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': choosePolicy(programUrl),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    .end(drawChoosePage(PEOPLE));
}

/** The provider would have whoever was chosen before sign out first, by a form of its own. */
async function replaceAccount(provider: Provider, sessionUid: string, personId: string): Promise<void> {
  const session = await provider.Session.findByUid(sessionUid);
  if (session?.accountId === undefined || session.accountId === personId) return;
  session.loginAccount({ accountId: personId, transient: true });
  session.authorizations = {};
  await session.persist();
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_LIMIT_BYTES) throw new Error('more than a choice');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

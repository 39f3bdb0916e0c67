/** Asks the sign-in provider what a sign-in would ask it, and holds its clock against ours. */
import { CALLBACK_PATH, CLOCK_TOLERANCE_SECONDS, createProvider } from '../../http/sign-in/provider.js';
import type { SignInConfig } from '../../start/config.js';
import { readNamed } from '../../start/named-file.js';
import { checkClock } from './check-clock.js';
import { describeError, type Finding, good, note, unsafe, wrong } from './finding.js';

const ANSWER_LIMIT_MS = 5_000;
const ABOUT = 'TAGWATCH_OIDC_ISSUER';
/** What a provider says of a client that it does not know, or whose secret is another. */
const NOT_THE_CLIENT = new Set(['invalid_client', 'unauthorized_client']);

interface Metadata {
  readonly issuer?: string;
  readonly jwks_uri?: string;
  readonly token_endpoint?: string;
  readonly end_session_endpoint?: string;
  readonly code_challenge_methods_supported?: readonly string[];
  readonly backchannel_logout_supported?: boolean;
}

const ask = (url: string, init: RequestInit = {}) =>
  fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });

async function checkKeys({ jwks_uri }: Metadata): Promise<Finding> {
  if (jwks_uri === undefined) return wrong(ABOUT, 'publishes no keys (jwks_uri), so no token can be judged');
  const { keys } = (await (await ask(jwks_uri)).json()) as { readonly keys?: readonly { readonly kty?: string }[] };
  const usable = (keys ?? []).filter(({ kty }) => kty === 'RSA' || kty === 'EC' || kty === 'OKP');
  return usable.length > 0
    ? good(ABOUT, `publishes ${usable.length} key${usable.length === 1 ? '' : 's'}`)
    : wrong(ABOUT, `${jwks_uri} holds no key that is used here (RSA, EC, Ed25519)`);
}

/** A code that nobody was given: whether it is the code that is refused, or the client, says whether the secret is right. */
async function checkSecret(config: SignInConfig, clientSecret: string, tokenEndpoint: string): Promise<Finding> {
  const encode = encodeURIComponent;
  const answer = await ask(tokenEndpoint, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${encode(config.clientId)}:${encode(clientSecret)}`).toString('base64')}`,
    },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: 'tagwatch-doctor',
      redirect_uri: `${config.publicUrl}${CALLBACK_PATH}`,
      code_verifier: 'x'.repeat(43),
    }),
  });
  const { error } = (await answer.json().catch(() => ({}))) as { readonly error?: string };
  if (error !== undefined && NOT_THE_CLIENT.has(error))
    return wrong(
      'TAGWATCH_OIDC_CLIENT_SECRET_FILE',
      `the provider does not take it for ${config.clientId} (${error})`,
      'compare id and secret with the client there; its authentication is client_secret_basic',
    );
  return error === 'invalid_grant'
    ? good('TAGWATCH_OIDC_CLIENT_SECRET_FILE', `the provider takes it for ${config.clientId}`)
    : note(
        'TAGWATCH_OIDC_CLIENT_SECRET_FILE',
        `whether it is right cannot be told: ${answer.status} ${error ?? ''}`.trim(),
      );
}

/** Where a browser would be sent: a provider refuses an address of return that it does not know, there and then. */
async function checkReturn(config: SignInConfig, clientSecret: string): Promise<Finding> {
  const { url } = await createProvider({ ...config, clientSecret }).begin();
  const { status } = await ask(url);
  const address = `${config.publicUrl}${CALLBACK_PATH}`;
  return status < 400
    ? good('TAGWATCH_PUBLIC_URL', `the provider sends browsers back to ${address}`)
    : wrong(
        'TAGWATCH_PUBLIC_URL',
        `the provider answers ${status} to a sign-in that returns to ${address}`,
        'register that redirect address there',
      );
}

export async function checkProvider(config: SignInConfig): Promise<Finding[]> {
  const { issuer } = config;
  const found: Finding[] = [];
  try {
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const answer = await ask(url);
    const receivedAtMs = Date.now();
    if (!answer.ok) return [wrong(ABOUT, `${url} answers ${answer.status}`, 'name the issuer as its tokens do')];
    const metadata = (await answer.json()) as Metadata;
    if (metadata.issuer !== issuer)
      return [
        wrong(ABOUT, `${issuer} calls itself ${metadata.issuer}`, 'name it exactly so: tokens are held against it'),
      ];
    found.push(good(ABOUT, `${issuer} answers`), await checkKeys(metadata));
    const date = Date.parse(answer.headers.get('date') ?? '');
    if (!Number.isNaN(date))
      found.push(checkClock(`the provider`, date, receivedAtMs, CLOCK_TOLERANCE_SECONDS * 1_000, 'tokens are refused'));
    if (metadata.code_challenge_methods_supported?.includes('S256') === false)
      found.push(unsafe(ABOUT, 'does not know PKCE with S256', 'allow it for this client'));
    if (metadata.backchannel_logout_supported !== true)
      found.push(
        note(
          ABOUT,
          'ends no sessions here by itself (no back-channel logout): they end by their limits, or by an administrator',
        ),
      );
    if (metadata.end_session_endpoint === undefined)
      found.push(note(ABOUT, 'has no page to sign out: who signs out here is still signed in there'));
    const clientSecret = readNamed('TAGWATCH_OIDC_CLIENT_SECRET_FILE', config.clientSecretFile, (text) => text.trim());
    if (metadata.token_endpoint !== undefined)
      found.push(await checkSecret(config, clientSecret, metadata.token_endpoint));
    found.push(await checkReturn(config, clientSecret));
  } catch (error) {
    const { cause } = error as { readonly cause?: unknown };
    const why = cause === undefined ? describeError(error) : `${describeError(error)}: ${describeError(cause)}`;
    found.push(
      wrong(
        ABOUT,
        `${issuer} cannot be asked: ${why}`,
        'mend the address, the way there, or whom Node trusts (NODE_EXTRA_CA_CERTS)',
      ),
    );
  }
  return found;
}

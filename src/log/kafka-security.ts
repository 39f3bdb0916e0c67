/** How this client is known to the brokers, and they to it. */
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactoryArgs, KafkaConfig, SASLOptions } from 'kafkajs';

/** PLAIN sends the password as it is: the configuration refuses it without TLS. */
export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

export type KafkaSasl =
  | {
      readonly mechanism: Exclude<SaslMechanism, 'oauthbearer'>;
      readonly username: string;
      readonly password: string;
    }
  /** By the token of a client's own credentials. */
  | {
      readonly mechanism: 'oauthbearer';
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly scope: string | null;
    };

export interface KafkaSecurity {
  /** Null: without TLS. `ca`: PEM of who signs the brokers' certificates; null: those that Node trusts. */
  readonly tls: { readonly ca: string | null } | null;
  readonly sasl: KafkaSasl | null;
}

export const NO_SECURITY: KafkaSecurity = { tls: null, sasl: null };

const TOKEN_LIMIT_MS = 10_000;
/** How long a connection may be silent before TCP asks whether the other side is there. */
const KEEP_ALIVE_AFTER_MS = 60_000;

export function toKafkaConfig({ tls, sasl }: KafkaSecurity): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  return {
    ssl: tls === null ? false : tls.ca === null ? {} : { ca: [tls.ca] },
    ...(sasl === null ? {} : { sasl: toSaslOptions(sasl) }),
  };
}

function toSaslOptions(sasl: KafkaSasl): SASLOptions {
  if (sasl.mechanism !== 'oauthbearer') return sasl;
  return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await fetchToken(sasl) }) };
}

/** Asked anew for each connection, and by kafkajs again before a broker's session ends. */
export async function fetchToken({
  tokenUrl,
  clientId,
  clientSecret,
  scope,
}: Extract<KafkaSasl, { mechanism: 'oauthbearer' }>): Promise<string> {
  // RFC 6749, 2.3.1: both are form-encoded before they are joined.
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
  const answer = await fetch(tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== null && { scope }) }),
    signal: AbortSignal.timeout(TOKEN_LIMIT_MS),
  });
  const { access_token, error } = (await answer.json().catch(() => ({}))) as Readonly<Record<string, unknown>>;
  if (!answer.ok) {
    const why = typeof error === 'string' ? `: ${error}` : '';
    throw new Error(`KAFKA_OAUTH_TOKEN_URL answered ${answer.status}${why}`);
  }
  if (typeof access_token !== 'string') throw new Error('KAFKA_OAUTH_TOKEN_URL answered without an access token');
  return access_token;
}

/** As kafkajs opens them, without Nagle's delay. A broker's certificate is for the name, or the address, by which it is reached. */
export function openSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs): Socket {
  // An address is no server name (RFC 6066, 3): Node holds it against the certificate by `host`.
  const socket = ssl
    ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }), ...ssl }, onConnect)
    : connect({ host, port }, onConnect);
  socket.setKeepAlive(true, KEEP_ALIVE_AFTER_MS);
  socket.setNoDelay(true);
  // kafkajs disconnects a dead socket again and again, and each time a listener stays on it until it is collected.
  socket.setMaxListeners(0);
  return socket;
}

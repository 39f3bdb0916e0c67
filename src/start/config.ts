/** Environment → frozen `Config`. Every variable that is wrong is named at once, with what it should be (`wire.md`, "Running it"). */

import { PING_PARSERS } from '../formats/pings/ping-message.js';
import { parseNetwork, type ReachConfig } from '../http/feed/reach.js';
import { type KafkaSasl, type KafkaSecurity, SASL_MECHANISMS, type SaslMechanism } from '../log/kafka-security.js';
import { INPUT_FORMATS, type InputFormat } from '../ports/ping-records.js';
import { isLoopback, isTrustworthy } from './loopback.js';
import { createSecretReader, type ReadFile, readTextFile } from './secrets.js';

export const ROLES = ['intake', 'engine', 'recorder', 'publisher', 'handoff', 'api'] as const;
export type Role = (typeof ROLES)[number];

export type PingFormat = keyof typeof PING_PARSERS;
export const PING_FORMATS = Object.keys(PING_PARSERS) as readonly PingFormat[];

export interface PingTopic {
  readonly topic: string;
  readonly format: PingFormat;
}

/** Degrees WGS84. */
export interface ServiceArea {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

export interface Config {
  /** Null: embedded PGlite. */
  readonly databaseUrl: string | null;
  /** Empty: embedded log. */
  readonly kafkaBrokers: readonly string[];
  readonly kafkaSecurity: KafkaSecurity;
  readonly kafkaPingTopics: readonly PingTopic[];
  /** How pings are written into `tagwatch.inputs`. */
  readonly inputFormat: InputFormat;
  /** Stands before the names of Tagwatch's own topics and groups; empty: none. */
  readonly kafkaTopicPrefix: string;
  readonly dataDir: string;
  /** Null: `signing-key.pem` of the data folder, made where it is missing. */
  readonly signingKeyFile: string | null;
  /** Of the authority that stamps evidence packs with the time (RFC 3161); null: none does. */
  readonly timeStampUrl: string | null;
  /** Null: `audit-checkpoints` in the data folder. */
  readonly auditCheckpointsDir: string | null;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly allowUnauthenticated: boolean;
  /** Null: nobody signs in, and everybody is `local`. */
  readonly signIn: SignInConfig | null;
  /** How browsers reach it, and whose forwarded headers count. */
  readonly reach: ReachConfig;
  /** Null: the world. */
  readonly serviceArea: ServiceArea | null;
  readonly logLevel: LogLevel;
  /** After how many days tracks and messages are deleted, as far as nothing holds them; null: never. */
  readonly retentionDays: number | null;
  /** How long an activation has to be quiet before its past is judged again. */
  readonly reconcileQuietSeconds: number;
  /** How severe alerts are and to whom they climb; null: as built in. */
  readonly alertRulesFile: string | null;
  /** Streets and names below the map of the console. */
  readonly baseMapFile: string | null;
  /** Who is told of alerts, beside consoles; null: nobody. */
  readonly handoffFile: string | null;
  readonly roles: readonly Role[];
}

export interface SignInConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecretFile: string;
  /** Null: no bearer tokens are taken. */
  readonly apiAudience: string | null;
  readonly claimsFile: string;
  readonly publicUrl: string;
}

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly errors: readonly string[] };

const LOG_LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
/** As long as the log keeps alerts: what may still be written again from there rests on what is on record. */
const LEAST_RETENTION_DAYS = 90;
const TOPIC_NAME = /^[A-Za-z0-9._-]{1,249}$/;

/** Reads what is set, and the files that hold secrets; never throws. `roles`: what `--roles` said, or null for all. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  roles: string | null = null,
  readFile: ReadFile = readTextFile,
): ConfigResult {
  const errors: string[] = [];
  const value = (name: string): string | null => env[name]?.trim() || null;

  const secrets = createSecretReader(value, readFile, errors);
  const databaseUrl = secrets.either('DATABASE_URL');
  if (databaseUrl && !/^postgres(ql)?:\/\//.test(databaseUrl))
    errors.push('DATABASE_URL must be a PostgreSQL URL such as postgres://user:password@host:5432/tagwatch');

  const kafkaBrokers = list(value('KAFKA_BROKERS'));
  for (const broker of kafkaBrokers)
    if (!/^[^\s:/]+:\d{1,5}$/.test(broker) && !/^\[[0-9a-fA-F:]+\]:\d{1,5}$/.test(broker))
      errors.push(`KAFKA_BROKERS: "${broker}" must be HOST:PORT; several are separated by commas`);

  const host = value('TAGWATCH_HOST') ?? '127.0.0.1';
  const allowUnauthenticated = value('TAGWATCH_ALLOW_UNAUTHENTICATED') === '1';
  const signIn = readSignIn(value, errors);
  if (!isLoopback(host) && !allowUnauthenticated && signIn === null)
    errors.push(
      `TAGWATCH_HOST is ${host}, which others can reach, and no sign-in is configured. ` +
        'Listen on 127.0.0.1, or set TAGWATCH_ALLOW_UNAUTHENTICATED=1 where something in front of Tagwatch keeps strangers out',
    );

  const portText = value('TAGWATCH_PORT') ?? '8080';
  const port = Number(portText);
  if (!/^\d{1,5}$/.test(portText) || port > 65_535)
    errors.push(`TAGWATCH_PORT is "${portText}"; it must be 0 to 65535`);

  const logLevel = (value('TAGWATCH_LOG_LEVEL') ?? 'info') as LogLevel;
  if (!LOG_LEVELS.includes(logLevel))
    errors.push(`TAGWATCH_LOG_LEVEL is "${logLevel}"; known: ${LOG_LEVELS.join(', ')}`);

  const timeStampUrl = value('TAGWATCH_TIME_STAMP_URL');
  if (timeStampUrl !== null && !(URL.canParse(timeStampUrl) && /^https?:/.test(timeStampUrl)))
    errors.push(
      `TAGWATCH_TIME_STAMP_URL is "${timeStampUrl}"; it must be an address such as http://timestamp.example/tsr`,
    );

  const quietText = value('TAGWATCH_RECONCILE_QUIET_SECONDS') ?? '60';
  const reconcileQuietSeconds = Number(quietText);
  if (!/^\d{1,4}$/.test(quietText) || reconcileQuietSeconds > 3600)
    errors.push(`TAGWATCH_RECONCILE_QUIET_SECONDS is "${quietText}"; it must be 0 to 3600`);

  const retentionText = value('TAGWATCH_RETENTION_DAYS');
  const retentionDays = retentionText === null ? null : Number(retentionText);
  if (retentionDays !== null && !(/^\d{1,5}$/.test(retentionText ?? '') && retentionDays >= LEAST_RETENTION_DAYS))
    errors.push(
      `TAGWATCH_RETENTION_DAYS is "${retentionText}"; it must be ${LEAST_RETENTION_DAYS} to 99999, or not set: then everything is kept`,
    );

  const kafkaTopicPrefix = value('KAFKA_TOPIC_PREFIX') ?? '';
  if (!/^[A-Za-z0-9._-]{0,64}$/.test(kafkaTopicPrefix))
    errors.push('KAFKA_TOPIC_PREFIX may hold letters, digits, dots, underscores and hyphens, 64 at most');

  const inputFormat = (value('TAGWATCH_INPUT_FORMAT') ?? 'columns') as InputFormat;
  if (!INPUT_FORMATS.includes(inputFormat))
    errors.push(`TAGWATCH_INPUT_FORMAT is "${inputFormat}"; known: ${INPUT_FORMATS.join(', ')}`);

  const config: Config = {
    databaseUrl,
    kafkaBrokers,
    kafkaSecurity: readKafkaSecurity(value, secrets, errors),
    kafkaPingTopics: readTopics(value('KAFKA_PING_TOPICS') ?? 'tagwatch.pings', errors),
    inputFormat,
    kafkaTopicPrefix,
    dataDir: value('TAGWATCH_DATA_DIR') ?? './.tagwatch',
    signingKeyFile: value('TAGWATCH_SIGNING_KEY_FILE'),
    timeStampUrl,
    auditCheckpointsDir: value('TAGWATCH_AUDIT_CHECKPOINTS_DIR'),
    host,
    port,
    allowUnauthenticated,
    signIn,
    reach: readReach(value, errors),
    serviceArea: readServiceArea(value('TAGWATCH_SERVICE_AREA'), errors),
    logLevel,
    reconcileQuietSeconds,
    retentionDays,
    alertRulesFile: value('TAGWATCH_ALERT_RULES_FILE'),
    baseMapFile: value('TAGWATCH_BASE_MAP_FILE'),
    handoffFile: value('TAGWATCH_HANDOFF_FILE'),
    roles: readRoles(roles, kafkaBrokers, errors),
  };
  return errors.length > 0 ? { ok: false, errors } : { ok: true, config: Object.freeze(config) };
}

function list(text: string | null): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/**
 * Topics that a Tagwatch writes to, under any `KAFKA_TOPIC_PREFIX`: what stands there is no ping, and each record read as one would
 * come back as a rejection that is read in its turn, here or by the other Tagwatch.
 */
const OWN_TOPIC = /tagwatch\.(?:inputs|states|alerts|rejected|access|audit|handoff)$/;

/** `tagwatch.pings,positions:traccar`: topic names cannot hold a colon, so the first one parts name and format. */
function readTopics(text: string, errors: string[]): PingTopic[] {
  const topics: PingTopic[] = [];
  for (const item of list(text)) {
    const [topic = '', format = 'tagwatch', ...rest] = item.split(':');
    if (!TOPIC_NAME.test(topic) || rest.length > 0)
      errors.push(`KAFKA_PING_TOPICS: "${item}" must be TOPIC or TOPIC:FORMAT`);
    else if (OWN_TOPIC.test(topic))
      errors.push(
        `KAFKA_PING_TOPICS: ${topic} is Tagwatch's own, or another Tagwatch's; suppliers write to topics of theirs`,
      );
    else if (!PING_FORMATS.includes(format as PingFormat))
      errors.push(`KAFKA_PING_TOPICS: format "${format}" of ${topic} is not known; known: ${PING_FORMATS.join(', ')}`);
    else if (topics.some((each) => each.topic === topic)) errors.push(`KAFKA_PING_TOPICS: ${topic} stands twice`);
    else topics.push({ topic, format: format as PingFormat });
  }
  if (topics.length === 0 && errors.length === 0) errors.push('KAFKA_PING_TOPICS names no topic');
  return topics;
}

/** `KAFKA_TLS_CA_FILE` or `KAFKA_TLS=1`, and `KAFKA_SASL_…`. */
function readKafkaSecurity(
  value: (name: string) => string | null,
  secrets: ReturnType<typeof createSecretReader>,
  errors: string[],
): KafkaSecurity {
  const tlsText = value('KAFKA_TLS');
  if (tlsText !== null && tlsText !== '0' && tlsText !== '1')
    errors.push(`KAFKA_TLS is "${tlsText}"; 1: the brokers' certificates are signed by whom Node trusts`);
  const ca = secrets.fromFile('KAFKA_TLS_CA_FILE');
  if (ca !== null && !ca.includes('-----BEGIN CERTIFICATE-----'))
    errors.push('KAFKA_TLS_CA_FILE must hold certificates as PEM');
  if (tlsText === '0' && value('KAFKA_TLS_CA_FILE') !== null)
    errors.push('KAFKA_TLS is 0 and KAFKA_TLS_CA_FILE is set: one of them');
  const tls = tlsText === '1' || value('KAFKA_TLS_CA_FILE') !== null ? { ca } : null;
  return { tls, sasl: readSasl(value, secrets, tls !== null, errors) };
}

function readSasl(
  value: (name: string) => string | null,
  secrets: ReturnType<typeof createSecretReader>,
  hasTls: boolean,
  errors: string[],
): KafkaSasl | null {
  const text = value('KAFKA_SASL_MECHANISM');
  const username = value('KAFKA_SASL_USERNAME');
  const password = secrets.either('KAFKA_SASL_PASSWORD');
  if (text === null) {
    if (username !== null || password !== null)
      errors.push(`KAFKA_SASL_MECHANISM is not set; known: ${SASL_MECHANISMS.join(', ')}`);
    return null;
  }
  const mechanism = text.toLowerCase() as SaslMechanism;
  if (!SASL_MECHANISMS.includes(mechanism)) {
    errors.push(`KAFKA_SASL_MECHANISM is "${text}"; known: ${SASL_MECHANISMS.join(', ')}`);
    return null;
  }
  if (!hasTls && (mechanism === 'plain' || mechanism === 'oauthbearer'))
    errors.push(`KAFKA_SASL_MECHANISM ${mechanism} sends the secret as it is: set KAFKA_TLS_CA_FILE or KAFKA_TLS=1`);
  const need = (name: string, found: string | null): string => {
    if (found === null) errors.push(`KAFKA_SASL_MECHANISM ${mechanism} needs ${name} as well`);
    return found ?? '';
  };
  if (mechanism !== 'oauthbearer') {
    return {
      mechanism,
      username: need('KAFKA_SASL_USERNAME', username),
      password: need('KAFKA_SASL_PASSWORD_FILE', password),
    };
  }
  const tokenUrl = need('KAFKA_OAUTH_TOKEN_URL', value('KAFKA_OAUTH_TOKEN_URL'));
  if (tokenUrl !== '' && !isTrustworthy(tokenUrl))
    errors.push(`KAFKA_OAUTH_TOKEN_URL is "${tokenUrl}"; it must be an https address (http: this machine alone)`);
  return {
    mechanism,
    tokenUrl,
    clientId: need('KAFKA_OAUTH_CLIENT_ID', value('KAFKA_OAUTH_CLIENT_ID')),
    clientSecret: need('KAFKA_OAUTH_CLIENT_SECRET_FILE', secrets.either('KAFKA_OAUTH_CLIENT_SECRET')),
    scope: value('KAFKA_OAUTH_SCOPE'),
  };
}

/** Scheme, host and port alone: `https://tagwatch.example`. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, origin, href } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && href === `${origin}/`;
}

function readReach(value: (name: string) => string | null, errors: string[]): ReachConfig {
  const publicUrl = value('TAGWATCH_PUBLIC_URL');
  if (publicUrl !== null && !isOrigin(publicUrl))
    errors.push(
      `TAGWATCH_PUBLIC_URL is "${publicUrl}"; it must be as https://tagwatch.example: scheme, host and port alone`,
    );
  const allowedOrigins = list(value('TAGWATCH_ALLOWED_ORIGINS'));
  for (const origin of allowedOrigins)
    if (!isOrigin(origin))
      errors.push(
        `TAGWATCH_ALLOWED_ORIGINS: "${origin}" must be as https://console.example; several are separated by commas`,
      );
  const allowedHosts = list(value('TAGWATCH_ALLOWED_HOSTS'));
  for (const name of allowedHosts)
    if (!/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(name))
      errors.push(`TAGWATCH_ALLOWED_HOSTS: "${name}" must be a name without a port, such as tagwatch.internal`);
  const trustedProxies = list(value('TAGWATCH_TRUSTED_PROXIES'));
  for (const proxy of trustedProxies)
    if (parseNetwork(proxy) === null)
      errors.push(
        `TAGWATCH_TRUSTED_PROXIES: "${proxy}" must be an address or a network, such as 10.0.0.7 or 10.0.0.0/8`,
      );
  return { publicUrl, allowedHosts, allowedOrigins, trustedProxies };
}

function readSignIn(value: (name: string) => string | null, errors: string[]): SignInConfig | null {
  const needed = {
    issuer: 'TAGWATCH_OIDC_ISSUER',
    clientId: 'TAGWATCH_OIDC_CLIENT_ID',
    clientSecretFile: 'TAGWATCH_OIDC_CLIENT_SECRET_FILE',
    claimsFile: 'TAGWATCH_CLAIMS_FILE',
    publicUrl: 'TAGWATCH_PUBLIC_URL',
  } as const;
  const apiAudience = value('TAGWATCH_API_AUDIENCE');
  const isMeant =
    apiAudience !== null ||
    Object.entries(needed).some(([field, name]) => field !== 'publicUrl' && value(name) !== null);
  if (!isMeant) return null;
  const missing = Object.values(needed).filter((name) => value(name) === null);
  if (missing.length > 0) errors.push(`sign-in needs ${missing.join(', ')} as well`);
  const read = (field: keyof typeof needed) => value(needed[field]) ?? '';
  for (const field of ['issuer', 'publicUrl'] as const)
    if (read(field) !== '' && !isTrustworthy(read(field)))
      errors.push(
        `${needed[field]} is "${read(field)}"; with sign-in it must be an https address (http: this machine alone)`,
      );
  if (apiAudience !== null && apiAudience === read('clientId'))
    errors.push('TAGWATCH_API_AUDIENCE must differ from TAGWATCH_OIDC_CLIENT_ID, or an ID token would open the API');
  return {
    issuer: read('issuer'),
    clientId: read('clientId'),
    clientSecretFile: read('clientSecretFile'),
    apiAudience,
    claimsFile: read('claimsFile'),
    publicUrl: read('publicUrl').replace(/\/$/, ''),
  };
}

function readServiceArea(text: string | null, errors: string[]): ServiceArea | null {
  if (text === null) return null;
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [west = Number.NaN, south = Number.NaN, east = Number.NaN, north = Number.NaN] = numbers;
  const isBox =
    numbers.length === 4 &&
    numbers.every(Number.isFinite) &&
    west < east &&
    south < north &&
    west >= -180 &&
    east <= 180 &&
    south >= -90 &&
    north <= 90;
  if (!isBox)
    errors.push(`TAGWATCH_SERVICE_AREA is "${text}"; it must be west,south,east,north in degrees, west < east`);
  return { west, south, east, north };
}

function readRoles(text: string | null, brokers: readonly string[], errors: string[]): Role[] {
  if (text === null) return [...ROLES];
  const roles = list(text);
  const unknown = roles.filter((role) => !ROLES.includes(role as Role));
  if (unknown.length > 0 || roles.length === 0)
    errors.push(
      unknown.length > 0
        ? `--roles: there is no role "${unknown.join('", "')}"; there are ${ROLES.join(', ')}`
        : `--roles names no role; there are ${ROLES.join(', ')}`,
    );
  else if (brokers.length === 0 && roles.length < ROLES.length)
    errors.push('--roles needs KAFKA_BROKERS and DATABASE_URL: the embedded log and database serve one process');
  return roles as Role[];
}

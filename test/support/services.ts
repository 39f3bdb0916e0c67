/** Real services for tests: the ones that the environment names, or a pair of the test's own that it may stop and kill. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('../../.ci/services.mjs', import.meta.url));
const runFile = promisify(execFile);

/** `DATABASE_URL` of the services that all tests share; throws, so that the test fails, where it is missing. */
export function sharedDatabaseUrl(): string {
  return requiredEnv('DATABASE_URL');
}

/** `KAFKA_BROKERS` of the services that all tests share; throws, so that the test fails, where it is missing. */
export function sharedKafkaBrokers(): readonly string[] {
  return requiredEnv('KAFKA_BROKERS').split(',');
}

/** The same broker by TLS and SCRAM-SHA-512, as an operator configures it. */
export function secureKafkaVariables(): Readonly<Record<string, string>> {
  return {
    KAFKA_BROKERS: requiredEnv('KAFKA_SECURE_BROKERS'),
    KAFKA_TLS_CA_FILE: requiredEnv('KAFKA_SECURE_CA_FILE'),
    KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
    KAFKA_SASL_USERNAME: requiredEnv('KAFKA_SECURE_USERNAME'),
    KAFKA_SASL_PASSWORD_FILE: requiredEnv('KAFKA_SECURE_PASSWORD_FILE'),
  };
}

/** The same server by TLS, as `verify-full` does it. */
export function tlsDatabaseUrl(sslmode = 'verify-full'): string {
  const url = new URL(sharedDatabaseUrl());
  url.searchParams.set('sslmode', sslmode);
  url.searchParams.set('sslrootcert', requiredEnv('DATABASE_CA_FILE'));
  return url.href;
}

/** The same broker by TLS and the tokens of a provider that signs with this key; what is left are the client's own variables. */
export function tokenKafka(): {
  readonly variables: Readonly<Record<string, string>>;
  readonly audience: string;
  readonly keyFile: string;
  /** A door of the same broker that asks no key. */
  readonly looseBrokers: string;
} {
  return {
    variables: {
      KAFKA_BROKERS: requiredEnv('KAFKA_TOKEN_BROKERS'),
      KAFKA_TLS_CA_FILE: requiredEnv('KAFKA_SECURE_CA_FILE'),
      KAFKA_SASL_MECHANISM: 'OAUTHBEARER',
    },
    audience: requiredEnv('KAFKA_TOKEN_AUDIENCE'),
    keyFile: requiredEnv('KAFKA_TOKEN_KEY_FILE'),
    looseBrokers: requiredEnv('KAFKA_LOOSE_BROKERS'),
  };
}

function requiredEnv(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start the services with .ci/services start and set what it prints.`);
  return value;
}

export interface OwnServices {
  /** Throws where this pair has no PostgreSQL. */
  databaseUrl(): string;
  /** Throws where this pair has no Kafka. */
  kafkaBrokers(): readonly string[];
  /** Ends one and keeps its data; `kill` is kill -9. Resolves when the process is gone. */
  stop(name: ServiceName, how?: 'kill'): Promise<void>;
  /** Starts one again on the same port and data. Resolves when it answers. */
  start(name: ServiceName): Promise<void>;
  /** Ends all and removes their folders. */
  dispose(): Promise<void>;
}

export type ServiceName = 'kafka' | 'postgres';

/** Starts services that nobody else uses, on free ports: 6 s for both. Call `dispose` in the end, whatever happens. */
export async function startOwnServices(names: readonly ServiceName[] = ['kafka', 'postgres']): Promise<OwnServices> {
  const state = await mkdtemp(join(tmpdir(), 'tagwatch-own-services-'));
  const env = new Map<string, string>();
  const run = async (command: string, ...flags: string[]) => {
    const { stdout } = await runFile(process.execPath, [script, command, '--state', state, ...flags]);
    for (const [, name, value] of stdout.matchAll(/^(\w+)=(.*)$/gm)) env.set(name!, value!);
  };
  const dispose = async () => {
    await run('stop');
    await rm(state, { recursive: true, force: true });
  };
  const get = (name: string) => {
    const value = env.get(name);
    if (value === undefined) throw new Error(`This pair of services has no ${name}.`);
    return value;
  };
  try {
    for (const name of names) await run(`${name}-start`);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    databaseUrl: () => get('DATABASE_URL'),
    kafkaBrokers: () => get('KAFKA_BROKERS').split(','),
    stop: (name, how) => run(`${name}-stop`, ...(how === 'kill' ? ['--kill'] : [])),
    start: (name) => run(`${name}-start`),
    dispose,
  };
}

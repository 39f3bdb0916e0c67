/** What the program under load stands on: the pair that is set, a pair of its own, or nothing (embedded). */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';

export interface Services {
  readonly kind: 'embedded' | 'Kafka and PostGIS';
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** `folder` is the run's own; `root` is the project's. */
export async function openServices(root: string, folder: string, isEmbedded: boolean): Promise<Services> {
  if (isEmbedded) return { kind: 'embedded', env: {}, close: async () => {} };
  const { DATABASE_URL, KAFKA_BROKERS } = process.env;
  if (DATABASE_URL && KAFKA_BROKERS) return openFreshPair(DATABASE_URL, KAFKA_BROKERS, async () => {});
  if (DATABASE_URL || KAFKA_BROKERS) throw new Error('Set both DATABASE_URL and KAFKA_BROKERS, or neither.');
  const state = join(folder, 'services');
  const services = (command: string) => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(root, '.ci', 'services.mjs'), command, '--state', state],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    return { isFine: status === 0, stdout };
  };
  const stop = async () => {
    services('stop');
  };
  const { isFine, stdout } = services('start');
  const found = parseEnv(stdout);
  if (!isFine || !found.DATABASE_URL || !found.KAFKA_BROKERS) {
    await stop();
    throw new Error('.ci/services did not start both services (see above). --embedded needs none.');
  }
  return openFreshPair(found.DATABASE_URL, found.KAFKA_BROKERS, stop);
}

function parseEnv(text: string): Record<string, string | undefined> {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const found = /^(\w+)=(.*)$/.exec(line);
      return found ? [[found[1]!, found[2]!]] : [];
    }),
  );
}

/** A database and topic names of its own, so that nothing that was there is touched and every run starts from nothing. */
async function openFreshPair(databaseUrl: string, brokers: string, after: () => Promise<void>): Promise<Services> {
  const name = `load${randomBytes(6).toString('hex')}`;
  try {
    await administer(databaseUrl, `create database ${name}`);
  } catch (error) {
    await after();
    throw error;
  }
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return {
    kind: 'Kafka and PostGIS',
    env: {
      DATABASE_URL: url.href,
      KAFKA_BROKERS: brokers,
      KAFKA_TOPIC_PREFIX: `${name}.`,
      KAFKA_PING_TOPICS: `${name}.pings`,
    },
    async close() {
      try {
        await administer(databaseUrl, `drop database if exists ${name} with (force)`);
      } finally {
        await after();
      }
    },
  };
}

async function administer(databaseUrl: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

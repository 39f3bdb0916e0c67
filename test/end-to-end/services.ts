/** A fresh Tagwatch on the pair that DATABASE_URL and KAFKA_BROKERS name: a database and topic names of its own each time. */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { sharedDatabaseUrl, sharedKafkaBrokers } from '../support/services.js';

export interface FreshPair {
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function openFreshPair(): Promise<FreshPair> {
  const databaseUrl = sharedDatabaseUrl();
  const kafkaBrokers = sharedKafkaBrokers().join(',');
  const name = `t${randomBytes(6).toString('hex')}`;
  await administer(databaseUrl, `create database ${name}`);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return {
    env: {
      DATABASE_URL: url.href,
      KAFKA_BROKERS: kafkaBrokers,
      KAFKA_TOPIC_PREFIX: `${name}.`,
      KAFKA_PING_TOPICS: `${name}.pings`,
    },
    close: () => administer(databaseUrl, `drop database if exists ${name} with (force)`),
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

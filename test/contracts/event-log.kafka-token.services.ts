import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectKafka } from '../../src/log/kafka.js';
import type { EventLog } from '../../src/ports/event-log.js';
import { readConfig } from '../../src/start/config.js';
import { CLIENT_SECRET, MACHINE_ID, type Running, startMachineProvider } from '../support/issuer.js';
import { tokenKafka } from '../support/services.js';
import { silentLog } from '../support/silent-log.js';

const { variables, audience, keyFile } = tokenKafka();
/** The broker's session ends after 12 s: until then kafkajs has to bring another token. */
const LONGER_THAN_A_SESSION_MS = 13_000;
const providers: Running[] = [];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tagwatch-token-'));
  writeFileSync(join(folder, 'secret'), `${CLIENT_SECRET}\n`);
});
afterAll(async () => {
  for (const provider of providers) await provider.stop();
  await rm(folder, { recursive: true, force: true });
});

/** As an operator says it, with a provider that the broker knows by its key. */
async function connect(answerLimitMs: number, options: { audience?: string; key?: object } = {}): Promise<EventLog> {
  const provider = await startMachineProvider({
    audience,
    key: JSON.parse(readFileSync(keyFile, 'utf8')),
    ...options,
  });
  providers.push(provider);
  const read = readConfig({
    ...variables,
    DATABASE_URL: 'postgres://x@127.0.0.1/x',
    KAFKA_OAUTH_TOKEN_URL: provider.tokenUrl,
    KAFKA_OAUTH_CLIENT_ID: MACHINE_ID,
    KAFKA_OAUTH_CLIENT_SECRET_FILE: join(folder, 'secret'),
  });
  if (!read.ok) throw new Error(read.errors.join('\n'));
  return connectKafka({
    brokers: read.config.kafkaBrokers,
    security: read.config.kafkaSecurity,
    clientId: 'token',
    log: silentLog,
    timings: { retryFirstMs: 20, answerLimitMs },
  });
}

test('Kafka by TLS and OAUTHBEARER: a topic is made, appended to, and read back, also with the next token', async () => {
  const log = await connect(60_000);
  const topic = `token-${Date.now()}`;
  await log.ensureTopics([{ topic, partitions: 1, cleanup: 'delete', fixedPartitions: true }]);
  const value = Buffer.from('by token');
  await log.append(topic, [{ key: 'k', value, partition: 0 }]);
  await new Promise((resolve) => setTimeout(resolve, LONGER_THAN_A_SESSION_MS));
  await log.append(topic, [{ key: 'k', value, partition: 0 }]);
  const read: string[] = [];
  await log.readToEnd([{ topic, partition: 0 }], ({ records }) => {
    for (const record of records) read.push(Buffer.from(record.value ?? []).toString());
  });
  expect(read).toEqual(['by token', 'by token']);
  await log.close();
});

test('a token for another audience, or of another key, opens nothing', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const forged = { ...privateKey.export({ format: 'jwk' }), kid: 'tests', alg: 'ES256', use: 'sig' };
  const tried = { 'another audience': { audience: 'urn:elsewhere' }, 'another key': { key: forged } };
  for (const [what, options] of Object.entries(tried)) {
    const log = await connect(5_000, options);
    await expect(log.ping(), what).rejects.toThrow(/authentication failed|invalid_token|no brokers|no answer/i);
    await log.close();
  }
});

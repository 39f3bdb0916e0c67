/** `tagwatch doctor` against real brokers and a real PostgreSQL. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { doctor } from '../../src/cli/doctor/doctor.js';
import { CLIENT_SECRET, MACHINE_ID, startMachineProvider } from '../support/issuer.js';
import {
  secureKafkaVariables,
  sharedDatabaseUrl,
  sharedKafkaBrokers,
  tlsDatabaseUrl,
  tokenKafka,
} from '../support/services.js';
import { silentLog } from '../support/silent-log.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-doctor-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function examine(env: Record<string, string>): Promise<string> {
  const lines: string[] = [];
  const given = { TAGWATCH_DATA_DIR: folder, ...env };
  await doctor([], { env: given, logger: silentLog, userId: 1000, out: (line) => lines.push(line) });
  return lines.join('\n');
}
const inFile = (text: string): string => {
  const path = join(folder, 'secret');
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

test('Kafka by TLS and SCRAM is good; a wrong password, or a certificate of others, is wrong', async () => {
  const secure = secureKafkaVariables();
  expect(await examine(secure)).toMatch(/^good {4}KAFKA_BROKERS: \S+ answers by TLS and scram-sha-512/m);
  const wrongPassword = { ...secure, KAFKA_SASL_PASSWORD_FILE: inFile('another') };
  expect(await examine(wrongPassword)).toMatch(/^wrong {3}KAFKA_BROKERS: .*authentication failed/im);
  const { KAFKA_TLS_CA_FILE: _, ...trustsOthers } = secure;
  expect(await examine({ ...trustsOthers, KAFKA_TLS: '1' })).toMatch(
    /^wrong {3}KAFKA_BROKERS: .*(certificate|no answer)/im,
  );
});

test('brokers that judge tokens are good, and those that believe any are unsafe', async () => {
  const { variables, audience, keyFile, looseBrokers } = tokenKafka();
  const provider = await startMachineProvider({ audience, key: JSON.parse(readFileSync(keyFile, 'utf8')) });
  try {
    const byToken = {
      ...variables,
      KAFKA_OAUTH_TOKEN_URL: provider.tokenUrl,
      KAFKA_OAUTH_CLIENT_ID: MACHINE_ID,
      KAFKA_OAUTH_CLIENT_SECRET_FILE: inFile(CLIENT_SECRET),
    };
    const strict = await examine(byToken);
    expect(strict).toMatch(/^good {4}KAFKA_BROKERS: \S+ answers by TLS and oauthbearer/m);
    expect(strict).toMatch(/^good {4}KAFKA_SASL_MECHANISM: the brokers refuse a token of another key/m);
    expect(await examine({ ...byToken, KAFKA_BROKERS: looseBrokers })).toMatch(
      /^unsafe {2}KAFKA_SASL_MECHANISM: the brokers believe a token that anybody can make.*\n {8}-> .*BrokerJwtValidator/m,
    );
  } finally {
    await provider.stop();
  }
});

test('Kafka without TLS and names is to be known on this machine', async () => {
  const text = await examine({ KAFKA_BROKERS: sharedKafkaBrokers().join(',') });
  expect(text).toMatch(/^good {4}KAFKA_BROKERS: \S+ answers without TLS/m);
  expect(text).toMatch(/^note {4}KAFKA_SASL_MECHANISM: is not set/m);
});

test('PostgreSQL by verify-full is good; what is unsafe of this server is told, and its schema', async () => {
  const text = await examine({ DATABASE_URL_FILE: inFile(tlsDatabaseUrl()) });
  expect(text).toMatch(/^good {4}DATABASE_URL: 127\.0\.0\.1 answers by TLS: PostgreSQL \d+/m);
  expect(text).toMatch(/^unsafe {2}DATABASE_URL: its role is a superuser/m);
  // The one of the tests.
  expect(text).toMatch(/^unsafe {2}fsync: is off/m);
  expect(text).toMatch(/^good {4}clock: goes with that of the database/m);
  expect(text).toMatch(/schema: (is up to date|\d+ migrations are to come)/);
});

test('one that believes anybody is unsafe; a wrong password, or nobody there, is wrong', async () => {
  expect(await examine({ DATABASE_URL_FILE: inFile(tlsDatabaseUrl('no-verify')) })).toMatch(
    /^unsafe {2}DATABASE_URL: sslmode=no-verify encrypts and does not ask/m,
  );
  const wrongPassword = new URL(sharedDatabaseUrl());
  wrongPassword.password = 'another';
  const text = await examine({ DATABASE_URL_FILE: inFile(wrongPassword.href) });
  expect(text).toMatch(/^wrong {3}DATABASE_URL: .*password/m);
  const nobody = new URL(sharedDatabaseUrl());
  nobody.port = '9';
  expect(await examine({ DATABASE_URL_FILE: inFile(nobody.href) })).toMatch(/^wrong {3}DATABASE_URL: /m);
});

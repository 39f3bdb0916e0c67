import { describe, expect, test } from 'vitest';
import { connectKafka } from '../../src/log/kafka.js';
import { readConfig } from '../../src/start/config.js';
import { secureKafkaVariables } from '../support/services.js';
import { silentLog } from '../support/silent-log.js';
import { eventLogContract } from './event-log.js';

const variables = secureKafkaVariables();

/** As an operator says it. */
function connect(changed: Readonly<Record<string, string>> = {}, answerLimitMs = 10_000) {
  const read = readConfig({ ...variables, DATABASE_URL: 'postgres://x@127.0.0.1/x', ...changed });
  if (!read.ok) throw new Error(read.errors.join('\n'));
  const { kafkaBrokers: brokers, kafkaSecurity: security } = read.config;
  return connectKafka({
    brokers,
    security,
    clientId: 'secure',
    log: silentLog,
    timings: { retryFirstMs: 20, answerLimitMs },
  });
}

eventLogContract('Kafka by TLS and SCRAM-SHA-512', async () => {
  const log = connect();
  return { log, dispose: () => log.close() };
});

describe('a broker that asks who one is', () => {
  const ask = async (changed: Readonly<Record<string, string>>, answerLimitMs: number): Promise<string> => {
    const log = connect(changed, answerLimitMs);
    try {
      await log.ping();
      return 'answered';
    } catch (error) {
      return String(error);
    } finally {
      await log.close();
    }
  };

  test('answers who may be there', async () => {
    expect(await ask({}, 60_000)).toBe('answered');
  });

  test('is not believed where another has signed its certificate', async () => {
    const log = connectKafka({
      brokers: [variables['KAFKA_BROKERS']!],
      security: { tls: { ca: null }, sasl: null },
      clientId: 'stranger',
      log: silentLog,
      timings: { retryFirstMs: 20, answerLimitMs: 3_000 },
    });
    await expect(log.ping()).rejects.toThrow(/certificate|self-signed|no answer/);
    await log.close();
  });

  test('does not answer a wrong password, nor one who says none, nor without TLS', async () => {
    expect(await ask({ KAFKA_SASL_USERNAME: 'nobody' }, 3_000)).toMatch(/authentication failed|no answer/i);
    const plain = connectKafka({
      brokers: [variables['KAFKA_BROKERS']!],
      clientId: 'plain',
      log: silentLog,
      timings: { retryFirstMs: 20, answerLimitMs: 3_000 },
    });
    await expect(plain.ping()).rejects.toThrow();
    await plain.close();
  });
});

/** Whether brokers hold tokens against the provider's keys: by one that says what ours says, signed by a key that nobody knows. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';
import { connectKafka } from '../../log/kafka.js';
import { fetchToken, type KafkaSasl, type KafkaSecurity } from '../../log/kafka-security.js';
import type { Log } from '../../ports/log.js';
import { describeError, type Finding, good, note, unsafe } from './finding.js';

const ABOUT = 'KAFKA_SASL_MECHANISM';
const ALGORITHM = 'ES256';

type TokenSasl = Extract<KafkaSasl, { mechanism: 'oauthbearer' }>;

async function forge(sasl: TokenSasl): Promise<string> {
  const token = await fetchToken(sasl);
  const { kid } = decodeProtectedHeader(token);
  const { privateKey } = await generateKeyPair(ALGORITHM);
  const header = { alg: ALGORITHM, ...(kid !== undefined && { kid }) };
  return await new SignJWT(decodeJwt(token)).setProtectedHeader(header).sign(privateKey);
}

export async function checkBrokerTokens(
  brokers: readonly string[],
  security: KafkaSecurity & { readonly sasl: TokenSasl },
  logger: Log,
  answerLimitMs: number,
): Promise<Finding> {
  let forged: string;
  try {
    forged = await forge(security.sasl);
  } catch (error) {
    return note(ABOUT, `whether the brokers judge tokens cannot be told: ${describeError(error)}`);
  }
  // Where kafkajs fetches it as it would fetch ours.
  const server = createServer((_request, response) => response.end(JSON.stringify({ access_token: forged })));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const tokenUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const log = connectKafka({
    brokers,
    clientId: 'tagwatch-doctor',
    security: { ...security, sasl: { ...security.sasl, tokenUrl } },
    log: logger,
    timings: { answerLimitMs },
  });
  try {
    await log.ping();
    return unsafe(
      ABOUT,
      'the brokers believe a token that anybody can make: they ask no key',
      'on each broker: sasl.oauthbearer.jwks.endpoint.url, and ' +
        'sasl.oauthbearer.jwt.validator.class=org.apache.kafka.common.security.oauthbearer.BrokerJwtValidator',
    );
  } catch {
    return good(ABOUT, 'the brokers refuse a token of another key');
  } finally {
    await log.close();
    server.closeAllConnections();
    server.close();
  }
}

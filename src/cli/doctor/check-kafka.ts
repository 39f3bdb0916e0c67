/** Whether Kafka answers, and how it is reached. */
import { connectKafka } from '../../log/kafka.js';
import type { Log } from '../../ports/log.js';
import type { Config } from '../../start/config.js';
import { isLoopback } from '../../start/loopback.js';
import { checkBrokerTokens } from './check-broker-tokens.js';
import { describeError, type Finding, good, note, unsafe, wrong } from './finding.js';

const ABOUT = 'KAFKA_BROKERS';
const hostOf = (broker: string): string => broker.slice(0, broker.lastIndexOf(':'));

export async function checkKafka(
  { kafkaBrokers: brokers, kafkaSecurity: security }: Config,
  logger: Log,
  answerLimitMs: number,
): Promise<Finding[]> {
  if (brokers.length === 0) return [];
  const found: Finding[] = [];
  const remote = brokers.filter((broker) => !isLoopback(hostOf(broker)));
  if (security.tls === null && remote.length > 0)
    found.push(
      unsafe(ABOUT, `${remote.join(', ')} without TLS: whoever listens reads every position`, 'set KAFKA_TLS_CA_FILE'),
    );
  if (security.sasl === null)
    found.push(
      (remote.length > 0 ? unsafe : note)(
        'KAFKA_SASL_MECHANISM',
        'is not set: to the brokers this program is nobody, and so is everybody else',
        'scram-sha-512, and access control lists on the topics',
      ),
    );
  if (brokers.length === 1 && remote.length > 0)
    found.push(note(ABOUT, 'names one broker: where that is away, a start finds no other', 'name two or three'));
  const log = connectKafka({ brokers, clientId: 'tagwatch-doctor', security, log: logger, timings: { answerLimitMs } });
  try {
    await log.ping();
    const how = security.tls === null ? 'without TLS' : 'by TLS';
    found.push(
      good(
        ABOUT,
        `${brokers.join(', ')} answers ${how}${security.sasl === null ? '' : ` and ${security.sasl.mechanism}`}`,
      ),
    );
    if (security.sasl?.mechanism === 'oauthbearer')
      found.push(await checkBrokerTokens(brokers, { ...security, sasl: security.sasl }, logger, answerLimitMs));
  } catch (error) {
    found.push(
      wrong(ABOUT, describeError(error), 'mend address, certificate (KAFKA_TLS_CA_FILE) or name and password'),
    );
  } finally {
    await log.close();
  }
  return found;
}

import { connectKafka } from '../../src/log/kafka.js';
import { sharedKafkaBrokers } from '../support/services.js';
import { silentLog } from '../support/silent-log.js';
import { eventLogContract } from './event-log.js';

eventLogContract('Kafka', async () => {
  const log = connectKafka({
    brokers: sharedKafkaBrokers(),
    clientId: 'contract',
    log: silentLog,
    timings: { retryFirstMs: 20 },
  });
  return { log, dispose: () => log.close() };
});

/** One Apache Kafka node in KRaft mode, from its Maven jars (43 MB, kept in a cache folder), in a temp folder of its own. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from './certificates.mjs';
import { installJars, installJava } from './maven.mjs';
import { freePort, runCommand, startDetached, waitUntilReady } from './processes.mjs';

const KAFKA_VERSION = '4.1.1';
const SLF4J_VERSION = '1.7.36';
const HEAP = '512m';
const READY_LIMIT_MS = 90_000;
const ASK_LIMIT_MS = 2_000;

const SCRAM_USER = 'tagwatch';
const TOKEN_AUDIENCE = 'kafka';
const OAUTH = 'org.apache.kafka.common.security.oauthbearer';

export const END_AT_ONCE = 'SIGKILL';

const ARTIFACTS = [`org.apache.kafka:kafka_2.13:${KAFKA_VERSION}`, `org.slf4j:slf4j-simple:${SLF4J_VERSION}`];

/** A new, formatted node; not running yet. */
export async function create() {
  installJava();
  const jars = installJars(`kafka-${KAFKA_VERSION}`, ARTIFACTS);
  const directory = mkdtempSync(join(tmpdir(), 'tagwatch-kafka-'));
  const [port, controllerPort, securePort, tokenPort, loosePort] = await Promise.all([1, 2, 3, 4, 5].map(freePort));
  const { caFile, keyFile, certificateFile } = makeCertificates(directory);
  const keyStore = join(directory, 'keystore.pem');
  writeFileSync(keyStore, `${readFileSync(keyFile)}${readFileSync(certificateFile)}`, { mode: 0o600 });
  const token = makeTokenKey(directory);
  const password = randomBytes(12).toString('hex');
  writeFileSync(join(directory, 'password'), `${password}\n`, { mode: 0o600 });
  const doors = Object.entries({ PLAINTEXT: port, SASL_SSL: securePort, TOKEN: tokenPort, LOOSE: loosePort })
    .map(([name, at]) => `${name}://127.0.0.1:${at}`)
    .join(',');
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `${doors},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': doors,
    // Two more doors to the same broker, by TLS: with SCRAM, and with the tokens of a provider.
    'listener.security.protocol.map':
      'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,TOKEN:SASL_SSL,LOOSE:SASL_SSL',
    'listener.name.token.sasl.enabled.mechanisms': 'OAUTHBEARER',
    'listener.name.token.oauthbearer.sasl.jaas.config': `${OAUTH}.OAuthBearerLoginModule required;`,
    'listener.name.token.oauthbearer.sasl.server.callback.handler.class': `${OAUTH}.OAuthBearerValidatorCallbackHandler`,
    'sasl.oauthbearer.jwks.endpoint.url': token.jwksUrl,
    // Kafka 4.1 finds none where nothing is said, and believed tokens of another key and another audience.
    'listener.name.token.sasl.oauthbearer.jwt.validator.class': `${OAUTH}.BrokerJwtValidator`,
    // And a door that is left as it comes, for whoever has to find that out.
    'listener.name.loose.sasl.enabled.mechanisms': 'OAUTHBEARER',
    'listener.name.loose.oauthbearer.sasl.jaas.config': `${OAUTH}.OAuthBearerLoginModule required;`,
    'listener.name.loose.oauthbearer.sasl.server.callback.handler.class': `${OAUTH}.OAuthBearerValidatorCallbackHandler`,
    'sasl.oauthbearer.expected.audience': TOKEN_AUDIENCE,
    // A session there ends after so long, unless its client brings another token; kafkajs does 10 s before.
    'listener.name.token.oauthbearer.connections.max.reauth.ms': 12_000,
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keyStore,
    'log.dirs': join(directory, 'data'),
    'auto.create.topics.enable': false,
    // A group starts with its first member, instead of waiting three seconds for others.
    'group.initial.rebalance.delay.ms': 0,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 2,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // 128 MB unless told: a quarter of this heap.
    // Everybody may do anything until a test forbids something.
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'allow.everyone.if.no.acl.found': true,
    'super.users': 'User:ANONYMOUS-BROKER',
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
  };
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(directory, 'server.properties'), lines.join(''));
  // Kafka's command line takes an id that begins with a hyphen for an option.
  const clusterId = `T${randomBytes(16).toString('base64url').slice(1)}`;
  runCommand('java', [
    ...javaArgs(jars),
    'kafka.tools.StorageTool',
    ...['format', '-t', clusterId, '-c', join(directory, 'server.properties')],
    ...['--add-scram', `SCRAM-SHA-512=[name=${SCRAM_USER},password=${password}]`],
  ]);
  return { port, directory, jars, securePort, tokenPort, loosePort, caFile, token };
}

/** The key by which a provider of the tests signs its tokens, and what the broker knows it by. */
function makeTokenKey(directory) {
  // By way of PEM: Node 20 may lock up where a key is exported while what made it is collected (seen once).
  const pem = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const [privateKey, publicKey] = [createPrivateKey(pem.privateKey), createPublicKey(pem.publicKey)];
  const marks = { kid: 'tests', alg: 'ES256', use: 'sig' };
  const keyFile = join(directory, 'token-key.json');
  const jwksFile = join(directory, 'token-jwks.json');
  writeFileSync(keyFile, JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...marks }), { mode: 0o600 });
  writeFileSync(jwksFile, JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), ...marks }] }));
  return { keyFile, jwksUrl: `file://${jwksFile}` };
}

function javaArgs(jars) {
  return [`-Xmx${HEAP}`, '-XX:+UseSerialGC', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', join(jars, '*')];
}

/** Runs a node on its port; resolves with its pid when it answers. */
export async function run(service, onPid) {
  const { port, directory, jars, token } = service;
  const logFile = join(directory, 'kafka.log');
  // It fetches keys from nowhere but where its command line says.
  const mayFetch = `-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=${token.jwksUrl}`;
  const args = [mayFetch, ...javaArgs(jars), 'kafka.Kafka', join(directory, 'server.properties')];
  const pid = startDetached('java', args, logFile, { cwd: directory });
  onPid(pid);
  await waitUntilReady('Kafka', { ...service, pid }, logFile, READY_LIMIT_MS, () => answers(port));
  return pid;
}

/** Whether the broker answers an ApiVersions request (key 18, version 0): it does from when it is registered and unfenced. */
function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const finish = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(ASK_LIMIT_MS, () => finish(false));
    socket.on('error', () => finish(false));
    socket.on('close', () => finish(false));
    // Length, API key, API version, correlation id, no client id.
    socket.on('connect', () => socket.write(Buffer.from('0000000a001200000000000affff', 'hex')));
    // Length, correlation id, error code 0.
    socket.on('data', (data) => finish(data.length >= 10 && data.readInt16BE(8) === 0));
  });
}

export function envLine({ port, securePort, tokenPort, loosePort, caFile, token, directory }) {
  return [
    `KAFKA_BROKERS=127.0.0.1:${port}`,
    `KAFKA_SECURE_BROKERS=127.0.0.1:${securePort}`,
    `KAFKA_SECURE_CA_FILE=${caFile}`,
    `KAFKA_SECURE_USERNAME=${SCRAM_USER}`,
    `KAFKA_SECURE_PASSWORD_FILE=${join(directory, 'password')}`,
    `KAFKA_TOKEN_BROKERS=127.0.0.1:${tokenPort}`,
    `KAFKA_LOOSE_BROKERS=127.0.0.1:${loosePort}`,
    `KAFKA_TOKEN_AUDIENCE=${TOKEN_AUDIENCE}`,
    `KAFKA_TOKEN_KEY_FILE=${token.keyFile}`,
  ].join('\n');
}

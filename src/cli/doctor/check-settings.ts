/** What the variables alone say: typos, and settings that are for trying it out. */
import type { Config } from '../../start/config.js';
import { isLoopback } from '../../start/loopback.js';
import { type Finding, good, note, unsafe, wrong } from './finding.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Read by commands, or by what runs the program, and not by its configuration. */
const OF_COMMANDS = new Set(['TAGWATCH_TOKEN_FILE']);
const OURS = /^(?:TAGWATCH_|KAFKA_|DATABASE_URL)/;

/** `read`: every name that was asked for. One that is set and that nobody asked for is a typo, or is of a setting that is off. */
export function checkNames(env: Environment, read: ReadonlySet<string>): Finding[] {
  return Object.keys(env)
    .filter((name) => OURS.test(name) && env[name]?.trim() && !read.has(name) && !OF_COMMANDS.has(name))
    .sort()
    .map((name) => wrong(name, 'is set, and nothing reads it', 'mend the name, or take it away'));
}

/** Secrets that stand in the environment itself. */
export function checkSecrets(env: Environment): Finding[] {
  const found: Finding[] = [];
  const say = (name: string) =>
    found.push(
      unsafe(
        name,
        'holds a secret, which every process of this user and every report of a crash can read',
        `put it into a file that its owner alone may read, and name that in ${name}_FILE`,
      ),
    );
  const url = env['DATABASE_URL']?.trim() ?? '';
  if (URL.canParse(url) && new URL(url).password !== '') say('DATABASE_URL');
  for (const name of ['KAFKA_SASL_PASSWORD', 'KAFKA_OAUTH_CLIENT_SECRET']) if (env[name]?.trim()) say(name);
  return found;
}

function checkSignInAndPort({ signIn, host, allowUnauthenticated }: Config): Finding[] {
  if (signIn !== null) {
    return allowUnauthenticated
      ? [note('TAGWATCH_ALLOW_UNAUTHENTICATED', 'has no effect where sign-in is configured', 'take it away')]
      : [];
  }
  const todo = 'configure sign-in: docs/sign-in.md';
  const everybody = 'no sign-in is configured: everybody who reaches it may do everything, as "local"';
  return isLoopback(host)
    ? [note('sign-in', `${everybody}; it listens on this machine alone`, todo)]
    : [unsafe('sign-in', `${everybody}, and it listens on ${host}, which others can reach`, todo)];
}

function checkReach({ signIn, reach, host }: Config): Finding[] {
  const found: Finding[] = [];
  const { publicUrl, trustedProxies } = reach;
  if (signIn !== null && publicUrl?.startsWith('http:') === true)
    found.push(
      unsafe(
        'TAGWATCH_PUBLIC_URL',
        `${publicUrl} is without TLS: for this machine alone, cookies without Secure`,
        'put a proxy with TLS in front of it and name its https address',
      ),
    );
  if (publicUrl?.startsWith('https:') === true && trustedProxies.length === 0)
    found.push(
      note(
        'TAGWATCH_TRUSTED_PROXIES',
        'is empty: the audit has the address of the proxy for everybody',
        'name the address of the proxy that ends TLS',
      ),
    );
  if (signIn !== null && !isLoopback(host) && trustedProxies.length === 0)
    found.push(
      note('TAGWATCH_HOST', `${host} is reached without TLS`, 'let nobody but the proxy that ends TLS reach this port'),
    );
  return found;
}

/** What is for trying it out, and what is missing for people's data. */
export function checkSettings(config: Config, userId: number | null): Finding[] {
  const found = [...checkSignInAndPort(config), ...checkReach(config)];
  if (config.signIn !== null && config.signIn.apiAudience === null)
    found.push(note('TAGWATCH_API_AUDIENCE', 'is not set: no tokens of machines are taken'));
  if (config.signIn?.issuer.startsWith('http:') === true)
    found.push(unsafe('TAGWATCH_OIDC_ISSUER', 'is a provider on this machine, without TLS', 'name that of production'));
  if (config.kafkaBrokers.length === 0 || config.databaseUrl === null) {
    const what =
      config.kafkaBrokers.length > 0
        ? 'the database is'
        : config.databaseUrl === null
          ? 'log and database are'
          : 'the log is';
    found.push(
      unsafe(
        'KAFKA_BROKERS, DATABASE_URL',
        `${what} embedded, which is for evaluation: one process, not encrypted, not written through`,
        'name a Kafka and a PostgreSQL',
      ),
    );
  }
  if (config.logLevel === 'debug' || config.logLevel === 'trace')
    found.push(note('TAGWATCH_LOG_LEVEL', `${config.logLevel} is for looking for a fault: the log grows fast`, 'info'));
  if (config.auditCheckpointsDir === null)
    found.push(
      unsafe(
        'TAGWATCH_AUDIT_CHECKPOINTS_DIR',
        'is not set: the checkpoints of the audit lie in the data folder',
        'name a folder where nobody reaches who can write the database',
      ),
    );
  if (config.signingKeyFile === null)
    found.push(
      note(
        'TAGWATCH_SIGNING_KEY_FILE',
        'is not set: each data folder gets a key of its own',
        'make one ("tagwatch keys"), give it to all, and keep its public half elsewhere',
      ),
    );
  if (userId === 0) found.push(unsafe('user', 'it runs as root', 'run it as a user of its own'));
  return found.length > 0 ? found : [good('settings', 'nothing in them is for trying it out')];
}

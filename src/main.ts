#!/usr/bin/env node
/** The command line. What it starts is constructed in `start/tagwatch.ts`. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { type Logger, pino } from 'pino';
import { joinMinusValues, readArguments } from './cli/arguments.js';
import type { Database } from './ports/database.js';
import type { Log } from './ports/log.js';
import type { Config } from './start/config.js';
import { StartStopped } from './start/lifecycle.js';
import { abortOnStopSignal } from './start/stop-signals.js';
import { VERSION } from './start/version.js';

// A command loads what it runs and no more: the whole program is two thousand files, two seconds of a processor.

const HELP = `tagwatch: checks the pings of GPS tags against zones and curfews, and alerts

  tagwatch serve [--roles ROLES]   takes pings, raises alerts, serves API and console
  tagwatch demo [OPTIONS]          the same with a made-up cohort of 200 wearers, nothing to install
  tagwatch replay FILE OPTIONS     sends a track file through the front door of a running Tagwatch
  tagwatch zones validate PATHS    judges zone files: GeoJSON, KML, WKT
  tagwatch zones import PATHS      puts their zones into a running Tagwatch
  tagwatch records import FILES    puts wearers, orders, zones, conditions and the rest into it, by the thousand
  tagwatch explain ALERT-ID        says why an alert was raised, and whether the engine finds the same again
  tagwatch audit verify            says whether the audit on record is what was chained
  tagwatch evidence make OPTIONS   makes a signed evidence pack of an alert, or of a wearer and a period
  tagwatch evidence verify PACK    says whether a pack is as it was made, and whether the engine finds the same again
  tagwatch crimes match FILE       says who of those on record was where crimes were, who cannot have been, and of whom nobody can say
  tagwatch keys COMMAND            makes, lists, rotates and revokes the key that signs packs
  tagwatch doctor                  says what of the configuration is missing or unsafe, and what to do
  tagwatch migrate                 brings the schema of DATABASE_URL up to date and ends (serve does it too)
  tagwatch COMMAND --help          more about one of them
  tagwatch --version

Exit codes: 0 all went well; 1 it could not be done, and why is said; 2 the call was not understood.
The README has the table of environment variables.`;

const SERVE_HELP = `tagwatch serve [--roles ROLES]

Takes pings from Kafka and HTTP, folds them, raises alerts, records the track, serves the API and the console. Without
KAFKA_BROKERS and DATABASE_URL it runs on an embedded log and database in TAGWATCH_DATA_DIR (for evaluation: one process).

  --roles ROLES   some of intake,engine,recorder,publisher,handoff,api (default: all). Each scales by itself: start as many processes
                  with a role as you like, they share the partitions.

Environment (the README tells more):
  DATABASE_URL                     postgres://user:password@host:5432/tagwatch; or DATABASE_URL_FILE with it in a file
  KAFKA_BROKERS                    host:9092,host:9092
  KAFKA_PING_TOPICS                suppliers' topics (tagwatch.pings)
  KAFKA_TOPIC_PREFIX               before Tagwatch's own topics, where several share one Kafka
  KAFKA_TLS_CA_FILE, KAFKA_TLS     TLS to Kafka: who signs the brokers' certificates; 1: whom Node trusts
  KAFKA_SASL_MECHANISM             scram-sha-512, scram-sha-256 or plain, with KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD_FILE; or
                                   oauthbearer, with KAFKA_OAUTH_TOKEN_URL, KAFKA_OAUTH_CLIENT_ID, KAFKA_OAUTH_CLIENT_SECRET_FILE
                                   and KAFKA_OAUTH_SCOPE
  TAGWATCH_DATA_DIR                where embedded data live (./.tagwatch)
  TAGWATCH_HOST, TAGWATCH_PORT     where it listens (127.0.0.1, 8080; 0 is any free port)
  TAGWATCH_ALLOW_UNAUTHENTICATED   1 lets it listen elsewhere than on loopback with no sign-in
  TAGWATCH_OIDC_ISSUER             the provider by which people sign in; with TAGWATCH_OIDC_CLIENT_ID,
                                   TAGWATCH_OIDC_CLIENT_SECRET_FILE and TAGWATCH_CLAIMS_FILE (docs/sign-in.md)
  TAGWATCH_API_AUDIENCE            the audience of bearer tokens of machines; without it none are taken
  TAGWATCH_PUBLIC_URL              how browsers reach it, where a proxy stands in front of it
  TAGWATCH_TRUSTED_PROXIES         addresses or networks of proxies whose X-Forwarded-Host counts
  TAGWATCH_ALLOWED_HOSTS           further names by which it is called; another Host is answered 421
  TAGWATCH_ALLOWED_ORIGINS         further origins whose pages may read the feed and write
  TAGWATCH_SIGNING_KEY_FILE        the Ed25519 key that signs packs and checkpoints of the audit (made in TAGWATCH_DATA_DIR)
  TAGWATCH_TIME_STAMP_URL          the authority that says when a pack was there (RFC 3161); unset: packs have no time stamp
  TAGWATCH_AUDIT_CHECKPOINTS_DIR   where they go: a folder that nobody reaches who can write the database
  TAGWATCH_ALERT_RULES_FILE        how severe alerts are, and to whom they climb (docs/wire.md)
  TAGWATCH_HANDOFF_FILE            who is told by signed webhooks and by e-mail (docs/operations.md)
  TAGWATCH_BASE_MAP_FILE           GeoJSON of streets and names below the console's map
  TAGWATCH_SERVICE_AREA            west,south,east,north in degrees: zones outside are refused
  TAGWATCH_INPUT_FORMAT            columns; single while an older program still reads the same Kafka (columns)
  TAGWATCH_RETENTION_DAYS          after so many days tracks and messages are deleted, but for what is held (never)
  TAGWATCH_RECONCILE_QUIET_SECONDS how long a tag has to be quiet before what came too late is judged (60)
  TAGWATCH_LOG_LEVEL               fatal, error, warn, info, debug, trace, silent (info)

It answers /health/live, /health/ready (what it waits for) and /metrics from its first moment, whatever its roles, and prints
"tagwatch listening on http://HOST:PORT" when it is ready. SIGTERM or Ctrl-C stops it in order; a second one at once.`;

const MIGRATE_HELP = `tagwatch migrate

Brings the schema of the database in DATABASE_URL up to date, under a lock, each step in a transaction, and ends.
"tagwatch serve" does the same by itself when it starts.`;

async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  switch (command) {
    case 'serve':
      return serve(rest);
    case 'demo': {
      const [{ runDemo }, { startTagwatch }] = await Promise.all([
        import('./demo/demo.js'),
        import('./start/tagwatch.js'),
      ]);
      return runDemo(rest, startTagwatch);
    }
    case 'replay': {
      const { replay } = await import('./cli/replay.js');
      return replay(rest);
    }
    case 'zones': {
      const { zones } = await import('./cli/zones.js');
      return zones(rest);
    }
    case 'records': {
      const { records } = await import('./cli/records.js');
      return records(rest);
    }
    case 'explain':
      return explainOne(rest);
    case 'audit':
      return verifyAudit(rest);
    case 'evidence':
      return packs(rest);
    case 'crimes':
      return matchCrimes(rest);
    case 'keys':
      return changeKeys(rest);
    case 'doctor': {
      const { doctor } = await import('./cli/doctor/doctor.js');
      const logger = pino({ level: 'silent' });
      return doctor(rest, { env: process.env, logger, userId: process.getuid?.() ?? null, out: console.log });
    }
    case 'migrate':
      return migrateOnce(rest);
    case '--version':
      console.log(VERSION);
      return 0;
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      console.log(HELP);
      return command === undefined ? 2 : 0;
    default:
      console.error(`tagwatch: there is no command "${command}".\n\n${HELP}`);
      return 2;
  }
}

async function serve(argv: readonly string[]): Promise<number> {
  const options = { roles: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
  const { values } = readArguments({ args: joinMinusValues(argv, options), options, allowPositionals: false });
  if (values.help) {
    console.log(SERVE_HELP);
    return 0;
  }
  const config = await configOrExplain(values.roles ?? null);
  if (!config) return 2;
  const logger = makeLogger(config);
  const signal = abortOnStopSignal();
  const failed = await runUntilStopped(config, logger, signal);
  return failed.length === 0 ? 0 : 1;
}

/** Answers the parts that did not stop in order. */
async function runUntilStopped(config: Config, logger: Log, signal: AbortSignal): Promise<readonly string[]> {
  const { startTagwatch } = await import('./start/tagwatch.js');
  try {
    const program = await startTagwatch(config, logger, { signal });
    if (!signal.aborted) await once(signal, 'abort');
    return await program.stop();
  } catch (error) {
    if (error instanceof StartStopped) return error.failed;
    throw error;
  }
}

async function migrateOnce(argv: readonly string[]): Promise<number> {
  const { values } = readArguments({ args: [...argv], options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    console.log(MIGRATE_HELP);
    return 0;
  }
  const config = await configOrExplain(null);
  if (!config) return 2;
  if (!config.databaseUrl) {
    console.error(
      'tagwatch migrate: DATABASE_URL is not set; the embedded database migrates itself when it is opened.',
    );
    return 2;
  }
  const [{ migrate }, { connectPostgres }] = await Promise.all([
    import('./store/migrate.js'),
    import('./store/postgres.js'),
  ]);
  const logger = makeLogger(config);
  const db = connectPostgres({ url: config.databaseUrl, log: logger });
  try {
    const applied = await migrate(db, logger);
    console.log(applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`);
    return 0;
  } finally {
    await db.close();
  }
}

async function explainOne(argv: readonly string[]): Promise<number> {
  const { explainAlert } = await import('./cli/explain.js');
  const config = await configOrExplain(null);
  if (!config) return 2;
  return explainAlert(argv, {
    openDatabase: () => openExistingDatabase(config),
  });
}

async function verifyAudit(argv: readonly string[]): Promise<number> {
  const [{ audit }, { registerFileOf }, { publicKeyFileOf, signingKeyFileOf }] = await Promise.all([
    import('./cli/audit.js'),
    import('./evidence/key-register.js'),
    import('./start/signing-key.js'),
  ]);
  const config = await configOrExplain(null);
  if (!config) return 2;
  const register = registerFileOf(signingKeyFileOf(config));
  return audit(argv, {
    publicKeyFile: existsSync(register) ? register : publicKeyFileOf(config),
    openDatabase: () => openExistingDatabase(config),
  });
}

async function matchCrimes(argv: readonly string[]): Promise<number> {
  const [{ crimes }, { createCommandAudit }] = await Promise.all([
    import('./cli/crimes.js'),
    import('./cli/command-audit.js'),
  ]);
  const config = await configOrExplain(null);
  if (!config) return 2;
  return crimes(argv, {
    openDatabase: () => openExistingDatabase(config),
    audit: auditOfCommands(config, createCommandAudit),
    nowMs: Date.now,
    user: userInfo().username,
    version: VERSION,
    out: console.log,
    err: console.error,
  });
}

function auditOfCommands(
  config: Config,
  createAudit: typeof import('./cli/command-audit.js').createCommandAudit,
): ReturnType<typeof createAudit> {
  const logger = makeLogger(config);
  return createAudit({
    openLog: async () => (await import('./start/tagwatch.js')).openLog(config, logger),
    logger,
    service: `tagwatch ${VERSION}`,
    dataDir: config.dataDir,
  });
}

async function packs(argv: readonly string[]): Promise<number> {
  const [{ evidence }, { createCommandAudit }, { readEngineVersion }, { signingKeyFileOf }] = await Promise.all([
    import('./cli/evidence.js'),
    import('./cli/command-audit.js'),
    import('./start/engine-version.js'),
    import('./start/signing-key.js'),
  ]);
  const config = await configOrExplain(null);
  if (!config) return 2;
  return evidence(argv, {
    openDatabase: () => openExistingDatabase(config),
    audit: auditOfCommands(config, createCommandAudit),
    keyFile: signingKeyFileOf(config),
    timeStampUrl: config.timeStampUrl,
    nowMs: Date.now,
    user: userInfo().username,
    program: { version: VERSION, engine: readEngineVersion() },
    out: console.log,
    err: console.error,
  });
}

async function changeKeys(argv: readonly string[]): Promise<number> {
  const [{ keys }, { signingKeyFileOf }] = await Promise.all([
    import('./cli/keys.js'),
    import('./start/signing-key.js'),
  ]);
  const config = await configOrExplain(null);
  if (!config) return 2;
  return keys(argv, { keyFile: signingKeyFileOf(config), now: () => new Date().toISOString() });
}

/** To read what is there; where there is nothing, none is made. */
async function openExistingDatabase(config: Config): Promise<Database> {
  if (!config.databaseUrl && !existsSync(config.dataDir))
    throw new Error(
      `there is no data folder ${config.dataDir} to read. Set DATABASE_URL, or TAGWATCH_DATA_DIR as it is for "tagwatch serve"`,
    );
  const { openDatabase } = await import('./start/tagwatch.js');
  return openDatabase(config, makeLogger(config));
}

async function configOrExplain(roles: string | null): Promise<Config | null> {
  const { readConfig } = await import('./start/config.js');
  const result = readConfig(process.env, roles);
  if (result.ok) return result.config;
  console.error(
    `tagwatch: the configuration cannot be used:\n${result.errors.map((error) => `  - ${error}`).join('\n')}`,
  );
  return null;
}

/** JSON lines on stderr, so that stdout holds only what was asked for. */
function makeLogger(config: Config): Logger {
  return pino({ level: config.logLevel, base: null }, pino.destination({ dest: 2, sync: true }));
}

/** A mistake in the call is told in one line; anything else with its cause, because somebody has to act. */
function explain(error: unknown): number {
  if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
    const command = process.argv[2] ?? '';
    console.error(`tagwatch ${command}: ${error.message}\n"tagwatch ${command} --help" tells more.`);
    return 2;
  }
  console.error(`tagwatch: ${error instanceof Error ? error.message : String(error)}`);
  if (process.env['TAGWATCH_LOG_LEVEL'] === 'debug' && error instanceof Error) console.error(error.stack);
  return 1;
}

const code = await main(process.argv.slice(2)).catch(explain);
// A part that ends the program has set its code already.
process.exitCode = Math.max(code, Number(process.exitCode ?? 0));
// What is still open by now (a socket of a broker that went away) must not keep a stopped program alive.
process.exit();

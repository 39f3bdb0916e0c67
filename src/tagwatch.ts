/**
 * The composition root: from a `Config` it constructs the adapters, starts the roles in order, and hands back how to stop them.
 * The only module that knows which log and which database it is.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, Role } from './config.js';
import { PING_PARSERS } from './formats/ping-message.js';
import { createLifecycle, type Lifecycle } from './lifecycle.js';
import { openEmbeddedLog } from './log/embedded.js';
import { connectKafka } from './log/kafka.js';
import { withTopicPrefix } from './log/prefixed.js';
import { createMetrics, type Metrics } from './metrics.js';
import { type DatabaseWatch, watchDatabase } from './pipeline/database-watch.js';
import { type EngineWorker, startEngine } from './pipeline/engine-worker.js';
import { ensureEpoch } from './pipeline/epoch.js';
import { startIntake } from './pipeline/intake.js';
import {
  type Clock,
  type Database,
  type EventLog,
  type Log,
  LogUnavailable,
  type TopicSpec,
} from './pipeline/ports.js';
import { startPublisher } from './pipeline/publisher.js';
import { type Reconciler, startReconciler } from './pipeline/reconciler.js';
import { type Recorder, startRecorder } from './pipeline/recorder.js';
import { OWN_TOPICS } from './pipeline/topics.js';
import { startApi } from './serve-api.js';
import { migrate } from './store/migrate.js';
import { openPglite } from './store/pglite.js';
import { connectPostgres } from './store/postgres.js';
import { reconcileStore } from './store/reconcile.js';
import { recordTables } from './store/recording.js';
import { watchStore } from './store/watch.js';

/** How long between two tries to reach a log that is away, ms. */
const LOG_RETRY_MS = 2_000;
/** The same for the first few tries, which are not told. */
const LOG_FIRST_RETRY_MS = 100;
const LOG_QUIET_TRIES = 5;
/** How long a start waits for the database before it says that it is away and goes on without, ms. */
const DATABASE_WAIT_MS = 15_000;
/** The embedded database is a part of this process: it is not away, it is being made, ms. */
const EMBEDDED_DATABASE_WAIT_MS = 120_000;
/** What a supplier's topic gets where we have to create it: pings for as long as the inputs keep them. */
const SUPPLIER_TOPIC = {
  partitions: 12,
  cleanup: 'delete',
  retentionMs: 14 * 86_400_000,
  fixedPartitions: false,
} as const;

export interface Tagwatch {
  /** Where it listens; null where this process has no api role. */
  readonly url: string | null;
  /** Stops in order; answers the parts that did not. */
  stop(): Promise<readonly string[]>;
}

const systemClock: Clock = { nowMs: () => Date.now() };

/**
 * Starts every role that the config names and, with the api role, calls `announce` once all of them are ready
 * (by default it prints the line that `wire.md` names).
 * Rejects where a part cannot start at all (a folder in use, a schema newer than the program, a port taken), having stopped the
 * others. A log or a database that is away is waited for: the first before anything starts, the second alongside.
 */
export async function startTagwatch(
  config: Config,
  logger: Log,
  announce: (url: string) => void = (url) => console.log(`tagwatch listening on ${url}`),
): Promise<Tagwatch> {
  const life = createLifecycle(logger);
  try {
    const program = await startParts(config, logger, life);
    if (program.url) announce(program.url);
    return program;
  } catch (error) {
    await life.stop();
    throw error;
  }
}

async function startParts(config: Config, logger: Log, life: Lifecycle): Promise<Tagwatch> {
  const has = (role: Role) => config.roles.includes(role);
  const clock = systemClock;
  const metrics = createMetrics();
  const needsDatabase = has('recorder') || has('publisher') || has('api');
  if (config.kafkaBrokers.length === 0 || (needsDatabase && !config.databaseUrl))
    mkdirSync(config.dataDir, { recursive: true });

  const log = await life.start(
    'log',
    () => openLog(config, logger),
    (part) => part.close(),
  );
  const ownDb = needsDatabase
    ? await life.start(
        'database',
        () => openDatabase(config, logger),
        (part) => part.close(),
      )
    : null;
  const topics = [
    ...OWN_TOPICS,
    ...config.kafkaPingTopics.map(({ topic }): TopicSpec => ({ topic, ...SUPPLIER_TOPIC })),
  ];
  await untilLogAnswers(logger, () => log.ensureTopics(topics));
  const epoch = await untilLogAnswers(logger, () => ensureEpoch(log, randomUUID));
  const database = ownDb
    ? await life.start(
        'database watch',
        () => startDatabaseWatch(ownDb, logger, config.databaseUrl ? DATABASE_WAIT_MS : EMBEDDED_DATABASE_WAIT_MS),
        (part) => part.stop(),
      )
    : null;
  const db = database?.db ?? null;

  const engine = has('engine')
    ? await life.start(
        'engine',
        () => startEngine({ log, clock, logger, counters: metrics.engine }),
        (part) => part.stop(),
      )
    : null;
  const recorder =
    has('recorder') && db
      ? await life.start(
          'recorder',
          () => startRecorder({ log, db, tables: recordTables, clock, logger, epoch, counters: metrics.recorder }),
          (part) => part.stop(),
        )
      : null;
  const reconciler =
    recorder && db
      ? await life.start(
          'reconciler',
          () =>
            startReconciler({
              log,
              db,
              store: reconcileStore,
              watchStore,
              tables: recordTables,
              clock,
              logger,
              epoch,
              counters: metrics.reconciler,
              options: { quietMs: config.reconcileQuietSeconds * 1000 },
            }),
          (part) => part.stop(),
        )
      : null;
  if (has('publisher') && db)
    await life.start(
      'publisher',
      () => startPublisher({ db, log, store: watchStore, clock, logger, epoch }),
      (part) => part.stop(),
    );
  if (has('intake'))
    await life.start(
      'intake',
      () =>
        startIntake({
          log,
          topics: config.kafkaPingTopics,
          parse: (format, value, receivedAtMs) => PING_PARSERS[format](value, receivedAtMs),
          clock,
          logger,
          counters: metrics.intake,
        }),
      (part) => part.stop(),
    );
  addLagGauges(metrics, engine, recorder);
  if (reconciler) addReconcileGauge(metrics, reconciler);

  if (!has('api') || !db || !database) {
    logger.info({ roles: config.roles }, 'started');
    return { url: null, stop: () => life.stop() };
  }
  const url = await startApi({ config, logger, life, clock, metrics, log, db, database, engine, recorder, epoch });
  return { url, stop: () => life.stop() };
}

function addLagGauges(metrics: Metrics, engine: EngineWorker | null, recorder: Recorder | null): void {
  if (engine)
    metrics.addGauge({
      name: 'tagwatch_engine_lag_inputs',
      help: 'Inputs that the engine has yet to fold.',
      read: () => engine.status().lag,
    });
  if (recorder)
    metrics.addGauge({
      name: 'tagwatch_recorder_lag_records',
      help: 'Records that the recorder has yet to write; absent while the log is away.',
      read: () =>
        recorder.lag().then(
          (partitions) => partitions.reduce((sum, { behind }) => sum + behind, 0),
          () => null,
        ),
    });
}

function addReconcileGauge(metrics: Metrics, reconciler: Reconciler): void {
  metrics.addGauge({
    name: 'tagwatch_reconcile_requests_waiting',
    help: 'Activations whose past is to be judged again; absent while the database is away.',
    read: () =>
      reconciler.waiting().then(
        (count) => count,
        () => null,
      ),
  });
}

function openLog(config: Config, logger: Log): EventLog {
  const { kafkaBrokers, kafkaTopicPrefix, dataDir } = config;
  if (kafkaBrokers.length === 0) return openEmbeddedLog({ directory: join(dataDir, 'log'), log: logger });
  const kafka = connectKafka({ brokers: kafkaBrokers, clientId: 'tagwatch', log: logger });
  return withTopicPrefix(kafka, kafkaTopicPrefix);
}

/** The record: PostGIS, or the embedded one of the data folder. */
export function openDatabase(config: Config, logger: Log): Database | Promise<Database> {
  const { databaseUrl, dataDir } = config;
  if (databaseUrl) return connectPostgres({ url: databaseUrl, log: logger });
  return openPglite({ directory: join(dataDir, 'database'), log: logger });
}

/**
 * Nothing works without the log: what is away is waited for, and said; a wrong topic (partition count) ends the start. A topic
 * that was made a moment ago may have no leader yet: that is tried again soon and said only when it lasts.
 */
async function untilLogAnswers<T>(logger: Log, ask: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
      if (attempt >= LOG_QUIET_TRIES) logger.error({ attempt, err: error }, 'the event log is away: waiting for it');
      const waitMs = attempt < LOG_QUIET_TRIES ? LOG_FIRST_RETRY_MS : LOG_RETRY_MS;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

function startDatabaseWatch(db: Database, logger: Log, waitMs: number): Promise<DatabaseWatch> {
  return watchDatabase({
    db,
    migrate: () => migrate(db, logger),
    logger,
    waitMs,
    // Running on under a schema that is not ours would put wrong rows on record: end, and let the operator see why.
    onFault(error) {
      logger.error({ err: error }, 'the database has a schema that this program cannot use');
      process.exitCode = 1;
      process.kill(process.pid, 'SIGTERM');
    },
  });
}

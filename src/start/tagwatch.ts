/**
 * The composition root: from a `Config` it constructs the adapters, starts the roles in order, and hands back how to stop them.
 * The only module that knows which log and which database it is.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PING_PARSERS } from '../formats/pings/ping-message.js';
import { createReach } from '../http/feed/reach.js';
import { DEFAULT_SUBJECT_LIMITS } from '../http/plugins/subject-limits.js';
import { openEmbeddedLog } from '../log/embedded.js';
import { connectKafka } from '../log/kafka.js';
import { withTopicPrefix } from '../log/prefixed.js';
import type { Clock } from '../ports/clock.js';
import type { Database } from '../ports/database.js';
import type { EventLog, TopicSpec } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import { OWN_TOPICS } from '../ports/topics.js';
import { type DatabaseWatch, watchDatabase } from '../roles/database-watch.js';
import { type EngineWorker, startEngine } from '../roles/engine/engine-worker.js';
import { ensureEpoch } from '../roles/epoch.js';
import { startHandoff } from '../roles/handoff/handoff.js';
import { startIntake } from '../roles/intake/intake.js';
import { watchLog } from '../roles/log-watch.js';
import { startPublisher } from '../roles/publisher/publisher.js';
import { startReconciler } from '../roles/reconciler/reconciler.js';
import { startCheckpoints } from '../roles/recorder/checkpoints.js';
import { startRecorder } from '../roles/recorder/recorder.js';
import { migrate } from '../store/migrate.js';
import { openPglite } from '../store/pglite.js';
import { connectPostgres } from '../store/postgres.js';
import { reconcileStore } from '../store/reconcile.js';
import { recordTables } from '../store/recording.js';
import { watchStore } from '../store/watch.js';
import { readAlertRules } from './alert-rules-file.js';
import { startAuditTrail } from './audit-trail.js';
import type { Config, Role } from './config.js';
import {
  addDatabaseGauges,
  addEngineGauges,
  addHandoffGauges,
  addIntakeGauges,
  addLogGauges,
  addOutboxGauges,
  addRecorderGauges,
} from './gauges.js';
import { readHandoffFile } from './handoff-file.js';
import { createLifecycle, type Lifecycle, StartStopped } from './lifecycle.js';
import { openListener } from './listener.js';
import { createMetrics } from './metrics.js';
import { createReadiness, listBlocking, type Readiness } from './readiness.js';
import { recordAlertRules } from './recorded-alert-rules.js';
import { API_PARTS, startApi } from './serve-api.js';
import { createSignIn } from './sign-in.js';
import { openSigningKey } from './signing-key.js';
import { untilLogAnswers } from './until-log-answers.js';
import { VERSION } from './version.js';
import { watchGroups } from './watched-groups.js';

const LOG_TO_ANSWER = 'the event log to answer';
/** How often a start asks whether every part is ready, ms. */
const READY_CHECK_MS = 25;
/** How often a start that waits says what for, ms. */
const READY_TELL_MS = 15_000;
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
  /** Where it listens: with the api role everything, else `/health/*` and `/metrics`. */
  readonly url: string;
  /** Stops in order; answers the parts that did not. */
  stop(): Promise<readonly string[]>;
}

export interface StartOptions {
  /** Called once every part is ready; by default it prints the line that `wire.md` names. */
  readonly announce?: (url: string) => void;
  /** Stops the start in order, if it is aborted before that is over. */
  readonly signal?: AbortSignal;
}

const systemClock: Clock = { nowMs: () => Date.now() };

/**
 * Starts every role that the config names, its listener first. Rejects where a part cannot start at all (a folder in use, a
 * schema newer than the program, a port taken), having stopped the others, and with `StartStopped` where it was told to stop.
 * A log or a database that is away is waited for: the first before anything else starts, the second alongside.
 */
export async function startTagwatch(config: Config, logger: Log, options: StartOptions = {}): Promise<Tagwatch> {
  const { signal, announce = (url: string) => console.log(`tagwatch listening on ${url}`) } = options;
  const life = createLifecycle(logger);
  const stop = () => void life.stop();
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  try {
    const url = await startParts(config, logger, life);
    announce(url);
    return { url, stop: () => life.stop() };
  } catch (error) {
    const failed = await life.stop();
    throw signal?.aborted ? new StartStopped(failed) : error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** Answers where it listens, once every essential part is ready. */
async function startParts(config: Config, logger: Log, life: Lifecycle): Promise<string> {
  const has = (role: Role) => config.roles.includes(role);
  const clock = systemClock;
  const metrics = createMetrics(VERSION);
  const needsDatabase = has('recorder') || has('publisher') || has('api');
  // Only who tells them has their secrets.
  const receivers = has('handoff') && config.handoffFile !== null ? readHandoffFile(config.handoffFile) : null;
  // Who judges by tables says by which.
  const speaks = has('api') || has('engine') || receivers !== null;
  const readiness = expectParts(has, { needsDatabase, speaks });
  const reach = createReach(config.reach);
  const alertRules = readAlertRules(config.alertRulesFile);
  if (alertRules.severityTableId !== null)
    logger.info({ severityTable: alertRules.severityTableId }, 'alerts are severe by the configured table from now on');
  if (alertRules.priorityTableId !== null)
    logger.info(
      { priorityTable: alertRules.priorityTableId },
      'alerts are looked at by the configured order from now on',
    );
  const signIn = createSignIn(config.signIn, clock, logger);
  const app = {
    log: logger,
    version: VERSION,
    reach,
    isSecure: config.reach.publicUrl?.startsWith('https:') ?? false,
    access: signIn.access,
    limits: config.signIn === null ? null : DEFAULT_SUBJECT_LIMITS,
    onAnswered: metrics.http.answered,
  };
  const listener = await life.start(
    'listener',
    () =>
      openListener({
        host: config.host,
        port: config.port,
        hasApi: has('api'),
        readiness,
        metrics: async () => ({ contentType: metrics.registry.contentType, text: await metrics.registry.metrics() }),
        app,
      }),
    (part) => part.close(),
  );
  logger.info({ url: listener.url, roles: config.roles }, 'starting');
  if (config.kafkaBrokers.length === 0 || (needsDatabase && !config.databaseUrl))
    mkdirSync(config.dataDir, { recursive: true });

  const ownLog = await life.start(
    'log',
    () => openLog(config, logger),
    (part) => part.close(),
  );
  const groups = watchGroups(ownLog, metrics.log);
  const { log } = groups;
  const untilAnswered = <T>(ask: () => Promise<T>) => untilLogAnswers(logger, life, ask);
  await untilAnswered(() => log.ping());
  const logWatch = await life.start(
    'log watch',
    () => watchLog(log, logger),
    (part) => part.stop(),
  );
  readiness.watch('log', () => (logWatch.isPresent() ? null : LOG_TO_ANSWER));
  addLogGauges(metrics, logWatch);
  const supplierTopics = config.kafkaPingTopics.map(({ topic }): TopicSpec => ({ topic, ...SUPPLIER_TOPIC }));
  await untilAnswered(() => log.ensureTopics([...OWN_TOPICS, ...supplierTopics]));
  const epoch = await untilAnswered(() => ensureEpoch(log, randomUUID));
  readiness.watch('topics');
  const auditing = !speaks
    ? null
    : await startAuditTrail({ config, log, logger, life, metrics, readiness }).catch((error: unknown) => {
        // Nobody is kept from judging by a folder: an engine has but its tables to say.
        if (error instanceof StartStopped || has('api') || receivers !== null) throw error;
        logger.error({ err: error }, 'the audit cannot be told by which tables alerts are judged; they are judged');
        return null;
      });
  if (auditing !== null && (has('engine') || has('api')))
    await recordAlertRules({ rules: alertRules, dataDir: config.dataDir, audit: auditing, clock, logger });
  if (needsDatabase) readiness.watch('database', () => 'the database to be opened');
  const ownDb = needsDatabase
    ? await life.start(
        'database',
        () => openDatabase(config, logger),
        (part) => part.close(),
      )
    : null;
  const database = ownDb
    ? await life.start(
        'database watch',
        () =>
          startDatabaseWatch(ownDb, logger, {
            waitMs: config.databaseUrl ? DATABASE_WAIT_MS : EMBEDDED_DATABASE_WAIT_MS,
            stopping: life.stopping,
          }),
        (part) => part.stop(),
      )
    : null;
  const db = database?.db ?? null;
  if (ownDb && database) {
    readiness.watch('database', () => database.waitsFor());
    addDatabaseGauges(metrics, ownDb, database);
  }

  if (has('engine')) {
    const engine = await life.start(
      'engine',
      () => startEngine({ log, clock, logger, counters: metrics.engine, severity: alertRules }),
      (part) => part.stop(),
    );
    readiness.watch('engine', () => (engine.isReady() ? null : describeEngine(engine)));
    addEngineGauges(metrics, engine, clock);
  }
  if (has('recorder') && db) {
    const recording = { log, db, tables: recordTables, clock, logger, epoch };
    const recorder = await life.start(
      'recorder',
      () => startRecorder({ ...recording, counters: metrics.recorder }),
      (part) => part.stop(),
    );
    await life.start(
      'audit checkpoints',
      async () =>
        startCheckpoints({
          db,
          tables: recordTables,
          readKey: openSigningKey(config, logger),
          directory: config.auditCheckpointsDir ?? join(config.dataDir, 'audit-checkpoints'),
          clock,
          logger,
        }),
      (part) => part.stop(),
    );
    readiness.watch('recorder', () => (recorder.databaseAwaySinceMs() === null ? null : 'the database to record'));
    const reconciler = await life.start(
      'reconciler',
      () =>
        startReconciler({
          ...recording,
          store: reconcileStore,
          watchStore,
          counters: metrics.reconciler,
          options: { quietMs: config.reconcileQuietSeconds * 1000 },
        }),
      (part) => part.stop(),
    );
    addRecorderGauges(metrics, recorder, reconciler);
  }
  if (has('publisher') && db) {
    await life.start(
      'publisher',
      () => startPublisher({ db, log, store: watchStore, clock, logger, epoch }),
      (part) => part.stop(),
    );
    readiness.watch('publisher');
    addOutboxGauges(metrics, db, clock);
  }
  if (has('intake')) {
    await life.start(
      'intake',
      () =>
        startIntake({
          log,
          topics: config.kafkaPingTopics,
          parse: (format, value, receivedAtMs) => PING_PARSERS[format](value, receivedAtMs),
          inputFormat: config.inputFormat,
          clock,
          logger,
          counters: metrics.intake,
        }),
      (part) => part.stop(),
    );
    readiness.watch('intake');
    addIntakeGauges(metrics, groups);
  }
  if (receivers !== null && auditing !== null) {
    const handoff = await life.start(
      'hand-off',
      () =>
        untilAnswered(() =>
          startHandoff({ receivers, log, audit: auditing, epoch, clock, logger, publicUrl: config.reach.publicUrl }),
        ),
      (part) => part.stop(),
    );
    addHandoffGauges(metrics, handoff);
  }
  const api =
    has('api') && db && database && auditing
      ? await startApi({
          alertRules,
          auditing,
          config,
          logger,
          life,
          clock,
          metrics,
          log,
          logWatch,
          db,
          database,
          epoch,
          readiness,
          app,
          signIn,
          reach,
        })
      : null;
  await untilReady(readiness, life, logger);
  await api?.open(listener);
  readiness.startIsOver();
  logger.info({ url: listener.url, roles: config.roles }, 'ready');
  return listener.url;
}

/** Every part of the roles, in the order of the start: so each can be asked about from the first moment. */
function expectParts(
  has: (role: Role) => boolean,
  { needsDatabase, speaks }: { readonly needsDatabase: boolean; readonly speaks: boolean },
): Readiness {
  const readiness = createReadiness();
  readiness.expect('log', 'essential', LOG_TO_ANSWER);
  readiness.expect('topics', 'essential');
  // While the database is away alerts flow all the same, so nothing that needs it is essential.
  if (needsDatabase) readiness.expect('database', 'helpful');
  if (has('engine')) readiness.expect('engine', 'essential');
  if (has('recorder')) readiness.expect('recorder', 'helpful');
  if (has('publisher')) readiness.expect('publisher', 'helpful');
  if (has('intake')) readiness.expect('intake', 'essential');
  if (has('api')) for (const part of API_PARTS) readiness.expect(part, 'essential');
  if (speaks) readiness.expect('audit', 'helpful');
  return readiness;
}

function describeEngine(engine: EngineWorker): string {
  const { partitions, restored, lag } = engine.status();
  if (partitions === 0) return 'partitions to be assigned';
  if (restored < partitions) return `${partitions - restored} of ${partitions} partitions to be restored`;
  return `${lag} inputs to be folded`;
}

/** Resolves when nothing essential waits; says now and then what still does. */
async function untilReady(readiness: Readiness, life: Lifecycle, logger: Log): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += READY_CHECK_MS) {
    const waiting = listBlocking(readiness);
    if (waiting.length === 0) return;
    if (waitedMs > 0 && waitedMs % READY_TELL_MS === 0)
      logger.warn({ waiting: waiting.map(({ part, waitsFor }) => `${part}: ${waitsFor}`) }, 'not ready yet');
    await life.wait(delay(READY_CHECK_MS));
  }
}

/** Kafka, or the embedded log of the data folder, which one process has open. */
export function openLog(config: Config, logger: Log): EventLog {
  const { kafkaBrokers, kafkaSecurity: security, kafkaTopicPrefix, dataDir } = config;
  if (kafkaBrokers.length === 0) return openEmbeddedLog({ directory: join(dataDir, 'log'), log: logger });
  const kafka = connectKafka({ brokers: kafkaBrokers, clientId: 'tagwatch', security, log: logger });
  return withTopicPrefix(kafka, kafkaTopicPrefix);
}

/** The record: PostGIS, or the embedded one of the data folder. */
export function openDatabase(config: Config, logger: Log): Database | Promise<Database> {
  const { databaseUrl, dataDir } = config;
  if (databaseUrl) return connectPostgres({ url: databaseUrl, log: logger });
  return openPglite({ directory: join(dataDir, 'database'), log: logger });
}

function startDatabaseWatch(
  db: Database,
  logger: Log,
  wait: { readonly waitMs: number; readonly stopping: AbortSignal },
): Promise<DatabaseWatch> {
  return watchDatabase({
    db,
    migrate: () => migrate(db, logger),
    logger,
    ...wait,
    // Running on under a schema that is not ours would put wrong rows on record: end, and let the operator see why.
    onFault(error) {
      logger.error({ err: error }, 'the database has a schema that this program cannot use');
      process.exitCode = 1;
      process.kill(process.pid, 'SIGTERM');
    },
  });
}

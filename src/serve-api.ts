/** The api role: REST, feed and console on one port. Part of the composition root (`tagwatch.ts`). */
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Config } from './config.js';
import { unreasonableMs } from './engine/absences.js';
import { registerFeed } from './feed/feed.js';
import type { FeedStatus } from './feed/messages.js';
import { pollStatus } from './feed/status.js';
import type { TrailFix } from './formats/trail.js';
import { registerAlerts } from './http/alerts/register.js';
import { createApp } from './http/app.js';
import { registerAsyncApi } from './http/asyncapi.js';
import { registerAtv } from './http/atv.js';
import { type PartStatus, registerHealth } from './http/health.js';
import { registerPings } from './http/pings.js';
import { registerPosition } from './http/position.js';
import { registerRecords } from './http/records/register-records.js';
import { registerStatic } from './http/static.js';
import { registerTrail } from './http/trail.js';
import type { Lifecycle } from './lifecycle.js';
import type { Metrics } from './metrics.js';
import { startAlertLog } from './pipeline/alert-log.js';
import type { DatabaseWatch } from './pipeline/database-watch.js';
import type { EngineWorker } from './pipeline/engine-worker.js';
import { startLiveView } from './pipeline/live-view.js';
import { watchLog } from './pipeline/log-watch.js';
import type { Clock, Database, EventLog, Log } from './pipeline/ports.js';
import { measureWatches } from './pipeline/publication.js';
import type { Recorder } from './pipeline/recorder.js';
import { addGaps, type GapLine } from './pipeline/trail-gaps.js';
import { judgeStretch } from './pipeline/trail-speeds.js';
import { listAlerts, readAlert } from './store/alerts.js';
import { readGapFacts } from './store/gap-facts.js';
import { readOrderViolations } from './store/order-violations.js';
import { latestPosition, readTrail } from './store/trail.js';
import { watchStore } from './store/watch.js';
import { VERSION } from './version.js';

/** How often a start asks whether every part is ready, ms. */
const READY_CHECK_MS = 25;
/** How often the feed's status is looked at, ms: consoles hear of a database that is away within that. */
const STATUS_CHECK_MS = 1_000;
/** How often a start that waits says what for, ms. */
const READY_TELL_MS = 15_000;

export interface ApiDeps {
  readonly config: Config;
  readonly logger: Log;
  readonly life: Lifecycle;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: EventLog;
  readonly db: Database;
  readonly database: DatabaseWatch;
  /** Null where this process has no such role. */
  readonly engine: EngineWorker | null;
  readonly recorder: Recorder | null;
  readonly epoch: string;
}

/** Starts the api and answers its address once every essential part of this process is ready. */
export async function startApi(deps: ApiDeps): Promise<string> {
  const { config, logger, life, clock, metrics, log, db, database, engine, epoch } = deps;
  const alertLog = await life.start(
    'alert log',
    () => startAlertLog({ log, logger, epoch }),
    (part) => part.stop(),
  );
  const liveView = await life.start(
    'live view',
    () => startLiveView({ log, logger }),
    (part) => part.stop(),
  );
  const logWatch = await life.start(
    'log watch',
    () => watchLog(log, logger),
    (part) => part.stop(),
  );

  const parts = async (): Promise<(PartStatus & { essential: boolean })[]> => [
    part('log', true, logWatch.isPresent() ? null : 'the event log to answer'),
    part('alerts', true, alertLog.isCaughtUp() ? null : 'the alert log to be read to its end'),
    part('positions', true, liveView.isCaughtUp() ? null : 'states and inputs to be read to their end'),
    ...(engine ? [part('engine', true, engine.isReady() ? null : describeEngine(engine))] : []),
    part('database', false, database.waitsFor()),
  ];

  const app = await life.start(
    'http',
    () => createApp({ log: logger, version: VERSION }),
    (part) => part.close(),
  );
  registerHealth(app, {
    parts,
    metrics: async () => ({ contentType: metrics.registry.contentType, text: await metrics.registry.metrics() }),
  });
  registerPings(app, { log, clock, defaultAccuracy: liveView.defaultAccuracy, counters: metrics.http });
  registerRecords(app, {
    db,
    clock,
    serviceArea: config.serviceArea,
    measure: (tx, targets, nowMs) => measureWatches(watchStore, tx, targets, nowMs),
    logger,
  });
  registerAlerts(app, {
    alertLog,
    record: { list: (filter) => listAlerts(db, filter), read: (alertId) => readAlert(db, alertId) },
    clock,
    logger,
  });
  registerAtv(app, { readViolations: (orderId) => readOrderViolations(db, orderId), unreasonableMs, clock });
  registerTrail(app, {
    readTrail: async ({ after, ...query }) => {
      const { points, next } = judgeStretch(await readTrail(db, { ...query, after }), after?.evidence ?? null);
      const gapDeps = { readFacts: (lines: readonly GapLine[]) => readGapFacts(db, lines), nowMs: clock.nowMs() };
      const { fixes, last } = await addGaps<TrailFix>(points, after?.evidence ?? null, gapDeps);
      return { points: fixes, next: next === null ? null : { ...next, evidence: last } };
    },
    clock,
    logger,
  });
  registerPosition(app, {
    livePosition: liveView.position,
    latestPosition: (wearerId, aheadLimitMs) => latestPosition(db, wearerId, aheadLimitMs),
    clock,
  });
  registerAsyncApi(app, {
    version: VERSION,
    supplierTopics: config.kafkaPingTopics,
    topicPrefix: config.kafkaTopicPrefix,
  });
  await registerStatic(app, { directory: fileURLToPath(new URL('./console/', import.meta.url)) });

  await untilReady(parts, logger);
  const readStatus = (): FeedStatus => ({
    database: database.isPresent() ? 'present' : 'away',
    log: logWatch.isPresent() ? 'present' : 'away',
    silentSuppliers: [],
  });
  const status = await life.start(
    'status',
    () => pollStatus(readStatus, STATUS_CHECK_MS),
    (each) => each.stop(),
  );
  const feed = await life.start(
    'feed',
    () =>
      registerFeed(app.server, {
        alertLog,
        liveView,
        clock,
        logger,
        status,
      }),
    (part) => part.close(),
  );
  metrics.addGauge({
    name: 'tagwatch_feed_clients',
    help: 'Consoles on the feed.',
    read: () => feed.connections(),
  });
  metrics.addGauge({
    name: 'tagwatch_alerts_open',
    help: 'Alerts that nobody has disposed of.',
    read: () => alertLog.open().length,
  });
  await app.listen({ host: config.host, port: config.port });
  return addressOf(app.server.address(), config.host);
}

function part(name: string, essential: boolean, waitsFor: string | null): PartStatus & { essential: boolean } {
  return { part: name, essential, ready: waitsFor === null, ...(waitsFor === null ? {} : { waitsFor }) };
}

function describeEngine(engine: EngineWorker): string {
  const { partitions, restored, lag } = engine.status();
  if (partitions === 0) return 'partitions to be assigned';
  if (restored < partitions) return `${partitions - restored} of ${partitions} partitions to be restored`;
  return `${lag} inputs to be folded`;
}

/** Resolves when nothing essential waits; says now and then what still does. */
async function untilReady(
  parts: () => Promise<readonly (PartStatus & { essential: boolean })[]>,
  logger: Log,
): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += READY_CHECK_MS) {
    const waiting = (await parts()).filter(({ essential, ready }) => essential && !ready);
    if (waiting.length === 0) return;
    if (waitedMs > 0 && waitedMs % READY_TELL_MS === 0)
      logger.warn({ waiting: waiting.map(({ part: name, waitsFor }) => `${name}: ${waitsFor}`) }, 'not ready yet');
    await new Promise((resolve) => setTimeout(resolve, READY_CHECK_MS));
  }
}

function addressOf(address: AddressInfo | string | null, host: string): string {
  if (!address || typeof address === 'string') throw new Error('the server listens on no port');
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

/** The api role: REST, feed and console. Part of the composition root (`tagwatch.ts`), whose listener it takes over. */
import { fileURLToPath } from 'node:url';
import { measureAlarmHealth } from '../alerts/alarm-health.js';
import { AHEAD_LIMIT_MS, SUPPLIER_SILENT_AFTER_MS } from '../engine/thresholds.js';
import { unreasonableMs } from '../engine/watch/terms.js';
import { readRegister } from '../evidence/key-register.js';
import { type AppOptions, createApp } from '../http/app.js';
import { type Feed, registerFeed } from '../http/feed/feed.js';
import type { Reach } from '../http/feed/reach.js';
import { pollStatus } from '../http/feed/status.js';
import { registerHandovers } from '../http/routes/alerts/handovers.js';
import { listForHealth } from '../http/routes/alerts/read-alarm-health.js';
import { registerReadAlertRules } from '../http/routes/alerts/read-alert-rules.js';
import { registerAlerts } from '../http/routes/alerts/register.js';
import type { AlertDeps } from '../http/routes/alerts/sources.js';
import { registerAudit } from '../http/routes/audit/register.js';
import { registerAsyncApi } from '../http/routes/operation/asyncapi.js';
import { registerDocs } from '../http/routes/operation/docs.js';
import { registerHealth } from '../http/routes/operation/health.js';
import { registerKeys } from '../http/routes/operation/keys.js';
import { registerStatic, registerVerifiers } from '../http/routes/operation/static.js';
import { registerAtv } from '../http/routes/orders/atv.js';
import { registerPatternAuthorities } from '../http/routes/patterns/authorities.js';
import { registerPatterns } from '../http/routes/patterns/patterns.js';
import { registerMe } from '../http/routes/people/me.js';
import { grantTarget, recordTargets } from '../http/routes/people/proposal-targets.js';
import { registerProposals } from '../http/routes/people/proposals.js';
import { recordsTarget } from '../http/routes/people/records-target.js';
import { registerSessions } from '../http/routes/people/sessions.js';
import { registerSignIn } from '../http/routes/people/sign-in.js';
import { transferTarget } from '../http/routes/people/transfer-target.js';
import { registerPings } from '../http/routes/pings/pings.js';
import { registerRecalls } from '../http/routes/recalls/register-recalls.js';
import { registerRecords } from '../http/routes/records/register-records.js';
import { registerRejected } from '../http/routes/rejected/rejected.js';
import { registerBriefings } from '../http/routes/schemes/briefings.js';
import { registerCohort } from '../http/routes/schemes/cohort.js';
import { registerDesk } from '../http/routes/schemes/desk.js';
import { registerStatistics } from '../http/routes/schemes/statistics.js';
import { registerConditionsNow } from '../http/routes/wearers/conditions-now.js';
import { registerPosition } from '../http/routes/wearers/position.js';
import { registerTimeline } from '../http/routes/wearers/timeline.js';
import { registerTrail } from '../http/routes/wearers/trail.js';
import { registerWanted } from '../http/routes/wearers/wanted.js';
import { DEFAULT_STOP_RULE } from '../patterns/stops.js';
import { DEFAULT_TOGETHER_RULE } from '../patterns/together.js';
import { accessRecord } from '../ports/access.js';
import type { Clock } from '../ports/clock.js';
import type { Database } from '../ports/database.js';
import type { EventLog } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import { INPUTS } from '../ports/topics.js';
import type { Auditing } from '../roles/auditing/auditing.js';
import { foldEntries } from '../roles/auditing/folded-entries.js';
import type { DatabaseWatch } from '../roles/database-watch.js';
import { startHttpReading } from '../roles/intake/http-reading.js';
import { TELL_SUPPLIERS_EVERY_MS } from '../roles/intake/intake.js';
import { watchSuppliers } from '../roles/intake/supplier-watch.js';
import type { LogWatch } from '../roles/log-watch.js';
import { INPUT_READER } from '../roles/recorder/sinks.js';
import { startStandingKeeper } from '../roles/standing-keeper.js';
import { listAlerts, readAlert } from '../store/alerts.js';
import { listAudit, listCheckpoints } from '../store/audit.js';
import { listWearerIds } from '../store/cohort.js';
import { readDesk } from '../store/desk.js';
import { readOrderViolations } from '../store/order-violations.js';
import { readPlaces } from '../store/positions.js';
import { readPriorityFacts } from '../store/priority-facts.js';
import { readOwners } from '../store/record-owners.js';
import { recordStore } from '../store/record-store.js';
import { listRejected } from '../store/rejected-list.js';
import { listDeletedStretches } from '../store/retention.js';
import { listClosedAlerts } from '../store/tasks.js';
import { latestPositions, readMessagesAfter } from '../store/trail.js';
import { listWanted } from '../store/wanted.js';
import { watchStore } from '../store/watch.js';
import { startAccessView } from '../views/access.js';
import { startAlertLog } from '../views/alert-log.js';
import { startHandoffView } from '../views/handoff.js';
import { startLiveView } from '../views/live-view.js';
import { watchRecorderLag } from '../views/recorder-lag.js';
import { newestByClock } from '../views/trail-clock.js';
import { measureWatches } from '../watchlist/publication.js';
import type { FeedStatus } from '../wire/feed-messages.js';
import type { AlertRules } from './alert-rules-file.js';
import { readBaseMap } from './base-map-file.js';
import { readCohortRows, readFigures } from './cohort.js';
import type { Config } from './config.js';
import { keepConsoleSounds } from './console-sounds.js';
import { addAlarmGauges, addFailingHandoffGauges, addFeedGauges, addStandingGauges } from './gauges.js';
import type { Lifecycle } from './lifecycle.js';
import type { Listener } from './listener.js';
import type { Metrics } from './metrics.js';
import { readPatterns, readTogether } from './patterns.js';
import { openQueuedWork } from './queued-work.js';
import type { Readiness } from './readiness.js';
import type { SignIn } from './sign-in.js';
import { signingKeyFileOf } from './signing-key.js';
import { readConditionsNow, readJudgedTrail, readTimeline } from './timeline.js';
import { VERSION } from './version.js';

/** How often the feed's status is looked at, ms: consoles hear of a database that is away within that. */
const STATUS_CHECK_MS = 1_000;
/** How often it is looked what is due for alerts: an escalation comes that much late at most, ms. */
const STANDING_CHECK_MS = 5_000;
/** How often the record's places are compared with the log, ms. */
const LAG_CHECK_MS = 5_000;
/** Tags ping once a minute: a supplier of any number of them that is silent for so long, ms, has a fault of its own. */
const SUPPLIER_CHECK_MS = 10_000;
/** How often it is looked whether receivers of the hand-off are behind, ms. */
const HANDOFF_CHECK_MS = 5_000;
/** What of it has to be ready before it answers, in the order of the start. */
export const API_PARTS = ['alerts', 'positions', 'access'] as const;

export interface ApiDeps {
  readonly config: Config;
  readonly logger: Log;
  readonly life: Lifecycle;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: EventLog;
  readonly logWatch: LogWatch;
  readonly db: Database;
  readonly database: DatabaseWatch;
  readonly epoch: string;
  readonly readiness: Readiness;
  readonly app: AppOptions;
  readonly signIn: SignIn;
  readonly reach: Reach;
  readonly alertRules: AlertRules;
  readonly auditing: Auditing;
}

export interface Api {
  /** Answers every request of the listener from now on, and serves the feed: once every essential part is ready. */
  open(listener: Listener): Promise<void>;
}

export async function startApi(deps: ApiDeps): Promise<Api> {
  const { config, logger, life, clock, metrics, log, logWatch, db, database, epoch, readiness, auditing } = deps;
  const alertLog = await life.start(
    'alert log',
    () => startAlertLog({ log, logger, epoch }),
    (part) => part.stop(),
  );
  await life.start(
    'standing keeper',
    async () =>
      startStandingKeeper({
        alertLog,
        clock,
        logger,
        escalation: deps.alertRules.escalation,
        everyMs: STANDING_CHECK_MS,
      }),
    (part) => part.stop(),
  );
  let feed: Feed | null = null;
  const sounds = await keepConsoleSounds({ ...deps, feed: () => feed });
  const recorderLag = await life.start(
    'recorder lag',
    () =>
      watchRecorderLag({
        readPlaces: () => readPlaces(db, INPUT_READER, INPUTS, epoch),
        clock,
        everyMs: LAG_CHECK_MS,
      }),
    (part) => part.stop(),
  );
  const suppliers = await life.start(
    'supplier watch',
    () =>
      watchSuppliers({
        log,
        topics: config.kafkaPingTopics.map(({ topic }) => topic),
        clock,
        silentAfterMs: SUPPLIER_SILENT_AFTER_MS,
        everyMs: SUPPLIER_CHECK_MS,
      }),
    (part) => part.stop(),
  );
  // An older program, beside which this one runs for the time of an upgrade, would not go past it.
  if (config.inputFormat !== 'single')
    await life.start(
      'http reading',
      async () => startHttpReading({ log, clock, logger, everyMs: TELL_SUPPLIERS_EVERY_MS }),
      (part) => part.stop(),
    );
  const handoffView = await life.start(
    'hand-off view',
    () =>
      startHandoffView({
        log,
        epoch,
        clock,
        alertsEnd: () => alertLog.position().nextOffset,
        everyMs: HANDOFF_CHECK_MS,
      }),
    (part) => part.stop(),
  );
  const liveView = await life.start(
    'live view',
    () => startLiveView({ log, logger, onRecordable: recorderLag.note }),
    (part) => part.stop(),
  );
  const accessView = await life.start(
    'access',
    () => startAccessView({ log, logger }),
    (part) => part.stop(),
  );
  deps.signIn.use(accessView);
  readiness.watch('access', () => (accessView.isCaughtUp() ? null : 'who is signed in to be read'));
  readiness.watch('alerts', () => (alertLog.isCaughtUp() ? null : 'the alert log to be read to its end'));
  readiness.watch('positions', () => (liveView.isCaughtUp() ? null : 'states and inputs to be read to their end'));

  // Stopped before what it says it to.
  const audit = await life.start(
    'audit fold',
    async () => foldEntries(auditing, logger),
    (part) => part.flush(),
  );
  const app = await life.start(
    'http',
    () => createApp({ ...deps.app, audit, clock }),
    (part) => part.close(),
  );
  registerHealth(app, {
    parts: () => readiness.parts(),
    metrics: async () => ({ contentType: metrics.registry.contentType, text: await metrics.registry.metrics() }),
  });
  registerMe(app);
  if (deps.signIn.routes !== null) registerSignIn(app, deps.signIn.routes);
  registerPings(app, {
    log,
    inputFormat: config.inputFormat,
    clock,
    defaultAccuracy: liveView.defaultAccuracy,
    counters: metrics.http,
  });
  const records = registerRecords(app, {
    db,
    clock,
    serviceArea: config.serviceArea,
    measure: (tx, targets, nowMs) => measureWatches(watchStore, tx, targets, nowMs),
    logger,
  });
  registerProposals(app, {
    db,
    clock,
    findGrant: accessView.findGrant,
    targets: {
      ...recordTargets(records),
      records: recordsTarget(records),
      transfer: transferTarget(records),
      grant: grantTarget({ db, putGrant: (grant) => accessView.append(accessRecord({ type: 'grant', grant })) }),
    },
  });
  registerSessions(app, { sessions: deps.signIn.routes?.sessions ?? null, grants: accessView.grants });
  const alerts: AlertDeps = {
    alertLog,
    record: {
      list: (filter) => listAlerts(db, filter),
      read: (alertId) => readAlert(db, alertId),
      isOfVictim: async (conditionId) =>
        (await readOwners(db, 'condition', [conditionId])).get(conditionId)?.isOfVictim === true,
    },
    failingHandoffs: handoffView.failing,
    priority: {
      table: deps.alertRules.priority,
      readFacts: (wearerIds, nowMs) => readPriorityFacts(db, wearerIds, nowMs),
    },
    sounds: sounds.known,
    clock,
    logger,
  };
  registerAlerts(app, alerts);
  registerHandovers(app, { db, clock, alertLog });
  registerReadAlertRules(app, deps.alertRules);
  await openQueuedWork(app, { config, logger, life, clock, db, audit });
  registerRecalls(app, { db, clock });
  registerWanted(app, { listWanted: (query) => listWanted(db, query), clock });
  registerAtv(app, { readViolations: (orderId) => readOrderViolations(db, orderId), unreasonableMs, clock });
  registerTrail(app, {
    readTrail: (query) => readJudgedTrail(db, query, clock.nowMs()),
    listDeleted: (query) => listDeletedStretches(db, query),
    hasWearer: async (wearerId) => (await recordStore.find(db, 'wearer', [wearerId])).has(wearerId),
    clock,
    logger,
  });
  registerPosition(app, {
    livePosition: liveView.position,
    latestPosition: async (wearerId) => newestByClock(await latestPositions(db, wearerId, AHEAD_LIMIT_MS)),
    readMessagesAfter: (query) => readMessagesAfter(db, { ...query, aheadLimitMs: AHEAD_LIMIT_MS }),
    clock,
  });
  registerPatternAuthorities(app, { db, clock });
  registerPatterns(app, {
    db,
    clock,
    readPatterns: (query) => readPatterns(db, query),
    readTogether: (query) => readTogether(db, query),
    rules: { stops: DEFAULT_STOP_RULE, together: DEFAULT_TOGETHER_RULE },
  });
  registerTimeline(app, { readTimeline: (query) => readTimeline(db, query), clock });
  registerConditionsNow(app, {
    readConditionsNow: (wearerId, nowMs, asker) => readConditionsNow(db, wearerId, nowMs, asker),
    clock,
  });
  registerCohort(app, {
    listIds: (after, limit) => listWearerIds(db, after, limit),
    readRows: (wearerIds, nowMs) => readCohortRows(db, liveView, wearerIds, nowMs),
    clock,
  });
  registerDesk(app, {
    listIds: (after, limit) => listWearerIds(db, after, limit),
    readDesk: (wearerIds, nowMs) => readDesk(db, wearerIds, nowMs),
    listClosedAlerts: (time, after, limit) => listClosedAlerts(db, time, after, limit),
    records,
  });
  registerStatistics(app, { db, clock, readFigures: (wearerIds, period) => readFigures(db, wearerIds, period) });
  registerBriefings(app, { db, clock, alerts });
  registerAudit(app, {
    listAudit: (filter) => listAudit(db, filter),
    listCheckpoints: (page) => listCheckpoints(db, page),
  });
  registerRejected(app, { listRejected: (filter, payloadBytes) => listRejected(db, filter, payloadBytes) });
  registerAsyncApi(app, {
    version: VERSION,
    supplierTopics: config.kafkaPingTopics,
    topicPrefix: config.kafkaTopicPrefix,
  });
  registerKeys(app, { readKeys: () => readRegister(signingKeyFileOf(config)) });
  await registerDocs(app);
  await registerStatic(app, {
    directory: fileURLToPath(new URL('../console/', import.meta.url)),
    baseMap: readBaseMap(config.baseMapFile),
  });
  const verifier = (name: string) => fileURLToPath(new URL(`../verify-page/${name}`, import.meta.url));
  await registerVerifiers(app, { page: verifier('tagwatch-verify.html'), command: verifier('tagwatch-verify.mjs') });

  addStandingGauges(metrics, alertLog, clock);
  addAlarmGauges(metrics, () => measureAlarmHealth(listForHealth(alertLog, clock.nowMs()), clock.nowMs()));
  addFailingHandoffGauges(metrics, handoffView, clock);
  await app.ready();

  async function open(listener: Listener): Promise<void> {
    const readStatus = (): FeedStatus => ({
      database: database.isPresent() ? 'present' : 'away',
      log: logWatch.isPresent() ? 'present' : 'away',
      recorderLagMs: recorderLag.read(),
      silentSuppliers: suppliers
        .silent()
        .map(({ topic, lastAtMs }) => ({ topic, lastAt: new Date(lastAtMs).toISOString() })),
    });
    const status = await life.start(
      'status',
      () => pollStatus(readStatus, STATUS_CHECK_MS),
      (each) => each.stop(),
    );
    feed = await life.start(
      'feed',
      () =>
        registerFeed(listener.server, {
          alertLog,
          liveView,
          clock,
          logger,
          status,
          reach: deps.reach,
          access: deps.signIn.access,
          audit,
          counters: metrics.feed,
        }),
      (part) => part.close(),
    );
    addFeedGauges(metrics, feed);
    await life.start(
      'requests',
      () => listener.handOver(app.routing),
      (takeBack) => takeBack(),
    );
  }
  return { open };
}

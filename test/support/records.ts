/** The records' endpoints over a database and a log, with the publisher in the same process, as `main.ts` wires them. */
import type { LightMyRequestResponse } from 'fastify';
import type { Grant } from '../../src/access/grant.js';
import type { SharedWatch, TagWatch } from '../../src/engine/types.js';
import { unreasonableMs } from '../../src/engine/watch/terms.js';
import { type App, createApp } from '../../src/http/app.js';
import type { Access } from '../../src/http/plugins/principal.js';
import { registerAtv } from '../../src/http/routes/orders/atv.js';
import { grantTarget, recordTargets } from '../../src/http/routes/people/proposal-targets.js';
import { registerProposals } from '../../src/http/routes/people/proposals.js';
import { recordsTarget } from '../../src/http/routes/people/records-target.js';
import { transferTarget } from '../../src/http/routes/people/transfer-target.js';
import { registerRecords } from '../../src/http/routes/records/register-records.js';
import { registerDesk } from '../../src/http/routes/schemes/desk.js';
import type { AuditTrail } from '../../src/ports/audit.js';
import type { Clock } from '../../src/ports/clock.js';
import type { Database } from '../../src/ports/database.js';
import type { EventLog, LogRecord } from '../../src/ports/event-log.js';
import { readInputs as inputsOf } from '../../src/ports/ping-records.js';
import { INPUT_PARTITIONS, INPUTS, type InputRecord } from '../../src/ports/topics.js';
import type { WatchStore } from '../../src/ports/watch.js';
import { type Publisher, type PublisherDeps, startPublisher } from '../../src/roles/publisher/publisher.js';
import { listWearerIds } from '../../src/store/cohort.js';
import { readDesk } from '../../src/store/desk.js';
import { readOrderViolations } from '../../src/store/order-violations.js';
import { listClosedAlerts } from '../../src/store/tasks.js';
import { watchStore } from '../../src/store/watch.js';
import { measureWatches } from '../../src/watchlist/publication.js';
import { createRememberingLog, type RememberingLog, silentLog } from './silent-log.js';

export interface TestClock extends Clock {
  set(instant: string): void;
}

export function createTestClock(instant: string): TestClock {
  let nowMs = Date.parse(instant);
  return {
    nowMs: () => nowMs,
    set(to) {
      nowMs = Date.parse(to);
    },
  };
}

export interface RecordsApi {
  readonly app: App;
  readonly clock: TestClock;
  readonly logger: RememberingLog;
  put(path: string, body: unknown, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  get(path: string): Promise<LightMyRequestResponse>;
  startPublisher(over?: Partial<PublisherDeps>): Promise<Publisher>;
  stop(): Promise<void>;
}

export async function openRecordsApi(
  db: Database,
  log: EventLog,
  clock: TestClock,
  access?: Access,
  putGrant: (grant: Grant) => Promise<void> = async () => {},
  audit?: AuditTrail,
): Promise<RecordsApi> {
  const store: WatchStore = watchStore;
  const logger = createRememberingLog();
  const app = await createApp({ log: silentLog, clock, ...(access && { access }), ...(audit && { audit }) });
  const records = registerRecords(app, {
    db,
    clock,
    logger: silentLog,
    serviceArea: null,
    measure: (tx, targets, nowMs) => measureWatches(store, tx, targets, nowMs),
  });
  const grants = new Map<string, Grant>();
  const keepGrant = async (grant: Grant) => {
    await putGrant(grant);
    grants.set(grant.subjectId, grant);
  };
  registerProposals(app, {
    db,
    clock,
    findGrant: (subjectId) => grants.get(subjectId),
    targets: {
      ...recordTargets(records),
      records: recordsTarget(records),
      transfer: transferTarget(records),
      grant: grantTarget({ db, putGrant: keepGrant }),
    },
  });
  registerAtv(app, { readViolations: (orderId) => readOrderViolations(db, orderId), unreasonableMs, clock });
  registerDesk(app, {
    listIds: (after, limit) => listWearerIds(db, after, limit),
    readDesk: (wearerIds, nowMs) => readDesk(db, wearerIds, nowMs),
    listClosedAlerts: (time, after, limit) => listClosedAlerts(db, time, after, limit),
    records,
  });
  const publishers: Publisher[] = [];
  return {
    app,
    clock,
    logger,
    put: (path, body, headers = {}) =>
      app.inject({
        method: 'PUT',
        url: `/api/v1${path}`,
        headers: { 'content-type': 'application/json', ...headers },
        payload: JSON.stringify(body),
      }),
    get: (path) => app.inject(`/api/v1${path}`),
    async startPublisher(over = {}) {
      const publisher = await startPublisher({
        db,
        log,
        store,
        clock,
        logger,
        epoch: 'E-1',
        pollMs: 200,
        lockRetryMs: 100,
        ...over,
      });
      publishers.push(publisher);
      return publisher;
    },
    async stop() {
      await app.close();
      for (const publisher of publishers) await publisher.stop();
    },
  };
}

/** Everything in the inputs, by partition and in order. */
export async function readInputs(log: EventLog): Promise<{ at: LogRecord; input: InputRecord }[]> {
  const found: { at: LogRecord; input: InputRecord }[] = [];
  const partitions = Array.from({ length: INPUT_PARTITIONS }, (_, partition) => ({ topic: INPUTS, partition }));
  await log.readToEnd(partitions, ({ records }) => {
    for (const at of records) for (const { input } of inputsOf(at)) found.push({ at, input });
  });
  return found;
}

/** The watches of a tag as they were published, the first first. */
export async function readWatches(log: EventLog, tagId: string): Promise<TagWatch[]> {
  const inputs = await readInputs(log);
  return inputs.flatMap(({ input }) => (input.type === 'watch' && input.watch.tagId === tagId ? [input.watch] : []));
}

/** The publications of a shared condition, with the partition each went to. */
export async function readShared(
  log: EventLog,
  conditionId: string,
): Promise<{ partition: number; shared: SharedWatch }[]> {
  const inputs = await readInputs(log);
  return inputs.flatMap(({ at, input }) =>
    input.type === 'shared' && input.shared.conditionId === conditionId
      ? [{ partition: at.partition, shared: input.shared }]
      : [],
  );
}

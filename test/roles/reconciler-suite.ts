/** What the reconciler has to do on every log and database: engine, recorder and publisher as `tagwatch.ts` wires them. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FindingEvent } from '../../src/alerts/event.js';
import type { DeviceEvent } from '../../src/engine/types.js';
import { type Database, DatabaseUnavailable } from '../../src/ports/database.js';
import type { EventLog, NewRecord } from '../../src/ports/event-log.js';
import type { ReconcileStore } from '../../src/ports/reconcile.js';
import { ALERTS, decodeJson, encodeJson, INPUTS, inputRecord } from '../../src/ports/topics.js';
import { startEngine } from '../../src/roles/engine/engine-worker.js';
import { type ReconcilerDeps, startReconciler } from '../../src/roles/reconciler/reconciler.js';
import { startRecorder } from '../../src/roles/recorder/recorder.js';
import { listAlerts } from '../../src/store/alerts.js';
import { mergeReconcileRequests, reconcileStore } from '../../src/store/reconcile.js';
import { recordTables } from '../../src/store/recording.js';
import { watchStore } from '../../src/store/watch.js';
import { square } from '../http/records.suite.js';
import { noEngineCounters } from '../support/counters.js';
import { pingAt } from '../support/pings.js';
import { openRecordsApi, type RecordsApi, readInputs } from '../support/records.js';
import { createRememberingLog, silentLog } from '../support/silent-log.js';

const MINUTE_MS = 60_000;
const clock = { nowMs: () => Date.now(), set() {} };
const OPTIONS = { quietMs: 300, pollMs: 50, checkFirstMs: 200, leaseMs: 1_000 };
const LIMIT = { timeout: 120_000 };
const AHEAD_MINUTES = 180;

/** `open` gives a migrated database; `openLog` a log of its own, with Tagwatch's topics. */
export function reconcilerSuite(
  name: string,
  open: () => Promise<{ db: Database; stop(): Promise<void> }>,
  openLog: () => Promise<{ log: EventLog; dispose(): Promise<void> }>,
): void {
  describe(`Reconciler: ${name}`, () => {
    let db: Database;
    let stop = async () => {};
    let log: EventLog;
    let api: RecordsApi;
    let epoch: string;
    let tag: string;
    const nowMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
    const ending: (() => Promise<unknown>)[] = [];

    beforeAll(async () => {
      ({ db, stop } = await open());
    });
    afterAll(async () => await stop());
    beforeEach(async () => {
      const opened = await openLog();
      log = opened.log;
      epoch = randomUUID();
      tag = `T-${epoch}`;
      api = await openRecordsApi(db, log, clock);
      ending.push(opened.dispose, api.stop);
      await api.startPublisher({ epoch });
      const engine = await startEngine({
        log,
        clock,
        logger: silentLog,
        counters: noEngineCounters,
        options: { tickEveryMs: 500 },
      });
      const recorder = await startRecorder({ log, db, tables: recordTables, clock, logger: silentLog, epoch });
      ending.push(engine.stop, recorder.stop);
      const since = at(-600);
      await put(`/wearers/W-${tag}`, { name: 'x' });
      await put(`/tags/${tag}`, {});
      await put(`/activations/A-${tag}`, { tagId: tag, wearerId: `W-${tag}`, fittedAt: since });
      await put(`/orders/O-${tag}`, { wearerId: `W-${tag}`, type: 'licence', startsAt: since });
      await put(`/zones/Z-${tag}`, square(1, 51));
    });
    afterEach(async () => {
      for (const end of ending.splice(0).reverse()) await end();
      await db.query('delete from reconcile_request');
      // The next log is told of this tag, too, and asks for what it sent before: an offset does not say of which log it is.
      await db.query('delete from ping');
    });

    const at = (minute: number): string => new Date(nowMs + minute * MINUTE_MS).toISOString();
    async function put(path: string, body: object): Promise<void> {
      // 202: the engine has not been told of it yet.
      let status = 202;
      while (status === 202) status = (await api.put(path, body)).statusCode;
      expect({ path, status }).toMatchObject({ status: expect.toBeOneOf([200, 201]) });
    }
    const exclude = (startsAt: string) =>
      put(`/conditions/C-${tag}`, { orderId: `O-${tag}`, kind: 'exclusion', zoneId: `Z-${tag}`, startsAt });

    async function start(over: Partial<ReconcilerDeps> = {}) {
      const deps = {
        log,
        db,
        store: reconcileStore,
        watchStore,
        tables: recordTables,
        clock,
        logger: silentLog,
        epoch,
      };
      const reconciler = await startReconciler({ ...deps, ...over, options: { ...OPTIONS, ...over.options } });
      let ended = false;
      const end = async () => {
        if (!ended) await reconciler.stop();
        ended = true;
      };
      ending.push(end);
      return { ...reconciler, stop: end };
    }

    const isInside = (minute: number) => (minute >= -110 && minute < -100) || (minute >= -40 && minute < -20);
    const ping = (minute: number, shiftedBy = 0) => {
      const longitude = isInside(minute) ? 1.005 : 1.05;
      const fields = { fixedAtMs: nowMs + (minute + shiftedBy) * MINUTE_MS, identity: String(minute), sequence: null };
      const one = pingAt(tag, 0, fields, { latitude: 51.005, longitude, accuracyMetres: 8 });
      return inputRecord({ type: 'ping', ping: one, receivedAtMs: Date.now() });
    };
    const backlog = Array.from({ length: 121 }, (_, i) => -i);

    async function eventsOf(): Promise<FindingEvent[]> {
      const events: FindingEvent[] = [];
      await log.readToEnd([{ topic: ALERTS, partition: 0 }], ({ records }) => {
        for (const { value } of records) events.push(decodeJson<FindingEvent>(value!));
      });
      return events;
    }
    const recorded = async () =>
      (await listAlerts(db, { wearerId: `W-${tag}`, limit: 50 }))
        .filter(({ finding }) => finding.type !== 'withdrawn')
        .map(({ finding: { episode, historic } }) => [episode.startedAt, episode.endedAt, historic])
        .sort();
    const waiting = async () => await reconcileStore.countWaiting(db);
    const AS_IN_ORDER = () => [
      [at(-110), at(-100), true],
      [at(-40), at(-20), true],
    ];

    it('a backlog newest first: after it the record is as if it had come in order', async () => {
      await exclude(at(-600));
      await start();
      for (let i = 0; i < backlog.length; i += 20)
        await log.append(
          INPUTS,
          backlog.slice(i, i + 20).map((minute) => ping(minute)),
        );
      await expect.poll(recorded, LIMIT).toEqual(AS_IN_ORDER());
      await expect.poll(waiting, LIMIT).toBe(0);
      const events = await eventsOf();
      expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length);
      expect(events.filter(({ historic }) => historic).map(({ type }) => type)).toEqual([
        'confirmed',
        'ended',
        'amended',
      ]);
    });

    it('a backlog of an activation that the engine has forgotten is judged from the record', async () => {
      const [from, shift] = [at(-10_000), -5_000];
      await put(`/orders/O-${tag}`, { wearerId: `W-${tag}`, type: 'licence', startsAt: from });
      await exclude(from);
      const worn = { tagId: tag, wearerId: `W-${tag}`, fittedAt: from };
      await put(`/activations/A-${tag}`, { ...worn, removedAt: at(-4_000) });
      await log.append(
        INPUTS,
        backlog.map((minute) => ping(minute, shift)),
      );
      await start();
      await expect.poll(recorded, LIMIT).toEqual([
        [at(shift - 110), at(shift - 100), true],
        [at(shift - 40), at(shift - 20), true],
      ]);
      await expect.poll(waiting, LIMIT).toBe(0);
      const events = await eventsOf();
      expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length);
      expect(events.every((event) => event.historic && event.activationId === `A-${tag}`)).toBe(true);
    });

    it('page by page and slice by slice it finds the same', async () => {
      await exclude(at(-600));
      await log.append(
        INPUTS,
        backlog.map((minute) => ping(minute)),
      );
      await start({ options: { pagePings: 7, maxEpisodes: 0 } });
      await expect.poll(recorded, LIMIT).toEqual(AS_IN_ORDER());
      await expect.poll(waiting, LIMIT).toBe(0);
    });

    it('killed after it has told the engine: told again, and nothing is doubled', async () => {
      await exclude(at(-600));
      const dead: ReconcileStore = {
        ...reconcileStore,
        async putBack() {
          throw new DatabaseUnavailable('killed on purpose');
        },
      };
      const first = await start({ store: dead });
      await log.append(
        INPUTS,
        backlog.map((minute) => ping(minute)),
      );
      const told = async () => (await readInputs(log)).filter(({ input }) => input.type === 'history').length;
      await expect.poll(told, LIMIT).toBeGreaterThan(0);
      await expect.poll(waiting, LIMIT).toBe(1);
      await first.stop();
      expect(await waiting()).toBe(1);
      await start();
      await expect.poll(recorded, LIMIT).toEqual(AS_IN_ORDER());
      await expect.poll(waiting, LIMIT).toBe(0);
      const events = (await eventsOf()).filter(({ historic }) => historic);
      expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(3);
    });

    it('a condition backdated by four hours over a visit', async () => {
      await log.append(
        INPUTS,
        backlog.toReversed().map((minute) => ping(minute)),
      );
      await start();
      await expect.poll(async () => (await rows()).length, LIMIT).toBe(121);
      expect(await recorded()).toEqual([]);
      await exclude(at(-240));
      await expect.poll(recorded, LIMIT).toEqual(AS_IN_ORDER());
      await expect.poll(waiting, LIMIT).toBe(0);
      expect((await eventsOf()).every(({ historic }) => historic)).toBe(true);
    });

    it('over what retention has left nothing is judged again: what is on record of before stays, what came since is found', async () => {
      await exclude(at(-600));
      await log.append(
        INPUTS,
        backlog.toReversed().map((minute) => ping(minute)),
      );
      await start();
      const starts = async () => (await recorded()).map(([startedAt]) => startedAt);
      await expect.poll(async () => (await rows()).length, LIMIT).toBe(121);
      await expect.poll(starts, LIMIT).toEqual([at(-110), at(-40)]);
      await expect.poll(waiting, LIMIT).toBe(0);
      // Eight are left of before the first visit, as a hold would have it: a re-run would begin there and find no visit.
      const gone = [new Date(at(-112)), new Date(at(-90))];
      await db.query('delete from ping where tag_id = $1 and fixed_at between $2::timestamptz and $3::timestamptz', [
        tag,
        ...gone,
      ]);
      await db.query(
        `insert into retention_deletion (what, tag_id, from_at, to_at, deleted, older_than, deleted_at, wearer_ids)
         values ('ping', $1, $2::timestamptz, $3::timestamptz, 23, $3::timestamptz, now(), '{}')`,
        [tag, ...gone],
      );
      const again = { orderId: `O-${tag}`, kind: 'exclusion', zoneId: `Z-${tag}`, startsAt: at(-300) };
      await put(`/conditions/C2-${tag}`, again);
      await expect.poll(starts, LIMIT).toEqual([at(-110), at(-40), at(-40)]);
      await expect.poll(waiting, LIMIT).toBe(0);
      expect(await starts()).toEqual([at(-110), at(-40), at(-40)]);
    });

    it('the same of a tag whose clock runs ahead: its fixes are judged when they were received, page by page', async () => {
      const fixes = backlog.toReversed().map((minute): NewRecord => {
        const { key, value } = ping(minute, AHEAD_MINUTES);
        const input = decodeJson<object>(value!);
        return { key: key!, value: encodeJson({ ...input, receivedAtMs: nowMs + minute * MINUTE_MS }) };
      });
      await log.append(INPUTS, fixes);
      await start({ options: { pagePings: 7 } });
      await expect.poll(async () => (await rows()).length, LIMIT).toBe(121);
      await exclude(at(-240));
      const violations = async () => (await eventsOf()).filter(({ kind }) => kind === 'exclusion');
      await expect
        .poll(async () => (await violations()).map(({ type, episode }) => [type, episode.startedAt]), LIMIT)
        .toEqual([
          ['confirmed', at(-110)],
          ['ended', at(-110)],
          ['confirmed', at(-40)],
          ['ended', at(-40)],
        ]);
      await expect.poll(waiting, LIMIT).toBe(0);
      for (const { historic, clockAheadMs } of await violations())
        expect([historic, clockAheadMs]).toEqual([true, AHEAD_MINUTES * MINUTE_MS]);
    });
    const rows = async () => (await db.query('select 1 from ping where tag_id = $1', [tag])).rows;

    it('what cannot be brought to an end is given up, said, and taken up again when somebody asks', async () => {
      await exclude(at(-600));
      const logger = createRememberingLog();
      // Nothing that is sent gets through.
      const deaf: EventLog = {
        ...log,
        append: async (_topic, records) => records.map(() => ({ partition: 0, offset: 0 })),
      };
      await log.append(
        INPUTS,
        backlog.map((minute) => ping(minute)),
      );
      const first = await start({ log: deaf, logger, options: { checkFirstMs: 10, checkLimitMs: 10, maxAttempts: 3 } });
      await expect.poll(() => logger.entries.some(({ level }) => level === 'error'), LIMIT).toBe(true);
      await first.stop();
      await start();
      await log.append(INPUTS, [ping(-119.5)]);
      await expect.poll(recorded, LIMIT).toEqual(AS_IN_ORDER());
    });

    const request = (activationId: string, fromMinute: number, toMinute: number, seconds: number) => ({
      activationId,
      tagId: 'T',
      fromMs: nowMs + fromMinute * MINUTE_MS,
      toMs: nowMs + toMinute * MINUTE_MS,
      baseAtMs: nowMs + toMinute * MINUTE_MS,
      partition: 3,
      offset: seconds,
      requestedAtMs: nowMs + seconds * 1000,
    });

    it('requests are merged, wait for quiet but not for ever, and are one’s at a time', async () => {
      const id = `A-${randomUUID()}`;
      const times = { quietMs: 60_000, waitLimitMs: 900_000, leaseMs: 300_000 };
      const claimAt = async (seconds: number) =>
        await reconcileStore.claim(db, { ...times, nowMs: nowMs + seconds * 1000 });
      await mergeReconcileRequests(db, 'E', [request(id, -90, -80, 0), request(id, -70, -60, 1)]);
      await mergeReconcileRequests(db, 'E', [request(id, -100, -95, 30)]);
      expect(await claimAt(89)).toBeNull();
      const first = await claimAt(90);
      expect(first).toMatchObject({
        activationId: id,
        fromMs: nowMs - 100 * MINUTE_MS,
        toMs: nowMs - 60 * MINUTE_MS,
        baseAtMs: nowMs - 60 * MINUTE_MS,
        attempts: 1,
      });
      expect(await claimAt(200), 'somebody has it').toBeNull();
      expect(await claimAt(391), 'whoever had it died').toMatchObject({ activationId: id, attempts: 2 });
      // A trickle.
      await mergeReconcileRequests(db, 'E', [request(id, -100, -95, 890)]);
      expect(await claimAt(899)).toBeNull();
      const late = await claimAt(900);
      expect(late).toMatchObject({ activationId: id, attempts: 1 });
      // Another came while it was worked on: it is not done.
      await mergeReconcileRequests(db, 'E', [request(id, -100, -95, 901)]);
      await reconcileStore.finish(db, late!);
      expect(await claimAt(902)).toBeNull();
      const last = await claimAt(961);
      await reconcileStore.finish(db, last!);
      expect(await waiting()).toBe(0);
    });

    it('what a tag sent before anybody had recorded whose it is, is judged when it is; a tag that sent nothing asks for nothing', async () => {
      const other = { wearerId: `W-${tag}-b`, tagId: `${tag}-b` };
      await put(`/wearers/${other.wearerId}`, { name: 'y' });
      await put(`/tags/${other.tagId}`, {});
      const moved = [-40, -30, -20].flatMap((from) => [from - 2, from - 1, from, from + 1]);
      await log.append(
        INPUTS,
        moved
          .sort((a, b) => a - b)
          .map((minute) => {
            const fields = {
              tagId: other.tagId,
              fixedAtMs: nowMs + minute * MINUTE_MS,
              identity: String(minute),
              sequence: null,
            };
            const longitude = isInside(minute) ? 1.005 : 1.05;
            const one = pingAt(other.tagId, 0, fields, { latitude: 51.005, longitude, accuracyMetres: 8 });
            return inputRecord({ type: 'ping', ping: one, receivedAtMs: nowMs + minute * MINUTE_MS });
          }),
      );
      await put(`/orders/O-${other.tagId}`, { wearerId: other.wearerId, type: 'licence', startsAt: at(-600) });
      const condition = { orderId: `O-${other.tagId}`, kind: 'exclusion', zoneId: `Z-${tag}`, startsAt: at(-600) };
      await put(`/conditions/C-${other.tagId}`, condition);
      expect(await waiting(), 'nobody wore it as far as was known, and nothing came of the other one').toBe(0);
      await put(`/activations/A-${other.tagId}`, { ...other, fittedAt: at(-300) });
      await expect.poll(waiting, LIMIT).toBe(1);
      await start();
      await expect
        .poll(
          async () => (await listAlerts(db, { wearerId: other.wearerId, limit: 50 })).map(({ finding }) => finding),
          LIMIT,
        )
        .toMatchObject([{ kind: 'exclusion', strength: 'confirmed', historic: true, episode: { startedAt: at(-40) } }]);
      await expect.poll(waiting, LIMIT).toBe(0);
    });

    it('a tamper of before anybody had recorded whose tag it is, is told when it is, once, and stays until the tag says it is over', async () => {
      const other = { wearerId: `W-${tag}-c`, tagId: `${tag}-c` };
      const activationId = `A-${other.tagId}`;
      await put(`/wearers/${other.wearerId}`, { name: 'z' });
      await put(`/tags/${other.tagId}`, {});
      const say = (minute: number, deviceEvent: DeviceEvent) => {
        const fields = { fixedAtMs: nowMs + minute * MINUTE_MS, identity: String(minute), sequence: null };
        const ping = { ...pingAt(other.tagId, 0, fields), position: null, deviceEvents: [deviceEvent] };
        return inputRecord({ type: 'ping', ping, receivedAtMs: nowMs + minute * MINUTE_MS });
      };
      const tampers = [say(-50, 'strap-tamper'), say(-46, 'strap-restored'), say(-30, 'case-tamper')];
      await log.append(INPUTS, tampers);
      await start();
      await put(`/activations/${activationId}`, { ...other, fittedAt: at(-300) });
      const alerts = async () =>
        (await listAlerts(db, { wearerId: other.wearerId, limit: 50 }))
          .map(({ finding: { kind, episode } }) => [kind, episode.startedAt, episode.endedAt])
          .sort();
      const found = [
        ['case-tamper', at(-30), null],
        ['strap-tamper', at(-50), at(-46)],
      ];
      await expect.poll(alerts, LIMIT).toEqual(found);
      await expect.poll(waiting, LIMIT).toBe(0);
      const asked = { activationId, tagId: other.tagId, fromMs: nowMs - 60 * MINUTE_MS, toMs: nowMs, limit: 9 };
      expect(await reconcileStore.readUntoldTampers(db, asked), 'all of it is on record').toEqual([]);
      expect(await reconcileStore.readUntoldTampers(db, { ...asked, activationId: 'A-none' })).toHaveLength(3);
      const told = (await eventsOf()).filter((event) => event.activationId === activationId);
      expect(told.map(({ type }) => type).sort()).toEqual(['confirmed', 'confirmed', 'ended']);
    });

    it('a tamper is told however often its past could not be judged before', async () => {
      const other = { wearerId: `W-${tag}-e`, tagId: `${tag}-e` };
      await put(`/wearers/${other.wearerId}`, { name: 'z' });
      await put(`/tags/${other.tagId}`, {});
      const fields = { fixedAtMs: nowMs - 30 * MINUTE_MS, identity: 'tamper', sequence: null };
      const said = { ...pingAt(other.tagId, 0, fields), position: null, deviceEvents: ['case-tamper' as const] };
      await log.append(INPUTS, [inputRecord({ type: 'ping', ping: said, receivedAtMs: fields.fixedAtMs })]);
      let failures = 0;
      const readOrderedPings: ReconcileStore['readOrderedPings'] = async (...query) => {
        if (failures === 6) return await reconcileStore.readOrderedPings(...query);
        failures++;
        throw new Error('not this time');
      };
      const store = { ...reconcileStore, readOrderedPings };
      await start({ store, options: { checkFirstMs: 10, checkLimitMs: 10 } });
      await put(`/activations/A-${other.tagId}`, { ...other, fittedAt: at(-300) });
      const alerts = async () =>
        (await listAlerts(db, { wearerId: other.wearerId, limit: 50 })).map(({ finding: { kind, episode } }) => [
          kind,
          episode.startedAt,
        ]);
      await expect.poll(alerts, LIMIT).toEqual([['case-tamper', at(-30)]]);
      expect(failures).toBe(6);
    });

    it('a tamper that the tag told in every message until it was restored is told as over', async () => {
      const other = { wearerId: `W-${tag}-d`, tagId: `${tag}-d` };
      const activationId = `A-${other.tagId}`;
      await put(`/wearers/${other.wearerId}`, { name: 'z' });
      await put(`/tags/${other.tagId}`, {});
      const say = (minute: number, deviceEvent: DeviceEvent) => {
        const fields = { fixedAtMs: nowMs + minute * MINUTE_MS, identity: String(minute), sequence: null };
        const ping = { ...pingAt(other.tagId, 0, fields), position: null, deviceEvents: [deviceEvent] };
        return inputRecord({ type: 'ping', ping, receivedAtMs: nowMs + minute * MINUTE_MS });
      };
      const repeated = Array.from({ length: 150 }, (_, n) => say(-200 + n, 'strap-tamper'));
      await log.append(INPUTS, [...repeated, say(-40, 'strap-restored')]);
      await start();
      await put(`/activations/${activationId}`, { ...other, fittedAt: at(-300) });
      const alerts = async () =>
        (await listAlerts(db, { wearerId: other.wearerId, limit: 50 })).map(({ finding: { kind, episode } }) => [
          kind,
          episode.startedAt,
          episode.endedAt,
        ]);
      await expect.poll(alerts, LIMIT).toEqual([['strap-tamper', at(-200), at(-40)]]);
      await expect.poll(waiting, LIMIT).toBe(0);
    });

    it('a record of the inputs that is no request is put aside, and one that is stands with the recorder’s place', async () => {
      const places = await log.append(INPUTS, [
        { key: 'T', value: encodeJson({ type: 'reconcile', activationId: 7 }) },
        inputRecord({ type: 'reconcile', ...request(`A-${tag}`, -10, -5, 0) }),
      ]);
      await expect.poll(waiting, LIMIT).toBe(1);
      const { rows: kept } = await db.query<{ log_offset: number; base_at: Date }>(
        'select log_offset, base_at from reconcile_request',
      );
      expect(kept).toEqual([{ log_offset: places[1]!.offset, base_at: new Date(nowMs - 5 * MINUTE_MS) }]);
    });
  });
}

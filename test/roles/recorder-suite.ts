/** What the recorder has to do on every log and database. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alerts/alert.js';
import type { ActionEvent, AlertEvent, FindingEvent } from '../../src/alerts/event.js';
import { applyEvent } from '../../src/alerts/fold.js';
import { type Database, DatabaseUnavailable } from '../../src/ports/database.js';
import type { EventLog, NewRecord } from '../../src/ports/event-log.js';
import type { Fitted } from '../../src/ports/record-tables.js';
import { ALERTS, encodeJson, INPUTS, inputRecord, REJECTED } from '../../src/ports/topics.js';
import { type Recorder, type RecorderDeps, startRecorder } from '../../src/roles/recorder/recorder.js';
import { listAlerts, readAlert } from '../../src/store/alerts.js';
import { migrate } from '../../src/store/migrate.js';
import { recordTables } from '../../src/store/recording.js';
import { latestPositions, readMessagesAfter, readTrail } from '../../src/store/trail.js';
import { pingAt, TEST_START_MS } from '../support/pings.js';
import { createRememberingLog, silentLog } from '../support/silent-log.js';

const DAY_MS = 86_400_000;
const clock = { nowMs: () => TEST_START_MS };
/** Written at each chance, so that a test sees it. */
const limits = { idleMoveEveryMs: 0, retryFirstMs: 20, retryLimitMs: 100 };

interface Running extends Recorder {
  readonly counts: Record<Fitted | 'repeated' | 'events' | 'rejected' | 'refused', number>;
  /** Resolves when these records, and those before them, are in the database. */
  recorded(topic: string, places: readonly { partition: number; offset: number }[]): Promise<void>;
}

/** `open` gives a database without a schema; `openLog` a log of its own, with Tagwatch's topics. */
export function recorderSuite(
  name: string,
  open: () => Promise<{ db: Database; stop(): Promise<void> }>,
  openLog: () => Promise<{ log: EventLog; dispose(): Promise<void> }>,
) {
  describe(`Recorder: ${name}`, () => {
    let db: Database;
    let stop = async () => {};
    let log: EventLog;
    let dispose = async () => {};
    let epoch: string;
    let tag: string;
    const running = new Set<Recorder>();

    beforeAll(async () => {
      ({ db, stop } = await open());
    });
    afterAll(async () => await stop());
    beforeEach(async () => {
      ({ log, dispose } = await openLog());
      epoch = randomUUID();
      tag = `T-${randomUUID()}`;
    });
    afterEach(async () => {
      await Promise.all([...running].map((recorder) => recorder.stop()));
      running.clear();
      await dispose();
    });

    async function start(deps: Partial<RecorderDeps> = {}): Promise<Running> {
      const counts = {
        fitted: 0,
        'not-fitted': 0,
        'unknown-tag': 0,
        'consent-ended': 0,
        repeated: 0,
        events: 0,
        rejected: 0,
        refused: 0,
      };
      const add = (name: keyof typeof counts, count: number) => {
        counts[name] += count;
      };
      const reached = new Map<string, number>();
      const waiting = new Set<() => void>();
      const recorder = await startRecorder({
        log,
        db,
        tables: recordTables,
        clock,
        logger: silentLog,
        epoch,
        limits,
        counters: {
          pingsRecorded: add,
          pingsRepeated: (count) => add('repeated', count),
          alertEventsRecorded: (count) => add('events', count),
          rejectedRecorded: (count) => add('rejected', count),
          recordsRefused: (count) => add('refused', count),
        },
        onProgress({ topic, partition, nextOffset }) {
          reached.set(`${topic}/${partition}`, nextOffset);
          for (const look of [...waiting]) look();
        },
        ...deps,
      });
      running.add(recorder);
      return {
        ...recorder,
        async stop() {
          running.delete(recorder);
          await recorder.stop();
        },
        counts,
        async recorded(topic, places) {
          await new Promise<void>((resolve) => {
            const look = () => {
              const all = places.every(({ partition, offset }) => (reached.get(`${topic}/${partition}`) ?? 0) > offset);
              if (!all) return;
              waiting.delete(look);
              resolve();
            };
            waiting.add(look);
            look();
          });
        },
      };
    }

    const ping = (second: number, fields = {}, position = {}, receivedAfterMs = 400): NewRecord => {
      const one = pingAt(tag, second, fields, position);
      return inputRecord({ type: 'ping', ping: one, receivedAtMs: one.fixedAtMs + receivedAfterMs });
    };
    const rowsOf = async (what: string) =>
      (await db.query(`select ${what} from ping where tag_id = $1 order by fixed_at, identity`, [tag])).rows;

    /** Two wearers, the tag on the first for the first minute and on the second from the third. */
    async function fitTags(): Promise<{ first: string; second: string }> {
      const [first, second] = [`W-${randomUUID()}`, `W-${randomUUID()}`];
      const at = (second: number) => new Date(TEST_START_MS + second * 1000);
      await db.query(
        "insert into wearer (wearer_id, name, version, recorded_at) select id, 'x', 1, now() from unnest($1::text[]) id",
        [[first, second]],
      );
      await db.query('insert into tag (tag_id, version, recorded_at) values ($1, 1, now())', [tag]);
      await db.query(
        `insert into activation (activation_id, tag_id, wearer_id, fitted_at, removed_at, version, recorded_at)
         values ($1, $3, $1, $4, $5, 1, now()), ($2, $3, $2, $6, null, 1, now())`,
        [first, second, tag, at(0), at(60), at(120)],
      );
      return { first, second };
    }

    it('waits for a schema that is not there yet, says so, and goes on by itself', async () => {
      const { rows } = await db.query("select to_regclass('ping') as ping", []);
      expect(rows, 'this has to be the first test on the database').toEqual([{ ping: null }]);
      const logger = createRememberingLog();
      const waits = new Promise<void>((resolve) => {
        const { warn } = logger;
        logger.warn = (fields, message) => {
          warn(fields, message);
          resolve();
        };
      });
      const recorder = await start({ logger });
      const places = await log.append(INPUTS, [ping(0), ping(1)]);
      await waits;
      expect(recorder.databaseAwaySinceMs()).not.toBeNull();
      await migrate(db, silentLog);
      await recorder.recorded(INPUTS, places);
      expect(recorder.databaseAwaySinceMs()).toBeNull();
      expect(await rowsOf('sequence')).toEqual([{ sequence: 0 }, { sequence: 1 }]);
      expect(logger.entries.filter(({ level }) => level === 'error')).toEqual([]);
    });

    it('writes a ping with all it holds', async () => {
      const all = {
        speedKmh: 3.1,
        headingDegrees: 210.5,
        altitudeMetres: -14.25,
        satellites: 9,
        batteryPercent: 81,
        deviceEvents: ['strap-tamper', 'battery-low'],
      };
      const recorder = await start();
      const places = await log.append(INPUTS, [
        ping(7, all, { latitude: 51.27870000000001, longitude: -1.0803, accuracyMetres: 8.5, mechanism: 'RF' }),
        ping(8, { position: null, positionIgnored: 'no-fix', sequence: null, identity: 'h:abc' }),
      ]);
      await recorder.recorded(INPUTS, places);
      const columns = `identity, sequence, fixed_at, received_at, st_y(position) as latitude, st_x(position) as longitude,
        accuracy_metres, mechanism, speed_kmh, heading_degrees, altitude_metres, satellites, battery_percent, device_events,
        position_ignored, fitted, not_judged, log_partition, log_offset`;
      const at = (second: number) => new Date(TEST_START_MS + second * 1000);
      expect(await rowsOf(columns)).toEqual([
        {
          identity: '7',
          sequence: 7,
          fixed_at: at(7),
          received_at: at(7.4),
          latitude: 51.27870000000001,
          longitude: -1.0803,
          accuracy_metres: 8.5,
          mechanism: 'RF',
          speed_kmh: 3.1,
          heading_degrees: 210.5,
          altitude_metres: -14.25,
          satellites: 9,
          battery_percent: 81,
          device_events: ['strap-tamper', 'battery-low'],
          position_ignored: null,
          fitted: 'unknown-tag',
          not_judged: null,
          log_partition: places[0]!.partition,
          log_offset: places[0]!.offset,
        },
        {
          identity: 'h:abc',
          sequence: null,
          fixed_at: at(8),
          received_at: at(8.4),
          latitude: null,
          longitude: null,
          accuracy_metres: null,
          mechanism: null,
          speed_kmh: null,
          heading_degrees: null,
          altitude_metres: null,
          satellites: null,
          battery_percent: null,
          device_events: [],
          position_ignored: 'no-fix',
          fitted: 'unknown-tag',
          not_judged: 'no-position',
          log_partition: places[1]!.partition,
          log_offset: places[1]!.offset,
        },
      ]);
    });

    it('tells on whom the tag was, and why a ping is no evidence; the trail is each wearer’s own', async () => {
      const { first, second } = await fitTags();
      const recorder = await start();
      const places = await log.append(INPUTS, [
        ping(0),
        ping(59.999, { sequence: 59 }, { accuracyMetres: null }),
        ping(60),
        ping(120, {}, { mechanism: 'LBS' }),
        ping(180, {}, {}, -61_000),
        ping(240, { position: null }),
        ping(250, { position: null, deviceEvents: ['strap-tamper'] }),
        ping(260, { position: null, positionIgnored: 'no-fix' }),
        ping(270, {}, { latitude: 0.001, longitude: -0.008 }),
        ping(300),
      ]);
      await recorder.recorded(INPUTS, places);
      expect(await rowsOf('fitted, not_judged')).toEqual([
        { fitted: 'fitted', not_judged: null },
        { fitted: 'fitted', not_judged: 'no-accuracy' },
        { fitted: 'not-fitted', not_judged: null },
        { fitted: 'fitted', not_judged: 'mechanism' },
        { fitted: 'fitted', not_judged: 'ahead-of-clock' },
        { fitted: 'fitted', not_judged: 'no-position' },
        { fitted: 'fitted', not_judged: 'no-position' },
        { fitted: 'fitted', not_judged: 'no-position' },
        { fitted: 'fitted', not_judged: 'zero-position' },
        { fitted: 'fitted', not_judged: null },
      ]);
      expect(recorder.counts).toMatchObject({ fitted: 9, 'not-fitted': 1, 'unknown-tag': 0 });

      const seconds = (points: readonly { fixedAtMs: number }[]) =>
        points.map(({ fixedAtMs }) => (fixedAtMs - TEST_START_MS) / 1000);
      const whole = { fromMs: TEST_START_MS, toMs: TEST_START_MS + DAY_MS, limit: 2 };
      const his = await readTrail(db, { ...whole, wearerId: first });
      expect([seconds(his.points), his.next]).toEqual([[0, 59.999], null]);
      const page = await readTrail(db, { ...whole, wearerId: second });
      expect(seconds(page.points)).toEqual([120, 180]);
      const rest = await readTrail(db, { ...whole, wearerId: second, after: page.next });
      // A message stands in the trail where it tells an event, or why it has no position.
      expect([seconds(rest.points), seconds([rest.next!])]).toEqual([[250, 260], [260]]);
      expect(rest.points).toMatchObject([
        { latitude: null, mechanism: null, deviceEvents: ['strap-tamper'], notJudged: 'no-position' },
        { latitude: null, positionIgnored: 'no-fix' },
      ]);
      const last = await readTrail(db, { ...whole, wearerId: second, after: rest.next });
      expect([seconds(last.points), last.next]).toEqual([[270, 300], null]);
      const since = async (afterMs: number) =>
        seconds(await readMessagesAfter(db, { wearerId: second, afterMs, aheadLimitMs: 60_000 }));
      expect(await since(0)).toEqual([260, 250]);
      expect(await since(TEST_START_MS + 250_000)).toEqual([260]);
      const bounded = await readTrail(db, {
        ...whole,
        wearerId: second,
        fromMs: TEST_START_MS + 121_000,
        toMs: TEST_START_MS + 300_000,
      });
      expect(seconds(bounded.points)).toEqual([180, 250]);

      // The newest of the first wearer is his last on him; the one ahead of its clock hides nobody.
      expect((await latestPositions(db, first, 60_000)).newest?.fixedAtMs).toBe(TEST_START_MS + 59_999);
      expect((await latestPositions(db, second, 60_000)).newest).toMatchObject({
        tagId: tag,
        activationId: second,
        latitude: 51.28,
      });
      expect(await latestPositions(db, second, 60_000)).toMatchObject({
        newest: { fixedAtMs: TEST_START_MS + 300_000 },
        ahead: [],
      });
      expect(await latestPositions(db, `W-${randomUUID()}`, 60_000)).toEqual({ newest: null, ahead: [] });

      // A clock that runs ahead from now on: whoever asks is given what it said, in the order in which it came.
      const later = [402, 400, 401].map((second) => ping(second, {}, {}, -90_000));
      await recorder.recorded(INPUTS, await log.append(INPUTS, later));
      const { newest, ahead } = await latestPositions(db, second, 60_000);
      expect([newest?.fixedAtMs, seconds(ahead)]).toEqual([TEST_START_MS + 300_000, [400, 401, 402]]);
    });

    it('takes the accuracy of the tag’s model where the ping has none', async () => {
      const model = `M-${randomUUID()}`;
      await db.query(
        `insert into tag_model (model_id, name, accuracy_convention, default_accuracy_metres, interval_seconds, version, recorded_at)
         values ($1, 'x', 'r68', 10, 60, 1, now())`,
        [model],
      );
      await db.query('insert into tag (tag_id, model_id, version, recorded_at) values ($1, $2, 1, now())', [
        tag,
        model,
      ]);
      const recorder = await start();
      await recorder.recorded(INPUTS, await log.append(INPUTS, [ping(0, {}, { accuracyMetres: null })]));
      expect(await rowsOf('accuracy_metres, not_judged')).toEqual([{ accuracy_metres: null, not_judged: null }]);
    });

    it('writes a repeated ping once', async () => {
      const recorder = await start();
      const twice = Array.from({ length: 50 }, (_, second) => ping(second)).flatMap((one) => [one, one]);
      await log.append(INPUTS, twice);
      await recorder.recorded(INPUTS, await log.append(INPUTS, twice));
      expect(await rowsOf('sequence')).toEqual(Array.from({ length: 50 }, (_, sequence) => ({ sequence })));
      expect(recorder.counts).toMatchObject({ 'unknown-tag': 50, repeated: 150 });
    });

    it('goes on where it was, and reads all again under another epoch', async () => {
      const before = await start();
      await before.recorded(INPUTS, await log.append(INPUTS, [ping(0), ping(1)]));
      await before.stop();
      const places = await log.append(INPUTS, [ping(2)]);
      const after = await start();
      await after.recorded(INPUTS, places);
      expect(after.counts).toMatchObject({ 'unknown-tag': 1, repeated: 0 });
      expect((await after.lag()).reduce((sum, { behind }) => sum + behind, 0)).toBe(0);
      await after.stop();
      const renamed = await start({ epoch: randomUUID() });
      await renamed.recorded(INPUTS, places);
      expect(renamed.counts).toMatchObject({ 'unknown-tag': 0, repeated: 3 });
      expect(await rowsOf('sequence')).toEqual([{ sequence: 0 }, { sequence: 1 }, { sequence: 2 }]);
    });

    it('loses and doubles nothing where transactions are cut off before, in and after their commit', async () => {
      // Of four, one is cut off before it begins, one in the middle, one after its commit.
      let count = 0;
      const away = () => new DatabaseUnavailable('cut off on purpose');
      const faulty: Database = {
        ...db,
        async transaction(work, isolation) {
          const turn = count++ % 4;
          if (turn === 0) throw away();
          const result = await db.transaction(async (tx) => {
            const inner = await work(tx);
            if (turn === 1) throw away();
            return inner;
          }, isolation);
          if (turn === 2) throw away();
          return result;
        },
      };
      const recorder = await start({ db: faulty, limits: { ...limits, rowsPerTransaction: 3 } });
      const places = await log.append(
        INPUTS,
        Array.from({ length: 20 }, (_, second) => ping(second)),
      );
      const events = await log.append(
        ALERTS,
        lifeOf(tag).map((event) => ({ key: event.wearerId, value: encodeJson(event) })),
      );
      await recorder.recorded(INPUTS, places);
      await recorder.recorded(ALERTS, events);
      expect(await rowsOf('sequence')).toEqual(Array.from({ length: 20 }, (_, sequence) => ({ sequence })));
      const { rows } = await db.query('select seq from alert_event where epoch = $1 order by seq', [epoch]);
      // The repeat has no row.
      expect(rows).toEqual(events.filter((_, index) => index !== 2).map(({ offset }) => ({ seq: offset })));
    });

    it('writes each row once with two owners of every partition', async () => {
      // A zombie: it still believes that the partitions are its own.
      const zombieLog: EventLog = {
        ...log,
        consume: async (options) => await log.consume({ ...options, group: `${options.group}-zombie` }),
      };
      const owners = [await start(), await start({ log: zombieLog })];
      const places: { partition: number; offset: number }[] = [];
      for (let round = 0; round < 10; round++) {
        places.push(...(await log.append(INPUTS, [ping(round * 2), ping(round * 2 + 1)])));
      }
      const events = await log.append(
        ALERTS,
        lifeOf(tag).map((event) => ({ key: event.wearerId, value: encodeJson(event) })),
      );
      // Either may have written a record: the place in the database tells.
      const isThere = async (topic: string, at: { partition: number; offset: number }) => {
        const { rows } = await db.query<{ next_offset: number }>(
          'select next_offset from log_position where topic = $1 and partition = $2 and epoch = $3',
          [topic, at.partition, epoch],
        );
        return (rows[0]?.next_offset ?? 0) > at.offset;
      };
      await expect.poll(async () => await isThere(INPUTS, places.at(-1)!)).toBe(true);
      await expect.poll(async () => await isThere(ALERTS, events.at(-1)!)).toBe(true);
      expect(await rowsOf('sequence')).toEqual(Array.from({ length: 20 }, (_, sequence) => ({ sequence })));
      // Counted when the commit is answered: a moment after it is to be seen.
      const counted = (name: 'unknown-tag' | 'events') => owners.reduce((sum, { counts }) => sum + counts[name], 0);
      await expect.poll(() => [counted('unknown-tag'), counted('events')]).toEqual([20, 4]);
    });

    it('writes what several partitions hold in one transaction, and none of them waits for what the database refuses of another', async () => {
      const tags = Array.from({ length: 60 }, () => `T-${randomUUID()}`);
      const pingOf = (tagId: string, second: number, fields = {}) =>
        inputRecord({ type: 'ping', ping: pingAt(tagId, second, fields), receivedAtMs: TEST_START_MS });
      const good = await log.append(
        INPUTS,
        tags.map((tagId) => pingOf(tagId, 1)),
      );
      const partitions = new Set(good.map(({ partition }) => partition)).size;
      let transactions = 0;
      const counting: Database = {
        ...db,
        transaction: async (work, isolation) => {
          transactions++;
          return await db.transaction(work, isolation);
        },
      };
      // Long enough that the partitions have their places when the second transaction begins.
      const recorder = await start({ db: counting, limits: { ...limits, idleMoveEveryMs: 60_000, companyMs: 500 } });
      await recorder.recorded(INPUTS, good);
      expect(partitions).toBeGreaterThan(8);
      expect(transactions).toBeLessThan(partitions / 2);
      const mixed = tags.flatMap((tagId, index) => [
        pingOf(tagId, 2),
        ...(index === 30 ? [pingOf(tagId, 3, { satellites: 2 ** 40 })] : []),
        pingOf(tagId, 4),
      ]);
      await recorder.recorded(INPUTS, await log.append(INPUTS, mixed));
      const { rows } = await db.query('select count(*) as count from ping where tag_id = any($1::text[])', [tags]);
      expect(rows).toEqual([{ count: 3 * tags.length }]);
      expect(recorder.counts).toMatchObject({ 'unknown-tag': 3 * tags.length, refused: 1 });
    });

    it('puts aside what the database refuses and what cannot be read, and goes on', async () => {
      const recorder = await start();
      const good = Array.from({ length: 30 }, (_, second) => ping(second));
      const partition = (await log.append(INPUTS, [good[0]!]))[0]!.partition;
      const odd = [
        { key: tag, value: new TextEncoder().encode('{"type":"ping","pi'), partition },
        ping(1000, { fixedAtMs: 1e17 }),
        ping(1001, { satellites: 2 ** 40 }),
        ping(1002, { identity: 'a\0b' }),
        { key: tag, value: encodeJson({ type: 'ping', receivedAtMs: 0 }), partition },
        { key: tag, value: null, partition },
      ];
      const places = await log.append(INPUTS, [...good.slice(1, 15), ...odd, ...good.slice(15)]);
      await recorder.recorded(INPUTS, places);
      const rows = await rowsOf('identity');
      expect(rows).toHaveLength(31);
      // A character that cannot be stored is replaced, the ping is kept.
      expect(rows.at(-1)).toEqual({ identity: 'a\ufffdb' });
      const kept = await db.query<{ log_offset: number; reason: string; tag_id: string; payload: Uint8Array }>(
        'select log_offset, reason, tag_id, payload from rejected_message where epoch = $1 order by log_offset',
        [epoch],
      );
      const offsetOf = (index: number) => places[14 + index]!.offset;
      expect(kept.rows.map(({ log_offset, reason, tag_id }) => [log_offset, reason, tag_id])).toEqual([
        [offsetOf(0), 'unreadable', tag],
        [offsetOf(1), 'refused-by-database', tag],
        [offsetOf(2), 'refused-by-database', tag],
        [offsetOf(4), 'unreadable', tag],
        [offsetOf(5), 'unreadable', tag],
      ]);
      expect(new TextDecoder().decode(kept.rows[0]!.payload)).toBe('{"type":"ping","pi');
      expect(recorder.counts).toMatchObject({ 'unknown-tag': 31, refused: 5 });
    });

    it('gives each day its partition, and what is too old or too far ahead one together', async () => {
      const at = (days: number) => ({ fixedAtMs: TEST_START_MS + days * DAY_MS });
      const recorder = await start();
      const places = await log.append(
        INPUTS,
        [-6_900, -401, -399, -1, 0, 1, 500].map((days, second) => ping(second, at(days))),
      );
      await recorder.recorded(INPUTS, places);
      expect((await rowsOf('tableoid::regclass::text as part')).map(({ part }) => part)).toEqual([
        'ping_other',
        'ping_other',
        'ping_20251019',
        'ping_20261121',
        'ping_20261122',
        'ping_20261123',
        'ping_other',
      ]);
      // Made ahead.
      const { rows } = await db.query("select to_regclass('ping_20261125') is not null as made", []);
      expect(rows).toEqual([{ made: true }]);
    });

    it('passes over what is no ping, and remembers its place only now and then', async () => {
      let nowMs = TEST_START_MS;
      const recorder = await start({ clock: { nowMs: () => nowMs }, limits: { ...limits, idleMoveEveryMs: 10_000 } });
      const tick: NewRecord = { key: null, partition: 3, value: encodeJson({ type: 'tick', atMs: nowMs }) };
      const placed = async () =>
        (
          await db.query('select next_offset from log_position where epoch = $1 and partition = 3 and topic = $2', [
            epoch,
            INPUTS,
          ])
        ).rows;
      await log.append(INPUTS, [tick, tick]);
      const isPast = async () =>
        (await recorder.lag()).some(
          ({ topic, partition, behind }) => topic === INPUTS && partition === 3 && behind === 0,
        );
      await expect.poll(isPast).toBe(true);
      expect(await placed()).toEqual([]);
      nowMs += 10_000;
      const places = await log.append(INPUTS, [tick]);
      await recorder.recorded(INPUTS, places);
      expect(await placed()).toEqual([{ next_offset: places[0]!.offset + 1 }]);
    });

    it('keeps each alert as the fold has it, with every event and how it was judged', async () => {
      const recorder = await start();
      const life = lifeOf(tag);
      const places: { partition: number; offset: number }[] = [];
      for (const event of life) {
        places.push(...(await log.append(ALERTS, [{ key: event.wearerId, value: encodeJson(event) }])));
      }
      await recorder.recorded(ALERTS, places);
      let fold: Alert | null = null;
      const outcomes: string[] = [];
      for (const [index, event] of life.entries()) {
        const applied = applyEvent(fold, event, places[index]!.offset);
        fold = applied.alert;
        outcomes.push(applied.outcome);
      }
      expect(outcomes).toEqual(['accepted', 'accepted', 'repeat', 'accepted', 'refused']);
      const read = await readAlert(db, life[0]!.alertId);
      expect(read?.alert).toEqual(fold);
      expect(read?.events.map(({ seq, outcome }) => [seq, outcome])).toEqual(
        [0, 1, 3, 4].map((index) => [places[index]!.offset, outcomes[index]]),
      );
      expect(read?.events.map(({ event }) => event)).toEqual([0, 1, 3, 4].map((index) => life[index]));
      expect(read?.events.at(-1)?.refusal?.reason).toBe('too-late');
      expect(recorder.counts.events).toBe(4);
      const wearerId = life[0]!.wearerId;
      expect(await listAlerts(db, { wearerId, limit: 5 })).toEqual([fold]);
      expect(await listAlerts(db, { wearerId, status: 'closed', limit: 5 })).toEqual([]);
      expect(await readAlert(db, 'nobody')).toBeNull();
    });

    it('lists alerts newest first, page by page, by what is asked', async () => {
      const recorder = await start();
      const wearerId = `W-${tag}`;
      const findings = Array.from({ length: 6 }, (_, index) => ({
        ...findingOf(`${tag}-${index}`, wearerId, 1, 'suspected'),
        // Two at each instant, so that the id decides.
        raisedAt: new Date(TEST_START_MS + Math.floor(index / 2) * 1000).toISOString(),
        kind: index === 4 ? ('curfew' as const) : ('exclusion' as const),
      }));
      const places = await log.append(
        ALERTS,
        findings.map((event) => ({ key: wearerId, value: encodeJson(event) })),
      );
      await recorder.recorded(ALERTS, places);
      const ids = (alerts: readonly { alertId: string }[]) => alerts.map(({ alertId }) => Number(alertId.at(-1)));
      const page = await listAlerts(db, { wearerId, limit: 3 });
      expect(ids(page)).toEqual([4, 5, 2]);
      const { raisedAt, alertId } = page.at(-1)!;
      expect(ids(await listAlerts(db, { wearerId, limit: 9, after: { raisedAt, alertId } }))).toEqual([3, 0, 1]);
      expect(ids(await listAlerts(db, { wearerId, limit: 9, kind: 'curfew' }))).toEqual([4]);
      const [from, to] = [findings[2]!.raisedAt, findings[4]!.raisedAt];
      expect(ids(await listAlerts(db, { wearerId, limit: 9, status: 'open', from, to }))).toEqual([2, 3]);
    });

    it('keeps what others rejected, whole', async () => {
      const recorder = await start();
      const rejected = {
        reason: 'latitude-out-of-range',
        detail: 'latitude 91 \0',
        rejectedAt: '2026-11-22T18:00:00.123Z',
        from: { topic: 'tagwatch.pings', partition: 2, offset: 77 },
        tagId: tag,
        payload: Buffer.from([0, 255, 10]).toString('base64'),
      };
      const places = await log.append(REJECTED, [
        { key: tag, value: encodeJson(rejected) },
        { key: null, value: encodeJson({ ...rejected, tagId: null, from: { http: '/api/v1/pings' } }) },
        { key: null, value: encodeJson('neither') },
      ]);
      await recorder.recorded(REJECTED, places);
      const { rows } = await db.query(
        'select reason, detail, rejected_at, source, tag_id, payload from rejected_message where epoch = $1 order by log_offset',
        [epoch],
      );
      const one = {
        reason: 'latitude-out-of-range',
        detail: 'latitude 91 \ufffd',
        rejected_at: new Date('2026-11-22T18:00:00.123Z'),
        payload: Uint8Array.of(0, 255, 10),
      };
      expect(rows.slice(0, 2)).toEqual([
        { ...one, source: rejected.from, tag_id: tag },
        { ...one, source: { http: '/api/v1/pings' }, tag_id: null },
      ]);
      expect(rows[2]).toMatchObject({ reason: 'unreadable' });
      expect(recorder.counts).toMatchObject({ rejected: 2, refused: 1 });
    });
  });
}

export function findingOf(
  alertId: string,
  wearerId: string,
  revision: number,
  type: FindingEvent['type'],
): FindingEvent {
  const at = (second: number) => new Date(TEST_START_MS + second * 1000).toISOString();
  return {
    eventId: `${alertId}/${revision}`,
    alertId,
    revision,
    type,
    kind: 'exclusion',
    severity: 'high',
    wearerId,
    tagId: 'T',
    activationId: 'A',
    conditionId: 'C',
    conditionVersion: 1,
    zoneId: 'Z',
    zoneVersion: 1,
    episode: { startedAt: at(0), endedAt: null },
    foundAt: at(revision),
    raisedAt: at(revision),
    delayedByMs: 0,
    historic: false,
    explanation: { rule: 'two-fixes', fixes: [], thresholds: {} },
  };
}

/** Suspected, confirmed, confirmed again (a repeat), acknowledged, acknowledged by another (too late). */
function lifeOf(name: string): AlertEvent[] {
  const [alertId, wearerId] = [`A-${name}`, `W-${name}`];
  const acknowledged = (eventId: string, actor: string): ActionEvent => ({
    eventId: `${name}-${eventId}`,
    alertId,
    type: 'acknowledged',
    wearerId,
    actor,
    at: new Date(TEST_START_MS + 5000).toISOString(),
    seen: { revision: 2, actions: 0 },
    note: 'called',
  });
  const confirmed = findingOf(alertId, wearerId, 2, 'confirmed');
  const events = [
    findingOf(alertId, wearerId, 1, 'suspected'),
    confirmed,
    confirmed,
    acknowledged('k1', 'ann'),
    acknowledged('k2', 'ben'),
  ];
  return events;
}

/** What the publisher promises when something goes wrong or time goes by, over any database and a log of its own. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/ports/database.js';
import { type EventLog, LogUnavailable } from '../../src/ports/event-log.js';
import { stateRecord } from '../../src/ports/states.js';
import { INPUT_PARTITIONS, STATES } from '../../src/ports/topics.js';
import { watchStore } from '../../src/store/watch.js';
import { createTestClock, openRecordsApi, type RecordsApi, readShared, readWatches } from '../support/records.js';
import { square } from './records.suite.js';

export interface PublisherAdapters {
  readonly db: Database;
  /** A new, empty log with Tagwatch's topics. */
  openLog(): Promise<{ log: EventLog; dispose(): Promise<void> }>;
}

const NOW = '2026-03-20T12:00:00.000Z';
const LIMIT_MS = 120_000;

/** A log that can be taken away: a fake behind the port, because the embedded one never is. */
function breakable(log: EventLog) {
  const state = { away: false, attempts: 0, largestBytes: 0 };
  const append: EventLog['append'] = async (topic, records) => {
    state.attempts += 1;
    if (state.away) throw new LogUnavailable('taken away by the test');
    const bytes = records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    state.largestBytes = Math.max(state.largestBytes, bytes);
    return log.append(topic, records);
  };
  return { state, log: { ...log, append } satisfies EventLog };
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + LIMIT_MS;
  while (!(await holds())) {
    if (Date.now() > deadlineMs) throw new Error(`not within ${LIMIT_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function publisherSuite(name: string, open: () => Promise<PublisherAdapters>): void {
  describe(`publisher, ${name}`, () => {
    let adapters: PublisherAdapters;
    const clock = createTestClock(NOW);
    const cleanups: (() => Promise<void>)[] = [];
    let epoch = 0;

    beforeAll(async () => {
      adapters = await open();
    });
    afterEach(async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
      clock.set(NOW);
    });

    async function openApi(): Promise<{
      api: RecordsApi;
      log: EventLog;
      state: ReturnType<typeof breakable>['state'];
    }> {
      const opened = await adapters.openLog();
      const { log, state } = breakable(opened.log);
      const api = await openRecordsApi(adapters.db, log, clock);
      cleanups.push(opened.dispose, api.stop);
      return { api, log, state };
    }
    const nextEpoch = () => `epoch-${name}-${++epoch}`;
    const outbox = async () =>
      (await adapters.db.query<{ rows: number }>('select count(*) as rows from outbox')).rows[0]?.rows;
    const put = async (api: RecordsApi, path: string, body: object) => {
      let answer = await api.put(path, body);
      // On a busy machine it is kept first, and published later than a caller is kept waiting.
      while (answer.statusCode === 202) answer = await api.put(path, body);
      expect({ path, status: answer.statusCode, body: answer.body }).toMatchObject({
        status: expect.toBeOneOf([200, 201]),
      });
    };
    const fitWearer = async (api: RecordsApi, n: string) => {
      // 202 where a publisher that has just begun still publishes everything.
      expect((await api.put(`/wearers/W-${n}`, { name: n })).statusCode).toBeOneOf([200, 201, 202]);
      await put(api, `/tags/T-${n}`, {});
      await put(api, `/orders/O-${n}`, { wearerId: `W-${n}`, type: 'hdc', startsAt: '2026-01-01T00:00:00Z' });
      await put(api, `/activations/A-${n}`, { tagId: `T-${n}`, wearerId: `W-${n}`, fittedAt: '2026-01-01T00:00:00Z' });
      await put(api, `/zones/Z-${n}`, square(1, 51));
    };
    const condition = (n: string, over: object = {}) => ({
      orderId: `O-${n}`,
      kind: 'exclusion',
      zoneId: `Z-${n}`,
      startsAt: '2026-01-01T00:00:00Z',
      ...over,
    });
    const nightly = {
      kind: 'curfew',
      schedule: {
        timeZone: 'Europe/London',
        windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '19:00', to: '07:00' }],
      },
    };

    it('publishes everything again into another log, with the terms’ first publication as it was', async () => {
      const first = await openApi();
      const publisher = await first.api.startPublisher({ epoch: nextEpoch() });
      await fitWearer(first.api, 'p1');
      await put(first.api, '/conditions/C-p1', condition('p1'));
      const before = (await readWatches(first.log, 'T-p1')).at(-1);
      await publisher.stop();

      clock.set('2026-03-20T18:00:00Z');
      const second = await openApi();
      await second.api.startPublisher({ epoch: nextEpoch() });
      await until('it is in the other log', async () => (await readWatches(second.log, 'T-p1')).length > 0);
      const [after] = await readWatches(second.log, 'T-p1');
      expect(after?.activations).toEqual(before?.activations);
      expect(after?.activations[0]?.terms[0]?.publishedAtMs).toBe(Date.parse(NOW));
      expect(after?.sequence).toBeGreaterThan(before?.sequence ?? Number.POSITIVE_INFINITY);
      await until('the outbox is empty', async () => (await outbox()) === 0);
    });

    it('expands schedules again every day, and sends nobody else’s watch', async () => {
      const { api, log } = await openApi();
      await api.startPublisher({ epoch: nextEpoch() });
      await fitWearer(api, 'p2');
      await fitWearer(api, 'p3');
      await put(api, '/conditions/C-p2', condition('p2', nightly));
      await put(api, '/conditions/C-p3', condition('p3'));
      const last = async (tagId: string) => (await readWatches(log, tagId)).at(-1);
      const before = { p2: await last('T-p2'), p3: await last('T-p3') };
      clock.set('2026-03-21T00:00:10Z');
      await until('it is expanded', async () => (await last('T-p2'))?.sequence !== before.p2?.sequence);
      const [term] = (await last('T-p2'))?.activations[0]?.terms ?? [];
      expect(term?.windows).toHaveLength((before.p2?.activations[0]?.terms[0]?.windows?.length ?? 0) + 2);
      expect(term?.windowsUntilMs).toBe(Date.parse('2026-04-26T00:00:00Z'));
      expect(term?.publishedAtMs).toBe(Date.parse(NOW));
      await until('the outbox is empty', async () => (await outbox()) === 0);
      expect(await last('T-p3')).toEqual(before.p3);
    });

    it('keeps a change while the log is away, answers 202, and publishes it when the log is back', async () => {
      const { api, log, state } = await openApi();
      const publisher = await api.startPublisher({ epoch: nextEpoch() });
      await fitWearer(api, 'p4');
      const published = (await readWatches(log, 'T-p4')).length;
      state.away = true;
      const body = condition('p4');
      const answer = await api.put('/conditions/C-p4', body);
      expect([answer.statusCode, answer.headers.etag]).toEqual([202, '"1"']);
      // The same again is not answered as published either.
      expect((await api.put('/conditions/C-p4?wait=false', body)).statusCode).toBe(202);
      expect(await readWatches(log, 'T-p4')).toHaveLength(published);
      await until('it tries again', () => publisher.counts().failures >= 2);
      state.away = false;
      const repeated = api.put('/conditions/C-p4', body);
      // It waits longer after each failure, by now perhaps longer than a caller does; any change ends that.
      await adapters.db.query('select pg_notify($1, $2)', [watchStore.outboxChannel, '']);
      await until('it is published', async () => (await outbox()) === 0);
      expect((await repeated).statusCode).toBe(200);
      expect((await readWatches(log, 'T-p4')).at(-1)?.activations[0]?.terms).toHaveLength(1);
    });

    it('lets one publish, and another take over', async () => {
      const { api, log } = await openApi();
      const shared = nextEpoch();
      const one = await api.startPublisher({ epoch: shared });
      await until('the first leads', () => one.counts().leading);
      const two = await api.startPublisher({ epoch: shared });
      await fitWearer(api, 'p5');
      expect(two.counts().leading).toBe(false);
      await one.stop();
      await until('the second leads', () => two.counts().leading);
      await put(api, '/conditions/C-p5', condition('p5'));
      expect((await readWatches(log, 'T-p5')).at(-1)?.activations[0]?.terms).toHaveLength(1);
    });

    it('sends much in appends that are small enough to come in within their time', async () => {
      const { api, log, state } = await openApi();
      await api.startPublisher({ epoch: nextEpoch() });
      const corners = Array.from({ length: 5_000 }, (_, n) => [
        1 + Math.cos(n / 800) / 20,
        51 + Math.sin(n / 800) / 20,
      ]);
      const geometry = { type: 'Polygon', coordinates: [[...corners, corners[0]]] };
      await put(api, '/zones/Z-large', { type: 'Feature', properties: { name: 'Large' }, geometry });
      const { orderId: _, ...shared } = condition('large', { appliesTo: 'all-wearers' });
      await api.put('/conditions/C-large', shared);
      const copies = async () => (await readShared(log, 'C-large')).length;
      await until('it is in every partition', async () => (await copies()) === INPUT_PARTITIONS);
      expect(state.largestBytes).toBeLessThan(1_000_000);
      const [one] = await readShared(log, 'C-large');
      expect(JSON.stringify(one?.shared).length * INPUT_PARTITIONS).toBeGreaterThan(1_000_000);
    });

    it('publishes what comes behind more failing rows than one pass takes', async () => {
      const first = await openApi();
      const publisher = await first.api.startPublisher({ epoch: nextEpoch() });
      await fitWearer(first.api, 'p10');
      await fitWearer(first.api, 'p11');
      await put(first.api, '/conditions/C-p10', condition('p10', nightly));
      await publisher.stop();
      const { db } = adapters;
      await db.query(`update condition_version set schedule = $1::jsonb where condition_id = 'C-p10'`, [
        { ...nightly.schedule, windows: null },
      ]);
      const again = await openApi();
      await db.query(
        `insert into outbox (record_kind, record_id, target_kind, target_id, recorded_at)
         select 'order', 'O-p10', 'order', 'O-p10', now() from generate_series(1, 1200)`,
        [],
      );
      cleanups.push(async () => {
        await db.query(`update condition_version set schedule = null where condition_id = 'C-p10'`, []);
        await db.query('delete from outbox', []);
      });
      await again.api.startPublisher({ epoch: nextEpoch(), failedRetryMs: 60_000 });
      await again.api.put('/conditions/C-p11?wait=false', condition('p11'));
      await until('the change behind them is published', async () => {
        const watch = (await readWatches(again.log, 'T-p11')).at(-1);
        return watch?.activations[0]?.terms.length === 1;
      });
    });

    /** As a backup would bring them back: what was published, the sequence, and the condition's versions. */
    async function backUp(conditionId: string): Promise<() => Promise<void>> {
      const { rows: published } = await adapters.db.query('select * from watch_publication');
      const [sequence] = (await adapters.db.query<{ n: number }>('select last_value as n from publication_sequence'))
        .rows;
      const [newest] = (
        await adapters.db.query<{ n: number }>(
          'select max(version)::int as n from condition_version where condition_id = $1',
          [conditionId],
        )
      ).rows;
      return () =>
        adapters.db.transaction(async (tx) => {
          for (const table of ['condition_zone', 'condition_version']) {
            await tx.query(`delete from ${table} where condition_id = $1 and version > $2::int`, [
              conditionId,
              newest!.n,
            ]);
          }
          await tx.query('delete from record_version where record_id = $1 and version > $2::int', [
            conditionId,
            newest!.n,
          ]);
          await tx.query('update condition set version = $2::int where condition_id = $1', [conditionId, newest!.n]);
          await tx.query('delete from watch_publication');
          await tx.query(
            'insert into watch_publication select * from jsonb_populate_recordset(null::watch_publication, $1::jsonb)',
            [JSON.stringify(published)],
          );
          await tx.query(`select setval('publication_sequence', $1::bigint)`, [sequence!.n]);
        });
    }

    it.each(['while nobody publishes', 'while it is published from'] as const)(
      'tells and heals a database that was restored from a backup %s: the record wins over the log',
      async (when) => {
        const n = when === 'while nobody publishes' ? 'p8' : 'p9';
        const { api, log } = await openApi();
        const same = nextEpoch();
        const publisher = await api.startPublisher({ epoch: same });
        await fitWearer(api, n);
        await put(api, `/conditions/C-${n}`, condition(n));
        const older = (await readWatches(log, `T-${n}`)).at(-1)!;
        const restore = await backUp(`C-${n}`);
        for (const graceMinutes of [1, 2, 3]) await put(api, `/conditions/C-${n}`, condition(n, { graceMinutes }));
        const newer = (await readWatches(log, `T-${n}`)).at(-1)!;
        expect(newer.activations).not.toEqual(older.activations);
        // Known to the log alone.
        const lost = { type: 'watch', appliedOffset: 0, watch: { ...older, tagId: `T-lost-${n}` } } as const;
        await log.append(STATES, [stateRecord(lost, 0)]);
        if (when === 'while nobody publishes') await publisher.stop();
        await restore();
        if (when === 'while nobody publishes') await api.startPublisher({ epoch: same });
        const last = async () => (await readWatches(log, `T-${n}`)).at(-1)!;
        await until('it is published again', async () => (await last()).sequence > newer.sequence);
        expect((await last()).activations).toEqual(older.activations);
        const told = api.logger.entries.filter(({ level }) => level === 'error');
        expect(told.map(({ fields }) => fields)).toEqual([
          expect.objectContaining({ highest: newer.sequence }),
          { count: 1, notOnRecord: [`tag:T-lost-${n}`] },
        ]);
        await until('the outbox is empty', async () => (await outbox()) === 0);
        await put(api, `/conditions/C-${n}`, condition(n, { graceMinutes: 7 }));
        expect((await last()).activations[0]?.terms.at(-1)?.graceMs).toBe(7 * 60_000);
        expect(api.logger.entries.filter(({ level }) => level === 'error')).toHaveLength(2);
      },
    );

    it('publishes the others where one cannot be, and says so once', async () => {
      const { api } = await openApi();
      const publisher = await api.startPublisher({ epoch: nextEpoch() });
      await fitWearer(api, 'p6');
      await fitWearer(api, 'p7');
      await put(api, '/conditions/C-p6', condition('p6', nightly));
      // What this program cannot read, as a later one may have written it.
      const schedule = { ...nightly.schedule, windows: null };
      await adapters.db.query(`update condition_version set schedule = $1::jsonb where condition_id = 'C-p6'`, [
        schedule,
      ]);
      const failing = api.put('/orders/O-p6', { wearerId: 'W-p6', type: 'bail', startsAt: '2026-01-01T00:00:00Z' });
      // The measure meets it first: a change is refused before it is written.
      expect((await failing).statusCode).toBe(500);
      await publisher.stop();
      const again = await openApi();
      await again.api.startPublisher({ epoch: nextEpoch(), failedRetryMs: 500 });
      await until('the other one is published', async () => (await readWatches(again.log, 'T-p7')).length > 0);
      await put(again.api, '/conditions/C-p7', condition('p7'));
      expect((await readWatches(again.log, 'T-p6')).length).toBe(0);
      const told = again.api.logger.entries.filter(({ level }) => level === 'error');
      expect(told.map(({ fields }) => fields)).toEqual([expect.objectContaining({ kind: 'tag', id: 'T-p6' })]);
      expect(await outbox()).toBe(1);
      await adapters.db.query(`update condition_version set schedule = null where condition_id = 'C-p6'`);
      await until('it is published too', async () => (await readWatches(again.log, 'T-p6')).length > 0);
      await until('the outbox is empty', async () => (await outbox()) === 0);
    });
  });
}

/** From the api's word to the chain on record, on every log and database. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { verifyChain } from '../../src/audit/verify.js';
import { type AuditEntry, AuditUnavailable } from '../../src/ports/audit.js';
import { type Database, DatabaseUnavailable } from '../../src/ports/database.js';
import { type EventLog, LogUnavailable } from '../../src/ports/event-log.js';
import { AUDIT, encodeJson } from '../../src/ports/topics.js';
import { type Auditing, startAuditing } from '../../src/roles/auditing/auditing.js';
import { type Recorder, startRecorder } from '../../src/roles/recorder/recorder.js';
import { listAudit, readChain } from '../../src/store/audit.js';
import { recordTables } from '../../src/store/recording.js';
import { entryAt, factsAt } from '../support/audit.js';
import { silentLog } from '../support/silent-log.js';

const clock = { nowMs: () => Date.now() };
const limits = { idleMoveEveryMs: 0, retryFirstMs: 20, retryLimitMs: 100 };

/** `open` gives a migrated database; `openLog` a log of its own, with Tagwatch's topics. */
export function auditSuite(
  name: string,
  open: () => Promise<{ db: Database; stop(): Promise<void> }>,
  openLog: () => Promise<{ log: EventLog; dispose(): Promise<void> }>,
) {
  describe(`Audit: ${name}`, () => {
    let db: Database;
    let stop = async () => {};
    let log: EventLog;
    let dispose = async () => {};
    let epoch: string;
    let directory: string;
    const running = new Set<{ stop(): Promise<void> }>();

    beforeAll(async () => {
      ({ db, stop } = await open());
    });
    afterAll(async () => await stop());
    beforeEach(async () => {
      ({ log, dispose } = await openLog());
      epoch = randomUUID();
      directory = mkdtempSync(join(tmpdir(), 'tagwatch-kept-'));
      await db.query('delete from audit_entry');
    });
    afterEach(async () => {
      await Promise.all([...running].map((each) => each.stop()));
      running.clear();
      await dispose();
      rmSync(directory, { recursive: true, force: true });
    });

    async function record(on: Database = db): Promise<Recorder> {
      const recorder = await startRecorder({
        log,
        db: on,
        tables: recordTables,
        clock,
        logger: silentLog,
        epoch,
        limits,
      });
      running.add(recorder);
      return recorder;
    }
    async function speak(to: EventLog = log): Promise<Auditing> {
      const auditing = await startAuditing({
        log: to,
        logger: silentLog,
        service: 'tagwatch test',
        directory,
        limits: { patienceMs: 2_000, retryFirstMs: 10, retryLimitMs: 50, stopMs: 1_000 },
      });
      running.add(auditing);
      return auditing;
    }
    const stopOne = async (one: { stop(): Promise<void> }) => {
      running.delete(one);
      await one.stop();
    };
    const chained = async () => (await listAudit(db, { limit: 1_000 })).reverse();
    const untilChained = async (size: number) =>
      await vi.waitFor(async () => expect(await chained()).toHaveLength(size), { timeout: 15_000, interval: 20 });
    const verify = async () => await verifyChain(readChain(db, 3), [], null);

    it('chains what is said in the order of the log, over restarts of recorder and api, nothing twice', async () => {
      const first = await speak();
      const recorder = await record();
      for (let n = 1; n <= 5; n++) await first.append(factsAt(n));
      await untilChained(5);
      await stopOne(recorder);
      const second = await speak();
      await Promise.all([6, 7, 8].map((n) => second.append(factsAt(n))));
      await record();
      await untilChained(8);
      expect((await chained()).map(({ position, entry }) => [position, entry.subjectId])).toEqual(
        Array.from({ length: 8 }, (_, i) => [i + 1, `W-${i + 1}`]),
      );
      expect(await verify()).toMatchObject({ size: 8, writers: 2, faults: [] });
    });

    it('chains an entry once that was appended twice, and puts aside what is none', async () => {
      const value = (entry: object) => ({ key: null, value: encodeJson(entry), partition: 0 });
      const [one, two] = [entryAt(1), entryAt(2)];
      await log.append(AUDIT, [value(one), value(two), value(one), value({ what: 'nothing' }), value(entryAt(3))]);
      await log.append(AUDIT, [value(two)]);
      await record();
      await untilChained(3);
      const { rows } = await db.query('select detail from rejected_message where epoch = $1', [epoch]);
      expect(rows).toEqual([{ detail: 'the audit entry has no what, when, writer or n' }]);
      expect(await verify()).toMatchObject({ size: 3, faults: [] });
    });

    it('catches up by itself after the database was away', async () => {
      let isAway = true;
      const away = async (): Promise<never> => {
        throw new DatabaseUnavailable('away');
      };
      const flaky: Database = {
        ...db,
        query: (sql, params) => (isAway ? away() : db.query(sql, params)),
        transaction: (work, isolation) => (isAway ? away() : db.transaction(work, isolation)),
      };
      const auditing = await speak();
      await record(flaky);
      for (let n = 1; n <= 5; n++) await auditing.append(factsAt(n));
      expect(await chained()).toEqual([]);
      isAway = false;
      await untilChained(5);
      expect(await verify()).toMatchObject({ size: 5, faults: [] });
    });

    it('has what was kept while the topic was away, whole, and before what came later', async () => {
      let isAway = false;
      const flaky: EventLog = {
        ...log,
        append: async (topic, records) => {
          if (isAway && topic === AUDIT) throw new LogUnavailable('no leader');
          return await log.append(topic, records);
        },
      };
      const auditing = await speak(flaky);
      await record();
      await auditing.append(factsAt(1));
      isAway = true;
      await auditing.keep(factsAt(2));
      await expect(auditing.append(factsAt(99))).rejects.toThrow(AuditUnavailable);
      isAway = false;
      await vi.waitFor(() => expect(auditing.isPresent()).toBe(true));
      await auditing.append(factsAt(3));
      await untilChained(3);
      expect((await chained()).map(({ entry }) => entry.n)).toEqual([1, 2, 3]);
      expect(await verify()).toMatchObject({ size: 3, faults: [] });
    });

    describe('on record', () => {
      beforeEach(async () => {
        const entries = Array.from({ length: 9 }, (_, i) => entryAt(i + 1));
        await log.append(
          AUDIT,
          entries.map((entry) => ({ key: null, value: encodeJson(entry), partition: 0 })),
        );
        const recorder = await record();
        await untilChained(9);
        await stopOne(recorder);
      });

      const faults = async () => (await verify()).faults;

      it('a row that was changed is found, and what is searched cannot say something else', async () => {
        await db.query(`update audit_entry set entry = jsonb_set(entry, '{who}', '"nobody"') where position = 4`);
        expect(await faults()).toEqual([{ type: 'changed', position: 4 }]);
        expect((await listAudit(db, { who: 'nobody', limit: 5 })).map(({ position }) => position)).toEqual([4]);
        await expect(db.query(`update audit_entry set who = 'x' where position = 5`)).rejects.toThrow();
      });

      it('rows that were removed, inserted or exchanged are found', async () => {
        await db.query('delete from audit_entry where position = 4');
        expect(await faults()).toContainEqual({ type: 'removed', from: 4, to: 4 });
        await db.query(
          `insert into audit_entry (position, epoch, log_offset, entry, hash)
           select 4, epoch, log_offset, jsonb_set(entry, '{writer}', '"forger"'), hash from audit_entry where position = 3`,
        );
        const found = await faults();
        expect(found).toContainEqual({ type: 'changed', position: 4 });
        expect(found).toContainEqual({ type: 'out-of-order', position: 4 });
      });

      it('a tail that was cut is not, without a checkpoint', async () => {
        await db.query('delete from audit_entry where position > 6');
        expect(await verify()).toMatchObject({ size: 6, faults: [], heldUpTo: 0 });
      });

      it('it is searched by who, wearer, operation and time, the newest first', async () => {
        const positions = async (filter: Omit<Parameters<typeof listAudit>[1], 'limit'>) =>
          (await listAudit(db, { ...filter, limit: 3 })).map(({ position }) => position);
        expect(await positions({ who: 'https://idp.example#me' })).toEqual([9, 8, 7]);
        expect(await positions({ before: 7 })).toEqual([6, 5, 4]);
        expect(await positions({ wearerId: 'W-2' })).toEqual([2]);
        expect(await positions({ operation: 'alerts.act' })).toEqual([]);
        const at = (n: number): number => Date.parse((entryAt(n) satisfies AuditEntry).when);
        expect(await positions({ fromMs: at(2), toMs: at(4) })).toEqual([3, 2]);
      });
    });
  });
}

/** From the api's word to the chain on record, on every log and database. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { hashLink } from '../../src/audit/chain.js';
import { signCheckpoint } from '../../src/audit/checkpoint.js';
import { verifyChain } from '../../src/audit/verify.js';
import { audit } from '../../src/cli/audit.js';
import { makeKey, registerFileOf, revokeKey, rotateKey } from '../../src/evidence/key-register.js';
import { createApp } from '../../src/http/app.js';
import { registerAudit } from '../../src/http/routes/audit/register.js';
import { type AuditEntry, AuditUnavailable } from '../../src/ports/audit.js';
import { type Database, DatabaseUnavailable } from '../../src/ports/database.js';
import { type EventLog, LogUnavailable } from '../../src/ports/event-log.js';
import { AUDIT, encodeJson } from '../../src/ports/topics.js';
import { type Auditing, startAuditing } from '../../src/roles/auditing/auditing.js';
import { startCheckpoints } from '../../src/roles/recorder/checkpoints.js';
import { type Recorder, startRecorder } from '../../src/roles/recorder/recorder.js';
import { makeSigningKey, readSigningKey } from '../../src/signing-key.js';
import { listAudit, listCheckpoints, readChain } from '../../src/store/audit.js';
import { recordTables } from '../../src/store/recording.js';
import { AS, testAccess } from '../support/access.js';
import { createRememberingTrail, entryAt, factsAt } from '../support/audit.js';
import { createRememberingLog, silentLog } from '../support/silent-log.js';

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
        limits: { patienceMs: 60_000, retryFirstMs: 10, retryLimitMs: 50, stopMs: 1_000 },
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
      await vi.waitFor(async () => expect(await chained()).toHaveLength(size), { timeout: 120_000, interval: 20 });
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
      await expect.poll(() => auditing.isPresent()).toBe(true);
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

      it('checkpoints are signed and kept in a folder, and by them a cut and a rewritten end are found', async () => {
        const [checkpoints, keyFile] = [join(directory, 'checkpoints'), join(directory, 'key.pem')];
        makeSigningKey(keyFile);
        const key = readSigningKey(keyFile);
        const logger = createRememberingLog();
        const deps = { db, tables: recordTables, readKey: () => key, directory: checkpoints, clock, logger };
        const making = startCheckpoints({ ...deps, everyMs: 10 });
        await expect.poll(() => readdirSync(checkpoints)).toHaveLength(1);
        await delay(50);
        await making.stop();
        // Of a chain that has not grown there is no second one.
        expect(readdirSync(checkpoints)).toHaveLength(1);
        expect(logger.entries.filter(({ message }) => message === 'audit checkpoint')).toHaveLength(1);
        expect(await listCheckpoints(db, { limit: 1 })).toMatchObject([{ size: 9, keyId: key.keyId }]);

        const said: string[] = [];
        const verifyInWords = async (...argv: string[]) => {
          said.length = 0;
          const openDatabase = () => ({ ...db, close: async () => {} });
          const say = (line: string) => void said.push(line);
          return await audit(['verify', ...argv], {
            openDatabase,
            publicKeyFile: `${keyFile}.pub`,
            out: say,
            err: say,
          });
        };
        expect([await verifyInWords('--checkpoints', checkpoints), said[0], said[1]]).toEqual([
          0,
          'The chain holds: 9 entries of 1 api.',
          '1 of 1 checkpoints confirm it, the newest up to entry 9.',
        ]);
        await db.query('delete from audit_entry where position > 6');
        expect([await verifyInWords(), said.at(-1)]).toEqual([
          0,
          'Whether its end was cut off or written anew cannot be seen without checkpoints: --checkpoints DIR.',
        ]);
        expect(await verifyInWords('--checkpoints', checkpoints)).toBe(3);
        expect(said[0]).toMatch(/^The end is cut off: 6 entries stand here, and the checkpoint of .+ signed 9\.$/);
        const last = (await listAudit(db, { limit: 1 }))[0]!;
        let previous = last.hash;
        const anew = [7, 8, 9].map((n) => {
          const entry = entryAt(n, { who: null });
          previous = hashLink(previous, last.offset + n, entry);
          return { position: n, epoch, offset: last.offset + n, entry, hash: previous };
        });
        await recordTables.insertLinks(db, anew);
        expect(await verifyInWords()).toBe(0);
        expect(await verifyInWords('--checkpoints', checkpoints)).toBe(3);
        expect(said[0]).toMatch(/^Entries up to 9 are not those that the checkpoint of .+ signed: written anew\.$/);
        const otherKey = join(directory, 'other.pem');
        makeSigningKey(otherKey);
        expect(await verifyInWords('--checkpoints', checkpoints, '--key', `${otherKey}.pub`)).toBe(3);
        expect(said[0]).toContain('it is not signed by the key that was given');
      });

      it('checkpoints count by the register of keys: before and after a rotation, and no more where their key was revoked', async () => {
        const [folder, keyFile] = [join(directory, 'rotated'), join(directory, 'rotating.pem')];
        mkdirSync(folder);
        const [last] = await listAudit(db, { limit: 1 });
        const say = (name: string, at: string) => {
          const checkpoint = {
            size: last!.position,
            head: { epoch: last!.epoch, offset: last!.offset },
            root: Buffer.from(last!.hash).toString('hex'),
            at,
          };
          writeFileSync(join(folder, name), JSON.stringify(signCheckpoint(checkpoint, readSigningKey(keyFile))));
        };
        const said: string[] = [];
        const verifyByRegister = async () => {
          said.length = 0;
          const openDatabase = () => ({ ...db, close: async () => {} });
          const tell = (line: string) => void said.push(line);
          const argv = ['verify', '--checkpoints', folder, '--key', registerFileOf(keyFile)];
          return await audit(argv, { openDatabase, publicKeyFile: 'none', out: tell, err: tell });
        };
        const first = makeKey(keyFile, '2026-11-01T00:00:00.000Z');
        say('1.json', '2026-11-02T00:00:00.000Z');
        rotateKey(keyFile, () => '2026-11-10T00:00:00.000Z');
        say('2.json', '2026-11-11T00:00:00.000Z');
        expect([await verifyByRegister(), said[1]]).toEqual([
          0,
          `2 of 2 checkpoints confirm it, the newest up to entry ${last!.position}.`,
        ]);
        // By a recorder that never heard of the rotation.
        say('3.json', '2026-11-09T00:00:00.000Z');
        expect([await verifyByRegister(), said[0]]).toEqual([
          3,
          expect.stringContaining('did not sign yet at that time'),
        ]);
        rmSync(join(folder, '3.json'));
        revokeKey(keyFile, first.keyId, 'stolen', '2026-11-12T00:00:00.000Z');
        expect([await verifyByRegister(), said[0]]).toEqual([
          3,
          'The checkpoint 1.json counts for nothing: its key was revoked: whoever stole it writes the date.',
        ]);
      });

      it('over HTTP it is for the auditor, page by page by an index, and looking is put on record', async () => {
        const trail = createRememberingTrail();
        const app = await createApp({ log: silentLog, access: testAccess, audit: trail });
        registerAudit(app, {
          listAudit: (filter) => listAudit(db, filter),
          listCheckpoints: (page) => listCheckpoints(db, page),
        });
        const ask = async (as: string, query = '') =>
          await app.inject({ url: `/api/v1/audit${query}`, headers: { [AS]: as } });
        const found: number[] = [];
        for (let next: string | null = ''; next !== null; ) {
          const cursor = next === '' ? '' : `&cursor=${next}`;
          const page: { readonly items: readonly { readonly position: number }[]; readonly next: string | null } = (
            await ask('auditor', `?limit=4&operation=records.read${cursor}`)
          ).json();
          found.push(...page.items.map(({ position }) => position));
          next = page.next;
        }
        expect(found).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
        const [one] = (await ask('auditor', '?wearerId=W-2')).json().items;
        expect(one).toMatchObject({ ...entryAt(2), position: 2, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
        expect((await ask('auditor', '?cursor=bm90aGluZw')).statusCode).toBe(400);
        expect((await ask('auditor', '/checkpoints')).statusCode).toBe(200);
        expect((await ask('administrator')).statusCode).toBe(403);
        expect(trail.said.map(({ what, outcome }) => `${what} ${outcome}`)).toEqual([
          ...Array.from({ length: 4 }, () => 'audit.read done'),
          'audit.read refused',
          'audit.read done',
          'audit.read denied',
        ]);
        expect(trail.said[3]).toMatchObject({ wearerIds: ['W-2'], rowCount: 1 });
        // Of many rows the newest come by the index: nothing is sorted.
        const rows = await db.transaction(async (tx) => {
          // As where there are many: of a handful a database that has counted them reads all.
          await tx.query('set local enable_seqscan = off');
          const plan = await tx.query<{ 'QUERY PLAN': string }>(
            "explain select * from audit_entry where who = 'x' and position < 9 order by position desc limit 4",
          );
          return plan.rows;
        });
        expect(rows.map((row) => row['QUERY PLAN']).join()).not.toMatch(/Seq Scan|Sort/);
        await app.close();
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

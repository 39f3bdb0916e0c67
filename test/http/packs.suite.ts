/** What `/packs` promises, over either database: asked for, built one at a time in a thread, kept, and handed out byte for byte. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readContainer } from '../../src/evidence/container.js';
import { gatherPack } from '../../src/evidence/gather.js';
import { readPackAudit } from '../../src/evidence/gather-audit.js';
import { NODE_CRYPTO } from '../../src/evidence/node-crypto.js';
import { startPackBuilder } from '../../src/evidence/pack-builder.js';
import { readManifest } from '../../src/evidence/read-manifest.js';
import { verifyPack } from '../../src/evidence/verify-pack.js';
import { type App, createApp } from '../../src/http/app.js';
import { registerPacks } from '../../src/http/routes/packs/packs.js';
import type { AuditEntry, ChainLink } from '../../src/ports/audit.js';
import type { Database, Queryable } from '../../src/ports/database.js';
import { makeSigningKey, readSigningKey } from '../../src/signing-key.js';
import { foldAlertEvents } from '../../src/store/alerts.js';
import { insertLinks } from '../../src/store/audit.js';
import { listUnheldPacks, MAX_HOLD_ATTEMPTS } from '../../src/store/packs.js';
import type { QueuedWork } from '../../src/store/queued-work.js';
import { recordStore } from '../../src/store/record-store.js';
import { readReceivedPings } from '../../src/store/rerun.js';
import { action, finding, instantAt } from '../alerts/events.js';
import { AS, SUBJECT, testAccess, WHO } from '../support/access.js';
import { createRememberingTrail, entryAt } from '../support/audit.js';
import { ENGINE, trust } from '../support/pack.js';
import { silentLog } from '../support/silent-log.js';

const OTHER = 'https://idp.example#other';
const EPOCH = 'packs';
const WHY = { purpose: 'recall', recipient: 'Probation, Liverpool' };
const PERIOD = { wearerId: 'W-in', from: instantAt(0), to: instantAt(60) };

export function packsSuite(name: string, openDatabase: () => Promise<Database>): void {
  describe(`evidence packs, ${name}`, () => {
    const trail = createRememberingTrail();
    const clock = { nowMs: () => Date.parse(instantAt(120)) };
    let db: Database;
    let app: App;
    let builder: QueuedWork | null = null;
    let folder: string;
    const keyFile = () => join(folder, 'key.pem');

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'tagwatch-packs-'));
      makeSigningKey(keyFile());
      db = await openDatabase();
      const wearers = ['W-in', 'W-out', 'W-mine'];
      const known = await recordStore.find(db, 'wearer', wearers);
      const version = {
        version: 1,
        effectiveAt: instantAt(0),
        effectiveAtGiven: false,
        recordedAt: instantAt(0),
        author: SUBJECT,
        changeReason: null,
        correlationId: null,
      };
      const missing = wearers.filter((id) => !known.has(id)).map((id) => ({ id, content: { name: id }, ...version }));
      await db.transaction((tx) => recordStore.write(tx, 'wearer', missing));
      const events = wearers.map((wearerId, n) => ({
        seq: n,
        event: finding({ alertId: `P-${wearerId}`, wearerId, raisedAt: instantAt(n + 1) }),
      }));
      await db.transaction((tx) => foldAlertEvents(tx, EPOCH, events));
      app = await createApp({ log: silentLog, access: testAccess, audit: trail });
      registerPacks(app, { db, clock, onAsked: () => builder?.wake() });
    });
    beforeEach(() => {
      trail.said.length = 0;
    });
    afterAll(async () => {
      await app?.close();
      await builder?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const ask = async (path: string, more: { body?: object; role?: string; who?: string } = {}) => {
      const { body, role = 'supervisor', who = SUBJECT } = more;
      const answer = await app.inject({
        method: body === undefined ? 'GET' : 'POST',
        url: `/api/v1/packs${path}`,
        headers: { [AS]: role, [WHO]: who },
        ...(body === undefined ? {} : { payload: body }),
      });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        bytes: answer.rawPayload,
        json: () => answer.json(),
      };
    };
    const build = () => {
      builder = startPackBuilder({
        db,
        clock,
        logger: silentLog,
        keyFile,
        timeStampUrl: null,
        program: { version: '0.1.0', engine: ENGINE },
        lookEveryMs: 100,
      });
    };
    const untilEnded = async (packId: string, asker = {}) => {
      for (;;) {
        const pack = (await ask(`/${packId}`, asker)).json();
        if (pack.state === 'ready' || pack.state === 'failed') return pack;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };

    it('is asked for with a purpose and a recipient, and waits its turn; its file is not there yet', async () => {
      const asked = await ask('', { body: { alertIds: ['P-W-in'], ...WHY } });
      expect(asked.status).toBe(202);
      const pack = asked.json();
      expect(pack).toEqual({
        packId: expect.any(String),
        state: 'queued',
        wearerId: 'W-in',
        alertIds: ['P-W-in'],
        edition: 'full',
        marking: 'OFFICIAL-SENSITIVE',
        ...WHY,
        requestedBy: SUBJECT,
        requestedName: 'Somebody',
        requestedAt: instantAt(120),
        isHeld: true,
        ahead: 0,
      });
      expect(asked.headers['location']).toBe(`/api/v1/packs/${pack.packId}`);
      expect((await ask(`/${pack.packId}/file`)).status).toBe(409);
      expect(trail.said[0]).toMatchObject({
        what: 'exports.make',
        act: 'disclosure',
        who: SUBJECT,
        subjectId: pack.packId,
        subjectType: 'pack',
        wearerIds: ['W-in'],
        outcome: 'done',
        ...WHY,
      });
    });

    it('says what is wrong with a request', async () => {
      const wrong: readonly (readonly [object, number])[] = [
        [{ alertIds: ['P-W-in'], purpose: 'recall' }, 422],
        [{ alertIds: ['P-W-in'], purpose: ' ', recipient: 'x' }, 422],
        [{ ...WHY }, 422],
        [{ ...WHY, alertIds: ['P-W-in'], wearerId: 'W-in' }, 422],
        [{ ...WHY, alertIds: ['P-W-in'], edition: 'short' }, 422],
        [{ ...WHY, ...PERIOD, from: PERIOD.to }, 422],
        [{ ...WHY, ...PERIOD, from: 'yesterday' }, 422],
        [{ ...WHY, ...PERIOD, from: instantAt(-15 * 1_440) }, 422],
        [{ ...WHY, ...PERIOD, to: instantAt(121) }, 422],
        [{ ...WHY, alertIds: ['P-nothing'] }, 404],
      ];
      for (const [body, status] of wrong) expect([body, (await ask('', { body })).status]).toEqual([body, status]);
      const ofTwo = { ...WHY, alertIds: ['P-W-in', 'P-W-mine'] };
      expect((await ask('', { body: ofTwo, role: 'supervisor,officer' })).status).toBe(422);
    });

    it('is as if it were not there for whom the wearer is out of scope, and says in the audit that it was tried', async () => {
      expect((await ask('', { body: { ...WHY, alertIds: ['P-W-out'] } })).status).toBe(404);
      expect(trail.said.at(-1)).toMatchObject({ outcome: 'denied', wearerIds: ['W-out'], ...WHY });
      expect((await ask('', { body: { ...WHY, ...PERIOD, wearerId: 'W-out' } })).status).toBe(404);
      const own = (await ask('', { body: { ...WHY, alertIds: ['P-W-mine'] }, role: 'officer' })).json();
      for (const path of [`/${own.packId}`, `/${own.packId}/file`]) {
        expect((await ask(path)).status).toBe(404);
        expect(trail.said.at(-1)).toMatchObject({ outcome: 'denied', wearerIds: ['W-mine'] });
      }
      const listed = (role: string) => ask('', { role }).then(({ json }) => json().items);
      expect((await listed('officer')).map(({ packId }: { packId: string }) => packId)).toEqual([own.packId]);
      expect((await listed('sergeant')).map(({ wearerId }: { wearerId: string }) => wearerId)).toEqual(['W-in']);
      expect((await ask('', { role: 'probation' })).status).toBe(403);
    });

    it('a list of which most is of others goes on beyond what one page looks through', async () => {
      const own = (await ask('', { body: { ...WHY, alertIds: ['P-W-in'] } })).json();
      await db.query(
        `insert into pack (pack_id, request_key, wearer_id, subject, edition, marking, purpose, recipient, requested_by, requested_name,
           requested_at, state, ended_at, failure)
         select gen_random_uuid()::text, gen_random_uuid()::text, 'W-out', '{}', edition, marking, purpose, recipient, requested_by, requested_name,
           requested_at, 'failed', now(), 'x' from pack, generate_series(1, 50) where pack_id = $1`,
        [own.packId],
      );
      const first = (await ask('?limit=1')).json();
      expect([first.items, first.next]).toEqual([[], expect.any(String)]);
      const second = (await ask(`?limit=1&cursor=${first.next}`)).json();
      expect(second.items.map(({ packId }: { packId: string }) => packId)).toEqual([own.packId]);
    });

    it('says to whoever may see an alert, and not make packs of its wearer, that this is why', async () => {
      for (const body of [
        { ...WHY, alertIds: ['P-W-in'] },
        { ...WHY, ...PERIOD },
      ]) {
        const answer = await ask('', { body, role: 'officer' });
        expect([answer.status, answer.json().detail]).toEqual([403, expect.stringMatching(/assigned to you/)]);
        expect(trail.said.at(-1)).toMatchObject({ outcome: 'denied', wearerIds: ['W-in'], ...WHY });
      }
      expect((await ask('', { body: { ...WHY, alertIds: ['P-W-out'] }, role: 'officer' })).status).toBe(404);
    });

    it('that cannot be made says so; its request is a new one then', async () => {
      const asker = { role: 'officer' };
      const asked = (await ask('', { ...asker, body: { ...WHY, alertIds: ['P-W-mine'] } })).json();
      const missing = { ...WHY, ...PERIOD, wearerId: 'W-mine' };
      const other = (await ask('', { ...asker, body: missing })).json();
      // What nothing of ours does: an alert that is taken out of the record by hand.
      await db.query('delete from alert_event where alert_id = $1', ['P-W-mine']);
      build();
      expect(await untilEnded(asked.packId, asker)).toMatchObject({
        state: 'failed',
        failure: 'alert P-W-mine is not on record.',
      });
      expect((await ask(`/${asked.packId}/file`, asker)).status).toBe(409);
      expect(await untilEnded(other.packId, asker)).toMatchObject({ state: 'failed' });
      expect((await ask('', { ...asker, body: missing })).json().packId).not.toBe(other.packId);
      await builder?.stop();
    });

    it('twenty at once queue, and are built one after the other; what was begun and not ended is begun anew', async () => {
      const bodies = Array.from({ length: 20 }, (_, n) => ({ ...WHY, ...PERIOD, from: instantAt(-n) }));
      const asked = await Promise.all(bodies.map((body) => ask('', { body })));
      expect(asked.map(({ status }) => status)).toEqual(bodies.map(() => 202));
      const { items } = (await ask('?limit=20&wearerId=W-in')).json();
      const ids: string[] = items.map(({ packId }: { packId: string }) => packId).reverse();
      expect(new Set(ids)).toEqual(new Set(asked.map(({ json }) => json().packId)));
      const states = async () => Promise.all(ids.map(async (id) => (await ask(`/${id}`)).json().state));
      build();
      await untilEnded(ids[0]!);
      await builder?.stop();
      const stopped = await states();
      const first = stopped.findIndex((state) => state !== 'ready');
      expect(first).toBeGreaterThan(0);
      // What was begun waits again, and that it was stopped in order is no attempt.
      expect(stopped.slice(first)).toEqual(stopped.slice(first).map(() => 'queued'));
      const begun = await db.query<{ attempts: number }>('select attempts from pack where pack_id = $1', [ids[first]]);
      expect(begun.rows).toEqual([{ attempts: 0 }]);
      expect((await ask(`/${ids[first + 2]}`)).json().ahead).toBe(2);
      build();
      expect(await untilEnded(ids[first]!)).toMatchObject({ state: 'ready' });
      await builder?.stop();
    });

    it('that ended the program each time it was begun is given up, says so, and the next one is made', async () => {
      const { rows } = await db.query<{ pack_id: string }>(
        `select pack_id from pack where state = 'queued' order by pack_number limit 2`,
      );
      const [deadly, next] = rows.map((row) => ({ packId: row.pack_id }));
      if (deadly === undefined || next === undefined) throw new Error('two of the twenty wait still');
      // As it is left by a process that was killed, for the third time.
      await db.query(`update pack set state = 'building', step = 'writing', attempts = 3 where pack_id = $1`, [
        deadly.packId,
      ]);
      expect((await ask(`/${deadly.packId}`)).json()).toMatchObject({ state: 'building', step: 'writing' });
      build();
      expect(await untilEnded(deadly.packId)).toMatchObject({
        state: 'failed',
        failure: expect.stringMatching(/^It was begun 3 times, and the program ended each time/),
      });
      expect(await untilEnded(next.packId)).toMatchObject({ state: 'ready' });
      await builder?.stop();
    });

    it('whose hold a program of before did not place is held once a builder of now looks', async () => {
      const packId = 'of-an-older-api';
      await db.query(
        `insert into pack (pack_id, request_key, wearer_id, subject, edition, marking, purpose, recipient, requested_by,
           requested_name, requested_at)
         select $1, $1, wearer_id, subject, edition, marking, 'an inquest', recipient, requested_by, requested_name, requested_at
         from pack where wearer_id = 'W-in' order by pack_number limit 1`,
        [packId],
      );
      expect((await ask(`/${packId}`)).json()).toMatchObject({ isHeld: false });
      build();
      expect(await untilEnded(packId)).toMatchObject({ state: 'ready', isHeld: true });
      await builder?.stop();
      const held = (await recordStore.find(db, 'legal-hold', [packId])).get(packId);
      expect(held).toMatchObject({
        content: { wearerId: 'W-in', startsAt: instantAt(0), reason: 'an inquest', packId },
        author: SUBJECT,
        recordedAt: instantAt(120),
      });
    });

    it('whose hold cannot be placed keeps no other from its own, nor from being made', async () => {
      const ids = ['of-no-alert', 'of-another-older-api'];
      for (const [packId, alertId] of [
        [ids[0], 'P-nobody-knows'],
        [ids[1], 'P-W-in'],
      ])
        await db.query(
          `insert into pack (pack_id, request_key, wearer_id, subject, edition, marking, purpose, recipient, requested_by,
             requested_name, requested_at)
           select $1, $1, wearer_id, $2, edition, marking, purpose, recipient, requested_by, requested_name, requested_at
           from pack where wearer_id = 'W-in' order by pack_number limit 1`,
          [packId, JSON.stringify({ alertIds: [alertId] })],
        );
      build();
      expect(await untilEnded(ids[1]!)).toMatchObject({ state: 'ready', isHeld: true });
      expect(await untilEnded(ids[0]!)).toMatchObject({ state: 'failed', isHeld: false });
      await builder?.stop();
    });

    it('that can never be held is told as such after some attempts, far apart, and is in nobody’s way', async () => {
      const packId = 'of-an-alert-that-went';
      await db.query(
        `insert into pack (pack_id, request_key, wearer_id, subject, edition, marking, purpose, recipient, requested_by,
           requested_name, requested_at, state, file, sha256, ended_at)
         select $1, $1, wearer_id, $2, edition, marking, purpose, recipient, requested_by, requested_name, requested_at, 'ready', ''::bytea, $1, requested_at
         from pack where wearer_id = 'W-in' order by pack_number limit 1`,
        [packId, JSON.stringify({ alertIds: ['P-nobody-knows'] })],
      );
      const listed = async () => (await listUnheldPacks(db, 100, clock.nowMs())).map((pack) => pack.packId);
      const attempts = async () =>
        (await db.query<{ n: number }>('select attempts as n from pack_unheld where pack_id = $1', [packId])).rows[0]
          ?.n ?? 0;
      const untilTried = async (n: number) => {
        while ((await attempts()) < n) await new Promise((resolve) => setTimeout(resolve, 20));
      };
      expect(await listed()).toEqual([packId]);
      build();
      for (let n = 1; n <= MAX_HOLD_ATTEMPTS; n++) {
        await untilTried(n);
        // Not again before its pause is over.
        expect(await listed()).toEqual([]);
        expect((await ask(`/${packId}`)).json().holdFailed).toBe(n < MAX_HOLD_ATTEMPTS ? undefined : true);
        await db.query(`update pack_unheld set tried_at = '2020-01-01T00:00:00Z' where pack_id = $1`, [packId]);
      }
      await builder?.stop();
      expect([await listed(), await attempts()]).toEqual([[], MAX_HOLD_ATTEMPTS]);
      expect((await ask(`/${packId}`)).json()).toMatchObject({ state: 'ready', isHeld: false, holdFailed: true });
    });

    it('is handed out byte for byte as it was made, is verified, and stands in the audit with what it is for', async () => {
      const body = { alertIds: ['P-W-in'], ...WHY };
      const again = await ask('', { body });
      const pack = again.json();
      expect([again.status, pack.state]).toEqual([200, 'ready']);
      const file = await ask(`/${pack.packId}/file`, { role: 'sergeant', who: OTHER });
      expect(file.headers).toMatchObject({
        'content-type': 'application/zip',
        'content-disposition': `attachment; filename="${pack.packId}.zip"`,
      });
      expect([file.bytes.length, createHash('sha256').update(file.bytes).digest('hex')]).toEqual([
        pack.fileBytes,
        pack.sha256,
      ]);
      expect(trail.said.at(-1)).toMatchObject({
        what: 'exports.make',
        act: 'disclosure',
        who: OTHER,
        subjectId: pack.packId,
        wearerIds: ['W-in'],
        outcome: 'done',
        ...WHY,
      });
      expect((await ask(`/${pack.packId}/file`)).bytes.equals(file.bytes)).toBe(true);
      const trusted = [trust(readSigningKey(keyFile()))];
      const verdict = verifyPack(file.bytes, trusted, { crypto: NODE_CRYPTO, engine: ENGINE });
      // No engine found what these alerts say: that it finds the same again is held by `explain.embedded.test.ts`.
      expect(verdict).toMatchObject({ contents: [], signature: 'good', trust: 'trusted', container: 'as-made' });
    });

    it('says before it is made what retention deleted of its time; the pack tells it as deleted, and not as a silence', async () => {
      const version = { version: 1, effectiveAt: instantAt(0), effectiveAtGiven: false, recordedAt: instantAt(0) };
      const write = (kind: 'tag' | 'activation', id: string, content: object) =>
        db.transaction((tx) =>
          recordStore.write(tx, kind, [
            { id, content, ...version, author: SUBJECT, changeReason: null, correlationId: null },
          ]),
        );
      await write('tag', 'T-gone', {});
      await write('activation', 'AC-gone', {
        tagId: 'T-gone',
        wearerId: 'W-in',
        fittedAt: instantAt(-960),
        removedAt: instantAt(-800),
      });
      await db.query(
        `insert into retention_deletion (what, tag_id, from_at, to_at, deleted, older_than, deleted_at, audited_at, wearer_ids)
         values ('ping', 'T-gone', $1::timestamptz, $2::timestamptz, 20, now(), now(), now(), array['W-in'])`,
        [instantAt(-890), instantAt(-870)],
      );
      const deleted = [{ from: instantAt(-890), to: instantAt(-870), messages: 20 }];
      const asked = await ask('', { body: { wearerId: 'W-in', from: instantAt(-900), to: instantAt(-840), ...WHY } });
      const pack = asked.json();
      expect([asked.status, pack.deleted]).toEqual([202, deleted]);
      await builder?.stop();
      build();
      expect(await untilEnded(pack.packId)).toMatchObject({ state: 'ready', deleted });
      const files = readContainer((await ask(`/${pack.packId}/file`)).bytes);
      const bytesOf = (called: string) => files.find((file) => file.name === called)!.bytes;
      expect(readManifest(bytesOf('manifest.json'))).toMatchObject({ deleted, counts: { pings: 0, gaps: 0 } });
      expect(Buffer.from(bytesOf('track.csv')).toString()).toContain(`,${instantAt(-890)},`);
      const before = await ask('', { body: { wearerId: 'W-in', from: instantAt(-869), to: instantAt(-840), ...WHY } });
      expect(before.json()).not.toHaveProperty('deleted');
      await untilEnded(before.json().packId);
    });

    it('is another one for another person, edition or recipient, or once something was done about its alerts', async () => {
      const body = { alertIds: ['P-W-in'], ...WHY };
      const first = (await ask('', { body })).json().packId;
      const ids = new Set([first]);
      for (const more of [{ edition: 'court' }, { recipient: 'CPS' }, { marking: 'OFFICIAL' }])
        ids.add((await ask('', { body: { ...body, ...more } })).json().packId);
      ids.add((await ask('', { body, who: OTHER })).json().packId);
      const event = action('acknowledged', [1, 0], { alertId: 'P-W-in', wearerId: 'W-in', eventId: 'ack-packs' });
      await db.transaction((tx) => foldAlertEvents(tx, EPOCH, [{ seq: 10, event }]));
      ids.add((await ask('', { body })).json().packId);
      expect(ids.size).toBe(6);
    });

    it('says that what an alert rests on was deleted, also where all of that lies before the time of the pack', async () => {
      const gather = async () => {
        const gathered = await db.transaction((tx) => gatherPack(tx, { alertIds: ['P-W-in'] }, clock.nowMs()));
        return 'source' in gathered ? gathered.source : null;
      };
      const before = await gather();
      expect(before!.alerts[0]).not.toHaveProperty('areInputsDeleted');
      const [finding] = before!.alerts[0]!.findings;
      const ago = (minutes: number) => new Date(Date.parse(finding!.episode.startedAt) - minutes * 60_000);
      expect(ago(70).getTime()).toBeLessThan(before!.fromMs);
      await db.query(
        `insert into retention_deletion (what, tag_id, from_at, to_at, deleted, older_than, deleted_at, audited_at, wearer_ids)
         values ('ping', $1, $2::timestamptz, $3::timestamptz, 5, now(), now(), now(), array['W-in'])`,
        [finding!.tagId, ago(110), ago(70)],
      );
      const after = await gather();
      expect(after).toMatchObject({ deletedPings: 0, alerts: [{ inputs: null, areInputsDeleted: true }] });
      await db.query("delete from retention_deletion where tag_id = $1 and what = 'ping'", [finding!.tagId]);
    });

    it('holds the same, whatever is said of its wearer: neither how the force rates somebody nor that somebody is wanted', async () => {
      const gather = () => db.transaction((tx) => gatherPack(tx, { alertIds: ['P-W-in'] }, clock.nowMs()));
      const before = await gather();
      expect(before).toMatchObject({ source: { wearerId: 'W-in' } });
      const version = {
        effectiveAt: instantAt(0),
        effectiveAtGiven: true,
        recordedAt: instantAt(0),
        author: SUBJECT,
        changeReason: null,
        correlationId: null,
      };
      const said = {
        'rag-rating': { rating: 'red', evidence: 'scores' },
        mappa: { category: 2, level: 3 },
        'wearer-flags': { flags: ['visit in pairs'], wanted: 'unlawfully-at-large' },
      } as const;
      for (const [name, content] of Object.entries(said)) {
        const kind = name as keyof typeof said;
        // The database is that of other suites too: they may have said something of this wearer.
        const known = (await recordStore.find(db, kind, ['W-in'])).get('W-in')?.version ?? 0;
        const next = { id: 'W-in', content, ...version, version: known + 1 };
        await db.transaction((tx) => recordStore.write(tx, kind, [next]));
      }
      expect(await gather()).toEqual(before);
    });

    it('tells of the audit what is about its wearer alone and its alerts, all of it over several pages, and counts what names others too', async () => {
      const about = (n: number, more: Partial<AuditEntry>): ChainLink => ({
        position: 10_000 + n,
        epoch: EPOCH,
        offset: n,
        entry: {
          ...entryAt(n, { wearerIds: ['W-in'], subjectId: 'W-in', when: instantAt(5), ...more }),
          writer: EPOCH,
        },
        hash: new Uint8Array(32).fill(n),
      });
      const ofAlert = (subjectId: string) => ({ subjectType: 'alert', subjectId });
      const links = [
        about(1, ofAlert('P-W-in')),
        about(2, ofAlert('P-later')),
        about(3, { wearerIds: ['W-in', 'W-out'] }),
        about(4, { wearerIds: ['W-out'] }),
        about(5, { wearerCount: 1_500 }),
        about(6, { when: instantAt(-1) }),
        ...Array.from({ length: 4_000 }, (_, n) => about(7 + n, {})),
      ];
      await db.transaction((tx) => insertLinks(tx, links));
      const asked = { wearerId: 'W-in', alertIds: ['P-W-in'], fromMs: Date.parse(instantAt(0)) };
      const read = await readPackAudit(db, asked);
      const told = [links[0]!, ...links.slice(6)].map((link) => ({
        ...link,
        hash: Buffer.from(link.hash).toString('hex'),
      }));
      expect(read).toEqual({
        head: { position: links.at(-1)!.position, hash: told.at(-1)!.hash },
        fromMs: asked.fromMs,
        links: told,
        isCut: false,
        amongOthers: 2,
      });
    });

    it('is gathered a part at a time, all of it: no answer of the database holds alerts up for a long track', async () => {
      const many = 1_700;
      const fixedAt = `timestamptz '${instantAt(0)}' + n * interval '1 second'`;
      await db.query(
        "insert into tag (tag_id, version, recorded_at) values ('T-long', 1, now()) on conflict do nothing",
      );
      await db.query(
        `insert into activation (activation_id, tag_id, wearer_id, fitted_at, version, recorded_at)
         values ('A-long', 'T-long', 'W-out', $1::timestamptz, 1, now()) on conflict do nothing`,
        [instantAt(-10)],
      );
      await db.query(
        `insert into ping (tag_id, fixed_at, identity, received_at, position, mechanism, fitted, log_partition, log_offset)
         select 'T-long', ${fixedAt}, n::text, ${fixedAt}, st_setsrid(st_makepoint(-2.9, 53.4), 4326), 'GPS', 'fitted', 0, n
         from generate_series(1, ${many}) n on conflict do nothing`,
      );
      const answers: number[] = [];
      const counted = (tx: Queryable): Queryable => ({
        async query<R>(sql: string, params?: readonly unknown[]) {
          const result = await tx.query<R>(sql, params);
          answers.push(result.rows.length);
          return result;
        },
      });
      const [fromMs, toMs] = [Date.parse(instantAt(0)), Date.parse(instantAt(60))];
      const gathered = await db.transaction(
        (tx) => gatherPack(counted(tx), { wearerId: 'W-out', fromMs, toMs }, clock.nowMs()),
        'repeatable read',
      );
      if (!('source' in gathered)) throw new Error(gathered.refused);
      expect(gathered.source.track.map(({ fixedAtMs }) => (fixedAtMs - fromMs) / 1_000)).toEqual(
        Array.from({ length: many }, (_, n) => n + 1),
      );
      const asked = { tagId: 'T-long', fromMs: fromMs + 100_500, toMs, receivedUntilMs: toMs, limit: many };
      const received = await db.transaction((tx) => readReceivedPings(counted(tx), asked));
      expect(received.map(({ ping }) => ping.identity)).toEqual(
        // Eight before the time.
        Array.from({ length: many - 92 }, (_, n) => `${n + 93}`),
      );
      expect(Math.max(...answers)).toBeLessThanOrEqual(501);
    });

    it('no entry in the audit, no file', async () => {
      const { items } = (await ask('')).json();
      const made = items.find(({ state }: { state: string }) => state === 'ready');
      trail.isAway = true;
      const answer = await ask(`/${made.packId}/file`);
      trail.isAway = false;
      expect([answer.status, answer.headers['content-disposition']]).toEqual([503, undefined]);
    });

    it('holds every version of a record, however many there are', async () => {
      await db.query(
        `insert into record_version (record_kind, record_id, version, recorded_at, effective_at, effective_at_given, author, content)
         select 'wearer', 'W-changed', n, now(), now(), false, 'a', '{"name":"Changed"}' from generate_series(1, 1201) n`,
      );
      await db.query(
        `insert into wearer (wearer_id, name, version, recorded_at) values ('W-changed', 'Changed', 1201, now())`,
      );
      const [fromMs, toMs] = [Date.parse(instantAt(0)), Date.parse(instantAt(60))];
      const gathered = await db.transaction((tx) =>
        gatherPack(tx, { wearerId: 'W-changed', fromMs, toMs }, clock.nowMs()),
      );
      const versions = 'source' in gathered ? gathered.source.records[0]!.versions : [];
      expect(versions.map(({ version }) => version)).toEqual(Array.from({ length: 1_201 }, (_, n) => n + 1));
    });

    it('holds all that it rests on from the moment it is asked for, in the name of who asked, until its hold is lifted', async () => {
      const body = { ...WHY, purpose: 'an inquest', alertIds: ['P-W-in'] };
      const made = (await ask('', { body })).json();
      expect(made.isHeld).toBe(true);
      const held = (await recordStore.find(db, 'legal-hold', [made.packId])).get(made.packId);
      // The alert began at minute 0, and was told last at minute 1.
      const content = {
        wearerId: 'W-in',
        startsAt: instantAt(0),
        endsAt: instantAt(1),
        reason: 'an inquest',
        packId: made.packId,
      };
      expect(held).toMatchObject({ content, version: 1, author: SUBJECT });
      const again = (await ask('', { body })).json();
      expect([again.packId, (await recordStore.versions(db, 'legal-hold', made.packId, 0, 9)).length]).toEqual([
        made.packId,
        1,
      ]);
      const lifted = { ...held!, version: 2, content: { ...content, liftedReason: 'over' } };
      await db.transaction((tx) => recordStore.write(tx, 'legal-hold', [lifted]));
      expect((await ask(`/${made.packId}`)).json().isHeld).toBe(false);
    });

    it('is never changed, and never removed', async () => {
      for (const sql of [
        'update pack set purpose = $1',
        'update pack set sha256 = $1 where file is not null',
        'delete from pack where purpose <> $1',
      ])
        await expect(db.query(sql, ['x'])).rejects.toThrow('never changed');
    });
  });
}

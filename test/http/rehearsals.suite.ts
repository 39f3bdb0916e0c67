/** What `/rehearsals` promises, over either database: asked for, run in a thread, read within scope, cancelled; nothing of it comes into force. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AHEAD_LIMIT_MS } from '../../src/engine/thresholds.js';
import { type App, createApp } from '../../src/http/app.js';
import { readRecord } from '../../src/http/routes/records/import-lines.js';
import { registerRecords } from '../../src/http/routes/records/register-records.js';
import { registerRehearsals } from '../../src/http/routes/rehearsals/rehearsals.js';
import type { Database } from '../../src/ports/database.js';
import { startRehearsals } from '../../src/rehearsal/rehearsals.js';
import { insertPings } from '../../src/store/pings.js';
import type { QueuedWork } from '../../src/store/queued-work.js';
import { recordStore } from '../../src/store/record-store.js';
import { addRehearsal, endRehearsal } from '../../src/store/rehearsals.js';
import { watchStore } from '../../src/store/watch.js';
import type { RehearsalResult } from '../../src/wire/rehearsal.js';
import { pingAt, place } from '../scenarios/world.js';
import { AS, SUBJECT, testAccess, WHO } from '../support/access.js';
import { createRememberingTrail } from '../support/audit.js';
import { silentLog } from '../support/silent-log.js';

const NOW_MS = Date.parse('2026-06-11T12:00:00.000Z');
const MINUTE_MS = 60_000;
const WEARERS = ['W-in', 'W-out', 'W-restricted'] as const;
const LIMITS = { aheadLimitMs: AHEAD_LIMIT_MS, zeroDegrees: 0.01 };
const WHY = { reason: 'Licence conditions are to be suggested' };

const centre = place(0);
const zoneBody = {
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [centre.longitude, centre.latitude] },
  properties: { name: 'Her address', priority: 'high', radiusMetres: 150 },
};
const zoneDraft = { kind: 'zone', id: 'RZ-new', body: zoneBody };
const conditionDraft = (orderId: string, more: object = {}) => ({
  kind: 'condition',
  id: `RC-${orderId}`,
  body: { orderId, kind: 'exclusion', zoneId: 'RZ-new', startsAt: '2026-07-01T00:00:00Z', ...more },
});
const sharedDraft = {
  kind: 'condition',
  id: 'RC-all',
  body: { appliesTo: 'all-wearers', kind: 'exclusion', zoneId: 'RZ-new', startsAt: '2026-07-01T00:00:00Z' },
};

export function rehearsalsSuite(name: string, openDatabase: () => Promise<Database>): void {
  describe(`rehearsals, ${name}`, () => {
    const trail = createRememberingTrail();
    const clock = { nowMs: () => NOW_MS };
    let db: Database;
    let app: App;
    let rehearsals: QueuedWork | null = null;
    const stand = async (
      kind: Parameters<typeof recordStore.write>[1],
      id: string,
      content: object,
      areaSquareMetres?: number,
    ) => {
      if ((await recordStore.find(db, kind, [id])).has(id)) return;
      const recordedAt = new Date(NOW_MS - 40 * 86_400_000).toISOString();
      const version = { version: 1, effectiveAt: recordedAt, effectiveAtGiven: false, recordedAt, author: SUBJECT };
      const record = { id, content, ...version, changeReason: null, correlationId: null };
      const area = areaSquareMetres === undefined ? {} : { areaSquareMetres };
      await db.transaction((tx) => recordStore.write(tx, kind, [{ ...record, ...area }]));
    };

    beforeAll(async () => {
      db = await openDatabase();
      app = await createApp({ log: silentLog, access: testAccess, audit: trail });
      registerRecords(app, { db, clock, logger: silentLog, serviceArea: null, measure: async () => [] });
      registerRehearsals(app, {
        db,
        clock,
        store: recordStore,
        serviceArea: null,
        onAsked: () => rehearsals?.wake(),
      });
      for (const wearerId of WEARERS) {
        await stand('wearer', wearerId, { name: wearerId });
        await stand('tag', `RT-${wearerId}`, {});
        await stand('order', `RO-${wearerId}`, { wearerId, type: 'licence', startsAt: '2026-06-01T00:00:00.000Z' });
        await stand('activation', `RA-${wearerId}`, {
          tagId: `RT-${wearerId}`,
          wearerId,
          fittedAt: '2026-06-01T00:00:00.000Z',
        });
        // Ten minutes outside, ten inside, ten outside, a day ago.
        const rows = Array.from({ length: 30 }, (_, n) => {
          const fixedAtMs = NOW_MS - 86_400_000 + n * MINUTE_MS;
          const at = n >= 10 && n < 20 ? place(20) : place(2_000 - n);
          const ping = { ...pingAt(fixedAtMs, at), tagId: `RT-${wearerId}` };
          return { ping, receivedAtMs: fixedAtMs + 1_000, offset: n, partition: 0 };
        });
        await db.transaction((tx) => insertPings(tx, rows, LIMITS));
      }
      rehearsals = startRehearsals({ db, clock, logger: silentLog, store: recordStore, watchStore, lookEveryMs: 200 });
    });
    beforeEach(() => {
      trail.said.length = 0;
    });
    afterAll(async () => {
      await rehearsals?.stop();
      await app?.close();
    });

    const ask = async (path: string, more: { body?: object; role?: string; who?: string; post?: boolean } = {}) => {
      const { body, role = 'sergeant', who = SUBJECT, post = body !== undefined } = more;
      const answer = await app.inject({
        method: post ? 'POST' : 'GET',
        url: `/api/v1/rehearsals${path}`,
        headers: { [AS]: role, [WHO]: who },
        ...(body === undefined ? {} : { payload: body }),
      });
      return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
    };
    const untilEnded = async (rehearsalId: string, who = SUBJECT) => {
      for (;;) {
        const { body } = await ask(`/${rehearsalId}`, { who });
        if (!['queued', 'running'].includes(body.state)) return body;
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    };

    it('tells what a drafted zone and condition would have raised, and writes neither', async () => {
      const asked = await ask('', { body: { drafts: [zoneDraft, conditionDraft('RO-W-in')], days: 7, ...WHY } });
      expect([asked.status, asked.body]).toEqual([202, expect.anything()]);
      expect(asked.headers['location']).toBe(`/api/v1/rehearsals/${asked.body.rehearsalId}`);
      const ended = await untilEnded(asked.body.rehearsalId);
      expect(ended).toMatchObject({ state: 'ready', wearerIds: ['W-in'], requestedBy: SUBJECT, ...WHY });
      const { wearers, alerts } = ended.result as RehearsalResult;
      expect(wearers).toEqual([{ wearerId: 'W-in', pings: 30, alerts: 1, notJudgedTagIds: [] }]);
      expect(alerts).toHaveLength(1);
      expect(alerts[0]).toMatchObject({
        kind: 'exclusion',
        wearerId: 'W-in',
        conditionId: 'RC-RO-W-in',
        zoneId: 'RZ-new',
        strength: 'confirmed',
        endedBecause: 'complied',
      });
      expect(Date.parse(alerts[0]!.episode.startedAt)).toBe(NOW_MS - 86_400_000 + 10 * MINUTE_MS);
      for (const [kind, id] of [
        ['zone', 'RZ-new'],
        ['condition', 'RC-RO-W-in'],
      ] as const)
        expect((await recordStore.find(db, kind, [id])).has(id)).toBe(false);
    });

    it('stands in the audit with its reason and whose tracks were judged, when asked for and when read', async () => {
      const asked = await ask('', { body: { drafts: [zoneDraft, conditionDraft('RO-W-in')], days: 2, ...WHY } });
      const { rehearsalId } = asked.body;
      await untilEnded(rehearsalId);
      const said = trail.said.filter(({ what }) => what === 'rehearsals.make');
      expect(said[0]).toMatchObject({
        act: 'consultation',
        purpose: WHY.reason,
        subjectId: rehearsalId,
        wearerIds: ['W-in'],
        outcome: 'done',
      });
      expect(said.at(-1)).toMatchObject({ act: 'consultation', wearerIds: ['W-in'] });
    });

    it('is refused with the place of what is wrong', async () => {
      const cases: [object, number, string][] = [
        [{ drafts: [zoneDraft], ...WHY }, 422, '/drafts'],
        [{ drafts: [conditionDraft('RO-W-in')], ...WHY }, 422, '/drafts/0/body/zoneId'],
        [{ drafts: [zoneDraft, conditionDraft('RO-none')], ...WHY }, 422, '/drafts/1/body/orderId'],
        [{ drafts: [zoneDraft, conditionDraft('RO-W-out')], ...WHY }, 422, '/drafts/1/body/orderId'],
        [{ drafts: [zoneDraft, conditionDraft('RO-W-in', { kind: 'no' })], ...WHY }, 422, '/drafts/1/body/kind'],
        [{ drafts: [zoneDraft, conditionDraft('RO-W-in')] }, 422, '/reason'],
        [{ drafts: [zoneDraft, zoneDraft], ...WHY }, 422, '/drafts/1/id'],
        [{ drafts: [zoneDraft, sharedDraft], wearerIds: ['W-out'], ...WHY }, 422, '/wearerIds/0'],
        [{ drafts: [zoneDraft, conditionDraft('RO-W-in')], days: 29, ...WHY }, 422, '/days'],
      ];
      for (const [body, status, pointer] of cases) {
        const answer = await ask('', { body });
        expect([pointer, answer.status, answer.body.errors?.[0]?.pointer]).toEqual([pointer, status, pointer]);
      }
      const bowTie = {
        kind: 'zone',
        id: 'RZ-new',
        body: {
          type: 'Feature',
          geometry: {
            type: 'Polygon',
            coordinates: [
              [
                [1, 51],
                [1.01, 51.01],
                [1.01, 51],
                [1, 51.01],
                [1, 51],
              ],
            ],
          },
          properties: { name: 'A bow tie' },
        },
      };
      const crossed = await ask('', { body: { drafts: [bowTie, conditionDraft('RO-W-in')], ...WHY } });
      expect([crossed.status, crossed.body.errors[0].pointer]).toEqual([
        422,
        expect.stringContaining('/drafts/0/body/geometry'),
      ]);
    });

    it('is tried on those alone whose drafts it has, and who sees one of them reads nothing of another', async () => {
      const who = 'https://idp.example#other';
      const hers = { ...zoneDraft, id: 'RZ-hers' };
      const drafts = [
        zoneDraft,
        hers,
        conditionDraft('RO-W-in'),
        conditionDraft('RO-W-restricted', { zoneId: 'RZ-hers' }),
      ];
      const cases: [readonly object[], string][] = [
        [drafts, '/drafts/3/body/orderId'],
        [drafts.slice(0, 3), '/drafts/1'],
      ];
      for (const [some, pointer] of cases) {
        const answer = await ask('', { body: { drafts: some, wearerIds: ['W-in'], ...WHY }, who });
        expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([422, pointer]);
      }
      const asked = await ask('', { body: { drafts, days: 2, ...WHY }, who });
      expect([asked.status, asked.body.wearerIds]).toEqual([202, ['W-in', 'W-restricted']]);
      expect((await untilEnded(asked.body.rehearsalId, who)).drafts).toHaveLength(4);
      const path = `/${asked.body.rehearsalId}`;
      const listed = (await ask('')).body.items.find((one: { rehearsalId: string }) => path.endsWith(one.rehearsalId));
      for (const seen of [(await ask(path)).body, listed]) {
        expect(seen.wearerIds).toEqual(['W-in']);
        expect(JSON.stringify(seen)).not.toMatch(/RZ-hers|RO-W-restricted|drafts/);
      }
      const whole = await ask('', { body: { drafts: [zoneDraft, conditionDraft('RO-W-in')], days: 2, ...WHY } });
      await untilEnded(whole.body.rehearsalId);
      expect((await ask(`/${whole.body.rehearsalId}`, { who })).body.drafts).toHaveLength(2);
    });

    it('of a zone of all wearers says nothing of a condition of somebody unseen that names it too', async () => {
      const read = readRecord(1, { ...zoneDraft, id: 'RZ-shared' }, null);
      if (!('put' in read)) throw new Error('no zone');
      await stand('zone', 'RZ-shared', read.put.said.content, read.put.said.areaSquareMetres);
      const named = { zoneId: 'RZ-shared', startsAt: '2026-05-01T00:00:00.000Z' };
      await stand('condition', 'RC-shared', { ...sharedDraft.body, ...named });
      await stand('condition', 'RC-shared-unseen', { ...conditionDraft('RO-W-restricted').body, ...named });
      const moved = { ...zoneDraft, id: 'RZ-shared' };
      const asked = await ask('', { body: { drafts: [moved], wearerIds: ['W-in'], days: 2, ...WHY } });
      expect([asked.status, asked.body.errors]).toEqual([202, undefined]);
      const ended = await untilEnded(asked.body.rehearsalId);
      expect(ended).toMatchObject({ state: 'ready', wearerIds: ['W-in'] });
      expect(JSON.stringify(ended)).not.toContain('RC-shared-unseen');
    });

    it('a list of which most is of others goes on beyond what one page looks through', async () => {
      const wearerIds = ['W-restricted'];
      const given = {
        requestedBy: 'https://idp.example#other',
        requestedAtMs: NOW_MS,
        reason: 'x',
        correlationId: null,
      };
      const period = { fromMs: NOW_MS - 1, untilMs: NOW_MS, drafts: [] };
      for (let n = 0; n < 50; n++) {
        const rehearsalId = randomUUID();
        await addRehearsal(db, { rehearsalId, ...given, ...period, wearerIds });
        await endRehearsal(db, rehearsalId, { state: 'cancelled' }, NOW_MS);
      }
      const first = (await ask('?limit=1')).body;
      expect([first.items, first.next]).toEqual([[], expect.any(String)]);
      const second = (await ask(`?limit=1&cursor=${first.next}`)).body;
      expect(second.items).toHaveLength(1);
    });

    it('of a condition of all wearers judges those within scope, and others see of it what they may', async () => {
      const asked = await ask('', { body: { drafts: [zoneDraft, sharedDraft], days: 3, ...WHY } });
      expect([asked.status, asked.body.errors]).toEqual([202, undefined]);
      expect(asked.body.wearerIds).toContain('W-in');
      expect(asked.body.wearerIds).not.toContain('W-out');
      expect(asked.body.wearerIds).not.toContain('W-restricted');
      const ended = await untilEnded(asked.body.rehearsalId);
      expect(ended.result.alerts.filter((one: { wearerId: string }) => one.wearerId === 'W-in')).toHaveLength(1);
      const other = 'https://idp.example#other';
      const theirs = await ask('', {
        body: { drafts: [zoneDraft, conditionDraft('RO-W-restricted')], ...WHY },
        who: other,
      });
      expect(theirs.status).toBe(202);
      await untilEnded(theirs.body.rehearsalId, other);
      expect((await ask(`/${theirs.body.rehearsalId}`)).status).toBe(404);
      const listed = (await ask('?limit=500')).body.items.map((one: { rehearsalId: string }) => one.rehearsalId);
      expect(listed).toContain(asked.body.rehearsalId);
      expect(listed).not.toContain(theirs.body.rehearsalId);
      for (const role of ['officer', 'supervisor', 'auditor', 'administrator', 'probation'])
        expect([role, (await ask('', { role })).status]).toEqual([role, 403]);
    });

    it('can be cancelled by who asked for it, and no more than three wait', async () => {
      await rehearsals?.stop();
      const body = { drafts: [zoneDraft, conditionDraft('RO-W-in')], ...WHY };
      const ids: string[] = [];
      for (let n = 0; n < 3; n++) ids.push((await ask('', { body })).body.rehearsalId);
      const fourth = await ask('', { body });
      expect(fourth.status).toBe(409);
      const other = { post: true, who: 'https://idp.example#third' };
      expect((await ask(`/${ids[0]}/cancel`, other)).status).toBe(403);
      for (const id of ids) expect((await ask(`/${id}/cancel`, { post: true })).body.state).toBe('cancelled');
      expect((await ask(`/${ids[0]}/cancel`, { post: true })).status).toBe(409);
      rehearsals = startRehearsals({ db, clock, logger: silentLog, store: recordStore, watchStore, lookEveryMs: 200 });
      const next = await ask('', { body });
      expect((await untilEnded(next.body.rehearsalId)).state).toBe('ready');
      expect((await ask(`/${ids[0]}`)).body.state).toBe('cancelled');
    });
  });
}

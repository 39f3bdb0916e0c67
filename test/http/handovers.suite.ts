/** What `/handovers` promises, over either database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Area } from '../../src/access/principal.js';
import type { AlertEvent } from '../../src/alerts/event.js';
import { type App, createApp } from '../../src/http/app.js';
import type { Access } from '../../src/http/plugins/principal.js';
import { registerHandovers } from '../../src/http/routes/alerts/handovers.js';
import type { Database } from '../../src/ports/database.js';
import type { EventLog } from '../../src/ports/event-log.js';
import { ALERTS, encodeJson } from '../../src/ports/topics.js';
import { type AlertLog, startAlertLog } from '../../src/views/alert-log.js';
import { action, finding, instantAt } from '../alerts/events.js';
import { AS, principalAs, SUBJECT, testAccess, WHO } from '../support/access.js';
import { silentLog } from '../support/silent-log.js';

interface Adapters {
  readonly db: Database;
  readonly log: EventLog;
  stop(): Promise<void>;
}

const OTHER = 'https://idp.example#other';
const one = (n: number, wearerId: string) => finding({ wearerId, alertId: `A-${n}`, raisedAt: instantAt(n) });
const act = (type: Parameters<typeof action>[0], n: number, more = {}) =>
  action(type, [1, 0], { alertId: `A-${n}`, actor: 'p1', eventId: `${type}-${n}`, ...more });

export function handoversSuite(name: string, open: () => Promise<Adapters>): void {
  describe(`handing a shift over, ${name}`, () => {
    let adapters: Adapters;
    let alertLog: AlertLog;
    let app: App;
    /** Where nothing is open, for whoever {@link asked} is. */
    let quiet: App;
    let asked = principalAs(['supervisor']);

    beforeAll(async () => {
      adapters = await open();
      const events: AlertEvent[] = [
        one(1, 'W-in'),
        one(2, 'W-in'),
        act('taken', 2),
        one(3, 'W-in'),
        act('suspended', 3, { until: instantAt(90), reason: 'r' }),
        one(4, 'W-in'),
        act('suspended', 4, { until: instantAt(1_000), reason: 'r' }),
        one(5, 'W-in'),
        act('disposed', 5),
        one(6, 'W-out'),
      ];
      await adapters.log.append(
        ALERTS,
        events.map((event) => ({ key: event.wearerId, value: encodeJson(event), partition: 0 })),
      );
      for (const wearerId of ['W-in', 'W-out'])
        await adapters.db.query(
          "insert into wearer (wearer_id, name, version, recorded_at) values ($1, 'n', 1, now()) on conflict do nothing",
          [wearerId],
        );
      for (const [noteId, wearerId, minute] of [
        ['N-now', 'W-in', 60],
        ['N-before', 'W-in', 65 - 13 * 60],
        ['N-elsewhere', 'W-out', 60],
      ] as const)
        await adapters.db.query('insert into note (note_id, wearer_id, version, recorded_at) values ($1, $2, 1, $3)', [
          noteId,
          wearerId,
          new Date(instantAt(minute)),
        ]);
      alertLog = await startAlertLog({ log: adapters.log, logger: silentLog, epoch: 'e1' });
      await alertLog.caughtUp;
      app = await createApp({ log: silentLog, access: testAccess });
      const deps = { db: adapters.db, clock: { nowMs: () => Date.parse(instantAt(65)) }, alertLog };
      registerHandovers(app, deps);
      const access: Access = {
        ...testAccess,
        identify: async ({ headers }) => ({
          principal: { ...asked, subjectId: String(headers[WHO]) },
          check: () => 'valid',
        }),
      };
      quiet = await createApp({ log: silentLog, access });
      registerHandovers(quiet, { ...deps, alertLog: { ...alertLog, open: () => [] } });
    });
    afterAll(async () => {
      await app?.close();
      await quiet?.close();
      await alertLog?.stop();
      await adapters?.stop();
    });

    const ask = async (method: 'GET' | 'POST', path: string, who = SUBJECT, body?: object, role = 'supervisor') => {
      const answer = await app.inject({
        method,
        url: `/api/v1/handovers${path}`,
        headers: { [AS]: role, [WHO]: who },
        ...(body === undefined ? {} : { payload: body }),
      });
      return { status: answer.statusCode, body: answer.json() };
    };

    it('is signed off with the facts of those whom one may see, and signed on once, by another one', async () => {
      const before = await ask('GET', '/next');
      expect(before.status).toBe(200);
      const { status, body } = await ask('POST', '', SUBJECT, { note: 'a call to the hospital' });
      expect(status).toBe(201);
      expect(before.body).toEqual(body.facts);
      expect(body).toEqual({
        handoverId: expect.any(Number),
        signedOffBy: SUBJECT,
        signedOffAt: instantAt(65),
        note: 'a call to the hospital',
        facts: {
          unresolved: 4,
          bySeverity: { low: 0, medium: 0, high: 4, critical: 0 },
          unacknowledged: ['A-1'],
          owned: [{ alertId: 'A-2', by: 'p1' }],
          suspensionsEnding: [{ alertId: 'A-3', until: instantAt(90) }],
          reviewsAsked: [],
          // Of the last twelve hours, and of whom who signs may see.
          notes: [{ noteId: 'N-now', wearerId: 'W-in' }],
        },
      });
      const path = `/${body.handoverId}/sign-on`;
      expect((await ask('POST', path)).status).toBe(409);
      expect((await ask('POST', path, OTHER)).body).toMatchObject({ signedOnBy: OTHER, signedOnAt: instantAt(65) });
      expect(await ask('POST', path, 'https://idp.example#third')).toMatchObject({ status: 409, body: { by: OTHER } });
      expect((await ask('GET', '')).body.items[0]).toMatchObject({ handoverId: body.handoverId, signedOnBy: OTHER });
    });

    it('is never changed, and never removed', async () => {
      for (const sql of ['update handover set note = $1', 'delete from handover where note <> $1'])
        await expect(adapters.db.query(sql, ['x'])).rejects.toThrow('never changed');
    });

    it('with nothing open is told to who has to do with the areas of who signed off, and to nobody else', async () => {
      const east = 'https://idp.example#east';
      const areas = { forces: ['essex'], divisions: ['east'], schemes: 'all' as const };
      const of = (forces: readonly string[] | 'all', divisions: readonly string[] | 'all'): Area[] => [
        { forces, divisions, schemes: 'all' },
      ];
      const askOf = async (scope: readonly Area[], who: string, method: 'GET' | 'POST', path = '', body?: object) => {
        asked = principalAs(['supervisor'], { areas: scope });
        const answer = await quiet.inject({
          method,
          url: `/api/v1/handovers${path}`,
          headers: { [WHO]: who },
          ...(body && { payload: body }),
        });
        return { status: answer.statusCode, body: answer.json() };
      };
      const { body } = await askOf([areas], east, 'POST', '', { note: 'nothing open' });
      expect(body.facts.unresolved).toBe(0);
      const isTold = async (scope: readonly Area[], who = OTHER) => {
        const listed = (await askOf(scope, who, 'GET')).body.items as { handoverId: number }[];
        return listed.some(({ handoverId }) => handoverId === body.handoverId);
      };
      expect(await isTold([areas])).toBe(true);
      expect(await isTold(of('all', 'all'))).toBe(true);
      expect(await isTold(of(['essex', 'kent'], 'all'))).toBe(true);
      expect(await isTold(of(['kent'], 'all'))).toBe(false);
      expect(await isTold(of(['essex'], ['west']))).toBe(false);
      expect(await isTold([])).toBe(false);
      expect(await isTold(of(['kent'], 'all'), east)).toBe(true);
      const path = `/${body.handoverId}/sign-on`;
      expect((await askOf(of(['kent'], 'all'), OTHER, 'POST', path)).status).toBe(404);
      expect((await askOf([areas], OTHER, 'POST', path)).status).toBe(200);
    });

    it('is paged, the newest first, and not shown to whom it is not about', async () => {
      for (const note of ['two', 'three']) await ask('POST', '', SUBJECT, { note });
      const first = (await ask('GET', '?limit=2')).body;
      expect(first.items.map(({ note }: { note: string }) => note)).toEqual(['three', 'two']);
      const second = (await ask('GET', `?limit=2&cursor=${first.next}`)).body;
      expect(second.items).toHaveLength(1);
      expect((await ask('GET', '?cursor=nonsense')).status).toBe(400);
      for (const path of ['', '/next'])
        expect((await ask('GET', path, SUBJECT, undefined, 'officer')).status).toBe(403);
      expect((await ask('POST', '/999999/sign-on')).status).toBe(404);
    });
  });
}

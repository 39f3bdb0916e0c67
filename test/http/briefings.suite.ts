/** What `/briefings` promises, over either database: each begins where the last one ended, is stored as it was read, and told to each reader of whom they may see. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WearerScope } from '../../src/access/may.js';
import { type Alert, type AlertItem, fromAlertItem } from '../../src/alerts/alert.js';
import type { AlertEvent } from '../../src/alerts/event.js';
import { listSilentTags } from '../../src/alerts/silence.js';
import { registerAlerts } from '../../src/http/routes/alerts/register.js';
import type { AlertDeps } from '../../src/http/routes/alerts/sources.js';
import { registerBriefings } from '../../src/http/routes/schemes/briefings.js';
import type { Queryable } from '../../src/ports/database.js';
import { ALERTS, encodeJson } from '../../src/ports/topics.js';
import { foldAlertEvents } from '../../src/store/alerts.js';
import { listBriefings } from '../../src/store/briefings.js';
import { type AlertLog, startAlertLog } from '../../src/views/alert-log.js';
import type { Briefing } from '../../src/wire/briefing.js';
import { RECALL_QUESTIONS } from '../../src/wire/recall.js';
import { action, finding } from '../alerts/events.js';
import { AS, principalAs, SUBJECT, testAccess, WHO } from '../support/access.js';
import { NOTHING_ON_RECORD } from '../support/priority.js';
import { createTestClock, openRecordsApi, type RecordsApi } from '../support/records.js';
import { silentLog } from '../support/silent-log.js';
import { type Adapters, square } from './records.suite.js';

const MONDAY = '2026-03-16T08:00:00.000Z';
const TUESDAY = '2026-03-17T08:00:00.000Z';
const OTHER = 'https://idp.example#other';
const scopeOf = (wearerId: string, force: string, division: string, restrictedTo: readonly string[] | null = null) =>
  [wearerId, { wearerId, force, division, schemes: [], restrictedTo }] as const;
/** Their own, since suites share a database. */
const WEARERS: ReadonlyMap<string, WearerScope> = new Map([
  scopeOf('W-brief-1', 'kent', 'Brief East'),
  scopeOf('W-brief-2', 'kent', 'Brief East'),
  scopeOf('W-brief-secret', 'kent', 'Brief East', [SUBJECT]),
  scopeOf('W-brief-west', 'kent', 'Brief West'),
  scopeOf('W-brief-moved', 'kent', 'Brief North'),
  scopeOf('W-brief-worse', 'kent', 'Brief North'),
  scopeOf('W-brief-new', 'kent', 'Brief North'),
  scopeOf('W-brief-out', 'essex', 'Brief East'),
]);

export function briefingsSuite(name: string, open: () => Promise<Adapters>): void {
  describe(`briefings, ${name}`, () => {
    let adapters: Adapters;
    let alertLog: AlertLog;
    let local: RecordsApi;
    let api: RecordsApi;
    const clock = createTestClock(MONDAY);
    /** Of whom nobody may know any more. */
    const gone = new Set<string>();
    let areas = principalAs(['sergeant']).scope.areas;

    const say = async (...events: AlertEvent[]) => {
      await adapters.log.append(
        ALERTS,
        events.map((event) => ({ key: event.wearerId, value: encodeJson(event), partition: 0 })),
      );
      await vi.waitFor(() => expect(alertLog.get(events.at(-1)!.alertId)).not.toBeNull(), { timeout: 120_000 });
    };
    const alert = (alertId: string, wearerId: string, raisedAt: string, more = {}) =>
      finding({ alertId, wearerId, raisedAt, ...more });
    const put = async (path: string, body: object) => {
      const answer = await local.put(`${path}${path.includes('?') ? '&' : '?'}wait=false`, body);
      expect([path, answer.statusCode, answer.body]).toEqual([path, expect.toBeOneOf([200, 201, 202]), answer.body]);
    };

    beforeAll(async () => {
      adapters = await open();
      alertLog = await startAlertLog({ log: adapters.log, logger: silentLog, epoch: 'e1' });
      await alertLog.caughtUp;
      local = await openRecordsApi(adapters.db, adapters.log, clock);
      api = await openRecordsApi(adapters.db, adapters.log, clock, {
        ...testAccess,
        identify: async (request) => {
          const identity = await testAccess.identify(request);
          if (identity?.principal.subjectId !== OTHER) return identity;
          const { principal } = identity;
          return { ...identity, principal: { ...principal, scope: { ...principal.scope, areas } } };
        },
        findWearer: (wearerId) => (gone.has(wearerId) ? undefined : WEARERS.get(wearerId)),
      });
      const alerts: AlertDeps = {
        alertLog,
        record: { list: async () => [], read: async () => null, isOfVictim: async () => false },
        failingHandoffs: () => [],
        priority: NOTHING_ON_RECORD,
        clock,
        logger: silentLog,
      };
      registerAlerts(api.app, alerts);
      registerBriefings(api.app, { db: adapters.db, clock, alerts });

      clock.set('2026-03-01T08:00:00.000Z');
      for (const [wearerId, { force, division, restrictedTo }] of WEARERS)
        await put(`/wearers/${wearerId}`, {
          name: `Name of ${wearerId}`,
          force,
          division,
          ...(restrictedTo === null ? {} : { restrictedTo }),
        });
      await put('/zones/Z-brief-home', square(0.5, 51.5));
      await put('/zones/Z-brief-victim', square(0.6, 51.5, 0.01, { name: '17 Planted Lane', priority: 'victim' }));
      await put('/orders/O-brief', { wearerId: 'W-brief-1', type: 'hdc', startsAt: '2026-03-01T00:00:00Z' });
      await put('/tags/T-brief', {});
      await put('/activations/A-brief', {
        tagId: 'T-brief',
        wearerId: 'W-brief-1',
        fittedAt: '2026-03-01T00:00:00Z',
      });
      await put('/conditions/C-brief-curfew', {
        orderId: 'O-brief',
        kind: 'curfew',
        zoneId: 'Z-brief-home',
        startsAt: '2026-03-01T00:00:00Z',
        schedule: {
          timeZone: 'Europe/London',
          windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '19:00', to: '07:00' }],
        },
      });
      await put('/conditions/C-brief-victim', {
        orderId: 'O-brief',
        kind: 'exclusion',
        zoneId: 'Z-brief-victim',
        startsAt: '2026-03-01T00:00:00Z',
      });
      await put('/rag-ratings/W-brief-1', { rating: 'amber', evidence: 'scores' });
      await put('/memberships/W-brief-2', { cohort: 'FLEX' });
      clock.set('2026-03-15T20:00:00.000Z');
      await put('/rag-ratings/W-brief-1', {
        rating: 'red',
        evidence: 'a breach',
        nextReviewAt: '2026-03-16T20:00:00Z',
      });
      await put('/memberships/W-brief-2', { cohort: 'FREE' });
      const panel = { wearerId: 'W-brief-2', kind: 'panel', subject: 'monthly panel' };
      await put('/tasks/K-brief-panel', {
        ...panel,
        status: 'done',
        outcome: { decision: 'deselect', text: 'two quiet years', attendees: ['DS Hart'] },
      });
      await put('/tasks/K-brief-release', {
        wearerId: 'W-brief-2',
        kind: 'release',
        subject: 'gate pick-up',
        status: 'open',
        dueAt: '2026-03-18T09:00:00Z',
      });
      await put('/custody-periods/P-brief', {
        wearerId: 'W-brief-1',
        startsAt: '2026-03-02T00:00:00Z',
        endsAt: '2026-03-16T12:00:00Z',
      });
      const silent = {
        kind: 'unmonitored' as const,
        conditionId: null,
        zoneId: null,
        tagId: 'T-brief',
        episode: { startedAt: '2026-03-15T18:00:00.000Z', endedAt: null },
      };
      await say(
        alert('AL-brief-old', 'W-brief-1', '2026-03-14T20:00:00.000Z'),
        alert('AL-brief-1', 'W-brief-1', '2026-03-15T21:00:00.000Z', { kind: 'curfew' }),
        alert('AL-brief-silent', 'W-brief-1', '2026-03-15T19:00:00.000Z', silent),
        alert('AL-brief-heard', 'W-brief-2', '2026-03-10T19:00:00.000Z', {
          ...silent,
          episode: { ...silent.episode, endedAt: '2026-03-15T18:30:00.000Z' },
        }),
        alert('AL-brief-secret', 'W-brief-secret', '2026-03-15T21:00:00.000Z', silent),
        alert('AL-brief-west', 'W-brief-west', '2026-03-15T21:00:00.000Z'),
        alert('AL-brief-out', 'W-brief-out', '2026-03-15T21:00:00.000Z'),
      );
      // Requests: of one alert, by now withdrawn, not made yet, and of somebody else.
      const event = alert('AL-brief-1', 'W-brief-1', '2026-03-15T21:00:00.000Z', { kind: 'curfew' });
      await adapters.db.transaction((tx) => foldAlertEvents(tx, `briefings ${name}`, [{ seq: 1, event }]));
      const form = Object.fromEntries(RECALL_QUESTIONS.map(({ name: asked }) => [asked, 'said']));
      for (const [wearerId, orderId] of [
        ['W-brief-2', 'O-brief-2'],
        ['W-brief-west', 'O-brief-west'],
      ] as const)
        await put(`/orders/${orderId}`, { wearerId, type: 'licence', startsAt: '2026-03-01T00:00:00Z' });
      const request = { alertIds: [], form, state: 'requested' };
      const ofTwo = { ...request, wearerId: 'W-brief-2', orderId: 'O-brief-2' };
      clock.set('2026-03-15T22:00:00.000Z');
      await put('/recalls/R-brief-1', {
        ...request,
        wearerId: 'W-brief-1',
        orderId: 'O-brief',
        alertIds: ['AL-brief-1'],
      });
      await put('/recalls/R-brief-gone', ofTwo);
      await put('/recalls/R-brief-gone', { ...ofTwo, state: 'outcome', outcome: 'withdrawn' });
      await put('/recalls/R-brief-draft', { ...ofTwo, state: 'draft' });
      await put('/recalls/R-brief-west', { ...request, wearerId: 'W-brief-west', orderId: 'O-brief-west' });
      clock.set(MONDAY);
    });
    afterAll(async () => {
      await api?.stop();
      await local?.stop();
      await alertLog?.stop();
      await adapters?.stop();
    });

    const make = (body: object, role = 'sergeant', who = SUBJECT) =>
      api.app.inject({
        method: 'POST',
        url: '/api/v1/briefings',
        headers: { [AS]: role, [WHO]: who, 'content-type': 'application/json' },
        payload: JSON.stringify(body),
      });
    const get = (path = '', role = 'officer', who = SUBJECT) =>
      api.app.inject({ url: `/api/v1/briefings${path}`, headers: { [AS]: role, [WHO]: who } });
    const EAST = { period: 'daily', division: 'Brief East' };
    let first: Briefing;

    it('the first one looks back a day, and tells of the division what has come and what there is tonight', async () => {
      const answer = await make(EAST);
      expect(answer.statusCode, answer.body).toBe(201);
      first = answer.json();
      const one = { wearerId: 'W-brief-1', name: 'Name of W-brief-1' };
      const two = { wearerId: 'W-brief-2', name: 'Name of W-brief-2' };
      expect(first).toMatchObject({
        period: 'daily',
        division: 'Brief East',
        from: '2026-03-15T08:00:00.000Z',
        to: MONDAY,
        madeBy: SUBJECT,
        hidden: 0,
      });
      expect(first.content).toEqual({
        wearers: 2,
        // 08:00 by the local clock: the night that comes.
        tonight: { fromAt: '2026-03-16T18:00:00.000Z', untilAt: '2026-03-17T08:00:00.000Z' },
        alerts: [
          expect.objectContaining({ ...one, alertId: 'AL-brief-silent', kind: 'unmonitored', disposition: null }),
          expect.objectContaining({
            ...one,
            alertId: 'AL-brief-1',
            kind: 'curfew',
            strength: 'suspected',
            status: 'open',
          }),
        ],
        ragChanges: [{ ...one, before: 'amber', now: 'red', since: '2026-03-15T20:00:00.000Z', by: 'local' }],
        membershipChanges: [{ ...two, before: 'FLEX', now: 'FREE', since: '2026-03-15T20:00:00.000Z', by: 'local' }],
        panels: [{ ...two, taskId: 'K-brief-panel', decision: 'deselect', at: '2026-03-15T20:00:00.000Z' }],
        silentTags: [
          {
            ...one,
            alertId: 'AL-brief-silent',
            tagId: 'T-brief',
            kind: 'unmonitored',
            since: '2026-03-15T18:00:00.000Z',
          },
        ],
        conditionsTonight: [
          {
            ...one,
            conditionId: 'C-brief-victim',
            kind: 'exclusion',
            zoneId: null,
            zone: null,
            fromAt: '2026-03-16T18:00:00.000Z',
            untilAt: '2026-03-17T08:00:00.000Z',
          },
          {
            ...one,
            conditionId: 'C-brief-curfew',
            kind: 'curfew',
            zoneId: 'Z-brief-home',
            zone: expect.any(String),
            fromAt: '2026-03-16T19:00:00.000Z',
            untilAt: '2026-03-17T07:00:00.000Z',
          },
        ],
        releases: [
          { ...one, what: 'custody-ends', taskId: null, at: '2026-03-16T12:00:00.000Z', subject: null },
          {
            ...two,
            what: 'release',
            taskId: 'K-brief-release',
            at: '2026-03-18T09:00:00.000Z',
            subject: 'gate pick-up',
          },
        ],
        reviewsDue: [{ ...one, dueAt: '2026-03-16T20:00:00.000Z', taskId: null }],
        dealtWith: [
          {
            ...one,
            recallId: 'R-brief-1',
            type: 'recall',
            alertIds: ['AL-brief-1'],
            state: 'requested',
            stateAt: '2026-03-15T22:00:00.000Z',
          },
        ],
      });
      expect(answer.body).not.toMatch(/Planted Lane|Z-brief-victim|W-brief-secret|W-brief-west|W-brief-out/);
    });

    it('its silent tags are the register’s', async () => {
      const register = await api.app.inject({ url: '/api/v1/register?limit=500', headers: { [AS]: 'sergeant' } });
      const items: AlertItem[] = register.json().items;
      const stand: Alert[] = items
        .filter(({ wearerId }) => WEARERS.get(wearerId)?.division === 'Brief East')
        .filter(({ wearerId }) => WEARERS.get(wearerId)?.restrictedTo === null)
        .map(fromAlertItem);
      expect(stand.length).toBeGreaterThan(2);
      expect(first.content.silentTags.map(({ alertId }) => alertId)).toEqual(
        listSilentTags(stand).map(({ alertId }) => alertId),
      );
    });

    it('the next one begins where it ended: nothing comes twice, what was found late comes, and what has changed is against what was told', async () => {
      // Stamped before the first one was made, and not there yet when it was read.
      clock.set('2026-03-16T07:59:59.000Z');
      await put('/tasks/K-brief-panel-late', {
        wearerId: 'W-brief-1',
        kind: 'panel',
        subject: 'monthly panel',
        status: 'done',
        outcome: { decision: 'retain', text: 'as before', attendees: ['DS Hart'] },
      });
      clock.set('2026-03-16T18:00:00.000Z');
      await put('/rag-ratings/W-brief-1', { rating: 'green', evidence: 'a mistake' });
      await say(
        alert('AL-brief-late', 'W-brief-2', '2026-03-15T23:00:00.000Z'),
        alert('AL-brief-2', 'W-brief-2', '2026-03-16T17:00:00.000Z', { severity: 'critical' }),
        action('disposed', [1, 0], { alertId: 'AL-brief-2', wearerId: 'W-brief-2', disposition: 'gps-drift' }),
      );
      await expect.poll(() => alertLog.get('AL-brief-2')?.status).toBe('closed');
      clock.set(TUESDAY);
      const next: Briefing = (await make(EAST)).json();
      expect([next.from, next.to]).toEqual([MONDAY, TUESDAY]);
      expect(next.content.alerts.map(({ alertId, disposition }) => [alertId, disposition])).toEqual([
        ['AL-brief-2', 'gps-drift'],
        ['AL-brief-late', null],
      ]);
      expect(next.content.ragChanges).toMatchObject([{ wearerId: 'W-brief-1', before: 'red', now: 'green' }]);
      expect(next.content.membershipChanges).toEqual([]);
      expect(next.content.panels).toMatchObject([{ taskId: 'K-brief-panel-late', at: '2026-03-16T07:59:59.000Z' }]);
      expect(next.content.silentTags).toHaveLength(1);
      // The first one stands as it was read.
      expect((await get(`/${first.briefingId}`)).json()).toEqual(first);
      await expect(
        adapters.db.query('update briefing set made_by = $1 where briefing_id = $2::bigint', ['x', first.briefingId]),
      ).rejects.toThrow('a briefing is never changed');
      await expect(
        adapters.db.query('delete from briefing where briefing_id = $1::bigint', [first.briefingId]),
      ).rejects.toThrow('a briefing is never changed');
    });

    it('another period, another division and other areas have a chain of their own', async () => {
      const weekly: Briefing = (await make({ ...EAST, period: 'weekly' })).json();
      expect([weekly.from, weekly.content.alerts.length]).toEqual(['2026-03-10T08:00:00.000Z', 6]);
      const west: Briefing = (await make({ period: 'daily', division: 'Brief West' })).json();
      expect([west.from, west.content.wearers]).toEqual([MONDAY, 1]);
      areas = [{ forces: ['kent', 'essex'], divisions: 'all', schemes: 'all' }];
      const wider: Briefing = (await make(EAST, 'sergeant', OTHER)).json();
      expect([wider.from, wider.content.wearers]).toEqual([MONDAY, 3]);
      // Two at once are one.
      clock.set('2026-03-17T08:00:01.000Z');
      const both = await Promise.all([make(EAST), make(EAST)]);
      expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409]);
    });

    it('the first one tells no change of what an import put on record and held before; of what was known otherwise, and of what begins with it, it does', async () => {
      const [known, since] = ['2026-03-14T08:00:00.000Z', '2026-03-16T20:00:00.000Z'];
      const before = '2026-03-10T00:00:00.000Z';
      clock.set(known);
      await put('/rag-ratings/W-brief-worse', { rating: 'amber', evidence: 'scores' });
      clock.set(since);
      await put('/rag-ratings/W-brief-moved', { rating: 'red', evidence: 'as where he was', effectiveAt: before });
      await put('/memberships/W-brief-moved', { cohort: 'FIXED', effectiveAt: before });
      await put('/rag-ratings/W-brief-worse', { rating: 'red', evidence: 'a breach' });
      await put('/rag-ratings/W-brief-new', { rating: 'green', evidence: 'scores' });
      clock.set(TUESDAY);
      const { content }: Briefing = (await make({ period: 'daily', division: 'Brief North' })).json();
      expect(content.ragChanges.map(({ wearerId, before, now, since }) => [wearerId, before, now, since])).toEqual([
        ['W-brief-new', null, 'green', since],
        ['W-brief-worse', 'amber', 'red', since],
      ]);
      expect(content.membershipChanges).toEqual([]);
    });

    it('is made by a sergeant, read by who has to do with its areas, and told without whom the reader may not see', async () => {
      for (const role of ['supervisor', 'officer', 'probation', 'administrator', 'auditor'])
        expect([role, (await make(EAST, role)).statusCode]).toEqual([role, 403]);
      for (const role of ['probation', 'administrator', 'auditor', 'supplier'])
        for (const path of ['', `/${first.briefingId}`, `/${first.briefingId}/file`])
          expect([role, path, (await get(path, role)).statusCode]).toEqual([role, path, 403]);
      areas = [{ forces: ['kent'], divisions: ['Brief West'], schemes: 'all' }];
      const foreign = await get(`/${first.briefingId}`, 'sergeant', OTHER);
      expect([foreign.statusCode, (await get('/999999999', 'sergeant', OTHER)).statusCode]).toEqual([404, 404]);
      const listed: Briefing[] = (await get('', 'sergeant', OTHER)).json().items;
      expect(listed.map(({ division }) => division)).toContain('Brief West');
      // But for the one that they made themselves.
      expect(listed.filter(({ division, madeBy }) => division !== 'Brief West' && madeBy !== OTHER)).toEqual([]);
      areas = [{ forces: ['kent'], divisions: ['Brief East'], schemes: 'all' }];
      expect((await get(`/${first.briefingId}`, 'officer', OTHER)).json()).toEqual(first);

      gone.add('W-brief-1');
      const told: Briefing = (await get(`/${first.briefingId}`, 'supervisor')).json();
      expect([told.hidden, JSON.stringify(told).includes('W-brief-1')]).toEqual([1, false]);
      expect(told.content.membershipChanges).toHaveLength(1);
      expect(told.content.dealtWith).toEqual([]);
      gone.clear();
    });

    it('is listed by period, division and time, the newest first', async () => {
      const list = async (query: string) => (await get(`?${query}`)).json().items as Briefing[];
      const east = await list('period=daily&division=Brief%20East');
      // That of wider areas is not theirs.
      expect(east.map(({ from }) => from)).toEqual([TUESDAY, MONDAY, '2026-03-15T08:00:00.000Z']);
      expect(
        (await list('division=Brief%20East&period=daily&to=2026-03-16T07:00:00Z')).map(({ briefingId }) => briefingId),
      ).toEqual([first.briefingId]);
      expect((await get('?from=yesterday')).statusCode).toBe(400);
      const read = new Set<string>();
      const db: Queryable = {
        query: async (...asked) => {
          const answer = await adapters.db.query(...asked);
          for (const row of answer.rows) for (const column of Object.keys(row as object)) read.add(column);
          return answer as never;
        },
      };
      const filter = { period: null, division: 'Brief East', fromMs: null, toMs: null };
      expect(await listBriefings(db, filter, { before: Number.MAX_SAFE_INTEGER, limit: 10 })).not.toEqual([]);
      // A briefing may be a megabyte, and a page looks through a hundred.
      expect([...read].sort()).toEqual(['areas', 'briefing_id', 'division', 'from_at', 'made_by', 'period', 'to_at']);
      const page = (await get('?division=Brief%20East&limit=1')).json();
      expect([page.items.length, typeof page.next]).toEqual([1, 'string']);
    });

    it('as a file it says what it is for, is of those alone of whom one may make files, and is the same bytes each time', async () => {
      const path = `/${first.briefingId}/file`;
      expect((await get(path, 'sergeant')).statusCode).toBe(422);
      const said = `${path}?purpose=parade&recipient=the%20early%20turn`;
      const file = await get(said, 'sergeant');
      expect([file.statusCode, file.headers['content-type'], file.headers['content-disposition']]).toEqual([
        200,
        'application/pdf',
        `attachment; filename="briefing-${first.briefingId}.pdf"`,
      ]);
      expect(file.rawPayload.subarray(0, 5).toString('latin1')).toBe('%PDF-');
      expect((await get(said, 'sergeant')).rawPayload.equals(file.rawPayload)).toBe(true);
      expect((await get(said, 'officer')).statusCode).toBe(403);
    });

    it('names no zone that has become a victim’s since, nor one of which it is not stored which it is', async () => {
      const path = `/${first.briefingId}`;
      const fileOf = async () => (await get(`${path}/file?purpose=parade&recipient=all`, 'sergeant')).rawPayload;
      const zonesOf = async (briefingId: number) =>
        ((await get(`/${briefingId}`)).json() as Briefing).content.conditionsTonight.map(({ zone }) => zone);
      const before = await fileOf();
      expect(await zonesOf(first.briefingId)).toEqual([null, expect.any(String)]);
      const { rows } = await adapters.db.query<{ briefing_id: number }>(
        `insert into briefing (period, division, areas, from_at, to_at, made_by, wearer_ids, content, standing)
         select period, 'Brief older', areas, from_at, to_at, made_by, wearer_ids, replace(content, $2, ''), standing
         from briefing where briefing_id = $1::bigint returning briefing_id`,
        [first.briefingId, '"zoneId":"Z-brief-home",'],
      );
      expect(await zonesOf(rows[0]!.briefing_id)).toEqual([null, null]);
      await put('/zones/Z-brief-home', square(0.5, 51.5, 0.01, { priority: 'victim' }));
      const after = await get(path);
      expect(await zonesOf(first.briefingId)).toEqual([null, null]);
      expect(after.body).not.toContain('Z-brief-home');
      expect((await fileOf()).equals(before)).toBe(false);
    });

    it('refuses a division in which there is nobody', async () => {
      const nobody = await make({ period: 'daily', division: 'Nowhere' });
      expect([nobody.statusCode, nobody.json().errors[0].pointer]).toEqual([422, '/division']);
      expect((await make({ period: 'monthly' })).statusCode).toBe(422);
    });
  });
}

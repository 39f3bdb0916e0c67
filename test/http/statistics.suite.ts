/** What `/statistics` counts, over either database, against a truth that is made by hand. */
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WearerScope } from '../../src/access/may.js';
import { registerStatistics } from '../../src/http/routes/schemes/statistics.js';
import { readFigures } from '../../src/start/cohort.js';
import { foldAlertEvents } from '../../src/store/alerts.js';
import type { BeforeAfter, Statistics } from '../../src/wire/statistics.js';
import { action, finding } from '../alerts/events.js';
import { AS, testAccess } from '../support/access.js';
import { createTestClock, openRecordsApi, type RecordsApi } from '../support/records.js';
import { type Adapters, square } from './records.suite.js';

const scopeOf = (wearerId: string, force: string) =>
  [wearerId, { wearerId, force, division: 'Stat East', schemes: [], restrictedTo: null }] as const;
/** Their own, since suites share a database. */
const WEARERS: ReadonlyMap<string, WearerScope> = new Map([
  scopeOf('W-stat-1', 'kent'),
  scopeOf('W-stat-2', 'kent'),
  scopeOf('W-stat-out', 'essex'),
]);
const WEEK = 'from=2026-02-01T00:00:00Z&to=2026-02-08T00:00:00Z&division=Stat%20East';
const NOW = '2026-02-20T12:00:00.000Z';
const NONE = { raised: 0, withdrawn: 0, decided: 0, false: 0, unknown: 0, dispositions: {} };

export function statisticsSuite(name: string, open: () => Promise<Adapters>): void {
  describe(`statistics, ${name}`, () => {
    let adapters: Adapters;
    let local: RecordsApi;
    let api: RecordsApi;

    beforeAll(async () => {
      adapters = await open();
      const { db, log } = adapters;
      const clock = createTestClock(NOW);
      local = await openRecordsApi(db, log, clock);
      api = await openRecordsApi(db, log, clock, {
        ...testAccess,
        findWearer: (wearerId) => WEARERS.get(wearerId),
      });
      registerStatistics(api.app, {
        db,
        clock,
        readFigures: (wearerIds, period) => readFigures(db, wearerIds, period),
      });
      const put = async (path: string, body: object) => {
        const answer = await local.put(`${path}?wait=false`, body);
        expect([path, answer.statusCode, answer.body]).toEqual([path, expect.toBeOneOf([200, 201, 202]), answer.body]);
      };
      for (const [wearerId, { force }] of WEARERS)
        await put(`/wearers/${wearerId}`, { name: wearerId, force, division: 'Stat East' });
      await put('/zones/Z-stat', square(0.5, 51.5, 0.01, { name: 'High Street' }));
      await put('/zones/Z-stat-victim', square(0.6, 51.5, 0.01, { name: '17 Planted Lane', priority: 'victim' }));
      await put('/tag-models/M-stat', { name: 'Model S', accuracyConvention: 'r95', intervalSeconds: 60 });
      await put('/tags/T-stat-1', { modelId: 'M-stat' });
      await put('/tags/T-stat-2', {});
      const startsAt = '2026-01-10T00:00:00Z';
      await put('/orders/O-stat', { wearerId: 'W-stat-1', type: 'hdc', startsAt });
      await put('/activations/A-stat-1', { tagId: 'T-stat-1', wearerId: 'W-stat-1', fittedAt: startsAt });
      await put('/activations/A-stat-2', {
        tagId: 'T-stat-2',
        wearerId: 'W-stat-2',
        fittedAt: '2026-02-05T00:00:00Z',
      });
      await put('/conditions/C-stat', {
        orderId: 'O-stat',
        kind: 'curfew',
        zoneId: 'Z-stat',
        startsAt,
        schedule: {
          timeZone: 'Europe/London',
          windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '19:00', to: '07:00' }],
        },
      });
      const of = (n: string, raisedAt: string, more = {}) =>
        finding({
          alertId: `AL-${name}-stat-${n}`,
          wearerId: 'W-stat-1',
          tagId: 'T-stat-1',
          activationId: 'A-stat-1',
          zoneId: 'Z-stat',
          raisedAt,
          ...more,
        });
      const act = (type: 'acknowledged' | 'taken' | 'disposed', n: string, done: number, at: string, more = {}) =>
        action(type, [1, done], {
          alertId: `AL-${name}-stat-${n}`,
          wearerId: 'W-stat-1',
          eventId: `${name}-${type}-${n}`,
          at,
          ...more,
        });
      const noZone = { conditionId: null, conditionVersion: null, zoneId: null, zoneVersion: null };
      const ofTwo = { ...noZone, wearerId: 'W-stat-2', tagId: 'T-stat-2', activationId: 'A-stat-2' };
      const low = { ...ofTwo, kind: 'battery-low' as const };
      const out = (n: string, startedAt: string, endedAt: string) =>
        of(n, '2026-02-19T12:00:00.000Z', {
          kind: 'curfew',
          conditionId: 'C-stat',
          strength: 'confirmed',
          type: 'confirmed',
          episode: { startedAt, endedAt },
        });
      const events = [
        of('drift', '2026-02-02T10:00:00.000Z'),
        act('acknowledged', 'drift', 0, '2026-02-02T10:05:00.000Z'),
        act('disposed', 'drift', 1, '2026-02-02T10:25:00.000Z', { disposition: 'gps-drift' }),
        of('breach', '2026-02-02T11:00:00.000Z'),
        act('taken', 'breach', 0, '2026-02-02T11:01:00.000Z'),
        act('disposed', 'breach', 1, '2026-02-02T11:11:00.000Z', { disposition: 'breach-confirmed' }),
        of('victim', '2026-02-03T10:00:00.000Z', { zoneId: 'Z-stat-victim' }),
        of('taken-back', '2026-02-07T23:59:59.999Z', low),
        of('taken-back', '2026-02-08T03:00:00.000Z', { ...low, revision: 2, type: 'withdrawn' }),
        // Of another time, and of somebody else.
        of('later', '2026-02-08T00:00:00.000Z'),
        of('out', '2026-02-02T10:00:00.000Z', { wearerId: 'W-stat-out' }),
        // Before and after the tenth.
        out('night-1', '2026-02-06T20:00:00.000Z', '2026-02-06T21:00:00.000Z'),
        out('night-2', '2026-02-11T20:00:00.000Z', '2026-02-11T20:30:00.000Z'),
        out('night-3', '2026-02-12T20:00:00.000Z', '2026-02-12T20:10:00.000Z'),
      ];
      await foldAlertEvents(
        db,
        `E-${name}-statistics`,
        events.map((event, seq) => ({ seq, event })),
      );
    });
    afterAll(async () => {
      await api?.stop();
      await local?.stop();
      await adapters?.stop();
    });

    const get = (path: string, role = 'supervisor', accept = 'application/json') =>
      api.app.inject({ url: `/api/v1/statistics${path}`, headers: { [AS]: role, accept } });

    it('counts what was raised in the period about who may be seen, and what people found it to be', async () => {
      const answer = await get(`?${WEEK}`);
      expect(answer.statusCode, answer.body).toBe(200);
      const told: Statistics = answer.json();
      const both = {
        ...NONE,
        raised: 2,
        decided: 2,
        false: 1,
        dispositions: { 'breach-confirmed': 1, 'gps-drift': 1 },
      };
      const victim = { ...NONE, raised: 1, unknown: 1 };
      const takenBack = { ...NONE, raised: 1, withdrawn: 1 };
      expect(told).toEqual({
        from: '2026-02-01T00:00:00.000Z',
        to: '2026-02-08T00:00:00.000Z',
        division: 'Stat East',
        wearers: 2,
        // Seven of one, three of the other.
        daysOnTag: 10,
        all: { ...both, raised: 4, withdrawn: 1, unknown: 1 },
        byKind: [
          { kind: 'exclusion', ...both, raised: 3, unknown: 1 },
          { kind: 'battery-low', ...takenBack },
        ],
        byZone: [
          { zoneId: 'Z-stat', name: 'High Street', ...both },
          { zoneId: null, name: null, ...victim },
        ],
        byModel: [
          { modelId: 'M-stat', name: 'Model S', ...both, raised: 3, unknown: 1 },
          { modelId: null, name: null, ...takenBack },
        ],
        // 5 and 1 minutes; then 20 and 10.
        untilTaken: { n: 2, medianMinutes: 3, p90Minutes: 4.6 },
        untilDisposed: { n: 2, medianMinutes: 15, p90Minutes: 19 },
      });
      expect(answer.body).not.toMatch(/Planted Lane|Z-stat-victim/);
    });

    it('ends now where a later end is asked for: a day that has not been is nobody’s day on tag', async () => {
      const asked = await get('?from=2026-02-18T00:00:00Z&to=2026-02-22T00:00:00Z&division=Stat%20East');
      const told: Statistics = asked.json();
      // Two days and a half of each.
      expect([told.from, told.to, told.daysOnTag]).toEqual(['2026-02-18T00:00:00.000Z', NOW, 5]);
      const later = await get(`?from=${NOW}&to=2026-02-22T00:00:00Z`);
      expect([later.statusCode, later.json().errors[0].pointer]).toEqual([400, '/to']);
    });

    it('before and after are equal stretches, each with its days on tag and its unknown minutes', async () => {
      const answer = await get('/before-after?at=2026-02-10T00:00:00Z&days=5&wearerId=W-stat-1');
      const told: BeforeAfter = answer.json();
      // Five times from 00:00 to 07:00 and from 19:00 to 24:00; no fix was heard.
      const required = { requiredMinutes: 3_600, keptMinutes: 0, excusedMinutes: 0 };
      expect(told).toEqual({
        at: '2026-02-10T00:00:00.000Z',
        days: 5,
        wearers: 1,
        before: {
          from: '2026-02-05T00:00:00.000Z',
          to: '2026-02-10T00:00:00.000Z',
          daysOnTag: 5,
          violations: { curfew: 1 },
          compliance: { ...required, unreasonableMinutes: 60, unknownMinutes: 3_540 },
        },
        after: {
          from: '2026-02-10T00:00:00.000Z',
          to: '2026-02-15T00:00:00.000Z',
          daysOnTag: 5,
          violations: { curfew: 2 },
          compliance: { ...required, unreasonableMinutes: 40, unknownMinutes: 3_560 },
        },
      });
      const all: BeforeAfter = (await get('/before-after?at=2026-02-07T00:00:00Z&days=4&division=Stat%20East')).json();
      expect([all.wearers, all.before.daysOnTag, all.after.daysOnTag]).toEqual([2, 6, 8]);
      expect((await get('/before-after?at=2026-02-10T00:00:00Z&days=11')).json().errors[0].pointer).toBe('/days');
      expect((await get('/before-after?at=2026-02-10T00:00:00Z&days=5&wearerId=W-stat-out')).json().wearers).toBe(0);
    });

    it('as a file each line has what it is of, and says what it is for', async () => {
      expect((await get(`?${WEEK}`, 'supervisor', 'text/csv')).statusCode).toBe(422);
      const file = await get(`?${WEEK}&purpose=report&recipient=IOMU`, 'supervisor', 'text/csv');
      expect(file.headers['content-disposition']).toBe('attachment; filename="statistics.csv"');
      const rows = parse(file.body, { columns: true }) as Record<string, string>[];
      expect(
        rows.map(({ by, id, name, daysOnTag, raised, false: wrong, decided, n }) => [
          by,
          id,
          name,
          daysOnTag,
          raised,
          wrong,
          decided,
          n,
        ]),
      ).toEqual([
        ['all', '', '', '10', '4', '1', '2', ''],
        ['kind', 'exclusion', '', '10', '3', '1', '2', ''],
        ['kind', 'battery-low', '', '10', '1', '0', '0', ''],
        ['zone', 'Z-stat', 'High Street', '10', '2', '1', '2', ''],
        ['zone', '', 'zones of victims', '10', '1', '0', '0', ''],
        ['model', 'M-stat', 'Model S', '10', '3', '1', '2', ''],
        ['model', '', 'no model', '10', '1', '0', '0', ''],
        ['untilTaken', '', '', '10', '', '', '', '2'],
        ['untilDisposed', '', '', '10', '', '', '', '2'],
      ]);
    });

    it('is for who reads schemes, over a period that there is', async () => {
      for (const role of ['probation', 'administrator', 'auditor', 'supplier', 'service'])
        for (const path of [`?${WEEK}`, '/before-after?at=2026-02-10T00:00:00Z&days=5'])
          expect([role, (await get(path, role)).statusCode]).toEqual([role, 403]);
      for (const query of [
        '',
        '?from=2026-02-01T00:00:00Z&to=2026-02-01T00:00:00Z',
        '?from=2024-02-01T00:00:00Z&to=2026-02-01T00:00:00Z',
        '?from=yesterday&to=today',
      ])
        expect([query, (await get(query)).statusCode]).toEqual([query, 400]);
      const nobody: Statistics = (await get(`?${WEEK.replace('Stat%20East', 'Nowhere')}`)).json();
      expect([nobody.wearers, nobody.daysOnTag, nobody.all, nobody.untilTaken]).toEqual([
        0,
        0,
        NONE,
        { n: 0, medianMinutes: null, p90Minutes: null },
      ]);
    });
  });
}

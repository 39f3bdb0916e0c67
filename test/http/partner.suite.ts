/**
 * A partner of an assigned wearer, over every endpoint that reads: nothing of what they are answered comes of a victim's zone. The same
 * endpoints tell it where nobody signs in, so that the property holds of something.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unreasonableMs } from '../../src/engine/watch/terms.js';
import { type App, createApp } from '../../src/http/app.js';
import type { Access } from '../../src/http/plugins/principal.js';
import { registerReadAlertRules } from '../../src/http/routes/alerts/read-alert-rules.js';
import { registerAlerts } from '../../src/http/routes/alerts/register.js';
import { registerAtv } from '../../src/http/routes/orders/atv.js';
import { registerRecalls } from '../../src/http/routes/recalls/register-recalls.js';
import { registerRecords } from '../../src/http/routes/records/register-records.js';
import { registerConditionsNow } from '../../src/http/routes/wearers/conditions-now.js';
import { registerTimeline } from '../../src/http/routes/wearers/timeline.js';
import { registerTrail } from '../../src/http/routes/wearers/trail.js';
import { registerWanted } from '../../src/http/routes/wearers/wanted.js';
import { ALERTS, encodeJson } from '../../src/ports/topics.js';
import { DEFAULT_ALERT_RULES } from '../../src/start/alert-rules-file.js';
import { readConditionsNow, readJudgedTrail, readTimeline } from '../../src/start/timeline.js';
import { foldAlertEvents, listAlerts, readAlert } from '../../src/store/alerts.js';
import { readOrderViolations } from '../../src/store/order-violations.js';
import { readPriorityFacts } from '../../src/store/priority-facts.js';
import { recordStore } from '../../src/store/record-store.js';
import { listWanted } from '../../src/store/wanted.js';
import { type AlertLog, startAlertLog } from '../../src/views/alert-log.js';
import { action, finding } from '../alerts/events.js';
import { AS, testAccess } from '../support/access.js';
import { createTestClock, openRecordsApi, type RecordsApi } from '../support/records.js';
import { silentLog } from '../support/silent-log.js';
import { type Adapters, square } from './records.suite.js';

const NOW = '2026-03-20T12:00:00.000Z';
const STARTS = { startsAt: '2026-01-01T00:00:00Z' };
const ABSENCE = { startsAt: '2026-03-20T01:00:00Z', endsAt: '2026-03-20T02:00:00Z', reason: 'lives at Larkspur Row' };
const EPISODE = { startedAt: '2026-03-20T09:00:00.000Z', endedAt: '2026-03-20T10:00:00.000Z' };

/** Nothing of it stands anywhere else. */
const MARKS = [
  'Z-larkspur',
  'C-larkspur',
  'AB-larkspur',
  'Larkspur',
  '0.8181',
  '51.4242',
  '-37.125',
  '17.0625',
  '0.98765',
  '211.375',
  '64.875',
];

const IDS: Readonly<Record<string, string>> = {
  wearerId: 'W-mine',
  orderId: 'O-partner',
  conditionId: 'C-larkspur',
  zoneId: 'Z-larkspur',
  absenceId: 'AB-larkspur',
  activationId: 'A-partner',
  tagId: 'T-partner',
};
/** One alert at the zone itself, one of a curfew at the victim's address, and one at the zone when that was a victim's no more. */
const ALERT_IDS = ['AL-partner-1', 'AL-partner-2', 'AL-partner-3'];

export function partnerSuite(name: string, open: () => Promise<Adapters>): void {
  describe(`what a partner is answered, ${name}`, () => {
    let adapters: Adapters;
    let records: RecordsApi;
    let alertLog: AlertLog;
    /** Of who is signed in, and of a Tagwatch without sign-in. */
    const apps: App[] = [];
    const clock = createTestClock(NOW);

    async function openApp(access?: Access): Promise<App> {
      const { db } = adapters;
      const app = await createApp({ log: silentLog, clock, ...(access && { access }) });
      registerRecords(app, { db, logger: silentLog, clock, serviceArea: null, measure: async () => [] });
      const record = {
        list: (filter: Parameters<typeof listAlerts>[1]) => listAlerts(db, filter),
        read: (alertId: string) => readAlert(db, alertId),
        isOfVictim: async () => true,
      };
      registerAlerts(app, {
        alertLog,
        record,
        failingHandoffs: () => [],
        priority: {
          table: DEFAULT_ALERT_RULES.priority,
          readFacts: (wearerIds, nowMs) => readPriorityFacts(db, wearerIds, nowMs),
        },
        clock,
        logger: silentLog,
      });
      registerReadAlertRules(app, DEFAULT_ALERT_RULES);
      registerRecalls(app, { db, clock });
      registerWanted(app, { listWanted: (query) => listWanted(db, query), clock });
      registerAtv(app, { readViolations: (orderId) => readOrderViolations(db, orderId), unreasonableMs, clock });
      registerTrail(app, {
        readTrail: (query) => readJudgedTrail(db, query, clock.nowMs()),
        listDeleted: async () => [],
        hasWearer: async (wearerId) => (await recordStore.find(db, 'wearer', [wearerId])).has(wearerId),
        clock,
        logger: silentLog,
      });
      registerTimeline(app, { readTimeline: (query) => readTimeline(db, query), clock });
      registerConditionsNow(app, {
        readConditionsNow: (wearerId, nowMs, asker) => readConditionsNow(db, wearerId, nowMs, asker),
        clock,
      });
      await app.ready();
      apps.push(app);
      return app;
    }

    async function ping(at: string, longitude: number): Promise<void> {
      await adapters.db.query(
        `insert into ping (tag_id, fixed_at, identity, received_at, position, accuracy_metres, mechanism, fitted, log_partition, log_offset)
         values ('T-partner', $1::timestamptz, 'i', $1::timestamptz, st_setsrid(st_makepoint($2, 51.43), 4326), 10, 'GPS', 'fitted', 0, 0)`,
        [at, longitude],
      );
    }

    beforeAll(async () => {
      adapters = await open();
      records = await openRecordsApi(adapters.db, adapters.log, clock);
      const put = async (path: string, body: object) => {
        const answer = await records.put(`${path}?wait=false`, body);
        expect([path, answer.statusCode, answer.body]).toEqual([
          path,
          expect.toBeOneOf([200, 201, 202]),
          expect.anything(),
        ]);
      };
      await put('/wearers/W-mine', { name: 'Somebody', force: 'essex' });
      await put('/orders/O-partner', { wearerId: 'W-mine', type: 'licence', ...STARTS });
      await put('/tags/T-partner', {});
      await put('/activations/A-partner', { tagId: 'T-partner', wearerId: 'W-mine', fittedAt: STARTS.startsAt });
      await put('/zones/Z-larkspur', square(0.8181, 51.4242, 0.01, { priority: 'victim', name: 'Larkspur Row' }));
      const naming = { orderId: 'O-partner', zoneId: 'Z-larkspur', ...STARTS };
      await put('/conditions/C-larkspur', { ...naming, kind: 'exclusion' });
      const window = { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '19:00', to: '07:00' };
      const schedule = { timeZone: 'Europe/London', windows: [window] };
      await put('/conditions/C-larkspur-home', { ...naming, kind: 'curfew', schedule });
      await put('/absences/AB-larkspur', { orderId: 'O-partner', conditionIds: ['C-larkspur-home'], ...ABSENCE });
      const plan = (conditionId: string) => ({ conditionId, plan: 'Patrols know.' });
      const { items } = (await records.app.inject({ url: '/api/v1/conditions?wearerId=W-mine' })).json();
      const others = items.flatMap(({ conditionId }: { conditionId: string }) =>
        conditionId.startsWith('C-larkspur') ? [] : plan(conditionId),
      );
      await put('/risk-plans/W-mine', {
        supervision: 'Seen weekly.',
        monitoring: 'By tag.',
        interventions: 'A course.',
        victimSafety: 'An alarm at Larkspur Row.',
        contingency: 'Recall.',
        conditions: [
          plan('C-larkspur'),
          plan('C-larkspur-home'),
          ...others,
          { wording: 'No alcohol.', plan: 'Tested.' },
        ],
        changeReason: 'Larkspur asked for it',
      });
      // From one side of the zone to the other, with nothing said for twenty minutes.
      await ping('2026-03-20T08:00:00Z', 0.79);
      await ping('2026-03-20T08:20:00Z', 0.85);
      const common = {
        wearerId: 'W-mine',
        tagId: 'T-partner',
        activationId: 'A-partner',
        zoneId: 'Z-larkspur',
        zonePriority: 'victim' as const,
        severityBecause: ['victim-zone' as const],
        severity: 'critical' as const,
        absenceId: 'AB-larkspur',
        episode: EPISODE,
        explanation: {
          rule: 'first-fix' as const,
          belief: 0.98765,
          fixes: [
            {
              fixedAt: EPISODE.startedAt,
              latitude: 51.4242,
              longitude: 0.8181,
              signedDistanceMetres: -37.125,
              accuracyMetres: 8,
              likelihoodRatio: 17.0625,
            },
          ],
          crossing: { chordMetres: 211.375, depthMetres: 64.875 },
          thresholds: { bufferMetres: 211.375 },
        },
      };
      const [exclusion, curfew, before] = ALERT_IDS as [string, string, string];
      const isNoMore = { zonePriority: 'standard' as const, severity: 'high' as const, severityBecause: [] };
      const at = '2026-03-20T11:00:00.000Z';
      const of = { wearerId: 'W-mine', at, note: 'she lives at Larkspur Row', reason: 'Larkspur Row' };
      const events = [
        finding({ ...common, alertId: exclusion, conditionId: 'C-larkspur' }),
        finding({ ...common, alertId: exclusion, conditionId: 'C-larkspur', revision: 2 }),
        action('noted', [2, 0], { ...of, alertId: exclusion }),
        action('review-requested', [2, 1], { ...of, alertId: exclusion }),
        finding({ ...common, alertId: curfew, kind: 'curfew', conditionId: 'C-larkspur-home', revision: 2 }),
        finding({ ...common, alertId: before, conditionId: 'C-larkspur' }),
        finding({ ...common, ...isNoMore, alertId: before, conditionId: 'C-larkspur', revision: 2 }),
        action('noted', [2, 0], { ...of, alertId: before }),
      ];
      await foldAlertEvents(
        adapters.db,
        'E-partner',
        events.map((event, seq) => ({ seq, event })),
      );
      await adapters.log.append(
        ALERTS,
        events.map((event) => ({ key: event.wearerId, value: encodeJson(event), partition: 0 })),
      );
      alertLog = await startAlertLog({ log: adapters.log, logger: silentLog, epoch: 'e1' });
      await alertLog.caughtUp;
      await openApp(testAccess);
      await openApp();
    });
    afterAll(async () => {
      for (const app of apps) await app.close();
      await alertLog?.stop();
      await records?.stop();
      await adapters?.stop();
    });

    /** Every address that reads, as the reviewed table has it, with what there is to read. */
    function listAddresses(): string[] {
      const routes: { method: string; path: string }[] = parse(readFileSync('docs/routes.csv', 'utf8'), {
        columns: true,
      });
      return routes
        .filter(({ method, path }) => method === 'GET' && path.startsWith('/api/v1/'))
        .flatMap(({ path }) =>
          path.includes('{alertId}') ? ALERT_IDS.map((id) => path.replace('{alertId}', id)) : [path],
        )
        .map((path) => path.replace(/\{([^}]+)\}/g, (_all, param: string) => IDS[param] ?? '1'))
        .map((path) => (path.endsWith('/conditions-now') ? `${path}?wearerId=W-mine` : path));
    }
    /** What an address answers, of a list each page: suites share a database. */
    const ask = async (app: App, url: string, role?: string) => {
      const bodies: string[] = [];
      for (let next = url; ; ) {
        const { body } = await app.inject({ url: next, ...(role && { headers: { [AS]: role } }) });
        bodies.push(body);
        const cursor = body.match(/"next":"([^"]+)"/)?.[1];
        if (cursor === undefined || bodies.length > 50) return bodies.join('\n');
        next = `${url}${url.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
      }
    };
    /** What the address itself says is no news. */
    const marksIn = (url: string, body: string) =>
      MARKS.filter((mark) =>
        body.replaceAll(/Z-larkspur|C-larkspur|AB-larkspur/g, (id) => (url.includes(id) ? '' : id)).includes(mark),
      );

    it.each(['probation', 'sergeant,probation'])('as %s: nothing that comes of a victim’s zone', async (role) => {
      for (const url of listAddresses()) expect([url, marksIn(url, await ask(apps[0]!, url, role))]).toEqual([url, []]);
    });

    it('without sign-in the same addresses tell it', async () => {
      const told = new Set<string>();
      for (const url of listAddresses()) if (marksIn(url, await ask(apps[1]!, url)).length > 0) told.add(url);
      const { wearerId, orderId } = IDS;
      for (const url of [
        '/api/v1/alerts',
        ...ALERT_IDS.map((id) => `/api/v1/alerts/${id}`),
        '/api/v1/register',
        '/api/v1/zones',
        '/api/v1/conditions',
        '/api/v1/absences',
        '/api/v1/risk-plans',
        `/api/v1/risk-plans/${wearerId}`,
        `/api/v1/risk-plans/${wearerId}/versions`,
        `/api/v1/conditions-now?wearerId=${wearerId}`,
        `/api/v1/orders/${orderId}/atv`,
        `/api/v1/wearers/${wearerId}/timeline`,
        `/api/v1/wearers/${wearerId}/trail`,
      ])
        expect(told).toContain(url);
    });

    it('the risk management plan is told without the part on victims and the conditions with them', async () => {
      const told = JSON.parse(await ask(apps[0]!, '/api/v1/risk-plans/W-mine', 'probation'));
      expect(told).toMatchObject({
        supervision: 'Seen weekly.',
        contingency: 'Recall.',
        conditions: expect.arrayContaining([{ wording: 'No alcohol.', plan: 'Tested.' }]),
      });
      expect(told).not.toHaveProperty('victimSafety');
      expect(told).not.toHaveProperty('changeReason');
    });

    it('the alert itself is told: that it was, when, how surely and how severely, with who did what', async () => {
      const [exclusion] = ALERT_IDS;
      const alert = JSON.parse(await ask(apps[0]!, `/api/v1/alerts/${exclusion}`, 'probation'));
      expect(alert).toMatchObject({
        wearerId: 'W-mine',
        kind: 'exclusion',
        severity: 'critical',
        episode: EPISODE,
        zoneId: null,
        conditionId: null,
        status: 'open',
      });
      expect(alert.events.map(({ type }: { type: string }) => type)).toEqual([
        'suspected',
        'confirmed',
        'noted',
        'review-requested',
      ]);
    });
  });
}

/** What was on record before alerts and pings had columns of their own, and what comes after, an older program's too. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foldAlertEvents } from '../../src/store/alerts.js';
import { migrate, readMigrations } from '../../src/store/migrate.js';
import { readOrderViolations } from '../../src/store/order-violations.js';
import { insertPings } from '../../src/store/pings.js';
import { reconcileStore } from '../../src/store/reconcile.js';
import { action, finding, instantAt } from '../alerts/events.js';
import type { TestDatabase } from '../support/database.js';
import { silentLog } from '../support/silent-log.js';

const AT = '2026-11-22T18:00:00Z';
const RECORDS = `
  insert into wearer values ('W-1', 'One', null, null, 1, '${AT}'), ('W-2', 'Two', null, null, 1, '${AT}');
  insert into tag values ('T-1', null, 1, '${AT}');
  insert into activation values ('AC-1', 'T-1', 'W-1', '2026-11-01', '2026-11-20', 1, '${AT}'),
    ('AC-2', 'T-1', 'W-2', '2026-11-20', null, 1, '${AT}');
  insert into legal_order values ('O-1', 'W-1', 'hdc', '2026-11-01', null, 1, '${AT}');
  insert into condition values ('C-1', 'O-1', null, 1), ('C-all', null, 'all-wearers', 1);
  insert into ping (tag_id, fixed_at, identity, received_at, fitted, log_partition, log_offset) values
    ('T-1', '2026-11-10', 'first', '${AT}', 'fitted', 0, 0), ('T-1', '2026-11-20', 'edge', '${AT}', 'fitted', 0, 1),
    ('T-1', '2026-10-10', 'before', '${AT}', 'not-fitted', 0, 2), ('T-9', '2026-11-10', 'unknown', '${AT}', 'unknown-tag', 0, 3);`;

const LIMITS = { aheadLimitMs: 60_000, zeroDegrees: 0.009 };

export function recorderColumns(name: string, open: () => Promise<TestDatabase>): void {
  describe(`columns of alerts and pings, ${name}`, () => {
    let database: TestDatabase;
    const query = async (sql: string) => (await database.db.query(sql)).rows;
    const fold = (seq: number, event: Parameters<typeof foldAlertEvents>[2][number]['event']) =>
      database.db.transaction((tx) => foldAlertEvents(tx, 'E', [{ seq, event }]));

    beforeAll(async () => {
      database = await open();
      await migrate(
        database.db,
        silentLog,
        readMigrations().filter(({ name: each }) => each < '0070'),
      );
      await database.db.execute(RECORDS);
      await fold(1, finding({ kind: 'curfew', raisedAt: instantAt(1) }));
      await fold(2, finding({ revision: 2 }));
      await fold(3, action('acknowledged', [2, 0]));
      await migrate(database.db, silentLog);
    });
    afterAll(async () => await database?.stop());

    it('hold what the folds say that were there before', async () => {
      expect(
        await query(
          `select type, activation_id, condition_id, condition_version, zone_id, zone_version, order_id, confirmed_at,
                  acknowledged_by, acknowledged_at, disposed_by, disposition, closed_at, assignee from alert`,
        ),
      ).toEqual([
        {
          type: 'confirmed',
          activation_id: 'AC-1',
          condition_id: 'C-1',
          condition_version: 1,
          zone_id: 'Z-1',
          zone_version: 1,
          order_id: 'O-1',
          confirmed_at: new Date(instantAt(2)),
          acknowledged_by: 'local',
          acknowledged_at: new Date(instantAt(30)),
          disposed_by: null,
          disposition: null,
          closed_at: null,
          assignee: null,
        },
      ]);
    });

    it('follow the fold', async () => {
      await fold(4, action('disposed', [2, 1], { at: instantAt(40) }));
      await fold(5, finding({ alertId: 'A-2', conditionId: 'C-all', activationId: 'AC-2', wearerId: 'W-2' }));
      await fold(6, finding({ alertId: 'A-3', conditionId: null, zoneId: null, kind: 'strap-tamper' }));
      expect(
        await query(
          'select alert_id, order_id, disposition, disposed_at, condition_id, activation_id from alert order by alert_id',
        ),
      ).toEqual([
        {
          alert_id: 'A-1',
          order_id: 'O-1',
          disposition: 'no-action',
          disposed_at: new Date(instantAt(40)),
          condition_id: 'C-1',
          activation_id: 'AC-1',
        },
        {
          alert_id: 'A-2',
          order_id: null,
          disposition: null,
          disposed_at: null,
          condition_id: 'C-all',
          activation_id: 'AC-2',
        },
        {
          alert_id: 'A-3',
          order_id: null,
          disposition: null,
          disposed_at: null,
          condition_id: null,
          activation_id: 'AC-1',
        },
      ]);
    });

    it('are what an order’s violations and an activation’s findings are found by', async () => {
      const found = await readOrderViolations(database.db, 'O-1');
      expect(found?.alerts.map(({ alertId }) => alertId)).toEqual(['A-1']);
      await fold(7, finding({ alertId: 'A-4', kind: 'curfew', episode: { startedAt: instantAt(9), endedAt: null } }));
      const again = await readOrderViolations(database.db, 'O-1');
      expect(again?.alerts.map(({ alertId }) => alertId)).toEqual(['A-4', 'A-1']);
      const findings = await reconcileStore.readFindings(database.db, {
        activationId: 'AC-2',
        endedAfterMs: 0,
        limit: 9,
      });
      expect(findings.map(({ alertId }) => alertId)).toEqual(['A-2']);
    });

    it('say whose ping it was', async () => {
      const ping = (fixedAt: string, tagId = 'T-1') => ({
        ping: {
          tagId,
          identity: `new ${fixedAt}`,
          sequence: null,
          fixedAtMs: Date.parse(fixedAt),
          position: null,
          deviceEvents: [],
          speedKmh: null,
          headingDegrees: null,
          altitudeMetres: null,
          satellites: null,
          batteryPercent: null,
        },
        receivedAtMs: Date.parse(AT),
        partition: 0,
        offset: 9,
      });
      await database.db.transaction((tx) =>
        insertPings(
          tx,
          [ping('2026-11-19T12:00:00Z'), ping('2026-11-21T12:00:00Z'), ping('2026-11-21', 'T-9')],
          LIMITS,
        ),
      );
      expect(await query('select identity, fitted, activation_id from ping order by identity')).toEqual([
        { identity: 'before', fitted: 'not-fitted', activation_id: null },
        { identity: 'edge', fitted: 'fitted', activation_id: 'AC-2' },
        { identity: 'first', fitted: 'fitted', activation_id: 'AC-1' },
        { identity: 'new 2026-11-19T12:00:00Z', fitted: 'fitted', activation_id: 'AC-1' },
        { identity: 'new 2026-11-21', fitted: 'unknown-tag', activation_id: null },
        { identity: 'new 2026-11-21T12:00:00Z', fitted: 'fitted', activation_id: 'AC-2' },
        { identity: 'unknown', fitted: 'unknown-tag', activation_id: null },
      ]);
    });
  });
}

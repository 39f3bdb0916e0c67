/** Alerts of before the fold said itself whether it was about a victim's zone. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { concernsVictim } from '../../src/alerts/victim.js';
import { foldAlertEvents, listAlerts } from '../../src/store/alerts.js';
import { readMigrations } from '../../src/store/migrate.js';
import { finding } from '../alerts/events.js';
import { openTestPglite, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestPglite();
});
afterAll(async () => await database?.stop());

/** A zone with these priorities, one version after the other. */
async function keepZone(zoneId: string, priorities: readonly string[]): Promise<void> {
  await database.db.query('insert into zone (zone_id, version) values ($1, $2::int)', [zoneId, priorities.length]);
  for (const [n, priority] of priorities.entries())
    await database.db.query(
      `insert into zone_version (zone_id, version, effective_at_given, recorded_at, name, priority, area_square_metres, shape, geometry)
       values ($1, $2::int, false, '2026-03-01T00:00:00Z', $1, $3, 1, '{}', st_geomfromtext('POINT(0 51)', 4326))`,
      [zoneId, n + 1, priority],
    );
}

it('are told by their events, and the others are left as they are', async () => {
  const { db } = database;
  const standard = { zonePriority: 'standard', severity: 'high' } as const;
  const events = [
    finding({ alertId: 'AL-was', zonePriority: 'victim', severity: 'critical' }),
    finding({ alertId: 'AL-was', ...standard, revision: 2 }),
    finding({ alertId: 'AL-older', severity: 'critical' }),
    finding({ alertId: 'AL-older', ...standard, revision: 2 }),
    finding({ alertId: 'AL-never', ...standard }),
    // Of a zone that was a victim's once, and not when this was found.
    finding({ alertId: 'AL-since', ...standard, zoneId: 'Z-was' }),
    finding({ alertId: 'AL-then', zonePriority: 'victim', severity: 'critical', zoneId: 'Z-was' }),
    finding({ alertId: 'AL-then', ...standard, zoneId: 'Z-was', revision: 2 }),
    finding({ alertId: 'AL-standard', ...standard, zoneId: 'Z-standard' }),
    finding({ alertId: 'AL-tag', kind: 'strap-tamper', severity: 'critical', zoneId: null }),
  ];
  await keepZone('Z-was', ['standard', 'victim', 'standard']);
  await keepZone('Z-standard', ['standard']);
  await foldAlertEvents(
    db,
    'E-was',
    events.map((event, seq) => ({ seq, event })),
  );
  const concerned = async () => {
    const alerts = await listAlerts(db, { limit: 10 });
    return alerts
      .filter(concernsVictim)
      .map(({ alertId }) => alertId)
      .sort();
  };
  expect(await concerned()).toEqual(['AL-older', 'AL-then', 'AL-was']);
  await db.query(`update alert set fold = fold - 'wasOfVictim'`);
  expect(await concerned()).toEqual([]);
  for (const name of ['0190_was_of_victim', '0191_of_no_zone'])
    await db.query(readMigrations().find((each) => each.name === name)!.sql);
  expect(await concerned()).toEqual(['AL-older', 'AL-then', 'AL-was']);
});

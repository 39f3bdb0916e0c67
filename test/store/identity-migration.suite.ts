/** What was on record under its sequence alone is, after the migration, what the same ping is today. */
import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEVICE_EVENTS, type Ping } from '../../src/engine/types.js';
import { parsePing } from '../../src/formats/pings/tagwatch-ping.js';
import { type Migration, migrate, readMigrations } from '../../src/store/migrate.js';
import { insertPings, makePingPartitions } from '../../src/store/pings.js';
import type { TestDatabase } from '../support/database.js';
import { runs } from '../support/random.js';
import { silentLog } from '../support/silent-log.js';

const RECEIVED_AT_MS = Date.UTC(2026, 10, 27, 12);
const LIMITS = { aheadLimitMs: 60_000, zeroDegrees: 0.009 };

const degrees = (limit: number) =>
  fc.oneof(
    fc.integer({ min: -limit * 1e6, max: limit * 1e6 }).map((value) => value / 1e6),
    fc.constantFrom(0.00005, -0.000001, 51, 1.0803, -0.1),
  );
const reading = (min: number, max: number) =>
  fc.option(
    fc.oneof(
      fc.integer({ min, max }),
      fc.integer({ min: min * 1000, max: max * 1000 }).map((n) => n / 1000),
    ),
  );
const rawPing = fc.record({
  tagId: fc.constantFrom('T-1', 'AA:BB:CC', 'Van "7" \\ é漢😀', 'owner/phone'),
  sequence: fc.nat(),
  fixedAt: fc.integer({ min: Date.UTC(2026, 9, 1), max: RECEIVED_AT_MS }).map((ms) => new Date(ms).toISOString()),
  place: fc.option(fc.record({ latitude: degrees(90), longitude: degrees(180) })),
  accuracyMetres: fc.option(
    fc.oneof(
      fc.constant(0),
      fc.integer({ min: 1, max: 90_000 }).map((n) => n / 10),
    ),
  ),
  mechanism: fc.constantFrom('GPS', 'RF', 'LBS', 'WIFI'),
  deviceEvents: fc.array(fc.constantFrom(...DEVICE_EVENTS), { maxLength: 3 }),
  speedKmh: reading(0, 200),
  headingDegrees: reading(0, 360),
  altitudeMetres: reading(-100, 9_000),
  satellites: fc.option(fc.integer({ min: 1, max: 40 })),
  batteryPercent: reading(0, 100),
});

export function identityMigration(name: string, open: () => Promise<TestDatabase>): void {
  describe(`identity of what was on record before, ${name}`, () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await open();
    });
    afterAll(async () => await database?.stop());

    it('is that of the same ping today: sent again it is a duplicate', async () => {
      const { db } = database;
      const known = readMigrations();
      // And what today's recorder needs besides.
      const isBefore = ({ name: each }: Migration) =>
        each < '0041' || ['0071_ping_activation', '0090_place_in_a_record', '0181_consent'].includes(each);
      await migrate(db, silentLog, known.filter(isBefore));
      await makePingPartitions(db, ['2026-11-26', '2026-11-27']);
      const seed = randomInt(2 ** 31);
      const raws = fc.sample(rawPing, { numRuns: runs(150), seed });
      const today = new Map<string, Ping>();
      const rows = raws.flatMap(({ place, ...raw }, offset) => {
        const result = parsePing({ ...raw, ...place }, RECEIVED_AT_MS);
        if (!result.ok) throw new Error(`seed ${seed}: ${result.detail}`);
        const { ping } = result;
        const numbered = `${ping.tagId} ${ping.fixedAtMs} ${ping.sequence}`;
        // At 0° 0° nothing was left out then.
        if (today.has(numbered) || ping.positionIgnored !== undefined) return [];
        today.set(numbered, ping);
        const position = ping.position && { ...ping.position, accuracyMetres: raw.accuracyMetres };
        const old = { ...ping, position, identity: `s:${ping.sequence}` };
        return [{ ping: old, receivedAtMs: RECEIVED_AT_MS, partition: 0, offset }];
      });
      const count = async (counts: ReturnType<typeof insertPings>) =>
        Object.values(await counts).reduce((sum, each) => sum + each, 0);
      expect(await count(insertPings(db, rows, LIMITS)), `seed ${seed}`).toBe(today.size);
      await migrate(db, silentLog);
      const again = [...today.values()].map((ping, offset) => ({
        ping,
        receivedAtMs: RECEIVED_AT_MS,
        partition: 0,
        offset,
      }));
      expect(await count(insertPings(db, again, LIMITS)), `seed ${seed}`).toBe(0);
      const stored = await db.query<{ identity: string }>('select identity from ping');
      expect(stored.rows.map(({ identity }) => identity).sort(), `seed ${seed}`).toEqual(
        again.map(({ ping }) => ping.identity).sort(),
      );
    });

    it('lets a fix and a tamper share a second and a sequence, each once', async () => {
      const fix = { tagId: 'T-both', fixedAt: '2026-11-27T11:00:00Z', sequence: 0, latitude: 51, longitude: 1 };
      const tamper = { tagId: 'T-both', fixedAt: fix.fixedAt, sequence: 0, deviceEvents: ['strap-tamper'] };
      const rows = [fix, tamper, tamper, fix].map((raw, offset) => {
        const result = parsePing(raw, RECEIVED_AT_MS);
        if (!result.ok) throw new Error(result.detail);
        return { ping: result.ping, receivedAtMs: RECEIVED_AT_MS, partition: 0, offset };
      });
      expect(await insertPings(database.db, rows, LIMITS)).toMatchObject({ 'unknown-tag': 2 });
      expect(await insertPings(database.db, rows, LIMITS)).toMatchObject({ 'unknown-tag': 0 });
    });
  });
}

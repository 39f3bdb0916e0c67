/** What stood as a rating in the wearers' own records is a record of its own after the migration, with who wrote it and when. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Migration, migrate, readMigrations } from '../../src/store/migrate.js';
import { recordStore } from '../../src/store/record-store.js';
import type { TestDatabase } from '../support/database.js';
import { silentLog } from '../support/silent-log.js';

export function judgementMigration(name: string, open: () => Promise<TestDatabase>): void {
  describe(`ratings that stood in the wearers’ records, ${name}`, () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await open();
    });
    afterAll(async () => await database?.stop());

    it('become records of their own, version by version; who had none has none', async () => {
      const { db } = database;
      const isBefore = ({ name: each }: Migration) => each < '0170';
      const known = readMigrations();
      await migrate(db, silentLog, known.filter(isBefore));
      const versions = [
        ['W-rated', 1, '{"name": "A", "rag": "amber"}', 'a'],
        ['W-rated', 2, '{"name": "B", "rag": "amber"}', 'b'],
        ['W-rated', 3, '{"name": "B", "rag": "red"}', 'c'],
        ['W-erased', 1, '{"name": "C", "rag": "green"}', 'a'],
        ['W-erased', 2, '{"name": "C"}', 'b'],
        ['W-never', 1, '{"name": "D"}', 'a'],
      ] as const;
      for (const [id, version, content, author] of versions) {
        const at = `2026-01-0${version}T00:00:00Z`;
        await db.query(
          `insert into wearer (wearer_id, name, rag, version, recorded_at)
           values ($1, $2::jsonb ->> 'name', $2::jsonb ->> 'rag', $3::int, $4::timestamptz)
           on conflict (wearer_id) do update set rag = excluded.rag, version = excluded.version`,
          [id, content, version, at],
        );
        await db.query(
          `insert into record_version (record_kind, record_id, version, recorded_at, author, content)
           values ('wearer', $1, $2::int, $3::timestamptz, $4, $5::jsonb)`,
          [id, version, at, author, content],
        );
      }
      await migrate(db, silentLog, known);
      const rated = await recordStore.versions(db, 'rag-rating', 'W-rated', 0, 10);
      expect(rated.map(({ version, author, effectiveAt, content }) => [version, author, effectiveAt, content])).toEqual(
        [
          [1, 'a', '2026-01-01T00:00:00.000Z', expect.objectContaining({ rating: 'amber' })],
          [2, 'c', '2026-01-03T00:00:00.000Z', expect.objectContaining({ rating: 'red' })],
        ],
      );
      const standing = await recordStore.find(db, 'rag-rating', ['W-rated', 'W-erased', 'W-never']);
      expect([...standing.keys()]).toEqual(['W-rated']);
      expect(standing.get('W-rated')).toMatchObject({ version: 2, content: { rating: 'red' } });
      const wearers = await recordStore.find(db, 'wearer', ['W-rated', 'W-erased']);
      expect(wearers.get('W-rated')?.content).toEqual({ name: 'B' });
      const { rows } = await db.query<{ about: string }>(
        `select about_wearer_id as about from record_version where record_kind = 'rag-rating'`,
        [],
      );
      expect(rows.map(({ about }) => about)).toEqual(['W-rated', 'W-rated']);
    });
  });
}

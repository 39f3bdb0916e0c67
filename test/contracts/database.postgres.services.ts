import { expect, it } from 'vitest';
import { connectPostgres } from '../../src/store/postgres.js';
import { createPostgresDatabase } from '../support/database.js';
import { silentLog } from '../support/silent-log.js';
import { databaseContract } from './database.js';

databaseContract('PostGIS', async () => {
  const { url, drop } = await createPostgresDatabase();
  const db = connectPostgres({ url, log: silentLog });
  const other = connectPostgres({ url, log: silentLog, poolSize: 2 });
  return {
    db,
    other,
    async stop() {
      await db.close();
      await other.close();
      await drop();
    },
  };
});

it('compiles no statement, however costly the server takes it to be', async () => {
  const { url, drop } = await createPostgresDatabase();
  const db = connectPostgres({ url, log: silentLog });
  try {
    const plan = await db.transaction(async (tx) => {
      await tx.query('set local jit_above_cost = 0');
      const sql = 'explain (analyze) select count(*) from generate_series(1, 10) n where n % 2 = 0';
      return await tx.query<{ 'QUERY PLAN': string }>(sql);
    });
    const lines = plan.rows.map((row) => row['QUERY PLAN']);
    expect(lines.join('\n')).toContain('Execution Time');
    expect(lines.filter((line) => line.includes('JIT'))).toEqual([]);
  } finally {
    await db.close();
    await drop();
  }
});

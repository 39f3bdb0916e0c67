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

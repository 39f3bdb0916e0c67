import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPglite } from '../../src/store/pglite.js';
import { silentLog } from '../support/silent-log.js';
import { databaseContract } from './database.js';

databaseContract('PGlite', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tagwatch-pglite-'));
  const db = await openPglite({ directory, log: silentLog });
  return {
    db,
    other: db,
    async stop() {
      await db.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
});

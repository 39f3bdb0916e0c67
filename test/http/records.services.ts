import { afterAll } from 'vitest';
import { openTestPostgres } from '../support/database.js';
import { openTestLog } from '../support/embedded-log.js';
import { publisherSuite } from './publisher.suite.js';

let opened: ReturnType<typeof openTestPostgres> | null = null;
afterAll(async () => (await opened)?.stop());

publisherSuite('PostGIS', async () => {
  opened ??= openTestPostgres();
  return { db: (await opened).db, openLog: openTestLog };
});

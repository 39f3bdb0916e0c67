import { openTestPglite } from '../support/database.js';
import { openTestLog } from '../support/embedded-log.js';
import { recordsSuite } from './records.suite.js';

recordsSuite('embedded', async () => {
  const { db, stop } = await openTestPglite();
  const { log, dispose } = await openTestLog();
  return {
    db,
    log,
    async stop() {
      await dispose();
      await stop();
    },
  };
});

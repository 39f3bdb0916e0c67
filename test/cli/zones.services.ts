import { zoneOraclesSuite } from '../formats/zone-oracles.suite.js';
import { openEmptyPostgres, openTestPostgres } from '../support/database.js';
import { openTestLog } from '../support/embedded-log.js';
import { zonesImportSuite } from './zones-import.suite.js';

zonesImportSuite('PostGIS', async () => {
  const { db, stop } = await openTestPostgres();
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

zoneOraclesSuite('PostGIS', openEmptyPostgres);

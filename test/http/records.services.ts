import { afterAll } from 'vitest';
import { openTestPostgres } from '../support/database.js';
import { openTestLog } from '../support/embedded-log.js';
import { briefingsSuite } from './briefings.suite.js';
import { crimeBatchesSuite } from './crime-batches.suite.js';
import { handoversSuite } from './handovers.suite.js';
import { packsSuite } from './packs.suite.js';
import { patternsSuite } from './patterns.suite.js';
import { proposalsSuite } from './proposals.suite.js';
import { publisherSuite } from './publisher.suite.js';
import { recallsSuite } from './recalls.suite.js';
import { recordFilesSuite } from './record-files.suite.js';
import { recordsSuite } from './records.suite.js';
import { recordsImportSuite } from './records-import.suite.js';

import { rehearsalsSuite } from './rehearsals.suite.js';

import { statisticsSuite } from './statistics.suite.js';
import { tasksSuite } from './tasks.suite.js';
import { transferSuite } from './transfer.suite.js';
import { victimWatchSuite } from './victim-watch.suite.js';

let opened: ReturnType<typeof openTestPostgres> | null = null;
afterAll(async () => (await opened)?.stop());

const openDatabase = async () => {
  opened ??= openTestPostgres();
  return (await opened).db;
};
const openAdapters = async () => {
  const { log, dispose } = await openTestLog();
  return { db: await openDatabase(), log, stop: dispose };
};

recordsSuite('PostGIS', openAdapters);
recordsImportSuite('PostGIS', openAdapters);
recallsSuite('PostGIS', openAdapters);
proposalsSuite('PostGIS', openAdapters);
tasksSuite('PostGIS', openAdapters);
recordFilesSuite('PostGIS', openAdapters);
transferSuite('PostGIS', openAdapters);
handoversSuite('PostGIS', openAdapters);
briefingsSuite('PostGIS', openAdapters);
statisticsSuite('PostGIS', openAdapters);
publisherSuite('PostGIS', async () => ({ db: await openDatabase(), openLog: openTestLog }));
packsSuite('PostGIS', openDatabase);
rehearsalsSuite('PostGIS', openDatabase);
crimeBatchesSuite('PostGIS', openDatabase);
patternsSuite('PostGIS', openDatabase);

// Last: a victim's zone of all wearers stands from then on.
victimWatchSuite('PostGIS', openAdapters);

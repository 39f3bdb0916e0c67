import { afterAll } from 'vitest';
import { openTestPglite } from '../support/database.js';
import { openTestLog } from '../support/embedded-log.js';
import { briefingsSuite } from './briefings.suite.js';
import { crimeBatchesSuite } from './crime-batches.suite.js';
import { handoversSuite } from './handovers.suite.js';
import { packsSuite } from './packs.suite.js';
import { partnerSuite } from './partner.suite.js';
import { patternsSuite } from './patterns.suite.js';
import { proposalsSuite } from './proposals.suite.js';
import { publisherSuite } from './publisher.suite.js';
import { recallsSuite } from './recalls.suite.js';
import { recordFilesSuite } from './record-files.suite.js';
import { recordScopeSuite } from './record-scope.suite.js';
import { recordsSuite } from './records.suite.js';
import { recordsImportSuite } from './records-import.suite.js';
import { rehearsalsSuite } from './rehearsals.suite.js';
import { rejectedSuite } from './rejected.suite.js';
import { riskPlansSuite } from './risk-plans.suite.js';
import { statisticsSuite } from './statistics.suite.js';
import { tasksSuite } from './tasks.suite.js';
import { transferSuite } from './transfer.suite.js';
import { victimWatchSuite } from './victim-watch.suite.js';

// One embedded database for all suites: it takes 8 s and a gigabyte.
let opened: ReturnType<typeof openTestPglite> | null = null;
const openDatabase = async () => {
  opened ??= openTestPglite();
  return (await opened).db;
};
afterAll(async () => (await opened)?.stop());

recordsSuite('embedded', async () => {
  const { log, dispose } = await openTestLog();
  return { db: await openDatabase(), log, stop: dispose };
});

recordsImportSuite('embedded', async () => {
  const { log, dispose } = await openTestLog();
  return { db: await openDatabase(), log, stop: dispose };
});

recordScopeSuite('embedded', async () => {
  const { log, dispose } = await openTestLog();
  return { db: await openDatabase(), log, stop: dispose };
});

partnerSuite('embedded', async () => {
  const { log, dispose } = await openTestLog();
  return { db: await openDatabase(), log, stop: dispose };
});

recallsSuite('embedded', async () => {
  const { log, dispose } = await openTestLog();
  return { db: await openDatabase(), log, stop: dispose };
});

proposalsSuite('embedded', async () => {
  const { log, dispose } = await openTestLog();
  return { db: await openDatabase(), log, stop: dispose };
});

riskPlansSuite('embedded', async () => {
  const { log, dispose } = await openTestLog();
  return { db: await openDatabase(), log, stop: dispose };
});

tasksSuite('embedded', async () => {
  const { log, dispose } = await openTestLog();
  return { db: await openDatabase(), log, stop: dispose };
});

recordFilesSuite('embedded', async () => {
  const { log, dispose } = await openTestLog();
  return { db: await openDatabase(), log, stop: dispose };
});

transferSuite('embedded', async () => {
  const { log, dispose } = await openTestLog();
  return { db: await openDatabase(), log, stop: dispose };
});

handoversSuite('embedded', async () => {
  const { log, dispose } = await openTestLog();
  return { db: await openDatabase(), log, stop: dispose };
});

briefingsSuite('embedded', async () => {
  const { log, dispose } = await openTestLog();
  return { db: await openDatabase(), log, stop: dispose };
});

statisticsSuite('embedded', async () => {
  const { log, dispose } = await openTestLog();
  return { db: await openDatabase(), log, stop: dispose };
});

publisherSuite('embedded', async () => ({ db: await openDatabase(), openLog: openTestLog }));

rejectedSuite('embedded', openDatabase);

packsSuite('embedded', openDatabase);

rehearsalsSuite('embedded', openDatabase);

crimeBatchesSuite('embedded', openDatabase);
patternsSuite('embedded', openDatabase);

// Last: a victim's zone of all wearers stands from then on.
victimWatchSuite('embedded', async () => {
  const { log, dispose } = await openTestLog();
  return { db: await openDatabase(), log, stop: dispose };
});

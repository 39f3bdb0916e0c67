import { openTestPglite } from '../support/database.js';
import { openTestLog } from '../support/embedded-log.js';
import { reconcilerSuite } from './reconciler-suite.js';

reconcilerSuite('embedded log, PGlite', openTestPglite, openTestLog);

import { openTestPglite } from '../support/database.js';
import { openTestLog } from '../support/embedded-log.js';
import { auditSuite } from './audit-suite.js';

auditSuite('embedded log, PGlite', openTestPglite, openTestLog);

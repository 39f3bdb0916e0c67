import { openEmptyPglite } from '../support/database.js';
import { openTestLog } from '../support/embedded-log.js';
import { recorderSuite } from './recorder-suite.js';

recorderSuite('embedded log, PGlite', openEmptyPglite, openTestLog);

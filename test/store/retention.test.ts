import { openTestPglite } from '../support/database.js';
import { retentionSuite } from './retention.suite.js';

retentionSuite('embedded', openTestPglite);

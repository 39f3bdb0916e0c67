import { openEmptyPglite } from '../support/database.js';
import { identityMigration } from './identity-migration.suite.js';

identityMigration('PGlite', openEmptyPglite);

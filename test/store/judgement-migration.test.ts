import { openEmptyPglite } from '../support/database.js';
import { judgementMigration } from './judgement-migration.suite.js';

judgementMigration('PGlite', openEmptyPglite);

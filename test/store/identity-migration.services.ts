import { openEmptyPostgres } from '../support/database.js';
import { identityMigration } from './identity-migration.suite.js';

identityMigration('PostGIS', openEmptyPostgres);

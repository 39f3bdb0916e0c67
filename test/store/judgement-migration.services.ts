import { openEmptyPostgres } from '../support/database.js';
import { judgementMigration } from './judgement-migration.suite.js';

judgementMigration('PostGIS', openEmptyPostgres);

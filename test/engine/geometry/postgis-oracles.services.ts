import { openEmptyPostgres } from '../../support/database.js';
import { postgisOraclesSuite } from './postgis-oracles.suite.js';

postgisOraclesSuite('PostGIS', 400, openEmptyPostgres);

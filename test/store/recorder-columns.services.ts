import { openEmptyPostgres } from '../support/database.js';
import { recorderColumns } from './recorder-columns.suite.js';

recorderColumns('PostGIS', openEmptyPostgres);

import { openEmptyPglite } from '../support/database.js';
import { recorderColumns } from './recorder-columns.suite.js';

recorderColumns('PGlite', openEmptyPglite);

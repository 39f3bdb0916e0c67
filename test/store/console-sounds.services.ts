import { openTestPostgres } from '../support/database.js';
import { consoleSounds } from './console-sounds.suite.js';

consoleSounds('PostGIS', openTestPostgres);

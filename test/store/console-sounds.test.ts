import { openTestPglite } from '../support/database.js';
import { consoleSounds } from './console-sounds.suite.js';

consoleSounds('PGlite', openTestPglite);

/** Of whom nothing is on record that moves an alert. */
import { DEFAULT_PRIORITY, type WearersPriorityFacts } from '../../src/wire/priority.js';

const NOTHING: WearersPriorityFacts = { ragOf: () => null, wantedOf: () => null, requests: [] };

export const NOTHING_ON_RECORD = { table: DEFAULT_PRIORITY, readFacts: async () => NOTHING };

/** Every scenario, in the order of the report. */
import type { Scenario } from '../scenario.js';
import { AT_HOME } from './at-home.js';
import { CURFEWS } from './curfews.js';
import { DELIVERY } from './delivery.js';
import { RECORDS } from './records.js';
import { ZONES } from './zones.js';

export const SCENARIOS: readonly Scenario[] = [...AT_HOME, ...ZONES, ...CURFEWS, ...DELIVERY, ...RECORDS];

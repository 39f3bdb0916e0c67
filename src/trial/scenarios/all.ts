/** Every scenario, in the order of the report. */
import type { Scenario } from '../scenario.js';
import { AT_HOME } from './at-home.js';
import { CURFEWS } from './curfews.js';
import { ZONES } from './zones.js';

export const SCENARIOS: readonly Scenario[] = [...AT_HOME, ...ZONES, ...CURFEWS];

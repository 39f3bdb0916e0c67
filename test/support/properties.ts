/**
 * Every property begins with the seed that is given, so that a run can be had again as a whole (without one each takes a seed of its own),
 * and is tried as often as `runs` says.
 */
import fc from 'fast-check';
import { runs } from './random.js';

const FAST_CHECKS_OWN = 100;

const text = process.env['TAGWATCH_SEED'];
const seed = Number(text);
if (text !== undefined && !Number.isSafeInteger(seed))
  throw new Error(`TAGWATCH_SEED must be a whole number; it is ${text}`);
fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  numRuns: runs(FAST_CHECKS_OWN),
  ...(text === undefined ? {} : { seed }),
});

/** Counters that count nothing, for tests that look at something else. */
import type { EngineCounters } from '../../src/roles/engine/engine-worker.js';

export const noEngineCounters: EngineCounters = {
  pingFolded() {},
  eventAppended() {},
  alertLatency() {},
  inputRejected() {},
  statesCheckpointed() {},
};

/** Logs for tests. */
import type { Log } from '../../src/pipeline/ports.js';

/** Says nothing. */
export const quietLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

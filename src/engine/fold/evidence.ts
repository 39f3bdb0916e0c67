/** Whether a ping counts as evidence. What does not is stored with the reason, and changes nothing. */

import { AHEAD_LIMIT_MS } from '../thresholds.js';
import type { NotJudged, Ping } from '../types.js';
import type { CompiledOwn } from '../watch/compile.js';
import { isZeroPosition } from './zero-position.js';

/** Why a ping does not count, whatever its place in time; null when it may. */
export function whyNotJudged(ping: Ping, receivedAtMs: number, own: CompiledOwn): NotJudged | null {
  const { position, fixedAtMs } = ping;
  if (position === null) return 'no-position';
  if (isZeroPosition(position)) return 'zero-position';
  if (fixedAtMs < own.fittedAtMs || fixedAtMs >= own.removedAtMs) return 'not-fitted';
  if (position.mechanism !== 'GPS' && position.mechanism !== 'RF') return 'mechanism';
  if (position.accuracyMetres === null && own.defaultAccuracyMetres === null) return 'no-accuracy';
  if (fixedAtMs - receivedAtMs > AHEAD_LIMIT_MS) return 'ahead-of-clock';
  return null;
}

/** Which alerts sound: a flood is one sound, not a hundred. Pure. */
import type { AlertItem } from '../../alerts/alert.js';

const QUIET_AFTER_MS = 2_000;
const WORST_FIRST = ['critical', 'high', 'medium', 'low'] as const satisfies readonly AlertItem['severity'][];

export interface Sounded {
  readonly severity: AlertItem['severity'];
  readonly atMs: number;
}

/** Whether an alert is heard by the sound just before it: never a critical one, nor one that is worse than what sounded. */
export function isHeardBy(severity: AlertItem['severity'], nowMs: number, last: Sounded | null): boolean {
  if (severity === 'critical' || last === null || nowMs - last.atMs >= QUIET_AFTER_MS) return false;
  return WORST_FIRST.indexOf(severity) >= WORST_FIRST.indexOf(last.severity);
}

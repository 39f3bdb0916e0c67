/** By which rule a finding about a tag was made, and by which numbers. */
import {
  BATTERY_CRITICAL_OVER_PERCENT,
  BATTERY_CRITICAL_PERCENT,
  BATTERY_LOW_OVER_PERCENT,
  BATTERY_LOW_PERCENT,
  CHARGING_OVERDUE_MS,
  JAMMING_AFTER_MS,
  JAMMING_MESSAGES,
  MOVED_METRES,
  NEVER_MOVES_MS,
  NO_GPS_AFTER_MS,
  NO_GPS_MESSAGES,
  UNUSABLE_AFTER_MS,
  UNUSABLE_MESSAGES,
} from '../thresholds.js';
import type { DeviceKind, Explanation } from '../types.js';
import type { CompiledOwn } from '../watch/compile.js';
import type { FoundDevice } from './marks.js';

const THRESHOLDS: Readonly<Record<DeviceKind, Explanation['thresholds']>> = {
  'strap-tamper': {},
  'case-tamper': {},
  'battery-low': { lowPercent: BATTERY_LOW_PERCENT, overPercent: BATTERY_LOW_OVER_PERCENT },
  'battery-critical': { criticalPercent: BATTERY_CRITICAL_PERCENT, overPercent: BATTERY_CRITICAL_OVER_PERCENT },
  'charging-overdue': { overdueAfterMs: CHARGING_OVERDUE_MS },
  'powered-off': {},
  'no-gps': { afterMs: NO_GPS_AFTER_MS, messages: NO_GPS_MESSAGES },
  jamming: { afterMs: JAMMING_AFTER_MS, messages: JAMMING_MESSAGES },
  'never-moves': { afterMs: NEVER_MOVES_MS, movedMetres: MOVED_METRES },
  unmonitored: {},
};

/** `foundAtMs` where it is not the time of the input: what a device says is found when the device says it. */
export function explainDevice(
  kind: DeviceKind,
  found: FoundDevice | undefined,
  own: CompiledOwn,
): { readonly explanation: Explanation; readonly foundAtMs?: number } {
  if (kind !== 'unmonitored') {
    const explanation: Explanation = { rule: 'device', fixes: [], thresholds: THRESHOLDS[kind] };
    return kind === 'never-moves' || found === undefined
      ? { explanation }
      : { explanation, foundAtMs: found.lastOnAtMs };
  }
  const thresholds =
    found?.reason === 'no-fix'
      ? { afterMs: UNUSABLE_AFTER_MS, messages: UNUSABLE_MESSAGES }
      : { silentAfterMs: own.silentAfterMs };
  return { explanation: { rule: 'silence', fixes: [], thresholds } };
}

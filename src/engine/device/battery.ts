/**
 * The battery is low, or nearly empty: as the tag says, or by its percentage; over well above that, so that a figure that moves to
 * and fro is one episode. Of a tag that tells no percentage it is over when charging stops.
 */
import {
  BATTERY_CRITICAL_OVER_PERCENT,
  BATTERY_CRITICAL_PERCENT,
  BATTERY_LOW_OVER_PERCENT,
  BATTERY_LOW_PERCENT,
} from '../thresholds.js';
import type { DeviceEvent, Ping } from '../types.js';
import type { MarkRule } from './mark-rule.js';

export const batteryLow: MarkRule = {
  kind: 'battery-low',
  read: (ping) => readBattery(ping, 'battery-low', BATTERY_LOW_PERCENT, BATTERY_LOW_OVER_PERCENT),
  isLevel: true,
};

export const batteryCritical: MarkRule = {
  kind: 'battery-critical',
  read: (ping) => readBattery(ping, 'battery-critical', BATTERY_CRITICAL_PERCENT, BATTERY_CRITICAL_OVER_PERCENT),
  isLevel: true,
};

function readBattery(
  { deviceEvents, batteryPercent }: Ping,
  event: DeviceEvent,
  fromPercent: number,
  overPercent: number,
): 'on' | 'off' | null {
  if (deviceEvents.includes(event)) return 'on';
  if (batteryPercent === null) return deviceEvents.includes('charging-stopped') ? 'off' : null;
  if (batteryPercent <= fromPercent) return 'on';
  return batteryPercent >= overPercent ? 'off' : null;
}

/**
 * Every rule that reads of a message by itself what it says of the tag, one kind each. A new kind is a rule here, and its line in the list
 * below.
 */
import {
  BATTERY_CRITICAL_OVER_PERCENT,
  BATTERY_CRITICAL_PERCENT,
  BATTERY_LOW_OVER_PERCENT,
  BATTERY_LOW_PERCENT,
  JAMMING_AFTER_MS,
  JAMMING_MESSAGES,
  NO_GPS_AFTER_MS,
  NO_GPS_MESSAGES,
} from '../thresholds.js';
import type { DeviceEvent, Ping } from '../types.js';
import type { Blind, LineKind, Mark, Saying } from './device-state.js';

export interface MarkRule {
  readonly kind: LineKind;
  /** Null: nothing. */
  readonly read: (ping: Ping) => Extract<Saying, 'on' | 'off'> | null;
  /** It is read off a figure that comes with every message: only what changes it is marked. */
  readonly isLevel?: true;
  /** What a message made later says by itself, once the tag was said to be so: it is over. Absent: nothing. */
  readonly isOverWith?: 'message' | 'fix';
}

/** Reads the tag's own word: that it is so, or that it is over; of both in one message that it is so. */
function says(on: DeviceEvent, off: DeviceEvent): MarkRule['read'] {
  return ({ deviceEvents }) => (deviceEvents.includes(on) ? 'on' : deviceEvents.includes(off) ? 'off' : null);
}

/** The strap was opened, cut or stretched, as the tag says. Four minutes of it are an episode that a person has to look at. */
const strapTamper: MarkRule = {
  kind: 'strap-tamper',
  read: says('strap-tamper', 'strap-restored'),
};

/** The case was opened, as the tag says. */
const caseTamper: MarkRule = {
  kind: 'case-tamper',
  read: says('case-tamper', 'case-restored'),
};

/**
 * The battery is low, or nearly empty: as the tag says, or by its percentage; over well above that, so that a figure that moves to
 * and fro is one episode. Of a tag that tells no percentage it is over when charging stops.
 */
const batteryLow: MarkRule = {
  kind: 'battery-low',
  read: (ping) => readBattery(ping, 'battery-low', BATTERY_LOW_PERCENT, BATTERY_LOW_OVER_PERCENT),
  isLevel: true,
};

const batteryCritical: MarkRule = {
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

/** Whether the tag is on charge, as it says. No finding by itself. */
const charging: MarkRule = {
  kind: 'charging',
  read: says('charging-started', 'charging-stopped'),
};

/** The tag was switched off, as its last message says; whatever it says later, it is on again. */
const poweredOff: MarkRule = {
  kind: 'powered-off',
  read: says('powered-off', 'powered-on'),
  isOverWith: 'message',
};

/**
 * The tag communicates and has no fix: as it says, or by messages without a fix that can be used over half an hour. Positions by network
 * without a fix are jamming. Over with a fix.
 */
const noGps: MarkRule = {
  kind: 'no-gps',
  read: says('no-gps', 'gps-restored'),
  isOverWith: 'fix',
};

/** From when on messages without a fix amount to it; null: they do not. */
export function markNoGps({ sinceMs, messages, byNetwork }: Blind, madeAtMs: number): Mark | null {
  const isSo = madeAtMs - sinceMs >= NO_GPS_AFTER_MS && messages >= NO_GPS_MESSAGES && byNetwork * 2 < messages;
  return isSo ? { atMs: sinceMs, says: 'on' } : null;
}

/**
 * Jamming is suspected: as the tag says, or because GPS is lost while positions by network go on coming. That may also be somebody who
 * went into a cellar: of it alone it is a suspicion. Over with a fix some minutes after the device said so last.
 */
const jamming: MarkRule = {
  kind: 'jamming',
  read: ({ deviceEvents }) => (deviceEvents.includes('jamming') ? 'on' : null),
  isOverWith: 'fix',
};

/** From when on positions by network without a fix amount to it; null: they do not. */
export function markJamming({ sinceMs, byNetwork }: Blind, madeAtMs: number): Mark | null {
  const isSo = madeAtMs - sinceMs >= JAMMING_AFTER_MS && byNetwork >= JAMMING_MESSAGES;
  return isSo ? { atMs: sinceMs, says: 'maybe' } : null;
}

export const MARK_RULES: readonly MarkRule[] = [
  strapTamper,
  caseTamper,
  batteryLow,
  batteryCritical,
  charging,
  poweredOff,
  noGps,
  jamming,
];

/** What stays so until the tag says that it is over, and what it does not say again. */
export const TAMPER_RULES: readonly MarkRule[] = [strapTamper, caseTamper];

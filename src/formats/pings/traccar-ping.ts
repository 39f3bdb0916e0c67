/**
 * A position as Traccar forwards it (`forward.type` `json` or `kafka`): `{"position": {…}, "device": {…}}`, one a message.
 * Shapes are from Traccar's `forward/PositionData`, `model/Position`, `model/Device` and `handler/OutdatedHandler`, which gives a
 * message without a fix the last known one: coordinates, `fixTime` and `valid` are the old ones, `deviceTime` is the message's.
 *
 * It is turned into Tagwatch's own JSON and judged there, so both formats have one set of rules and one identity. What Traccar
 * has and Tagwatch has no field for (motion, hdop, volts, odometer, addresses, geofences) is not looked at.
 */
import type { DeviceEvent } from '../../engine/types.js';
import { NO_FIX_REASONS, type NoFixReason, PING_REJECTIONS, type PingRejection } from '../../wire/ping-reasons.js';
import { parseInstant } from '../instant.js';
import {
  type Ignored,
  MAX_AHEAD_MS,
  type NoPosition,
  OLDEST_FIXED_AT_MS,
  type ParsedPing,
  parsePing,
  type RefusedPing,
} from './tagwatch-ping.js';

/** Most entries of a comma-separated `alarm` that are looked at; Traccar knows some forty names. */
const MAX_ALARMS = 64;
/**
 * A message whose `deviceTime` is this much later than its `fixTime` repeats an earlier fix: Traccar has not said so by `outdated`
 * since 6.10. Of devices that name both times themselves (Queclink, Starlink, FOX) the second is that of sending, mostly within
 * seconds.
 */
const REPEATED_AFTER_MS = 10_000;
/** A knot is a nautical mile (1,852 m) an hour. */
const KMH_PER_KNOT = 1.852;

/**
 * What an alarm of Traccar's (`Position.ALARM_*`) is to us. `null`: it is about driving or a vehicle and nothing is lost by leaving
 * it out. One that is not in the table (`sos`, `general`, `fault`, whatever a protocol adds) is told as an unknown device event,
 * because it may be a tamper under another name.
 *
 * Protocols that have both use `removing` for a device taken off its wearer and `tampering` for one that was opened.
 */
export const TRACCAR_ALARMS: ReadonlyMap<string, DeviceEvent | null> = new Map<string, DeviceEvent | null>([
  ['removing', 'strap-tamper'],
  ['tampering', 'case-tamper'],
  ['lowBattery', 'battery-low'],
  ['lowPower', 'battery-low'],
  ['powerOn', 'powered-on'],
  ['powerOff', 'powered-off'],
  ['powerRestored', 'charging-started'],
  ['powerCut', 'charging-stopped'],
  ['jamming', 'jamming'],
  ['gpsAntennaCut', 'no-gps'],
  ...[
    'vibration',
    'movement',
    'lowspeed',
    'overspeed',
    'fallDown',
    'door',
    'lock',
    'unlock',
    'geofence',
    'geofenceEnter',
    'geofenceExit',
    'accident',
    'tow',
    'idle',
    'highRpm',
    'hardAcceleration',
    'hardBraking',
    'hardCornering',
    'laneChange',
    'fatigueDriving',
    'temperature',
    'parking',
    'bonnet',
    'footBrake',
    'fuelLeak',
  ].map((alarm) => [alarm, null] as const),
]);

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * An instant as Traccar's Jackson writes it, as RFC 3339: `2026-11-22T18:03:11.000+00:00`, `+0000` before Jackson 2.11, epoch
 * milliseconds where somebody turned on WRITE_DATES_AS_TIMESTAMPS. Null where there is none; what cannot be read stays as it is.
 */
function readTime(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (Number.isSafeInteger(value) && Math.abs(value as number) <= 8.64e15)
    return new Date(value as number).toISOString();
  if (typeof value !== 'string') return value;
  return /[+-]\d{4}$/.test(value) ? `${value.slice(0, -2)}:${value.slice(-2)}` : value;
}

/** The message's own place (`position.fixTime`) in words that spoke of ours. */
const TRACCAR_NAMES: ReadonlyArray<readonly [RegExp, string]> = [
  [/\btagId\b/g, 'device.uniqueId'],
  [/\baccuracyMetres\b/g, 'position.accuracy'],
  [/\b(latitude|longitude)\b/g, 'position.$1'],
];

function refuse(reason: RefusedPing['reason'], tagId: string | null, detail: string): RefusedPing {
  return { ok: false, reason, detail, tagId };
}

/** Epoch ms of a time as `readTime` gives it, where a ping can be dated by it; null otherwise. */
function toUsableMs(time: unknown, receivedAtMs: number): number | null {
  const ms = typeof time === 'string' && time.length <= 40 ? parseInstant(time) : null;
  return ms !== null && ms >= OLDEST_FIXED_AT_MS && ms <= receivedAtMs + MAX_AHEAD_MS ? ms : null;
}

/**
 * Why the coordinates are no fix of this message; null: they are. What the network located anew (`approximate`) is one, of its
 * mechanism; `outdated` decides where a Traccar before 6.10 says it, and the times otherwise. A `fixTime` before 2000 is none: a
 * device that never had a fix is given the epoch of GPS.
 */
function findNoFix(position: Fields, attributes: Fields, receivedAtMs: number): NoFixReason | null {
  if (position.valid === false) return 'no-fix';
  if (attributes.approximate === true) return null;
  if (typeof position.outdated === 'boolean' && position.outdated) return 'fix-repeated';
  const fixTime = readTime(position.fixTime);
  const fixMs = typeof fixTime === 'string' ? parseInstant(fixTime) : null;
  if (fixMs === null) return null;
  if (fixMs < OLDEST_FIXED_AT_MS) return 'no-fix';
  if (position.outdated === false) return null;
  const deviceMs = toUsableMs(readTime(position.deviceTime), receivedAtMs);
  return deviceMs !== null && deviceMs - fixMs > REPEATED_AFTER_MS ? 'fix-repeated' : null;
}

/**
 * When the message speaks of, and the field that says so. A fix is dated by `fixTime`; a message without one by the device, or,
 * where the device has no clock that can be right, by Traccar's receipt.
 */
function pickTime(position: Fields, hasFix: boolean, receivedAtMs: number): { name: string; time: unknown } {
  const order = hasFix ? ['fixTime', 'deviceTime'] : ['deviceTime', 'serverTime'];
  const times = order
    .map((name) => ({ name: `position.${name}`, time: readTime(position[name]) }))
    .filter(({ time }) => time !== null);
  const usable = hasFix ? undefined : times.find(({ time }) => toUsableMs(time, receivedAtMs) !== null);
  return usable ?? times[0] ?? { name: `position.${order[0]}`, time: undefined };
}

/** GPS, or what Traccar located by the networks around (`GeolocationHandler` marks that `approximate`). */
function readMechanism(position: Fields, attributes: Fields): 'GPS' | 'WIFI' | 'LBS' {
  if (attributes.approximate !== true) return 'GPS';
  const points = isObject(position.network) ? position.network.wifiAccessPoints : null;
  return Array.isArray(points) && points.length > 0 ? 'WIFI' : 'LBS';
}

function readAlarms(value: unknown, ignored: Ignored[]): DeviceEvent[] {
  if (typeof value !== 'string') return [];
  const events: DeviceEvent[] = [];
  for (const name of value.split(',', MAX_ALARMS)) {
    const alarm = name.trim();
    if (alarm === '') continue;
    const event = TRACCAR_ALARMS.get(alarm);
    if (event !== undefined) {
      if (event !== null && !events.includes(event)) events.push(event);
    } else {
      const shown = JSON.stringify(alarm.length > 40 ? `${alarm.slice(0, 40)}…` : alarm);
      ignored.push({ reason: 'device-event-unknown', detail: `Traccar's alarm ${shown} is not known.`, keep: true });
    }
  }
  return events;
}

/** A course or altitude of a message is Traccar's 0 where the device sent none, so it says nothing without a fix. */
function readMotion(position: Fields) {
  const { speed } = position;
  return {
    speedKmh: typeof speed === 'number' ? Number((speed * KMH_PER_KNOT).toFixed(6)) : speed,
    headingDegrees: position.course,
    altitudeMetres: position.altitude,
  };
}

/** What is wrong with the time of a fix, so that it is none that can be placed. */
const TIME_FAULTS: ReadonlySet<PingRejection> = new Set<PingRejection>(['fixed-at-invalid', 'fixed-at-too-far-ahead']);

/**
 * Reads one forwarded position from parsed JSON of any shape; never throws. The tag is `device.uniqueId`. Traccar's row ids are
 * no counter of the device, so there is no sequence: the identity is the content's hash, and a position that is forwarded again
 * (a retry, or by a second Traccar) is a duplicate.
 *
 * Coordinates that are no fix of this message (`findNoFix`) come out without a position, dated by `deviceTime`, with their device
 * events. `accuracy` 0 is Traccar's unknown. `charge` is a state, not its change, so it makes no event; `battery` is volts and is
 * not taken for percent.
 */
export function parseTraccar(raw: unknown, receivedAtMs: number): ParsedPing | RefusedPing {
  if (!isObject(raw)) return refuse('not-an-object', null, 'A position that Traccar forwards is a JSON object.');
  const { position, device } = raw;
  if (isObject(raw.event)) {
    return refuse(
      'not-a-position',
      null,
      'This is an event of Traccar (event.forward.url); forward positions (forward.url).',
    );
  }
  if (!isObject(position) || !isObject(device))
    return refuse('not-a-position', null, PING_REJECTIONS['not-a-position']);

  const tagId = typeof device.uniqueId === 'string' ? device.uniqueId.trim() : device.uniqueId;
  const attributes = isObject(position.attributes) ? position.attributes : {};
  const ignored: Ignored[] = [];
  const deviceEvents = readAlarms(attributes.alarm, ignored);
  const read = (noFix: NoPosition | null): ParsedPing | RefusedPing => {
    const { name, time } = pickTime(position, noFix === null, receivedAtMs);
    const wire = {
      tagId,
      fixedAt: time,
      ...(noFix === null && {
        latitude: position.latitude,
        longitude: position.longitude,
        accuracyMetres: position.accuracy,
        mechanism: readMechanism(position, attributes),
        // What the network located does not move: Traccar writes zeros.
        ...(attributes.approximate !== true && readMotion(position)),
      }),
      satellites: attributes.sat,
      batteryPercent: attributes.batteryLevel,
      deviceEvents,
    };
    return tellInItsWords(parsePing(wire, receivedAtMs, noFix), name);
  };

  const noFix = findNoFix(position, attributes, receivedAtMs);
  let result = read(noFix === null ? null : { reason: noFix, detail: NO_FIX_REASONS[noFix] });
  if (!result.ok && TIME_FAULTS.has(result.reason) && deviceEvents.length > 0) {
    const dated = read({ reason: result.reason, detail: result.detail });
    if (dated.ok) result = dated;
  }
  return !result.ok || ignored.length === 0 ? result : { ...result, ignored: [...ignored, ...result.ignored] };
}

/** Names the fields as Traccar does; `timeName`: the one that dates the ping. */
function tellInItsWords(result: ParsedPing | RefusedPing, timeName: string): ParsedPing | RefusedPing {
  const translate = (detail: string): string => {
    let words = detail.replace(/\bfixedAt\b/g, timeName);
    for (const [ours, theirs] of TRACCAR_NAMES) words = words.replace(ours, theirs);
    return words;
  };
  if (!result.ok) return { ...result, detail: translate(result.detail) };
  if (!result.ignored.some(({ positionIgnored }) => positionIgnored)) return result;
  return { ...result, ignored: result.ignored.map((each) => ({ ...each, detail: translate(each.detail) })) };
}

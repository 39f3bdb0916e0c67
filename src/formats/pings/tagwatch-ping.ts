/**
 * A ping in Tagwatch's own JSON (`docs/wire.md`, "A ping"). Written by hand because it runs once for each ping.
 *
 * One rule decides what a fault costs. What says whose and when it is (tag, time, sequence) is refused when it is wrong. A position
 * that cannot be used (coordinates, accuracy, mechanism) costs the position: the ping keeps its device events and says why
 * (`positionIgnored`); only where it has none is it refused. What merely accompanies it (speed, heading, altitude, satellites,
 * battery, an event whose name is not known) is left out of the ping and told in `ignored`.
 */
import { hash } from 'node:crypto';
import {
  DEVICE_EVENTS,
  type DeviceEvent,
  MECHANISMS,
  type Mechanism,
  type Ping,
  type Position,
} from '../../engine/types.js';
import {
  MAX_ACCURACY_METRES,
  MAX_DEVICE_EVENTS,
  NO_FIX_REASONS,
  PING_OMISSIONS,
  PING_REJECTIONS,
  type PingOmission,
  type PingRejection,
  type PositionFault,
} from '../../wire/ping-reasons.js';
import { isTagId } from '../../wire/tag-id.js';
import { parseInstant } from '../instant.js';

/** `fixedAt` before this is a device without a clock. */
export const OLDEST_FIXED_AT_MS = Date.UTC(2000, 0, 1);
/** How far `fixedAt` may be ahead of receipt. */
export const MAX_AHEAD_MS = 24 * 3_600_000;
/** No RFC 3339 instant that a device sends is longer. */
const MAX_INSTANT_LENGTH = 64;

export interface Ignored {
  readonly reason: PingOmission | PositionFault;
  readonly detail: string;
  /** The same reason, where it is the position that was left out. */
  readonly positionIgnored?: PositionFault;
  /** What was left out may matter (a tamper under another name, a place): the bytes are kept as rejected, though the ping is used. */
  readonly keep?: true;
}

/** Why a position is none, in words about this one. */
export interface NoPosition {
  readonly reason: PositionFault;
  readonly detail: string;
}

export interface ParsedPing {
  readonly ok: true;
  readonly ping: Ping;
  readonly ignored: readonly Ignored[];
}

export interface RefusedPing {
  readonly ok: false;
  readonly reason: PingRejection;
  readonly detail: string;
  /** The tag, where the message named one that can be read. */
  readonly tagId: string | null;
}

const KNOWN_MECHANISMS: ReadonlySet<unknown> = new Set<Mechanism>(MECHANISMS);
const KNOWN_EVENTS: ReadonlySet<unknown> = new Set<DeviceEvent>(DEVICE_EVENTS);
const NOTHING_IGNORED: readonly Ignored[] = [];
const NO_EVENTS: readonly DeviceEvent[] = [];

function refuse(reason: PingRejection, tagId: string | null, detail: string = PING_REJECTIONS[reason]): RefusedPing {
  return { ok: false, reason, detail, tagId };
}

/** A value as a sender may be told of it: short, whatever it was. */
function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : `of type ${typeof value}`;
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function parseFixedAt(value: unknown, receivedAtMs: number, tagId: string): number | RefusedPing {
  if (isAbsent(value)) return refuse('fixed-at-missing', tagId);
  const ms = typeof value === 'string' && value.length <= MAX_INSTANT_LENGTH ? parseInstant(value) : null;
  if (ms === null) {
    return refuse('fixed-at-invalid', tagId, `${PING_REJECTIONS['fixed-at-invalid']} This one is ${show(value)}.`);
  }
  if (ms < OLDEST_FIXED_AT_MS) return refuse('fixed-at-too-old', tagId, `fixedAt ${show(value)} is before 2000.`);
  if (ms > receivedAtMs + MAX_AHEAD_MS) {
    const detail = `fixedAt ${show(value)} is more than 24 h ahead of its receipt at ${new Date(receivedAtMs).toISOString()}.`;
    return refuse('fixed-at-too-far-ahead', tagId, detail);
  }
  return ms;
}

function noPosition(reason: PositionFault, detail: string): NoPosition {
  return { reason, detail };
}

/** A coordinate within ±limit degrees. */
function parseDegrees(value: unknown, name: 'latitude' | 'longitude', limit: number): number | NoPosition {
  if (isAbsent(value)) return noPosition(`${name}-missing`, PING_REJECTIONS[`${name}-missing`]);
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return noPosition(`${name}-not-a-number`, `${name} is ${show(value)}, not a finite number of degrees.`);
  }
  if (value < -limit || value > limit) {
    return noPosition(`${name}-out-of-range`, `${name} ${value} is outside -${limit} to ${limit}.`);
  }
  // -0 is stored and sent as 0.
  return value + 0;
}

/** Metres; null where it is unknown. No receiver is exact: 0 is what programs write that do not know (Traccar, Android). */
function parseAccuracy(value: unknown): number | null | NoPosition {
  if (isAbsent(value)) return null;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return noPosition('accuracy-not-a-number', `accuracyMetres is ${show(value)}, not a finite number.`);
  }
  if (value < 0 || value > MAX_ACCURACY_METRES) {
    return noPosition('accuracy-out-of-range', `accuracyMetres ${value} is outside 0 to ${MAX_ACCURACY_METRES}.`);
  }
  return value === 0 ? null : value;
}

/** The position as a whole; null where there is none. Accuracy and mechanism of no position are not looked at. */
function parsePosition(raw: Readonly<Record<string, unknown>>): Position | null | NoPosition {
  if (isAbsent(raw.latitude) && isAbsent(raw.longitude)) return null;
  const latitude = parseDegrees(raw.latitude, 'latitude', 90);
  if (typeof latitude !== 'number') return latitude;
  const longitude = parseDegrees(raw.longitude, 'longitude', 180);
  if (typeof longitude !== 'number') return longitude;
  if (latitude === 0 && longitude === 0) return noPosition('zero-position', NO_FIX_REASONS['zero-position']);
  const mechanism = raw.mechanism ?? 'GPS';
  if (!KNOWN_MECHANISMS.has(mechanism)) {
    return noPosition('mechanism-unknown', `mechanism ${show(mechanism)} is not GPS, RF, LBS or WIFI.`);
  }
  if (raw.satellites === 0 && mechanism === 'GPS') {
    return noPosition('no-fix', `${NO_FIX_REASONS['no-fix']} (satellites is 0.)`);
  }
  const accuracyMetres = parseAccuracy(raw.accuracyMetres);
  if (accuracyMetres !== null && typeof accuracyMetres !== 'number') return accuracyMetres;
  return { latitude, longitude, accuracyMetres, mechanism: mechanism as Mechanism };
}

/** Whether the message itself says that it is no fix: then nothing is wrong with it. */
function saysNoFix({ reason }: NoPosition): boolean {
  return reason in NO_FIX_REASONS;
}

/** Known events in the order sent (tampered then restored is not restored then tampered), repeats included. */
function parseDeviceEvents(value: unknown, ignored: Ignored[]): readonly DeviceEvent[] | null {
  if (isAbsent(value)) return NO_EVENTS;
  if (!Array.isArray(value) || value.length > MAX_DEVICE_EVENTS) return null;
  const events: DeviceEvent[] = [];
  for (const event of value) {
    if (typeof event !== 'string') return null;
    if (KNOWN_EVENTS.has(event)) events.push(event as DeviceEvent);
    else {
      const detail = `Device event ${show(event)} is not known.`;
      ignored.push({ reason: 'device-event-unknown', detail, keep: true });
    }
  }
  return events;
}

/** A number that only accompanies the fix. */
function parseReading(
  value: unknown,
  name: string,
  lowest: number,
  highest: number,
  reason: PingOmission,
  ignored: Ignored[],
) {
  if (isAbsent(value)) return null;
  const whole = reason !== 'satellites-unusable' || Number.isInteger(value);
  if (typeof value === 'number' && value >= lowest && value <= highest && whole) return value + 0;
  ignored.push({ reason, detail: `${name} ${show(value)} was left out. ${PING_OMISSIONS[reason]}` });
  return null;
}

/** Half of a SHA-256 of what the ping says: it only has to tell apart what one tag says about one millisecond. */
function hashContent(ping: Omit<Ping, 'identity' | 'sequence'>): string {
  const { position, positionIgnored } = ping;
  const content = [
    ping.tagId,
    ping.fixedAtMs,
    position && [position.latitude, position.longitude, position.accuracyMetres, position.mechanism],
    ping.deviceEvents,
    ping.speedKmh,
    ping.headingDegrees,
    ping.altitudeMetres,
    ping.satellites,
    ping.batteryPercent,
    ...(positionIgnored === undefined ? [] : [positionIgnored]),
  ];
  return `h:${hash('sha256', JSON.stringify(content), 'hex').slice(0, 32)}`;
}

/**
 * Reads one ping from parsed JSON of any shape; never throws. Its identity is `h:` and a hash of its content, after `s:SEQUENCE:`
 * where it has a sequence. `accuracyMetres` may come out null: whether the tag's model has a default is the caller's to check.
 * `noFix`: a reader of another format knows that the message has no position, though it carries coordinates.
 */
export function parsePing(
  raw: unknown,
  receivedAtMs: number,
  noFix: NoPosition | null = null,
): ParsedPing | RefusedPing {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return refuse('not-an-object', null, `A ping is a JSON object; this is ${show(raw)}.`);
  }
  const fields = raw as Readonly<Record<string, unknown>>;
  const { tagId } = fields;
  if (isAbsent(tagId)) return refuse('tag-id-missing', null);
  if (!isTagId(tagId)) return refuse('tag-id-invalid', null);

  const fixedAtMs = parseFixedAt(fields.fixedAt, receivedAtMs, tagId);
  if (typeof fixedAtMs !== 'number') return fixedAtMs;

  let sequence: number | null = null;
  if (!isAbsent(fields.sequence)) {
    if (!Number.isSafeInteger(fields.sequence) || (fields.sequence as number) < 0) {
      const detail = `sequence ${show(fields.sequence)} is not an integer from 0 to 2^53 - 1.`;
      return refuse('sequence-invalid', tagId, detail);
    }
    sequence = (fields.sequence as number) + 0;
  }
  const ignored: Ignored[] = [];
  const deviceEvents = parseDeviceEvents(fields.deviceEvents, ignored);
  if (deviceEvents === null) return refuse('device-events-invalid', tagId);

  let position = noFix ?? parsePosition(fields);
  let fault: NoPosition | null = null;
  if (position !== null && 'reason' in position) {
    fault = position;
    if (deviceEvents.length === 0 && !saysNoFix(fault)) {
      return refuse(fault.reason as PingRejection, tagId, fault.detail);
    }
    ignored.unshift({ ...fault, positionIgnored: fault.reason, ...(!saysNoFix(fault) && { keep: true }) });
    position = null;
  }

  // Its identity follows from the rest, and stands in one literal with it: an object that is spread first and added to costs Node 20 some
  // thirty times as much, and all its memory until the next full collection.
  const ping = {
    tagId,
    identity: '',
    sequence,
    fixedAtMs,
    position,
    ...(fault !== null && { positionIgnored: fault.reason }),
    deviceEvents,
    speedKmh: parseReading(fields.speedKmh, 'speedKmh', 0, 3_000, 'speed-unusable', ignored),
    headingDegrees: parseReading(fields.headingDegrees, 'headingDegrees', 0, 360, 'heading-unusable', ignored),
    altitudeMetres: parseReading(
      fields.altitudeMetres,
      'altitudeMetres',
      -12_000,
      50_000,
      'altitude-unusable',
      ignored,
    ),
    satellites: parseReading(fields.satellites, 'satellites', 0, 1_000, 'satellites-unusable', ignored),
    batteryPercent: parseReading(fields.batteryPercent, 'batteryPercent', 0, 100, 'battery-unusable', ignored),
  };
  const hashed = hashContent(ping);
  ping.identity = sequence === null ? hashed : `s:${sequence}:${hashed}`;
  return { ok: true, ping, ignored: ignored.length === 0 ? NOTHING_IGNORED : ignored };
}

/**
 * A ping in Tagwatch's own JSON (`wire.md`, "A ping"). Written by hand because it runs once for each ping.
 *
 * One rule decides what a fault costs. What a finding rests on (tag, time, sequence, position, accuracy, mechanism) is refused
 * when it is wrong. What merely accompanies it (speed, heading, altitude, satellites, battery, an event whose name is not
 * known) is left out of the ping and told in `ignored`: a heading of -1 or a supplier's new event must not cost the position
 * or the strap tamper that came with it.
 */
import { hash } from 'node:crypto';
import { DEVICE_EVENTS, type DeviceEvent, type Mechanism, type Ping, type Position } from '../engine/types.js';
import { parseInstant } from './instant.js';

/** Longest `tagId`, in UTF-16 units: suppliers' identifiers are shorter, Traccar's column is as wide. */
export const MAX_TAG_ID_LENGTH = 128;
/** Most entries of `deviceEvents` in one ping. */
export const MAX_DEVICE_EVENTS = 32;
/** Largest `accuracyMetres`: the widest radio cell is about 100 km. */
export const MAX_ACCURACY_METRES = 100_000;
/** `fixedAt` before this is a device without a clock. */
export const OLDEST_FIXED_AT_MS = Date.UTC(2000, 0, 1);
/** How far `fixedAt` may be ahead of receipt. */
export const MAX_AHEAD_MS = 24 * 3_600_000;
/** No RFC 3339 instant that a device sends is longer. */
const MAX_INSTANT_LENGTH = 64;

/** Why a ping is refused; the words of the answer, of `tagwatch.rejected` and of the counters. */
export const PING_REJECTIONS = {
  'not-json': 'The bytes are not JSON in UTF-8.',
  'not-an-object': 'A ping is a JSON object.',
  'not-a-position': 'A position that Traccar forwards has an object "position" and an object "device".',
  'tag-id-missing': 'tagId is required.',
  'tag-id-invalid': `tagId is a string of 1 to ${MAX_TAG_ID_LENGTH} characters without control characters.`,
  'sequence-invalid': 'sequence is an integer from 0 to 2^53 - 1.',
  'fixed-at-missing': 'fixedAt is required.',
  'fixed-at-invalid': 'fixedAt is an RFC 3339 instant with Z or an offset.',
  'fixed-at-too-old': 'fixedAt is before 2000.',
  'fixed-at-too-far-ahead': 'fixedAt is more than 24 h ahead of its receipt.',
  'latitude-missing': 'There is a longitude without a latitude.',
  'latitude-not-a-number': 'latitude is a finite number of degrees.',
  'latitude-out-of-range': 'latitude is from -90 to 90.',
  'longitude-missing': 'There is a latitude without a longitude.',
  'longitude-not-a-number': 'longitude is a finite number of degrees.',
  'longitude-out-of-range': 'longitude is from -180 to 180.',
  'accuracy-missing': 'A position needs accuracyMetres, because no model of this tag gives a default.',
  'accuracy-not-a-number': 'accuracyMetres is a finite number.',
  'accuracy-out-of-range': `accuracyMetres is from 0 to ${MAX_ACCURACY_METRES}.`,
  'mechanism-unknown': 'mechanism is GPS, RF, LBS or WIFI.',
  'device-events-invalid': `deviceEvents is a list of at most ${MAX_DEVICE_EVENTS} strings.`,
  'fix-unusable': 'A fix of a track file has no time, tag or coordinates that can be read.',
  'too-many-pings': 'One message holds more pings than are taken at once.',
} as const;
export type PingRejection = keyof typeof PING_REJECTIONS;

/** What was left out of a ping that was otherwise taken. */
export const PING_OMISSIONS = {
  'device-event-unknown': 'The name of a device event is not known.',
  'speed-unusable': 'speedKmh is a number from 0 to 3000.',
  'heading-unusable': 'headingDegrees is a number from 0 to 360.',
  'altitude-unusable': 'altitudeMetres is a number from -12000 to 50000.',
  'satellites-unusable': 'satellites is an integer from 0 to 1000.',
  'battery-unusable': 'batteryPercent is a number from 0 to 100.',
} as const;
export type PingOmission = keyof typeof PING_OMISSIONS;

export interface Ignored {
  readonly reason: PingOmission;
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

const MECHANISMS: ReadonlySet<unknown> = new Set<Mechanism>(['GPS', 'RF', 'LBS', 'WIFI']);
const KNOWN_EVENTS: ReadonlySet<unknown> = new Set<DeviceEvent>(DEVICE_EVENTS);
const NOTHING_IGNORED: readonly Ignored[] = [];
const NO_EVENTS: readonly DeviceEvent[] = [];
const PLAIN_TAG_ID = /^[A-Za-z0-9._-]{1,64}$/;
/** Control characters and unpaired surrogates: neither survives every store between here and the evidence. */
const UNUSABLE_CHARACTERS = /[\p{Cc}\p{Cs}]/u;

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

function isUsableTagId(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  return (
    PLAIN_TAG_ID.test(value) || (value !== '' && value.length <= MAX_TAG_ID_LENGTH && !UNUSABLE_CHARACTERS.test(value))
  );
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

/** A coordinate within ±limit degrees. */
function parseDegrees(value: unknown, name: 'latitude' | 'longitude', limit: number, tagId: string) {
  if (isAbsent(value)) return refuse(`${name}-missing`, tagId);
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return refuse(`${name}-not-a-number`, tagId, `${name} is ${show(value)}, not a finite number of degrees.`);
  }
  if (value < -limit || value > limit) {
    return refuse(`${name}-out-of-range`, tagId, `${name} ${value} is outside -${limit} to ${limit}.`);
  }
  // -0 is stored and sent as 0.
  return value + 0;
}

/** The position as a whole, null where there is none. Accuracy and mechanism of no position are not looked at. */
function parsePosition(raw: Readonly<Record<string, unknown>>, tagId: string): Position | null | RefusedPing {
  if (isAbsent(raw.latitude) && isAbsent(raw.longitude)) return null;
  const latitude = parseDegrees(raw.latitude, 'latitude', 90, tagId);
  if (typeof latitude !== 'number') return latitude;
  const longitude = parseDegrees(raw.longitude, 'longitude', 180, tagId);
  if (typeof longitude !== 'number') return longitude;

  const accuracy = raw.accuracyMetres;
  let accuracyMetres: number | null = null;
  if (!isAbsent(accuracy)) {
    if (typeof accuracy !== 'number' || !Number.isFinite(accuracy)) {
      return refuse('accuracy-not-a-number', tagId, `accuracyMetres is ${show(accuracy)}, not a finite number.`);
    }
    if (accuracy < 0 || accuracy > MAX_ACCURACY_METRES) {
      const detail = `accuracyMetres ${accuracy} is outside 0 to ${MAX_ACCURACY_METRES}.`;
      return refuse('accuracy-out-of-range', tagId, detail);
    }
    accuracyMetres = accuracy + 0;
  }
  const mechanism = raw.mechanism ?? 'GPS';
  if (!MECHANISMS.has(mechanism)) {
    return refuse('mechanism-unknown', tagId, `mechanism ${show(mechanism)} is not GPS, RF, LBS or WIFI.`);
  }
  return { latitude, longitude, accuracyMetres, mechanism: mechanism as Mechanism };
}

/** Known events in the order sent (tampered then restored is not restored then tampered), repeats included. */
function parseDeviceEvents(value: unknown, ignored: Ignored[]): readonly DeviceEvent[] | null {
  if (isAbsent(value)) return NO_EVENTS;
  if (!Array.isArray(value) || value.length > MAX_DEVICE_EVENTS) return null;
  const events: DeviceEvent[] = [];
  for (const event of value) {
    if (typeof event !== 'string') return null;
    if (KNOWN_EVENTS.has(event)) events.push(event as DeviceEvent);
    else ignored.push({ reason: 'device-event-unknown', detail: `Device event ${show(event)} is not known.` });
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
  const { position } = ping;
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
  ];
  return `h:${hash('sha256', JSON.stringify(content), 'hex').slice(0, 32)}`;
}

/**
 * Reads one ping from parsed JSON of any shape; never throws. Its identity is `s:SEQUENCE`, or `h:` and a hash of its content
 * where it has no sequence. `accuracyMetres` may come out null: whether the tag's model has a default is the caller's to check.
 */
export function parsePing(raw: unknown, receivedAtMs: number): ParsedPing | RefusedPing {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return refuse('not-an-object', null, `A ping is a JSON object; this is ${show(raw)}.`);
  }
  const fields = raw as Readonly<Record<string, unknown>>;
  const { tagId } = fields;
  if (isAbsent(tagId)) return refuse('tag-id-missing', null);
  if (!isUsableTagId(tagId)) return refuse('tag-id-invalid', null);

  const fixedAtMs = parseFixedAt(fields.fixedAt, receivedAtMs, tagId);
  if (typeof fixedAtMs !== 'number') return fixedAtMs;
  const position = parsePosition(fields, tagId);
  if (position !== null && 'ok' in position) return position;

  let sequence: number | null = null;
  if (!isAbsent(fields.sequence)) {
    if (!Number.isSafeInteger(fields.sequence) || (fields.sequence as number) < 0) {
      return refuse(
        'sequence-invalid',
        tagId,
        `sequence ${show(fields.sequence)} is not an integer from 0 to 2^53 - 1.`,
      );
    }
    sequence = (fields.sequence as number) + 0;
  }
  const ignored: Ignored[] = [];
  const deviceEvents = parseDeviceEvents(fields.deviceEvents, ignored);
  if (deviceEvents === null) return refuse('device-events-invalid', tagId);

  const content = {
    tagId,
    fixedAtMs,
    position,
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
  const identity = sequence === null ? hashContent(content) : `s:${sequence}`;
  const ping: Ping = { ...content, identity, sequence };
  return { ok: true, ping, ignored: ignored.length === 0 ? NOTHING_IGNORED : ignored };
}

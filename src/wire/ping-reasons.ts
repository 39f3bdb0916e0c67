/** Why a ping is refused, and what is left out of one that is taken: the words of the answer, of the record and of the counters. */
import { MAX_TAG_ID_LENGTH } from './tag-id.js';

/** Most entries of `deviceEvents` in one ping. */
export const MAX_DEVICE_EVENTS = 32;
/** Largest `accuracyMetres`: the widest radio cell is about 100 km. */
export const MAX_ACCURACY_METRES = 100_000;

/** Why a ping is refused; the words of the answer, of `tagwatch.rejected` and of the counters. */
export const PING_REJECTIONS = {
  'not-json': 'The bytes are not JSON in UTF-8.',
  'json-too-deep': 'The JSON is nested more deeply than any ping.',
  'not-an-object': 'A ping is a JSON object.',
  'not-a-position': 'A position that Traccar forwards has an object "position" and an object "device".',
  'tag-id-missing': 'tagId is required.',
  'tag-id-invalid': `tagId is a string of 1 to ${MAX_TAG_ID_LENGTH} printable characters.`,
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
  'accuracy-not-a-number': 'accuracyMetres is a finite number.',
  'accuracy-out-of-range': `accuracyMetres is from 0 to ${MAX_ACCURACY_METRES}.`,
  'mechanism-unknown': 'mechanism is GPS, RF, LBS or WIFI.',
  'device-events-invalid': `deviceEvents is a list of at most ${MAX_DEVICE_EVENTS} strings.`,
  'fix-unusable': 'A fix of a track file has no time, tag or coordinates that can be read.',
  'foreign-tag': 'Whoever sent it may not send pings of this tag.',
  'too-many-pings': 'One message holds more pings than are taken at once.',
} as const;
export type PingRejection = keyof typeof PING_REJECTIONS;

/** Why a message is no fix though it carries coordinates: it says so itself. It is taken, without a position. */
export const NO_FIX_REASONS = {
  'no-fix': 'The message says of itself that it has no fix.',
  'fix-repeated': 'The message repeats the last fix under a newer time of the device.',
  'zero-position': '0° 0° is what a receiver without a fix writes.',
} as const;
export type NoFixReason = keyof typeof NO_FIX_REASONS;

/** What was left out of a ping that was otherwise taken, or is missing in it. */
export const PING_OMISSIONS = {
  'device-event-unknown': 'The name of a device event is not known.',
  'accuracy-missing':
    'The position was kept, and is no evidence: it has no accuracyMetres, and no model of this tag gives a default.',
  'speed-unusable': 'speedKmh is a number from 0 to 3000.',
  'heading-unusable': 'headingDegrees is a number from 0 to 360.',
  'altitude-unusable': 'altitudeMetres is a number from -12000 to 50000.',
  'satellites-unusable': 'satellites is an integer from 0 to 1000.',
  'battery-unusable': 'batteryPercent is a number from 0 to 100.',
} as const;
export type PingOmission = keyof typeof PING_OMISSIONS;

/** Why the position of a ping was not taken while the rest of it was. */
export type PositionFault = PingRejection | NoFixReason;

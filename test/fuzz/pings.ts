/**
 * What a door for pings may be handed, by anybody: JSON of pings and of Traccar's positions with odd values in odd places, lists,
 * lines, and their bytes cut, flipped and joined. Nothing throws, every fate is told in a known word, and a ping that is taken can
 * be stored and sent on as it is.
 */
import { Value } from 'typebox/value';
import { expect } from 'vitest';
import type { Ping } from '../../src/engine/types.js';
import {
  MAX_PINGS_AT_ONCE,
  type MessageResult,
  PING_PARSERS,
  splitLines,
} from '../../src/formats/pings/ping-message.js';
import { MAX_AHEAD_MS, OLDEST_FIXED_AT_MS } from '../../src/formats/pings/tagwatch-ping.js';
import { listPings } from '../../src/http/routes/pings/ping-body.js';
import { NO_FIX_REASONS, PING_OMISSIONS, PING_REJECTIONS } from '../../src/wire/ping-reasons.js';
import { TagIdSchema } from '../../src/wire/ping-schema.js';
import { isTagId } from '../../src/wire/tag-id.js';
import { type FuzzRound, fuzz } from './budget.js';

const RECEIVED_AT_MS = Date.UTC(2026, 10, 27, 12, 0, 2);
const REASONS = new Set(Object.keys({ ...PING_REJECTIONS, ...NO_FIX_REASONS, ...PING_OMISSIONS }));
const encoder = new TextEncoder();

type Random = () => number;
const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)]!;

const OWN = {
  tagId: 'T-1',
  sequence: 4,
  fixedAt: '2026-11-27T12:00:00Z',
  latitude: 51.2787,
  longitude: 1.0803,
  accuracyMetres: 8,
  mechanism: 'GPS',
  speedKmh: 3.1,
  headingDegrees: 210,
  altitudeMetres: 14,
  satellites: 9,
  batteryPercent: 81,
  deviceEvents: ['strap-tamper'],
};
const THEIRS = {
  position: {
    serverTime: '2026-11-27T12:00:02.000+00:00',
    deviceTime: '2026-11-27T12:00:00.000+00:00',
    fixTime: '2026-11-27T12:00:00.000+00:00',
    valid: true,
    latitude: 51.2787,
    longitude: 1.0803,
    altitude: 14.0,
    speed: 1.6,
    course: 210.0,
    accuracy: 8.5,
    network: { wifiAccessPoints: [{ macAddress: '00:00:5e:00:53:01' }] },
    attributes: { batteryLevel: 81, sat: 9, alarm: 'removing,lowBattery', approximate: false },
  },
  device: { id: 7, uniqueId: 'T-1', attributes: {} },
};

const ODD: readonly unknown[] = [
  ...[null, true, '', ' ', '0', 'NaN', 0, -0, 1, -1, 0.1, 1e308, -1e308, 5e-324, 2 ** 53, 1e21, 90, -180, 180.0001],
  ...[[], {}, [[]], [null], { toString: 1 }, { length: 3 }, ['strap-tamper', 'x'], Array(40).fill('no-gps')],
  ...[
    'T\u0000',
    'T\u202e',
    '..',
    'AA:BB:CC',
    'owner/phone',
    '\ud83d\ude00',
    'x'.repeat(129),
    '__proto__',
    'constructor',
  ],
  ...['1970-01-01T00:00:00Z', '1980-01-06T00:00:00.000+00:00', '2026-11-27T13:00:00Z', '2026-11-27T11:00:00.000+0000'],
  ...[
    '2026-02-30T00:00:00Z',
    '9999-12-31T23:59:60-23:59',
    '+275760-09-13T00:00:00Z',
    'GPS',
    'LBS',
    'sos',
    'removing,,x',
  ],
];

/** A copy with some of its values, at any depth, replaced by odd ones, left out, or joined by others. */
function distort(random: Random, value: unknown, chance: number): unknown {
  if (random() < chance) return pick(random, ODD);
  if (Array.isArray(value)) return value.map((each) => distort(random, each, chance));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(() => random() >= chance)
    .map(([key, each]): [string, unknown] => [
      random() < chance / 4 ? '__proto__' : key,
      distort(random, each, chance),
    ]);
  if (random() < chance) entries.push(['outdated', random() < 0.5]);
  // `__proto__` as JSON.parse would make it: a field of its own.
  return JSON.parse(`{${entries.map(([key, each]) => `${JSON.stringify(key)}:${JSON.stringify(each)}`).join(',')}}`);
}

function makeJson(random: Random): string {
  const one = () => {
    const text = JSON.stringify(distort(random, random() < 0.5 ? OWN : THEIRS, pick(random, [0, 0.02, 0.1, 0.4])));
    if (random() >= 0.03) return text;
    const depth = pick(random, [10, 62, 63, 64, 65, 20_000]);
    return `{"a":${'['.repeat(depth)}${']'.repeat(depth)},"tagId":"T-1"}`;
  };
  const count = pick(random, [0, 1, 2, 3, 8]);
  return random() < 0.4 ? one() : `[${Array.from({ length: count }, one).join(pick(random, [',', ' , ', ',\n']))}]`;
}

/** Bytes that are no JSON any more, or another one. */
function damage(random: Random, bytes: Uint8Array): Uint8Array {
  const at = Math.floor(random() * bytes.length);
  const damaged = Uint8Array.from(bytes);
  switch (pick(random, ['cut', 'flip', 'insert', 'mark', 'none', 'none', 'none'])) {
    case 'cut':
      return bytes.subarray(0, at);
    case 'flip':
      if (bytes.length > 0) damaged[at] = Math.floor(random() * 256);
      return damaged;
    case 'insert':
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from([pick(random, [0, 34, 44, 91, 93, 123, 255])]),
        bytes.subarray(at),
      ]);
    case 'mark':
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
    default:
      return bytes;
  }
}

function checkPing(ping: Ping): void {
  expect(JSON.parse(JSON.stringify(ping))).toEqual(ping);
  expect(isTagId(ping.tagId) && Value.Check(TagIdSchema, ping.tagId)).toBe(true);
  expect(ping.fixedAtMs).toBeGreaterThanOrEqual(OLDEST_FIXED_AT_MS);
  expect(ping.fixedAtMs).toBeLessThanOrEqual(RECEIVED_AT_MS + MAX_AHEAD_MS);
  expect(ping.identity).toMatch(ping.sequence === null ? /^h:[0-9a-f]{32}$/ : /^s:\d+:h:[0-9a-f]{32}$/);
  if (ping.positionIgnored !== undefined) expect(ping.position).toBeNull();
  if (ping.position === null) return;
  const { latitude, longitude, accuracyMetres } = ping.position;
  expect(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180).toBe(true);
  expect(latitude === 0 && longitude === 0).toBe(false);
  expect(accuracyMetres === null || accuracyMetres > 0).toBe(true);
}

function checkResults(results: readonly MessageResult[]): void {
  expect(results.length).toBeLessThanOrEqual(MAX_PINGS_AT_ONCE);
  for (const result of results) {
    if (result.ok) {
      checkPing(result.ping);
      for (const { reason } of result.ignored) expect(REASONS).toContain(reason);
    } else expect(Object.keys(PING_REJECTIONS)).toContain(result.reason);
  }
}

function runRound({ random }: FuzzRound): void {
  const json = makeJson(random);
  const bytes = damage(random, encoder.encode(json));
  for (const parse of Object.values(PING_PARSERS)) {
    const results = parse(bytes, RECEIVED_AT_MS);
    checkResults(results);
    // The same message again is the same pings.
    expect(JSON.stringify(parse(bytes, RECEIVED_AT_MS))).toBe(JSON.stringify(results));
  }
  const lines = Buffer.concat([
    bytes,
    Buffer.from(pick(random, ['\n', '\r\n', '\n\n', ''])),
    damage(random, encoder.encode(makeJson(random))),
  ]);
  for (const { bytes: line } of splitLines(lines) ?? []) checkResults(PING_PARSERS.tagwatch(line, RECEIVED_AT_MS));
  const listed = listPings(lines);
  if ('candidates' in listed) {
    for (const { raw, fault, bytes: kept } of listed.candidates) {
      expect(fault === undefined || fault.reason in PING_REJECTIONS).toBe(true);
      expect(raw === undefined || fault === undefined).toBe(true);
      expect(kept()).toBeInstanceOf(Uint8Array);
    }
  }
}

/** Answers how many rounds there were. */
export async function fuzzPings(seconds: number): Promise<number> {
  return await fuzz('what the doors for pings are handed', seconds, runRound);
}

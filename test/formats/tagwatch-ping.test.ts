import fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { DEVICE_EVENTS, type Ping } from '../../src/engine/types.js';
import { parsePing } from '../../src/formats/pings/tagwatch-ping.js';
import { PING_REJECTIONS, type PingRejection } from '../../src/wire/ping-reasons.js';
import { PingSchema } from '../../src/wire/ping-schema.js';
import { MAX_TAG_ID_LENGTH } from '../../src/wire/tag-id.js';
import { runs } from '../support/random.js';

const RECEIVED_AT_MS = Date.UTC(2026, 10, 22, 18, 3, 12);
const FULL = {
  tagId: 'T-000123',
  sequence: 8812,
  fixedAt: '2026-11-22T18:03:11Z',
  latitude: 51.2787,
  longitude: 1.0803,
  accuracyMetres: 8.5,
  mechanism: 'GPS',
  speedKmh: 3.1,
  headingDegrees: 210,
  altitudeMetres: 14,
  satellites: 9,
  batteryPercent: 81,
  deviceEvents: ['strap-tamper'],
};
const { sequence: _sequence, ...UNNUMBERED } = FULL;

function accept(raw: unknown): Ping {
  const result = parsePing(raw, RECEIVED_AT_MS);
  if (!result.ok) throw new Error(`refused: ${result.reason} ${result.detail}`);
  return result.ping;
}

describe('parsePing', () => {
  it("reads the contract's example", () => {
    expect(parsePing(FULL, RECEIVED_AT_MS)).toEqual({
      ok: true,
      ignored: [],
      ping: {
        tagId: 'T-000123',
        identity: expect.stringMatching(/^s:8812:h:[0-9a-f]{32}$/),
        sequence: 8812,
        fixedAtMs: Date.UTC(2026, 10, 22, 18, 3, 11),
        position: { latitude: 51.2787, longitude: 1.0803, accuracyMetres: 8.5, mechanism: 'GPS' },
        deviceEvents: ['strap-tamper'],
        speedKmh: 3.1,
        headingDegrees: 210,
        altitudeMetres: 14,
        satellites: 9,
        batteryPercent: 81,
      },
    });
  });

  it('takes a ping without a position, and one without accuracy', () => {
    const alone = accept({ tagId: 'T-1', fixedAt: FULL.fixedAt, deviceEvents: ['strap-tamper'], accuracyMetres: -1 });
    expect(alone.position).toBeNull();
    expect(alone.deviceEvents).toEqual(['strap-tamper']);
    expect(accept({ ...FULL, accuracyMetres: null }).position?.accuracyMetres).toBeNull();
  });

  it.each<[string, object, PingRejection]>([
    ['no tagId', { tagId: undefined }, 'tag-id-missing'],
    ['an empty tagId', { tagId: '' }, 'tag-id-invalid'],
    ['a number as tagId', { tagId: 7 }, 'tag-id-invalid'],
    ['a NUL in the tagId', { tagId: 'T\u0000' }, 'tag-id-invalid'],
    ['a line separator in the tagId', { tagId: 'T\u2028' }, 'tag-id-invalid'],
    ['text turned around in the tagId', { tagId: 'T\u202e' }, 'tag-id-invalid'],
    ['half a surrogate pair in the tagId', { tagId: 'T\ud800' }, 'tag-id-invalid'],
    ['a tagId too long', { tagId: 'T'.repeat(MAX_TAG_ID_LENGTH + 1) }, 'tag-id-invalid'],
    ['no fixedAt', { fixedAt: null }, 'fixed-at-missing'],
    ['fixedAt as a number', { fixedAt: 1763834591 }, 'fixed-at-invalid'],
    ['fixedAt without a zone', { fixedAt: '2026-11-22T18:03:11' }, 'fixed-at-invalid'],
    ['fixedAt before 2000', { fixedAt: '1999-12-31T23:59:59.999Z' }, 'fixed-at-too-old'],
    ['fixedAt more than a day ahead', { fixedAt: '2026-11-23T18:03:12.001Z' }, 'fixed-at-too-far-ahead'],
    ['no latitude', { latitude: undefined }, 'latitude-missing'],
    ['no longitude', { longitude: null }, 'longitude-missing'],
    ['a latitude beyond 90', { latitude: 90.0001 }, 'latitude-out-of-range'],
    ['a longitude beyond -180', { longitude: -180.0001 }, 'longitude-out-of-range'],
    ['NaN', { latitude: Number.NaN }, 'latitude-not-a-number'],
    ['Infinity', { longitude: Number.POSITIVE_INFINITY }, 'longitude-not-a-number'],
    ['a number in quotes', { latitude: '51.2' }, 'latitude-not-a-number'],
    ['accuracy in quotes', { accuracyMetres: '8' }, 'accuracy-not-a-number'],
    ['negative accuracy', { accuracyMetres: -1 }, 'accuracy-out-of-range'],
    ['absurd accuracy', { accuracyMetres: 1e7 }, 'accuracy-out-of-range'],
    ['an unknown mechanism', { mechanism: 'gps' }, 'mechanism-unknown'],
    ['a fraction as sequence', { sequence: 1.5 }, 'sequence-invalid'],
    ['a sequence beyond 2^53', { sequence: 2 ** 53 }, 'sequence-invalid'],
    ['deviceEvents as a string', { deviceEvents: 'strap-tamper' }, 'device-events-invalid'],
    ['a number among the deviceEvents', { deviceEvents: [1] }, 'device-events-invalid'],
    ['too many deviceEvents', { deviceEvents: Array(33).fill('no-gps') }, 'device-events-invalid'],
  ])('refuses %s', (_what, change, reason) => {
    const result = parsePing({ ...FULL, deviceEvents: [], ...change }, RECEIVED_AT_MS);
    expect(result).toMatchObject({ ok: false, reason, tagId: reason.startsWith('tag-id') ? null : 'T-000123' });
  });

  it.each<[string, object, string]>([
    ['a latitude beyond 90', { latitude: 90.0001 }, 'latitude-out-of-range'],
    ['half a position', { longitude: null }, 'longitude-missing'],
    ['a number in quotes', { latitude: '51.2' }, 'latitude-not-a-number'],
    ['absurd accuracy', { accuracyMetres: 250_000 }, 'accuracy-out-of-range'],
    ['an unknown mechanism', { mechanism: 'gps' }, 'mechanism-unknown'],
  ])('keeps the device events of %s, and says why the position was not taken', (_what, change, reason) => {
    const result = parsePing({ ...FULL, ...change }, RECEIVED_AT_MS);
    expect(result).toMatchObject({
      ok: true,
      ping: { position: null, positionIgnored: reason, deviceEvents: ['strap-tamper'] },
      ignored: [{ reason, positionIgnored: reason, keep: true }],
    });
  });

  it.each<[string, object, string]>([
    ['0° 0°', { latitude: 0, longitude: -0 }, 'zero-position'],
    ['a fix of no satellites', { satellites: 0 }, 'no-fix'],
  ])('takes %s as a message without a position, also without device events', (_what, change, reason) => {
    const result = parsePing({ ...FULL, deviceEvents: [], ...change }, RECEIVED_AT_MS);
    expect(result).toMatchObject({ ok: true, ping: { position: null, positionIgnored: reason } });
    if (result.ok) expect(result.ignored).toEqual([{ reason, positionIgnored: reason, detail: expect.any(String) }]);
  });

  it('keeps what other means than satellites have located', () => {
    expect(accept({ ...FULL, satellites: 0, mechanism: 'WIFI' }).position).toMatchObject({ mechanism: 'WIFI' });
    expect(accept({ ...FULL, latitude: 0, longitude: 1.2 }).position).toMatchObject({ latitude: 0, longitude: 1.2 });
  });

  it('takes accuracy 0 as unknown', () => {
    expect(accept({ ...FULL, accuracyMetres: 0 }).position?.accuracyMetres).toBeNull();
    expect(accept({ ...FULL, accuracyMetres: -0 }).position?.accuracyMetres).toBeNull();
    expect(accept({ ...FULL, accuracyMetres: 0.5 }).position?.accuracyMetres).toBe(0.5);
  });

  it.each([null, 1, 'x', true, [], [FULL]])('refuses %j, which is no object', (raw) => {
    expect(parsePing(raw, RECEIVED_AT_MS)).toMatchObject({ ok: false, reason: 'not-an-object', tagId: null });
  });

  it('takes the edges: 24 h ahead, the poles, the antimeridian, the first instant of 2000', () => {
    expect(accept({ ...FULL, fixedAt: '2026-11-23T18:03:12Z' }).fixedAtMs).toBe(RECEIVED_AT_MS + 86_400_000);
    expect(accept({ ...FULL, fixedAt: '2000-01-01T00:00:00Z' }).fixedAtMs).toBe(Date.UTC(2000, 0, 1));
    expect(accept({ ...FULL, latitude: 90, longitude: -180 }).position).toMatchObject({
      latitude: 90,
      longitude: -180,
    });
  });

  it('keeps the position and the tamper when what accompanies them is unusable, and says what it left out', () => {
    const result = parsePing(
      { ...FULL, headingDegrees: -1, speedKmh: '3', satellites: 1.5, deviceEvents: ['strap-tamper', 'sim-removed'] },
      RECEIVED_AT_MS,
    );
    if (!result.ok) throw new Error(result.reason);
    expect(result.ping).toMatchObject({ headingDegrees: null, speedKmh: null, satellites: null, batteryPercent: 81 });
    expect(result.ping.deviceEvents).toEqual(['strap-tamper']);
    expect(result.ignored.map((item) => item.reason)).toEqual([
      'device-event-unknown',
      'speed-unusable',
      'heading-unusable',
      'satellites-unusable',
    ]);
  });

  it('gives the same identity to the same content, whatever the order of its fields, and another to another', () => {
    const reversed = Object.fromEntries(Object.entries(UNNUMBERED).reverse());
    const { identity } = accept(UNNUMBERED);
    expect(identity).toMatch(/^h:[0-9a-f]{32}$/);
    expect(accept(reversed).identity).toBe(identity);
    expect(accept({ ...UNNUMBERED, unknown: 1, fixedAt: '2026-11-22T19:03:11.000+01:00' }).identity).toBe(identity);
    const others = [
      { latitude: 51.2788 },
      { accuracyMetres: null },
      { deviceEvents: [] },
      { fixedAt: '2026-11-22T18:03:12Z' },
      { tagId: 'T-2' },
      { mechanism: 'RF' },
      { batteryPercent: 80 },
    ].map((change) => accept({ ...UNNUMBERED, ...change }).identity);
    expect(new Set([identity, ...others]).size).toBe(others.length + 1);
  });

  it('tells apart by content what one tag says under one time and sequence', () => {
    const one = accept(FULL).identity;
    expect(accept({ ...FULL, extra: 1 }).identity).toBe(one);
    const others = [
      { latitude: undefined, longitude: undefined },
      { latitude: 99 },
      { sequence: 1 },
      { batteryPercent: 3 },
    ];
    const identities = others.map((change) => accept({ ...FULL, ...change }).identity);
    expect(new Set([one, ...identities]).size).toBe(others.length + 1);
  });

  it('never throws on any JSON value, and gives a reason of the table', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (raw) => {
        const result = parsePing(raw, RECEIVED_AT_MS);
        if (!result.ok) expect(Object.keys(PING_REJECTIONS)).toContain(result.reason);
      }),
    );
  });

  it('accepts finite numbers alone, what it accepts survives JSON, and the published schema takes it too', () => {
    const odd = fc.oneof(fc.double(), fc.integer(), fc.jsonValue(), fc.constantFrom(undefined, '', '51', 1e308, -0));
    const number = (min: number, max: number) => fc.oneof({ weight: 9, arbitrary: fc.double({ min, max }) }, odd);
    const rawPing = fc.record(
      {
        tagId: fc.oneof({ weight: 9, arbitrary: fc.string({ minLength: 1, maxLength: 12 }) }, odd),
        fixedAt: fc.oneof({ weight: 9, arbitrary: fc.constant(FULL.fixedAt) }, odd),
        sequence: fc.option(fc.oneof(fc.nat(), odd)),
        latitude: number(-95, 95),
        longitude: number(-185, 185),
        accuracyMetres: fc.option(number(-1, 200)),
        mechanism: fc.constantFrom('GPS', 'RF', 'LBS', 'WIFI', undefined),
        speedKmh: number(-1, 200),
        headingDegrees: number(-1, 361),
        altitudeMetres: number(-100, 9_000),
        satellites: fc.oneof(fc.nat(40), odd),
        batteryPercent: number(0, 101),
        deviceEvents: fc.oneof(fc.array(fc.oneof(fc.constantFrom(...DEVICE_EVENTS), fc.string())), odd),
      },
      { requiredKeys: [] },
    );
    let accepted = 0;
    fc.assert(
      fc.property(rawPing, (raw) => {
        const result = parsePing(raw, RECEIVED_AT_MS);
        if (!result.ok) return;
        accepted += 1;
        const { ping, ignored } = result;
        for (const value of [...Object.values(ping), ...Object.values(ping.position ?? {})]) {
          if (typeof value === 'number') expect(Number.isFinite(value) && !Object.is(value, -0)).toBe(true);
        }
        expect(JSON.parse(JSON.stringify(ping))).toEqual(ping);
        const present = Object.fromEntries(
          Object.entries(raw).filter(([, value]) => value !== null && value !== undefined),
        );
        if (ignored.length === 0 && ping.position !== null) expect(Value.Check(PingSchema, present)).toBe(true);
      }),
      { numRuns: runs(2_000) },
    );
    expect(accepted).toBeGreaterThan(20);
  });
});

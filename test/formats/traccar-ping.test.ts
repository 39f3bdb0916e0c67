import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEVICE_EVENTS, type Ping } from '../../src/engine/types.js';
import { parsePing } from '../../src/formats/pings/tagwatch-ping.js';
import { parseTraccar, TRACCAR_ALARMS } from '../../src/formats/pings/traccar-ping.js';
import { PING_REJECTIONS, type PingRejection } from '../../src/wire/ping-reasons.js';
import { runs } from '../support/random.js';

const RECEIVED_AT_MS = Date.UTC(2026, 10, 22, 18, 3, 12);

/** As `PositionForwarderJson` of Traccar 6.14 writes it: every getter of Position and Device, nulls included; no `outdated` any more. */
const POSITION = {
  id: 18_336,
  attributes: { batteryLevel: 81, battery: 3.9, sat: 9, hdop: 0.9, motion: true, charge: false, distance: 12.4 },
  deviceId: 7,
  protocol: 'gt06',
  serverTime: '2026-11-22T18:03:11.906+00:00',
  deviceTime: '2026-11-22T18:03:11.000+00:00',
  fixTime: '2026-11-22T18:03:11.000+00:00',
  valid: true,
  latitude: 51.2787,
  longitude: 1.0803,
  altitude: 14.0,
  speed: 1.673866,
  course: 210.0,
  address: null,
  accuracy: 8.5,
  network: null,
  geofenceIds: null,
};
const DEVICE = {
  id: 7,
  attributes: {},
  groupId: 0,
  calendarId: 0,
  name: 'a name',
  uniqueId: 'T-000123',
  status: 'online',
  lastUpdate: '2026-11-22T18:03:11.906+00:00',
  positionId: 18_335,
  phone: null,
  model: null,
  contact: null,
  category: null,
  disabled: false,
  expirationTime: null,
};

const forward = (changes: object = {}, attributes?: object) => ({
  position: { ...POSITION, ...(attributes && { attributes }), ...changes },
  device: DEVICE,
});

function accept(raw: unknown): Ping {
  const result = parseTraccar(raw, RECEIVED_AT_MS);
  if (!result.ok) throw new Error(`refused: ${result.reason} ${result.detail}`);
  return result.ping;
}

describe('parseTraccar', () => {
  it('reads a forwarded position', () => {
    const ping = accept(forward());
    expect(ping).toEqual({
      tagId: 'T-000123',
      identity: ping.identity,
      sequence: null,
      fixedAtMs: Date.UTC(2026, 10, 22, 18, 3, 11),
      position: { latitude: 51.2787, longitude: 1.0803, accuracyMetres: 8.5, mechanism: 'GPS' },
      deviceEvents: [],
      speedKmh: 3.1,
      headingDegrees: 210,
      altitudeMetres: 14,
      satellites: 9,
      batteryPercent: 81,
    });
  });

  it("says of a position exactly what the same ping in Tagwatch's JSON says", () => {
    const own = {
      tagId: 'T-000123',
      fixedAt: '2026-11-22T18:03:11Z',
      latitude: 51.2787,
      longitude: 1.0803,
      accuracyMetres: 8.5,
      speedKmh: 3.1,
      headingDegrees: 210,
      altitudeMetres: 14,
      satellites: 9,
      batteryPercent: 81,
    };
    expect(parseTraccar(forward(), RECEIVED_AT_MS)).toEqual(parsePing(own, RECEIVED_AT_MS));
  });

  it('is the same ping when it is forwarded again, by whichever Traccar', () => {
    const again = forward({ id: 99, serverTime: '2026-11-22T18:09:00.000+00:00', deviceId: 3, address: 'somewhere' });
    expect(accept(again)).toEqual(accept(forward()));
    expect(accept(forward({ latitude: 51.2788 })).identity).not.toBe(accept(forward()).identity);
  });

  it.each([
    ['Jackson 2.11 and newer', '2026-11-22T18:03:11.000+00:00'],
    ['before Jackson 2.11', '2026-11-22T18:03:11.000+0000'],
    ['in another zone', '2026-11-22T19:03:11.000+0100'],
    ['with Z', '2026-11-22T18:03:11Z'],
    ['epoch milliseconds', Date.UTC(2026, 10, 22, 18, 3, 11)],
  ])('reads the time of %s', (_name, fixTime) => {
    expect(accept(forward({ fixTime })).fixedAtMs).toBe(Date.UTC(2026, 10, 22, 18, 3, 11));
  });

  it('takes accuracy 0 as unknown, so that the model decides', () => {
    expect(accept(forward({ accuracy: 0.0 })).position?.accuracyMetres).toBeNull();
  });

  it('dates a fix by fixTime, not by the later messages of the device and the server', () => {
    const late = forward({ deviceTime: '2026-11-22T18:03:19.000+00:00', fixTime: '2026-11-22T18:03:11.000+00:00' });
    expect(accept(late)).toMatchObject({
      fixedAtMs: Date.UTC(2026, 10, 22, 18, 3, 11),
      position: { latitude: 51.2787 },
    });
    const behind = forward({ deviceTime: '2026-11-22T17:00:00.000+00:00' });
    expect(accept(behind)).toMatchObject({
      fixedAtMs: Date.UTC(2026, 10, 22, 18, 3, 11),
      position: { latitude: 51.2787 },
    });
    // A Traccar before 6.10 says whether it repeats a fix.
    const buffered = forward({ outdated: false, fixTime: '2026-11-22T17:00:00.000+00:00' });
    expect(accept(buffered)).toMatchObject({ fixedAtMs: Date.UTC(2026, 10, 22, 17), position: { latitude: 51.2787 } });
  });

  it('takes the last fix under a newer deviceTime as a message without a position, dated by deviceTime', () => {
    const heartbeat = forward({ fixTime: '2026-11-22T17:00:00.000+00:00' }, { batteryLevel: 12, alarm: 'removing' });
    const result = parseTraccar(heartbeat, RECEIVED_AT_MS);
    expect(result).toMatchObject({
      ok: true,
      ping: {
        fixedAtMs: Date.UTC(2026, 10, 22, 18, 3, 11),
        position: null,
        positionIgnored: 'fix-repeated',
        speedKmh: null,
        batteryPercent: 12,
        deviceEvents: ['strap-tamper'],
      },
      ignored: [{ reason: 'fix-repeated' }],
    });
  });

  it('does not trust a clock of the device that is days ahead', () => {
    const fix = forward({ deviceTime: '2036-11-22T18:03:11.000+00:00' });
    expect(accept(fix)).toMatchObject({
      fixedAtMs: Date.UTC(2026, 10, 22, 18, 3, 11),
      position: { latitude: 51.2787 },
    });
    const both = { deviceTime: '2036-11-22T18:03:11.000+00:00', fixTime: '2036-11-22T18:03:11.000+00:00' };
    expect(accept(forward(both, { alarm: 'removing' }))).toMatchObject({
      fixedAtMs: Date.UTC(2026, 10, 22, 18, 3, 11, 906),
      position: null,
      positionIgnored: 'fixed-at-too-far-ahead',
      deviceEvents: ['strap-tamper'],
    });
    expect(parseTraccar(forward(both), RECEIVED_AT_MS)).toMatchObject({ ok: false, reason: 'fixed-at-too-far-ahead' });
  });

  it.each<[string, object, object]>([
    ['0° 0°', { latitude: 0.0, longitude: 0.0 }, { sat: 5 }],
    ['no satellites', {}, { sat: 0 }],
  ])('takes %s as no position', (_what, changes, attributes) => {
    expect(accept(forward(changes, { ...attributes, alarm: 'jamming' }))).toMatchObject({
      fixedAtMs: Date.UTC(2026, 10, 22, 18, 3, 11),
      position: null,
      deviceEvents: ['jamming'],
    });
  });

  it('keeps the tamper of a position that cannot be used, in the words of the message', () => {
    const result = parseTraccar(forward({ accuracy: 250_000 }, { alarm: 'removing' }), RECEIVED_AT_MS);
    expect(result).toMatchObject({
      ok: true,
      ping: { deviceEvents: ['strap-tamper'], position: null, positionIgnored: 'accuracy-out-of-range' },
      ignored: [{ reason: 'accuracy-out-of-range', detail: expect.stringContaining('position.accuracy') }],
    });
  });

  it('takes an outdated position as a message of the device without a new position', () => {
    const heartbeat = forward(
      { outdated: true, fixTime: '2026-11-22T17:00:00.000+00:00' },
      { batteryLevel: 12, alarm: 'lowBattery' },
    );
    expect(accept(heartbeat)).toMatchObject({
      fixedAtMs: Date.UTC(2026, 10, 22, 18, 3, 11),
      position: null,
      speedKmh: null,
      headingDegrees: null,
      altitudeMetres: null,
      batteryPercent: 12,
      deviceEvents: ['battery-low'],
    });
  });

  it('takes the first message of a device that never had a fix, also where it is called valid', () => {
    const first = forward({ fixTime: '1980-01-06T00:00:19.000+00:00' }, { alarm: 'removing' });
    expect(accept(first)).toMatchObject({
      fixedAtMs: Date.UTC(2026, 10, 22, 18, 3, 11),
      position: null,
      positionIgnored: 'no-fix',
      deviceEvents: ['strap-tamper'],
    });
  });

  it('takes a tamper of a device that never had a fix (the epoch of GPS as fixTime, no device clock)', () => {
    const first = forward(
      {
        outdated: true,
        valid: false,
        latitude: 0.0,
        longitude: 0.0,
        fixTime: '1980-01-06T00:00:19.000+00:00',
        deviceTime: null,
      },
      { alarm: 'removing' },
    );
    expect(accept(first)).toMatchObject({
      fixedAtMs: Date.UTC(2026, 10, 22, 18, 3, 11, 906),
      position: null,
      deviceEvents: ['strap-tamper'],
    });
  });

  it('does not take a position for evidence that the receiver itself calls invalid', () => {
    expect(accept(forward({ valid: false }))).toMatchObject({ position: null, satellites: 9 });
  });

  it('tells positions located by the networks from those of the satellites', () => {
    const cells = { cellTowers: [{ cellId: 1, locationAreaCode: 2 }] };
    const wifi = { wifiAccessPoints: [{ macAddress: '00:00:5e:00:53:01', signalStrength: -75 }] };
    const located = { outdated: true, accuracy: 900.0, speed: 0.0, course: 0.0, altitude: 0.0 };
    const attributes = { approximate: true };
    expect(accept(forward({ ...located, network: cells }, attributes))).toMatchObject({
      position: { mechanism: 'LBS', accuracyMetres: 900 },
      speedKmh: null,
      headingDegrees: null,
      altitudeMetres: null,
    });
    expect(accept(forward({ ...located, network: wifi }, attributes)).position?.mechanism).toBe('WIFI');
  });

  it('reads alarms, also several in one string, once each', () => {
    const ping = accept(forward({}, { alarm: 'tampering,jamming, removing,tampering,overspeed' }));
    expect(ping.deviceEvents).toEqual(['case-tamper', 'jamming', 'strap-tamper']);
  });

  it('tells alarms that it does not know and keeps quiet about those of driving', () => {
    const result = parseTraccar(forward({}, { alarm: 'sos,hardBraking,removing' }), RECEIVED_AT_MS);
    expect(result).toMatchObject({
      ok: true,
      ping: { deviceEvents: ['strap-tamper'] },
      ignored: [{ reason: 'device-event-unknown', detail: expect.stringContaining('"sos"') }],
    });
  });

  it('makes no event of a state: charge', () => {
    expect(accept(forward({}, { charge: true })).deviceEvents).toEqual([]);
  });

  it('maps to events that Tagwatch knows', () => {
    for (const event of TRACCAR_ALARMS.values()) if (event !== null) expect(DEVICE_EVENTS).toContain(event);
  });

  it.each<[string, unknown, PingRejection, string]>([
    ['no object', [], 'not-an-object', 'JSON object'],
    ['no position', { device: DEVICE }, 'not-a-position', '"position"'],
    ['no device', { position: POSITION }, 'not-a-position', '"device"'],
    ['an event', { event: { type: 'deviceOnline' }, ...forward() }, 'not-a-position', 'event.forward.url'],
    ['no identifier', { position: POSITION, device: {} }, 'tag-id-missing', 'device.uniqueId'],
    ['no time', forward({ fixTime: null, deviceTime: null }), 'fixed-at-missing', 'position.fixTime'],
    ['an unreadable time', forward({ fixTime: 'yesterday' }), 'fixed-at-invalid', 'position.fixTime'],
    [
      'a device and a server without a clock',
      forward({
        fixTime: '1970-01-01T00:00:00.000+00:00',
        deviceTime: '1970-01-01T00:00:00.000+00:00',
        serverTime: '1970-01-01T00:00:00.000+00:00',
      }),
      'fixed-at-too-old',
      '1970',
    ],
    ['a latitude beyond the pole', forward({ latitude: 95 }), 'latitude-out-of-range', 'position.latitude'],
    ['an accuracy that is none', forward({ accuracy: -4 }), 'accuracy-out-of-range', 'position.accuracy'],
  ])('refuses %s in the words of the message', (_name, raw, reason, words) => {
    const result = parseTraccar(raw, RECEIVED_AT_MS);
    expect(result).toMatchObject({ ok: false, reason, detail: expect.stringContaining(words) });
  });

  it('never throws and refuses only with known reasons', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.record({ position: fc.jsonValue(), device: fc.jsonValue() }),
          fc
            .tuple(fc.constantFrom(...Object.keys(POSITION)), fc.jsonValue())
            .map(([key, value]) => forward({ [key]: value })),
        ),
        (raw) => {
          const result = parseTraccar(raw, RECEIVED_AT_MS);
          if (!result.ok) expect(Object.keys(PING_REJECTIONS)).toContain(result.reason);
        },
      ),
      { numRuns: runs(500) },
    );
  });
});

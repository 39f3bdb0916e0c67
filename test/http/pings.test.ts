import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type App, createApp } from '../../src/http/app.js';
import { MAX_PINGS_BODY_BYTES, registerPings } from '../../src/http/routes/pings/pings.js';
import { type EventLog, type LogRecord, LogUnavailable } from '../../src/ports/event-log.js';
import { readInputs } from '../../src/ports/ping-records.js';
import {
  decodeJson,
  INPUT_PARTITIONS,
  INPUTS,
  MAX_KEPT_BYTES,
  REJECTED,
  type RejectedRecord,
} from '../../src/ports/topics.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { silentLog } from '../support/silent-log.js';

const NOW_MS = Date.UTC(2026, 10, 22, 18, 3, 12);
const PING = { tagId: 'T-1', fixedAt: '2026-11-22T18:03:11Z', latitude: 51.28, longitude: 1.08, accuracyMetres: 8 };

let test: TestLog;
let app: App;
let isAway = false;
const counts = { accepted: 0, rejected: [] as string[] };

beforeAll(async () => {
  test = await openTestLog();
  const log: EventLog = {
    ...test.log,
    append: async (topic, records) => {
      if (isAway) throw new LogUnavailable('no broker');
      return await test.log.append(topic, records);
    },
  };
  app = await createApp({ log: silentLog });
  registerPings(app, {
    log,
    clock: { nowMs: () => NOW_MS },
    defaultAccuracy: (tagId) => (tagId === 'T-MODEL' ? 15 : null),
    counters: {
      pingsAccepted: (count) => {
        counts.accepted += count;
      },
      pingRejected: (reason) => void counts.rejected.push(reason),
    },
  });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await test.dispose();
});
beforeEach(() => {
  isAway = false;
  counts.accepted = 0;
  counts.rejected = [];
});

const post = (payload: string | Buffer, type = 'application/json', query = '') =>
  app.inject({ method: 'POST', url: `/api/v1/pings${query}`, headers: { 'content-type': type }, payload });

/** What the log has gained since the last call. */
const seen = new Map<string, number>();
async function gained(topic: string, partitions: number): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  await test.log.readToEnd(all, (batch) => void records.push(...batch.records));
  const before = seen.get(topic) ?? 0;
  seen.set(topic, records.length);
  return records.sort((a, b) => a.appendedAtMs - b.appendedAtMs || a.offset - b.offset).slice(before);
}
const gainedInputs = async () =>
  (await gained(INPUTS, INPUT_PARTITIONS)).flatMap((record) =>
    readInputs(record).map(({ input }) => ({ key: record.key, ...input })),
  );
const gainedRejected = async () => (await gained(REJECTED, 1)).map(({ value }) => decodeJson<RejectedRecord>(value!));

describe('POST /api/v1/pings', () => {
  it('takes one ping, stamped and keyed by its tag', async () => {
    const answer = await post(JSON.stringify(PING));
    expect([answer.statusCode, answer.json()]).toEqual([202, { accepted: 1, rejected: [] }]);
    expect(await gainedInputs()).toMatchObject([
      { key: 'T-1', type: 'ping', receivedAtMs: NOW_MS, ping: { tagId: 'T-1', position: { latitude: 51.28 } } },
    ]);
    expect(counts).toEqual({ accepted: 1, rejected: [] });
  });

  it('takes what Traccar forwards, one object a request', async () => {
    const position = {
      id: 18_336,
      attributes: { batteryLevel: 81, alarm: 'removing' },
      fixTime: '2026-11-22T18:03:11.000+00:00',
      deviceTime: '2026-11-22T18:03:11.000+00:00',
      valid: true,
      latitude: 51.28,
      longitude: 1.08,
      speed: 10,
      accuracy: 8.5,
    };
    const forwarded = { position, device: { id: 7, uniqueId: 'T-9' } };
    const answer = await post(JSON.stringify(forwarded), 'application/json', '?format=traccar');
    expect([answer.statusCode, answer.json()]).toEqual([202, { accepted: 1, rejected: [] }]);
    expect(await gainedInputs()).toMatchObject([
      { key: 'T-9', ping: { speedKmh: 18.52, batteryPercent: 81, deviceEvents: ['strap-tamper'] } },
    ]);

    const event = { event: { type: 'deviceOnline' }, device: forwarded.device };
    const refused = await post(JSON.stringify(event), 'application/json', '?format=traccar');
    // An error would make Traccar send it ten times more.
    expect([refused.statusCode, refused.json()]).toMatchObject([
      202,
      { accepted: 0, rejected: [{ index: 0, reason: 'not-a-position' }] },
    ]);
    expect(await gainedRejected()).toMatchObject([{ reason: 'not-a-position' }]);
  });

  it.each([
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'Application/JSON ; profile="x;y"',
    'application/vnd.supplier.v2+json; charset=utf-8',
  ])('takes %s as JSON: a media type is told by its name alone', async (type) => {
    expect((await post(JSON.stringify(PING), type)).statusCode).toBe(202);
    expect((await post(JSON.stringify(PING), `application/x-ndjson${type.slice(type.indexOf(';'))}`)).statusCode).toBe(
      202,
    );
    await gainedInputs();
  });

  it('keeps the device events of a position that cannot be used, tells why, and keeps its bytes', async () => {
    const tampered = { ...PING, accuracyMetres: 250_000, deviceEvents: ['strap-tamper'] };
    const answer = await post(JSON.stringify(tampered));
    const reason = 'accuracy-out-of-range';
    expect([answer.statusCode, answer.json()]).toEqual([
      202,
      {
        accepted: 1,
        rejected: [],
        warnings: [{ index: 0, reason, positionIgnored: reason, detail: expect.stringContaining('250000') }],
      },
    ]);
    expect(await gainedInputs()).toMatchObject([
      { ping: { position: null, positionIgnored: reason, deviceEvents: ['strap-tamper'] } },
    ]);
    const [kept] = await gainedRejected();
    expect([kept!.reason, JSON.parse(Buffer.from(kept!.payload, 'base64').toString())]).toEqual([reason, tampered]);
  });

  it('takes a message that says it has no fix, and tells so', async () => {
    const answer = await post(
      JSON.stringify([
        { ...PING, latitude: 0, longitude: 0 },
        { ...PING, satellites: 0 },
      ]),
    );
    expect(answer.json()).toMatchObject({
      accepted: 2,
      warnings: [{ positionIgnored: 'zero-position' }, { index: 1, positionIgnored: 'no-fix' }],
    });
    expect(await gainedInputs()).toMatchObject([{ ping: { position: null } }, { ping: { position: null } }]);
    expect(await gainedRejected()).toEqual([]);
  });

  it('lets what is nested too deeply cost itself alone, as an element, a line and a body', async () => {
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    for (const [body, type] of [
      [`[${JSON.stringify(PING)},${deep}]`, 'application/json'],
      [`${JSON.stringify(PING)}\n${deep}`, 'application/x-ndjson'],
    ] as const) {
      const answer = await post(body, type);
      expect([answer.statusCode, answer.json()]).toMatchObject([
        202,
        { accepted: 1, rejected: [{ index: 1, reason: 'json-too-deep' }] },
      ]);
    }
    expect((await post(deep)).statusCode).toBe(422);
    expect(await gainedInputs()).toHaveLength(2);
    expect((await gainedRejected()).map(({ payload }) => Buffer.from(payload, 'base64').toString())).toEqual([
      deep,
      deep,
      deep,
    ]);
  });

  const GPX = `<gpx><trk><name>T-7</name><trkseg>
<trkpt lat="51.28" lon="1.08"><time>2026-11-22T18:03:11Z</time></trkpt>
<trkpt lat="51.28" lon="1.08"></trkpt>
<trkpt lat="95" lon="1.08"><time>2026-11-22T18:03:12Z</time></trkpt>
</trkseg></trk></gpx>`;

  it('takes a track file, plain or gzipped, and rejects only its bad fixes, by their place', async () => {
    for (const [body, query] of [
      [GPX, '?tag=T-7&accuracyMetres=12'],
      [gzipSync(GPX), '?tagColumn=name&accuracyMetres=12'],
    ] as const) {
      const answer = await post(body, 'application/gpx+xml', query);
      expect([answer.statusCode, answer.json()]).toEqual([
        202,
        {
          accepted: 1,
          rejected: [
            { index: 1, line: 3, place: 'trkpt 2 (line 3)', reason: 'fix-unusable', detail: 'There is no time.' },
            {
              index: 2,
              line: 4,
              place: 'trkpt 3 (line 4)',
              reason: 'latitude-out-of-range',
              detail: 'latitude 95 is outside -90 to 90.',
            },
          ],
        },
      ]);
      expect(await gainedInputs()).toMatchObject([{ key: 'T-7', ping: { position: { accuracyMetres: 12 } } }]);
      expect((await gainedRejected()).map(({ reason }) => reason)).toEqual(['fix-unusable', 'latitude-out-of-range']);
    }
  });

  it.each([
    ['text/csv; charset=utf-8', 'time,lat,lon\n2026-11-22T18:03:11Z,51.28,1.08\n'],
    [
      'application/geo+json',
      '{"type":"Feature","properties":{"time":"2026-11-22T18:03:11Z"},"geometry":{"type":"Point","coordinates":[1.08,51.28]}}',
    ],
    [
      'application/vnd.google-earth.kml+xml',
      '<kml><Placemark><Track><when>2026-11-22T18:03:11Z</when><coord>1.08 51.28</coord></Track></Placemark></kml>',
    ],
  ])('takes %s, the same ping as JSON', async (type, body) => {
    expect((await post(body, type, '?tag=T-1&accuracyMetres=8')).json()).toEqual({ accepted: 1, rejected: [] });
    await post(JSON.stringify(PING));
    const [track, json] = await gainedInputs();
    expect(track).toEqual(json);
  });

  it('refuses a track file as a whole where it cannot be read, is too long, or its options are wrong', async () => {
    const cut = await post(GPX.slice(0, 90), 'application/gpx+xml', '?tag=T-7');
    expect(cut.json()).toMatchObject({
      status: 400,
      title: 'Unreadable track file',
      detail: expect.stringMatching(/^Line 2: unclosed tag/),
    });
    const many = `time,lat,lon\n${'2026-11-22T18:03:11Z,51.28,1.08\n'.repeat(5_001)}`;
    expect((await post(many, 'text/csv', '?tag=T-1')).statusCode).toBe(413);
    for (const [query, pointer] of [
      ['?tag=a&tagColumn=b', '/tagColumn'],
      ['?tag=a&accuracyMetres=-1', '/accuracyMetres'],
      ['?tag=a&accuracyMetres=1e1', '/accuracyMetres'],
      ['?tag=', '/tag'],
      ['?tags=a', '/tags'],
    ]) {
      const wrong = await post(GPX, 'application/gpx+xml', query);
      expect(wrong.json()).toMatchObject({ status: 400, errors: [{ in: 'query', pointer }] });
    }
    expect(await gainedInputs()).toEqual([]);
  });

  it('takes a list, says which could not be used, and keeps those', async () => {
    const bad = { ...PING, latitude: 91 };
    const answer = await post(JSON.stringify([PING, bad, 7, { ...PING, sequence: 1 }]));
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toEqual({
      accepted: 2,
      rejected: [
        { index: 1, reason: 'latitude-out-of-range', detail: 'latitude 91 is outside -90 to 90.' },
        { index: 2, reason: 'not-an-object', detail: 'A ping is a JSON object; this is 7.' },
      ],
    });
    expect(await gainedInputs()).toHaveLength(2);
    const kept = await gainedRejected();
    expect(kept).toMatchObject([
      { reason: 'latitude-out-of-range', tagId: 'T-1', rejectedAt: '2026-11-22T18:03:12.000Z' },
      { reason: 'not-an-object', tagId: null },
    ]);
    expect(JSON.parse(Buffer.from(kept[0]!.payload, 'base64').toString())).toEqual(bad);
    expect(counts).toEqual({ accepted: 2, rejected: ['latitude-out-of-range', 'not-an-object'] });
  });

  it('takes NDJSON: a bad line is one rejected ping, told by its line, and kept as it came', async () => {
    const lines = [
      JSON.stringify(PING),
      '',
      '{"tagId": "T-1",,}',
      `${JSON.stringify({ ...PING, sequence: 2 })}\r`,
      '\xff',
    ];
    const answer = await post(Buffer.from(lines.join('\n'), 'latin1'), 'application/x-ndjson');
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toEqual({
      accepted: 2,
      rejected: [
        { index: 1, line: 3, reason: 'not-json', detail: 'The line is not JSON from its column 17 on.' },
        { index: 3, line: 5, reason: 'not-json', detail: 'The line is not UTF-8.' },
      ],
    });
    expect(await gainedInputs()).toHaveLength(2);
    const kept = await gainedRejected();
    expect(kept.map(({ payload }) => Buffer.from(payload, 'base64').toString('latin1'))).toEqual([
      '{"tagId": "T-1",,}',
      '\xff',
    ]);
  });

  it('takes the accuracy from the model, and keeps a position that has none with a word about it', async () => {
    const { accuracyMetres: _, ...bare } = PING;
    const answer = await post(
      JSON.stringify([
        { ...bare, deviceEvents: ['strap-tamper'] },
        { ...bare, tagId: 'T-MODEL' },
        { tagId: 'T-1', fixedAt: PING.fixedAt },
        { ...PING, accuracyMetres: 0 },
        { ...PING, accuracyMetres: 0, tagId: 'T-MODEL' },
      ]),
    );
    expect(answer.json()).toMatchObject({
      accepted: 5,
      rejected: [],
      warnings: [
        { index: 0, reason: 'accuracy-missing' },
        { index: 3, reason: 'accuracy-missing' },
      ],
    });
    const inputs = await gainedInputs();
    expect(inputs).toHaveLength(5);
    expect(inputs.find((input) => input.type === 'ping' && input.ping.deviceEvents.length > 0)).toMatchObject({
      ping: { position: { latitude: 51.28, accuracyMetres: null }, deviceEvents: ['strap-tamper'] },
    });
    expect(await gainedRejected()).toEqual([]);
  });

  it('takes a ping with an unknown device event, warns, and keeps the event', async () => {
    const answer = await post(JSON.stringify({ ...PING, deviceEvents: ['strap_tamper'], headingDegrees: -1 }));
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({
      accepted: 1,
      warnings: [
        { index: 0, reason: 'device-event-unknown' },
        { index: 0, reason: 'heading-unusable' },
      ],
    });
    expect(await gainedInputs()).toHaveLength(1);
    expect(await gainedRejected()).toMatchObject([{ reason: 'device-event-unknown', tagId: 'T-1' }]);
  });

  it('answers 422 when none could be used, as a problem with places', async () => {
    const answer = await post(JSON.stringify([{ ...PING, tagId: '' }, null]));
    expect(answer.statusCode).toBe(422);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    expect(answer.json()).toMatchObject({
      status: 422,
      accepted: 0,
      errors: [{ pointer: '/0' }, { pointer: '/1' }],
      rejected: [
        { index: 0, reason: 'tag-id-invalid' },
        { index: 1, reason: 'not-an-object' },
      ],
    });
    expect((await post('null')).json()).toMatchObject({ status: 422, errors: [{ pointer: '' }] });
    await gainedRejected();
  });

  it('answers 202 to no pings at all', async () => {
    expect((await post('[]')).json()).toEqual({ accepted: 0, rejected: [] });
    expect((await post('\n\n', 'application/x-ndjson')).json()).toEqual({ accepted: 0, rejected: [] });
  });

  it('takes 5,000 pings at once and refuses more', async () => {
    const many = Array.from({ length: 5_000 }, (_, sequence) => ({ ...PING, sequence }));
    expect((await post(JSON.stringify(many))).json()).toEqual({ accepted: 5_000, rejected: [] });
    const inputs = await gainedInputs();
    expect(inputs.map((input) => input.type === 'ping' && input.ping.sequence)).toEqual(
      many.map(({ sequence }) => sequence),
    );
    expect((await post(JSON.stringify([...many, PING]))).statusCode).toBe(413);
    const lines = [...many, PING].map((ping) => JSON.stringify(ping)).join('\n');
    expect((await post(lines, 'application/x-ndjson')).statusCode).toBe(413);
    expect(await gainedInputs()).toEqual([]);
  });

  it('refuses a body that is too large, no JSON, of another type or format, or missing', async () => {
    const large = await post(' '.repeat(MAX_PINGS_BODY_BYTES + 1));
    expect(large.statusCode).toBe(413);
    const unreadable = await post('[\n {"tagId": }]');
    expect([unreadable.statusCode, unreadable.json().detail]).toEqual([
      400,
      expect.stringMatching(/line 2, column 12/),
    ]);
    expect((await post('x', 'text/plain')).statusCode).toBe(415);
    expect((await post(JSON.stringify(PING), 'application/x-ndjson', '?format=nmea')).json()).toMatchObject({
      status: 400,
      errors: [{ in: 'query', pointer: '/format', detail: expect.stringMatching(/must be one of tagwatch/) }],
    });
    expect((await app.inject({ method: 'POST', url: '/api/v1/pings' })).statusCode).toBe(400);
    expect(await gainedInputs()).toEqual([]);
  });

  it('cuts off what it keeps of a line of megabytes', async () => {
    const answer = await post('x'.repeat(3_000_000), 'application/x-ndjson');
    expect(answer.statusCode).toBe(422);
    const [kept] = await gainedRejected();
    expect(kept!.cutFromBytes).toBe(3_000_000);
    expect(Buffer.from(kept!.payload, 'base64')).toHaveLength(MAX_KEPT_BYTES);
  });

  it('answers 503 when the log is away, and counts nothing', async () => {
    isAway = true;
    const answer = await post(JSON.stringify(PING));
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toMatch(/^\d+$/);
    expect(counts).toEqual({ accepted: 0, rejected: [] });
  });

  it('is described in the OpenAPI document', async () => {
    const document = (await app.inject('/api/v1/openapi.json')).json();
    const { requestBody, responses } = document.paths['/api/v1/pings'].post;
    expect(Object.keys(requestBody.content)).toEqual([
      'application/json',
      'application/x-ndjson',
      'text/csv',
      'application/gpx+xml',
      'application/geo+json',
      'application/vnd.google-earth.kml+xml',
    ]);
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['202', '400', '413', '415', '422', '503']));
  });
});

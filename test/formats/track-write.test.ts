import { gpx as gpxToGeoJson, kml as kmlToGeoJson } from '@tmcw/togeojson';
import { booleanValid } from '@turf/turf';
import { DOMParser } from '@xmldom/xmldom';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { FeatureCollection, Geometry } from 'geojson';
import { describe, expect, it } from 'vitest';
import { DEVICE_EVENTS } from '../../src/engine/types.js';
import { parsePing } from '../../src/formats/pings/tagwatch-ping.js';
import { readTrack } from '../../src/formats/tracks/track.js';
import { TRAIL_FORMATS, type TrailFormat, writeTrack } from '../../src/formats/trails/track-write.js';
import type { TrailFix } from '../../src/formats/trails/trail.js';
import { toDecimal } from '../../src/formats/trails/xml-text.js';
import { runs } from '../support/random.js';

const NOW_MS = Date.UTC(2026, 10, 23);
const FORMATS = Object.keys(TRAIL_FORMATS) as TrailFormat[];

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true }).map((value) => value + 0);
const tagId = fc
  .string({ unit: fc.constantFrom(...'aZ09 .,;:<>&"\'/\\=é漢😀|'), minLength: 1, maxLength: 12 })
  .map((text) => text.trim() || 'T');

const fix: fc.Arbitrary<TrailFix> = fc
  .record({
    tag: tagId,
    sequence: fc.option(fc.maxSafeNat()),
    fixedAtMs: fc.integer({ min: Date.UTC(2000, 0, 1), max: NOW_MS }),
    lateByMs: fc.nat(100_000_000),
    latitude: number(-90, 90),
    longitude: number(-180, 180),
    accuracyMetres: fc.option(number(0, 100_000)),
    mechanism: fc.constantFrom('GPS', 'RF', 'LBS', 'WIFI'),
    speedKmh: fc.option(number(0, 3_000)),
    headingDegrees: fc.option(number(0, 360)),
    altitudeMetres: fc.option(number(-12_000, 50_000)),
    satellites: fc.option(fc.nat(1_000)),
    batteryPercent: fc.option(number(0, 100)),
    deviceEvents: fc.array(fc.constantFrom(...DEVICE_EVENTS), { maxLength: 3 }),
    notJudged: fc.constantFrom(null, 'no-accuracy', 'mechanism', 'ahead-of-clock'),
  } as const)
  .map(({ tag, lateByMs, ...rest }) => ({
    ...rest,
    tagId: tag,
    activationId: `AC-${tag.length}`,
    receivedAtMs: rest.fixedAtMs + lateByMs,
  }));
/** A message without a position: GPX has no point for it, and in CSV a row without coordinates is a bad one. */
const message = fix.map(
  (each): TrailFix => ({
    ...each,
    ...{
      latitude: null,
      longitude: null,
      mechanism: null,
      accuracyMetres: null,
      altitudeMetres: null,
      notJudged: 'no-position',
    },
  }),
);
const trailOf = (format: TrailFormat) =>
  fc
    .array(format === 'gpx' || format === 'csv' ? fix : fc.oneof({ weight: 4, arbitrary: fix }, message), {
      maxLength: 12,
    })
    .map((fixes) => fixes.sort((a, b) => a.fixedAtMs - b.fixedAtMs));

async function write(format: TrailFormat, fixes: readonly TrailFix[]): Promise<string> {
  let text = '';
  for await (const piece of writeTrack(format, fixes, 'W-1')) text += piece;
  return text;
}

async function* once(text: string) {
  yield Buffer.from(text);
}

async function readBack(format: TrailFormat, text: string) {
  const pings: unknown[] = [];
  for await (const item of readTrack(once(text), {}, { tag: null, accuracyMetres: null })) {
    expect(item, `${format}: ${item.place}`).toMatchObject({ ok: true });
    pings.push(parsePing(item.ok ? item.ping : null, NOW_MS));
  }
  return pings;
}

/** The ping that the fix was, as Tagwatch would take it. */
function toParsed({ fixedAtMs, receivedAtMs: _at, activationId: _id, notJudged: _why, ...fields }: TrailFix) {
  return parsePing({ ...fields, fixedAt: new Date(fixedAtMs).toISOString() }, NOW_MS);
}

describe.each(FORMATS)('a trail as %s', (format) => {
  it('is read back as the same pings', async () => {
    await fc.assert(
      fc.asyncProperty(trailOf(format), async (fixes) => {
        fc.pre(fixes.length > 0);
        expect(await readBack(format, await write(format, fixes))).toEqual(fixes.map(toParsed));
      }),
      { numRuns: runs(150) },
    );
  });

  it('of more fixes than are written at once is whole', async () => {
    const fixes = Array.from({ length: 2_500 }, (_, minute) => walk(minute));
    expect(await readBack(format, await write(format, fixes))).toEqual(fixes.map(toParsed));
  });
});

const START_MS = Date.UTC(2026, 10, 20, 18);
/** A fix of a walk, a minute apart, with everything in it. */
function walk(minute: number, fields: Partial<TrailFix> = {}): TrailFix {
  return {
    tagId: 'T-1',
    activationId: 'AC-1',
    sequence: minute,
    fixedAtMs: START_MS + minute * 60_000,
    receivedAtMs: START_MS + minute * 60_000 + 1_250,
    latitude: 51.2787 + minute / 10_000,
    longitude: 1.0803 - minute / 10_000,
    accuracyMetres: 8.5,
    mechanism: 'GPS',
    speedKmh: 3.1,
    headingDegrees: 210,
    altitudeMetres: 14 + minute,
    satellites: 9,
    batteryPercent: 81,
    deviceEvents: minute === 1 ? ['battery-low', 'jamming'] : [],
    notJudged: minute === 2 ? 'mechanism' : null,
    ...fields,
  };
}
// Two tags, and a gap in the first one's fixes.
const WALK = [0, 1, 2, 20, 21, 22]
  .map((minute) => walk(minute))
  .concat([30, 31].map((minute) => walk(minute, { tagId: 'T-2', activationId: 'AC-2' })));
const POSITIONS = WALK.map(({ longitude, latitude, altitudeMetres }) => [longitude, latitude, altitudeMetres]);
const TIMES = WALK.map(({ fixedAtMs }) => new Date(fixedAtMs).toISOString());

function parseXml(text: string) {
  return new DOMParser({
    onError: (level, message) => {
      throw new Error(`${level}: ${message}`);
    },
  }).parseFromString(text, 'text/xml');
}

/** Positions and times of a feature, one by one. */
function list(geometry: Geometry | null, times: unknown): [unknown[], unknown[]] {
  if (geometry?.type === 'GeometryCollection') {
    const lines = geometry.geometries.map((part, i) => list(part, (times as unknown[])[i]));
    return [lines.flatMap(([positions]) => positions), lines.flatMap(([, own]) => own)];
  }
  if (geometry?.type === 'LineString') return [geometry.coordinates, times as unknown[]];
  if (geometry?.type === 'MultiLineString') return [geometry.coordinates.flat(), (times as unknown[][]).flat()];
  throw new Error(`no line: ${geometry?.type}`);
}

describe('other programs read', () => {
  it.each(['gpx', 'kml'] as const)('%s: togeojson finds the same positions and times', async (format) => {
    const document = parseXml(await write(format, WALK));
    const convert = format === 'gpx' ? gpxToGeoJson : kmlToGeoJson;
    const converted = convert(document as unknown as Parameters<typeof convert>[0]) as FeatureCollection;
    const { features } = converted;
    expect(features).toHaveLength(2);
    // And what it makes of them is read again.
    const tag = { tagId: 'T-1' };
    const again: unknown[] = [];
    for await (const item of readTrack(once(JSON.stringify(converted)), {}, { tag, accuracyMetres: 10 }))
      again.push(item);
    expect(again).toMatchObject(TIMES.map((fixedAt) => ({ ok: true, ping: { fixedAt } })));
    const lines = features.map(({ geometry, properties }) => list(geometry, properties?.coordinateProperties?.times));
    expect(lines.flatMap(([positions]) => positions)).toEqual(POSITIONS);
    expect(lines.flatMap(([, times]) => times)).toEqual(TIMES);
    expect(features[0]!.properties?.name).toBe('W-1');
  });

  it('kml and gpx: a DOM finds what was received when and why it was not judged', async () => {
    const gpx = parseXml(await write('gpx', WALK));
    const kml = parseXml(await write('kml', WALK));
    const texts = (nodes: Iterable<{ textContent: string | null }>) => Array.from(nodes, (node) => node.textContent);
    const received = WALK.map(({ receivedAtMs }) => new Date(receivedAtMs).toISOString());
    expect(texts(gpx.getElementsByTagName('tagwatch:receivedAt'))).toEqual(received);
    expect(texts(gpx.getElementsByTagName('tagwatch:notJudged'))).toEqual(['mechanism']);
    expect(texts(gpx.getElementsByTagName('tagwatch:tagId'))).toEqual(['T-1', 'T-2']);
    const arrays = Array.from(kml.getElementsByTagName('gx:SimpleArrayData'));
    const values = (name: string) =>
      arrays
        .filter((array) => array.getAttribute('name') === name)
        .flatMap((array) => texts(array.getElementsByTagName('gx:value')));
    expect(values('receivedAt')).toEqual(received);
    expect(values('notJudged')).toEqual(WALK.map(({ notJudged }) => notJudged ?? ''));
    expect(values('accuracyMetres')).toEqual(WALK.map(() => '8.5'));
  });

  it('geojson: Turf finds every feature valid; properties are whole', async () => {
    const { features } = JSON.parse(await write('geojson', WALK)) as FeatureCollection;
    expect(features.every((feature) => booleanValid(feature))).toBe(true);
    expect(features.map(({ geometry }) => (geometry as { coordinates: number[] }).coordinates)).toEqual(POSITIONS);
    expect(features[2]!.properties).toMatchObject({
      tagId: 'T-1',
      fixedAt: TIMES[2],
      receivedAt: '2026-11-20T18:02:01.250Z',
      mechanism: 'GPS',
      notJudged: 'mechanism',
    });
  });

  it('csv: csv-parse finds every value', async () => {
    const rows = parse(await write('csv', WALK), { columns: true }) as Record<string, string>[];
    expect(
      rows.map(({ longitude, latitude, altitudeMetres }) => [longitude, latitude, altitudeMetres].map(Number)),
    ).toEqual(POSITIONS);
    expect(rows[1]).toMatchObject({ deviceEvents: 'battery-low jamming', receivedAt: '2026-11-20T18:01:01.250Z' });
    expect(rows[2]).toMatchObject({ notJudged: 'mechanism', activationId: 'AC-1' });
  });
});

it('of nothing is a whole document in every format', async () => {
  expect(parseXml(await write('gpx', [])).documentElement?.tagName).toBe('gpx');
  expect(parseXml(await write('kml', [])).documentElement?.tagName).toBe('kml');
  expect(JSON.parse(await write('geojson', []))).toEqual({ type: 'FeatureCollection', features: [] });
  expect(parse(await write('csv', []), { columns: true })).toEqual([]);
});

it('decimals have no exponent and lose no digit', () => {
  expect([1e-7, -1.5e-7, 1e21, 1.25e22, 5e-324, 0.1, -0].map(toDecimal)).toEqual([
    '0.0000001',
    '-0.00000015',
    '1000000000000000000000',
    '12500000000000000000000',
    `0.${'0'.repeat(323)}5`,
    '0.1',
    '0',
  ]);
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = toDecimal(value);
      expect(text).toMatch(/^-?\d+(\.\d+)?$/);
      expect(Number(text)).toBe(value + 0);
    }),
  );
});

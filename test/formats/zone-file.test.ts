import { gzipSync } from 'node:zlib';
import { kml as kmlToGeoJson } from '@tmcw/togeojson';
import { DOMParser } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';
import { validateZone } from '../../src/formats/zones/zone.js';
import { readZoneFile, type ZoneFileFormat } from '../../src/formats/zones/zone-file.js';
import { type CheckOptions, checkZone } from '../../src/formats/zones/zone-file-check.js';
import type { ZoneFileOptions } from '../../src/formats/zones/zone-file-item.js';
import { findDeepest } from '../../src/formats/zones/zone-inradius.js';
import { findDuplicateIds, findDuplicateShapes, findSwapped } from '../../src/formats/zones/zone-set-check.js';
import { findSpikes } from '../../src/formats/zones/zone-spikes.js';

const PLAIN: ZoneFileOptions = { idFrom: null, nameFrom: null, idPrefix: null, ignoresUnknown: false };
const KENT = { west: 0.9, south: 51.1, east: 1.5, north: 51.5 };
const CHECK: CheckOptions = { serviceArea: null, r95Metres: 10 };

type Ring = [number, number][];
const box = (west: number, south: number, east: number, north: number): Ring => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];
const SQUARE = box(1.08, 51.27, 1.09, 51.28);
const feature = (id: unknown, rings: unknown[], properties: object = { name: 'A' }) => ({
  type: 'Feature',
  id,
  properties,
  geometry: { type: 'Polygon', coordinates: rings },
});

async function* chunksOf(content: string | Buffer) {
  yield Buffer.from(content);
}

async function read(content: string | Buffer, name = '', over: Partial<ZoneFileOptions> = {}) {
  return await readZoneFile(chunksOf(content), { format: null as ZoneFileFormat | null, name }, { ...PLAIN, ...over });
}

/** A file read and judged: its zones by id, and the findings as `severity check [feature]`. */
async function judge(content: string | object, name = '', options: Partial<ZoneFileOptions & CheckOptions> = {}) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const { features, findings } = await read(text, name, options);
  const zones = features.map((item) => ({ id: item.id, ...checkZone(item, { ...CHECK, ...options }) }));
  const all = [...findings, ...zones.flatMap((zone) => zone.findings)];
  return {
    ids: zones.filter(({ zone }) => zone !== null).map(({ id }) => id),
    zones,
    findings: all,
    told: all.map(({ severity, check, number }) => `${severity} ${check} ${number ?? '-'}`),
  };
}

const KML = `<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>
<Placemark id="mill"><name>Old mill</name>
  <ExtendedData><Data name="priority"><value>high</value></Data><Data name="bufferMetres"><value>50</value></Data></ExtendedData>
  <Polygon><innerBoundaryIs><LinearRing><coordinates>
    1.084,51.274 1.084,51.276 1.086,51.276 1.086,51.274 1.084,51.274</coordinates></LinearRing></innerBoundaryIs>
  <outerBoundaryIs><LinearRing><coordinates>
    1.08,51.27,12 1.09,51.27,12 1.09,51.28,12 1.08,51.28,12 1.08,51.27,12</coordinates></LinearRing></outerBoundaryIs></Polygon>
</Placemark>
<Placemark><name>Two parks &amp; a café</name><MultiGeometry>
  <Polygon><outerBoundaryIs><LinearRing><coordinates>1.05,51.27 1.06,51.27 1.06,51.28 1.05,51.27</coordinates></LinearRing></outerBoundaryIs></Polygon>
  <MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>1.07,51.27 1.075,51.27 1.075,51.28 1.07,51.27</coordinates></LinearRing></outerBoundaryIs></Polygon></MultiGeometry>
</MultiGeometry></Placemark>
<Placemark><name>A pin</name><Point><coordinates>1.08,51.27</coordinates></Point></Placemark>
<Placemark id="round"><name>School</name><ExtendedData><SchemaData><SimpleData name="radiusMetres">200</SimpleData></SchemaData></ExtendedData>
  <Point><coordinates>1.08,51.27,0</coordinates></Point></Placemark>
</Folder></Document></kml>`;

describe('readers', () => {
  it('GeoJSON: a FeatureCollection with conditions, one Feature, gzip', async () => {
    const set = {
      type: 'FeatureCollection',
      features: [feature('a', [SQUARE]), feature(7, [SQUARE])],
      conditions: [{ id: 'c' }],
    };
    const { features, conditions, findings } = await read(gzipSync(JSON.stringify(set)), 'x.geojson.gz');
    expect([features.map(({ id }) => id), conditions, findings]).toEqual([['a', '7'], [{ id: 'c' }], []]);
    expect((await read(`\ufeff${JSON.stringify(feature('a', [SQUARE]))}`)).features).toHaveLength(1);
  });

  it('KML: holes, MultiGeometry, circles, ExtendedData; pins are passed over', async () => {
    const { ids, zones, told, findings } = await judge(KML, 'x.kml');
    expect(ids).toEqual(['mill', 'two-parks-a-cafe', 'round']);
    expect(told).toEqual(['warning id-made 2', 'warning not-a-zone 3']);
    expect(findings[1]!.line).toBe(14);
    expect(zones.map(({ zone }) => zone?.valid.zone)).toMatchObject([
      { priority: 'high', bufferMetres: 50, shape: { polygons: [[{ length: 5 }, { length: 5 }]] } },
      { shape: { polygons: { length: 2 } } },
      { shape: { type: 'circle', radiusMetres: 200 } },
    ]);
  });

  it('KML: the polygons are those that another library reads', async () => {
    const { features } = await read(KML, 'x.kml');
    const theirs = kmlToGeoJson(new DOMParser().parseFromString(KML, 'text/xml'));
    // Both have the rings; that the outer one comes first is ours, the other library keeps the order of the file.
    const ringsOf = (geometry: unknown) =>
      JSON.stringify(geometry)
        .match(/\[\[[-\d.]+,.*?\]\]/g)
        ?.map((ring) => ring.replaceAll(',12]', ']'))
        .sort();
    const ours = features.map(({ feature: raw }) => (raw as { geometry: unknown }).geometry);
    const [mill, parks] = theirs.features;
    expect(ringsOf(ours[0])).toEqual(ringsOf(mill?.geometry));
    expect(ringsOf(ours[1])).toEqual(ringsOf(parks?.geometry));
    expect(theirs.features.map(({ properties }) => properties?.name)).toContain('Two parks & a café');
  });

  it('WKT: bare, with SRID, with id and name in columns, with a header', async () => {
    const ring = '((1.08 51.27, 1.09 51.27, 1.09 51.28, 1.08 51.27))';
    const lines = [
      '# zones of the force',
      `a\tThe mill, old\tPOLYGON ${ring}`,
      `b|SRID=4326;MULTIPOLYGON(${ring},((1 51,1.01 51,1 51.01,1 51)))`,
      '',
      `c,"Green, the",polygon z((1.08 51.27 5, 1.09 51.27 5, 1.09 51.28 5, 1.08 51.27 5))`,
      `d;"POLYGON${ring}"`,
    ];
    const plain = await judge(lines.join('\r\n'), 'x.wkt');
    expect([plain.ids, plain.told]).toEqual([['a', 'b', 'c', 'd'], []]);
    expect(plain.zones.map(({ zone }) => zone?.valid.properties.name)).toEqual([
      'The mill, old',
      'b',
      'Green, the',
      'd',
    ]);
    expect(plain.zones.map(({ zone }) => zone?.line)).toEqual([2, 3, 5, 6]);

    const table = `WKT,zoneId,name,bufferMetres\n"POLYGON ${ring}",k,Kiln,25\n`;
    expect((await judge(table, 'x.csv')).zones[0]?.zone?.valid).toMatchObject({
      zone: { bufferMetres: 25 },
      properties: { name: 'Kiln' },
    });
    const last = `id;name;geom\nk;Kiln;SRID=4326;POLYGON ${ring}\n`;
    expect((await judge(last, 'x.csv')).ids).toEqual(['k']);
    const bare = await judge(`POLYGON ${ring}`, '', { idPrefix: 'hq' });
    expect([bare.ids, bare.told]).toEqual([['hq-1'], []]);
  });

  it('ids and names from other fields; unknown fields are errors unless they are left out', async () => {
    const foreign = { ...feature(undefined, [SQUARE], { OBJECTID: 12, SITE: 'Kiln', colour: 'red' }) };
    const from = { idFrom: 'OBJECTID', nameFrom: 'SITE' };
    expect((await judge(foreign, '', from)).told).toEqual(['error not-a-zone 1']);
    const left = await judge(foreign, '', { ...from, ignoresUnknown: true });
    expect([left.ids, left.told]).toEqual([['12'], ['warning unknown-field 1']]);
    expect((await judge(KML.replaceAll('priority', 'prioritee'), 'x.kml')).told).toContain('error not-a-zone 1');
  });

  it.each([
    ['no JSON', '{"type":\n"FeatureCollection",,}', 'x.geojson', /not JSON/, 2],
    ['another GeoJSON', '{"type":"Polygon"}', 'x.geojson', /this is "Polygon"/, null],
    [
      'another projection',
      '{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:27700"}},"features":[]}',
      '',
      /EPSG:27700.*Convert/,
      null,
    ],
    ['no zones', '{"type":"FeatureCollection","features":[]}', '', /no zone in it/, null],
    ['broken XML', '<kml>\n<Placemark></kml>', 'x.kml', /unexpected close tag/, 2],
    ['another XML', '<gpx></gpx>', 'x.kml', /root element is <gpx>/, 1],
    ['a KMZ', 'PK\u0003\u0004', 'x.kmz', /zip archive/, null],
    ['nothing', '', 'x.wkt', /empty/, null],
    ['another SRID', 'a,SRID=27700;POLYGON((0 0,1 0,1 1,0 0))', 'x.wkt', /SRID 27700.*ST_Transform/, 1],
    ['a line', '\n\na,LINESTRING(0 0,1 1)', 'x.wkt', /LINESTRING holds no area/, 3],
    [
      'a polygon cut off',
      'a,POLYGON((0 0,1 0,1 1,0 0)',
      'x.wkt',
      /"," or "\)" is expected at character 26, not the end/,
      1,
    ],
    ['a polygon of words', 'a,POLYGON((0 0,one 0,1 1,0 0))', 'x.wkt', /position .* is expected at character 14/, 1],
    ['an empty polygon', 'a,POLYGON EMPTY', 'x.wkt', /is empty/, 1],
    ['a name that is a word of WKT', 'a,Polygon Square', 'x.wkt', /no WKT in this line/, 1],
    ['another kind of file', 'name;place\na;b\nc;d\ne;f', 'x.wkt', /None of the \d lines of this file holds WKT/, 1],
    ['two geometries', 'a,POLYGON((0 0,1 0,1 1,0 0)) POLYGON((0 0,1 0,1 1,0 0))', 'x.wkt', /Something follows/, 1],
  ])('tell %s with its line', async (_what, text, name, message, line) => {
    const { findings } = await read(text, name);
    expect(findings).toMatchObject([
      { severity: 'error', check: 'unreadable', line, detail: expect.stringMatching(message) },
    ]);
  });

  it('tell ids that cannot be, and go on', async () => {
    const set = {
      type: 'FeatureCollection',
      features: [feature('no spaces', [SQUARE]), feature('ok', [SQUARE]), null, feature(undefined, [SQUARE], {})],
    };
    const { told } = await judge(set);
    expect(told.filter((line) => line.includes('no-id'))).toEqual(['error no-id 1', 'error no-id 3', 'error no-id 4']);
  });
});

describe('findings', () => {
  it('name kinks, open rings, holes and overlaps with their position', async () => {
    const multi = (...polygons: unknown[]) => ({
      type: 'Feature',
      id: 'm',
      properties: { name: 'M' },
      geometry: { type: 'MultiPolygon', coordinates: polygons },
    });
    const bow: Ring = [
      [1.08, 51.27],
      [1.09, 51.28],
      [1.09, 51.27],
      [1.08, 51.28],
      [1.08, 51.27],
    ];
    const cases: [object, string, [number, number] | null][] = [
      [feature('a', [bow]), 'kink', [1.09, 51.27]],
      [feature('a', [SQUARE.slice(0, -1)]), 'unclosed-ring', [1.08, 51.28]],
      [feature('a', [SQUARE, box(2, 51, 2.1, 51.1)]), 'hole', [2, 51]],
      [multi([SQUARE], [box(1.085, 51.275, 1.095, 51.285)]), 'overlapping-parts', expect.anything() as never],
      [multi([SQUARE], [SQUARE]), 'overlapping-parts', expect.anything() as never],
      [
        feature('a', [
          [
            [1.08, 51.27],
            [1.09, 51.27],
            [1.1, 51.27],
            [1.09, 51.27],
            [1.09, 51.28],
            [1.08, 51.27],
          ],
        ]),
        'spike',
        expect.anything() as never,
      ],
      [feature('a', [box(1, 51, 1.0000001, 51.0000001)]), 'no-area', [1, 51]],
      [feature('a', [box(179, 51, -179, 52)]), 'seam', [179, 51]],
    ];
    for (const [raw, check, position] of cases) {
      const { findings, ids } = await judge(raw);
      expect(ids, check).toEqual([]);
      const found = findings.find((finding) => finding.check === check);
      expect(found, check).toMatchObject({ severity: 'error', number: 1, position });
    }
  });

  it('say what was mended: winding and repeated positions', async () => {
    const repeated = [SQUARE[0]!, SQUARE[1]!, SQUARE[1]!, SQUARE[1]!, ...SQUARE.slice(2)].reverse();
    const { findings, zones } = await judge(feature('a', [repeated, box(1.084, 51.274, 1.086, 51.276)]));
    expect(findings.map(({ check, isRepaired, position, pointer }) => [check, isRepaired, position, pointer])).toEqual([
      ['duplicate-position', true, [1.09, 51.27], '/geometry/coordinates/0/4'],
      ['winding', true, [1.08, 51.27], '/geometry/coordinates/0'],
      ['winding', true, [1.084, 51.274], '/geometry/coordinates/1'],
    ]);
    expect(findings[0]!.detail).toMatch(/and so do 1 more/);
    expect(zones[0]!.zone?.valid.vertices).toBe(8);
  });

  it('find spikes, outward and inward, and leave narrow wedges and noise alone', () => {
    const metre = 1 / 111_195;
    const at = (x: number, y: number): [number, number] => [
      (x * metre) / Math.cos((51 * Math.PI) / 180),
      51 + y * metre,
    ];
    const ring = (...points: [number, number][]) => [...points, points[0]!].map(([x, y]) => at(x, y));
    expect(findSpikes(ring([0, 0], [100, 0], [100, 50], [180, 51], [100, 52], [100, 100], [0, 100]))).toMatchObject([
      {
        at: 3,
        lengthMetres: expect.closeTo(80, 0),
        widthMetres: expect.closeTo(2, 1),
        angleDegrees: expect.closeTo(1.43, 1),
      },
    ]);
    expect(findSpikes(ring([0, 0], [100, 0], [100, 50], [20, 51], [100, 52], [100, 100], [0, 100]))).toHaveLength(1);
    expect(findSpikes(ring([0, 0], [1000, 0], [1000, 40]))).toEqual([]);
    expect(findSpikes(ring([0, 0], [100, 0], [100, 50], [100.5, 50.01], [100, 50.02], [100, 100], [0, 100]))).toEqual(
      [],
    );
  });

  it('say with the figure what GPS cannot judge', async () => {
    const alley = box(1.08, 51.27, 1.09, 51.27 + 12 / 111_195);
    const { findings, ids } = await judge(feature('a', [alley]));
    expect(ids).toEqual(['a']);
    expect(findings).toMatchObject([{ severity: 'warning', check: 'too-small-for-gps' }]);
    expect(findings[0]!.detail).toMatch(
      /deepest point is 6\.0 m from .* good to 10 m \(r95\)\. .* in 6[56] % of cases/,
    );
    expect((await judge(feature('a', [alley]), '', { r95Metres: 5 })).findings).toEqual([]);
    const circle = (radiusMetres: number) => ({
      type: 'Feature',
      id: 'c',
      properties: { name: 'C', radiusMetres },
      geometry: { type: 'Point', coordinates: [1, 51] },
    });
    expect((await judge(circle(9.9))).told).toEqual(['warning too-small-for-gps 1']);
    expect((await judge(circle(10))).told).toEqual([]);
    const parts = {
      ...feature('m', []),
      geometry: { type: 'MultiPolygon', coordinates: [[SQUARE], [alley.map(([x, y]) => [x + 1, y])]] },
    };
    expect((await judge(parts)).findings[0]!.detail).toMatch(/^Part 1 is too small/);
  });

  it('say whether swapped axes fit the service area', async () => {
    const swapped = feature('a', [SQUARE.map(([x, y]) => [y, x])]);
    expect((await judge(swapped, '', { serviceArea: KENT })).told).toEqual(['error swapped-axes 1']);
    expect((await judge(feature('a', [box(2, 51, 2.1, 51.1)]), '', { serviceArea: KENT })).told).toEqual([
      'error outside 1',
    ]);
  });
});

describe('zones in company', () => {
  const make = (file: string, number: number, id: string, ring: Ring) => {
    const item = { number, id, line: null, feature: feature(undefined, [ring]) };
    return { ...item, ...checkZone(item, CHECK).zone!, file };
  };

  it('one id twice, over files too', () => {
    const found = findDuplicateIds([make('x', 1, 'a', SQUARE), make('x', 2, 'b', SQUARE), make('y', 1, 'a', SQUARE)]);
    expect(found).toMatchObject([
      { file: 'y', number: 1, severity: 'error', detail: expect.stringMatching('feature 1 of x') },
    ]);
  });

  it('one area twice, begun elsewhere and wound the other way', () => {
    const [a, b, c, d] = SQUARE as [Ring[0], Ring[0], Ring[0], Ring[0], Ring[0]];
    const found = findDuplicateShapes([
      make('x', 1, 'a', SQUARE),
      make('x', 2, 'b', [c!, b!, a!, d!, c!]),
      make('x', 3, 'c', box(1, 51, 1.1, 51.1)),
    ]);
    expect(found).toMatchObject([{ number: 2, check: 'duplicate-geometry', position: expect.anything() }]);
  });

  it('one with its axes swapped among others that have not', () => {
    const others = [1, 2, 3].map((n) => make('x', n, `z${n}`, box(1 + n / 100, 51, 1.005 + n / 100, 51.01)));
    const swapped = make('x', 4, 's', box(51, 1, 51.01, 1.01));
    expect(findSwapped([...others, swapped])).toMatchObject([
      { number: 4, severity: 'warning', check: 'swapped-axes' },
    ]);
    expect(findSwapped([...others, make('x', 5, 'far', box(40, 10, 41, 11))])).toEqual([]);
  });
});

describe('findDeepest', () => {
  const metre = 1 / 111_195;
  const ring = (...points: [number, number][]) =>
    [...points, points[0]!].map(([x, y]): [number, number] => [x * metre, y * metre]);

  it.each([
    ['a square', [ring([0, 0], [40, 0], [40, 40], [0, 40])], 20],
    ['a long alley', [ring([0, 0], [3000, 0], [3000, 7], [0, 7])], 3.5],
    ['a triangle', [ring([0, 0], [30, 0], [0, 40])], 10],
    ['an L', [ring([0, 0], [100, 0], [100, 10], [10, 10], [10, 100], [0, 100])], 5.86],
    [
      'a square with a hole in the middle',
      [ring([0, 0], [40, 0], [40, 40], [0, 40]), ring([10, 10], [10, 30], [30, 30], [30, 10])],
      5.86,
    ],
  ])('%s', (_what, rings, radiusMetres) => {
    expect(Math.abs(findDeepest(rings, Infinity).radiusMetres - radiusMetres)).toBeLessThan(0.15);
  });

  it('is done early where it is deep enough, and in bounded time with 10,000 vertices', () => {
    const round = Array.from({ length: 9_999 }, (_, i): [number, number] => {
      const angle = (2 * Math.PI * i) / 9_999;
      return [5 * Math.cos(angle), 5 * Math.sin(angle)];
    });
    expect(findDeepest([ring(...round)], 1).radiusMetres).toBeGreaterThan(1);
    expect(Math.abs(findDeepest([ring(...round)], 10).radiusMetres - 5)).toBeLessThan(0.15);
  });
});

it('what is read from one format is the zone that is read from another', async () => {
  const wkt =
    'mill,Old mill,POLYGON((1.08 51.27,1.09 51.27,1.09 51.28,1.08 51.28,1.08 51.27),(1.084 51.274,1.084 51.276,1.086 51.276,1.086 51.274,1.084 51.274))';
  const fromKml = (await read(KML, 'x.kml')).features[0]!.feature;
  const fromWkt = (await read(wkt, 'x.wkt')).features[0]!.feature;
  const shapeOf = (raw: unknown) => {
    const result = validateZone(raw, KENT);
    return result.ok ? result.zone.shape : result.errors;
  };
  expect(shapeOf(fromWkt)).toEqual(shapeOf(fromKml));
});

import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePing } from '../../src/formats/pings/tagwatch-ping.js';
import { findTrackFormat, readTrack, type TrackFormat, type TrackSource } from '../../src/formats/tracks/track.js';
import { checkTrack, type TrackItem, type TrackOptions } from '../../src/formats/tracks/track-item.js';
import { runs } from '../support/random.js';

const ONE_TAG: TrackOptions = { tag: { tagId: 'T-1' }, accuracyMetres: 10 };
const NOW_MS = Date.UTC(2026, 10, 23);

async function* inChunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(
  content: string | Uint8Array,
  options: TrackOptions = ONE_TAG,
  source: TrackSource = {},
  chunkBytes = 7,
): Promise<TrackItem[]> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const items: TrackItem[] = [];
  for await (const item of readTrack(inChunks(bytes, chunkBytes), source, options)) items.push(item);
  return items;
}
const pingsOf = (items: readonly TrackItem[]) => items.map((item) => (item.ok ? item.ping : item.detail));
const told = (items: readonly TrackItem[]) => items.map((item) => (item.ok ? 'ok' : `${item.place}: ${item.detail}`));

/** Two fixes, a minute apart, in each format. */
const WALK: Readonly<Record<TrackFormat, string>> = {
  csv: 'time,lat,lon,altitude\n2026-11-22T18:03:11Z,51.2787,1.0803,14\n2026-11-22T18:04:11Z,51.279,1.081,15.5\n',
  gpx: `<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>walk</name><trkseg>
<trkpt lat="51.2787" lon="1.0803"><ele>14</ele><time>2026-11-22T18:03:11Z</time></trkpt>
<trkpt lat="51.279" lon="1.081"><ele>15.5</ele><time>2026-11-22T18:04:11Z</time></trkpt>
</trkseg></trk></gpx>`,
  geojson: JSON.stringify({
    type: 'FeatureCollection',
    features: [
      {
        type: 'Feature',
        properties: { coordTimes: ['2026-11-22T18:03:11Z', '2026-11-22T18:04:11Z'] },
        geometry: {
          type: 'LineString',
          coordinates: [
            [1.0803, 51.2787, 14],
            [1.081, 51.279, 15.5],
          ],
        },
      },
    ],
  }),
  kml: `<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Placemark><gx:Track>
<when>2026-11-22T18:03:11Z</when><when>2026-11-22T18:04:11Z</when>
<gx:coord>1.0803 51.2787 14</gx:coord><gx:coord>1.081 51.279 15.5</gx:coord>
</gx:Track></Placemark></kml>`,
  plt: `Geolife trajectory\r\nWGS 84\r\nAltitude is in Feet\r\nReserved 3\r\n0,2,255,My Track,0,0,2,8421376\r\n0\r
51.2787,1.0803,0,45.93176,46348.7521991,2026-11-22,18:03:11\r\n51.279,1.081,0,50.853018,46348.7528935,2026-11-22,18:04:11\r\n`,
  ndjson: [
    { tagId: 'X', fixedAt: '2026-11-22T18:03:11.000Z', latitude: 51.2787, longitude: 1.0803, altitudeMetres: 14 },
    { tagId: 'X', fixedAt: '2026-11-22T18:04:11.000Z', latitude: 51.279, longitude: 1.081, altitudeMetres: 15.5 },
  ]
    .map((ping) => `${JSON.stringify(ping)}\n`)
    .join(''),
};
const FORMATS = Object.keys(WALK) as TrackFormat[];
const EXPECTED = [
  { fixedAt: '2026-11-22T18:03:11.000Z', latitude: 51.2787, longitude: 1.0803, altitudeMetres: 14 },
  { fixedAt: '2026-11-22T18:04:11.000Z', latitude: 51.279, longitude: 1.081, altitudeMetres: 15.5 },
].map((ping) => ({ tagId: 'T-1', ...ping, accuracyMetres: 10 }));

it.each(['gpx', 'kml'] as const)(
  '%s: what the parser complains of is told in a line, however long the name in it',
  async (format) => {
    const text = `<${format}><Placemark><a${'9'.repeat(10_000)}></Placemark></${format}>`;
    const refused = await read(text, ONE_TAG, { format }).catch((error: Error) => error.message);
    expect(refused).toMatch(/^Line 1: /);
    expect(String(refused).length).toBeLessThan(1_000);
  },
);

describe('one walk', () => {
  it.each(FORMATS)('is the same pings as %s, recognised by its content, plain and gzipped', async (format) => {
    for (const chunkBytes of [1, 64, 100_000]) {
      expect(pingsOf(await read(WALK[format], ONE_TAG, {}, chunkBytes))).toEqual(EXPECTED);
      expect(pingsOf(await read(gzipSync(WALK[format]), ONE_TAG, {}, chunkBytes))).toEqual(EXPECTED);
    }
  });

  it('has the same identities in every format, so that sending it again in another one changes nothing', async () => {
    const identities = new Set<string>();
    for (const format of FORMATS) {
      for (const ping of pingsOf(await read(WALK[format]))) {
        const result = parsePing(ping, NOW_MS);
        identities.add(result.ok ? result.ping.identity : result.detail);
      }
    }
    expect(identities.size).toBe(2);
  });

  it('is read alike however it is cut, and cut off is told or is less', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...FORMATS),
        fc.nat(),
        fc.integer({ min: 1, max: 50 }),
        async (format, at, size) => {
          const bytes = Buffer.from(WALK[format]);
          const end = at % bytes.length;
          let items: TrackItem[] = [];
          try {
            items = await read(bytes.subarray(0, end), ONE_TAG, { format }, size);
          } catch (error) {
            expect((error as Error).name).toBe('TrackUnreadable');
          }
          expect(items.filter(({ ok }) => ok).length).toBeLessThanOrEqual(2);
        },
      ),
      { numRuns: runs(300) },
    );
  });
});

describe('the format', () => {
  const csv = Buffer.from(WALK.csv);
  it.each<[TrackSource, Buffer, TrackFormat]>([
    [{ format: 'plt', name: 'a.csv' }, csv, 'plt'],
    [{ name: 'A.GPX.gz' }, csv, 'gpx'],
    [{ name: 'a.txt', mediaType: 'application/geo+json; charset=utf-8' }, csv, 'geojson'],
    [{ name: 'a.json' }, Buffer.from(WALK.geojson), 'geojson'],
    [{ name: 'a.json' }, Buffer.from(WALK.ndjson), 'ndjson'],
    [{ name: 'a.xml' }, Buffer.from(`\ufeff<?xml version="1.0"?>\n<!-- <gpx> -->${WALK.kml}`), 'kml'],
    [{}, csv, 'csv'],
  ])('of %j is found', (source, head, format) => {
    expect(findTrackFormat(source, head)).toBe(format);
  });

  it('of nothing, and of an archive, is refused', async () => {
    await expect(read('')).rejects.toThrow(/empty/);
    await expect(read(gzipSync(''))).rejects.toThrow(/empty/);
    await expect(read(gzipSync(WALK.csv), ONE_TAG, { maxBytes: 50 }, 9)).rejects.toThrow(/more than 50 bytes/);
    await expect(read('PK\u0003\u0004rest')).rejects.toThrow(/zip archive/);
    await expect(read(WALK.kml, ONE_TAG, { format: 'gpx' })).rejects.toThrow(/root element is <kml>, not <gpx>/);
    await expect(read(WALK.gpx, ONE_TAG, { format: 'kml' })).rejects.toThrow(/root element is <gpx>, not <kml>/);
    await expect(read(gzipSync(WALK.gpx).subarray(0, 90))).rejects.toThrow(/gzip/);
  });
});

describe('the tag', () => {
  it('comes from the name of a GPX track, a KML placemark, a property, a column', async () => {
    const named: TrackOptions = { tag: { column: 'name' }, accuracyMetres: 10 };
    const placemark = WALK.kml.replace('<Placemark>', '<Placemark><name>walk</name>');
    const feature = WALK.geojson.replace('"properties":{', '"properties":{"name":"walk",');
    for (const text of [WALK.gpx, placemark, feature]) {
      expect(pingsOf(await read(text, named))).toEqual(EXPECTED.map((ping) => ({ ...ping, tagId: 'walk' })));
    }
  });

  it('is told where it is missing', async () => {
    const none: TrackOptions = { tag: null, accuracyMetres: 10 };
    expect(told(await read(WALK.gpx, none))[0]).toMatch(/^trkpt 1 \(line 2\): Neither the file/);
    expect(told(await read(WALK.gpx.replace('walk', ''), { ...none, tag: { column: 'name' } }))[0]).toMatch(
      /tag is empty/,
    );
    await expect(read(WALK.csv, none)).rejects.toThrow(/tag: looked for tagId/);
  });
});

describe('GPX', () => {
  const point = (inside: string) =>
    `<gpx><trk><trkseg><trkpt lat="51" lon="1"><time>2026-11-22T18:03:11Z</time>${inside}</trkpt></trkseg></trk></gpx>`;

  it.each<[string, string, object]>([
    ['speed and course of GPX 1.0', '<course>210</course><speed>2</speed>', { speedKmh: 7.2, headingDegrees: 210 }],
    [
      "Garmin's extension",
      '<extensions><gpxtpx:TrackPointExtension><gpxtpx:speed>2</gpxtpx:speed><gpxtpx:course>9</gpxtpx:course>' +
        '</gpxtpx:TrackPointExtension></extensions>',
      { speedKmh: 7.2, headingDegrees: 9 },
    ],
    ['satellites', '<sat>9</sat>', { satellites: 9, accuracyMetres: 10 }],
    ['an accuracy in metres', '<extensions><accuracy>4.5</accuracy></extensions>', { accuracyMetres: 4.5 }],
  ])('reads %s', async (_name, inside, fields) => {
    expect(pingsOf(await read(point(inside)))).toMatchObject([fields]);
  });

  it('leaves out only the points that are bad, and names them', async () => {
    const text = `<gpx><wpt lat="1" lon="1"/><trk><trkseg>
<trkpt lat="51" lon="1"><time>2026-11-22T18:03:11Z</time></trkpt>
<trkpt lat="51" lon="1"></trkpt>
<trkpt lat="51" lon="x"><time>2026-11-22T18:03:12Z</time></trkpt>
<trkpt lat="51"><time>2026-11-22T18:03:13Z</time></trkpt>
<trkpt lat="51" lon="1"><time>yesterday</time></trkpt>
<trkpt lat="51" lon="1"><time>2026-11-22T18:03:14Z</time></trkpt>
</trkseg></trk></gpx>`;
    expect(told(await read(text))).toEqual([
      'ok',
      'trkpt 2 (line 3): There is no time.',
      'trkpt 3 (line 4): The longitude is not a number.',
      'trkpt 4 (line 5): A trkpt has a lat and a lon.',
      'trkpt 5 (line 6): The time "yesterday" cannot be read.',
      'ok',
    ]);
  });

  it.each<[string, string, RegExp]>([
    ['what is not well-formed', '<gpx>\n<trk>\n</gpx>', /^Line 3: /],
    ['an entity of its own', `<!DOCTYPE gpx [<!ENTITY a "b">]>${point('<name>&a;</name>')}`, /^Line 1: .*entity/],
    ['no points', '<gpx></gpx>', /no trkpt/],
    ['elements without end', `<gpx>${'<a>'.repeat(300)}`, /nested deeper/],
    ['a text without end', `<gpx><trk><name>${'x'.repeat(2_000_000)}`, /does not end|more text/],
    ['a tag without end', `<gpx><trk name="${'x'.repeat(2_000_000)}`, /does not end/],
    ['an encoding nobody knows', '<?xml version="1.0" encoding="klingon"?><gpx/>', /encoding "klingon"/],
  ])('refuses %s', async (_name, text, message) => {
    await expect(read(text, ONE_TAG, { format: 'gpx' }, 65_536)).rejects.toThrow(message);
  });

  it('reads other encodings', async () => {
    const text = WALK.gpx
      .replace('<?xml version="1.0"?>', '<?xml version="1.0" encoding="ISO-8859-1"?>')
      .replace('walk', 'Caf\u00e9');
    const named: TrackOptions = { tag: { column: 'name' }, accuracyMetres: 10 };
    expect(pingsOf(await read(Buffer.from(text, 'latin1'), named))[0]).toMatchObject({ tagId: 'Caf\u00e9' });
    const wide = Buffer.from(`\ufeff${WALK.gpx}`, 'utf16le');
    expect(pingsOf(await read(wide))).toEqual(EXPECTED);
    await expect(read(Buffer.from(text.replace('ISO-8859-1', 'UTF-8'), 'latin1'))).rejects.toThrow(/not utf-8/);
  });
});

describe('KML', () => {
  const document = (inside: string) => `<kml><Document>\n${inside}\n</Document></kml>`;
  const track = (inside: string) => document(`<Placemark><name>P</name><gx:Track>${inside}</gx:Track></Placemark>`);
  const pair = '<when>2026-11-22T18:03:11Z</when><gx:coord>1 51 0</gx:coord>';

  it('reads MultiTrack, interleaved pairs, angles and arrays', async () => {
    const arrays =
      '<ExtendedData><SchemaData><gx:SimpleArrayData name="accuracyMetres"><gx:value>3</gx:value><gx:value/></gx:SimpleArrayData>' +
      '</SchemaData></ExtendedData>';
    const inner = `<gx:Track>${pair}${pair}<gx:angles>45 1 2</gx:angles><gx:angles/>${arrays}</gx:Track>`;
    const text = document(`<Placemark><gx:MultiTrack>${inner}<gx:Track>${pair}</gx:Track></gx:MultiTrack></Placemark>`);
    expect(pingsOf(await read(text))).toMatchObject([
      { accuracyMetres: 3, headingDegrees: 45 },
      { accuracyMetres: 10 },
      { accuracyMetres: 10, longitude: 1, latitude: 51 },
    ]);
  });

  it('reads Points with a TimeStamp and passes over icons and areas', async () => {
    const text = document(
      '<Placemark><TimeStamp><when>2026-11-22T18:03:11Z</when></TimeStamp><Point><coordinates>1.5,51.5,7</coordinates></Point></Placemark>' +
        '<Placemark><Point><coordinates>1,51</coordinates></Point></Placemark>' +
        '<Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>1,51 2,52 1,52 1,51</coordinates></LinearRing>' +
        '</outerBoundaryIs></Polygon></Placemark>',
    );
    expect(pingsOf(await read(text))).toEqual([
      {
        tagId: 'T-1',
        fixedAt: '2026-11-22T18:03:11.000Z',
        latitude: 51.5,
        longitude: 1.5,
        altitudeMetres: 7,
        accuracyMetres: 10,
      },
    ]);
  });

  it('refuses a LineString, and a track whose times and positions do not pair, and reads the others', async () => {
    const line = '<Placemark><LineString><coordinates>1,51 2,52</coordinates></LineString></Placemark>\n';
    const odd = '<Placemark><gx:Track><when>2026-11-22T18:03:11Z</when></gx:Track></Placemark>';
    const text = document(`${line}${odd}<Placemark><gx:Track>${pair}</gx:Track></Placemark>`);
    expect(told(await read(text))).toEqual([
      'Placemark 1 (line 2): A LineString has no times; a track with times is a gx:Track.',
      'Placemark 2, gx:Track 1 (line 3): It has 1 times (when) and 0 positions (gx:coord), which belong in pairs.',
      'ok',
    ]);
    expect(told(await read(track(`${pair}<when>2026-11-22T18:04:11Z</when><gx:coord>1 north</gx:coord>`)))).toEqual([
      'ok',
      'Placemark 1, gx:Track 1 (line 2), fix 2: The latitude is not a number.',
    ]);
    await expect(read(document('<Placemark/>'))).rejects.toThrow(/no gx:Track/);
  });
});

describe('GeoJSON', () => {
  const feature = (geometry: object | null, properties: object | null = {}) => ({
    type: 'Feature',
    geometry,
    properties,
  });
  const point = (time: unknown) => feature({ type: 'Point', coordinates: [1, 51] }, { time });
  const collection = (...features: unknown[]) => JSON.stringify({ type: 'FeatureCollection', features });

  it('reads points by their properties, whatever they are called', async () => {
    const text = collection(
      feature(
        { type: 'Point', coordinates: [1, 51] },
        {
          timestamp: 1_795_370_591,
          'Speed (km/h)': 5,
          bearing: 12,
          accuracy: 3,
          batteryLevel: 70,
          deviceEvents: ['jamming'],
        },
      ),
      feature(null, { fixedAt: '2026-11-22T18:03:12Z', deviceEvents: ['strap-tamper'] }),
    );
    expect(pingsOf(await read(text))).toEqual([
      {
        tagId: 'T-1',
        fixedAt: '2026-11-22T18:03:11.000Z',
        latitude: 51,
        longitude: 1,
        accuracyMetres: 3,
        speedKmh: 5,
        headingDegrees: 12,
        batteryPercent: 70,
        deviceEvents: ['jamming'],
      },
      { tagId: 'T-1', fixedAt: '2026-11-22T18:03:12.000Z', deviceEvents: ['strap-tamper'] },
    ]);
  });

  it('reads lines as togeojson writes them, several at once, and documents that are no collection', async () => {
    const multi = feature(
      { type: 'MultiLineString', coordinates: [[[1, 51]], [[2, 52]]] },
      { coordinateProperties: { times: [['2026-11-22T18:03:11Z'], ['2026-11-22T18:03:12Z']] } },
    );
    expect(pingsOf(await read(JSON.stringify(multi)))).toMatchObject([{ latitude: 51 }, { latitude: 52 }]);
    const collected = feature(
      {
        type: 'GeometryCollection',
        geometries: [
          { type: 'Point', coordinates: [1, 51] },
          { type: 'LineString', coordinates: [[2, 52]] },
          { type: 'GeometryCollection', geometries: [] },
        ],
      },
      { coordinateProperties: { times: [['2026-11-22T18:03:11Z'], ['2026-11-22T18:03:12Z']] } },
    );
    expect(told(await read(collection(collected)))).toEqual([
      'ok',
      'ok',
      'features[0] (line 1), part 2: A collection in a collection is no track.',
    ]);
    expect(pingsOf(await read(JSON.stringify(point('2026-11-22T18:03:11Z'))))).toMatchObject([{ latitude: 51 }]);
  });

  it('leaves out only the features that are bad, and names them', async () => {
    const text = [
      '{"features":[',
      JSON.stringify(point('2026-11-22T18:03:11Z')),
      ',{"type":"Feature","geometry":{"type":"Point","coordinates":[1,51]},"properties":{"time":"a","x":"}]\\""}}',
      `,{"type":"Feature", nonsense},${JSON.stringify(feature({ type: 'Polygon', coordinates: [] }))}`,
      `,${JSON.stringify(feature({ type: 'LineString', coordinates: [[1, 51]] }))}`,
      `,${JSON.stringify(feature({ type: 'LineString', coordinates: [[1, 51]] }, { coordTimes: [] }))}`,
      `,${JSON.stringify(feature({ type: 'Point', coordinates: ['1', null] }, { time: 1_795_370_591 }))}`,
      `,${JSON.stringify(point('2026-11-22T18:03:12Z'))}],"type":"FeatureCollection"}`,
    ].join('\n');
    expect(told(await read(text, ONE_TAG, { name: 'a.geojson' }))).toEqual([
      'ok',
      'features[1] (line 3): The time "a" cannot be read.',
      'features[2] (line 4): This is not JSON in UTF-8.',
      'features[3] (line 4): A geometry "Polygon" is no track.',
      'features[4] (line 5): A line without times (properties.coordTimes) is no track.',
      'features[5] (line 6): It has 1 positions and 0 times, which belong in pairs.',
      'features[6] (line 7): The latitude is not a number.',
      'ok',
    ]);
  });

  it.each<[string, RegExp]>([
    ['{"type":"FeatureCollection","features":[]}', /no feature/],
    ['{"type":"FeatureCollection","features":[1]}', /Line 1/],
    [`${collection(point(1)).slice(0, -2)},]}`, /Line 1/],
    [collection(point(1)).slice(0, -2), /ends within its features/],
    [`${collection(point(1))}}`, /not JSON/],
    ['{"type":"Topology"', /not JSON/],
    ['[1]', /an object/],
  ])('refuses %j', async (text, message) => {
    await expect(read(text, ONE_TAG, { format: 'geojson' })).rejects.toThrow(message);
  });

  it('passes over "features" elsewhere than at the top', async () => {
    const text = `{"note":{"features":[{"a":1}]},"features":[${JSON.stringify(point(1_795_370_591))}],"type":"FeatureCollection"}`;
    expect(pingsOf(await read(text))).toMatchObject([{ latitude: 51 }]);
  });
});

describe('lines', () => {
  it('of PLT are told, and days stand in for a date', async () => {
    const text = `${WALK.plt}51.2,1.1,0,-777,46348.7521991\n51.2\n51.2,1.1,0,0,never\n`;
    const items = await read(text);
    expect(pingsOf(items)[2]).toEqual({
      tagId: 'T-1',
      fixedAt: '2026-11-22T18:03:10.000Z',
      latitude: 51.2,
      longitude: 1.1,
      accuracyMetres: 10,
    });
    expect(told(items).slice(3)).toEqual([
      'line 10: A line holds at least a latitude and a longitude.',
      'line 11: The time "never" cannot be read.',
    ]);
  });

  it('of NDJSON are told and passed on as they are', async () => {
    const text = `${WALK.ndjson}\nnonsense\n[1]\n{"tagId":"X","fixedAt":"2026-11-22T18:05:11Z","deviceEvents":["strap-tamper"]}`;
    const items = await read(text, { tag: null, accuracyMetres: 10 });
    expect(told(items)).toEqual([
      'ok',
      'ok',
      'line 4: This is not JSON in UTF-8.',
      'line 5: A ping is a JSON object.',
      'ok',
    ]);
    expect(pingsOf(items)[4]).toEqual({
      tagId: 'X',
      fixedAt: '2026-11-22T18:05:11Z',
      deviceEvents: ['strap-tamper'],
    });
  });

  it('that do not end are refused', async () => {
    await expect(read('x'.repeat(2_000_000), ONE_TAG, { format: 'ndjson' }, 65_536)).rejects.toThrow(
      /Line 1 is longer/,
    );
  });
});

it('checkTrack tells beforehand what would be refused', async () => {
  const text = 'time,lat,lon\n2026-11-22T18:03:11Z,95,1\n2026-11-22T18:03:11Z,51,1\n2031-01-01 00:00,51,1\n';
  const items: TrackItem[] = [];
  const chunks = inChunks(Buffer.from(text), 9);
  for await (const item of checkTrack(readTrack(chunks, { format: 'csv' }, ONE_TAG), NOW_MS)) items.push(item);
  expect(told(items)).toEqual([
    expect.stringMatching(/^line 2: latitude 95 is outside/),
    'ok',
    expect.stringMatching(/^line 4: .*more than 24 h ahead/),
  ]);
});

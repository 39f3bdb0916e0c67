/**
 * Track and zone files as nobody should send them: valid ones with bytes flipped, cut, doubled, nested and written in other encodings.
 * No reader throws anything but what it tells, and what it takes is a ping, or a zone, within the world.
 */
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { parsePing } from '../../src/formats/pings/tagwatch-ping.js';
import { readTrack, TRACK_FORMATS, type TrackFormat } from '../../src/formats/tracks/track.js';
import { TrackUnreadable } from '../../src/formats/tracks/track-item.js';
import { readZoneFile, type ZoneFileFormat } from '../../src/formats/zones/zone-file.js';
import { checkZone } from '../../src/formats/zones/zone-file-check.js';
import { fuzz } from './budget.js';

const NOW_MS = Date.UTC(2026, 10, 27);
/** Of a file once gzip is undone: rounds stay short, and a bomb is refused. */
const MAX_BYTES = 4 * 1_048_576;

const TRACKS: Readonly<Record<TrackFormat, string>> = {
  csv:
    'tagId;Date;Time of day;UTC offset;Latitude;N/S;lon;E/W;Horizontal Accuracy (ft);fix;hdop;deviceEvents\n' +
    'T-1;2026-11-20;14:05:00;+0100;51 16.722;N;1.0803;E;30;3d;0.9;strap-tamper\n' +
    'T-1;20/11/2026;2:06 PM;+1;51.2787;N;1°04\'49.1";W;"30";none;0.9;\n',
  gpx:
    '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1"><trk><name>T-1</name><extensions><tagId>T-1</tagId></extensions>' +
    '<trkseg><trkpt lat="51.2787" lon="1.0803"><ele>14</ele><time>2026-11-20T14:05:00+0000</time><fix>3d</fix><sat>9</sat>' +
    '<hdop>1</hdop></trkpt>\n<trkpt lat="51.28" lon="1.08"><time>2026-11-20T14:06:00Z</time><extensions><accuracy>4.5</accuracy>' +
    '</extensions></trkpt></trkseg><trkseg><trkpt lat="1" lon="2"/></trkseg></trk></gpx>',
  kml:
    '<kml><Document><NetworkLink/><Placemark><name>a</name><LineString><coordinates>1,51 2,52</coordinates></LineString></Placemark>' +
    '<Placemark><ExtendedData><Data name="tagId"><value>T-1</value></Data></ExtendedData><gx:MultiTrack><gx:Track>' +
    '<when>2026-11-20T14:05:00Z</when><when>2026-11-20T14:06:00Z</when><gx:coord>1.08 51.27 3</gx:coord><gx:coord/>' +
    '<ExtendedData><SchemaData><gx:SimpleArrayData name="accuracy"><gx:value>4</gx:value><gx:value/></gx:SimpleArrayData>' +
    '</SchemaData></ExtendedData></gx:Track></gx:MultiTrack></Placemark></Document></kml>',
  geojson: JSON.stringify({
    type: 'FeatureCollection',
    crs: { type: 'name', properties: { name: 'EPSG:4326' } },
    features: [
      {
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [1.08, 51.27, 3] },
        properties: { tagId: 'T-1', time: 1_795_370_591, hAcc: '4 m', valid: true, tz: '+01:00' },
      },
      {
        type: 'Feature',
        geometry: { type: 'MultiLineString', coordinates: [[[1, 51]], [[2, 52]]] },
        properties: {
          tagId: 'T-1',
          coordinateProperties: { times: [['2026-11-20T14:05:00Z'], ['2026-11-20T14:06:00Z']], accuracies: [[1], [2]] },
        },
      },
    ],
  }),
  plt: `Geolife trajectory\r\nWGS 84\r\nAltitude is in Feet\r\nReserved 3\r\n0,2,255\r\n0\r
51.2787,1.0803,0,45.9,46348.75,2026-11-20,18:03:11\r\n51.279,1.081,0,-777,46348.7528935,,\r\n`,
  ndjson:
    '{"tagId":"T-1","fixedAt":"2026-11-20T14:05:00Z","latitude":51.27,"longitude":1.08,"accuracyMetres":4}\n' +
    '{"tagId":"T-1","fixedAt":"2026-11-20T14:06:00Z","deviceEvents":["strap-tamper"]}\n',
};

const ZONES: Readonly<Record<ZoneFileFormat, string>> = {
  geojson: JSON.stringify({
    type: 'FeatureCollection',
    features: [
      {
        type: 'Feature',
        id: 'a',
        properties: { name: 'A', bufferMetres: 20 },
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [1, 51],
              [1.1, 51],
              [1.1, 51.1],
              [1, 51.1],
              [1, 51],
            ],
          ],
        },
      },
      {
        type: 'Feature',
        id: 'b',
        properties: { name: 'B', radiusMetres: 50 },
        geometry: { type: 'Point', coordinates: [1, 51] },
      },
    ],
  }),
  kml:
    '<kml><Document><Placemark id="a"><name>A</name><Polygon><outerBoundaryIs><LinearRing><coordinates>1,51 1.1,51 1.1,51.1 1,51.1 1,51' +
    '</coordinates></LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>1.04,51.04 1.05,51.04 1.05,51.05 1.04,51.04' +
    '</coordinates></LinearRing></innerBoundaryIs></Polygon></Placemark><Placemark id="b"><ExtendedData><Data name="radiusMetres">' +
    '<value>50</value></Data></ExtendedData><Point><coordinates>1,51</coordinates></Point></Placemark></Document></kml>',
  wkt: 'id,name,wkt\na,A,"POLYGON((1 51,1.1 51,1.1 51.1,1 51.1,1 51))"\nb,B,"SRID=4326;MULTIPOLYGON(((1 51,1.1 51,1.1 51.1,1 51)))"\n',
};

type Random = () => number;
const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
const spot = (random: Random, bytes: Buffer) => Math.floor(random() * (bytes.length + 1));

/** What stands somewhere in a file and should not. */
const INTRUDERS = [
  ...[
    '1e999',
    '-1e308',
    '99999999999999999999',
    'NaN',
    '-0',
    '٣',
    '\u0000',
    '\ufffd',
    '😀',
    '"',
    "'",
    '<',
    '>',
    '&',
    ']]>',
    '<!--',
  ],
  ...[
    '<![CDATA[',
    '<?',
    '&a;',
    '{',
    '}',
    '[',
    ']',
    ',',
    ';',
    '\t',
    '\r',
    '\n',
    '\\',
    '\\u0000',
    '\\ud800',
    '00/00/0000',
    '24:00:00',
  ],
  ...[
    '°',
    'N',
    'S',
    '2026-02-30',
    '9999-12-31T23:59:59-14:00',
    '-000001-01-01',
    'null',
    'true',
    '__proto__',
    '(',
    ')',
    'EMPTY',
  ],
];
const NESTS = [
  ['[', ']'],
  ['{"a":', '}'],
  ['<a>', '</a>'],
  ['(', ')'],
] as const;

type Mutation = (bytes: Buffer, random: Random) => Buffer;
const insert = (bytes: Buffer, at: number, what: string | Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, at), Buffer.from(what as string), bytes.subarray(at)]);

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
    return copy;
  },
  (bytes, random) => bytes.subarray(0, spot(random, bytes)),
  (bytes, random) => {
    const at = spot(random, bytes);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + Math.floor(random() * 30))]);
  },
  (bytes, random) => {
    const at = spot(random, bytes);
    return insert(bytes, spot(random, bytes), bytes.subarray(at, at + Math.floor(random() * 200)));
  },
  (bytes, random) => insert(bytes, spot(random, bytes), pick(random, INTRUDERS)),
  (bytes, random) => {
    const [open, close] = pick(random, NESTS);
    const depth = pick(random, [3, 70, 300, 20_000]);
    return insert(bytes, spot(random, bytes), open.repeat(depth) + (random() < 0.5 ? close.repeat(depth) : ''));
  },
  (bytes, random) =>
    insert(bytes, spot(random, bytes), pick(random, ['9', ' ', 'x', '\n', '-']).repeat(pick(random, [50, 5_000]))),
  (bytes, random) => {
    const text = bytes.toString('utf8');
    const encoded = pick(random, ['utf16le', 'latin1', 'utf8'] as const);
    return Buffer.from((random() < 0.7 ? '\ufeff' : '') + text, encoded);
  },
  (bytes, random) => {
    const other = Buffer.from(pick(random, [...Object.values(TRACKS), ...Object.values(ZONES)]));
    const at = spot(random, other);
    return insert(bytes, spot(random, bytes), other.subarray(at, at + Math.floor(random() * 100)));
  },
];

function mutate(text: string, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(text);
  for (let times = Math.floor(random() * 5); times >= 0; times -= 1) bytes = pick(random, MUTATIONS)(bytes, random);
  if (random() < 0.9) return bytes;
  const zipped = gzipSync(bytes);
  return random() < 0.5 ? zipped : pick(random, MUTATIONS)(zipped, random);
}

async function* inChunks(bytes: Buffer, random: Random) {
  const size = pick(random, [bytes.length > 5_000 ? 500 : 7, 1_000, 100_000]);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Any mutated track file gives pings within the world, faults and notes, or is refused in words. */
export async function fuzzTrackFiles(seconds: number): Promise<void> {
  await fuzz('track files', seconds, async ({ random }) => {
    const format = pick(random, Object.keys(TRACK_FORMATS) as TrackFormat[]);
    const bytes = mutate(TRACKS[format], random);
    const tag = pick(random, [null, { tagId: 'T-1' }, { column: pick(random, ['name', 'tagId', 'fix', '__proto__']) }]);
    const source = { ...(random() < 0.7 && { format }), maxBytes: MAX_BYTES };
    const options = { tag, accuracyMetres: pick(random, [null, 10]) };
    let items = 0;
    try {
      for await (const item of readTrack(inChunks(bytes, random), source, options)) {
        items += 1;
        if (!item.ok) {
          expect(item.detail.length).toBeLessThan(1_000);
          continue;
        }
        const parsed = parsePing(item.ping, NOW_MS);
        if (!parsed.ok || parsed.ping.position === null) continue;
        const { latitude, longitude, accuracyMetres } = parsed.ping.position;
        expect(Math.abs(latitude)).toBeLessThanOrEqual(90);
        expect(Math.abs(longitude)).toBeLessThanOrEqual(180);
        expect(accuracyMetres === null || (Number.isFinite(accuracyMetres) && accuracyMetres > 0)).toBe(true);
        expect(Number.isSafeInteger(parsed.ping.fixedAtMs)).toBe(true);
      }
    } catch (error) {
      if (!(error instanceof TrackUnreadable)) throw error;
      expect(error.message.length).toBeLessThan(5_000);
    }
    expect(items).toBeLessThan(MAX_BYTES);
  });
}

function listNumbers(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(listNumbers) : [];
}

/** Any mutated zone file gives zones within the world and findings, and never throws. */
export async function fuzzZoneFiles(seconds: number): Promise<void> {
  await fuzz('zone files', seconds, async ({ random }) => {
    const format = pick(random, Object.keys(ZONES) as ZoneFileFormat[]);
    const bytes = mutate(ZONES[format], random);
    const reading = {
      idFrom: pick(random, [null, 'name']),
      nameFrom: null,
      idPrefix: pick(random, [null, 'p']),
      ignoresUnknown: random() < 0.5,
    };
    const known = { format: random() < 0.7 ? format : null, name: pick(random, ['', 'a.kml', 'a.csv']) };
    const { features, findings } = await readZoneFile(inChunks(bytes, random), known, reading);
    for (const { detail } of findings) expect(detail.length).toBeLessThan(1_000);
    for (const feature of features) {
      const { zone } = checkZone(feature, { serviceArea: null, r95Metres: 10 });
      if (zone === null) continue;
      const numbers = listNumbers(zone.valid.zone.shape);
      expect(numbers.length).toBeGreaterThan(2);
      // Degrees, and the radius of a circle in metres.
      for (const number of numbers) expect(Math.abs(number)).toBeLessThanOrEqual(1_000_000);
      expect(zone.valid.areaSquareMetres).toBeGreaterThan(0);
    }
  });
}

import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { createCsvTrail, createGeoJsonTrail, type TrailFix, type TrailWriter } from '../../src/formats/trails/trail.js';
import { createGpxTrail } from '../../src/formats/trails/trail-gpx.js';
import { createKmlTrail } from '../../src/formats/trails/trail-kml.js';

const START_MS = Date.UTC(2026, 10, 22, 18, 0);
function fixAt(second: number, fields: Partial<TrailFix> = {}): TrailFix {
  return {
    tagId: 'T-1',
    activationId: 'AC-1',
    sequence: second,
    fixedAtMs: START_MS + second * 1_000,
    receivedAtMs: START_MS + second * 1_000 + 250,
    latitude: 51.2787,
    longitude: -1.0803,
    accuracyMetres: 8.5,
    mechanism: 'GPS',
    speedKmh: null,
    headingDegrees: 210,
    altitudeMetres: null,
    satellites: 9,
    batteryPercent: 81,
    deviceEvents: [],
    notJudged: null,
    ...fields,
  };
}
const write = (writer: TrailWriter, ...stretches: readonly (readonly TrailFix[])[]) =>
  writer.head() + stretches.map((fixes) => writer.fixes(fixes)).join('') + writer.tail();

describe('GeoJSON', () => {
  test('is one point a fix, longitude first, however it comes in pieces', () => {
    const fixes = [fixAt(0), fixAt(60, { altitudeMetres: 14 }), fixAt(120)];
    const whole = JSON.parse(write(createGeoJsonTrail(), fixes));
    expect(JSON.parse(write(createGeoJsonTrail(), fixes.slice(0, 1), [], fixes.slice(1)))).toEqual(whole);
    expect(whole.features.map((feature: { geometry: object }) => feature.geometry)).toEqual([
      { type: 'Point', coordinates: [-1.0803, 51.2787] },
      { type: 'Point', coordinates: [-1.0803, 51.2787, 14] },
      { type: 'Point', coordinates: [-1.0803, 51.2787] },
    ]);
    expect(whole.features[0].properties).toMatchObject({ fixedAt: '2026-11-22T18:00:00.000Z', accuracyMetres: 8.5 });
  });

  test('of nothing is an empty collection', () => {
    expect(JSON.parse(write(createGeoJsonTrail(), []))).toEqual({ type: 'FeatureCollection', features: [] });
  });
});

test('CSV reads back, with what needs quoting', () => {
  const odd = fixAt(60, { tagId: 'a "b", c', deviceEvents: ['strap-tamper', 'battery-low'], notJudged: 'mechanism' });
  const rows = parse(write(createCsvTrail(), [fixAt(0)], [odd]), { columns: true }) as Record<string, string>[];
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({ tagId: 'T-1', longitude: '-1.0803', speedKmh: '', deviceEvents: '' });
  expect(rows[1]).toMatchObject({
    tagId: 'a "b", c',
    deviceEvents: 'strap-tamper battery-low',
    notJudged: 'mechanism',
  });
});

describe('a tamper without a position', () => {
  const none = { latitude: null, longitude: null, accuracyMetres: null, mechanism: null, notJudged: 'no-position' };
  const tamper = fixAt(60, { ...none, deviceEvents: ['strap-tamper'], positionIgnored: 'accuracy-out-of-range' });
  const trail = [fixAt(0), tamper, fixAt(120)];

  test('stands in CSV with an empty place, and why', () => {
    const rows = parse(write(createCsvTrail(), trail), { columns: true }) as Record<string, string>[];
    expect(rows[1]).toMatchObject({
      fixedAt: '2026-11-22T18:01:00.000Z',
      latitude: '',
      longitude: '',
      deviceEvents: 'strap-tamper',
      notJudged: 'no-position',
      positionIgnored: 'accuracy-out-of-range',
    });
  });

  test('stands in GeoJSON as a feature without a geometry', () => {
    const { features } = JSON.parse(write(createGeoJsonTrail(), trail));
    expect(features[1]).toMatchObject({
      geometry: null,
      properties: { deviceEvents: ['strap-tamper'], positionIgnored: 'accuracy-out-of-range' },
    });
  });

  test('stands in GPX behind the tracks, which it does not part', () => {
    const gpx = write(createGpxTrail('W-1'), trail.slice(0, 2), trail.slice(2));
    expect(gpx.match(/<trkseg>/g)).toHaveLength(1);
    expect(gpx.match(/<trkpt /g)).toHaveLength(2);
    expect(gpx).toMatch(
      /<\/trk>\n<extensions>\n<tagwatch:message><tagwatch:tagId>T-1<.*<tagwatch:fixedAt>2026-11-22T18:01:00.000Z<.*strap-tamper.*<\/extensions>\n<\/gpx>/s,
    );
    expect(write(createGpxTrail('W-1'), [tamper])).toMatch(/<\/metadata>\n<extensions>\n<tagwatch:message>/);
  });

  test('stands in KML as a moment without a position', () => {
    const kml = write(createKmlTrail('W-1'), trail);
    expect(kml).toContain('<gx:coord></gx:coord>');
    expect(kml).toContain('<gx:value>strap-tamper</gx:value>');
  });
});

test('a gap says from when and what it leaves open, in GeoJSON and CSV', () => {
  const gap = { conditionId: 'C-1', conditionVersion: 2, zoneId: 'Z-1', zoneVersion: 1 };
  const named = fixAt(1200, { gapBefore: { fromMs: START_MS, cannotExclude: [gap, { ...gap, conditionId: 'C-2' }] } });
  const tooLong = fixAt(7200, { gapBefore: { fromMs: START_MS + 1_200_000, cannotExclude: null } });
  const fixes = [fixAt(0), named, tooLong];
  const { features } = JSON.parse(write(createGeoJsonTrail(), fixes));
  expect(features[0].properties).not.toHaveProperty('gapBefore');
  expect(features[1].properties.gapBefore).toEqual({
    from: '2026-11-22T18:00:00.000Z',
    cannotExclude: [gap, { ...gap, conditionId: 'C-2' }],
  });
  expect(features[2].properties.gapBefore.cannotExclude).toBeNull();
  const rows = parse(write(createCsvTrail(), fixes), { columns: true }) as Record<string, string>[];
  expect(rows.map((row) => [row['gapBeforeFrom'], row['cannotExclude']])).toEqual([
    ['', ''],
    ['2026-11-22T18:00:00.000Z', 'C-1@2/Z-1@1 C-2@2/Z-1@1'],
    ['2026-11-22T18:20:00.000Z', 'any'],
  ]);
});

describe('GPX', () => {
  const count = (text: string, what: string) => text.split(what).length - 1;

  test('begins a segment after a gap and with another tag, also between pieces', () => {
    const fixes = [
      fixAt(0),
      fixAt(300),
      fixAt(601),
      fixAt(660, { activationId: 'AC-2' }),
      fixAt(720, { activationId: 'AC-2' }),
    ];
    const whole = write(createGpxTrail('W-1'), fixes);
    expect(write(createGpxTrail('W-1'), fixes.slice(0, 2), fixes.slice(2))).toBe(whole);
    expect(count(whole, '<trkseg>')).toBe(3);
    expect(count(whole, '</trkseg>')).toBe(3);
    expect(count(whole, '<trkpt ')).toBe(5);
    expect(whole).toContain('<tagwatch:accuracyMetres>8.5</tagwatch:accuracyMetres>');
  });

  test('escapes, and of nothing has no segment', () => {
    const text = write(createGpxTrail('<W&1>'), []);
    expect(text).toContain('<name>&lt;W&amp;1&gt;</name>');
    expect(text).not.toContain('trkseg');
  });
});

describe('what retention deleted is told in its place, and is no silence', () => {
  const deleted = [
    { fromMs: START_MS + 60_000, toMs: START_MS + 120_000, messages: 2 },
    { fromMs: START_MS + 600_000, toMs: START_MS + 900_000, messages: 6 },
  ];
  const fixes = [fixAt(0), fixAt(300)];
  const told = deleted.map(({ fromMs, toMs, messages }) => ({
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    messages,
  }));

  test('GeoJSON: beside the features', () => {
    expect(JSON.parse(write(createGeoJsonTrail('W-1', deleted), fixes))).toMatchObject({
      features: [{}, {}],
      deleted: told,
    });
    expect(JSON.parse(write(createGeoJsonTrail('W-1', deleted), []))).toMatchObject({ features: [], deleted: told });
  });

  test('CSV: a line of its own between the pings, whatever pieces they come in', () => {
    const text = write(createCsvTrail('W-1', deleted), fixes.slice(0, 1), fixes.slice(1));
    const rows = parse(text, { columns: true }) as Record<string, string>[];
    expect(rows.map((row) => [row['fixedAt'], row['notJudged'], row['deletedTo'], row['deletedMessages']])).toEqual([
      ['2026-11-22T18:00:00.000Z', '', '', ''],
      ['2026-11-22T18:01:00.000Z', 'deleted', '2026-11-22T18:02:00.000Z', '2'],
      ['2026-11-22T18:05:00.000Z', '', '', ''],
      ['2026-11-22T18:10:00.000Z', 'deleted', '2026-11-22T18:15:00.000Z', '6'],
    ]);
    expect(rows[1]).toMatchObject({ latitude: '', tagId: '' });
  });

  test('GPX: at its end, also where there is nothing else', () => {
    const elements = told.map(
      ({ from, to, messages }) =>
        `<tagwatch:deleted><tagwatch:from>${from}</tagwatch:from><tagwatch:to>${to}</tagwatch:to><tagwatch:messages>${messages}</tagwatch:messages></tagwatch:deleted>`,
    );
    for (const some of [fixes, []]) {
      const gpx = write(createGpxTrail('W-1', deleted), some);
      for (const element of elements) expect(gpx).toContain(element);
    }
    expect(write(createGpxTrail('W-1'), fixes)).not.toContain('deleted');
  });

  test('KML: a placemark with its time', () => {
    const kml = write(createKmlTrail('W-1', deleted), fixes);
    for (const { from, to } of told)
      expect(kml).toContain(`<TimeSpan><begin>${from}</begin><end>${to}</end></TimeSpan>`);
    expect(kml.match(/<Placemark>/g)).toHaveLength(3);
  });
});

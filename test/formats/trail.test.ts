import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { createCsvTrail, createGeoJsonTrail, type TrailFix, type TrailWriter } from '../../src/formats/trail.js';
import { createGpxTrail } from '../../src/formats/trail-gpx.js';

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

/** Objects with a `toString` that is no function: JSON may hold them, and `String` throws at them. */
import { expect, it } from 'vitest';
import { textOf } from '../../src/formats/text-of.js';
import { readTrack } from '../../src/formats/tracks/track.js';
import { validateZone } from '../../src/formats/zones/zone.js';

const ODD: readonly unknown[] = [{ toString: 1 }, [{ toString: 1 }], { valueOf: null, toString: null }, [[{}]]];

it.each(ODD)('%j is text like anything else', (value) => {
  expect(typeof textOf(value)).toBe('string');
});

it.each(['name', 'priority', 'bufferMetres', 'effectiveAt'])('as %s of a zone it is refused with its place', (name) => {
  const ring = [
    [1, 51],
    [1.01, 51],
    [1.01, 51.01],
    [1, 51],
  ];
  for (const value of ODD) {
    const geometry = { type: 'Polygon', coordinates: [ring] };
    const result = validateZone({ type: 'Feature', geometry, properties: { name: 'Z', [name]: value } }, null);
    expect(result.ok).toBe(false);
  }
});

const NAMES = [
  'time',
  'date',
  'tz',
  'utc_offset',
  'fix',
  'valid',
  'accuracy',
  'datum',
  'crs',
  'lat_dir',
  'n_s',
  'hdop',
];

it.each(NAMES)('as %s of a track it stops nothing', async (name) => {
  const point = (value: unknown, second: number) => ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [1, 51] },
    properties: { time: `2026-11-22T18:03:0${second}Z`, accuracy: 8, [name]: value },
  });
  const good = { ...point('', 9), properties: { time: '2026-11-22T18:03:09Z', accuracy: 8 } };
  const text = JSON.stringify({ type: 'FeatureCollection', features: [...ODD.map(point), good] });
  const items = [];
  async function* bytes() {
    yield Buffer.from(text);
  }
  const options = { tag: { tagId: 'T-1' }, accuracyMetres: 8 } as const;
  for await (const item of readTrack(bytes(), { name: 'a.geojson' }, options)) items.push(item);
  expect(items.at(-1)).toMatchObject({ ok: true });
});

import type { FeatureCollection } from 'geojson';
import { describe, expect, it } from 'vitest';
import { readTrail, type TrailPoint, trailFeatures } from '../../src/console/model/trail-line.js';
import { instantAt } from '../alerts/events.js';

const MINUTE_MS = 60_000;
const at = (minute: number, placed = true): TrailPoint => ({
  atMs: minute * MINUTE_MS,
  at: placed ? [1 + minute / 1000, 51] : null,
  accuracyMetres: 8,
  deviceEvents: [],
  notJudged: null,
});
describe('the trail on the map', () => {
  it('is a line where it was heard and dashed over a gap', () => {
    const { features } = trailFeatures([at(0), at(1), at(2, false), at(20), at(21)]);
    const parts = features.map(({ properties, geometry }) => `${properties?.['part']} ${geometry.type}`);
    expect(parts.filter((part) => part !== 'fix Point')).toEqual([
      'heard LineString',
      'gap LineString',
      'heard LineString',
    ]);
    expect(parts.filter((part) => part === 'fix Point')).toHaveLength(4);
  });

  it('leads no line to a fix that was no evidence, and shows it hollow', () => {
    const { features } = trailFeatures([at(0), { ...at(1), notJudged: 'impossible-speed' }, at(2)]);
    expect(features.map(({ properties }) => properties?.['part'])).toEqual(['fix', 'doubted', 'fix', 'heard']);
    const [line] = features.filter(({ geometry }) => geometry.type === 'LineString');
    expect(line?.geometry).toMatchObject({ coordinates: [at(0).at, at(2).at] });
  });

  it('reads what the server tells, messages without a position too', () => {
    const told = {
      type: 'FeatureCollection',
      features: [
        {
          type: 'Feature',
          geometry: { type: 'Point', coordinates: [1, 51, 14] },
          properties: { fixedAt: instantAt(0), deviceEvents: [] },
        },
        { type: 'Feature', geometry: null, properties: { fixedAt: instantAt(1), deviceEvents: ['strap-tamper'] } },
      ],
    } as unknown as FeatureCollection;
    expect(readTrail(told).map((point) => [point.at, point.deviceEvents])).toEqual([
      [[1, 51], []],
      [null, ['strap-tamper']],
    ]);
  });
});

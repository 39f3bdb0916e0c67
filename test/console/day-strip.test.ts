import type { FeatureCollection } from 'geojson';
import { describe, expect, it } from 'vitest';
import { bandsOf, readTrail, spanOf, type TrailPoint, trailFeatures } from '../../src/console/model/day-strip.js';
import { finding, instantAt } from '../alerts/events.js';
import { itemOf } from './items.js';

const MINUTE_MS = 60_000;
const at = (minute: number, placed = true): TrailPoint => ({
  atMs: minute * MINUTE_MS,
  at: placed ? [1 + minute / 1000, 51] : null,
  deviceEvents: [],
  notJudged: null,
});
const bands = (points: readonly TrailPoint[], toMinute: number) =>
  bandsOf(points, 0, toMinute * MINUTE_MS).map(
    ({ kind, fromMs, toMs }) => `${kind} ${fromMs / MINUTE_MS}-${toMs / MINUTE_MS}`,
  );

describe('the strip of a day', () => {
  it('is unknown from end to end where nothing was heard', () => {
    expect(bands([], 60)).toEqual(['unknown 0-60']);
    expect(bands([at(3, false)], 60)).toEqual(['unknown 0-60']);
  });

  it('has no holes: before the first fix and over gaps it is unknown, and the silence at the end is one after five minutes', () => {
    expect(bands([at(10), at(11), at(20), at(24)], 60)).toEqual([
      'unknown 0-10',
      'heard 10-11',
      'unknown 11-20',
      'heard 20-29',
      'unknown 29-60',
    ]);
  });

  it('goes on being heard while the last fix is fresh', () => {
    expect(bands([at(0), at(4), at(8)], 10)).toEqual(['heard 0-10']);
  });

  it('cuts alerts to the stretch, and leaves out what lies outside', () => {
    const episode = { startedAt: instantAt(0), endedAt: instantAt(30) };
    const item = itemOf(finding({ episode }));
    const [from, to] = [Date.parse(instantAt(10)), Date.parse(instantAt(20))];
    expect(spanOf(item, from, to)).toEqual([from, to]);
    expect(spanOf(item, Date.parse(instantAt(31)), Date.parse(instantAt(40)))).toBeNull();
  });
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

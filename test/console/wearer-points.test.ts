import { describe, expect, it } from 'vitest';
import type { AlertItem } from '../../src/alerts/alert.js';
import { findNearest, listPlaces } from '../../src/console/model/places.js';
import {
  clusterPoints,
  createPointStore,
  latitudeOf,
  longitudeOf,
  mercatorX,
  mercatorY,
  pickPoint,
} from '../../src/console/model/wearer-points.js';
import { inventBaseMap } from '../../src/demo/base-map.js';
import { TOWN } from '../../src/simulator/places.js';
import type { PositionItem } from '../../src/wire/feed-messages.js';
import { finding, instantAt } from '../alerts/events.js';
import { itemOf } from './items.js';

const NOW_MS = Date.parse(instantAt(10));
const position = (wearerId: string, longitude: number, latitude = 51.28): PositionItem => ({
  wearerId,
  tagId: 'T',
  activationId: 'A',
  fixedAt: instantAt(10),
  receivedAt: instantAt(10),
  latitude,
  longitude,
  accuracyMetres: 5,
  mechanism: 'GPS',
  speedKmh: null,
  headingDegrees: null,
  batteryPercent: null,
});
const many = (count: number, longitude: number) =>
  Array.from({ length: count }, (_, index) => position(`W-${longitude}-${index}`, longitude + index * 1e-6));
const open = (...items: readonly AlertItem[]) => new Map(items.map((item) => [item.wearerId, item]));
const alertOf = (wearerId: string, severity: AlertItem['severity'], strength: 'suspected' | 'confirmed') =>
  itemOf(finding({ alertId: `A-${wearerId}`, wearerId, severity, strength, type: strength, raisedAt: instantAt(1) }));

describe('clusters', () => {
  it('show how many they are and the worst alert of them; fewer than eight are drawn alone', () => {
    const store = createPointStore();
    store.take([...many(20, 1.08), ...many(7, 1.5)]);
    const alerts = open(
      alertOf('W-1.08-3', 'medium', 'confirmed'),
      alertOf('W-1.08-4', 'high', 'suspected'),
      alertOf('W-1.08-5', 'high', 'confirmed'),
      alertOf('W-1.5-0', 'critical', 'confirmed'),
    );
    const clusters = clusterPoints(store.points, alerts, 9, NOW_MS);
    expect(clusters.map(({ count, alerts: told, worst }) => [count, told, worst?.wearerId])).toEqual([
      [20, 3, 'W-1.08-5'],
    ]);
    expect([store.isHidden('W-1.08-5'), store.isHidden('W-1.5-0')]).toEqual([true, false]);
    expect(longitudeOf(clusters[0]!.x)).toBeCloseTo(1.08001, 5);
    expect(latitudeOf(clusters[0]!.y)).toBeCloseTo(51.28, 6);
  });

  it('come apart where one is near', () => {
    const store = createPointStore();
    store.take(many(20, 1.08));
    expect(clusterPoints(store.points, new Map(), 16, NOW_MS)).toEqual([]);
    expect(store.isHidden('W-1.08-5')).toBe(false);
  });

  it('hold everybody once: none is lost and none is counted twice', () => {
    const store = createPointStore();
    const all = Array.from({ length: 3_000 }, (_, index) =>
      position(`W-${index}`, 1 + ((index * 7_919) % 3_000) / 10_000, 51.2 + ((index * 104_729) % 3_000) / 15_000),
    );
    store.take(all);
    for (const zoom of [4, 8, 10.5, 12, 13.4]) {
      const clusters = clusterPoints(store.points, new Map(), zoom, NOW_MS);
      const alone = all.filter(({ wearerId }) => !store.isHidden(wearerId)).length;
      expect([zoom, clusters.reduce((sum, { count }) => sum + count, 0) + alone]).toEqual([zoom, 3_000]);
    }
  });
});

describe('points', () => {
  it('move when another position comes, and a click finds the nearest within reach', () => {
    const store = createPointStore();
    store.take([position('W-1', 1.08), position('W-2', 1.09)]);
    store.take([position('W-1', 1.1)]);
    const at = (longitude: number) => ({ x: mercatorX(longitude), y: mercatorY(51.28) });
    expect(store.points.count).toBe(2);
    expect(pickPoint(store.points, at(1.1), 15, 14)?.wearerId).toBe('W-1');
    expect(pickPoint(store.points, at(1.08), 15, 14)).toBeNull();
  });
});

describe('the base map of the demonstration', () => {
  const base = inventBaseMap();
  it('is small, always the same, and has streets, names, water, parks and places', () => {
    expect(JSON.stringify(inventBaseMap())).toBe(JSON.stringify(base));
    expect(JSON.stringify(base).length).toBeLessThan(200_000);
    const classes = new Set(base.features.map(({ properties }) => properties?.['class']));
    expect([...classes].sort()).toEqual(['main', 'park', 'place', 'street', 'water']);
  });

  it('tells where somebody is by the nearest place', () => {
    const places = listPlaces(base);
    expect(findNearest(places, [TOWN.longitude, TOWN.latitude])?.words).toBe('Town centre');
    expect(findNearest(places, [TOWN.longitude, TOWN.latitude + 0.005])?.words).toBe('560 m north of Town centre');
    expect(findNearest([], [0, 0])).toBeNull();
  });
});

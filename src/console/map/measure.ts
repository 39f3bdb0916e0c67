/** A line that one lays over the map by clicks, and how long it is. */
import type { FeatureCollection } from 'geojson';
import { distanceMetres } from '../model/map-data.js';

type At = readonly [longitude: number, latitude: number];

export const lengthMetres = (line: readonly At[]): number =>
  line.slice(1).reduce((sum, at, index) => sum + distanceMetres(line[index]!, at), 0);

export function measureFeatures(line: readonly At[]): FeatureCollection {
  const corners = line.map((at) => ({
    type: 'Feature' as const,
    geometry: { type: 'Point' as const, coordinates: [...at] },
    properties: {},
  }));
  if (line.length < 2) return { type: 'FeatureCollection', features: corners };
  const drawn = { type: 'LineString' as const, coordinates: line.map((at) => [...at]) };
  return {
    type: 'FeatureCollection',
    features: [{ type: 'Feature', geometry: drawn, properties: {} }, ...corners],
  };
}

/** Where somebody is in words: how far from which named place. Pure. */
import type { FeatureCollection } from 'geojson';
import { distanceMetres } from './map-data.js';

export interface NamedPlace {
  readonly name: string;
  readonly at: readonly [longitude: number, latitude: number];
}

/** Those of a base map: its points with a name. */
export const listPlaces = ({ features }: FeatureCollection): NamedPlace[] =>
  features.flatMap(({ geometry, properties }) => {
    const name: unknown = properties?.['name'];
    if (geometry.type !== 'Point' || typeof name !== 'string') return [];
    const [longitude = 0, latitude = 0] = geometry.coordinates;
    return [{ name, at: [longitude, latitude] as const }];
  });

const DIRECTIONS = ['north', 'north-east', 'east', 'south-east', 'south', 'south-west', 'west', 'north-west'] as const;
/** Nearer than this one is at the place. */
const AT_METRES = 150;

export interface NearPlace {
  readonly name: string;
  readonly metres: number;
  /** `St Dunstan's`, `1.2 km north of Wincheap`. */
  readonly words: string;
}

/** Null: no place has a name here. */
export function findNearest(places: readonly NamedPlace[], at: readonly [number, number]): NearPlace | null {
  let found: NamedPlace | null = null;
  let metres = Number.POSITIVE_INFINITY;
  for (const place of places) {
    const away = distanceMetres(place.at, at);
    if (away >= metres) continue;
    metres = away;
    found = place;
  }
  if (found === null) return null;
  const { name } = found;
  if (metres < AT_METRES) return { name, metres, words: name };
  return { name, metres, words: `${metresWords(metres)} ${directionOf(found.at, at)} of ${name}` };
}

function directionOf([west, south]: readonly [number, number], [east, north]: readonly [number, number]): string {
  const angle = Math.atan2((east - west) * Math.cos((south * Math.PI) / 180), north - south);
  return DIRECTIONS[Math.round((angle * 4) / Math.PI + 8) % 8]!;
}

/** `340 m`, `1.2 km`. */
export const metresWords = (metres: number): string =>
  metres < 1_000 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1_000).toFixed(1)} km`;

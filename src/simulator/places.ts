/**
 * In and around Canterbury. Suburbs and villages are real names at about their real places; every address, school and
 * zone is invented, and no path follows a real street.
 */
import { type Disc, distanceMetres, type Point, ringAround, towards } from './ground.js';

export const TOWN: Point = { latitude: 51.2787, longitude: 1.0803 };

/** Where homes are: a middle and how far they spread. */
export interface Neighbourhood {
  readonly name: string;
  readonly division: 'City' | 'Coast' | 'Rural';
  readonly centre: Point;
  readonly radiusMetres: number;
  /** How many of a hundred wearers live there, about. */
  readonly share: number;
}

export const NEIGHBOURHOODS: readonly Neighbourhood[] = [
  { name: "St Dunstan's", division: 'City', centre: towards(TOWN, 1500, 300), radiusMetres: 450, share: 10 },
  { name: 'Hales Place', division: 'City', centre: towards(TOWN, 2000, 5), radiusMetres: 500, share: 13 },
  { name: "St Martin's", division: 'City', centre: towards(TOWN, 1600, 85), radiusMetres: 450, share: 12 },
  { name: 'South Canterbury', division: 'City', centre: towards(TOWN, 1700, 150), radiusMetres: 500, share: 11 },
  { name: 'Wincheap', division: 'City', centre: towards(TOWN, 1600, 215), radiusMetres: 400, share: 11 },
  { name: 'Thanington', division: 'City', centre: towards(TOWN, 2700, 225), radiusMetres: 450, share: 8 },
  { name: 'Rough Common', division: 'Rural', centre: towards(TOWN, 3000, 295), radiusMetres: 400, share: 5 },
  { name: 'Sturry', division: 'Rural', centre: towards(TOWN, 4100, 52), radiusMetres: 500, share: 6 },
  { name: 'Bridge', division: 'Rural', centre: towards(TOWN, 5000, 137), radiusMetres: 400, share: 4 },
  { name: 'Chartham', division: 'Rural', centre: towards(TOWN, 5200, 240), radiusMetres: 450, share: 4 },
  { name: 'Whitstable', division: 'Coast', centre: towards(TOWN, 9600, 336), radiusMetres: 800, share: 8 },
  { name: 'Herne Bay', division: 'Coast', centre: towards(TOWN, 10800, 17), radiusMetres: 800, share: 8 },
];

/** A zone that several people share: as GeoJSON wants it, and as a disc to keep away from. */
export interface SharedPlace {
  readonly zoneId: string;
  readonly name: string;
  readonly priority: 'high' | 'standard';
  readonly centre: Point;
  /** Distances of its corners from the centre, evenly around it. */
  readonly cornerMetres: readonly number[];
}

export const TOWN_CENTRE: SharedPlace = {
  zoneId: 'Z-town-centre',
  name: 'Town centre dispersal zone',
  priority: 'standard',
  centre: TOWN,
  cornerMetres: [430, 380, 460, 400, 350, 420, 470, 390, 360, 440],
};

export const SCHOOLS: readonly SharedPlace[] = [
  ['larkmead', 'Larkmead Primary School', 2300, 330],
  ['thistledown', 'Thistledown Academy', 2500, 60],
  ['owlcroft', 'Owlcroft Infant School', 2400, 120],
  ['brambleford', 'Brambleford School', 2500, 180],
  ['candlewick', 'Candlewick Primary School', 2300, 250],
  ['saltmarsh', 'Saltmarsh High School', 8400, 345],
].map(([id, name, metres, bearing]) => ({
  zoneId: `Z-school-${id}`,
  name: String(name),
  priority: 'high' as const,
  centre: towards(TOWN, Number(metres), Number(bearing)),
  cornerMetres: [150, 120, 160, 130, 140],
}));

/** A rough outline of the district that some may not leave: everything else lies well inside it. */
export const DISTRICT: SharedPlace = {
  zoneId: 'Z-district',
  name: 'Canterbury district and coast',
  priority: 'standard',
  centre: towards(TOWN, 4500, 0),
  cornerMetres: [13000, 12500, 12800, 13200, 12400, 12900, 13100, 12600],
};

export const ringOf = (place: SharedPlace) => ringAround(place.centre, place.cornerMetres);

/** The disc around a place with a margin: who stays out of it is not in the place, whatever the noise of the fix. */
export function discOf(place: SharedPlace, marginMetres: number): Disc {
  return { centre: place.centre, radiusMetres: Math.max(...place.cornerMetres) + marginMetres };
}

export const isClearOf = (point: Point, discs: readonly Disc[]): boolean =>
  discs.every((disc) => distanceMetres(point, disc.centre) > disc.radiusMetres);

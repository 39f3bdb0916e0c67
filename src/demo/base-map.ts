/**
 * The ground of the demonstration: streets, a river, parks and names of its made-up town, as a base map (`docs/wire.md`). Invented
 * from the places where its people live, always the same; no path follows a real street.
 */
import type { Feature, FeatureCollection, Position } from 'geojson';
import { offset, type Point, towards } from '../simulator/ground.js';
import { NEIGHBOURHOODS, TOWN } from '../simulator/places.js';
import { createRandom, type Random } from '../simulator/random.js';

const FIRST =
  'Abbot,Bramble,Candle,Dove,Elder,Fuller,Glover,Hop,Ivy,Juniper,Kiln,Larch,Mill,North,Orchard,Priory'.split(',');
const SECOND = ['Street', 'Lane', 'Road', 'Close', 'Row', 'Way', 'Hill'] as const;
const SPACING_METRES = 110;
const RING_METRES = 620;

type Class = 'street' | 'main' | 'water' | 'park' | 'place';

const positionOf = ({ longitude, latitude }: Point): Position => [
  Math.round(longitude * 1e5) / 1e5,
  Math.round(latitude * 1e5) / 1e5,
];

const line = (name: string, kind: Class, points: readonly Point[]): Feature => ({
  type: 'Feature',
  geometry: { type: 'LineString', coordinates: points.map(positionOf) },
  properties: { name, class: kind },
});

const place = (name: string, at: Point): Feature => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: positionOf(at) },
  properties: { name, class: 'place' },
});

const nameStreet = (random: Random): string => `${random.pick(FIRST)} ${random.pick(SECOND)}`;

/** Streets that cross, as far as a disc reaches; none quite straight. */
function layStreets(random: Random, centre: Point, radiusMetres: number): Feature[] {
  const reach = Math.floor(radiusMetres / SPACING_METRES);
  const turn = random.between(0, Math.PI / 2);
  const at = (along: number, across: number): Point => {
    const [x, y] = [along * SPACING_METRES + random.between(-9, 9), across * SPACING_METRES + random.between(-9, 9)];
    return offset(centre, x * Math.cos(turn) - y * Math.sin(turn), x * Math.sin(turn) + y * Math.cos(turn));
  };
  const steps = Array.from({ length: 2 * reach + 1 }, (_, index) => index - reach);
  return steps.flatMap((across) => {
    const within = steps.filter((along) => Math.hypot(along, across) <= reach + 0.3);
    if (within.length < 2) return [];
    return [
      line(
        nameStreet(random),
        'street',
        within.map((along) => at(along, across)),
      ),
      line(
        nameStreet(random),
        'street',
        within.map((along) => at(across, along)),
      ),
    ];
  });
}

/** From one point to another with a bend. */
function bend(random: Random, from: Point, to: Point, sway: number): Point[] {
  const parts = 8;
  const [dx, dy] = [to.longitude - from.longitude, to.latitude - from.latitude];
  const lean = random.between(-sway, sway);
  return Array.from({ length: parts + 1 }, (_, index) => {
    const share = index / parts;
    const off = lean * Math.sin(share * Math.PI);
    return { longitude: from.longitude + dx * share - dy * off, latitude: from.latitude + dy * share + dx * off };
  });
}

function layPark(random: Random, centre: Point, metres: number): Feature {
  const ring = Array.from({ length: 9 }, (_, index) =>
    positionOf(towards(centre, metres * random.between(0.75, 1.2), index * 40)),
  );
  return {
    type: 'Feature',
    geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]!]] },
    properties: { name: 'Park', class: 'park' },
  };
}

export function inventBaseMap(): FeatureCollection {
  const random = createRandom('base map');
  const ring = Array.from({ length: 37 }, (_, index) =>
    towards(TOWN, RING_METRES + 30 * Math.sin(index), (index % 36) * 10),
  );
  const river = [236, 230, 215].map((bearing, index) => towards(TOWN, 6_500 - index * 2_400, bearing));
  const stream = [10, 40, 50].map((bearing, index) => towards(TOWN, 700 + index * 3_000, bearing));
  const features: Feature[] = [
    ...[70, 190, 320].map((bearing, index) => layPark(random, towards(TOWN, 950 + 150 * index, bearing), 190)),
    ...NEIGHBOURHOODS.map(({ centre, radiusMetres }) =>
      layPark(random, towards(centre, radiusMetres * 1.15, random.between(0, 360)), 130),
    ),
    line('River Wend', 'water', [...river, towards(TOWN, 500, 300), ...stream]),
    ...layStreets(random, TOWN, 560),
    ...NEIGHBOURHOODS.flatMap(({ centre, radiusMetres }) => layStreets(random, centre, radiusMetres)),
    line('Ring Road', 'main', ring),
    ...NEIGHBOURHOODS.map(({ name, centre }) => line(`${name} Road`, 'main', bend(random, TOWN, centre, 0.12))),
    place('Town centre', TOWN),
    ...NEIGHBOURHOODS.map(({ name, centre }) => place(name, centre)),
  ];
  return { type: 'FeatureCollection', features };
}

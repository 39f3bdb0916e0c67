/** Seeded zones and fixes near their boundaries, for the suites that hold the kernel to its oracles. */
import { toUnits } from '../../../src/engine/geometry/exact.js';

export type Random = () => number;
export type Point = readonly [longitude: number, latitude: number];
export type Ring = Point[];

const METRES_PER_DEGREE = 111_195;
const RADIANS = Math.PI / 180;

/** Degrees on the grid of 1e-7, so that every oracle sees the very same zone. */
const snap = (degrees: number): number => toUnits(degrees) / 1e7;

/** So many metres east and north of a point, on a sphere. */
export function moved([longitude, latitude]: Point, eastMetres: number, northMetres: number): Point {
  const north = latitude + northMetres / METRES_PER_DEGREE;
  return [longitude + eastMetres / (METRES_PER_DEGREE * Math.cos(latitude * RADIANS)), north];
}

/** Star-shaped, so that no two edges cross; few corners or many, even or jagged. */
function starRing(random: Random, middle: Point, radiusMetres: number): Ring {
  const count = 3 + Math.floor(random() ** 2 * 40);
  const ring = Array.from({ length: count }, (_, i): Point => {
    const angle = (2 * Math.PI * (i + 0.5 * random())) / count;
    const reach = radiusMetres * (0.5 + 0.5 * random());
    const [x, y] = moved(middle, reach * Math.cos(angle), reach * Math.sin(angle));
    return [snap(x), snap(y)];
  });
  return [...ring, ring[0]!];
}

export interface GeneratedZone {
  readonly sizeMetres: number;
  readonly polygons: Ring[][];
}

/** Around a point: most have a hole, many a second part, none crosses itself. */
export function generateZoneAt(random: Random, middle: Point, sizeMetres: number): GeneratedZone {
  const radiusMetres = sizeMetres / 2;
  const rings = [starRing(random, middle, radiusMetres)];
  // Within a star of four corners at half the radius or more lies a circle of an eighth; a triangle may be too thin.
  if (rings[0]!.length > 4 && random() < 0.6) rings.push(starRing(random, middle, radiusMetres / 8).reverse());
  const polygons = [rings];
  if (random() < 0.4) {
    const beside = moved(middle, 0, -Math.sign(middle[1]) * 2.5 * radiusMetres);
    polygons.push([starRing(random, beside, radiusMetres)]);
  }
  return { sizeMetres, polygons };
}

/** 20 m to 50 km across, up to 70° north and south. */
export function generateZone(random: Random): GeneratedZone {
  const sizeMetres = 20 * 2_500 ** random();
  return generateZoneAt(random, [random() * 340 - 170, random() * 140 - 70], sizeMetres);
}

export const edgesOf = (polygons: readonly Ring[][]): (readonly [Point, Point])[] =>
  polygons.flatMap((rings) => rings.flatMap((ring) => ring.slice(1).map((point, i) => [ring[i]!, point] as const)));

/** A fix at most so far from a point of the boundary, on either side of it. */
export function fixNear(random: Random, polygons: readonly Ring[][], farthestMetres: number): Point {
  const edges = edgesOf(polygons);
  const [[ax, ay], [bx, by]] = edges[Math.floor(random() * edges.length)]!;
  const t = random();
  const [away, angle] = [farthestMetres * random(), 2 * Math.PI * random()];
  return moved([ax + t * (bx - ax), ay + t * (by - ay)], away * Math.cos(angle), away * Math.sin(angle));
}

const EARTH_METRES = 6_371_009;

/**
 * How far the distance to a polygon may be off, metres, `metres` from its boundary: the scale of longitude is taken at the fix
 * and changes on the way, so the error grows with the square of the distance: 8 cm at 1 km and 70°.
 */
export function polygonBoundMetres(metres: number, latitude: number): number {
  const slope = Math.tan(Math.abs(latitude) * RADIANS);
  const share = metres / EARTH_METRES;
  return 0.001 + metres * share * (0.193 * slope + 0.05 * share * (1 + slope * slope));
}

/** The same for circles, `metres` from the centre: it grows with the cube, 1 mm at 5 km and 1 m at 50 km at 70°. */
export function circleBoundMetres(metres: number, latitude: number): number {
  const slope = Math.tan(Math.abs(latitude) * RADIANS);
  return 0.0001 + 0.043 * metres * (metres / EARTH_METRES) ** 2 * (1 + slope * slope);
}

/** How large a zone is, and what lies around it: computed once, when the zone is prepared. */
import type { Zone } from '../types.js';
import { metresPerDegreeLatitude, metresPerDegreeLongitude } from './metres-per-degree.js';

export interface Extent {
  readonly areaSquareMetres: number;
  /** Of the outer boundaries, all parts together. */
  readonly perimeterMetres: number;
  readonly parts: number;
  /** Of all holes together. */
  readonly holesSquareMetres: number;
}

type Ring = readonly (readonly [number, number])[];
type Shape = Zone['shape'];

export function extentOf(shape: Shape): Extent {
  if (shape.type === 'circle') return ofDisc(shape.radiusMetres);
  let [area, perimeter, holes] = [0, 0, 0];
  for (const [outer, ...inner] of shape.polygons) {
    const ring = measureRing(outer!);
    const inside = inner.reduce((sum, hole) => sum + measureRing(hole).area, 0);
    area += Math.max(0, ring.area - inside);
    perimeter += ring.perimeter;
    holes += inside;
  }
  return {
    areaSquareMetres: area,
    perimeterMetres: perimeter,
    parts: shape.polygons.length,
    holesSquareMetres: holes,
  };
}

function ofDisc(radiusMetres: number): Extent {
  return {
    areaSquareMetres: Math.PI * radiusMetres * radiusMetres,
    perimeterMetres: 2 * Math.PI * radiusMetres,
    parts: 1,
    holesSquareMetres: 0,
  };
}

/** Metres per degree are taken halfway up the ring: of what is 50 km high the area is right to a hundredth. */
function measureRing(ring: Ring): { readonly area: number; readonly perimeter: number } {
  const latitudes = ring.map(([, latitude]) => latitude);
  const middle = (Math.min(...latitudes) + Math.max(...latitudes)) / 2;
  const [perX, perY] = [metresPerDegreeLongitude(middle), metresPerDegreeLatitude(middle)];
  const [west, south] = ring[0]!;
  let [twice, perimeter] = [0, 0];
  for (let i = 1; i < ring.length; i++) {
    const ax = (ring[i - 1]![0] - west) * perX;
    const ay = (ring[i - 1]![1] - south) * perY;
    const bx = (ring[i]![0] - west) * perX;
    const by = (ring[i]![1] - south) * perY;
    twice += ax * by - bx * ay;
    perimeter += Math.sqrt((bx - ax) * (bx - ax) + (by - ay) * (by - ay));
  }
  return { area: Math.abs(twice) / 2, perimeter };
}

/** How large the band is that reaches so far beyond the outer boundaries, were they convex and far from each other. */
export function bandSquareMetres({ perimeterMetres, parts }: Extent, metres: number): number {
  return perimeterMetres * metres + parts * Math.PI * metres * metres;
}

/** Of the zone and all that lies within a distance of it. What that leaves of holes is not asked. */
export function widenExtent(extent: Extent, metres: number): Extent {
  return {
    areaSquareMetres: extent.areaSquareMetres + bandSquareMetres(extent, metres),
    perimeterMetres: extent.perimeterMetres + 2 * Math.PI * metres * extent.parts,
    parts: extent.parts,
    holesSquareMetres: 0,
  };
}

/** Where a zone is, in metres of a plane around one point: what the ground truth is judged by. It knows nothing of the engine's geometry. */
import { between, type Point } from './ground.js';

/** Metres east and north of a plane's origin. */
export interface Spot {
  readonly east: number;
  readonly north: number;
}

/** Rings are not closed; of a polygon the first is its outline, the others are holes. */
export type Area =
  | { readonly type: 'circle'; readonly centre: Spot; readonly radiusMetres: number }
  | { readonly type: 'polygons'; readonly polygons: readonly (readonly (readonly Spot[])[])[] };

export const spotOf = (origin: Point, at: Point): Spot => {
  const { eastMetres, northMetres } = between(origin, at);
  return { east: eastMetres, north: northMetres };
};

/** A rectangle about a middle, counter-clockwise. */
export function rectangle(middle: Spot, eastMetres: number, northMetres: number): Spot[] {
  const [e, n] = [eastMetres / 2, northMetres / 2];
  return [
    { east: middle.east - e, north: middle.north - n },
    { east: middle.east + e, north: middle.north - n },
    { east: middle.east + e, north: middle.north + n },
    { east: middle.east - e, north: middle.north + n },
  ];
}

export const square = (middle: Spot, sideMetres: number): Area => ({
  type: 'polygons',
  polygons: [[rectangle(middle, sideMetres, sideMetres)]],
});

/** An area made ready to be asked often. */
export interface PreparedArea {
  /** Metres to the boundary, negative inside. */
  signedMetres(east: number, north: number): number;
  readonly box: { readonly west: number; readonly south: number; readonly east: number; readonly north: number };
}

export function prepareArea(area: Area): PreparedArea {
  return area.type === 'circle' ? prepareCircle(area.centre, area.radiusMetres) : preparePolygons(area.polygons);
}

function prepareCircle({ east, north }: Spot, radiusMetres: number): PreparedArea {
  return {
    signedMetres: (e, n) => Math.sqrt((e - east) ** 2 + (n - north) ** 2) - radiusMetres,
    box: {
      west: east - radiusMetres,
      south: north - radiusMetres,
      east: east + radiusMetres,
      north: north + radiusMetres,
    },
  };
}

function preparePolygons(polygons: readonly (readonly (readonly Spot[])[])[]): PreparedArea {
  const edges: number[] = [];
  for (const ring of polygons.flat()) {
    ring.forEach((from, index) => {
      const to = ring[(index + 1) % ring.length]!;
      edges.push(from.east, from.north, to.east, to.north);
    });
  }
  const flat = Float64Array.from(edges);
  const easts = edges.filter((_, index) => index % 2 === 0);
  const norths = edges.filter((_, index) => index % 2 === 1);
  return {
    signedMetres: (e, n) => signedToEdges(flat, e, n),
    box: {
      west: Math.min(...easts),
      south: Math.min(...norths),
      east: Math.max(...easts),
      north: Math.max(...norths),
    },
  };
}

/** Even-odd: a ray to the east meets the boundary an odd number of times from inside. */
function signedToEdges(edges: Float64Array, e: number, n: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  let inside = false;
  for (let i = 0; i < edges.length; i += 4) {
    const [ax, ay] = [edges[i]! - e, edges[i + 1]! - n];
    const [bx, by] = [edges[i + 2]! - e, edges[i + 3]! - n];
    const [dx, dy] = [bx - ax, by - ay];
    const along = Math.min(1, Math.max(0, -(ax * dx + ay * dy) / (dx * dx + dy * dy)));
    const [x, y] = [ax + along * dx, ay + along * dy];
    nearest = Math.min(nearest, x * x + y * y);
    if (ay > 0 !== by > 0 && ax - (ay * dx) / dy > 0) inside = !inside;
  }
  return inside ? -Math.sqrt(nearest) : Math.sqrt(nearest);
}

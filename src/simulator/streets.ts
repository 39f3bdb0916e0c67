/**
 * A town of blocks: streets that cross about every 110 m, none quite straight, and areas that cover whole blocks up to their
 * fences. Ways go along the streets and round what they are to keep out of.
 */
import { type Area, type PreparedArea, prepareArea, type Spot } from './area.js';
import type { Random } from './random.js';

const SPACING_METRES = 110;
const JITTER_METRES = 18;
/** From the middle of a street to the fence of what lies along it: half a carriageway and a pavement. */
const FENCE_METRES = 11;

export interface Crossing {
  readonly column: number;
  readonly row: number;
}

export interface Town {
  readonly size: number;
  spotOf(crossing: Crossing): Spot;
  /** The blocks from one crossing to another (north-east of the first, south-west of the second), up to their fences. */
  blocks(from: Crossing, to: Crossing): Area;
  /** A place inside the block north-east of a crossing. */
  within(random: Random, crossing: Crossing): Spot;
  /** Along the streets, chosen at random among the shorter ways; null where there is none that keeps out of the areas. */
  way(random: Random, from: Crossing, to: Crossing, keepOutOf: readonly PreparedArea[]): Crossing[] | null;
}

export function buildTown(random: Random, size: number): Town {
  const middle = ((size - 1) * SPACING_METRES) / 2;
  const spots = Array.from({ length: size * size }, (_, i): Spot => {
    const [column, row] = [i % size, Math.floor(i / size)];
    return {
      east: column * SPACING_METRES - middle + random.between(-JITTER_METRES, JITTER_METRES),
      north: row * SPACING_METRES - middle + random.between(-JITTER_METRES, JITTER_METRES),
    };
  });
  const spotOf = ({ column, row }: Crossing) => spots[row * size + column]!;

  function blocks(from: Crossing, to: Crossing): Area {
    const ring: Crossing[] = [];
    for (let column = from.column; column < to.column; column++) ring.push({ column, row: from.row });
    for (let row = from.row; row < to.row; row++) ring.push({ column: to.column, row });
    for (let column = to.column; column > from.column; column--) ring.push({ column, row: to.row });
    for (let row = to.row; row > from.row; row--) ring.push({ column: from.column, row });
    return { type: 'polygons', polygons: [[shrink(ring.map(spotOf), FENCE_METRES)]] };
  }

  function within(random: Random, { column, row }: Crossing): Spot {
    const [a, b] = [spotOf({ column, row }), spotOf({ column: column + 1, row: row + 1 })];
    return {
      east: a.east + (b.east - a.east) * random.between(0.35, 0.65),
      north: a.north + (b.north - a.north) * random.between(0.35, 0.65),
    };
  }

  function way(random: Random, from: Crossing, to: Crossing, keepOutOf: readonly PreparedArea[]): Crossing[] | null {
    const indexOf = ({ column, row }: Crossing) => row * size + column;
    const isClosed = (a: Spot, b: Spot) =>
      keepOutOf.some((area) =>
        [0.25, 0.5, 0.75, 1].some(
          (share) => area.signedMetres(a.east + share * (b.east - a.east), a.north + share * (b.north - a.north)) < 0,
        ),
      );
    const cost = new Float64Array(size * size).fill(Number.POSITIVE_INFINITY);
    const before = new Int32Array(size * size).fill(-1);
    const open = [indexOf(from)];
    cost[open[0]!] = 0;
    while (open.length > 0) {
      let best = 0;
      for (let i = 1; i < open.length; i++) if (cost[open[i]!]! < cost[open[best]!]!) best = i;
      const here = open.splice(best, 1)[0]!;
      if (here === indexOf(to)) break;
      const [column, row] = [here % size, Math.floor(here / size)];
      for (const [east, north] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ] as const) {
        const next = { column: column + east, row: row + north };
        if (next.column < 0 || next.row < 0 || next.column >= size || next.row >= size) continue;
        if (isClosed(spots[here]!, spotOf(next))) continue;
        const through = cost[here]! + random.between(0.8, 1.4);
        if (through >= cost[indexOf(next)]!) continue;
        cost[indexOf(next)] = through;
        before[indexOf(next)] = here;
        open.push(indexOf(next));
      }
    }
    if (cost[indexOf(to)] === Number.POSITIVE_INFINITY) return null;
    const found: Crossing[] = [];
    for (let at = indexOf(to); at >= 0; at = before[at]!)
      found.unshift({ column: at % size, row: Math.floor(at / size) });
    return found;
  }

  return { size, spotOf, blocks, within, way };
}

/** A counter-clockwise ring, each corner moved so far inwards along the line that halves its angle. */
function shrink(ring: readonly Spot[], metres: number): Spot[] {
  return ring.map((at, i) => {
    const before = ring[(i + ring.length - 1) % ring.length]!;
    const after = ring[(i + 1) % ring.length]!;
    const [ax, ay] = unit(at.east - before.east, at.north - before.north);
    const [bx, by] = unit(after.east - at.east, after.north - at.north);
    const [nx, ny] = unit(-ay - by, ax + bx);
    const reach = metres / Math.max(0.3, -ay * nx + ax * ny);
    return { east: at.east + nx * reach, north: at.north + ny * reach };
  });
}

function unit(x: number, y: number): [number, number] {
  const length = Math.hypot(x, y) || 1;
  return [x / length, y / length];
}

/** Prepared for `way`. */
export const prepareAll = (areas: readonly Area[]): PreparedArea[] => areas.map(prepareArea);
